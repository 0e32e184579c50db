//! Who has to agree to a change: the owners of the tenants that it touches.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::inventory::{Inventory, Platform, User, UserId};

/// A person whose approval counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Owner {
    /// Short name.
    pub user: String,
    /// What the clusters call the person.
    pub identity: String,
    /// E-mail address, if the inventory has one: the person's own, else an identity that is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl Owner {
    /// A person of the directory.
    pub fn new(user: &User) -> Owner {
        let identity = user.identity.to_string();
        let email = user.email.clone().or_else(|| Some(identity.clone()).filter(|it| is_handle(it)));
        Owner { user: user.name.to_string(), identity, email }
    }

    /// How a forge is told of the person.
    pub fn handle(&self) -> Option<&str> {
        self.email.as_deref().filter(|email| is_handle(email))
    }
}

/// Whether a forge reads this as one e-mail address and as nothing else.
fn is_handle(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    text.split_once('@').is_some_and(|(local, domain)| {
        let sound = |part: &str| !part.is_empty() && part.chars().all(plain);
        sound(local) && sound(domain) && !local.starts_with('.') && domain.contains('.')
    })
}

/// A tenant, and who answers for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Approval {
    /// The tenant.
    pub tenant: String,
    /// Its owners, sorted: one, or several where clusters differ. One of them has to agree to a change.
    pub owners: Vec<Owner>,
}

/// A platform whose settings change, and who answers for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlatformApproval {
    /// The cluster.
    pub cluster: String,
    /// Its administrators before the change, or its owner if it had none. Sorted; one of them has to agree.
    pub admins: Vec<Owner>,
}

/// Who has to agree to a change of a platform: nobody who only becomes administrator by it. Ask with the base.
pub fn platform_approval(inventory: &Inventory, platform: &Platform) -> PlatformApproval {
    let owner = platform.owner.into_iter().filter(|_| platform.admins.is_empty());
    let admins = owners(inventory, platform.admins.iter().copied().chain(owner));
    PlatformApproval { cluster: platform.name.to_string(), admins }
}

/// Who has to agree to a change of these tenants, sorted by tenant. Tenants that the inventory does not have are left
/// out: ask with the inventory of each side, since a tenant that is given away concerns the owners of both.
pub fn approvals<'t>(tenants: impl IntoIterator<Item = &'t str>, inventory: &Inventory) -> Vec<Approval> {
    let wanted: BTreeSet<&str> = tenants.into_iter().collect();
    let touched = inventory.tenants().filter(|(_, tenant)| wanted.contains(tenant.name.as_str()));
    let approvals = touched.map(|(_, tenant)| Approval {
        tenant: tenant.name.to_string(),
        owners: owners(inventory, tenant.placements.iter().map(|placement| placement.owner)),
    });
    approvals.collect()
}

/// These people, sorted, each once.
fn owners(inventory: &Inventory, users: impl Iterator<Item = UserId>) -> Vec<Owner> {
    let owners: BTreeSet<Owner> = users.map(|user| Owner::new(inventory.user(user))).collect();
    owners.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_plain_addresses() {
        assert!(["ada@example.org", "a.b+c%d_e-f@mail.example.org"].into_iter().all(is_handle));
        let odd = [
            "ada",
            "@team",
            "a@b",
            "a b@example.org",
            "a#@example.org",
            "a@b@example.org",
            ".a@example.org",
            "é@example.org",
            "a@example.org\n",
        ];
        assert!(!odd.into_iter().any(is_handle));
    }
}
