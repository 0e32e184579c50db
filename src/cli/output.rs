//! The output folder: what is in it, and how it is changed.
//!
//! Every file is written beside its place and then renamed, all of them after the last one could be written: a run that
//! fails or is killed leaves whole files behind, and the next one clears up. Nothing is ever followed out of the folder.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use tenantry::diag::{Diagnostic, catalog::folder as catalog};
use tenantry::render::layout;

/// How names of files that are being written begin and end.
const TEMPORARY: (&str, &str) = (".tenantry-", ".tmp");

/// A file's text, `None` if it is no UTF-8, or what stands there instead of a file.
type Text = Result<Option<String>, Box<Diagnostic>>;

/// What a folder of the output holds.
#[derive(Debug, Default)]
pub struct Found {
    /// Texts of `.yaml` files by their path below the output folder. `None` for what is no UTF-8.
    pub files: BTreeMap<String, Option<String>>,
    /// What is in the way.
    pub problems: Vec<Diagnostic>,
    /// Leftovers of a run that was killed.
    pub temporary: Vec<PathBuf>,
}

/// The output folder.
#[derive(Debug, Clone)]
pub struct Output {
    root: PathBuf,
    shown: String,
}

impl Output {
    /// The folder at a path; it need not be there.
    pub fn new(root: &Path) -> Output {
        Output { root: root.to_owned(), shown: root.to_string_lossy().replace('\\', "/") }
    }

    /// How people name a path below the folder.
    pub fn shown(&self, path: &str) -> String {
        format!("{}/{path}", self.shown.trim_end_matches('/'))
    }

    /// Whether the folder is there at all.
    pub fn exists(&self) -> bool {
        self.root.symlink_metadata().is_ok()
    }

    /// Names of the clusters that the folder has output for.
    pub fn clusters(&self) -> Result<Vec<String>> {
        let mut clusters = Vec::new();
        for entry in entries(&self.root)? {
            let entry = entry.with_context(|| format!("cannot read `{}`", self.shown))?;
            let name = entry.file_name();
            if let Some(name) = name.to_str().filter(|name| !name.starts_with('.'))
                && self.root.join(name).join(layout::TENANTS).is_dir()
            {
                clusters.push(name.to_owned());
            }
        }
        clusters.sort_unstable();
        Ok(clusters)
    }

    /// What a cluster's folders hold.
    pub fn survey(&self, cluster: &str) -> Result<Found> {
        let mut found = Found::default();
        for folder in [layout::TENANTS, layout::PLATFORM_OBJECTS] {
            self.survey_folder(&format!("{cluster}/{folder}"), &mut found)?;
        }
        Ok(found)
    }

