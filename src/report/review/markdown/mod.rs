//! Markdown for a comment or a summary, as GitHub and GitLab read it.
//!
//! The verdict comes first and what destroys is never cut: where there is no room for
//! lines, names stand alone, and what has no room then is counted. The same change gives the same text: there
//! is no time in it and, unless asked for, no revision, so that a comment that is written again does not change.

mod cell;
mod manifests;

use std::collections::BTreeMap;

use self::cell::{entry_row, group_row, members};
use super::budget::{self, Row, Section};
use super::change::{Change, Kind};
use super::group::{self, GroupEffect};
use super::risk::{self, RiskLine};
use super::{Options, approval, person, words};
use crate::diff::{ChangeSet, ObjectRef, RiskSeverity, Verdict};
use crate::report::escape::{markdown, markdown_code, markdown_prose};

/// How much of a message is shown. Ours are shorter, whatever names are in them.
const MESSAGE: usize = 2_000;

/// How much of a name is shown.
const NAME: usize = 330;

/// The review of a change, within the limit.
pub fn render(changes: &ChangeSet, options: &Options<'_>) -> String {
    let (effects, rest) = group::roll_up(Change::all(changes));
    let mut sections = vec![
        notes(changes),
        risks(changes, RiskSeverity::Destructive, options),
        guards(changes, options),
        risks(changes, RiskSeverity::Widening, options),
        groups(&effects, options),
    ];
    sections.extend(Kind::ALL.map(|kind| people(&rest, &effects, kind, options)));
    sections.extend([
        risks(changes, RiskSeverity::Notice, options),
        group_members(&effects, options),
        objects(changes),
        manifests::section(changes, options),
    ]);
    budget::page(options.limit, &top(changes, options), &sections, |cut| bottom(changes, options, cut))
}

fn top(changes: &ChangeSet, options: &Options<'_>) -> String {
    let marker: String = options.marker.chars().filter(|c| is_marker(*c)).take(100).collect();
    let sign = match changes.verdict {
        Verdict::None | Verdict::Refactor => "✅",
        Verdict::Narrowing => "➖",
        Verdict::Widening | Verdict::Mixed => "⚠️",
        Verdict::Destructive => "⛔",
    };
    let (verdict, sentence) = (words::verdict(changes.verdict), words::sentence(changes));
    let mut top = format!("<!-- {marker} -->\n### {sign} Access review: {verdict}\n\n{sentence}\n\n");
    if let Some(owners) = approval::line(changes, |it| markdown(&words::clip(it, NAME))) {
        top.push_str(&format!("**Owners to ask:** {owners}.\n\n"));
    }
    if options.sides {
        let side = |name| markdown_code(&words::clip(name, 60));
        top.push_str(&format!("From {} to {}.\n\n", side(&changes.base), side(&changes.head)));
    }
    top
}

/// Two hyphens could end the comment.
fn is_marker(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')
}

fn bottom(changes: &ChangeSet, options: &Options<'_>, cut: bool) -> String {
    let mut bottom = format!("---\n\nAs of {}.", changes.as_of);
    if cut {
        let size = words::number(options.limit.size());
        let elsewhere = markdown(&words::clip(options.elsewhere, 120));
        bottom.push_str(&format!(" Cut to fit {size} {}; for the rest see {elsewhere}.", options.limit.unit()));
    }
    bottom.push('\n');
    bottom
}

fn notes(changes: &ChangeSet) -> Section {
    let notes = changes.notes.iter().map(|note| format!("- {}\n", message(note)));
    Section {
        name: "Notes",
        open: String::new(),
        close: "\n".into(),
        rows: notes.map(one).collect(),
        all: changes.notes.len(),
        noun: ("note", "notes"),
        first: 0,
        kept: false,
    }
}

fn risks(changes: &ChangeSet, severity: RiskSeverity, options: &Options<'_>) -> Section {
    let (title, noun) = match severity {
        RiskSeverity::Destructive => ("Destructive", ("destructive change", "destructive changes")),
        RiskSeverity::Widening => ("Opens", ("change that opens", "changes that open")),
        RiskSeverity::Notice => ("Notices", ("notice", "notices")),
    };
    let all = words::severity(changes, severity);
    let (kept, rest): (Vec<_>, Vec<_>) = risk::lines(changes, severity).into_iter().partition(RiskLine::is_kept);
    let mut first: Vec<Row> = kept.iter().map(|line| risk_row(line, options)).collect();
    let size: usize = first.iter().map(|row| options.limit.measure(&row.text)).sum();
    let mut close = "\n";
    if size > options.limit.size() / 2 {
        first = bare_names(&kept, options);
        // It may be cut within a line.
        close = "\n\n";
    }
    let count = first.len();
    let rows = budget::rows(options.limit, first.into_iter().chain(rest.iter().map(|line| risk_row(line, options))));
    Section {
        name: title,
        open: format!("#### {title} ({})\n\n", words::number(all)),
        close: close.into(),
        first: count.min(rows.len()),
        rows,
        all,
        noun,
        kept: false,
    }
}

fn risk_row(line: &RiskLine<'_>, options: &Options<'_>) -> Row {
    let (risk, on, likewise) = (line.risk, line.on(name), line.likewise(markdown_prose));
    let place = risk.place.as_ref().map_or_else(String::new, |(file, at)| {
        format!(" ({}{})", name(&options.place(file, *at)), words::and_more(line.more_places().len()))
    });
    let text = format!("- **{}**{on}: {}{likewise}{place}\n", line.codes(), message(&risk.message));
    Row { text, stands_for: line.count() }
}

