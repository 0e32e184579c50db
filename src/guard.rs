//! Guards: changes that are refused until somebody says that they are meant.
//!
//! A guard compares what was with what would be. Here "what was" is what the output folder says of itself; see the
//! contract in the README for the ways on.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Diagnostic, catalog::guard as catalog, catalog::release as release_catalog};
use crate::facts::{self, Fact};
use crate::inventory::{Inventory, State, User};
use crate::name::{fold_case, registration_name};
use crate::plan::{self, Plan, Provision};

/// Losses up to this many are never too many.
const SMALL_LOSS: usize = 10;

/// What a cluster's output said before.
#[derive(Debug, Default)]
pub struct Before {
    /// Namespaces by name.
    pub namespaces: BTreeMap<String, BeforeNamespace>,
    /// Numbers of shards that it was compiled with. More than one after a run that was killed.
    pub shards: BTreeSet<u16>,
    /// The share of access facts that one change could take away then, in percent, if that is known. The stricter limit
    /// counts, so that no change can lift the guard that would refuse it.
    pub max_removed_percent: Option<u8>,
}

/// What a namespace's file said before.
#[derive(Debug)]
pub struct BeforeNamespace {
    /// Path of the file, for messages.
    pub path: String,
    /// The tenant.
    pub tenant: String,
    /// Stage of its life.
    pub state: String,
    /// Who had access; `None` if the file would not change, so that it is who has access now.
    pub facts: Option<BTreeSet<Fact>>,
    /// Whether it goes from one folder of tenants to another.
    pub moved: Option<Moved>,
    /// Identity of the owner, if the file says so and would change.
    pub owner: Option<String>,
}

/// A namespace that goes from one folder of tenants to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Where it was.
    pub from: String,
    /// Where it will be.
    pub to: String,
    /// Whether its objects change, too.
    pub changes: bool,
}

impl Before {
    /// Adds what a file said. Where two files speak of one namespace, the stricter reading counts: one that is active is
    /// active, and whoever has access by either has access.
    pub fn add(&mut self, namespace: String, said: BeforeNamespace) {
        match self.namespaces.entry(namespace) {
            Entry::Vacant(free) => drop(free.insert(said)),
            Entry::Occupied(mut other) => {
                let other = other.get_mut();
                let strictness = |state: &str| match state {
                    state if state == State::Retired.name() => 0,
                    state if state == State::Suspended.name() => 1,
                    _ => 2,
                };
                if strictness(&said.state) > strictness(&other.state) {
                    (other.state, other.path, other.tenant) = (said.state, said.path, said.tenant);
                }
                match (&mut other.facts, said.facts) {
                    (Some(facts), Some(more)) => facts.extend(more),
                    (facts, more) => *facts = facts.take().or(more),
                }
                other.owner = other.owner.take().or(said.owner);
                other.moved = other.moved.take().or(said.moved);
            }
        }
    }
}

/// What somebody said is meant, although a guard would refuse it.
#[derive(Debug, Default)]
pub struct Allowed {
    /// Tenants whose access or namespaces may go.
    pub removal: BTreeSet<String>,
    /// Whether namespaces may move to other shards.
    pub reshard: bool,
}

/// Namespaces that were active and are not any more, in the order of their names.
pub fn stopped<'p>(plan: &'p Plan<'_>, before: &Before) -> Vec<&'p str> {
    let inactive = plan.provisions.iter().filter(|provision| provision.state() != State::Active);
    let names = inactive.map(|provision| provision.namespace.name.as_str());
    names.filter(|name| before.namespaces.get(*name).is_some_and(|was| was.state == State::Active.name())).collect()
}

/// The guard that needs no "before": every active namespace has enough admins.
pub fn too_few_admins(plan: &Plan<'_>, wanted: u8) -> Vec<Diagnostic> {
    let cluster = plan.inventory.platform(plan.platform).name.as_str();
    let mut refusals = Vec::new();
    for provision in plan.provisions.iter().filter(|provision| provision.state() == State::Active) {
        let found = plan::admins(Some(provision.owner), &provision.grants);
        if found < usize::from(wanted) {
            let namespace = provision.namespace;
            refusals.push(catalog::too_few_admins(namespace.span, cluster, &namespace.name, found, wanted));
        }
    }
    refusals
}

