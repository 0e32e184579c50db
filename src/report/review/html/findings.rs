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
    let risks = |severity, class, label| risks(&risk::lines(changes, severity), class, label, options);
    let mut body = risks(RiskSeverity::Destructive, "bad", "destructive");
    body.push_str(&cards(changes.guards.iter().map(|it| guard(it, options))));
    body.push_str(&risks(RiskSeverity::Widening, "warn", "opens"));
    body.push_str(&risks(RiskSeverity::Notice, "info", "notice"));
    let body = if body.is_empty() { body } else { format!("<ul class=\"cards\">\n{body}</ul>\n") };
    section_of("attention", "Needs attention", "", &body)
}

/// As cards. Of too many, those that must not be missed are named all the same.
fn risks(lines: &[RiskLine<'_>], class: &str, label: &str, options: &Options<'_>) -> String {
    let mut shown = cards(lines.iter().map(|it| risk(it, class, label, options)));
    let kept = lines.iter().skip(SHOWN).filter(|line| line.is_kept());
    let names: Vec<String> = kept.filter_map(|line| line.risk.namespace.as_deref()).map(code).collect();
    if !names.is_empty() {
        shown.push_str(&format!("<li class=\"more\">They are about {}.</li>\n", names.join(", ")));
    }
    shown
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
        Some(namespace) if line.more.is_empty() => format!("{clusters} / {}", code(namespace)),
        _ => clusters,
    };
    let more = words::and_more(line.more_places().len());
    let file = risk.place.as_ref().map(|it| format!("{}{more}", at(it, options)));
    let message = format!("{}{}", risk.message, line.likewise(str::to_owned));
    card(class, label, &line.codes(), &message, None, &[Some(place), file])
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
