//! Whoever makes a change, and what they gain by it.

use std::collections::BTreeSet;

use super::accounts;
use super::people::{AccessDelta, owns, place, shown};
use super::{Actor, Declared, Risk, RiskCode};
use crate::access::{AccessFact, SubjectKind};
use crate::diag::catalog::counted;
use crate::inventory::{Inventory, Platform, User};
use crate::name::fold_case;
use crate::plan::{GrantSubject, Plan, Via};

/// Risks of what the actor gains, or keeps for longer than was agreed. Whoever only stands in, because a namespace is
/// suspended, gains nothing; whoever becomes the one to stand in does.
pub fn self_grants(
    delta: &AccessDelta,
    actor: &Actor<'_>,
    base: Option<&Declared<'_>>,
    head: &Declared<'_>,
) -> Vec<Risk> {
    let theirs = Theirs::of(actor, base, head);
    let mut risks = theirs.access(delta);
    risks.extend(theirs.accounts(delta, head));
    if let Some(base) = base {
        risks.extend(head.plans.iter().flat_map(|plan| theirs.platform(base, head, plan)));
    }
    risks
}

/// What the actor goes by.
struct Theirs {
    /// Names and identities, without letter case.
    known: BTreeSet<String>,
    /// What follows on the name in a message.
    who: String,
}

impl Theirs {
    fn of(actor: &Actor<'_>, base: Option<&Declared<'_>>, head: &Declared<'_>) -> Theirs {
        let mut known = BTreeSet::from([fold_case(actor.name)]);
        for inventory in base.into_iter().chain([head]).map(|side| side.inventory) {
            for user in inventory.users().iter().filter(|user| is_called(user, actor.name)) {
                known.extend([fold_case(user.name.as_str()), fold_case(user.identity.as_str())]);
            }
        }
        let verified = if actor.verified { "" } else { " (unverified: only git says who that is)" };
        Theirs { known, who: format!(", who makes this change{verified},") }
    }

    fn has(&self, fact: &AccessFact) -> bool {
        let person = fact.kind == SubjectKind::User && !fact.is_stand_in();
        let named = fact.user.as_ref().is_some_and(|user| self.known.contains(&fold_case(user)));
        person && (named || self.known.contains(&fold_case(&fact.identity)))
    }

    fn is(&self, user: &User) -> bool {
        self.known.contains(&fold_case(user.identity.as_str()))
    }

    /// Access to namespaces.
    fn access(&self, delta: &AccessDelta) -> Vec<Risk> {
        let mut risks = Vec::new();
        let mut say = |fact: &AccessFact, what: String| {
            let message = format!("`{}`{} {what} the namespace `{}`", shown(fact), self.who, fact.namespace);
            let risk = Risk::new(RiskCode::SelfGrant, &fact.cluster, Some(&fact.namespace), message);
            risks.push(risk.at(place(fact)));
        };
        for fact in delta.risen().filter(|fact| self.has(fact)) {
            say(fact, format!("gets `{}` in", fact.role.name()));
        }
        for fact in delta.dormant.iter().filter(|fact| self.has(fact)) {
            let what = if owns(fact) { "becomes owner".to_owned() } else { format!("gets `{}`", fact.role.name()) };
            say(fact, format!("{what}, once it is active again, {}", if owns(fact) { "of" } else { "in" }));
        }
        let wider = delta.changed.iter().map(|it| &it.change).filter(|it| it.is_wider() && it.fact.role <= it.before);
        for fact in wider.map(|it| &it.fact).filter(|fact| self.has(fact)) {
            say(fact, "gets to the notebooks of".to_owned());
        }
        for fact in delta.owning.iter().filter(|fact| self.has(fact)) {
            say(fact, "becomes owner of".to_owned());
        }
        for (fact, longer) in delta.extended.iter().filter(|(fact, _)| self.has(fact)) {
            let before = longer.before;
            let after = match longer.after {
                Some(after) => format!("until {after} instead of {before}"),
                None => format!("without an end instead of until {before}"),
            };
            say(fact, format!("keeps {} {after} in", longer.level.name()));
        }
        risks
    }

    /// Access of service accounts that live where the actor can edit: whoever edits there can run as them.
    fn accounts(&self, delta: &AccessDelta, head: &Declared<'_>) -> Vec<Risk> {
        let risen = delta.risen().filter(|fact| fact.kind == SubjectKind::ServiceAccount);
        let planned = risen.filter_map(|fact| Some((fact, head.plan(&fact.cluster)?)));
        let risk = |(fact, plan)| {
            let user = accounts::gaining(plan, fact).find_map(|subject| match subject {
                GrantSubject::User(user) => Some(head.inventory.user(user)).filter(|user| self.is(user)),
                GrantSubject::ServiceAccount(_) | GrantSubject::IdpGroup(_) => None,
            })?;
            let AccessFact { identity, namespace, cluster, role, .. } = fact;
            let message = format!(
                "`{}`{} gets `{}` through the service account `{identity}` in the namespace `{namespace}`",
                user.name,
                self.who,
                role.name()
            );
            Some(Risk::new(RiskCode::SelfGrant, cluster, Some(namespace), message).at(place(fact)))
        };
        planned.filter_map(risk).collect()
    }

    /// What the settings of a platform make of the actor.
    fn platform(&self, base: &Declared<'_>, head: &Declared<'_>, plan: &Plan<'_>) -> Vec<Risk> {
        let is = head.inventory.platform(plan.platform);
        let cluster = is.name.as_str();
        let was = base.platform(cluster);
        let admins = |inventory: &Inventory, platform: &Platform| {
            platform.admins.iter().map(|&id| inventory.user(id)).any(|user| self.is(user))
        };
        let owner = |inventory: &Inventory, platform: &Platform| {
            platform.owner.map(|id| inventory.user(id)).is_some_and(|user| self.is(user))
        };
        let was_there = |it: &dyn Fn(&Inventory, &Platform) -> bool| was.is_some_and(|was| it(base.inventory, was));
        let mut risks = Vec::new();
        let mut say = |name: &str, what: String| {
            let message = format!("`{name}`{} becomes {what}", self.who);
            let risk = Risk::new(RiskCode::SelfGrant, cluster, None, message);
            risks.push(risk.at(Some(head.places.place(is.span))));
        };
        if !was_there(&admins) {
            for user in is.admins.iter().map(|&id| head.inventory.user(id)).filter(|user| self.is(user)) {
                say(user.name.as_str(), format!("administrator of the platform `{cluster}`"));
            }
        }
        let user = is.owner.map(|id| head.inventory.user(id)).filter(|user| self.is(user));
        if let Some(user) = user.filter(|_| !was_there(&owner)) {
            let stands_in = plan.provisions.iter().filter(|it| it.owner_via == Via::StandIn).count();
            let stands_in = match stands_in {
                0 => String::new(),
                number => format!(", and stands in with `admin` in {}", counted(number, "namespace", "namespaces")),
            };
            say(user.name.as_str(), format!("owner of the platform `{cluster}`{stands_in}"));
        }
        risks
    }
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
