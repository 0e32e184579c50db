//! Stages the output that a commit should have. What is not staged is the user's work, and is left as it is.

use std::borrow::Cow;

use anyhow::Result;
use tenantry::diag::catalog::counted;
use tenantry::render::freshness::{Leftover, judge_leftover};
use tenantry::report::escape;

use super::judge::{Change, Judged};
use super::settings::word;
use crate::cli::compile::{WAITING, Wanted};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::output::{Output, Seen, Tree, Way};
use crate::cli::path::bytes_of;
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
    /// It is not checked out.
    Skip,
}

/// What is done with all of them.
#[derive(Default)]
struct Turns<'w> {
    writes: Vec<(String, Wanted)>,
    removals: Vec<String>,
    there: usize,
    left: Vec<&'w str>,
    skipped: usize,
    staged: Vec<(Vec<u8>, Staged)>,
}

/// Whether pre-commit runs this program. It puts aside what is not staged and puts it back later as a patch, onto files
/// of which it knows only that they are as in the index.
fn is_in_framework() -> bool {
    std::env::var_os("PRE_COMMIT").is_some_and(|value| value == "1")
}

/// Compiles what is staged into the index, and into the working tree where that loses nothing.
///
/// Where pre-commit runs it, the index stays as it is, apart from what is not checked out, and the commit is refused if
/// there was anything to write: only then can pre-commit take back what its patch does not fit on.
pub fn stage(change: &Change<'_>, judged: Judged<'_>, console: &Console) -> Result<Exit> {
    let Judged { program, work, output, exit } = judged;
    if exit != Exit::Done || (work.changes.is_empty() && work.removals.is_empty()) {
        return Ok(exit);
    }
    let folder = &change.head.output.path;
    let root = change.repository.in_work_tree(folder)?;
    let disk = Output::new(&root);
    let _lock = disk.lock(|| console.warning(WAITING))?;
    let in_framework = is_in_framework();
    // Behind a link there could be anybody's files.
    let is_own = root.canonicalize().is_ok_and(|real| real == root);
    let sparse = change.repository.skipped(&change.head.output)?;
    let at = |path: &str| [&folder[..], &bytes_of(path)].join(&b'/');
    let turn = |path: &str, wanted: Option<&str>| match () {
        () if !is_own => Turn::Leave,
        () if sparse.has(&bytes_of(path)) && matches!(disk.look(path), Ok(Seen::Nothing)) => Turn::Skip,
        () => turn(&disk, output, path, wanted, in_framework),
    };
    let mut turns = Turns::default();
    for (path, wanted, _) in &work.changes {
        let text = wanted.render(program).text;
        let turn = turn(path, Some(&text));
        let staged = match turn {
            Turn::Leave | Turn::Skip => Staged::Text(text),
            Turn::Follow | Turn::There => Staged::File(root.join(path)),
        };
        if matches!(turn, Turn::Follow) {
            turns.writes.push((path.clone(), *wanted));
        }
        turns.count(path, &turn, (at(path), staged), in_framework);
    }
    for path in &work.removals {
        let turn = turn(path, None);
        if matches!(turn, Turn::Follow) {
            turns.removals.push(path.clone());
        }
        turns.count(path, &turn, (at(path), Staged::Gone), in_framework);
    }
    let writes: Vec<(&str, Wanted)> = turns.writes.iter().map(|(path, wanted)| (path.as_str(), *wanted)).collect();
    disk.apply(&writes, |wanted| wanted.render(program).text, &turns.removals)?;
    change.repository.stage(&turns.staged)?;
    let kept = turns.staged.iter().filter(|(path, staged)| {
        let below = path.get(folder.len() + 1..).unwrap_or_default();
        !matches!(staged, Staged::Gone) && sparse.has(below)
    });
    change.repository.skip(&kept.map(|(path, _)| path.as_slice()).collect::<Vec<_>>())?;
    turns.tell(change, &work.summary(), in_framework, console)
}

