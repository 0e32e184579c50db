//! Revisions: what a name stands for, where two histories part, and who wrote what came since.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};

use super::Repository;
use super::git::complaint;
use super::tree::ObjectId;

#[cfg(test)]
mod tests;

/// A commit, and how somebody named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// As it was asked for.
    pub name: String,
    /// Its id.
    pub id: ObjectId,
}

impl Commit {
    /// The name and the beginning of the id, for people.
    pub fn shown(&self) -> String {
        let short = &self.id.as_str()[..12];
        if self.name.starts_with(short) { short.to_owned() } else { format!("{} ({short})", self.name) }
    }
}

impl Repository {
    /// The commit that a revision names: a branch, a tag, an id, `HEAD~3`.
    pub fn resolve(&self, revision: &str) -> Result<Commit> {
        if revision.is_empty() || revision.starts_with('-') || revision.contains(['\0', '\n']) {
            bail!("{revision:?} is no revision");
        }
        let peeled = format!("{revision}^{{commit}}");
        let output = self.git.run(["rev-parse", "--verify", "--quiet", "--end-of-options", &peeled])?;
        let printed = String::from_utf8_lossy(&output.stdout);
        match printed.lines().last().and_then(|line| ObjectId::parse(line.as_bytes())) {
            Some(id) if output.status.success() => Ok(Commit { name: revision.to_owned(), id }),
            _ => bail!(self.unknown(revision)?),
        }
    }

    /// What to do about a revision that is not there.
    fn unknown(&self, revision: &str) -> Result<String> {
        let shallow = self.is_shallow()?;
        let remotes = String::from_utf8_lossy(&self.git.run(["remote"])?.stdout).into_owned();
        // Where a name goes on with ancestors, it is the name that has to be fetched.
        let name = revision.split(['^', '~', '@', ':']).next().filter(|name| !name.is_empty()).unwrap_or(revision);
        let remote_branch = remotes
            .lines()
            .find_map(|remote| Some((remote, name.strip_prefix(remote)?.strip_prefix('/')?)))
            .filter(|(_, branch)| !branch.is_empty());
        let (remote, what) = match remote_branch {
            Some((remote, branch)) => (remote, format!(" '+refs/heads/{branch}:refs/remotes/{remote}/{branch}'")),
            None if name == "HEAD" => ("origin", String::new()),
            None => ("origin", format!(" {}", quoted(name))),
        };
        let remote = remotes.lines().find(|known| *known == remote).or_else(|| remotes.lines().next());
        let problem = format!("there is no revision `{revision}` in `{}`", self.shown());
        Ok(match (remote, shallow) {
            (Some(remote), true) => format!(
                "{problem}, which is a shallow clone; fetch it with `git fetch --unshallow {remote}{what}` (on GitHub, check out with \
                 `fetch-depth: 0`)"
            ),
            (Some(remote), false) if name != "HEAD" => {
                format!("{problem}; if another repository has it, fetch it with `git fetch {remote}{what}`")
            }
            _ => problem,
        })
    }

    /// The commit at which the histories of two commits parted: what a change of `head` is judged against, so that what
    /// others did on base since does not look like part of it.
    pub fn merge_base(&self, base: &Commit, head: &Commit) -> Result<Commit> {
        let output = self.git.run(["merge-base", base.id.as_str(), head.id.as_str()])?;
        let printed = String::from_utf8_lossy(&output.stdout);
        if let Some(id) = printed.lines().next().and_then(|line| ObjectId::parse(line.as_bytes())) {
            let name = if id == base.id { base.name.clone() } else { format!("{}...{}", base.name, head.name) };
            return Ok(Commit { name, id });
        }
        if output.status.code() != Some(1) {
            bail!("git: {}", complaint(&output.stderr));
        }
        let (base, head) = (base.shown(), head.shown());
        if self.is_shallow()? {
            bail!(
                "`{}` is a shallow clone, and its history ends before {base} and {head} meet; fetch the rest with `git fetch \
                 --unshallow`, or part of it with `git fetch --deepen=100` (on GitHub, check out with `fetch-depth: 0`)",
                self.shown()
            );
        }
        bail!("{base} and {head} have no commit in common; compare with the base itself: --no-merge-base")
    }

    /// The e-mail addresses of those who wrote the commits that `head` has and `base` has not. Anybody can write any
    /// address into a commit, so this is a hint and no proof.
    pub fn authors(&self, base: &Commit, head: &Commit) -> Result<BTreeSet<String>> {
        self.authors_without(&[format!("^{}", base.id.as_str())], head)
    }

    /// The same for a commit that is compared with nothing: those who wrote what no branch or tag has yet.
    pub fn authors_of_new(&self, head: &Commit) -> Result<BTreeSet<String>> {
        self.authors_without(&["--not".to_owned(), "--all".to_owned()], head)
    }

    fn authors_without(&self, without: &[String], head: &Commit) -> Result<BTreeSet<String>> {
        // Authors, committers, and those whom a commit says to have had a hand in it.
        let format = "--format=%ae%x1f%ce%x1f%(trailers:key=Co-authored-by,valueonly,separator=%x1f)";
        let printed = self.git.bytes(
            ["rev-list", format, head.id.as_str()].into_iter().chain(without.iter().map(String::as_str)).chain(["--"]),
        )?;
        let printed = String::from_utf8_lossy(&printed).into_owned();
        // Each commit has a line of its own before what the format asks for.
        let people = printed.lines().skip(1).step_by(2).flat_map(|line| line.split('\u{1f}'));
        let email = |person: &str| match person.rsplit_once('<') {
            Some((_, email)) => email.trim_end_matches('>').trim().to_owned(),
            None => person.trim().to_owned(),
        };
        Ok(people.map(email).filter(|email| !email.is_empty()).collect())
    }

    fn is_shallow(&self) -> Result<bool> {
        let printed = self.git.bytes(["rev-parse", "--is-shallow-repository"]).context("cannot look at the clone")?;
        Ok(printed.starts_with(b"true"))
    }
}

/// A word for a shell, if it needs quotes.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+".contains(letter);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}
