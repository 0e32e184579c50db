//! Who gains and who loses, and what is dangerous about it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::space::Space;
use super::{AccessChange, Actor, Declared, Risk, RiskCode};
use crate::access::{AccessFact, SubjectKind};
use crate::diag::catalog::list;
use crate::inventory::{GroupId, Inventory, User, UserId};
use crate::name::fold_case;
use crate::plan::{GrantSubject, Via};

/// Most names that one message lists.
const NAMED: usize = 5;

/// How the access to one namespace differs. Lists are sorted by the key of facts.
#[derive(Debug, Default)]
pub struct AccessDelta {
    pub gained: Vec<AccessFact>,
    pub lost: Vec<AccessFact>,
    pub changed: Vec<Changed>,
    /// Facts of both sides with the same role and other evidence.
    pub rerouted: usize,
    /// Facts of both sides that last longer in the head, with the end that they had.
    pub extended: Vec<(AccessFact, Date)>,
}

/// A fact that changed, and whether either side only stands in.
#[derive(Debug)]
pub struct Changed {
    pub change: AccessChange,
    pub stand_in: bool,
}

impl AccessDelta {
    /// Compares two sorted lists.
    pub fn of(
        base: Vec<AccessFact>,
        head: Vec<AccessFact>,
        same_way: &dyn Fn(&AccessFact, &AccessFact) -> bool,
    ) -> Self {
        let mut delta = AccessDelta::default();
        let (mut base, mut head) = (base.into_iter().peekable(), head.into_iter().peekable());
        loop {
            let order = match (base.peek(), head.peek()) {
                (Some(was), Some(is)) => was.key().cmp(&is.key()),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (None, None) => return delta,
            };
            match order {
                std::cmp::Ordering::Less => delta.lost.extend(base.next()),
                std::cmp::Ordering::Greater => delta.gained.extend(head.next()),
                std::cmp::Ordering::Equal => {
                    if let (Some(was), Some(is)) = (base.next(), head.next()) {
                        delta.both(was, is, same_way);
                    }
                }
            }
        }
    }

    fn both(&mut self, was: AccessFact, is: AccessFact, same_way: &dyn Fn(&AccessFact, &AccessFact) -> bool) {
        if was.role != is.role || was.notebook_access != is.notebook_access {
            let stand_in = was.is_stand_in() || is.is_stand_in();
            let change = AccessChange { fact: is, before: was.role, notebook_access_before: was.notebook_access };
            return self.changed.push(Changed { change, stand_in });
        }
        if was.via.is_empty() || same_way(&was, &is) {
            return;
        }
        self.rerouted += 1;
        match (end(&was), end(&is)) {
            (Some(before), None) => self.extended.push((is, before)),
            (Some(before), Some(after)) if before < after => self.extended.push((is, before)),
            _ => {}
        }
    }

    pub fn is_empty(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty() && self.changed.is_empty()
    }

    /// Facts of the head by which somebody has more than before.
    fn risen(&self) -> impl Iterator<Item = &AccessFact> {
        let raised = self.changed.iter().map(|it| &it.change).filter(|change| change.fact.role > change.before);
        self.gained.iter().chain(raised.map(|change| &change.fact))
    }
}

impl AccessChange {
    /// Whether anything is opened by it.
    pub fn is_wider(&self) -> bool {
        self.fact.role > self.before || (self.fact.notebook_access && !self.notebook_access_before)
    }

    /// Whether anything is taken away by it.
    pub fn is_narrower(&self) -> bool {
        self.fact.role < self.before || (!self.fact.notebook_access && self.notebook_access_before)
    }
}

/// The day on which a fact ends; `None` if it does not.
fn end(fact: &AccessFact) -> Option<Date> {
    let deciding = fact.via.iter().filter(|way| way.role == fact.role);
    let ends: Option<Vec<Date>> = deciding.map(|way| way.until).collect();
    ends?.into_iter().max()
}

/// How people are named in a message: by their short name, else by the identity.
fn shown(fact: &AccessFact) -> &str {
    fact.user.as_deref().unwrap_or(&fact.identity)
}

/// The first few names, and how many more.
fn few(names: &[&str]) -> String {
    match names.len() - names.len().min(NAMED) {
        0 => list(names),
        more => {
            let first: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
            format!("{} and {more} more", first.join(", "))
        }
    }
}

