//! Namespaces that are not active: what will be there when they are again. Until then the platform's owner stands in, and
//! their objects show neither who owns them nor who contributes.

use jiff::civil::Date;

use super::people::AccessDelta;
use super::space::{Planned, Space};
use super::{Risk, RiskCode, same};
use crate::access::{AccessFact, Witness};
use crate::plan::{Provision, woken};

/// How two sides of a namespace differ, as if both were active.
#[derive(Debug, Default)]
pub struct Dormant {
    /// Another owner, if one side is not active.
    pub risks: Vec<Risk>,
    /// What people gain when the namespace is active again, if it is not.
    pub gained: Vec<AccessFact>,
    /// Whether the owner or the contributors differ in any way.
    pub differs: bool,
}

/// Compares a namespace of which a side is not active. Only inventories tell what is not compiled.
pub fn compare(
    base: &Space<'_>,
    head: &Space<'_>,
    as_of: Date,
    same_way: &dyn Fn(&AccessFact, &AccessFact) -> bool,
) -> Dormant {
    let sides = base.as_planned().zip(head.as_planned()).filter(|_| !(base.is_active() && head.is_active()));
    let Some((was, is)) = sides else { return Dormant::default() };
    let (before, after) = (woken(was.plan, was.provision, as_of), woken(is.plan, is.provision, as_of));
    let (old, new) = (Planned { provision: &before, ..*was }, Planned { provision: &after, ..*is });
    if base.state == head.state && same::namespaces(&old, &new) && same::ways(&old, &new) {
        return Dormant::default();
    }
    let facts = |side: &Planned<'_>, it: &Provision<'_>| Witness::new(side.plan, side.declared.places).facts(it);
    let delta = AccessDelta::of(facts(was, &before), facts(is, &after), same_way);
    let differs = !delta.is_empty() || delta.rerouted > 0;
    // What an active namespace gives is compared as it is.
    let gained = if head.is_active() { Vec::new() } else { delta.risen().chain(&delta.owning).cloned().collect() };
    Dormant { risks: owner(base, head, &old, &new).into_iter().collect(), gained, differs }
}

/// Another person as owner, whom no object names yet, or named before.
fn owner(base: &Space<'_>, head: &Space<'_>, was: &Planned<'_>, is: &Planned<'_>) -> Option<Risk> {
    let person = |it: &Planned<'_>| {
        let user = it.declared.inventory.user(it.provision.owner);
        let platform = it.declared.inventory.platform(it.plan.platform);
        (user.name.to_string(), platform.identity_of(&user.identity).to_string())
    };
    let ((old_name, before), (new_name, after)) = (person(was), person(is));
    if old_name == new_name || before == after {
        return None;
    }
    let name = head.name;
    let (which, when) = if head.is_active() {
        (format!("was {}", base.state), "")
    } else {
        (format!("is {}", head.state), "; that takes effect when it is active again")
    };
    let message =
        format!("the owner of the namespace `{name}`, which {which}, changes from `{before}` to `{after}`{when}");
    let place = is.declared.places.place(is.provision.owner_span);
    Some(Risk::new(RiskCode::OwnerChanged, head.cluster, Some(name), message).at(Some(place)))
}
