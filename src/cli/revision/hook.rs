//! What hooks ask of a repository: its settings, its branches, and where a push keeps what is not accepted yet.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::git::{Surroundings, complaint, path_of};
use super::listing::normal;
use super::tree::Folder;
use super::{Commit, Repository};
use crate::cli::path::{bytes_of, os_string, text_of};
use crate::cli::read::shown_path;

/// A setting of git.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its name without the section, in lower case.
    pub name: String,
    /// What it says; nothing if only the name stands there.
    pub value: Option<String>,
}

impl Repository {
    /// The repository that a push goes to, in a hook of it.
    ///
    /// Git runs such a hook in the repository's own folder. What the environment says has to agree with that: another
    /// `GIT_DIR`, or new objects elsewhere than below its folder of objects, is refused.
    pub fn open_pushed() -> Result<Repository> {
        let told = Surroundings::of_process()?;
        let repository = Repository::open(Path::new("."))?;
        let here = told.folder.canonicalize().context("the current folder is gone")?;
        if told.variable("GIT_DIR").is_some()
            && (repository.git.surroundings().variable("GIT_DIR").is_none() || repository.directory != here)
        {
            bail!("GIT_DIR names another repository than the one that this hook runs in, `{}`", shown_path(&here));
        }
        for name in ["GIT_OBJECT_DIRECTORY", "GIT_QUARANTINE_PATH"] {
            let Some(value) = told.variable(name) else { continue };
            let plain = Repository::open_in(Path::new("."), told.unbound())?;
            let objects = path_of(&plain.git.bytes(["rev-parse", "--git-path", "objects"])?);
            let objects = here.join(objects).canonicalize().context("the repository has no folder of objects")?;
            let place = here.join(value).canonicalize();
            if !place.is_ok_and(|place| place.starts_with(&objects)) {
                bail!("{name} is not in the repository `{}` that this hook runs in", shown_path(&here));
            }
        }
        Ok(repository)
    }

    /// A folder by its path below the root of the repository, wherever the program runs.
    pub fn folder_below_root(path: &Path) -> Result<Folder> {
        let shown = shown_path(path);
        let sound = !path.as_os_str().is_empty() && !path.has_root();
        let below = normal(shown.as_bytes()).filter(|_| sound && path.to_str().is_some());
        let below = below.with_context(|| format!("`{shown}`: name a folder below the root of the repository"))?;
        let shown = if below.is_empty() { ".".to_owned() } else { String::from_utf8_lossy(&below).into_owned() };
        Ok(Folder { path: below, shown })
    }

    /// The commit that is checked out; none before the first one.
    pub fn head(&self) -> Result<Option<Commit>> {
        let branch = self.default_branch()?;
        match self.resolve("HEAD") {
            Ok(commit) => Ok(Some(commit)),
            Err(error) => match branch {
                Some(branch) if !self.has_reference(&branch)? => Ok(None),
                _ => Err(error),
            },
        }
    }

    /// The whole name of the branch that `HEAD` stands for, be it there or not; none if it stands for a commit.
    pub fn default_branch(&self) -> Result<Option<String>> {
        let output = self.git.run(["symbolic-ref", "--quiet", "HEAD"])?;
        match output.status.code() {
            Some(0) => Ok(Some(text_of(output.stdout.trim_ascii_end()))),
            Some(1) => Ok(None),
            _ => bail!("git: {}", complaint(&output.stderr)),
        }
    }

    /// The whole names of what references really stand for, one for one: a push to a symbolic one changes the other.
    pub fn behind(&self, names: &[&str]) -> Result<Vec<String>> {
        let common = path_of(&self.git.bytes(["rev-parse", "--git-common-dir"])?);
        let folders = [self.git.surroundings().folder.join(common), self.directory.clone()];
        // A symbolic reference is a file of its own, unless all are in tables; of a large push, few are asked for.
        let tables = folders.iter().any(|folder| folder.join("reftable").exists());
        let is_file = |name: &OsStr| folders.iter().any(|folder| folder.join(name).symlink_metadata().is_ok());
        let behind = |name: &&str| {
            let bytes = os_string(&bytes_of(name));
            if !tables && !is_file(&bytes) {
                return Ok((*name).to_owned());
            }
            let output = self.git.run([OsStr::new("symbolic-ref"), OsStr::new("--quiet"), &bytes])?;
            match output.status.code() {
                Some(0) => Ok(text_of(output.stdout.trim_ascii_end())),
                Some(1) => Ok((*name).to_owned()),
                _ => bail!("git: {}", complaint(&output.stderr)),
            }
        };
        names.iter().map(behind).collect()
    }

    /// Whether a reference is there, by its whole name.
    pub fn has_reference(&self, name: &str) -> Result<bool> {
        let name = os_string(&bytes_of(name));
        let output =
            self.git.run(["show-ref", "--verify", "--quiet", "--"].map(OsString::from).into_iter().chain([name]))?;
        Ok(output.status.success())
    }

    /// Whether two commits have history in common.
    pub fn are_related(&self, one: &Commit, other: &Commit) -> Result<bool> {
        let output = self.git.run(["merge-base", one.id.as_str(), other.id.as_str()])?;
        match output.status.code() {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            _ => bail!("git: {}", complaint(&output.stderr)),
        }
    }

    /// Everything that git's configuration says in a section, in its order.
    pub fn settings(&self, section: &str) -> Result<Vec<Setting>> {
        let pattern = format!("^{section}\\.");
        let output = self.git.run(["config", "--null", "--get-regexp", &pattern])?;
        match output.status.code() {
            Some(0) => {}
            Some(1) => return Ok(Vec::new()),
            _ => bail!("git: {}", complaint(&output.stderr)),
        }
        let text = String::from_utf8(output.stdout).context("git's configuration is no text")?;
        let entries = text.split('\0').filter(|entry| !entry.is_empty());
        Ok(entries
            .map(|entry| {
                let (key, value) = entry.split_once('\n').map_or((entry, None), |(key, value)| (key, Some(value)));
                let name = key.strip_prefix(section).and_then(|rest| rest.strip_prefix('.')).unwrap_or(key);
                Setting { name: name.to_owned(), value: value.map(str::to_owned) }
            })
            .collect())
    }

    /// Where git looks for hooks, if that is configured.
    pub fn hooks_path(&self) -> Result<Option<String>> {
        let mut paths: Vec<Option<String>> =
            self.settings("core")?.into_iter().filter(|it| it.name == "hookspath").map(|it| it.value).collect();
        // The last one is ours: git is never to run a hook for us.
        paths.pop();
        Ok(paths.pop().flatten())
    }

    /// Names of the hooks that the repository's own folder has, apart from samples.
    pub fn own_hooks(&self) -> Result<Vec<String>> {
        let common = self.git.bytes(["rev-parse", "--git-common-dir"])?;
        let folder = self.git.surroundings().folder.join(path_of(&common)).join("hooks");
        let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter(|name| !name.ends_with(".sample")).collect();
        names.sort_unstable();
        Ok(names)
    }

    /// Whether the commit in the making is one of named paths alone (`git commit PATH`): it has an index of its own,
    /// which git throws away behind it.
    pub fn commits_paths(&self) -> bool {
        let index = self.git.surroundings().variable("GIT_INDEX_FILE").map(Path::new);
        let name = index.and_then(Path::file_name).map(|name| name.as_encoded_bytes().starts_with(b"next-index-"));
        name.unwrap_or(false)
    }
}