impl<'w> Turns<'w> {
    fn count(&mut self, path: &'w str, turn: &Turn, staged: (Vec<u8>, Staged), in_framework: bool) {
        match turn {
            Turn::Follow => {}
            Turn::There => self.there += 1,
            Turn::Leave => self.left.push(path),
            Turn::Skip => self.skipped += 1,
        }
        if !in_framework || matches!(turn, Turn::Skip) {
            self.staged.push(staged);
        }
    }

    /// Says what was done, and what is left to do.
    fn tell(&self, change: &Change<'_>, summary: &str, in_framework: bool, console: &Console) -> Result<Exit> {
        let shown = &change.settings.output.shown;
        let all_staged = !in_framework
            || (self.writes.is_empty() && self.removals.is_empty() && self.there == 0 && self.left.is_empty());
        if all_staged {
            console.note(&format!("compiled what is staged, and staged it in `{shown}`: {summary}"));
        }
        if self.skipped > 0 {
            let (files, verb) = (counted(self.skipped, "file", "files"), if self.skipped == 1 { "is" } else { "are" });
            console.note(&format!("{files} of `{shown}` {verb} not checked out here, and changed in the index alone"));
        }
        for path in self.left.iter().take(MOST) {
            let named = format!("{shown}/{path}");
            let named = escape::terminal(&named);
            console.note(&format!("`{named}` has changes that are not staged, and was left as it is"));
        }
        if self.left.len() > MOST {
            let more = counted(self.left.len() - MOST, "file", "files");
            console.note(&format!("{more} more were left as they are"));
        }
        let paths = change.repository.commits_paths();
        if !all_staged {
            let again = match paths {
                true => format!("`git commit {} {}`", word(&change.settings.input.shown), word(shown)),
                false => format!("`git add {}`, and commit again", word(shown)),
            };
            let compiled = match self.writes.is_empty() && self.removals.is_empty() {
                true => format!("what is staged compiles to more than is staged in `{shown}`"),
                false => format!("files were written: compiled what is staged into `{shown}` ({summary})"),
            };
            console.error(&format!("{compiled}; look at them, then {again}"));
            console.note(&format!(
                "if pre-commit takes this back, `{shown}` has changes that are not staged: `git restore {}` drops them, and \
                 `{}` makes them again after the commit",
                word(shown),
                change.settings.compile()
            ));
            return Ok(Exit::Different);
        }
        if paths {
            console.note(&format!(
                "a commit of named paths has an index of its own; after it, run `git reset --quiet -- {}`",
                word(shown)
            ));
        }
        Ok(Exit::Done)
    }
}

/// What is to be done with a file of the working tree, of which the index has the state before. Line ends that git makes
/// at checkout are nobody's change.
///
/// In pre-commit's hands, what is not tracked was not put aside; a compiled file that nobody edited can be made again.
fn turn(disk: &Output, index: &dyn Tree, path: &str, wanted: Option<&str>, in_framework: bool) -> Turn {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    if !folder.is_empty() && matches!(disk.in_the_way(folder), Way::Blocked(..)) {
        return Turn::Leave;
    }
    let (Ok(before), Ok(there)) = (index.look(path), disk.look(path)) else { return Turn::Leave };
    match (there, before, wanted) {
        (Seen::Ours(there), _, Some(wanted)) if there == wanted => Turn::There,
        (Seen::Nothing, _, None) => Turn::There,
        (Seen::Ours(there), _, Some(wanted)) if unix(&there) == wanted => Turn::Follow,
        (Seen::Ours(there), Seen::Ours(before), _) if there == before || unix(&there) == before => Turn::Follow,
        (Seen::Ours(there), Seen::Nothing, _)
            if in_framework && matches!(judge_leftover(&there), Leftover::Ours(_)) =>
        {
            Turn::Follow
        }
        (Seen::Nothing, Seen::Nothing, Some(_)) => Turn::Follow,
        _ => Turn::Leave,
    }
}

/// A text with Unix line ends.
fn unix(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
}
