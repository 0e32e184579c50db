//! Advice about who can do what without git.

use std::collections::BTreeSet;

use super::Look;
use crate::diag::{Sink, catalog::lint as catalog};
use crate::inventory::{Isolation, MeshMode, Permission, State, UserId};
use crate::plan::{GrantSubject, Plan};

/// Most names that one warning lists.
const SHOWN: usize = 8;

/// With self-service closed, people who own a tenant or are admin in one can still bind others through the API. Platform
/// accounts (the platform's owner and its administrators) are meant to.
pub fn admins_can_bind(&Look { inventory, plans, .. }: &Look<'_>, sink: &mut Sink) {
    for ((_, platform), plan) in inventory.platforms().zip(plans) {
        // Where the integration makes the Profiles, their owner is not ours to choose.
        if platform.self_service != Permission::Deny || platform.is_delegated() {
            continue;
        }
        let mut people = admins(plan);
        for account in platform.admins.iter().chain(&platform.owner) {
            people.remove(account);
        }
        let names: Vec<&str> = people.iter().take(SHOWN).map(|&user| inventory.user(user).name.as_str()).collect();
        if !names.is_empty() {
            sink.push(catalog::admins_can_bind(platform.span, &platform.name, &names, people.len() - names.len()));
        }
    }
}

/// Owners and admins of active namespaces of a platform.
fn admins(plan: &Plan<'_>) -> BTreeSet<UserId> {
    let mut people = BTreeSet::new();
    for provision in plan.provisions.iter().filter(|provision| provision.state() == State::Active) {
        people.insert(provision.owner);
        for grant in provision.grants.iter().filter(|grant| grant.role == crate::inventory::Role::Admin) {
            if let GrantSubject::User(user) = grant.subject {
                people.insert(user);
            }
        }
    }
    people
}

/// With single-user isolation everybody is the same person.
pub fn anonymous_access(&Look { inventory, .. }: &Look<'_>, sink: &mut Sink) {
    for (_, platform) in inventory.platforms().filter(|(_, platform)| platform.isolation == Isolation::SingleUser) {
        sink.push(catalog::anonymous_access(platform.span, &platform.name));
    }
}

/// Without a mesh that tells people apart, nothing closes the dashboard's endpoints.
pub fn self_service_open(&Look { inventory, .. }: &Look<'_>, sink: &mut Sink) {
    for (_, platform) in inventory.platforms() {
        if platform.self_service == Permission::Deny && platform.mesh.mode == MeshMode::None {
            sink.push(catalog::self_service_open(platform.span, &platform.name));
        }
    }
}
