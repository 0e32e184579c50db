//! Nothing is taken away that nobody gave up, and what is meant is done completely.

use libtest_mimic::Failed;
use proptest::prelude::*;

use super::generate::{TODAY, inventories};
use super::print::arrange;
use super::{ensure, hold, same};
use crate::cli::sandbox::{Sandbox, Tree};

/// A tenant whose declaration goes while a namespace of it is not retired stops the compile, and every byte stays. When
/// it is allowed, the folder is what the inventory compiles to from nothing: no leftover, and nothing else touched.
pub fn nothing_is_lost_unasked() -> Result<(), Failed> {
    hold((inventories(), any::<prop::sample::Index>()), 12, |(inventory, which)| {
        if inventory.tenants.len() < 2 {
            return Ok(());
        }
        let mut newer = inventory.clone();
        let gone = newer.tenants.remove(which.index(inventory.tenants.len())).name;
        let (sandbox, fresh) = (Sandbox::empty(), Sandbox::empty());
        put(&sandbox, &inventory, 0);
        let compile = format!("compile --as-of {TODAY}");
        if sandbox.run(&compile).code != Some(0) {
            // Its own guards refuse it, and nothing was written that could be lost.
            return same("output of a refused compile", &sandbox.tree("output"), &Tree::new());
        }
        let before = sandbox.tree("output");
        std::fs::remove_dir_all(sandbox.path("input")).expect("the older inventory was written");
        put(&sandbox, &newer, 1);
        put(&fresh, &newer, 0);
        let clean = fresh.run(&compile);
        let run = sandbox.run(&compile);
        if alive(&before, &gone) {
            let wanted = clean.code.max(Some(3));
            ensure(run.code == wanted, || format!("`{gone}` goes unasked: {:?}\n{}", run.code, run.stderr))?;
            ensure(run.stderr.contains(&gone), || format!("`{gone}` is not named:\n{}", run.stderr))?;
            same("output of a refused removal", &sandbox.tree("output"), &before)?;
        }
        let run = sandbox.run(&format!("{compile} --allow-removal {gone}"));
        same("status", &run.code, &clean.code)?;
        let wanted = if clean.code == Some(0) { fresh.tree("output") } else { before };
        same("output of a removal that is meant", &sandbox.tree("output"), &wanted)
    })
}

fn put(sandbox: &Sandbox, inventory: &super::data::Inventory, style: u64) {
    for (path, text) in &arrange(inventory, style) {
        sandbox.write(&format!("input/{path}"), text);
    }
}

/// Whether the compiled files have a namespace of the tenant that is not retired.
fn alive(output: &Tree, tenant: &str) -> bool {
    let is_of = format!("# tenantry.dev/tenant: {tenant}");
    output.values().any(|text| {
        let text = String::from_utf8_lossy(text);
        let header = || text.lines().take_while(|line| line.starts_with('#'));
        header().any(|line| line == is_of) && header().all(|line| line != "# tenantry.dev/state: retired")
    })
}
