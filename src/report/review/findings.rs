//! Risks and guards as one list of findings, the worst first, for formats that know nothing but findings.

use crate::diff::{ChangeSet, RiskSeverity};

/// How bad a finding is, from worst to harmless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// A guard refuses it, or data can be lost.
    Error,
    /// Something is let through that was not.
    Warning,
    /// Worth knowing.
    Note,
}

impl Level {
    pub(super) const ALL: [Level; 3] = [Level::Error, Level::Warning, Level::Note];
}

/// What the name of a guard's rule begins with.
const GUARD: &str = "guard/";

/// A risk or a guard.
#[derive(Debug)]
pub(super) struct Finding<'a> {
    pub level: Level,
    /// The risk's code, or the guard's after `guard/`: a risk and a guard may be called alike.
    pub rule: String,
    /// One line that says what the rule stands for.
    pub summary: &'static str,
    /// Why, with an example, if it is written.
    pub long: Option<&'static str>,
    pub message: String,
    pub place: Option<(&'a str, u32)>,
    /// What it is known by, wherever its lines move.
    pub identity: [&'a str; 4],
}

impl Finding<'_> {
    /// Whether a guard says it.
    pub(super) fn is_guard(&self) -> bool {
        self.rule.starts_with(GUARD)
    }
}

/// All findings: destructive risks, guards, then the other risks.
pub(super) fn all(changes: &ChangeSet) -> Vec<Finding<'_>> {
    let mut findings: Vec<Finding<'_>> = risks(changes).collect();
    findings.extend(guards(changes));
    // The sort keeps the order of those that are equally bad.
    findings.sort_by_key(|finding| finding.level);
    findings
}

fn risks(changes: &ChangeSet) -> impl Iterator<Item = Finding<'_>> {
    changes.risks.iter().map(|risk| {
        let level = match risk.severity {
            RiskSeverity::Destructive => Level::Error,
            RiskSeverity::Widening => Level::Warning,
            RiskSeverity::Notice => Level::Note,
        };
        let namespace = risk.namespace.as_deref().unwrap_or("");
        Finding {
            level,
            rule: risk.code.name().to_owned(),
            summary: risk.code.summary(),
            long: None,
            message: risk.message.clone(),
            place: place(risk.place.as_ref()),
            identity: [risk.code.name(), &risk.cluster, namespace, &risk.message],
        }
    })
}

fn guards(changes: &ChangeSet) -> impl Iterator<Item = Finding<'_>> {
    changes.guards.iter().map(|guard| Finding {
        level: Level::Error,
        rule: format!("{GUARD}{}", guard.code.name()),
        summary: guard.code.summary(),
        long: Some(guard.code.long()),
        message: match &guard.help {
            Some(help) => format!("{}\nhelp: {help}", guard.message),
            None => guard.message.clone(),
        },
        place: place(guard.place.as_ref()),
        identity: ["guard", guard.code.name(), "", &guard.message],
    })
}

fn place(place: Option<&(String, u32)>) -> Option<(&str, u32)> {
    place.map(|(file, line)| (file.as_str(), *line))
}
