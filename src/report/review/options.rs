//! What the caller of a format knows about the reader.

use super::Limit;
use crate::report::path;

/// How a review is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options<'a> {
    /// The folder of the head's inventory, for what is said about all of it. May be empty.
    pub folder: &'a str,
    /// How long the Markdown may be.
    pub limit: Limit,
    /// What the hidden comment on the first line of the Markdown is called, by which a program finds the comment that
    /// it wrote before. Letters, digits, `.`, `_` and `-`; others are left out.
    pub marker: &'a str,
    /// Where a reader finds what the Markdown has no room for, as plain words.
    pub elsewhere: &'a str,
    /// Whether the Markdown names base and head. A revision that changes with every push changes the comment with it.
    pub sides: bool,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options {
            folder: "",
            limit: Limit::GITHUB_COMMENT,
            marker: "tenantry-review",
            elsewhere: "the HTML and JSON forms of this review",
            sides: false,
        }
    }
}

impl Options<'_> {
    /// `file:line`, as the reader knows it.
    pub(super) fn place(&self, file: &str, line: u32) -> String {
        format!("{file}:{line}")
    }

    /// The folder of the inventory.
    pub(super) fn folder(&self) -> String {
        path::folder(self.folder)
    }
}
