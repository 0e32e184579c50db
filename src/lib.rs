//! tenantry is an offline compiler. Its source language is an inventory: YAML documents that declare platforms, people,
//! groups and tenants. Its target is a tree of Kubernetes manifests that Argo CD or Flux can sync.
//!
//! The phases, and the modules named like them: `parse` reads one file at a time, `resolve` makes references hold, `lint`
//! gives advice, `plan` decides who may do what and where, `lower` turns that into objects, and `render` into text. The
//! library does no IO and reads no clock: the same input gives the same bytes, everywhere.

/// The samples of tests name the library as the suite does.
#[cfg(test)]
extern crate self as tenantry;

pub mod access;
pub mod capacity;
pub mod diag;
pub mod diff;
pub mod driver;
pub mod facts;
pub mod git;
pub mod guard;
pub mod inventory;
pub mod krm;
pub mod lint;
pub mod lower;
pub mod manifest;
pub mod meter;
pub mod name;
pub mod parse;
pub mod plan;
pub mod release;
pub mod render;
pub mod report;
pub mod resolve;
pub mod scalar;
pub mod source;
