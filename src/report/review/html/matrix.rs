//! The picture: who stands in rows, namespaces in columns, and what happens where they meet.

use std::collections::{BTreeMap, BTreeSet};

use super::super::change::{Change, Kind, Level};
use super::super::group::GroupEffect;
use super::super::words;
use super::access::Person;
use super::{list, name, section as section_of, sign};
use crate::inventory::Role;

/// How many columns there are at most.
const COLUMNS: usize = 200;

/// How many people are looked at, the strongest first.
const PEOPLE: usize = 2_000;

/// How many cells, empty ones too.
const CELLS: usize = 40_000;

/// A row: a person, or a group whose effect is rolled up.
struct Line<'a> {
    title: String,
    who: String,
    cells: BTreeMap<(&'a str, &'a str), Cell>,
}

/// What happens where a row and a column meet. A group can gain and lose in one namespace.
type Cell = Vec<(Kind, Option<Level>, Level)>;

/// The matrix of everything that changes.
pub(super) fn section(effects: &[GroupEffect<'_>], people: &[Person<'_>]) -> String {
    let mut lines = group_lines(effects);
    lines.extend(people.iter().take(PEOPLE).map(person_line));
    let mut weights: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    lines.iter().flat_map(|line| line.cells.keys()).for_each(|place| *weights.entry(*place).or_default() += 1);
    let columns = busiest(weights);
    let shown: Vec<&Line<'_>> =
        lines.iter().filter(|line| columns.iter().any(|it| line.cells.contains_key(it))).collect();
    let rows = shown.len().min(CELLS / columns.len().max(1));
    let tenants = tenants(effects, people);
    let several = columns.iter().any(|(cluster, _)| *cluster != columns[0].0);
    let head: String = columns.iter().map(|place| column(*place, tenants.get(place).copied(), several)).collect();
    let body: String = shown.iter().take(rows).map(|line| row(line, &columns)).collect();
    let (all_rows, all_columns) = (lines.len() + people.len().saturating_sub(PEOPLE), tenants.len());
    let cut = if (rows, columns.len()) == (all_rows, all_columns) {
        String::new()
    } else {
        let counts = [rows, all_rows, columns.len(), all_columns].map(words::number);
        let [rows, all_rows, columns, all_columns] = &counts;
        format!(
            "<p class=\"note\">Shown are {rows} of {all_rows} rows and {columns} of {all_columns} namespaces, the \
             strongest and the busiest.</p>\n"
        )
    };
    let body = format!(
        "{LEGEND}<div class=\"scroll tall\" tabindex=\"0\" role=\"region\" aria-label=\"Access matrix\">\
         <table id=\"grid\" class=\"matrix\">\n\
         <thead><tr><th class=\"corner\" scope=\"col\">Who</th>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n\
         <p id=\"nothing\" class=\"note\" hidden>Nothing here fits the filters.</p>\n{cut}"
    );
    let count = format!("{} × {}", words::counted(all_rows, "row", "rows"), words::namespaces(all_columns));
    section_of("matrix", "Access matrix", &count, &body)
}

const LEGEND: &str = "<p class=\"legend\"><span class=\"cell gained\">+E</span> gained \
    <span class=\"cell lost\">−E</span> lost <span class=\"cell changed\">V→E</span> changed \
    <span class=\"key\"><b>V</b> view</span> <span class=\"key\"><b>E</b> edit</span> <span class=\"key\"><b>A</b> admin</span> \
    <span class=\"key\"><b>*</b> unusual way to notebooks</span></p>\n";

/// A row per group, with all that its edits do.
fn group_lines<'a>(effects: &[GroupEffect<'a>]) -> Vec<Line<'a>> {
    let mut lines: Vec<(&str, Line<'a>)> = Vec::new();
    for effect in effects {
        let at = lines.iter().position(|(group, _)| *group == effect.group).unwrap_or_else(|| {
            let title =
                format!("<b>{}</b> <span>group, {}</span>", name(effect.group), words::people(effect.people.len()));
            let who = list(effect.people.iter().take(5_000).map(|(_, identity)| *identity));
            lines.push((effect.group, Line { title, who, cells: BTreeMap::new() }));
            lines.len() - 1
        });
        for place in &effect.namespaces {
            let cell = lines[at].1.cells.entry(*place).or_default();
            cell.push((effect.kind, effect.before, effect.level));
        }
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

fn person_line<'a>(person: &Person<'a>) -> Line<'a> {
    let mut cells: BTreeMap<(&str, &str), Cell> = BTreeMap::new();
    for change in &person.changes {
        cells.entry(change.place()).or_default().push((change.kind, change.before, change.level()));
    }
    Line { title: person.title(), who: list(person.names()), cells }
}

/// The columns with the most in them, in the order of their names.
fn busiest<'a>(weights: BTreeMap<(&'a str, &'a str), usize>) -> Vec<(&'a str, &'a str)> {
    let mut columns: Vec<_> = weights.into_iter().collect();
    columns.sort_by_key(|(place, weight)| (std::cmp::Reverse(*weight), *place));
    columns.truncate(COLUMNS);
    let mut columns: Vec<_> = columns.into_iter().map(|(place, _)| place).collect();
    columns.sort_unstable();
    columns
}

/// The tenant of every namespace in which something changes.
fn tenants<'a>(effects: &[GroupEffect<'a>], people: &[Person<'a>]) -> BTreeMap<(&'a str, &'a str), &'a str> {
    let of_people = people.iter().flat_map(|person| &person.changes);
    let of_people = of_people.map(|change: &Change<'a>| (change.place(), &*change.fact.tenant));
    effects
        .iter()
        .flat_map(|effect| effect.tenant_of.iter().map(|(place, it)| (*place, *it)))
        .chain(of_people)
        .collect()
}

fn column(place: (&str, &str), tenant: Option<&str>, several: bool) -> String {
    let (cluster, namespace) = place;
    let prefix = if several { format!("<span>{}/</span>", name(cluster)) } else { String::new() };
    format!(
        "<th scope=\"col\" data-cluster=\"{}\" data-tenant=\"{}\"><div>{prefix}{}</div></th>",
        name(cluster),
        name(tenant.unwrap_or(namespace)),
        name(namespace),
    )
}

fn row(line: &Line<'_>, columns: &[(&str, &str)]) -> String {
    let cells: String =
        columns.iter().map(|place| line.cells.get(place).map_or("<td></td>".to_owned(), cell)).collect();
    format!("<tr data-who=\"{}\"><th scope=\"row\">{}</th>{cells}</tr>\n", line.who, line.title)
}

fn cell(cell: &Cell) -> String {
    let parts = cell.iter().map(|(kind, before, level)| match before {
        Some(before) => format!("{}→{}", letter(*before), letter(*level)),
        None => format!("{}{}", sign(*kind), letter(*level)),
    });
    let text = parts.collect::<Vec<_>>().join(" ");
    let kinds: BTreeSet<Kind> = cell.iter().map(|(kind, ..)| *kind).collect();
    let class = kinds.first().map_or("", |kind| kind.name());
    let kinds = kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" ");
    format!("<td class=\"cell {class}\" data-kind=\"{kinds}\">{text}</td>")
}

fn letter(level: Level) -> String {
    let letter = match level.role {
        Role::View => "V",
        Role::Edit => "E",
        Role::Admin => "A",
    };
    if level.oddity().is_some() { format!("{letter}*") } else { letter.to_owned() }
}
