//! Contributors to grants: groups become people, and of several ways to one person the strongest role counts.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use crate::inventory::{Contributor, GroupId, Inventory, Role, Subject, UserId};
use crate::name::{IdpGroup, ServiceAccountRef};
use crate::source::Span;

/// Who a grant is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GrantSubject<'i> {
    /// A group that only the identity provider knows.
    IdpGroup(&'i IdpGroup),
    /// A service account.
    ServiceAccount(&'i ServiceAccountRef),
    /// A person.
    User(UserId),
}

/// What one subject has in one namespace. The owner of the namespace has none.
#[derive(Debug)]
pub struct Grant<'i> {
    /// Who.
    pub subject: GrantSubject<'i>,
    /// The strongest role that any way leads to.
    pub role: Role,
    /// Whether the gateway is let through for this person.
    pub notebook_access: bool,
    /// Every way that leads to this access, the deciding one first. Never empty.
    pub ways: Vec<Way>,
}

/// One way by which somebody has access.
#[derive(Debug, Clone)]
pub struct Way {
    /// What kind of way.
    pub via: Via,
    /// Groups from the one that the entry names to the one that names the person; empty unless through groups.
    pub groups: Arc<[GroupId]>,
    /// The role that this way leads to.
    pub role: Role,
    /// What the entry says of notebooks, if it does.
    pub notebook_access: Option<bool>,
    /// The last day on which the entry holds.
    pub until: Option<Date>,
    /// Where the entry names the subject.
    pub span: Span,
}

/// The kinds of ways to access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Via {
    /// Named in a list of contributors.
    Direct,
    /// Member of a group that is.
    Group,
    /// Named by a document of the Tenant-Profile integration.
    Foreign,
    /// Owner of the tenant.
    Owner,
    /// Owner of a personal profile.
    Personal,
    /// The platform's owner, in place of the owner of a namespace that is not active.
    StandIn,
}

impl Via {
    /// As the JSON forms spell it.
    pub fn name(self) -> &'static str {
        match self {
            Via::Direct => "direct",
            Via::Group => "group",
            Via::Foreign => "foreign",
            Via::Owner => "owner",
            Via::Personal => "personal",
            Via::StandIn => "stand-in",
        }
    }
}

/// The grants that a list of contributors makes, sorted by subject. Entries that ended before `as_of` are left out;
/// without a day, none are.
pub fn grants<'i>(
    inventory: &'i Inventory,
    owner: UserId,
    contributors: &[&'i Contributor],
    as_of: Option<Date>,
) -> Vec<Grant<'i>> {
    let mut ways: Vec<(GrantSubject<'i>, Way)> = Vec::with_capacity(contributors.len());
    for contributor in contributors {
        let ended = as_of.zip(contributor.until).is_some_and(|(today, until)| until < today);
        if !ended {
            walk(inventory, contributor, |subject, way| {
                if subject != GrantSubject::User(owner) {
                    ways.push((subject, way));
                }
            });
        }
    }
    combine(ways)
}

/// Every subject that an entry reaches, with the way to it.
fn walk<'i>(inventory: &'i Inventory, contributor: &'i Contributor, mut found: impl FnMut(GrantSubject<'i>, Way)) {
    let way = |via, groups| Way {
        via,
        groups,
        role: contributor.role,
        notebook_access: contributor.notebook_access.map(|(flag, _)| flag),
        until: contributor.until,
        span: contributor.span,
    };
    match &contributor.subject {
        Subject::User(user) => {
            let via = if contributor.foreign { Via::Foreign } else { Via::Direct };
            found(GrantSubject::User(*user), way(via, Arc::default()));
        }
        Subject::ServiceAccount(account) => {
            found(GrantSubject::ServiceAccount(account), way(Via::Direct, Arc::default()))
        }
        Subject::IdpGroup(group) => found(GrantSubject::IdpGroup(group), way(Via::Direct, Arc::default())),
        Subject::Group(group) => {
            for part in inventory.expansion(*group) {
                let Some(&last) = part.last() else { continue };
                for &(user, _) in &inventory.group(last).members {
                    found(GrantSubject::User(user), way(Via::Group, part.clone()));
                }
            }
        }
    }
}

/// One grant per subject.
fn combine<'i>(mut ways: Vec<(GrantSubject<'i>, Way)>) -> Vec<Grant<'i>> {
    ways.sort_by(|(a, x), (b, y)| a.cmp(b).then_with(|| rank(x).cmp(&rank(y))));
    let mut grants: Vec<Grant<'i>> = Vec::new();
    for (subject, way) in ways {
        match grants.last_mut() {
            Some(grant) if grant.subject == subject => grant.ways.push(way),
            _ => grants.push(Grant { subject, role: way.role, notebook_access: false, ways: vec![way] }),
        }
    }
    for grant in &mut grants {
        grant.notebook_access = notebook_access(grant);
    }
    grants
}

/// The strongest role first, then the shortest way, then the first place.
fn rank(way: &Way) -> (std::cmp::Reverse<Role>, Via, usize, Span, &[GroupId]) {
    (std::cmp::Reverse(way.role), way.via, way.groups.len(), way.span, &way.groups)
}

/// Only the ways that give the winning role count. An explicit `false` among them wins, then an explicit `true`; if none
/// says anything, admins and editors are let through and viewers are not: whoever reaches a notebook gets a shell there
/// with the rights of an editor (kubeflow/notebooks#103).
fn notebook_access(grant: &Grant<'_>) -> bool {
    let winning = grant.ways.iter().filter(|way| way.role == grant.role);
    let said: Vec<bool> = winning.filter_map(|way| way.notebook_access).collect();
    if said.is_empty() { grant.role > Role::View } else { !said.contains(&false) }
}

/// People who are admins of a namespace, its owner included: those whom the guard counts.
pub fn admins(owner: Option<UserId>, grants: &[Grant<'_>]) -> usize {
    let granted = grants.iter().filter(|grant| grant.role == Role::Admin);
    let people: BTreeSet<UserId> = granted
        .filter_map(|grant| match grant.subject {
            GrantSubject::User(user) => Some(user),
            GrantSubject::ServiceAccount(_) | GrantSubject::IdpGroup(_) => None,
        })
        .chain(owner)
        .collect();
    people.len()
}
