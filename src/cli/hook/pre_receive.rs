//! Judges a push, in the repository that is pushed to, before git takes it.

use std::io::{self, IsTerminal};

use anyhow::{Result, bail};

use super::judge::{Change, Side};
use super::push::{self, Update};
use super::settings::{Settings, word};
use crate::cli::args::{Common, PreReceive};
use crate::cli::clock::{self, AsOf};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::revision::{Commit, Repository};

/// Most branches of one push that are judged. Each is a whole inventory.
const MOST: usize = 100;

/// Where Gitea and Forgejo say who pushes. They set it themselves, for every push.
const PUSHER: &str = "GITEA_PUSHER_EMAIL";

/// Judges a push. Of several branches, the worst counts, and all are said.
pub fn run(options: &PreReceive, common: &Common, console: &Console) -> Result<Exit> {
    if io::stdin().is_terminal() {
        bail!("`tenantry hook pre-receive` reads lines `OLD NEW REF` from stdin, which is a terminal; git sends them");
    }
    if options.actor.as_deref().is_some_and(|name| name.trim().is_empty()) {
        bail!("`--actor` is empty: say who pushes, or leave it out");
    }
    let as_of = clock::as_of(common.as_of.as_deref())?;
    let mut updates = push::read(io::stdin().lock())?;
    let repository = Repository::open_pushed()?;
    let mut settings = Settings::read(&options.folders, &repository)?;
    if !options.references.is_empty() {
        settings.references.clone_from(&options.references);
    }
    if let Some(pattern) = settings.references.iter().find(|pattern| !push::is_for_branches(pattern)) {
        bail!("`{pattern}` is no pattern for branches, and nothing else is judged");
    }
    let names: Vec<&str> = updates.iter().map(|update| update.reference.as_str()).collect();
    let targets = repository.behind(&names)?;
    for (update, target) in updates.iter_mut().zip(targets) {
        update.target = target;
    }
    let default = repository.default_branch()?;
    if settings.references.is_empty() && default.is_none() {
        bail!("HEAD of this repository is no branch; say with --ref which branches are judged");
    }
    // Of a repository whose default branch is not there, nobody knows which branch counts: all do.
    let nowhere = match &default {
        Some(default) if !updates.iter().any(|update| update.target == *default && update.new.is_some()) => {
            (!repository.has_reference(default)?).then_some(default)
        }
        _ => None,
    };
    let matters = |update: &&Update| {
        let is_default = default.as_ref() == Some(&update.target);
        let is_asked = settings.references.iter().any(|pattern| push::is_for(pattern, &update.target));
        is_default || update.branch().is_some() && (is_asked || nowhere.is_some())
    };
    let updates: Vec<&Update> = updates.iter().filter(matters).collect();
    if let Some(default) = nowhere.filter(|_| !updates.is_empty()) {
        let pushed = match &updates[..] {
            [update] => word(&update.target),
            _ => "refs/heads/BRANCH".to_owned(),
        };
        console.warning(&format!(
            "HEAD of this repository names `{default}`, which is not there, so every branch is judged; who runs the server \
             has it name the one that counts: `git symbolic-ref HEAD {pushed}`"
        ));
    }
    if updates.len() > MOST {
        bail!("{} branches in one push are too many to judge; push at most {MOST} at a time", updates.len());
    }
    let pusher = std::env::var(PUSHER).ok().filter(|address| address.contains('@'));
    let push = Push {
        repository: &repository,
        settings: &settings,
        default: default.as_deref(),
        actor: options.actor.as_deref().map(str::trim),
        pusher: pusher.as_deref(),
        as_of,
        console,
    };
    let mut exit = Exit::Done;
    for update in updates {
        let judged = push.judge(update).unwrap_or_else(|error| {
            console.error(&format!("{error:#}"));
            Exit::Wrong
        });
        if judged != Exit::Done {
            console.error(&format!("the push to {} is refused", update.shown()));
        }
        exit = exit.max(judged);
    }
    Ok(exit)
}

struct Push<'p> {
    repository: &'p Repository,
    settings: &'p Settings,
    default: Option<&'p str>,
    actor: Option<&'p str>,
    pusher: Option<&'p str>,
    as_of: AsOf,
    console: &'p Console,
}

impl Push<'_> {
    fn judge(&self, update: &Update) -> Result<Exit> {
        let branch = update.branch().unwrap_or(&update.target);
        let Some(new) = &update.new else { return self.deleted(update) };
        // A pushed object has no name yet, so it is asked for by its id.
        let new = Commit { name: branch.to_owned(), id: self.repository.resolve(new.as_str())?.id };
        let base = self.base(update, &new)?;
        let head = self.side(&new)?;
        let before = base.as_ref().map(|base| self.side(base)).transpose()?;
        if before.as_ref().is_some_and(|before| before.is_same(&head)) {
            return Ok(Exit::Done);
        }
        let authors = match &base {
            Some(base) => self.repository.authors(base, &new)?,
            None => self.repository.authors_of_new(&new)?,
        };
        let change = Change {
            repository: self.repository,
            settings: self.settings,
            base: before.as_ref(),
            head: &head,
            actor: self.actor,
            pusher: self.pusher,
            authors: &authors,
            as_of: self.as_of,
            warnings: false,
        };
        change.judge(self.console, |judged| {
            let mends = format!("run `{}`, commit and push again", change.compile_and_add());
            Ok(change.stale(judged, &mends, self.console))
        })
    }

    /// What a branch is compared with: what it stood for. A new one is compared with where it left the default branch.
    fn base(&self, update: &Update, new: &Commit) -> Result<Option<Commit>> {
        if let Some(old) = &update.old {
            return self.repository.resolve(old.as_str()).map(Some);
        }
        let Some(default) = self.default.filter(|default| *default != update.target) else { return Ok(None) };
        if !self.repository.has_reference(default)? {
            return Ok(None);
        }
        let default = self.repository.resolve(default)?;
        Ok(match self.repository.are_related(&default, new)? {
            true => Some(self.repository.merge_base(&default, new)?),
            false => None,
        })
    }

    /// Without its default branch, a repository has no inventory: every namespace would vanish at once. Other branches
    /// come and go.
    fn deleted(&self, update: &Update) -> Result<Exit> {
        let Some(old) = update.old.as_ref().filter(|_| self.default == Some(&update.target)) else {
            return Ok(Exit::Done);
        };
        let old = self.repository.resolve(old.as_str())?;
        if !self.repository.list(&old, &self.settings.input)?.is_there() {
            return Ok(Exit::Done);
        }
        self.console.error(
            "this deletes the default branch, and the whole inventory with it\n  help: have HEAD of the repository name \
             another branch first, which only who runs it can do: `git symbolic-ref HEAD refs/heads/OTHER`",
        );
        Ok(Exit::Refused)
    }

    fn side(&self, commit: &Commit) -> Result<Side> {
        let folders = [&self.settings.input, &self.settings.output];
        let [input, output] = self.repository.list_all(commit, folders)?;
        Ok(Side { name: commit.shown(), input, output })
    }
}
