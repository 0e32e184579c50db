//! What tenantry has to say about an inventory, as data.
//!
//! A [`Diagnostic`] names one bad thing: a code that never changes its meaning, the place, what is wrong, and what to do
//! about it. The words are written in [`catalog`], one constructor per code; how they reach a screen is the business of
//! `report`. Nothing here knows how a diagnostic is shown.

pub mod catalog;
mod code;
mod draft;
pub mod suggest;

pub use code::Code;
pub use draft::{Checked, Draft, KEPT, Sink};

use crate::source::{SourceMap, Span};

/// How bad it is. Errors stop a compile; warnings never do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The inventory is wrong: nothing is written.
    Error,
    /// The inventory is legal and probably not what was meant.
    Warning,
}

impl Severity {
    /// `error` or `warning`, as every format spells it.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// A place in a text, and what there is to say about it (may be empty).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The smallest range that shows the point.
    pub span: Span,
    /// A few words, such as `first declared here`.
    pub words: String,
}

impl Mark {
    /// A place with words.
    pub fn new(span: Span, words: impl Into<String>) -> Self {
        Mark { span, words: words.into() }
    }
}

/// Where a diagnostic belongs. Never "nowhere".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A place in a text of the [`SourceMap`].
    At(Mark),
    /// A file as a whole, by its path: one that could not be read, or one of the output.
    File(String),
    /// The inventory as a whole.
    Inventory,
}

/// A repair that a program could make: put `replacement` where `span` is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What to take out.
    pub span: Span,
    /// What to put there.
    pub replacement: String,
}

/// One finding.
///
/// Invariant: `message` stands alone, is lower case without a final stop and proposes nothing; only `help` proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The name of the bad thing.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub place: Place,
    /// Other places that matter, such as the first of two declarations.
    pub related: Vec<Mark>,
    /// What to do next.
    pub help: Option<String>,
    /// A repair, if it is certain enough to be offered as text.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding of `code` with the severity that the code has by nature.
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        let severity = code.severity();
        Diagnostic { code, severity, message: message.into(), place, related: Vec::new(), help: None, fix: None }
    }

    /// A finding at a place, without words beside the marker.
    pub fn at(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Place::At(Mark::new(span, "")), message)
    }

    /// Words beside the marker.
    pub fn with_words(mut self, words: impl Into<String>) -> Self {
        if let Place::At(mark) = &mut self.place {
            mark.words = words.into();
        }
        self
    }

    /// What to do next.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Another place that matters.
    pub fn with_related(mut self, span: Span, words: impl Into<String>) -> Self {
        self.related.push(Mark::new(span, words));
        self
    }

    /// A repair: put `replacement` where `span` is.
    pub fn with_fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, replacement: replacement.into() });
        self
    }

    /// The primary place, if there is one.
    pub fn span(&self) -> Option<Span> {
        match &self.place {
            Place::At(mark) => Some(mark.span),
            Place::File(_) | Place::Inventory => None,
        }
    }
}

/// Puts diagnostics into the order that they are shown in: path, offset, code, message. Equal ones become one.
///
/// Those without a file come first: they are about everything.
pub fn sort(diagnostics: &mut Vec<Diagnostic>, sources: &SourceMap) {
    diagnostics.sort_by(|a, b| key(a, sources).cmp(&key(b, sources)));
    diagnostics.dedup();
}

fn key<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> (&'a str, u32, u32, &'static str, &'a str) {
    let (path, start, end) = match &diagnostic.place {
        Place::At(mark) => (sources.file(mark.span.file).path(), mark.span.start, mark.span.end),
        Place::File(path) => (path.as_str(), 0, 0),
        Place::Inventory => ("", 0, 0),
    };
    (path, start, end, diagnostic.code.name(), &diagnostic.message)
}