/// Where the deciding way of a fact is written.
fn place(fact: &AccessFact) -> Option<(String, u32)> {
    fact.via.first().map(|way| (way.file.to_string(), way.line))
}

/// Everybody who is in a group of outsiders, whether or not any tenant names the group.
pub fn outsiders(inventory: &Inventory) -> BTreeSet<UserId> {
    let groups = inventory.groups();
    let mut seen = BTreeSet::new();
    let mut open: Vec<GroupId> =
        (0..groups.len()).map(GroupId::new).filter(|&id| inventory.group(id).external).collect();
    let mut people = BTreeSet::new();
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            let group = inventory.group(id);
            people.extend(group.members.iter().map(|&(user, _)| user));
            open.extend(&group.groups);
        }
    }
    people
}

/// What the risks of one namespace's access are judged by.
pub struct Scene<'s, 'h> {
    pub head: &'s Space<'h>,
    /// The tenant of each namespace of the cluster, in the head.
    pub tenants: &'s BTreeMap<&'s str, &'s str>,
    /// Names of outsiders.
    pub outsiders: &'s BTreeSet<String>,
}

/// Risks of the access to one namespace.
pub fn risks(delta: &AccessDelta, scene: &Scene<'_, '_>) -> Vec<Risk> {
    let mut risks = Vec::new();
    for fact in delta.risen() {
        match fact.kind {
            SubjectKind::Group => risks.push(bound_group(fact)),
            SubjectKind::ServiceAccount => risks.extend(shared_account(fact, scene)),
            SubjectKind::User => {}
        }
    }
    risks.extend(notebooks(delta, scene));
    risks.extend(outside(delta, scene));
    risks.extend(extended(delta, scene));
    risks.extend(expired(delta, scene));
    risks
}

fn bound_group(fact: &AccessFact) -> Risk {
    let (group, namespace, role) = (&fact.identity, &fact.namespace, fact.role.name());
    let message = format!(
        "the group `{group}` of the identity provider gets `{role}` in the namespace `{namespace}`; nobody can see here who is in it"
    );
    Risk::new(RiskCode::IdpGroupBound, &fact.cluster, Some(namespace), message).at(place(fact))
}

fn shared_account(fact: &AccessFact, scene: &Scene<'_, '_>) -> Option<Risk> {
    let (home, _) = fact.identity.split_once('/')?;
    let owner = scene.tenants.get(home).filter(|owner| **owner != &*fact.tenant)?;
    let (account, namespace, role) = (&fact.identity, &fact.namespace, fact.role.name());
    let message = format!(
        "the service account `{account}` gets `{role}` in the namespace `{namespace}`, and with it everybody who can edit in that of the tenant `{owner}`"
    );
    Some(Risk::new(RiskCode::SharedServiceAccount, &fact.cluster, Some(namespace), message).at(place(fact)))
}

fn notebooks(delta: &AccessDelta, scene: &Scene<'_, '_>) -> Option<Risk> {
    let opened = delta.changed.iter().map(|it| &it.change).filter(|change| {
        change.fact.notebook_access && !change.notebook_access_before && change.fact.role == change.before
    });
    let facts: Vec<&AccessFact> = opened.map(|change| &change.fact).collect();
    let namespace = scene.head.name;
    about(RiskCode::NotebooksOpened, &facts, scene, |who| {
        format!("from now on {who} can reach notebooks in the namespace `{namespace}`, and has a shell in each")
    })
}

/// One risk about several people in a namespace, at the place of the first.
fn about(
    code: RiskCode,
    facts: &[&AccessFact],
    scene: &Scene<'_, '_>,
    words: impl FnOnce(String) -> String,
) -> Option<Risk> {
    let first = facts.first()?;
    let names: Vec<&str> = facts.iter().map(|fact| shown(fact)).collect();
    let risk = Risk::new(code, scene.head.cluster, Some(scene.head.name), words(few(&names)));
    Some(risk.at(place(first).or_else(|| scene.head.place())))
}

