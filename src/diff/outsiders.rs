//! People from outside: members of a group that is `external`, whose access should have an end.

use std::collections::{BTreeMap, BTreeSet};

use super::ends::is_gained_for_ever;
use super::people::{AccessDelta, Scene, about, few};
use super::{Declared, Risk, RiskCode, Side};
use crate::access::AccessFact;
use crate::diag::catalog::counted;
use crate::inventory::{Inventory, UserId};
use crate::name::fold_case;
use crate::plan::{Grant, GrantSubject, Via};

/// Names of the people of the head who are from outside on either side: no change makes an insider of somebody and gives
/// access without an end at once. Neither another short name nor another identity makes another person.
pub fn of_either(base: &Side<'_>, head: &Side<'_>) -> BTreeSet<String> {
    let Some(head) = head.declared().map(|head| head.inventory) else { return BTreeSet::new() };
    let mut names: BTreeSet<String> = head.outsiders().into_iter().map(|id| head.user(id).name.to_string()).collect();
    let Some(base) = base.declared().map(|base| base.inventory) else { return names };
    let before: Vec<_> = base.outsiders().into_iter().map(|id| base.user(id)).collect();
    if before.is_empty() {
        return names;
    }
    let known: BTreeSet<&str> = before.iter().map(|user| user.name.as_str()).collect();
    let identities: BTreeSet<String> = before.iter().map(|user| fold_case(user.identity.as_str())).collect();
    let same = head.users().iter().filter(|user| {
        let mut theirs = std::iter::once(&user.identity).chain(&user.previously);
        known.contains(user.name.as_str()) || theirs.any(|it| identities.contains(&fold_case(it.as_str())))
    });
    names.extend(same.map(|user| user.name.to_string()));
    names
}

/// Outsiders who gain access without an end, or whose access loses its end. What an owner has can have none.
pub fn outside(delta: &AccessDelta, scene: &Scene<'_, '_>) -> Vec<Risk> {
    let gained = delta.gained.iter().filter(|fact| is_gained_for_ever(None, fact));
    let raised = delta.changed.iter().map(|it| &it.change).filter(|it| it.fact.role > it.before);
    let raised = raised.filter(|it| is_gained_for_ever(Some(it.before), &it.fact)).map(|it| &it.fact);
    // Of one fact, at most one level comes without an end.
    let longer = delta.extended.iter().filter(|(_, longer)| longer.after.is_none()).map(|(fact, _)| fact);
    let longer = longer.filter(|fact| !delta.owning.contains(fact));
    let endless = gained.chain(raised).chain(longer).chain(&delta.owning);
    let is_outsider = |fact: &&AccessFact| fact.user.as_ref().is_some_and(|user| scene.outsiders.contains(&**user));
    let mut granted = Vec::new();
    let mut owners = Vec::new();
    let mut personal = Vec::new();
    for fact in endless.filter(is_outsider) {
        match fact.via.first().map(|way| way.via) {
            Some(Via::Direct | Via::Group | Via::Foreign) => granted.push(fact),
            Some(Via::Owner) => owners.push(fact),
            Some(Via::Personal) => personal.push(fact),
            Some(Via::StandIn) | None => {}
        }
    }
    let namespace = scene.head.name;
    let code = RiskCode::ExternalWithoutUntil;
    let granted = about(code, &granted, scene, |who| {
        format!("access of {who}, from outside, to the namespace `{namespace}` has no end")
    });
    let owners = about(code, &owners, scene, |who| {
        format!(
            "{who}, from outside, becomes owner of the namespace `{namespace}`, and no `until` can end that; only a \
             contributor can have one"
        )
    });
    let personal = about(code, &personal, scene, |who| {
        format!(
            "{who}, from outside, gets the personal profile `{namespace}`, and no `until` can end that; only leaving \
             `personalProfiles.for` can"
        )
    });
    [granted, owners, personal].into_iter().flatten().collect()
}

