//! Advice about what a platform's version and settings make of the inventory.

use std::collections::BTreeSet;

use super::Look;
use crate::diag::{Sink, catalog::release as catalog};
use crate::inventory::{Isolation, Permission, Platform, Role, Switch, UserId};
use crate::plan::{GrantSubject, Plan};

/// Most names that one warning lists.
const SHOWN: usize = 8;

/// What the platform's version cannot do, once per platform.
pub fn version_limits(&Look { inventory, plans, .. }: &Look<'_>, sink: &mut Sink) {
    for ((_, platform), plan) in inventory.platforms().zip(plans) {
        let name = &platform.name;
        let mut limit = |what: String, help: &str| sink.push(catalog::version_limit(platform.span, name, &what, help));
        // Where the integration makes the bindings, other roles are refused.
        let has_role = |role| !platform.is_delegated() && has_role(plan, role);
        if !platform.release.shows_viewers && has_role(Role::View) {
            let what = format!("the dashboard of version {} shows viewers without a role", platform.release.version);
            limit(what, "their access is right; only the dashboard's display is not");
        }
        if platform.self_service == Permission::Allow && has_role(Role::Admin) {
            let what = "an admin beside the owner cannot manage contributors in the dashboard".to_owned();
            limit(what, "KFAM lets only the owner do it; admins can through the API, and everybody can in git");
        }
        if !platform.release.admin_list
            && let [first, _, ..] = platform.admins[..]
        {
            let first = &inventory.user(first).name;
            let version = platform.release.version;
            let what = format!("version {version} knows one platform administrator, and `{first}` is set");
            limit(what, "list one person under `admins`, or raise the platform's version to 26.03.1");
        }
    }
}

fn has_role(plan: &Plan<'_>, role: Role) -> bool {
    let grants = plan.provisions.iter().flat_map(|provision| &provision.grants);
    grants.filter(|grant| matches!(grant.subject, GrantSubject::User(_))).any(|grant| grant.role == role)
}

/// With the registration flow on, somebody who owns no profile is asked to register before anything else (central
/// dashboard 1.6 to 2.0). Where nobody is told apart, nobody is asked.
pub fn registration_prompt(&Look { inventory, plans, .. }: &Look<'_>, sink: &mut Sink) {
    let asks = |it: &Platform| it.registration_flow == Switch::Enabled && it.isolation == Isolation::MultiUser;
    for ((_, platform), plan) in inventory.platforms().zip(plans).filter(|((_, it), _)| asks(it)) {
        let people = prompted(plan);
        let names: Vec<&str> = people.iter().take(SHOWN).map(|&user| inventory.user(user).name.as_str()).collect();
        if !names.is_empty() {
            sink.push(catalog::registration_prompt(platform.span, &platform.name, &names, people.len() - names.len()));
        }
    }
}

/// Contributors who own nothing. A grant of role admin shows as ownership to the dashboard.
fn prompted(plan: &Plan<'_>) -> BTreeSet<UserId> {
    let (mut owners, mut contributors) = (BTreeSet::new(), BTreeSet::new());
    for provision in &plan.provisions {
        owners.insert(provision.owner);
        for grant in &provision.grants {
            if let GrantSubject::User(user) = grant.subject {
                if grant.role == Role::Admin {
                    owners.insert(user)
                } else {
                    contributors.insert(user)
                };
            }
        }
    }
    contributors.difference(&owners).copied().collect()
}
