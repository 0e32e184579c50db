//! What git prints, as values: lists of what a revision has, which of it an inventory is made of, and contents.
//!
//! Whoever can write a repository decides what stands in there, damaged objects too. Git itself is started by the command
//! line.

pub mod batch;
pub mod tree;
pub mod walk;
