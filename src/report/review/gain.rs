//! Access that is gained, as one line per line of the inventory that gives it, for formats that show findings at places.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::change::{Change, Kind, Level};
use super::risk::of_several_clusters;
use super::words;
use crate::access::SubjectKind;
use crate::diff::ChangeSet;
use crate::plan::Via;

/// What facts of one line have in common. Its order is that of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    /// File and line of the deciding way.
    place: Option<(&'a str, u32)>,
    via: Option<Via>,
    /// The group that the line names, or else whom it is about. Personal profiles are about everybody.
    source: &'a str,
    level: Level,
    before: Option<Level>,
    until: Option<Date>,
}

/// What one line of the inventory gives.
#[derive(Debug)]
pub(super) struct Gain<'a> {
    key: Key<'a>,
    people: BTreeSet<(SubjectKind, &'a str)>,
    namespaces: BTreeSet<(&'a str, &'a str)>,
    facts: usize,
    several: bool,
}

/// Everything that lines of the head give, the strongest role first, then what reaches furthest. Whoever stands in for an
/// owner is left out, as in the verdict: nothing is opened by it.
pub(super) fn gains(changes: &ChangeSet) -> Vec<Gain<'_>> {
    let several = of_several_clusters(changes);
    let wider: BTreeSet<_> =
        changes.changed.iter().filter(|change| change.is_wider()).map(|change| change.fact.key()).collect();
    let mut gains: BTreeMap<Key<'_>, Gain<'_>> = BTreeMap::new();
    for change in Change::all(changes) {
        let counts = match change.kind {
            Kind::Gained => true,
            Kind::Changed => wider.contains(&change.fact.key()),
            Kind::Lost => false,
        };
        if !counts || change.fact.is_stand_in() {
            continue;
        }
        let key = key(&change);
        let gain = gains.entry(key).or_insert_with(|| Gain {
            key,
            people: BTreeSet::new(),
            namespaces: BTreeSet::new(),
            facts: 0,
            several,
        });
        gain.facts += 1;
        gain.people.insert(change.who());
        gain.namespaces.insert(change.place());
    }
    let mut gains: Vec<Gain<'_>> = gains.into_values().collect();
    // The sort keeps the order of files.
    gains.sort_by_key(|gain| Reverse((gain.key.level, gain.facts)));
    gains
}

fn key<'a>(change: &Change<'a>) -> Key<'a> {
    let way = change.fact.via.first();
    let source = match way.map(|way| way.via) {
        Some(Via::Group) => way.and_then(|way| way.groups.first()).map_or("", |group| &**group),
        Some(Via::Personal) => "",
        _ => &change.fact.identity,
    };
    Key {
        place: way.map(|way| (&*way.file, way.line)),
        via: way.map(|way| way.via),
        source,
        level: change.level(),
        before: change.before,
        until: way.and_then(|way| way.until),
    }
}

impl<'a> Gain<'a> {
    /// Where it is written.
    pub(super) fn place(&self) -> Option<(&'a str, u32)> {
        self.key.place
    }