/// People who count as insiders from now on and have access: nothing asks for its end any more.
///
/// `either` is what [`of_either`] says.
pub fn let_in(cluster: &str, base: &Declared<'_>, head: &Declared<'_>, either: &BTreeSet<String>) -> Option<Risk> {
    let still = head.inventory.outsiders();
    let users = head.inventory.users().iter().enumerate().map(|(at, user)| (UserId::new(at), user));
    let free = users.filter(|(id, user)| !user.departed && !still.contains(id) && either.contains(user.name.as_str()));
    let free: BTreeSet<UserId> = free.map(|(id, _)| id).collect();
    if free.is_empty() {
        return None;
    }
    let (mut people, mut namespaces, mut endless) = (BTreeSet::new(), 0, 0);
    for provision in head.plan(cluster).into_iter().flat_map(|plan| &plan.provisions) {
        let owner = Some(provision.owner).filter(|_| provision.owner_via != Via::StandIn);
        let owner = owner.filter(|owner| free.contains(owner));
        let granted: BTreeMap<UserId, bool> = provision.grants.iter().filter_map(|it| has(it, &free)).collect();
        people.extend(owner.into_iter().chain(granted.keys().copied()));
        namespaces += usize::from(owner.is_some() || !granted.is_empty());
        endless += usize::from(owner.is_some() || granted.values().any(|endless| *endless));
    }
    let names: Vec<&str> = people.iter().map(|&id| head.inventory.user(id).name.as_str()).collect();
    let first = head.inventory.user(people.first().copied()?);
    let (counts, has) = if names.len() == 1 { ("counts", "has") } else { ("count", "have") };
    let (who, namespaces) = (few(&names), counted(namespaces, "namespace", "namespaces"));
    let endless = if endless == 0 { String::new() } else { format!(", without an end in {endless}") };
    let message = format!(
        "{who} {counts} as from outside no longer, and {has} access to {namespaces} of the cluster `{cluster}`{endless}: \
         no guard asks for an end any more"
    );
    let span = opened_group(base.inventory, head.inventory).unwrap_or(first.span);
    Some(Risk::new(RiskCode::GuardLoosened, cluster, None, message).at(Some(head.places.place(span))))
}

/// Outsiders who come to administer a platform, or to own it: neither has an end.
pub fn in_charge(
    cluster: &str,
    base: Option<&Declared<'_>>,
    head: &Declared<'_>,
    either: &BTreeSet<String>,
) -> Vec<Risk> {
    let Some(is) = head.platform(cluster) else { return Vec::new() };
    let names = |side: &Declared<'_>, ids: Vec<UserId>| -> BTreeSet<String> {
        ids.into_iter().map(|id| side.inventory.user(id).name.to_string()).collect()
    };
    let was = base.and_then(|base| Some((base, base.platform(cluster)?)));
    let admins_before = was.map(|(base, was)| names(base, was.admins.clone())).unwrap_or_default();
    let owner_before = was.map(|(base, was)| names(base, was.owner.into_iter().collect())).unwrap_or_default();
    let admins = names(head, is.admins.clone()).into_iter().filter(|name| !admins_before.contains(name));
    let owner = names(head, is.owner.into_iter().collect()).into_iter().filter(|name| !owner_before.contains(name));
    let roles = admins.map(|name| (name, "administrator")).chain(owner.map(|name| (name, "owner")));
    let risk = |(name, role): (String, &str)| {
        let message =
            format!("`{name}`, from outside, becomes {role} of the platform `{cluster}`, and no `until` can end that");
        Risk::new(RiskCode::ExternalWithoutUntil, cluster, None, message).at(Some(head.places.place(is.span)))
    };
    roles.filter(|(name, _)| either.contains(name)).map(risk).collect()
}

/// Which of these people a grant is for, and whether it has no end.
fn has(grant: &Grant<'_>, people: &BTreeSet<UserId>) -> Option<(UserId, bool)> {
    let GrantSubject::User(user) = grant.subject else { return None };
    let endless = || grant.ways.iter().any(|way| way.until.is_none());
    people.contains(&user).then(|| (user, endless()))
}

/// Where the first group is declared whose people are from outside no longer.
fn opened_group(base: &Inventory, head: &Inventory) -> Option<crate::source::Span> {
    let before: BTreeSet<&str> =
        base.groups().iter().filter(|group| group.external).map(|group| group.name.as_str()).collect();
    let opened = head.groups().iter().find(|group| !group.external && before.contains(group.name.as_str()));
    opened.map(|group| group.span)
}