/// Judges what a compile would do to a cluster. `plan` is `None` for a cluster that is no longer declared.
pub fn judge(
    inventory: &Inventory,
    cluster: &str,
    plan: Option<&Plan<'_>>,
    before: &Before,
    allowed: &Allowed,
) -> Vec<Diagnostic> {
    let Allowed { removal, reshard } = allowed;
    let provisions: BTreeMap<&str, &Provision<'_>> = plan
        .into_iter()
        .flat_map(|plan| &plan.provisions)
        .map(|provision| (provision.namespace.name.as_str(), provision))
        .collect();
    let mut refusals = Vec::new();
    for (name, was) in &before.namespaces {
        refusals.extend(match provisions.get(name.as_str()) {
            Some(provision) => taken_over(inventory, cluster, name, was, provision, removal),
            None => vanished(inventory, cluster, name, was, removal),
        });
        let owner = was.owner.as_deref();
        refusals.extend(provisions.get(name.as_str()).and_then(|it| owner_changed(inventory, &was.state, owner?, it)));
    }
    if let Some(plan) = plan {
        refusals.extend(too_much_lost(inventory, cluster, plan, &provisions, before, removal));
        let platform = inventory.platform(plan.platform);
        let span = platform.gitops.shards.span().unwrap_or(platform.span);
        refusals.extend(resharding(plan, before).and_then(|change| match (reshard, &change.mixed[..]) {
            (false, _) => Some(catalog::resharded(span, cluster, &change)),
            (true, []) => None,
            (true, mixed) => Some(catalog::resharded_and_changed(span, cluster, mixed, change.before)),
        }));
    }
    refusals
}

/// What a change of the number of shards does, if it moves any namespace. A file that somebody put into another folder is
/// no such change: it is put back.
///
/// Whoever syncs a folder that goes never prunes what it had, so nothing may change on the way but the place.
pub fn resharding(plan: &Plan<'_>, before: &Before) -> Option<catalog::Resharding> {
    let names: BTreeSet<&str> = plan.provisions.iter().map(|it| it.namespace.name.as_str()).collect();
    let moves = before.namespaces.iter().filter(|(name, _)| names.contains(name.as_str()));
    let moves: Vec<(&String, &Moved)> = moves.filter_map(|(name, was)| Some((name, was.moved.as_ref()?))).collect();
    let other = before.shards.iter().copied().find(|number| *number != plan.shards);
    if moves.is_empty() || (other.is_none() && !before.shards.is_empty()) {
        return None;
    }
    let vanished = before.namespaces.keys().filter(|name| !names.contains(name.as_str()));
    let changed = moves.iter().filter(|(_, moved)| moved.changes).map(|(name, _)| *name);
    let mut mixed: Vec<String> = vanished.chain(changed).cloned().collect();
    mixed.sort_unstable();
    Some(catalog::Resharding {
        before: other,
        after: plan.shards,
        moved: moves.len(),
        all: plan.provisions.len(),
        from: moves.iter().map(|(_, moved)| moved.from.clone()).collect(),
        to: moves.iter().map(|(_, moved)| moved.to.clone()).collect(),
        mixed,
    })
}

fn vanished(
    inventory: &Inventory,
    cluster: &str,
    name: &str,
    was: &BeforeNamespace,
    allowed: &BTreeSet<String>,
) -> Option<Diagnostic> {
    let meant = was.state == State::Retired.name() || allowed.contains(&was.tenant);
    if meant {
        return None;
    }
    Some(if looks_personal(inventory, name, was) {
        let taken = inventory.tenants().any(|(_, tenant)| tenant.name.as_str() == name);
        catalog::unretired_personal(&was.path, cluster, name, &was.state, taken)
    } else {
        catalog::unretired_removal(&was.path, cluster, name, &was.tenant, &was.state)
    })
}

/// Whether a namespace seems to have been a personal profile: no document declared it, so none can be edited.
fn looks_personal(inventory: &Inventory, name: &str, was: &BeforeNamespace) -> bool {
    let owner_is_called_so = was.owner.as_deref().is_some_and(|owner| registration_name(owner) == name);
    let called_so = |user: &User| user.name.as_str() == name || registration_name(user.identity.as_str()) == name;
    let somebody_is = inventory.users().iter().any(called_so);
    was.tenant == name && (owner_is_called_so || somebody_is)
}

/// Another owner is said aloud: what the profile controller made hangs on the Profile. Somebody who stands in for a
/// while, or whose identity changed, is no other owner.
///
/// `state` and `before` are what the compiled file says of the namespace and its owner.
pub fn owner_changed(
    inventory: &Inventory,
    state: &str,
    before: &str,
    provision: &Provision<'_>,
) -> Option<Diagnostic> {
    let owner = inventory.user(provision.owner);
    let platform = inventory.platform(provision.placement.platform);
    let after = platform.identity_of(&owner.identity);
    let known = std::iter::once(&owner.identity).chain(&owner.previously);
    let same = known.into_iter().any(|identity| fold_case(identity.as_str()) == fold_case(before));
    let active = provision.state() == State::Active && state == State::Active.name();
    (active && !same).then(|| {
        let (cluster, namespace) = (platform.name.as_str(), &provision.namespace.name);
        release_catalog::owner_changed(provision.owner_span, cluster, namespace, before, after.as_str())
    })
}

