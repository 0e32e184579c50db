//! Real repositories, made in temporary folders, for tests.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::git::Surroundings;
use super::{Commit, Folder, Listing, Repository};
use crate::cli::read::Input;

pub const FIRST: &str = "first: 1\n";

/// A temporary folder that holds repositories.
pub struct Place {
    pub folder: TempDir,
    pub variables: BTreeMap<OsString, OsString>,
}

impl Place {
    pub fn new() -> Place {
        let alone = [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")];
        let variables = alone.map(|(name, value)| (name.into(), value.into())).into_iter().collect();
        Place { folder: TempDir::new().expect("a temporary folder"), variables }
    }

    /// A place with one repository, `main`, whose only commit has `input/a.yaml`.
    pub fn with_repository() -> Place {
        let place = Place::new();
        place.git(".", "init --quiet --initial-branch=main main");
        place.write("main/input/a.yaml", FIRST);
        place.commit("first");
        place
    }

    pub fn path(&self, below: &str) -> std::path::PathBuf {
        self.folder.path().join(below)
    }

    pub fn write(&self, below: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, bytes).expect("a file");
    }

    pub fn git(&self, folder: &str, words: &str) -> String {
        self.git_with(folder, &words.split(' ').collect::<Vec<_>>())
    }

    pub fn git_with(&self, folder: &str, words: &[&str]) -> String {
        let mut command = Command::new("git");
        let folder = self.path(folder);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
            command.env_remove(name);
        }
        let settings = ["user.name=Ada", "protocol.file.allow=always", "commit.gpgSign=false", "gc.auto=0"];
        command.args(settings.iter().flat_map(|setting| ["-c", setting]));
        command.current_dir(folder).args(words).envs(&self.variables);
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_EMAIL"), "ada@example.org").env(format!("GIT_{who}_NAME"), "Ada");
            command.env(format!("GIT_{who}_DATE"), "2026-11-22T00:00:00Z");
        }
        let output = command.output().expect("git");
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    pub fn commit(&self, message: &str) -> String {
        self.git("main", "add --all");
        self.git_with("main", &["commit", "--quiet", "--allow-empty", "--message", message]);
        self.git("main", "rev-parse HEAD")
    }

    pub fn surroundings(&self, folder: &str) -> Surroundings {
        Surroundings { folder: self.path(folder), variables: self.variables.clone() }
    }

    pub fn open(&self, folder: &str) -> Repository {
        self.open_with(folder, "input", &[]).expect("a repository")
    }

    pub fn open_with(&self, folder: &str, input: &str, variables: &[(&str, &Path)]) -> anyhow::Result<Repository> {
        let mut surroundings = self.surroundings(folder);
        let variables = variables.iter().map(|(name, value)| ((*name).into(), value.as_os_str().to_owned()));
        surroundings.variables.extend(variables);
        Repository::open_in(Path::new(input), surroundings)
    }
}

impl Repository {
    pub fn commit(&self, revision: &str) -> Commit {
        self.resolve(revision).expect("a revision")
    }

    pub fn listing(&self, revision: &str, input: &str) -> Listing {
        self.list(&self.commit(revision), &self.folder(Path::new(input)).expect("a folder")).expect("a listing")
    }

    pub fn inventory(&self, revision: &str, input: &str) -> Input {
        let [input] = self.read_inventories([&self.listing(revision, input)]).expect("an inventory");
        input
    }

    pub fn list_staged(&self, folder: &Folder) -> anyhow::Result<Listing> {
        let [listing] = self.list_all_staged([folder])?;
        Ok(listing)
    }

    pub fn staged(&self) -> Input {
        let listing = self.list_staged(&self.folder(Path::new("input")).expect("a folder")).expect("a listing");
        let [input] = self.read_inventories([&listing]).expect("an inventory");
        input
    }
}

/// Name and text of each file, and what is wrong.
pub fn shown(input: &Input) -> (Vec<(String, String)>, Vec<String>) {
    let files = input.sources.files().map(|(_, file)| (file.path().to_owned(), file.text().to_owned()));
    let found = input.found.iter().map(|found| format!("{:?}: {}", found.place, found.message));
    let (files, mut found) = (files.collect(), found.collect::<Vec<_>>());
    found.sort();
    (files, found)
}

pub fn names(input: &Input) -> Vec<&str> {
    input.sources.files().map(|(_, file)| file.path()).collect()
}

#[track_caller]
pub fn fails<T>(result: anyhow::Result<T>, part: &str) {
    let error = result.err().map(|error| format!("{error:#}")).unwrap_or_default();
    assert!(error.contains(part), "wanted {part:?}, got {error:?}");
}
