//! Gains, losses and changed roles as one list, in the order that a reader wants: the strongest role first.

use crate::access::{AccessFact, SubjectKind};
use crate::diff::ChangeSet;
use crate::inventory::Role;

/// What happens to an access fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Gained,
    Lost,
    Changed,
}

impl Kind {
    pub(super) const ALL: [Kind; 3] = [Kind::Gained, Kind::Lost, Kind::Changed];

    /// As scripts and styles spell it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Gained => "gained",
            Kind::Lost => "lost",
            Kind::Changed => "changed",
        }
    }

    /// What somebody does whose access this is.
    pub(super) fn verb(self) -> &'static str {
        match self {
            Kind::Gained => "gains",
            Kind::Lost => "loses",
            Kind::Changed => "changes",
        }
    }
}

/// Role, and the way to notebooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Level {
    pub role: Role,
    pub notebooks: bool,
}

impl Level {
    /// What is unusual about the way to notebooks, if anything is: viewers have none, the others have one.
    pub(super) fn oddity(self) -> Option<&'static str> {
        match (self.role, self.notebooks) {
            (Role::View, true) => Some("with notebooks"),
            (Role::Edit | Role::Admin, false) => Some("without notebooks"),
            _ => None,
        }
    }
}

/// One access fact and what happens to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change<'a> {
    pub kind: Kind,
    /// What it was, where that is not nothing and not the same.
    pub before: Option<Level>,
    pub fact: &'a AccessFact,
}

impl<'a> Change<'a> {
    /// All changes of access, gains first, in the order of the lists.
    pub(super) fn all(changes: &'a ChangeSet) -> impl Iterator<Item = Change<'a>> {
        let plain = |kind| move |fact| Change { kind, before: None, fact };
        let gained = changes.gained.iter().map(plain(Kind::Gained));
        let lost = changes.lost.iter().map(plain(Kind::Lost));
        let changed = changes.changed.iter().map(|change| {
            let before = level(&change.fact, change.before, change.notebook_access_before);
            Change { kind: Kind::Changed, before: Some(before), fact: &change.fact }
        });
        gained.chain(lost).chain(changed)
    }

    /// The level of a gain or change as it will be, and that of a loss as it was.
    pub(super) fn level(&self) -> Level {
        level(self.fact, self.fact.role, self.fact.notebook_access)
    }

    /// The strongest role before or after.
    pub(super) fn weight(&self) -> Role {
        self.before.map_or(self.fact.role, |before| before.role.max(self.fact.role))
    }

    /// Whose access it is. The kind keeps a person apart from a group that is called alike.
    pub(super) fn who(&self) -> (SubjectKind, &'a str) {
        (self.fact.kind, &self.fact.identity)
    }

    /// Where it is.
    pub(super) fn place(&self) -> (&'a str, &'a str) {
        (&self.fact.cluster, &self.fact.namespace)
    }
}

/// Only people sit before notebooks: that a program or an IdP group has no way to them is not worth a word.
fn level(fact: &AccessFact, role: Role, notebooks: bool) -> Level {
    Level { role, notebooks: notebooks || (fact.kind != SubjectKind::User && role > Role::View) }
}
