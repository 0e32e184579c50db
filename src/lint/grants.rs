//! Advice about single grants.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Look;
use crate::diag::{Sink, catalog::lint as catalog};
use crate::inventory::{Contributor, Inventory, PlatformId, Role, State, Subject, Tenant, TenantId, UserId};
use crate::source::Span;

/// Calls `see` with every contributor entry of every tenant, once each.
fn each(inventory: &Inventory, mut see: impl FnMut(TenantId, &Tenant, &Contributor)) {
    for (id, tenant) in inventory.tenants() {
        for contributor in &tenant.contributors {
            see(id, tenant, contributor);
        }
        // The same entries stand behind a namespace on every cluster.
        let mut seen: Vec<*const Vec<Contributor>> = Vec::new();
        for namespace in tenant.placements.iter().flat_map(|placement| &placement.namespaces) {
            let list: *const Vec<Contributor> = &*namespace.contributors;
            if namespace.contributors.is_empty() || seen.contains(&list) {
                continue;
            }
            seen.push(list);
            for contributor in namespace.contributors.iter() {
                see(id, tenant, contributor);
            }
        }
    }
}

fn subject_name<'i>(inventory: &'i Inventory, subject: &'i Subject) -> &'i str {
    match subject {
        Subject::User(user) => inventory.user(*user).name.as_str(),
        Subject::Group(group) => inventory.group(*group).name.as_str(),
        Subject::ServiceAccount(account) => account.as_str(),
        Subject::IdpGroup(group) => group.as_str(),
    }
}

/// Grants that ended, and grants that somebody should look at.
pub fn dates(&Look { inventory, as_of, .. }: &Look<'_>, sink: &mut Sink) {
    each(inventory, |_, _, contributor| {
        let subject = subject_name(inventory, &contributor.subject);
        if let Some(until) = contributor.until.filter(|&until| until < as_of) {
            sink.push(catalog::expired_grant(contributor.span, subject, until));
        } else if let Some(by) = contributor.review_by.filter(|&by| by < as_of) {
            sink.push(catalog::review_due(contributor.span, subject, by));
        }
    });
}

/// Outsiders whose access has no end, through whatever group or by name. An entry with an end beside it helps nothing.
pub fn external_without_until(&Look { inventory, .. }: &Look<'_>, sink: &mut Sink) {
    let outsiders = inventory.outsiders();
    each(inventory, |_, tenant, contributor| {
        if contributor.until.is_some() {
            return;
        }
        if let Subject::User(user) = contributor.subject
            && outsiders.contains(&user)
            && tenant.placements.iter().any(|placement| placement.owner != user)
        {
            sink.push(catalog::outsider_without_until(contributor.span, &inventory.user(user).name));
        }
        let Subject::Group(group) = &contributor.subject else { return };
        let ways = inventory.expansion(*group).iter();
        let external = ways.filter_map(|way| way.last()).find(|&&group| inventory.group(group).external);
        if let Some(&external) = external {
            sink.push(catalog::external_without_until(contributor.span, &inventory.group(external).name));
        }
    });
}

/// Grants that reach nobody.
pub fn empty_groups(&Look { inventory, .. }: &Look<'_>, sink: &mut Sink) {
    each(inventory, |_, _, contributor| {
        let Subject::Group(id) = contributor.subject else { return };
        let mut groups = inventory.expansion(id).iter().filter_map(|way| way.last());
        if groups.all(|&group| inventory.group(group).members.is_empty()) {
            let group = inventory.group(id);
            sink.push(catalog::empty_group(contributor.span, &group.name, group.span));
        }
    });
}

/// Groups whose members nobody can see here. A platform that knows no groups has refused them already.
pub fn idp_groups(&Look { inventory, .. }: &Look<'_>, sink: &mut Sink) {
    each(inventory, |_, tenant, contributor| {
        let mut platforms = tenant.placements.iter().map(|placement| inventory.platform(placement.platform));
        let bound = platforms.any(|platform| platform.distribution.knows_groups());
        if let (Subject::IdpGroup(group), true) = (&contributor.subject, bound) {
            sink.push(catalog::idp_group(contributor.span, group.as_str()));
        }
    });
}