    /// What it is known by, wherever its lines move and whoever comes to a group or leaves it.
    pub(super) fn identity(&self) -> Vec<&'a str> {
        let Key { place, via, source, level, before, .. } = self.key;
        let file = place.map_or("", |(file, _)| file);
        let before = before.map_or("", |before| before.role.name());
        vec!["access-gained", file, via.map_or("", words::way), source, level.role.name(), before]
    }

    /// What it gives, to whom and where, in a sentence that stands alone. Names are as they are.
    pub(super) fn message(&self) -> String {
        let Key { via, source, level, before, until, .. } = self.key;
        let many = self.people.len() > 1;
        let instead = before.map_or_else(String::new, |before| format!(" instead of {}", role(before)));
        let how = match via {
            Some(Via::Group) => format!(" through the group `{source}`"),
            Some(Via::Owner) => " as owner".to_owned(),
            Some(Via::Personal) if many => " in personal profiles".to_owned(),
            Some(Via::Personal) => " in a personal profile".to_owned(),
            Some(Via::Foreign) => " through an integration document".to_owned(),
            Some(Via::Direct | Via::StandIn) | None => String::new(),
        };
        let until = until.map_or_else(String::new, |day| format!(" until {day}"));
        let verb = if many { "get" } else { "gets" };
        format!("{} {verb} {}{instead} in {}{how}{until}", self.who(), role(level), self.whereabouts())
    }

    fn who(&self) -> String {
        if self.people.len() > words::NAMED {
            let accounts = self.people.iter().any(|(kind, _)| *kind != SubjectKind::User);
            return if accounts {
                format!("{} people and accounts", words::number(self.people.len()))
            } else {
                words::people(self.people.len())
            };
        }
        let names = self.people.iter().map(|(kind, identity)| match kind {
            SubjectKind::User => format!("`{identity}`"),
            SubjectKind::ServiceAccount => format!("the service account `{identity}`"),
            SubjectKind::Group => format!("the IdP group `{identity}`"),
        });
        words::listed(names, self.people.len())
    }

    fn whereabouts(&self) -> String {
        let count = self.namespaces.len();
        let full = if self.facts == self.people.len() * count {
            String::new()
        } else {
            format!("; {} in all", words::facts(self.facts))
        };
        let names = self.namespaces.iter().map(|(cluster, namespace)| {
            if self.several { format!("`{cluster}/{namespace}`") } else { format!("`{namespace}`") }
        });
        let names = words::listed(names, count);
        match count {
            1 => format!("the namespace {names}"),
            _ => format!("{} ({names}{full})", words::namespaces(count)),
        }
    }
}

/// A role, and what is unusual about notebooks.
fn role(level: Level) -> String {
    let oddity = level.oddity().map_or_else(String::new, |oddity| format!(" {oddity}"));
    format!("`{}`{oddity}", level.role.name())
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Review, gain, raised, through};
    use super::*;
    use crate::inventory::Role;

    fn shown(review: &Review) -> Vec<String> {
        gains(review).iter().map(Gain::message).collect()
    }

    #[test]
    fn a_line_of_the_inventory_is_one_line() {
        let mut review = Review::none();
        for person in 0..14 {
            for namespace in ["a", "b", "c"] {
                let mut fact = gain("prod-eu", namespace, &format!("p{person:02}"));
                fact.via = vec![through("ml", "input/tenants/ml.yaml")];
                review.gained.push(fact);
            }
        }
        assert_eq!(shown(&review), ["14 people get `edit` in 3 namespaces (`a`, `b` and `c`) through the group `ml`"]);
        assert_eq!(gains(&review)[0].place(), Some(("input/tenants/ml.yaml", 12)));
        review.gained.pop();
        assert!(shown(&review)[0].contains("`c`; 41 access facts in all)"), "{:?}", shown(&review));
    }

    #[test]
    fn the_strongest_comes_first_and_clusters_are_named() {
        let mut review = Review::none();
        review.gained = vec![gain("prod-eu", "a", "bob"), gain("prod-us", "b", "ada")];
        review.gained[1].role = Role::Admin;
        review.gained[1].via[0].via = Via::Owner;
        review.changed = vec![raised(gain("prod-us", "c", "eve"))];
        let expected = [
            "`ada@example.org` gets `admin` in the namespace `prod-us/b` as owner",
            "`bob@example.org` gets `edit` in the namespace `prod-eu/a`",
            "`eve@example.org` gets `edit` instead of `view` in the namespace `prod-us/c`",
        ];
        assert_eq!(shown(&review), expected);
    }

    #[test]
    fn losses_and_narrower_roles_give_nothing() {
        let mut review = Review::none();
        review.lost = vec![gain("prod-eu", "a", "bob")];
        let mut lowered = raised(gain("prod-eu", "a", "ada"));
        (lowered.before, lowered.notebook_access_before) = (Role::Admin, true);
        review.changed = vec![lowered];
        review.gained = vec![gain("prod-eu", "a", "eve")];
        review.gained[0].via[0].via = Via::StandIn;
        assert!(shown(&review).is_empty());
    }

    #[test]
    fn a_moved_line_and_a_larger_group_are_the_same_line() {
        let mut review = Review::group("ml", 4, 1);
        let before: Vec<String> = gains(&review)[0].identity().iter().map(|part| (*part).to_owned()).collect();
        review = Review::group("ml", 5, 1);
        review.gained.iter_mut().for_each(|fact| fact.via[0].line = 99);
        assert_eq!(gains(&review)[0].identity(), before);
    }
}
