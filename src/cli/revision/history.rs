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
    /// The commits that two revisions name, from one process of git where both are there.
    pub fn resolve_both(&self, revisions: [&str; 2]) -> Result<[Commit; 2]> {
        if let Some([one, two]) = self.ids(revisions) {
            let commit = |name: &str, id| Commit { name: name.to_owned(), id };
            return Ok([commit(revisions[0], one), commit(revisions[1], two)]);
        }
        // What is wrong with one of them takes more questions.
        let [one, two] = revisions;
        Ok([self.resolve(one)?, self.resolve(two)?])
    }

    /// The ids of the commits that two revisions name; `None` if one of them names none.
    fn ids(&self, revisions: [&str; 2]) -> Option<[ObjectId; 2]> {
        if !revisions.iter().all(|revision| is_name(revision)) {
            return None;
        }
        let asked: String = revisions.map(|revision| format!("{revision}^{{commit}}\n")).concat();
        let printed = self.feed(&["cat-file", "--batch-check"], asked.as_bytes()).ok()?;
        let id = |line: &str| {
            let (id, rest) = line.split_once(' ')?;
            ObjectId::parse(id.as_bytes()).filter(|_| rest.starts_with("commit "))
        };
        let ids: Vec<Option<ObjectId>> = String::from_utf8_lossy(&printed).lines().map(id).collect();
        match <[Option<ObjectId>; 2]>::try_from(ids) {
            Ok([Some(one), Some(two)]) => Some([one, two]),
            _ => None,
        }
    }

    /// The commit that a revision names: a branch, a tag, an id, `HEAD~3`.
    pub fn resolve(&self, revision: &str) -> Result<Commit> {
        if !is_name(revision) {
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

    /// What to do about a revision that is not there. Whatever is to be typed works as it stands, and the revision is there
    /// afterwards under the name that is said.
    fn unknown(&self, revision: &str) -> Result<String> {
        let shallow = self.is_shallow()?;
        let remotes = String::from_utf8_lossy(&self.git.run(["remote"])?.stdout).into_owned();
        let problem = format!("there is no revision `{revision}` in `{}`", self.shown());
        // Where a name goes on with ancestors, it is the name that has to be fetched.
        let name = revision.split(['^', '~', '@', ':']).next().filter(|name| !name.is_empty()).unwrap_or(revision);
        let ancestors = &revision[name.len()..];
        let known = |wanted: &str| remotes.lines().find(|remote| *remote == wanted);
        let remote_branch = name
            .split_once('/')
            .and_then(|(remote, branch)| Some((known(remote)?, branch)))
            .filter(|it| !it.1.is_empty());
        let Some(remote) = remote_branch.map(|it| it.0).or(known("origin")).or_else(|| remotes.lines().next()) else {
            return Ok(problem);
        };
        let tracked = format!("{remote}/{name}");
        let is_id = name.len() >= 7 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        let branch = |branch: &str| quoted_always(&format!("+refs/heads/{branch}:refs/remotes/{remote}/{branch}"));
        // What to fetch, and the name that it has then, if that is another one.
        let (what, then) = match remote_branch {
            Some((_, name)) => (Some(branch(name)), None),
            None if name == "HEAD" => (None, None),
            None if is_id && ObjectId::parse(name.as_bytes()).is_none() => (None, None),
            None if is_id || name.starts_with('-') => (Some(quoted(name)), None),
            None if is_version(name) => (Some(format!("tag {}", quoted(name))), None),
            None if name.starts_with("refs/") => (Some(quoted_always(&format!("+{name}:{name}"))), None),
            None if self.has(&tracked)? => return Ok(format!("{problem}; did you mean `{tracked}{ancestors}`?")),
            None => (Some(branch(name)), Some(tracked)),
        };
        if what.is_none() && !shallow && name == "HEAD" {
            return Ok(problem);
        }
        let what = what.map(|what| format!(" {what}")).unwrap_or_default();
        let then = then.map(|then| format!(" and name it `{then}{ancestors}`")).unwrap_or_default();
        Ok(if shallow {
            format!(
                "{problem}, which is a shallow clone; fetch it with `git fetch --unshallow {remote}{what}`{then} (on GitHub, check \
                 out with `fetch-depth: 0`)"
            )
        } else {
            format!("{problem}; if another repository has it, fetch it with `git fetch {remote}{what}`{then}")
        })
    }

    /// Whether a revision is there.
    fn has(&self, revision: &str) -> Result<bool> {
        let peeled = format!("{revision}^{{commit}}");
        Ok(self.git.run(["rev-parse", "--verify", "--quiet", "--end-of-options", &peeled])?.status.success())
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

    /// The e-mail addresses that a commit made now would carry: those of `GIT_AUTHOR_EMAIL` and `GIT_COMMITTER_EMAIL`, else
    /// of git's configuration, such as `user.email`. None if nobody has set any. As little a proof as [`Self::authors`].
    pub fn whoever_commits(&self) -> Result<BTreeSet<String>> {
        let mut people = BTreeSet::new();
        for variable in ["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"] {
            // What git would make of the names of the user and the machine says nothing. A person's name is not asked
            // for, but without one git says nothing at all.
            let output =
                self.git.run(["-c", "user.useConfigOnly=true", "-c", "user.name=somebody", "var", variable])?;
            let printed = String::from_utf8_lossy(&output.stdout).into_owned();
            let email = printed.rsplit_once('<').and_then(|(_, rest)| rest.split('>').next()).unwrap_or_default();
            people.extend(Some(email.trim().to_owned()).filter(|it| output.status.success() && !it.is_empty()));
        }
        Ok(people)
    }

    fn is_shallow(&self) -> Result<bool> {
        let printed = self.git.bytes(["rev-parse", "--is-shallow-repository"]).context("cannot look at the clone")?;
        Ok(printed.starts_with(b"true"))
    }
}

/// Whether a text can be asked for at all.
fn is_name(revision: &str) -> bool {
    !revision.is_empty() && !revision.starts_with('-') && !revision.contains(['\0', '\n'])
}

/// Whether a name looks like a tag's, as in `v1.2`.
fn is_version(name: &str) -> bool {
    let digits = name.strip_prefix('v').unwrap_or(name);
    digits.starts_with(|first: char| first.is_ascii_digit()) && digits.contains('.')
}

/// A word for a shell, in quotes if it needs them.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+".contains(letter);
    if word.chars().all(plain) { word.to_owned() } else { quoted_always(word) }
}

/// A word for a shell, in quotes.
fn quoted_always(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}