/// Lines that are too long for the place, with no more than names: what happens, and then a row for each namespace. What
/// happens to fewer comes first.
fn bare_names(lines: &[RiskLine<'_>], options: &Options<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut groups: BTreeMap<(String, String), Vec<(String, &RiskLine<'_>)>> = BTreeMap::new();
    for line in lines {
        match &line.risk.namespace {
            Some(namespace) => {
                let name = markdown(&words::clip(namespace, NAME));
                groups.entry((line.codes(), line.on(self::name))).or_default().push((name, line));
            }
            None => rows.push(risk_row(line, options)),
        }
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, lines)| lines.len());
    for ((codes, on), lines) in groups {
        let last = lines.len() - 1;
        rows.extend(lines.into_iter().enumerate().map(|(at, (name, line))| {
            let before = match at {
                0 => format!("- **{codes}**{on}: {}: ", line.risk.code.summary()),
                _ => ", ".to_owned(),
            };
            let end = if at == last { "\n" } else { "" };
            Row { text: format!("{before}{name}{end}"), stands_for: line.count() }
        }));
    }
    rows
}

fn guards(changes: &ChangeSet, options: &Options<'_>) -> Section {
    let lines = changes.guards.iter().map(|guard| {
        let place = place(guard.place.as_ref(), options);
        let help = guard.help.as_ref().map_or_else(String::new, |help| format!("  \n  To go on: {}", message(help)));
        one(format!("- **{}**: {}{place}{help}\n", guard.code.name(), message(&guard.message)))
    });
    Section {
        name: "Guards",
        open: format!("#### Refused by guards ({})\n\n", words::number(changes.guards.len())),
        close: "\n".into(),
        rows: budget::rows(options.limit, lines),
        all: changes.guards.len(),
        noun: ("guard", "guards"),
        first: 0,
        kept: true,
    }
}

fn groups(effects: &[GroupEffect<'_>], options: &Options<'_>) -> Section {
    let all = effects.iter().map(|effect| effect.facts).sum();
    let rows = effects.iter().map(|effect| Row { text: group_row(effect, options), stands_for: effect.facts });
    Section {
        name: "Through groups",
        open: format!(
            "#### Through groups ({})\n\n| Group | | Role | Who | Where | Why |\n|---|---|---|---|---|---|\n",
            words::facts(all)
        ),
        close: "\n".into(),
        rows: budget::rows(options.limit, rows),
        all,
        noun: ("access fact", "access facts"),
        first: 0,
        kept: false,
    }
}

fn people(changes: &[Change<'_>], effects: &[GroupEffect<'_>], kind: Kind, options: &Options<'_>) -> Section {
    let entries = person::entries(changes, kind);
    let all = entries.iter().map(|entry| entry.changes.len()).sum();
    let besides = if effects.iter().any(|effect| effect.kind == kind) { " besides those through groups" } else { "" };
    let rows = entries.iter().map(|entry| Row { text: entry_row(entry, options), stands_for: entry.changes.len() });
    Section {
        name: words::title(kind),
        open: format!(
            "#### {} ({}{besides})\n\n| Who | Cluster | Namespace | Role | Why |\n|---|---|---|---|---|\n",
            words::title(kind),
            words::facts(all)
        ),
        close: "\n".into(),
        rows: budget::rows(options.limit, rows),
        all,
        noun: ("access fact", "access facts"),
        first: 0,
        kept: false,
    }
}

fn group_members(effects: &[GroupEffect<'_>], options: &Options<'_>) -> Section {
    Section {
        name: "Members of groups",
        rows: budget::rows(options.limit, effects.iter().map(|effect| one(members(effect)))),
        all: effects.len(),
        noun: ("list", "lists"),
        ..Section::default()
    }
}

/// How many objects differ, by their kind.
fn objects(changes: &ChangeSet) -> Section {
    let mut kinds: BTreeMap<(&str, &str), [usize; 3]> = BTreeMap::new();
    let lists = [&changes.objects.added, &changes.objects.removed, &changes.objects.modified];
    for (at, list) in lists.into_iter().enumerate() {
        for ObjectRef { api_version, kind, .. } in list {
            kinds.entry((kind, api_version)).or_default()[at] += 1;
        }
    }
    let rows = kinds.iter().map(|((kind, version), counts)| {
        let [added, removed, modified] = counts.map(words::number);
        let (kind, version) = (name(kind), name(version));
        let text = format!("| {kind} {version} | {added} | {removed} | {modified} |\n");
        Row { text, stands_for: counts.iter().sum() }
    });
    let (rows, all) = (rows.collect(), lists.iter().map(|list| list.len()).sum());
    let title = words::capitalised(&words::objects(changes));
    Section {
        name: "Objects",
        open: format!(
            "<details><summary>{title}</summary>\n\n\
             | Kind | Added | Removed | Modified |\n|---|--:|--:|--:|\n"
        ),
        close: "\n</details>\n\n".into(),
        rows,
        all,
        noun: ("object", "objects"),
        first: 0,
        kept: false,
    }
}

fn one(text: String) -> Row {
    Row { text, stands_for: 1 }
}

fn message(text: &str) -> String {
    markdown_prose(&words::clip(text, MESSAGE))
}

fn name(text: &str) -> String {
    markdown_code(&words::clip(text, NAME))
}

/// Where something is said, at the end of a line.
fn place(place: Option<&(String, u32)>, options: &Options<'_>) -> String {
    place.map_or_else(String::new, |(file, line)| format!(" ({})", name(&options.place(file, *line))))
}
