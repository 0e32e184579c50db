//! Judges what is staged against what is checked out.

use anyhow::{Result, bail};

use super::judge::{Change, Side};
use super::settings::{Settings, word};
use super::write;
use crate::cli::args::{Common, PreCommit};
use crate::cli::clock;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::revision::Repository;

/// Judges a commit in the making.
pub fn run(options: &PreCommit, common: &Common, console: &Console) -> Result<Exit> {
    let as_of = clock::as_of(common.as_of.as_deref())?;
    let repository = Repository::open(std::path::Path::new("."))?;
    repository.work_tree()?;
    let mut settings = Settings::read(&options.folders, &repository)?;
    settings.stages = options.stage || (settings.stages && !options.check);
    let folders = [&settings.input, &settings.output];
    let [input, output] = repository.list_all_staged(folders)?;
    let head = Side { name: "what is staged".to_owned(), input, output };
    let base = match repository.head()? {
        None => None,
        Some(commit) => {
            let [input, output] = repository.list_all(&commit, folders)?;
            Some(Side { name: commit.shown(), input, output })
        }
    };
    let untouched = match &base {
        Some(base) => base.is_same(&head) && !options.all,
        None => !head.input.is_there() && !head.output.is_there(),
    };
    if untouched {
        return Ok(Exit::Done);
    }
    if settings.stages && !head.output.is_there() && repository.is_ignored(&settings.output)? {
        bail!("git ignores `{}`, so nothing in it can be staged", settings.output.shown);
    }
    let authors = repository.whoever_commits()?;
    let change = Change {
        repository: &repository,
        settings: &settings,
        base: base.as_ref(),
        head: &head,
        actor: None,
        pusher: None,
        authors: &authors,
        as_of,
        warnings: true,
    };
    let exit = change.judge(console, |judged| {
        if settings.stages {
            return write::stage(&change, judged, console);
        }
        let mends = if repository.commits_paths() {
            let paths = format!("{} {}", word(&settings.input.shown), word(&settings.output.shown));
            format!("run `{}`, and commit both: `git commit {paths}`", change.compile_and_add())
        } else {
            format!("run `{}`, and commit again", change.compile_and_add())
        };
        Ok(change.stale(judged, &mends, console))
    })?;
    if exit == Exit::Refused {
        console.note(
            "if it is meant that a tenant's access or namespaces go: `git -c tenantry.allowRemoval=TENANT commit`; \
             `git commit --no-verify` goes around all checks",
        );
    }
    Ok(exit)
}
