//! Who gains and who loses, by person, with the tools to look for somebody.

use std::collections::BTreeSet;

use super::super::change::{Change, Kind, Level};
use super::super::group::GroupEffect;
use super::super::{Options, words};
use super::{code, list, name, section as section_of, sign};
use crate::access::{Evidence, SubjectKind};
use crate::diff::ChangeSet;
use crate::plan::Via;

/// How many access facts are rows. A browser stays quick with them.
const FACTS: usize = 5_000;

/// How many names a list of choices or of members has.
const NAMES: usize = 5_000;

/// One subject and all that happens to its access.
pub(super) struct Person<'a> {
    /// In the order of weight and place; never empty.
    pub changes: Vec<Change<'a>>,
}

impl<'a> Person<'a> {
    /// Names to look for: the identity and the short id.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        let fact = self.changes[0].fact;
        [Some(&*fact.identity), fact.user.as_deref()].into_iter().flatten()
    }

    /// The name to show, and the identity if that is another.
    pub(super) fn title(&self) -> String {
        let fact = self.changes[0].fact;
        let identity = name(&fact.identity);
        match (fact.kind, &fact.user) {
            (SubjectKind::User, Some(user)) if *user != fact.identity => {
                format!("<b>{}</b> <span>{identity}</span>", name(user))
            }
            (SubjectKind::User, _) => format!("<b>{identity}</b>"),
            (SubjectKind::ServiceAccount, _) => format!("<b>{identity}</b> <span>service account</span>"),
            (SubjectKind::Group, _) => format!("<b>{identity}</b> <span>IdP group</span>"),
        }
    }
}

/// People, those with the strongest change first.
pub(super) fn people<'a>(changes: &[Change<'a>]) -> Vec<Person<'a>> {
    let mut all = changes.to_vec();
    all.sort_by(|one, other| one.who().cmp(&other.who()));
    let mut people: Vec<Person<'a>> =
        all.chunk_by(|one, other| one.who() == other.who()).map(|part| Person { changes: part.to_vec() }).collect();
    for person in &mut people {
        person.changes.sort_by_key(|change| (std::cmp::Reverse(change.weight()), change.place(), change.kind));
    }
    people.sort_by_cached_key(|person| {
        (std::cmp::Reverse((person.changes[0].weight(), person.changes.len())), person.changes[0].who())
    });
    people
}

/// Search and filters. They work on everything with the class `item`.
pub(super) fn tools(changes: &ChangeSet, effects: &[GroupEffect<'_>], people: &[Person<'_>]) -> String {
    let all = || Change::all(changes).map(|change| change.fact);
    let clusters: BTreeSet<&str> = all().map(|fact| &*fact.cluster).collect();
    let tenants: BTreeSet<&str> = all().map(|fact| &*fact.tenant).collect();
    let mut names: BTreeSet<&str> = people.iter().flat_map(Person::names).collect();
    names.extend(effects.iter().flat_map(|effect| effect.people.iter().map(|(_, identity)| *identity)));
    let options = |names: &BTreeSet<&str>| -> String {
        names.iter().take(NAMES).map(|it| format!("<option value=\"{0}\">{0}</option>", name(it))).collect()
    };
    let kinds: String = Kind::ALL.iter().map(|kind| format!("<option>{}</option>", kind.name())).collect();
    format!(
        "<form id=\"tools\" role=\"search\" aria-label=\"Search and filters\">\n\
         <label class=\"wide\">Search <input type=\"search\" name=\"q\" placeholder=\"name, tenant, role, file…\" \
         autocomplete=\"off\" spellcheck=\"false\"></label>\n\
         <label>Change <select name=\"kind\"><option value=\"\">all</option>{kinds}</select></label>\n\
         <label>Cluster <select name=\"cluster\"><option value=\"\">all</option>{}</select></label>\n\
         <label>Tenant <select name=\"tenant\"><option value=\"\">all</option>{}</select></label>\n\
         <label>Person <input name=\"person\" list=\"names\" placeholder=\"anybody\" autocomplete=\"off\"></label>\n\
         <datalist id=\"names\">{}</datalist>\n\
         <button type=\"reset\">Clear</button>\n<output id=\"shown\" aria-live=\"polite\"></output>\n</form>\n\
         <noscript><p class=\"note\">Search and filters need JavaScript. Everything else is below.</p></noscript>\n",
        options(&clusters),
        options(&tenants),
        options(&names),
    )
}

/// What edits of groups do.
pub(super) fn groups(effects: &[GroupEffect<'_>], options: &Options<'_>) -> String {
    if effects.is_empty() {
        return String::new();
    }
    let rows: String = effects.iter().map(|effect| group_row(effect, options)).collect();
    let facts = effects.iter().map(|effect| effect.facts).sum();
    let body = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Groups\"><table class=\"list\">\n\
         <thead><tr><th>Change</th><th>Group</th><th>Role</th><th>Who</th><th>Where</th><th>Why</th></tr></thead>\n\
         <tbody>\n{rows}</tbody></table></div>\n"
    );
    section_of("groups", "Through groups", &words::facts(facts), &body)
}

