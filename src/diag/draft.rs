//! A value that travels with what was said about it, and the proof that nothing bad was.

use std::collections::BTreeMap;

use super::catalog::read as catalog;
use super::{Code, Diagnostic, Severity};
use crate::source::{FileId, Span};

/// Most errors at places of one file that are kept, and as many warnings. The others are counted.
pub const KEPT: usize = 5_000;

/// Where a phase leaves its findings.
///
/// Of each file it keeps the first [`KEPT`] errors and the first [`KEPT`] warnings, so that no file takes more than that
/// much memory, however much is wrong in it. An error is left out only behind others of its file that are kept, so none
/// goes unnoticed. Guards are all kept: each is overruled on its own.
#[derive(Debug, Clone, Default)]
pub struct Sink {
    diagnostics: Vec<Diagnostic>,
    files: BTreeMap<FileId, Tally>,
}

/// What was found in one file.
#[derive(Debug, Clone, Copy)]
struct Tally {
    errors: usize,
    warnings: usize,
    /// The place of a finding that is furthest down.
    last: Span,
}

impl Tally {
    /// How many there are beyond those that are kept.
    fn more(&self) -> (usize, usize) {
        (self.errors.saturating_sub(KEPT), self.warnings.saturating_sub(KEPT))
    }
}

impl From<Vec<Diagnostic>> for Sink {
    fn from(diagnostics: Vec<Diagnostic>) -> Sink {
        let mut sink = Sink::default();
        sink.extend(diagnostics);
        sink
    }
}

impl Sink {
    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let counts = diagnostic.span().filter(|_| !diagnostic.code.is_guard());
        if counts.is_none_or(|span| self.takes(diagnostic.severity, span)) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Adds a finding that is only made if there is room for it: `make` has to give one of this code at this place.
    pub fn push_with(&mut self, code: Code, span: Span, make: impl FnOnce() -> Diagnostic) {
        if self.takes(code.severity(), span) {
            self.diagnostics.push(make());
        }
    }

    /// Adds the findings of a part of the work, such as those of one thread.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        diagnostics.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }

    /// Adds all that was found in a part of the work, with what was only counted there.
    pub fn append(&mut self, other: Sink) {
        self.extend(other.diagnostics);
        for (file, tally) in other.files {
            let (errors, warnings) = tally.more();
            if errors + warnings > 0 {
                let own = self.tally(file, tally.last);
                own.errors += errors;
                own.warnings += warnings;
            }
        }
    }

    /// Whether an error was reported.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The findings so far, in the order they came, and one for each file that has more than those.
    pub fn into_vec(mut self) -> Vec<Diagnostic> {
        for tally in self.files.values() {
            let (errors, warnings) = tally.more();
            if errors + warnings > 0 {
                self.diagnostics.push(catalog::more_findings(tally.last, errors, warnings));
            }
        }
        self.diagnostics
    }

    /// Counts a finding, and tells whether there is room for it.
    fn takes(&mut self, severity: Severity, span: Span) -> bool {
        let tally = self.tally(span.file, span);
        let count = match severity {
            Severity::Error => &mut tally.errors,
            Severity::Warning => &mut tally.warnings,
        };
        *count += 1;
        *count <= KEPT
    }

    fn tally(&mut self, file: FileId, span: Span) -> &mut Tally {
        let tally = self.files.entry(file).or_insert(Tally { errors: 0, warnings: 0, last: span });
        tally.last = tally.last.max(span);
        tally
    }
}

/// A value and all that was found wrong with it so far.
///
/// A phase is a function of the value and a [`Sink`], applied by [`Draft::then`]. It does not stop at the first mistake:
/// it drops what is broken and goes on, so that one run reports everything.
#[derive(Debug)]
pub struct Draft<T> {
    value: T,
    sink: Sink,
}

impl<T> Draft<T> {
    /// Starts a chain of phases with what reading found, or with what [`Draft::into_parts`] gave.
    pub fn start(value: T, diagnostics: impl Into<Sink>) -> Self {
        Draft { value, sink: diagnostics.into() }
    }

    /// Applies the next phase.
    pub fn then<U>(mut self, phase: impl FnOnce(T, &mut Sink) -> U) -> Draft<U> {
        let value = phase(self.value, &mut self.sink);
        Draft { value, sink: self.sink }
    }

    /// The value as far as it could be made out, and what was found: for a phase that only borrows the value.
    pub fn into_parts(self) -> (T, Sink) {
        (self.value, self.sink)
    }

    /// The diagnostics, and the value if none of them is an error.
    pub fn finish(self) -> (Option<Checked<T>>, Vec<Diagnostic>) {
        let value = (!self.sink.has_errors()).then_some(Checked(self.value));
        (value, self.sink.into_vec())
    }
}

/// A value about which no error was reported. Only [`Draft::finish`] makes one, so whatever asks for a `Checked` cannot
/// be run on a faulty inventory.
#[derive(Debug)]
pub struct Checked<T>(T);

impl<T> Checked<T> {
    /// The value.
    pub fn get(&self) -> &T {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    /// What is left of so many findings, one behind the other: how many of each code, and what the last one says.
    fn left(sink: Sink) -> (usize, usize, Option<String>) {
        let found = sink.into_vec();
        let count = |code| found.iter().filter(|it| it.code == code).count();
        let more = found.iter().find(|it| it.code == Code::MoreFindings).map(|it| it.message.clone());
        (count(Code::UnknownUser), count(Code::EmptyGroup), more)
    }

    #[test]
    fn errors_and_warnings_have_room_of_their_own() {
        let text = |name: &str| (name.to_owned(), String::new());
        let sources = SourceMap::new(vec![text("a.yaml"), text("b.yaml")]);
        let file = |name: &str| sources.find(name).expect("a file");
        let at = |code, name: &str, at| Diagnostic::at(code, Span { file: file(name), start: at, end: at + 1 }, "m");
        let fill = |sink: &mut Sink, code, name: &str, count: usize| {
            (0..count as u32).for_each(|place| sink.push(at(code, name, place)));
        };
        let mut sink = Sink::default();
        fill(&mut sink, Code::EmptyGroup, "a.yaml", KEPT + 2);
        assert!(!sink.has_errors());
        fill(&mut sink, Code::UnknownUser, "a.yaml", 1);
        assert!(sink.has_errors(), "warnings take no room from errors");
        fill(&mut sink, Code::UnknownUser, "b.yaml", 1);
        let words = "2 more warnings of this file are not listed";
        assert_eq!(left(sink), (2, KEPT, Some(words.to_owned())));

        // Threads' shares of the work add up, whatever was left out where.
        let (mut one, mut other) = (Sink::default(), Sink::default());
        fill(&mut one, Code::UnknownUser, "a.yaml", KEPT - 1);
        fill(&mut other, Code::UnknownUser, "a.yaml", KEPT + 3);
        one.append(other);
        let words = format!("{} more errors of this file are not listed", KEPT + 2);
        assert_eq!(left(one), (KEPT, 0, Some(words)));

        let mut sink = Sink::default();
        fill(&mut sink, Code::UnknownUser, "a.yaml", KEPT);
        fill(&mut sink, Code::TooFewAdmins, "a.yaml", KEPT + 1);
        assert_eq!(sink.into_vec().len(), 2 * KEPT + 1, "guards have no limit");
    }
}
