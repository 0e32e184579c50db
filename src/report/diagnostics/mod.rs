//! Findings, shown: as text with excerpts, as JSON, as SARIF, or as workflow commands of GitHub.
//!
//! Each format is a module that reads the same [`Diagnostic`]s and makes its own words of them. The caller has sorted
//! the findings and decides where the text goes; nothing here changes a finding or leaves one out without saying so.

mod excerpt;
mod github;
mod json;
#[cfg(test)]
mod sample;
mod sarif;
mod text;

use super::path::folder;
use crate::diag::{Code, Diagnostic, Place, Severity};
use crate::source::{SourceMap, path_below};

/// How findings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people: each finding with the lines that it is about.
    Text,
    /// The stable JSON of `check`.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands, which GitHub turns into annotations.
    Github,
}

/// What the caller knows about the reader.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The format.
    pub format: Format,
    /// Whether the text form is coloured, with escape sequences.
    pub colour: bool,
    /// Width of the terminal. The text form assumes 140 columns if it is not known.
    pub width: Option<usize>,
    /// The folder of the inventory, shown before the path of each of its files. May be empty.
    pub path_prefix: &'a str,
    /// How many findings the text form shows at most.
    pub limit: Option<usize>,
}

/// All findings in one text. Every format but the text form has something to say even when there is none.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap, options: &Options<'_>) -> String {
    match options.format {
        Format::Text => text::render(diagnostics, sources, options),
        Format::Json => json::render(diagnostics, sources, options),
        Format::Sarif => sarif::render(diagnostics, sources, options),
        Format::Github => github::render(diagnostics, sources, options),
    }
}

impl Options<'_> {
    /// The path of a file of the inventory as the reader knows it.
    fn path(&self, path: &str) -> String {
        path_below(self.path_prefix, path)
    }

    /// The path in a [`Place::File`]. A file of the output comes with the path that the reader knows.
    fn whole_file(&self, code: Code, path: &str) -> String {
        match code {
            Code::ForeignFile | Code::EditedFile | Code::StrayFile | Code::EditedLeftover | Code::UnretiredRemoval => {
                path.to_owned()
            }
            _ if path.is_empty() => self.folder(),
            _ => self.path(path),
        }
    }

    /// The folder of the inventory, for findings about all of it.
    fn folder(&self) -> String {
        folder(self.path_prefix)
    }
}

/// How many findings there are of each severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counts {
    errors: usize,
    warnings: usize,
}

impl Counts {
    fn of(diagnostics: &[Diagnostic]) -> Self {
        let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
        Counts { errors, warnings: diagnostics.len() - errors }
    }

    /// `2 errors, 1 warning`, without what there is none of.
    fn words(self) -> String {
        let parts = [(self.errors, "error"), (self.warnings, "warning")];
        let parts = parts.into_iter().filter(|&(count, _)| count > 0);
        let parts = parts.map(|(count, noun)| format!("{count} {noun}{}", if count == 1 { "" } else { "s" }));
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// At most `limit` of the findings. If that cuts some off, it is warnings first, and never one that counts others: those
/// come last.
fn most_severe(diagnostics: &[Diagnostic], limit: usize) -> Vec<&Diagnostic> {
    let mut chosen: Vec<&Diagnostic> = diagnostics.iter().collect();
    if chosen.len() > limit {
        let counts_others = |diagnostic: &&Diagnostic| diagnostic.code == Code::MoreFindings;
        chosen.sort_by_key(|diagnostic| (!counts_others(diagnostic), diagnostic.severity));
        chosen.truncate(limit);
        chosen.sort_by_key(counts_others);
    }
    chosen
}

/// The message and, on a line of its own, the help: for formats that have one text for both.
fn message_and_help(diagnostic: &Diagnostic) -> String {
    match &diagnostic.help {
        Some(help) => format!("{}\nhelp: {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    }
}

/// The path of the file that a finding is about, as the inventory knows it. Empty for the inventory as a whole.
fn raw_path<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> &'a str {
    match &diagnostic.place {
        Place::At(mark) => sources.file(mark.span.file).path(),
        Place::File(path) => path,
        Place::Inventory => "",
    }
}