    fn survey_folder(&self, folder: &str, found: &mut Found) -> Result<()> {
        if let Some(problem) = self.in_the_way(folder) {
            found.problems.push(problem);
            return Ok(());
        }
        let path = self.root.join(folder);
        let mut names = Vec::new();
        for entry in entries(&path)? {
            let entry = entry.with_context(|| format!("cannot read `{}`", self.shown(folder)))?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1) {
                found.temporary.push(path.join(name));
            } else if name.ends_with(".yaml") {
                names.push((name, entry));
            }
        }
        names.sort_by(|a, b| a.0.cmp(&b.0));
        let read: Vec<(String, Text)> = names
            .into_par_iter()
            .map(|(name, entry)| {
                let below = format!("{folder}/{name}");
                let text = self.read(&below, &entry);
                (below, text)
            })
            .collect();
        for (below, text) in read {
            match text {
                Ok(text) => drop(found.files.insert(below, text)),
                Err(problem) => found.problems.push(*problem),
            }
        }
        Ok(())
    }

    /// The text of a file that a survey found.
    pub fn text(&self, below: &str) -> Result<String> {
        let bytes = fs::read(self.root.join(below)).with_context(|| format!("cannot read `{}`", self.shown(below)))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Reads a file. Links and folders with the name of a file are problems.
    fn read(&self, below: &str, entry: &fs::DirEntry) -> Text {
        let unreadable =
            |error: &io::Error| Err(Box::new(catalog::unreadable(&self.shown(below), &super::read::reason(error))));
        let kind = match entry.file_type() {
            Ok(kind) => kind,
            Err(error) => return unreadable(&error),
        };
        if kind.is_symlink() {
            return Err(Box::new(catalog::not_a_file(&self.shown(below), "a symbolic link")));
        }
        if kind.is_dir() {
            return Err(Box::new(catalog::not_a_file(&self.shown(below), "a folder")));
        }
        match fs::read(entry.path()) {
            Ok(bytes) => Ok(String::from_utf8(bytes).ok()),
            Err(error) => unreadable(&error),
        }
    }

    /// What stands where a folder of ours belongs, if it is none: a file, or a link that could lead anywhere.
    fn in_the_way(&self, folder: &str) -> Option<Diagnostic> {
        let mut path = self.root.clone();
        let mut shown = String::new();
        for part in folder.split('/') {
            path.push(part);
            shown = if shown.is_empty() { part.to_owned() } else { format!("{shown}/{part}") };
            let kind = path.symlink_metadata().ok()?.file_type();
            if kind.is_symlink() {
                return Some(catalog::not_a_folder(&self.shown(&shown), "a symbolic link"));
            }
            if !kind.is_dir() {
                return Some(catalog::not_a_folder(&self.shown(&shown), "a file"));
            }
        }
        None
    }

    /// Keeps other runs out of the folder until the guard is dropped. Makes the folder if it is not there.
    pub fn lock(&self) -> Result<Option<File>> {
        fs::create_dir_all(&self.root).with_context(|| format!("cannot make the folder `{}`", self.shown))?;
        // Not every system can open a folder, or lock one; then nothing keeps two runs apart.
        let Ok(folder) = File::open(&self.root) else { return Ok(None) };
        match folder.try_lock() {
            Ok(()) => Ok(Some(folder)),
            Err(fs::TryLockError::WouldBlock) => {
                bail!("another run of tenantry is writing to `{}`; wait for it", self.shown)
            }
            Err(fs::TryLockError::Error(_)) => Ok(None),
        }
    }

    /// Puts texts in their places and takes files away: all or, if a text cannot be written, nothing.
    pub fn apply<W>(
        &self,
        writes: &[W],
        text: impl Fn(&W) -> (String, String) + Sync,
        removals: &[String],
    ) -> Result<()>
    where
        W: Sync,
    {
        let written: Vec<Result<Pending>> = writes
            .par_iter()
            .map(|write| {
                let (below, text) = text(write);
                self.write_beside(&below, &text)
            })
            .collect();
        let pending: Vec<Pending> = written.into_iter().collect::<Result<_>>()?;
        for pending in pending {
            pending.put()?;
        }
        for below in removals {
            let path = self.root.join(below);
            fs::remove_file(&path).with_context(|| format!("cannot remove `{}`", self.shown(below)))?;
        }
        self.remove_empty_folders(removals);
        Ok(())
    }

    fn write_beside(&self, below: &str, text: &str) -> Result<Pending> {
        let target = self.root.join(below);
        let (folder, name) = match (target.parent(), target.file_name().and_then(|name| name.to_str())) {
            (Some(folder), Some(name)) => (folder, name),
            _ => bail!("`{}` is no place for a file", self.shown(below)),
        };
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder of `{}`", self.shown(below)))?;
        let temporary = folder.join(format!("{}{name}{}", TEMPORARY.0, TEMPORARY.1));
        let pending = Pending { temporary, target, shown: self.shown(below), done: false };
        let file = File::options().write(true).create_new(true).open(&pending.temporary);
        file.and_then(|mut file| file.write_all(text.as_bytes()))
            .with_context(|| format!("cannot write `{}`", pending.shown))?;
        Ok(pending)
    }

    /// Removes what a killed run left behind.
    pub fn clear(&self, temporary: &[PathBuf]) -> Result<()> {
        for path in temporary {
            fs::remove_file(path).with_context(|| format!("cannot remove `{}`", path.display()))?;
        }
        Ok(())
    }

    /// Removes folders that the removals emptied, up to the output folder.
    fn remove_empty_folders(&self, removals: &[String]) {
        let mut folders: Vec<&str> = removals.iter().filter_map(|below| Some(below.rsplit_once('/')?.0)).collect();
        folders.dedup();
        for folder in folders {
            let mut folder = folder;
            // A folder that is not empty stays: removing it fails, and that is all there is to say.
            while fs::remove_dir(self.root.join(folder)).is_ok() {
                match folder.rsplit_once('/') {
                    Some((parent, _)) => folder = parent,
                    None => break,
                }
            }
        }
    }
}

/// The entries of a folder; none if it is not there.
fn entries(path: &Path) -> Result<Box<dyn Iterator<Item = io::Result<fs::DirEntry>>>> {
    match fs::read_dir(path) {
        Ok(entries) => Ok(Box::new(entries)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Box::new(std::iter::empty())),
        Err(error) => Err(error).with_context(|| format!("cannot read `{}`", path.display())),
    }
}

/// A text that is written and not yet in its place. Dropping it takes it away again.
struct Pending {
    temporary: PathBuf,
    target: PathBuf,
    shown: String,
    done: bool,
}

impl Pending {
    fn put(mut self) -> Result<()> {
        fs::rename(&self.temporary, &self.target).with_context(|| format!("cannot replace `{}`", self.shown))?;
        self.done = true;
        Ok(())
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.done {
            // The file may not have been made; then there is nothing to take away.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}