fn taken_over(
    inventory: &Inventory,
    cluster: &str,
    name: &str,
    was: &BeforeNamespace,
    provision: &Provision<'_>,
    allowed: &BTreeSet<String>,
) -> Option<Diagnostic> {
    let tenant = inventory.tenant(provision.tenant);
    let same = tenant.name.as_str() == was.tenant;
    let renamed = tenant.previously.iter().any(|earlier| earlier.as_str() == was.tenant);
    (!same && !renamed && !allowed.contains(&was.tenant)).then(|| {
        catalog::namespace_taken_over(provision.namespace.span, cluster, name, &was.tenant, tenant.name.as_str())
    })
}

/// Who had access before and has none now, against the platform's limit. Losses that the inventory explains do not count.
fn too_much_lost(
    inventory: &Inventory,
    cluster: &str,
    plan: &Plan<'_>,
    provisions: &BTreeMap<&str, &Provision<'_>>,
    before: &Before,
    allowed: &BTreeSet<String>,
) -> Option<Diagnostic> {
    let platform = inventory.platform(plan.platform);
    let departed = departed(inventory);
    let (mut total, mut lost) = (0, 0);
    let mut tenants = BTreeSet::new();
    for (name, was) in &before.namespaces {
        let provision = provisions.get(name.as_str()).copied();
        let now = provision.map(|it| facts::of_provision(inventory, plan.platform, it)).unwrap_or_default();
        let Some(had) = &was.facts else {
            total += now.len();
            continue;
        };
        total += had.len();
        let ended = provision.and_then(|it| Some((it, it.undated_grants.as_deref()?)));
        let undated = ended.map(|(it, grants)| facts::of_grants(inventory, plan.platform, it, grants));
        let inactive = provision.is_some_and(|it| it.state() != State::Active) || was.state != State::Active.name();
        if inactive || allowed.contains(&was.tenant) {
            continue;
        }
        let explained = |fact: &Fact| {
            departed.contains(&fold_case(&fact.subject))
                || undated.as_ref().is_some_and(|undated| has_subject(undated, fact))
        };
        let count = had.iter().filter(|fact| !has_subject(&now, fact) && !explained(fact)).count();
        if count > 0 {
            lost += count;
            tenants.insert(was.tenant.clone());
        }
    }
    let now = platform.max_removed_percent;
    let percent = before.max_removed_percent.map_or(now, |before| before.min(now));
    let over = lost * 100 > total * usize::from(percent) && lost > SMALL_LOSS;
    let tenants: Vec<String> = tenants.into_iter().collect();
    over.then(|| catalog::too_large_removal(cluster, lost, total, percent, &tenants))
}

/// Whether a subject has any role. Facts are sorted by kind and subject, then by role.
fn has_subject(facts: &BTreeSet<Fact>, wanted: &Fact) -> bool {
    let first = Fact { role: "".into(), ..wanted.clone() };
    facts.range(first..).next().is_some_and(|fact| fact.kind == wanted.kind && fact.subject == wanted.subject)
}

/// Every identity that a departed person has or had, without letter case.
fn departed(inventory: &Inventory) -> BTreeSet<String> {
    let people = inventory.users().iter().filter(|user| user.departed);
    let identities = people.flat_map(|user| std::iter::once(&user.identity).chain(&user.previously));
    identities.map(|identity| fold_case(identity.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(state: State) -> BeforeNamespace {
        let name = state.name();
        BeforeNamespace {
            path: format!("{name}.yaml"),
            tenant: name.to_owned(),
            state: name.to_owned(),
            facts: None,
            moved: None,
            owner: None,
        }
    }

    /// Of two files that say the same, the first one is named.
    #[test]
    fn the_first_of_two_files_is_named() {
        let mut before = Before::default();
        for path in ["a.yaml", "b.yaml"] {
            before.add("vision".to_owned(), BeforeNamespace { path: path.to_owned(), ..said(State::Active) });
        }
        assert_eq!(before.namespaces["vision"].path, "a.yaml");
    }

    /// Of two files that speak of one namespace, the one counts that keeps more of it, whichever is read first.
    #[test]
    fn the_stricter_of_two_files_counts() {
        use State::{Active, Retired, Suspended};
        for (one, other, wanted) in
            [(Active, Retired, Active), (Active, Suspended, Active), (Suspended, Retired, Suspended)]
        {
            for order in [[one, other], [other, one]] {
                let mut before = Before::default();
                order.into_iter().for_each(|state| before.add("vision".to_owned(), said(state)));
                let kept = &before.namespaces["vision"];
                assert_eq!((kept.state.as_str(), kept.tenant.as_str()), (wanted.name(), wanted.name()), "{order:?}");
                assert_eq!(kept.path, format!("{}.yaml", wanted.name()));
            }
        }
    }
}
