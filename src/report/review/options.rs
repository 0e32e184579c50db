//! What the caller of a format knows about the reader.

use super::Limit;
use crate::report::path;

/// How a review is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options<'a> {
    /// The folder of the inventory, put before the path of each of its files. May be empty.
    pub path_prefix: &'a str,
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
            path_prefix: "",
            limit: Limit::GITHUB_COMMENT,
            marker: "tenantry-review",
            elsewhere: "the HTML and JSON forms of this review",
            sides: false,
        }
    }
}

impl Options<'_> {
    /// The path of a file of the inventory as the reader knows it.
    pub(super) fn path(&self, path: &str) -> String {
        path::below(self.path_prefix, path)
    }

    /// `file:line`, as the reader knows it.
    pub(super) fn place(&self, file: &str, line: u32) -> String {
        format!("{}:{line}", self.path(file))
    }

    /// The folder of the inventory.
    pub(super) fn folder(&self) -> String {
        path::folder(self.path_prefix)
    }
}