fn group_row(effect: &GroupEffect<'_>, options: &Options<'_>) -> String {
    let kind = effect.kind;
    let clusters: BTreeSet<&str> = effect.namespaces.iter().map(|(cluster, _)| *cluster).collect();
    let names = list(effect.people.iter().take(NAMES).map(|(_, identity)| *identity));
    let members = folded(&words::people(effect.people.len()), effect.people.iter().map(|(_, it)| code(it)));
    let places = effect.namespaces.iter().map(|(cluster, it)| code(&format!("{cluster}/{it}")));
    let places = folded(&words::namespaces(effect.namespaces.len()), places);
    let whole =
        if effect.is_full() { String::new() } else { format!("<p>together {}</p>", words::facts(effect.facts)) };
    let lines = effect.places.iter().map(|(file, line)| code(&options.place(file, *line)));
    let lines = folded(&words::counted(effect.places.len(), "entry", "entries"), lines);
    format!(
        "<tr class=\"item\" data-kind=\"{}\" data-clusters=\"{}\" data-tenants=\"{}\" data-who=\"{names}\">\
         <td>{}</td><td>{}</td><td>{}</td><td>{members}</td><td>{places}{whole}</td><td>{lines}</td></tr>\n",
        kind.name(),
        list(clusters.into_iter()),
        list(effect.tenants().into_iter()),
        mark(kind),
        code(effect.group),
        role(effect.before, effect.level),
    )
}

/// A count that opens to the names behind it.
fn folded(words: &str, names: impl Iterator<Item = String>) -> String {
    let mut names = names.fuse();
    let shown = names.by_ref().take(NAMES).collect::<Vec<_>>();
    let more = names.count();
    let more = if more > 0 { format!(" and {} more", words::number(more)) } else { String::new() };
    match shown.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        many => {
            format!("<details><summary>{words}</summary><p class=\"names\">{}{more}</p></details>", many.join(", "))
        }
    }
}

/// Everybody with a change, and each of their changes.
pub(super) fn section(people: &[Person<'_>], options: &Options<'_>) -> String {
    let all: usize = people.iter().map(|person| person.changes.len()).sum();
    if all == 0 {
        return String::new();
    }
    let mut left = FACTS;
    let mut rows = String::new();
    for person in people {
        let shown = person.changes.len().min(left);
        if shown == 0 {
            break;
        }
        left -= shown;
        rows.push_str(&format!(
            "<tbody><tr class=\"person\"><th colspan=\"5\" scope=\"rowgroup\">{}</th></tr>\n",
            person.title()
        ));
        person.changes.iter().take(shown).for_each(|change| rows.push_str(&row(person, change, options)));
        rows.push_str("</tbody>\n");
    }
    let cut = match all.saturating_sub(FACTS) {
        0 => String::new(),
        more => format!(
            "<p class=\"note\">… and {} more access facts, the weaker ones. The JSON form has all.</p>\n",
            words::number(more)
        ),
    };
    let body = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Access by person\"><table class=\"list\">\n\
         <thead><tr><th>Change</th><th>Cluster</th><th>Namespace</th><th>Role</th><th>Why</th></tr></thead>\n\
         {rows}</table></div>\n{cut}"
    );
    let count = format!("{}, {}", counted_subjects(people.len()), words::facts(all));
    section_of("access", "Access by person", &count, &body)
}

fn counted_subjects(count: usize) -> String {
    words::counted(count, "person or account", "people and accounts")
}

fn row(person: &Person<'_>, change: &Change<'_>, options: &Options<'_>) -> String {
    let fact = change.fact;
    let tenant = if fact.tenant == fact.namespace {
        String::new()
    } else {
        format!(" <span>tenant {}</span>", name(&fact.tenant))
    };
    format!(
        "<tr class=\"item\" data-kind=\"{}\" data-clusters=\"{}\" data-tenants=\"{}\" data-who=\"{}\">\
         <td>{}</td><td>{}</td><td>{}{tenant}</td><td>{}</td><td>{}</td></tr>\n",
        change.kind.name(),
        name(&fact.cluster),
        name(&fact.tenant),
        list(person.names()),
        mark(change.kind),
        name(&fact.cluster),
        code(&fact.namespace),
        role(change.before, change.level()),
        why(&fact.via, options),
    )
}

/// What happens, as sign, word and colour.
fn mark(kind: Kind) -> String {
    format!("<span class=\"mark {0}\">{1} {0}</span>", kind.name(), sign(kind))
}

fn role(before: Option<Level>, after: Level) -> String {
    match before {
        Some(before) => format!("{} → {}", level(before), level(after)),
        None => level(after),
    }
}

fn level(level: Level) -> String {
    let role = level.role.name();
    let oddity = level.oddity().map_or_else(String::new, |oddity| format!(" <span>{oddity}</span>"));
    format!("<b class=\"role {role}\">{role}</b>{oddity}")
}

/// Every way, the deciding one first.
fn why(ways: &[Evidence], options: &Options<'_>) -> String {
    let way = |way: &Evidence| {
        let kind = match way.via {
            Via::Group => format!("group {}", way.groups.iter().map(|it| code(it)).collect::<Vec<_>>().join(" → ")),
            other => words::way(other).to_owned(),
        };
        format!("{kind} <span>{}</span>", code(&options.place(&way.file, way.line)))
    };
    match ways {
        [] => "only manifests tell".to_owned(),
        [one] => way(one),
        [first, others @ ..] => {
            let more = words::counted(others.len(), "other way", "other ways");
            let others: String = others.iter().map(|it| format!("<p>{}</p>", way(it))).collect();
            format!("{}<details><summary>{more}</summary>{others}</details>", way(first))
        }
    }
}
