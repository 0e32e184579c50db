//! Stages the output that a commit should have. What is not staged is the user's work, and is left as it is.

use anyhow::Result;
use tenantry::diag::catalog::counted;

use super::judge::{Change, Judged};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::output::{Output, Seen, Tree, Way};
use crate::cli::revision::Staged;

/// Most files that are named.
const MOST: usize = 10;

/// What is done with a file of the working tree.
enum Turn {
    /// It is written or removed: it is as it was staged, so nothing of it can get lost.
    Follow,
    /// It is as wanted already.
    There,
    /// It has changes that are not staged.
    Leave,
}

/// Compiles what is staged into the index, and into the working tree where that loses nothing.
pub fn stage(change: &Change<'_>, judged: Judged<'_>, console: &Console) -> Result<Exit> {
    let Judged { program, work, output, exit } = judged;
    if exit != Exit::Done || (work.changes.is_empty() && work.removals.is_empty()) {
        return Ok(exit);
    }
    let folder = &change.head.output.path;
    let root = change.repository.in_work_tree(folder)?;
    let disk = Output::new(&root);
    let _lock = disk.lock(|| console.note("waiting for another run of tenantry that writes to the same folder"))?;
    // Behind a link there could be anybody's files.
    let is_own = root.canonicalize().is_ok_and(|real| real == root);
    let turn = |path: &str, wanted: Option<&str>| if is_own { turn(&disk, output, path, wanted) } else { Turn::Leave };
    let at = |path: &str| [&folder[..], path.as_bytes()].join(&b'/');
    let (mut staged, mut writes, mut removals, mut left) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (path, wanted, _) in &work.changes {
        let text = wanted.render(program).text;
        match turn(path, Some(&text)) {
            Turn::Leave => {
                left.push(path);
                staged.push((at(path), Staged::Text(text)));
            }
            turn => {
                if matches!(turn, Turn::Follow) {
                    writes.push((path.clone(), *wanted));
                }
                staged.push((at(path), Staged::File(root.join(path))));
            }
        }
    }
    for path in &work.removals {
        match turn(path, None) {
            Turn::Leave => left.push(path),
            Turn::Follow => removals.push(path.clone()),
            Turn::There => {}
        }
        staged.push((at(path), Staged::Gone));
    }
    let render = |write: &(String, crate::cli::compile::Wanted)| {
        let file = write.1.render(program);
        (file.path, file.text)
    };
    disk.apply(&writes, render, &removals)?;
    change.repository.stage(&staged)?;
    let shown = &change.settings.output.shown;
    console.note(&format!("compiled what is staged, and staged it in `{shown}`: {}", work.summary()));
    for path in left.iter().take(MOST) {
        console.note(&format!("`{shown}/{path}` has changes that are not staged, and was left as it is"));
    }
    if left.len() > MOST {
        console.note(&format!("{} more were left as they are", counted(left.len() - MOST, "file", "files")));
    }
    if change.repository.commits_paths() {
        console.note(&format!(
            "a commit of named paths has an index of its own; after it, run `git reset --quiet -- {}`",
            super::settings::word(shown)
        ));
    }
    Ok(Exit::Done)
}

/// What is to be done with a file of the working tree, of which the index has the state before.
fn turn(disk: &Output, index: &dyn Tree, path: &str, wanted: Option<&str>) -> Turn {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    if !folder.is_empty() && matches!(disk.in_the_way(folder), Way::Blocked(..)) {
        return Turn::Leave;
    }
    let (Ok(before), Ok(there)) = (index.look(path), disk.look(path)) else { return Turn::Leave };
    match (there, before, wanted) {
        (Seen::Ours(there), _, Some(wanted)) if there == wanted => Turn::There,
        (Seen::Nothing, _, None) => Turn::There,
        (Seen::Ours(there), Seen::Ours(before), _) if there == before => Turn::Follow,
        (Seen::Nothing, Seen::Nothing, Some(_)) => Turn::Follow,
        _ => Turn::Leave,
    }
}