/// Outsiders who gain access without an end, or whose access loses its end.
fn outside(delta: &AccessDelta, scene: &Scene<'_, '_>) -> Option<Risk> {
    let longer = delta.extended.iter().map(|(fact, _)| fact);
    let is_endless = |fact: &&AccessFact| {
        let granted = fact.via.first().is_some_and(|way| matches!(way.via, Via::Direct | Via::Group | Via::Foreign));
        granted && end(fact).is_none() && fact.user.as_ref().is_some_and(|user| scene.outsiders.contains(&**user))
    };
    let facts: Vec<&AccessFact> = delta.risen().chain(longer).filter(is_endless).collect();
    let namespace = scene.head.name;
    about(RiskCode::ExternalWithoutUntil, &facts, scene, |who| {
        format!("access of {who}, from outside, to the namespace `{namespace}` has no end")
    })
}

/// One risk for each pair of ends.
fn extended(delta: &AccessDelta, scene: &Scene<'_, '_>) -> Vec<Risk> {
    let mut ends: BTreeMap<(Date, Option<Date>), Vec<&AccessFact>> = BTreeMap::new();
    for (fact, before) in &delta.extended {
        ends.entry((*before, end(fact))).or_default().push(fact);
    }
    let namespace = scene.head.name;
    let risk = |((before, after), facts): ((Date, Option<Date>), Vec<&AccessFact>)| {
        let after = after.map_or_else(|| "has no end".to_owned(), |day| format!("lasts until {day}"));
        about(RiskCode::GrantExtended, &facts, scene, |who| {
            format!("access of {who} to the namespace `{namespace}` {after}, and was to end on {before}")
        })
    };
    ends.into_iter().filter_map(risk).collect()
}

/// Who would still have access if no grant had ended.
fn expired(delta: &AccessDelta, scene: &Scene<'_, '_>) -> Option<Risk> {
    let planned = scene.head.as_planned()?;
    let undated = planned.provision.undated_grants.as_deref()?;
    let inventory = planned.declared.inventory;
    let platform = inventory.platform(planned.plan.platform);
    let identity = |subject: &GrantSubject<'_>| match subject {
        GrantSubject::User(user) => platform.identity_of(&inventory.user(*user).identity).to_string(),
        GrantSubject::ServiceAccount(account) => account.to_string(),
        GrantSubject::IdpGroup(group) => group.to_string(),
    };
    let there: BTreeMap<String, &crate::plan::Grant<'_>> =
        undated.iter().map(|grant| (identity(&grant.subject), grant)).collect();
    let facts: Vec<&AccessFact> = delta.lost.iter().filter(|fact| there.contains_key(&*fact.identity)).collect();
    let first = there.get(&*facts.first()?.identity)?.ways.first()?;
    let place = planned.declared.places.place(first.span);
    let namespace = scene.head.name;
    let risk = about(RiskCode::GrantExpired, &facts, scene, |who| {
        format!("access of {who} to the namespace `{namespace}` ends: its last day is over")
    });
    risk.map(|risk| risk.at(Some(place)))
}

/// Identities that change, on every cluster where that moves access.
pub fn identities(delta: &AccessDelta, base: &Declared<'_>, head: &Declared<'_>) -> Vec<Risk> {
    let lost: BTreeSet<(&str, &str)> = delta.lost.iter().map(|it| (&*it.cluster, &*it.identity)).collect();
    let gained: BTreeSet<(&str, &str)> = delta.gained.iter().map(|it| (&*it.cluster, &*it.identity)).collect();
    let clusters: BTreeSet<&str> = lost.iter().chain(&gained).map(|(cluster, _)| *cluster).collect();
    let mut risks = Vec::new();
    for cluster in clusters {
        let (Some(was), Some(is)) = (base.platform(cluster), head.platform(cluster)) else { continue };
        for user in head.inventory.users() {
            let now = is.identity_of(&user.identity).to_string();
            if !gained.contains(&(cluster, now.as_str())) {
                continue;
            }
            let before = find(base.inventory, user.name.as_str()).map(|it| was.identity_of(&it.identity).to_string());
            if before.as_ref() == Some(&now) {
                continue;
            }
            let moved = |old: &String| lost.contains(&(cluster, old.as_str()));
            let name = &user.name;
            let message = match before.filter(moved) {
                Some(old) => format!(
                    "`{name}` is renamed from `{old}` to `{now}`: the access of one is lost, that of the other gained"
                ),
                None => {
                    let mut claimed = user.previously.iter().map(|old| was.identity_of(old).to_string());
                    let Some(old) = claimed.find(moved) else { continue };
                    let of = base.inventory.users().iter().find(|it| was.identity_of(&it.identity).as_str() == old);
                    let Some(of) = of else { continue };
                    format!("`{name}` (`{now}`) takes over from `{old}`, which belonged to `{}`: no renaming", of.name)
                }
            };
            let place = head.places.place(user.identity_span);
            risks.push(Risk::new(RiskCode::IdentityChanged, cluster, None, message).at(Some(place)));
        }
    }
    risks
}

