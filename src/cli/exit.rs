//! Exit status: the contract's four, decided in one place.

use std::process::ExitCode;

use tenantry::diag::{Diagnostic, Severity};

/// How a run ended. Of several that apply, the highest wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done; there may have been warnings.
    Done,
    /// A difference was found, and the caller asked to be told.
    Different,
    /// The inventory, the call or the host's files are wrong. Nothing was written.
    Wrong,
    /// A guard refused. Nothing was written.
    Refused,
}

impl Exit {
    /// What a list of diagnostics comes to.
    pub fn of(diagnostics: &[Diagnostic]) -> Exit {
        let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        errors.map(|error| if error.code.is_guard() { Exit::Refused } else { Exit::Wrong }).max().unwrap_or(Exit::Done)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Different => 1,
            Exit::Wrong => 2,
            Exit::Refused => 3,
        })
    }
}
