//! What one edit of a group does, rolled up: a row instead of a row per person and namespace.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, Kind, Level};
use crate::access::SubjectKind;
use crate::inventory::Role;
use crate::plan::Via;

/// From how many facts on a group's effect is one row. Fewer are easier to read one by one.
const MANY: usize = 8;

/// What many facts have in common: the group that the entry names, and what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    kind: Kind,
    group: &'a str,
    level: Level,
    before: Option<Level>,
}

/// File and line of an entry.
type Entry<'a> = (&'a str, u32);

/// The effect of one group with one role.
#[derive(Debug)]
pub(super) struct GroupEffect<'a> {
    pub kind: Kind,
    /// The group that the entries of tenants name, however deep in it the people are.
    pub group: &'a str,
    pub level: Level,
    pub before: Option<Level>,
    /// How many facts.
    pub facts: usize,
    /// Whose they are.
    pub people: BTreeSet<(SubjectKind, &'a str)>,
    /// Clusters and namespaces.
    pub namespaces: BTreeSet<(&'a str, &'a str)>,
    /// The tenant of each namespace.
    pub tenant_of: BTreeMap<(&'a str, &'a str), &'a str>,
    /// File and line of the entries.
    pub places: BTreeSet<Entry<'a>>,
    /// Where the fact before was, and its entry.
    last: Option<((&'a str, &'a str), Option<Entry<'a>>)>,
}

/// Splits changes into the effects of groups, the largest first, and what is left.
pub(super) fn roll_up<'a>(changes: impl Iterator<Item = Change<'a>>) -> (Vec<GroupEffect<'a>>, Vec<Change<'a>>) {
    let all: Vec<Change<'a>> = changes.collect();
    let mut counts: BTreeMap<Key<'a>, usize> = BTreeMap::new();
    for key in all.iter().filter_map(key) {
        *counts.entry(key).or_default() += 1;
    }
    counts.retain(|_, count| *count >= MANY);
    let (mut effects, mut rest) = (BTreeMap::new(), Vec::new());
    for change in all {
        match key(&change).filter(|key| counts.contains_key(key)) {
            Some(key) => effects.entry(key).or_insert_with(|| GroupEffect::empty(key)).add(change),
            None => rest.push(change),
        }
    }
    let mut effects: Vec<GroupEffect<'a>> = effects.into_values().collect();
    effects.sort_by_key(|effect| std::cmp::Reverse((effect.weight(), effect.facts)));
    (effects, rest)
}

/// The group through which a fact comes, if the deciding way is through one.
fn key<'a>(change: &Change<'a>) -> Option<Key<'a>> {
    let way = change.fact.via.first().filter(|way| way.via == Via::Group)?;
    let group = way.groups.first()?;
    Some(Key { kind: change.kind, group, level: change.level(), before: change.before })
}

impl<'a> GroupEffect<'a> {
    fn empty(key: Key<'a>) -> Self {
        let Key { kind, group, level, before } = key;
        let (people, namespaces) = (BTreeSet::new(), BTreeSet::new());
        let (tenant_of, places) = (BTreeMap::new(), BTreeSet::new());
        GroupEffect { kind, group, level, before, facts: 0, people, namespaces, tenant_of, places, last: None }
    }

    fn add(&mut self, change: Change<'a>) {
        self.facts += 1;
        self.people.insert(change.who());
        let entry = change.fact.via.first().map(|way| (&*way.file, way.line));
        // Facts of one namespace stand together, and mostly come from one entry.
        if self.last != Some((change.place(), entry)) {
            self.last = Some((change.place(), entry));
            self.namespaces.insert(change.place());
            self.tenant_of.insert(change.place(), &change.fact.tenant);
            self.places.extend(entry);
        }
    }

    fn weight(&self) -> Role {
        self.before.map_or(self.level.role, |before| before.role.max(self.level.role))
    }

    /// The tenants that it reaches.
    pub(super) fn tenants(&self) -> BTreeSet<&'a str> {
        self.tenant_of.values().copied().collect()
    }

    /// Whether everybody in it has it everywhere, so that the two counts say all.
    pub(super) fn is_full(&self) -> bool {
        self.facts == self.people.len() * self.namespaces.len()
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Review, gain};
    use super::*;

    #[test]
    fn many_facts_of_one_group_are_one_effect() {
        let review = Review::group("ml", 4, 3);
        let (effects, rest) = roll_up(Change::all(&review));
        assert!(rest.is_empty());
        let [effect] = effects.as_slice() else { panic!("one group has one effect: {effects:?}") };
        assert_eq!((effect.group, effect.facts, effect.people.len(), effect.namespaces.len()), ("ml", 12, 4, 3));
        assert!(effect.is_full());
        assert_eq!(effect.places.len(), 3);
    }

    #[test]
    fn few_facts_and_direct_ones_stay_by_themselves() {
        let mut review = Review::group("ml", 7, 1);
        review.gained.extend((0..20).map(|at| gain("prod", &format!("team-{at}"), "ada")));
        let (effects, rest) = roll_up(Change::all(&review));
        assert!(effects.is_empty());
        assert_eq!(rest.len(), 27);
    }

    #[test]
    fn gains_and_losses_of_one_group_are_two_effects() {
        let mut review = Review::group("ml", 4, 3);
        review.lost = review.gained.split_off(6);
        assert_eq!(roll_up(Change::all(&review)).1.len(), 12);
        let mut review = Review::group("ml", 8, 3);
        review.lost = review.gained.split_off(8);
        let (effects, _) = roll_up(Change::all(&review));
        assert_eq!(
            effects.iter().map(|it| (it.kind, it.facts)).collect::<Vec<_>>(),
            [(Kind::Lost, 16), (Kind::Gained, 8)]
        );
    }
}
