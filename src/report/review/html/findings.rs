//! What needs attention: destructive changes, guards, what is opened, and notices.

use super::super::risk::{self, RiskLine};
use super::super::{Options, words};
use super::{code, section as section_of};
use crate::diff::{ChangeSet, GuardFinding, RiskSeverity};
use crate::report::escape;

/// How many findings of a kind are shown.
const SHOWN: usize = 1_000;

/// The list, the worst first.
pub(super) fn section(changes: &ChangeSet, options: &Options<'_>) -> String {
    let risks =
        |severity, class, label| cards(risk::lines(changes, severity).iter().map(|it| risk(it, class, label, options)));
    let mut body = risks(RiskSeverity::Destructive, "bad", "destructive");
    body.push_str(&cards(changes.guards.iter().map(|it| guard(it, options))));
    body.push_str(&risks(RiskSeverity::Widening, "warn", "opens"));
    body.push_str(&risks(RiskSeverity::Notice, "info", "notice"));
    let body = if body.is_empty() { body } else { format!("<ul class=\"cards\">\n{body}</ul>\n") };
    section_of("attention", "Needs attention", "", &body)
}

fn cards(all: impl Iterator<Item = String>) -> String {
    let mut all = all.fuse();
    let mut shown: String = all.by_ref().take(SHOWN).collect();
    let more = all.count();
    if more > 0 {
        shown.push_str(&format!("<li class=\"more\">… and {} more of this kind.</li>\n", words::number(more)));
    }
    shown
}

fn risk(line: &RiskLine<'_>, class: &str, label: &str, options: &Options<'_>) -> String {
    let risk = line.risk;
    let clusters = words::listed(line.clusters.iter().map(|cluster| code(cluster)), line.clusters.len());
    let place = match &risk.namespace {
        Some(namespace) => format!("{clusters} / {}", code(namespace)),
        None => clusters,
    };
    let file = risk.place.as_ref();
    card(class, label, risk.code.name(), &risk.message, None, &[Some(place), file.map(|it| at(it, options))])
}

fn guard(guard: &GuardFinding, options: &Options<'_>) -> String {
    let file = guard.place.as_ref().map(|it| at(it, options));
    card("bad", "refused", guard.code.name(), &guard.message, guard.help.as_deref(), &[file])
}

fn at(place: &(String, u32), options: &Options<'_>) -> String {
    code(&options.place(&place.0, place.1))
}

fn card(class: &str, label: &str, rule: &str, message: &str, help: Option<&str>, facts: &[Option<String>]) -> String {
    let help = help.map(|help| format!("<p class=\"help\">To go on: {}</p>", escape::html_prose(help)));
    let facts: Vec<&str> = facts.iter().flatten().map(String::as_str).collect();
    let facts = if facts.is_empty() { String::new() } else { format!("<p class=\"where\">{}</p>", facts.join(" · ")) };
    format!(
        "<li class=\"{class}\"><p class=\"tag\"><b>{label}</b> {rule}</p><p>{}</p>{}{facts}</li>\n",
        escape::html_prose(message),
        help.unwrap_or_default(),
    )
}
