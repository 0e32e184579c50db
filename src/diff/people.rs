//! Who gains and who loses, and what is dangerous about it.

use std::collections::{BTreeMap, BTreeSet};

use super::accounts::{self, Accounts};
use super::ends::{Level, Longer, longer};
use super::space::Space;
use super::{AccessChange, Declared, Risk, RiskCode, outsiders};
use crate::access::{AccessFact, SubjectKind};
use crate::diag::catalog::{counted, list};
use crate::inventory::{Inventory, Role, User};
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
    /// Facts of both sides that last longer in the head, at some level.
    pub extended: Vec<(AccessFact, Longer)>,
    /// Facts of both sides with the same role, which a person has as owner in the head, and had not in the base.
    pub owning: Vec<AccessFact>,
    /// Facts that will be gained when a namespace is active again.
    pub dormant: Vec<AccessFact>,
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
        let changes = was.role != is.role || was.notebook_access != is.notebook_access;
        if !changes && (was.via.is_empty() || same_way(&was, &is)) {
            return;
        }
        if !was.via.is_empty() && !is.is_stand_in() {
            self.extended.extend(longer(&was, &is).into_iter().map(|longer| (is.clone(), longer)));
            if is.role == was.role && owns(&is) && !owns(&was) {
                self.owning.push(is.clone());
            }
        }
        if changes {
            let stand_in = was.is_stand_in() || is.is_stand_in();
            let change = AccessChange { fact: is, before: was.role, notebook_access_before: was.notebook_access };
            self.changed.push(Changed { change, stand_in });
        } else {
            self.rerouted += 1;
        }
    }

    pub fn is_empty(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty() && self.changed.is_empty()
    }

    /// Facts of the head by which somebody has more than before.
    pub fn risen(&self) -> impl Iterator<Item = &AccessFact> {
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

/// Whether somebody has it as owner, of a tenant or of a personal profile.
pub fn owns(fact: &AccessFact) -> bool {
    fact.via.first().is_some_and(|way| matches!(way.via, Via::Owner | Via::Personal))
}

/// How people are named in a message: by their short name, else by the identity.
pub fn shown(fact: &AccessFact) -> &str {
    fact.user.as_deref().unwrap_or(&fact.identity)
}

/// The first few names, and how many more.
pub fn few(names: &[&str]) -> String {
    match names.len() - names.len().min(NAMED) {
        0 => list(names),
        more => {
            let first: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
            format!("{} and {more} more", first.join(", "))
        }
    }
}

/// Where the deciding way of a fact is written.
pub fn place(fact: &AccessFact) -> Option<(String, u32)> {
    fact.via.first().map(|way| (way.file.to_string(), way.line))
}

/// What the risks of one namespace's access are judged by.
pub struct Scene<'s, 'h> {
    pub head: &'s Space<'h>,
    /// The service accounts of the cluster that hold grants, in the head.
    pub accounts: &'s Accounts<'s, 'h>,
    /// Names of outsiders.
    pub outsiders: &'s BTreeSet<String>,
}

/// Risks of the access to one namespace.
pub fn risks(delta: &AccessDelta, scene: &Scene<'_, '_>) -> Vec<Risk> {
    let mut risks = Vec::new();
    for fact in delta.risen() {
        match fact.kind {
            SubjectKind::Group => risks.push(bound_group(fact)),
            SubjectKind::ServiceAccount => risks.extend(accounts::granted(fact, scene)),
            SubjectKind::User => {}
        }
    }
    risks.extend(notebooks(delta, scene));
    risks.extend(accounts::entered(delta, scene));
    risks.extend(outsiders::outside(delta, scene));
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

/// People let through to notebooks whose role does not say so: whoever reaches a notebook has a shell there with the
/// rights of an editor.
fn notebooks(delta: &AccessDelta, scene: &Scene<'_, '_>) -> Option<Risk> {
    let opened = delta.changed.iter().map(|it| &it.change).filter(|change| {
        change.fact.notebook_access && !change.notebook_access_before && change.fact.role == change.before
    });
    let viewers = delta.gained.iter().filter(|fact| fact.notebook_access && fact.role == Role::View);
    let facts: Vec<&AccessFact> = opened.map(|change| &change.fact).chain(viewers).collect();
    let namespace = scene.head.name;
    let has = if facts.len() == 1 { "has" } else { "have" };
    about(RiskCode::NotebooksOpened, &facts, scene, |who| {
        format!("from now on {who} can reach notebooks in the namespace `{namespace}`, and {has} a shell in each")
    })
}

/// One risk about several people in a namespace, at the place of the first.
pub fn about(
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

/// One risk for each level and pair of ends. Of the role that somebody has, it is simply their access that lasts longer.
fn extended(delta: &AccessDelta, scene: &Scene<'_, '_>) -> Vec<Risk> {
    let mut ends: BTreeMap<(Longer, bool), Vec<&AccessFact>> = BTreeMap::new();
    for (fact, longer) in &delta.extended {
        ends.entry((*longer, longer.level == Level::of(fact.role))).or_default().push(fact);
    }
    let namespace = scene.head.name;
    let risk = |((Longer { level, before, after }, whole), facts): ((Longer, bool), Vec<&AccessFact>)| {
        let what = if whole { "access".to_owned() } else { format!("access with {}", level.name()) };
        let after = after.map_or_else(|| "has no end".to_owned(), |day| format!("lasts until {day}"));
        about(RiskCode::GrantExtended, &facts, scene, |who| {
            format!("{what} of {who} to the namespace `{namespace}` {after}, and was to end on {before}")
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

/// People who depart with the change, on every cluster where they lose something.
pub fn departed(delta: &AccessDelta, base: &Declared<'_>, head: &Declared<'_>) -> Vec<Risk> {
    let mut lost: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for fact in &delta.lost {
        if let Some(user) = &fact.user {
            *lost.entry((user, &fact.cluster)).or_default() += 1;
        }
    }
    let users = head.inventory.users().iter().filter(|user| user.departed);
    let new = users.filter(|user| find(base.inventory, user.name.as_str()).is_some_and(|was| !was.departed));
    let mut risks = Vec::new();
    for user in new {
        let name = user.name.as_str();
        for ((_, cluster), number) in lost.range((name, "")..).take_while(|((it, _), _)| *it == name) {
            let namespaces = counted(*number, "namespace", "namespaces");
            let message = format!("`{name}` has departed, and loses access to {namespaces} of the cluster `{cluster}`");
            let risk = Risk::new(RiskCode::PersonDeparted, cluster, None, message);
            risks.push(risk.at(Some(head.places.place(user.span))));
        }
    }
    risks
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