fn find<'i>(inventory: &'i Inventory, name: &str) -> Option<&'i User> {
    let users = inventory.users();
    users.binary_search_by(|user| user.name.as_str().cmp(name)).ok().map(|at| &users[at])
}

/// What whoever makes the change gains by it.
pub fn self_grants(
    delta: &AccessDelta,
    actor: &Actor<'_>,
    base: Option<&Declared<'_>>,
    head: &Declared<'_>,
) -> Vec<Risk> {
    let mut known = BTreeSet::from([fold_case(actor.name)]);
    for inventory in base.into_iter().chain([head]).map(|side| side.inventory) {
        for user in inventory.users().iter().filter(|user| is_called(user, actor.name)) {
            known.extend([fold_case(user.name.as_str()), fold_case(user.identity.as_str())]);
        }
    }
    let is_theirs = |fact: &&AccessFact| {
        let person = fact.kind == SubjectKind::User && !fact.is_stand_in();
        let named = fact.user.as_ref().is_some_and(|user| known.contains(&fold_case(user)));
        person && (named || known.contains(&fold_case(&fact.identity)))
    };
    let verified = if actor.verified { "" } else { " (unverified: only the commit says who that is)" };
    let risk = |fact: &AccessFact| {
        let (who, role, namespace) = (shown(fact), fact.role.name(), &fact.namespace);
        let message = format!("`{who}`, who makes this change{verified}, gets `{role}` in the namespace `{namespace}`");
        Risk::new(RiskCode::SelfGrant, &fact.cluster, Some(namespace), message).at(place(fact))
    };
    let mut risks: Vec<Risk> = delta.risen().filter(is_theirs).map(risk).collect();
    let notebooks = delta.changed.iter().map(|it| &it.change).filter(|it| it.is_wider() && it.fact.role <= it.before);
    risks.extend(notebooks.map(|change| &change.fact).filter(is_theirs).map(|fact| {
        let (who, namespace) = (shown(fact), &fact.namespace);
        let message =
            format!("`{who}`, who makes this change{verified}, gets to the notebooks of the namespace `{namespace}`");
        Risk::new(RiskCode::SelfGrant, &fact.cluster, Some(namespace), message).at(place(fact))
    }));
    for plan in head.plans {
        let platform = head.inventory.platform(plan.platform);
        let before: BTreeSet<&str> = base
            .and_then(|base| Some((base, base.platform(platform.name.as_str())?)))
            .map(|(base, was)| was.admins.iter().map(|&id| base.inventory.user(id).identity.as_str()).collect())
            .unwrap_or_default();
        for user in platform.admins.iter().map(|&id| head.inventory.user(id)) {
            let theirs = known.contains(&fold_case(user.identity.as_str()));
            if theirs && base.is_some() && !before.contains(user.identity.as_str()) {
                let (name, cluster) = (&user.name, platform.name.as_str());
                let message = format!(
                    "`{name}`, who makes this change{verified}, becomes administrator of the platform `{cluster}`"
                );
                let place = head.places.place(platform.span);
                risks.push(Risk::new(RiskCode::SelfGrant, cluster, None, message).at(Some(place)));
            }
        }
    }
    risks
}

/// Whether an inventory knows somebody by this name, identity or address.
pub fn knows(inventory: &Inventory, text: &str) -> bool {
    inventory.users().iter().any(|user| is_called(user, text))
}

/// Whether somebody goes by this name, identity or address, or did.
fn is_called(user: &User, text: &str) -> bool {
    let same = |name: &str| fold_case(name) == fold_case(text);
    user.name.as_str() == text
        || same(user.identity.as_str())
        || user.email.as_deref().is_some_and(same)
        || user.previously.iter().any(|old| same(old.as_str()))
}
