//! Parts of a compile make up the whole, byte for byte, from whatever was there before.

use std::collections::BTreeSet;

use libtest_mimic::Failed;
use proptest::prelude::*;

use super::generate::{TODAY, inventories};
use super::print::{Files, arrange};
use super::{ensure, hold, same};
use crate::cli::sandbox::{Sandbox, Tree};

/// From an older output with a file in the wrong folder, a tenant fewer: in any order, each part writes what no other
/// writes, or all are refused as the whole is.
pub fn parts_make_up_the_whole() -> Result<(), Failed> {
    hold((inventories(), 1..6usize, any::<usize>(), any::<bool>()), 12, |(inventory, of, turn, anew)| {
        let older = arrange(&inventory, 0);
        let mut newer = inventory.clone();
        let gone = newer.tenants.pop().map(|it| it.name).unwrap_or_default();
        let newer = arrange(&newer, 1);
        let start = || {
            let sandbox = Sandbox::empty();
            put(&sandbox, &older);
            if !anew {
                sandbox.run(&format!("compile --as-of {TODAY}"));
                misplace(&sandbox);
            }
            std::fs::remove_dir_all(sandbox.path("input")).expect("the older inventory was written");
            put(&sandbox, &newer);
            sandbox
        };
        let words = format!("compile --as-of {TODAY} --allow-removal {gone}");
        let (whole, parts) = (start(), start());
        let before = whole.tree("output");
        same("starts", &before, &parts.tree("output"))?;
        let status = whole.run(&words).code;
        let wanted = changes(&before, &whole.tree("output"));
        let mut written = BTreeSet::new();
        for at in 0..of {
            let part = (at + turn % of) % of + 1;
            let before = parts.tree("output");
            let run = parts.run(&format!("{words} --part {part}/{of}"));
            ensure(run.code == status, || format!("part {part}/{of} ends otherwise: {:?} {}", run.code, run.stderr))?;
            let own = changes(&before, &parts.tree("output"));
            ensure(own.is_subset(&wanted), || format!("part {part}/{of} writes {own:?} of {wanted:?}"))?;
            ensure(own.is_disjoint(&written), || format!("part {part}/{of} writes again: {own:?}"))?;
            written.extend(own);
        }
        same("output", &parts.tree("output"), &whole.tree("output"))
    })
}

fn put(sandbox: &Sandbox, files: &Files) {
    for (path, text) in files {
        sandbox.write(&format!("input/{path}"), text);
    }
}

/// Puts the first namespace's file into a folder that engines would sync, too.
fn misplace(sandbox: &Sandbox) {
    let tree = sandbox.tree("output");
    let first = tree.iter().find_map(|(path, text)| Some((path, tenantry::render::layout::namespace_of(path)?, text)));
    if let Some((path, at, text)) = first {
        sandbox.remove(&format!("output/{path}"));
        sandbox.write(&format!("output/{}/{}/old/{}.yaml", at.cluster, at.folder, at.namespace), text);
    }
}

fn changes(before: &Tree, after: &Tree) -> BTreeSet<String> {
    before.keys().chain(after.keys()).filter(|path| before.get(*path) != after.get(*path)).cloned().collect()
}
