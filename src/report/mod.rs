//! What people and machines are shown: findings now, reviews of changes later.
//!
//! A report is made from finished values and is nothing but text. This module does not read files, does not know where
//! its text goes, and decides nothing: by the time that it is called, everything has been decided.

pub mod codeowners;
pub mod diagnostics;
pub mod escape;
pub mod textdiff;
