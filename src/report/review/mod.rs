//! A review of a change, shown: for pull requests, for code scanning, and as a page to look at.
//!
//! Each format is a module with a function `render` that reads the same [`ChangeSet`](crate::diff::ChangeSet) and makes
//! its own words of it. None of them decides anything, and what one leaves out for want of room it counts.

mod budget;
mod change;
mod findings;
pub mod github;
pub mod gitlab;
mod group;
pub mod html;
mod lines;
pub mod markdown;
mod options;
mod person;
#[cfg(test)]
mod sample;
pub mod sarif;
mod words;

pub use self::budget::Limit;
pub use self::options::Options;
