//! Rows of the tables of access, and what stands in them.

use std::collections::BTreeSet;

use super::super::change::{Change, Level};
use super::super::group::GroupEffect;
use super::super::person::Entry;
use super::super::{Options, words};
use super::name;
use crate::access::{AccessFact, SubjectKind};
use crate::inventory::Role;
use crate::plan::Via;
use crate::report::escape::markdown;

/// How many names stand in a cell before the rest is counted.
const NAMES: usize = 4;

/// How many names stand in a list of members.
const MEMBERS: usize = 200;

/// A line of one person.
pub(super) fn entry_row(entry: &Entry<'_>, options: &Options<'_>) -> String {
    let lead = entry.lead();
    let who = if entry.first_of_person { who(lead.fact) } else { String::new() };
    let namespaces = match entry.changes.as_slice() {
        [one] => namespace(one.fact),
        many => {
            let names = some(many.iter().map(|change| name(&change.fact.namespace)), many.len(), NAMES);
            format!("{}: {names}", words::namespaces(many.len()))
        }
    };
    let (cluster, role, why) =
        (name(&lead.fact.cluster), role(lead.before, lead.level()), why(&entry.changes, options));
    format!("| {who} | {cluster} | {namespaces} | {role} | {why} |\n")
}

/// The effect of a group.
pub(super) fn group_row(effect: &GroupEffect<'_>, options: &Options<'_>) -> String {
    let people = few(effect.people.iter().map(|(_, it)| name(it)), effect.people.len(), words::people);
    let places: Vec<&(&str, u32)> = effect.places.iter().collect();
    let clusters: BTreeSet<&str> = effect.namespaces.iter().map(|(cluster, _)| *cluster).collect();
    let namespaces = effect.namespaces.iter().map(|(cluster, it)| {
        // One namespace on two clusters would look like a mistake.
        if clusters.len() > 1 { name(&format!("{cluster}/{it}")) } else { name(it) }
    });
    let namespaces = few(namespaces, effect.namespaces.len(), words::namespaces);
    let facts = if effect.is_full() { String::new() } else { format!(", together {}", words::facts(effect.facts)) };
    let (group, verb, role) = (name(effect.group), effect.kind.verb(), role(effect.before, effect.level));
    let why = where_from(&places, options);
    format!("| {group} | {verb} | {role} | {people} | {namespaces}{facts} | {why} |\n")
}

/// Who and where, folded away.
pub(super) fn members(effect: &GroupEffect<'_>) -> String {
    let people = some(effect.people.iter().map(|(_, it)| name(it)), effect.people.len(), MEMBERS);
    let places = effect.namespaces.iter().map(|(cluster, it)| name(&format!("{cluster}/{it}")));
    let places = some(places, effect.namespaces.len(), MEMBERS);
    let (group, verb) = (name(effect.group), effect.kind.verb());
    format!(
        "<details><summary>Who {verb} {} through {group}, and where</summary>\n\n\
         {}: {people}\n\n{}: {places}\n\n</details>\n\n",
        effect.level.role.name(),
        words::people(effect.people.len()),
        words::namespaces(effect.namespaces.len()),
    )
}

/// All of a few names, or how many there are.
fn few(names: impl Iterator<Item = String>, count: usize, words: fn(usize) -> String) -> String {
    if count > NAMES { words(count) } else { names.collect::<Vec<_>>().join(", ") }
}

/// The first of some names, and how many there are besides.
fn some(names: impl Iterator<Item = String>, count: usize, limit: usize) -> String {
    let shown = names.take(limit).collect::<Vec<_>>().join(", ");
    let more = count.saturating_sub(limit);
    if more == 0 { shown } else { format!("{shown} and {} more", words::number(more)) }
}

fn who(fact: &AccessFact) -> String {
    let identity = name(&fact.identity);
    match (fact.kind, &fact.user) {
        (SubjectKind::User, Some(user)) if *user != fact.identity => {
            format!("**{}** {identity}", markdown(&words::clip(user, super::NAME)))
        }
        (SubjectKind::User, _) => identity,
        (SubjectKind::ServiceAccount, _) => format!("service account {identity}"),
        (SubjectKind::Group, _) => format!("IdP group {identity}"),
    }
}

fn namespace(fact: &AccessFact) -> String {
    if fact.tenant == fact.namespace {
        name(&fact.namespace)
    } else {
        format!("{} (tenant {})", name(&fact.namespace), name(&fact.tenant))
    }
}

fn role(before: Option<Level>, after: Level) -> String {
    match before {
        Some(before) => format!("{} → {} ({})", level(before), level(after), words::direction(before, after)),
        None => level(after),
    }
}

fn level(level: Level) -> String {
    let role = level.role.name();
    let role = if level.role == Role::Admin { format!("**{role}**") } else { role.to_owned() };
    level.oddity().map_or(role.clone(), |oddity| format!("{role} {oddity}"))
}

/// By which way, and where that is written.
fn why(changes: &[Change<'_>], options: &Options<'_>) -> String {
    let ways = changes.iter().filter_map(|change| change.fact.via.first());
    let mut places: Vec<(&str, u32)> = ways.map(|way| (&*way.file, way.line)).collect();
    places.sort_unstable();
    places.dedup();
    let Some(way) = changes.first().and_then(|change| change.fact.via.first()) else {
        return "only manifests tell".to_owned();
    };
    let kind = match way.via {
        Via::Group => format!("group {}", way.groups.iter().map(|it| name(it)).collect::<Vec<_>>().join(" → ")),
        other => words::way(other).to_owned(),
    };
    let others = match changes {
        [one] if one.fact.via.len() > 1 => {
            format!(" and {}", words::counted(one.fact.via.len() - 1, "other way", "other ways"))
        }
        _ => String::new(),
    };
    format!("{kind}, {}{others}", where_from(&places.iter().collect::<Vec<_>>(), options))
}

/// The first place, and how many there are besides.
fn where_from(places: &[&(&str, u32)], options: &Options<'_>) -> String {
    let Some((file, line)) = places.first() else { return String::new() };
    let first = name(&options.place(file, *line));
    match places.len() - 1 {
        0 => first,
        more => format!("{first} and {}", words::counted(more, "more place", "more places")),
    }
}
