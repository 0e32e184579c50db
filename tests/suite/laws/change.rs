//! What a small change of the inventory changes in the output.

use std::collections::BTreeSet;

use libtest_mimic::Failed;
use proptest::prelude::*;

use super::compile::compile;
use super::data::{Group, Inventory, Subject};
use super::generate::inventories;
use super::{ensure, hold, same, same_files};

/// A tenant more: its files, and no other change.
pub fn one_tenant_more() -> Result<(), Failed> {
    hold((inventories(), any::<prop::sample::Index>()), 48, |(inventory, at)| {
        let mut before = inventory.clone();
        let tenant = before.tenants.remove(at.index(inventory.tenants.len()));
        let (before, after) = (compile(&before)?, compile(&inventory)?);
        for (path, text) in &before.files {
            ensure(after.files.get(path) == Some(text), || format!("{path} changes with another tenant"))?;
        }
        let new = |path: &&String| !before.files.contains_key(*path);
        let added: BTreeSet<String> = after.files.keys().filter(new).cloned().collect();
        let mut wanted = BTreeSet::new();
        for platform in inventory.clusters(&tenant) {
            for namespace in tenant.namespaces_on(platform) {
                wanted.insert(platform.path_of(&namespace.name));
            }
        }
        same("added files", &added, &wanted)
    })
}

/// A person and a group of nobody else with the same role are the same access.
pub fn a_group_of_one() -> Result<(), Failed> {
    hold((inventories(), any::<u64>()), 48, |(inventory, which)| {
        let mut grouped = inventory.clone();
        move_into_groups(&mut grouped, which);
        same_files(&compile(&inventory)?, &compile(&grouped)?)
    })
}

/// Moves some of the people into groups of their own; the bits say whom.
fn move_into_groups(inventory: &mut Inventory, mut bits: u64) {
    let Inventory { tenants, groups, .. } = inventory;
    for tenant in tenants {
        let own = tenant.namespaces.iter_mut().flat_map(|it| &mut it.contributors);
        for contributor in tenant.contributors.iter_mut().chain(own) {
            let Subject::User(user) = contributor.subject.clone() else { continue };
            if bits & 1 == 0 {
                let name = format!("fresh{}", groups.len());
                contributor.subject = Subject::Group(name.clone());
                groups.push(Group { name, members: vec![user], ..Group::default() });
            }
            bits = bits.rotate_right(1);
        }
    }
}
