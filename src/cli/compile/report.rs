//! What `compile` says of its work.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use tenantry::diag::catalog::counted;
use tenantry::driver::Program;
use tenantry::inventory::{Engine, Inventory};
use tenantry::render::layout;
use tenantry::report::{escape, textdiff};

use super::Exit;
use super::survey::{Status, Wanted, Work};
use crate::cli::console::Console;
use crate::cli::output::{Seen, Tree};

/// Most files of which `--check` shows the difference, and most lines of each.
const SHOWN: (usize, usize) = (5, 60);

/// Says for which of the clusters the guards had nothing to compare with.
pub fn without_before(work: &Work, clusters: &BTreeSet<String>) -> Option<String> {
    let new: Vec<&str> = clusters.difference(&work.compiled_before).map(String::as_str).collect();
    let place = match &new[..] {
        [] => return None,
        _ if new.len() == clusters.len() => String::new(),
        [one] => format!(" for the cluster `{one}`"),
        _ => format!(" for the clusters `{}`", new.join("`, `")),
    };
    Some(format!("there is no output{place} yet, so the guards have nothing to compare with"))
}

/// Says for which of the clusters no `gitops/` is written, because nothing says which repository holds the output.
pub fn without_repository(inventory: &Inventory, clusters: &BTreeSet<String>) -> Option<String> {
    let selected = inventory.platforms().map(|(_, platform)| platform).filter(|it| clusters.contains(it.name.as_str()));
    let without = selected.filter(|it| it.gitops.engine != Engine::None && it.gitops.repo_url.is_empty());
    let names: Vec<&str> = without.map(|platform| platform.name.as_str()).collect();
    let place = match &names[..] {
        [] => return None,
        [one] => format!("the cluster `{one}`"),
        _ => format!("the clusters `{}`", names.join("`, `")),
    };
    Some(format!(
        "no gitops/ is written for {place}: `gitops.repoURL` is not set (`engine: none` says that this is meant)"
    ))
}

/// What changed of the objects that make engines sync. Nobody syncs these: an engine that is told of them too late refuses
/// what it does not know, and revocations with it. Resharding has steps of its own.
pub fn to_apply(work: &Work, output: &dyn Tree) -> Vec<String> {
    let resharded = !work.resharded.is_empty();
    let changed = work.changes.iter().filter(|(path, _, status)| *status != Status::Missing && is_gitops(path));
    let note = |(path, _, _): &(String, Wanted, Status)| {
        format!("`{0}` changed; before you merge this: kubectl apply --server-side -f {0}", output.shown(path))
    };
    changed.filter(|_| !resharded).map(note).collect()
}

fn is_gitops(path: &str) -> bool {
    layout::folder_of(path) == layout::GITOPS
}

/// What a namespace that is not active any more leaves to do by hand: a quota starts nothing new and stops nothing old.
pub fn still_running(cluster: &str, namespace: &str) -> String {
    format!(
        "nothing new starts in the namespace `{namespace}` on the cluster `{cluster}`, and what runs there goes on; once \
         this has synced, stop it with `kubectl delete pods --all -n {namespace}`"
    )
}

/// Tells what `compile` would change.
pub fn differences(work: &Work, program: &Program<'_>, output: &dyn Tree, console: &Console) -> Result<Exit> {
    let lines = lines(work, output);
    if lines.is_empty() {
        console.result(&format!("{} as compiled\n", counted(work.unchanged, "file", "files")))?;
        return Ok(Exit::Done);
    }
    let width = lines.values().map(|word| word.len()).max().unwrap_or_default();
    let mut text = String::new();
    for (path, word) in &lines {
        text.push_str(&format!("{word:width$}  {}\n", escape::terminal(path)));
    }
    let differing = work.changes.iter().filter(|(_, _, status)| has_difference(*status));
    for (path, wanted, _) in differing.take(SHOWN.0) {
        if let Ok(Seen::Ours(there)) = output.look(path) {
            text.push('\n');
            text.push_str(&textdiff::unified(&output.shown(path), &there, &wanted.render(program).text, SHOWN.1));
        }
    }
    console.result(&text)?;
    console.note(&format!("{} not as compiled; run `tenantry compile`", counted(lines.len(), "file is", "files are")));
    Ok(Exit::Different)
}

/// A word for every file that is not as it should be, by its path.
pub fn lines(work: &Work, output: &dyn Tree) -> BTreeMap<String, &'static str> {
    let mut lines = BTreeMap::new();
    for (path, _, status) in &work.changes {
        let word = match status {
            Status::Missing => "missing",
            Status::Stale => "stale",
            Status::Expired => "stale (a grant expired since)",
            Status::Edited => "edited",
            Status::Foreign => "foreign",
            Status::Fresh => continue,
        };
        lines.insert(output.shown(path), word);
    }
    lines.extend(work.removals.iter().map(|path| (output.shown(path), "left over")));
    lines
}

fn has_difference(status: Status) -> bool {
    matches!(status, Status::Stale | Status::Expired | Status::Edited)
}
