//! Risks, guards and gains as one list of findings, the worst first, for formats that know nothing but findings.

use super::{gain, risk, words};
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

/// The rule of access that is gained.
const GAINED: (&str, &str) = ("access-gained", "somebody gets access, or a stronger role");

/// The rule of access that is lost.
const LOST: (&str, &str) = ("access-lost", "somebody has access no longer, or a weaker role");

/// A risk, a guard, or what a line of the inventory gives.
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
    /// Where else it is so.
    pub more: Vec<(&'a str, u32)>,
    /// What it is known by, wherever its lines move.
    pub identity: Vec<&'a str>,
}

impl Finding<'_> {
    /// Whether a guard says it.
    pub(super) fn is_guard(&self) -> bool {
        self.rule.starts_with(GUARD)
    }

    /// Whether it sums up what is lost.
    pub(super) fn is_loss(&self) -> bool {
        self.rule == LOST.0
    }
}

/// All findings: destructive risks, guards, what is opened, notices, and then who gains, the strongest role first. What is
/// lost is one finding, because nobody has to look at each.
pub(super) fn all(changes: &ChangeSet) -> Vec<Finding<'_>> {
    let mut findings: Vec<Finding<'_>> = risks(changes).collect();
    findings.extend(guards(changes));
    findings.extend(gains(changes));
    findings.extend(lost(changes));
    // The sort keeps the order of those that are equally bad.
    findings.sort_by_key(|finding| finding.level);
    findings
}

fn risks(changes: &ChangeSet) -> impl Iterator<Item = Finding<'_>> {
    let severities = [
        (RiskSeverity::Destructive, Level::Error),
        (RiskSeverity::Widening, Level::Warning),
        (RiskSeverity::Notice, Level::Note),
    ];
    let of = move |(severity, level)| risk::all_folded(changes, severity).into_iter().map(move |line| (line, level));
    severities.into_iter().flat_map(of).map(|(line, level)| {
        let risk = line.risk;
        let (on, likewise) = (line.on(|cluster| format!("`{cluster}`")), line.likewise(str::to_owned));
        let mut identity = vec![risk.code.name()];
        identity.extend(&line.clusters);
        identity.extend([risk.namespace.as_deref().unwrap_or(""), &risk.message]);
        Finding {
            level,
            rule: risk.code.name().to_owned(),
            summary: risk.code.summary(),
            long: None,
            message: match on.strip_prefix(' ') {
                Some(on) => format!("{on}: {}{likewise}", risk.message),
                None => format!("{}{likewise}", risk.message),
            },
            place: place(risk.place.as_ref()),
            more: line.more_places().into_iter().collect(),
            identity,
        }
    })
}

fn gains(changes: &ChangeSet) -> impl Iterator<Item = Finding<'_>> {
    gain::gains(changes).into_iter().map(|gain| Finding {
        level: Level::Note,
        rule: GAINED.0.to_owned(),
        summary: GAINED.1,
        long: None,
        message: gain.message(),
        place: gain.place(),
        more: Vec::new(),
        identity: gain.identity(),
    })
}

/// What stands for findings that there is no room for.
pub(super) fn more(count: usize) -> Finding<'static> {
    let count = words::counted(count, "more finding", "more findings");
    Finding {
        level: Level::Note,
        rule: "left-out".to_owned(),
        summary: "there are more findings than can be shown",
        long: None,
        message: format!("{count}, the least of all; the JSON form has everything"),
        place: None,
        more: Vec::new(),
        identity: vec!["left-out"],
    }
}

fn lost(changes: &ChangeSet) -> Option<Finding<'_>> {
    Some(Finding {
        level: Level::Note,
        rule: LOST.0.to_owned(),
        summary: LOST.1,
        long: None,
        message: words::taken(changes)?,
        place: None,
        more: Vec::new(),
        identity: vec![LOST.0],
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
        more: Vec::new(),
        identity: vec!["guard", guard.code.name(), "", &guard.message],
    })
}

fn place(place: Option<&(String, u32)>) -> Option<(&str, u32)> {
    place.map(|(file, line)| (file.as_str(), *line))
}
