//! Who may do what, where, and because of which line: the decisions of a compile, before any object exists.
//!
//! A [`Plan`] is one cluster's. It knows people and namespaces and nothing of YAML or files. The same plan is lowered to
//! manifests, listed as access facts and compared in reviews, so what is shown is what is done.

mod grant;
mod shard;

pub use grant::{Grant, GrantSubject, Via, Way, admins};
pub use shard::{shard_key, shard_of, shard_of_key};

use std::collections::BTreeSet;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::inventory::{Inventory, Namespace, Placement, PlatformId, Quota, Shards, State, Tenant, TenantId, UserId};
use crate::source::Span;

/// What one cluster gets.
#[derive(Debug)]
pub struct Plan<'i> {
    /// The inventory that it was made from.
    pub inventory: &'i Inventory,
    /// The cluster.
    pub platform: PlatformId,
    /// One provision per namespace, sorted by its name.
    pub provisions: Vec<Provision<'i>>,
    /// Number of folders that the namespaces are spread over. `capacity` says how many `auto` is.
    pub shards: u16,
}

/// What one namespace gets.
#[derive(Debug)]
pub struct Provision<'i> {
    /// The tenant.
    pub tenant: TenantId,
    /// What the tenant has on this cluster.
    pub placement: &'i Placement,
    /// The namespace.
    pub namespace: &'i Namespace,
    /// Who is admin through the Profile. The tenant's owner; the platform's, standing in, when it is not active.
    pub owner: UserId,
    /// How the owner came to it.
    pub owner_via: Via,
    /// Where the owner is named.
    pub owner_span: Span,
    /// The quota of the Profile.
    pub quota: Quota,
    /// Contributors, sorted by kind and identity. Empty unless active.
    pub grants: Vec<Grant<'i>>,
    /// The grants that there would be if no grant had ended, if that is not the same. What a file says of its input must
    /// not depend on the day.
    pub undated_grants: Option<Vec<Grant<'i>>>,
}

impl Provision<'_> {
    /// Stage of the namespace's life.
    pub fn state(&self) -> State {
        self.namespace.state
    }
}

/// Plans one cluster for a day.
pub fn plan(inventory: &Inventory, platform: PlatformId, as_of: Date) -> Plan<'_> {
    let tenants: Vec<(TenantId, &Tenant)> = inventory.tenants().collect();
    let provisions = tenants.par_iter().flat_map_iter(|&(id, tenant)| {
        let placements = tenant.placements.iter().filter(move |placement| placement.platform == platform);
        placements.flat_map(move |placement| {
            placement.namespaces.iter().map(move |namespace| provision(inventory, id, placement, namespace, as_of))
        })
    });
    let mut provisions: Vec<Provision<'_>> = provisions.collect();
    provisions.par_sort_by(|a, b| a.namespace.name.cmp(&b.namespace.name));
    let shards = match inventory.platform(platform).gitops.shards {
        Shards::Number(number, _) => number,
        Shards::Auto(_) => 1,
    };
    Plan { inventory, platform, provisions, shards }
}

fn provision<'i>(
    inventory: &'i Inventory,
    id: TenantId,
    placement: &'i Placement,
    namespace: &'i Namespace,
    as_of: Date,
) -> Provision<'i> {
    let platform = inventory.platform(placement.platform);
    if namespace.state != State::Active {
        // Resolve refuses a namespace that is not active on a platform without an owner, so the tenant's own owner is
        // never taken here.
        return Provision {
            tenant: id,
            placement,
            namespace,
            owner: platform.owner.unwrap_or(placement.owner),
            owner_via: Via::StandIn,
            owner_span: platform.span,
            quota: without_pods(&namespace.quota),
            grants: Vec::new(),
            undated_grants: None,
        };
    }
    active(inventory, id, placement, namespace, as_of)
}

/// What a namespace gets when it is active, whatever its state is.
pub fn woken<'i>(plan: &Plan<'i>, provision: &Provision<'i>, as_of: Date) -> Provision<'i> {
    active(plan.inventory, provision.tenant, provision.placement, provision.namespace, as_of)
}

fn active<'i>(
    inventory: &'i Inventory,
    id: TenantId,
    placement: &'i Placement,
    namespace: &'i Namespace,
    as_of: Date,
) -> Provision<'i> {
    let tenant = inventory.tenant(id);
    let contributors: Vec<_> = tenant.contributors.iter().chain(namespace.contributors.iter()).collect();
    let today = grant::grants(inventory, placement.owner, &contributors, Some(as_of));
    let ended = contributors.iter().any(|contributor| contributor.until.is_some_and(|until| until < as_of));
    Provision {
        tenant: id,
        placement,
        namespace,
        owner: placement.owner,
        owner_via: if tenant.personal { Via::Personal } else { Via::Owner },
        owner_span: placement.owner_span,
        quota: namespace.quota.clone(),
        grants: today,
        undated_grants: ended.then(|| grant::grants(inventory, placement.owner, &contributors, None)),
    }
}

/// The days that tell apart what a namespace gets by its dates: the last one of each grant that ends, and one after all of
/// them. On any day, it gets what it gets on one of these. None without such a grant, or if it is not active.
pub fn days(plan: &Plan<'_>, provision: &Provision<'_>) -> BTreeSet<Date> {
    if provision.state() != State::Active {
        return BTreeSet::new();
    }
    let tenant = plan.inventory.tenant(provision.tenant);
    let contributors = tenant.contributors.iter().chain(provision.namespace.contributors.iter());
    let mut days: BTreeSet<Date> = contributors.filter_map(|contributor| contributor.until).collect();
    if !days.is_empty() {
        days.insert(Date::MAX);
    }
    days
}

/// The same quota with no pods at all: nothing new starts, and no data is lost.
fn without_pods(quota: &Quota) -> Quota {
    let mut quota = (**quota).clone();
    quota.insert("pods".to_owned(), crate::name::Quantity::zero());
    quota.into()
}
