//! Changes of access by person: each person's strongest first, and what somebody gets in the same way in many
//! namespaces as one line.

use super::change::{Change, Kind};
use std::sync::Arc;

use crate::access::Evidence;
use crate::plan::Via;

/// In how many namespaces somebody may get the same before they share a line.
const APART: usize = 3;

/// Changes of one subject that are one line: the same cluster, the same role, the same kind of way.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    /// In the order of namespaces; never empty.
    pub changes: Vec<Change<'a>>,
    /// Whether the line before is about somebody else.
    pub first_of_person: bool,
}

impl<'a> Entry<'a> {
    /// What stands for all of them.
    pub(super) fn lead(&self) -> &Change<'a> {
        &self.changes[0]
    }
}

/// The lines of one kind of change: the strongest role first, then those with the most, then by name.
pub(super) fn entries<'a>(changes: &[Change<'a>], kind: Kind) -> Vec<Entry<'a>> {
    let mut wanted: Vec<Change<'a>> = changes.iter().copied().filter(|change| change.kind == kind).collect();
    wanted.sort_by(|one, other| one.who().cmp(&other.who()));
    let mut people: Vec<&mut [Change<'a>]> = wanted.chunk_by_mut(|one, other| one.who() == other.who()).collect();
    people.sort_by_cached_key(|person| {
        let strongest = person.iter().map(Change::weight).max();
        (std::cmp::Reverse((strongest, person.len())), person.first().map(Change::who))
    });
    people.into_iter().flat_map(|person| entries_of(person)).collect()
}

/// The lines of one person.
fn entries_of<'a>(person: &mut [Change<'a>]) -> Vec<Entry<'a>> {
    let key = |change: &Change<'a>| {
        let way = change.fact.via.first();
        (std::cmp::Reverse(change.weight()), &*change.fact.cluster, change.level(), change.before, way_key(way))
    };
    person.sort_by(|one, other| key(one).cmp(&key(other)).then_with(|| one.place().cmp(&other.place())));
    let mut entries = Vec::new();
    for alike in person.chunk_by(|one, other| key(one) == key(other)) {
        let apart = if alike.len() > APART { alike.len() } else { 1 };
        entries.extend(alike.chunks(apart).map(|part| Entry { changes: part.to_vec(), first_of_person: false }));
    }
    if let Some(first) = entries.first_mut() {
        first.first_of_person = true;
    }
    entries
}

/// What ways have to have in common to share a line: their kind and their groups, and not their place.
fn way_key(way: Option<&Evidence>) -> (Option<Via>, &[Arc<str>]) {
    (way.map(|way| way.via), way.map_or(&[], |way| &way.groups))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Review, gain};
    use super::*;
    use crate::inventory::Role;

    fn shape(review: &Review) -> Vec<(String, usize, bool)> {
        let changes: Vec<Change<'_>> = Change::all(review).collect();
        let entries = entries(&changes, Kind::Gained);
        entries.iter().map(|it| (it.lead().fact.identity.to_string(), it.changes.len(), it.first_of_person)).collect()
    }

    #[test]
    fn the_strongest_person_comes_first() {
        let mut review = Review::none();
        review.gained = vec![gain("p", "a", "ada"), gain("p", "b", "bob"), gain("p", "c", "zoe")];
        review.gained[2].role = Role::Admin;
        let names: Vec<String> = shape(&review).into_iter().map(|it| it.0).collect();
        assert_eq!(names, ["zoe@example.org", "ada@example.org", "bob@example.org"]);
    }

    #[test]
    fn many_namespaces_share_a_line_and_few_do_not() {
        let mut review = Review::none();
        review.gained = (0..3).map(|at| gain("p", &format!("n{at}"), "ada")).collect();
        review.gained.extend((0..9).map(|at| gain("p", &format!("n{at}"), "bob")));
        let lines = shape(&review);
        assert_eq!(lines[0], ("bob@example.org".to_owned(), 9, true));
        let ada = "ada@example.org";
        assert_eq!(
            lines[1..].iter().map(|it| (it.0.as_str(), it.1, it.2)).collect::<Vec<_>>(),
            [(ada, 1, true), (ada, 1, false), (ada, 1, false)]
        );
    }
}
