//! What a finding is known by when the lines around it have moved: the text of its own line, and not its number.

use super::super::excerpt::boundary;
use super::super::raw_path;
use crate::diag::Diagnostic;
use crate::source::{SourceMap, Span};

/// How much of a line counts, on either side of the place. Lines of a megabyte exist, with thousands of findings.
const REACH: usize = 512;

/// Everything that goes into the fingerprint of a finding.
pub(super) fn identity<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> [&'a str; 4] {
    let line = diagnostic.span().map_or("", |span| line_around(span, sources));
    [diagnostic.code.name(), raw_path(diagnostic, sources), &diagnostic.message, line]
}

/// The line that a span begins in, without its indentation, as far as [`REACH`] goes.
fn line_around(span: Span, sources: &SourceMap) -> &str {
    let text = sources.file(span.file).text();
    let at = boundary(text, span.start as usize);
    let from = boundary(text, at.saturating_sub(REACH));
    let to = boundary(text, at.saturating_add(REACH));
    let start = text[from..at].rfind('\n').map_or(from, |newline| from + newline + 1);
    let end = text[at..to].find('\n').map_or(to, |newline| at + newline);
    text[start..end].trim()
}