/// Flags that cannot hold.
pub fn notebook_flags(&Look { inventory, .. }: &Look<'_>, sink: &mut Sink) {
    each(inventory, |_, _, contributor| {
        let Some((flag, span)) = contributor.notebook_access else { return };
        match contributor.subject {
            Subject::ServiceAccount(_) | Subject::IdpGroup(_) => sink.push(catalog::notebook_flag_without_person(span)),
            Subject::User(_) | Subject::Group(_) if !flag && contributor.role > Role::View => {
                sink.push(catalog::notebook_flag_with_exec(span, contributor.role.name()));
            }
            Subject::User(_) | Subject::Group(_) => {}
        }
    });
}

/// Entries that name a person who has as much already: by another entry for the same namespaces, or as owner.
pub fn redundant(&Look { inventory, as_of, .. }: &Look<'_>, sink: &mut Sink) {
    for (_, tenant) in inventory.tenants() {
        let owners: Vec<UserId> = tenant.placements.iter().map(|placement| placement.owner).collect();
        let mut shared: BTreeMap<UserId, (Role, Span)> = BTreeMap::new();
        compare(inventory, &tenant.contributors, &owners, &mut shared, as_of, sink);
        for namespace in tenant.placements.iter().flat_map(|placement| &placement.namespaces) {
            if namespace.state == State::Active {
                compare(inventory, &namespace.contributors, &owners, &mut shared.clone(), as_of, sink);
            }
        }
    }
}

/// Looks at entries that name a person, one after the other. Groups are left out: that somebody is in two of them is how
/// groups work.
fn compare(
    inventory: &Inventory,
    contributors: &[Contributor],
    owners: &[UserId],
    known: &mut BTreeMap<UserId, (Role, Span)>,
    as_of: Date,
    sink: &mut Sink,
) {
    for contributor in contributors {
        let Subject::User(user) = contributor.subject else { continue };
        if contributor.foreign {
            // Several sources of one fact are how the integration works.
            continue;
        }
        let name = inventory.user(user).name.clone();
        if owners.iter().all(|&owner| owner == user) {
            sink.push(catalog::owner_is_contributor(contributor.span, &name));
            continue;
        }
        // An entry with an end may stand beside one without: it is the one that will be left.
        if contributor.until.is_some() || contributor.review_by.is_some_and(|by| by < as_of) {
            continue;
        }
        match known.get(&user).copied() {
            // Of equal roles, the one that says something of notebooks decides about them.
            Some((role, _)) if role == contributor.role && contributor.notebook_access.is_some() => {}
            Some((role, span)) if role >= contributor.role => {
                sink.push(catalog::redundant_grant(contributor.span, name.as_str(), span, role.name()));
            }
            Some((role, span)) => {
                // An entry of the tenant still counts in its other namespaces.
                if contributors.iter().any(|other| other.span == span) {
                    sink.push(catalog::redundant_grant(span, name.as_str(), contributor.span, contributor.role.name()));
                }
                debug_assert!(role < contributor.role);
                known.insert(user, (contributor.role, contributor.span));
            }
            None => drop(known.insert(user, (contributor.role, contributor.span))),
        }
    }
}

/// Service accounts that another tenant's people can use, on a cluster where the tenant is.
pub fn shared_service_accounts(&Look { inventory, .. }: &Look<'_>, sink: &mut Sink) {
    let mut owners: BTreeMap<(PlatformId, &str), TenantId> = BTreeMap::new();
    for (id, tenant) in inventory.tenants() {
        for placement in &tenant.placements {
            let names = placement.namespaces.iter().map(|namespace| namespace.name.as_str());
            owners.extend(names.map(|name| ((placement.platform, name), id)));
        }
    }
    each(inventory, |id, tenant, contributor| {
        let Subject::ServiceAccount(account) = &contributor.subject else { return };
        let mut clusters = tenant.placements.iter().map(|placement| placement.platform);
        let owner = clusters.find_map(|cluster| {
            owners.get(&(cluster, account.namespace().as_str())).copied().filter(|&owner| owner != id)
        });
        if let Some(owner) = owner {
            let tenant = &inventory.tenant(owner).name;
            sink.push(catalog::shared_service_account(contributor.span, account.as_str(), tenant));
        }
    });
}
