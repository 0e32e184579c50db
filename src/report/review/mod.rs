//! What a change means, for people and for machines: one file per format, each from the same finished [`ChangeSet`].

mod json;
mod text;

use crate::diff::ChangeSet;

/// The formats of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    Text,
    /// One JSON object.
    Json,
}

impl Format {
    /// Every format, in the order that help lists them in.
    pub const ALL: &[Format] = &[Format::Text, Format::Json];

    /// As the command line spells it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Json => "json",
        }
    }
}

/// How to show a review.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Whether text may have colour.
    pub colour: bool,
    /// Columns of the terminal, if there is one.
    pub width: Option<usize>,
    /// Whether text shows the manifests that differ, however many they are.
    pub manifests: bool,
}

/// The review in a format.
pub fn render(changes: &ChangeSet, format: Format, options: &Options) -> String {
    match format {
        Format::Text => text::render(changes, options),
        Format::Json => json::render(changes),
    }
}
