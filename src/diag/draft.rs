//! A value that travels with what was said about it, and the proof that nothing bad was.

use super::{Diagnostic, Severity};

/// Where a phase leaves its findings.
#[derive(Debug, Clone, Default)]
pub struct Sink {
    diagnostics: Vec<Diagnostic>,
}

impl Sink {
    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Adds the findings of a part of the work, such as those of one thread.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.diagnostics.extend(diagnostics);
    }

    /// Whether an error was reported.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The findings so far, in the order they came.
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.diagnostics
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
    /// Starts a chain of phases with what reading found.
    pub fn start(value: T, diagnostics: Vec<Diagnostic>) -> Self {
        Draft { value, sink: Sink { diagnostics } }
    }

    /// Applies the next phase.
    pub fn then<U>(mut self, phase: impl FnOnce(T, &mut Sink) -> U) -> Draft<U> {
        let value = phase(self.value, &mut self.sink);
        Draft { value, sink: self.sink }
    }

    /// The value as far as it could be made out, and the diagnostics: for a phase that only borrows the value.
    pub fn into_parts(self) -> (T, Vec<Diagnostic>) {
        (self.value, self.sink.diagnostics)
    }

    /// The diagnostics, and the value if none of them is an error.
    pub fn finish(self) -> (Option<Checked<T>>, Vec<Diagnostic>) {
        let value = (!self.sink.has_errors()).then_some(Checked(self.value));
        (value, self.sink.diagnostics)
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
