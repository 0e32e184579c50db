//! What people and machines are shown: findings, access, and reviews of changes.
//!
//! A report is made from finished values and is nothing but text. This module does not read files, does not know where
//! its text goes, and decides nothing: by the time that it is called, everything has been decided.

pub mod access;
pub mod codeowners;
pub mod diagnostics;
pub mod escape;
mod fingerprint;
mod inline;
mod json;
mod paint;
mod path;
pub mod reshard;
pub mod review;
mod sarif;
pub mod schema;
pub mod textdiff;
