//! Changes to the index: what the next commit will have besides what was staged. Nothing else is ever written.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::git::{c_quoted, complaint, not_started};
use super::tree::{Entry, Listing, ObjectId};
use super::{Folder, Repository};
use crate::cli::path::os_string;

/// The ids of a file without contents, in both formats.
const EMPTY: [&str; 2] =
    ["e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"];

/// What a path will be in the index.
#[derive(Debug, Clone)]
pub enum Staged {
    /// A file with this text.
    Text(String),
    /// A file with the bytes of a file of the working tree.
    File(PathBuf),
    /// Nothing.
    Gone,
}

/// What of a folder is in the index and not checked out, as in a sparse checkout. Paths are below the folder.
#[derive(Debug, Default)]
pub struct Skipped {
    skipped: BTreeSet<Vec<u8>>,
    others: BTreeSet<Vec<u8>>,
}

impl Skipped {
    /// Whether a path is not checked out. A new path goes with all that is in the folder nearest above it.
    pub fn has(&self, path: &[u8]) -> bool {
        if self.skipped.is_empty() || self.others.contains(path) {
            return false;
        }
        let mut folder = path;
        while let Some(slash) = folder.iter().rposition(|&byte| byte == b'/') {
            folder = &path[..slash];
            let start = [folder, b"/"].concat();
            let has = |paths: &BTreeSet<Vec<u8>>| {
                paths.range(start.clone()..).next().is_some_and(|first| first.starts_with(&start))
            };
            if has(&self.others) {
                return self.skipped.contains(path);
            }
            if has(&self.skipped) {
                return true;
            }
        }
        self.skipped.contains(path) || self.others.is_empty()
    }
}

impl Repository {
    /// What of a folder is not checked out.
    pub fn skipped(&self, folder: &Listing) -> Result<Skipped> {
        let mut found = Skipped::default();
        let mut below_top = OsString::from(":(top,literal)");
        below_top.push(os_string(&folder.path));
        let arguments =
            ["ls-files", "-t", "-z", "--full-name", "--"].map(OsString::from).into_iter().chain([below_top]);
        let printed = self.git.bytes(arguments)?;
        for record in printed.split(|&byte| byte == 0).filter(|record| record.len() > 2) {
            let (tag, path) = (record[0], &record[2..]);
            let below = path.strip_prefix(&folder.path[..]).map(|below| below.strip_prefix(b"/").unwrap_or(below));
            let paths = if tag == b'S' { &mut found.skipped } else { &mut found.others };
            paths.extend(below.map(<[u8]>::to_vec));
        }
        Ok(found)
    }

    /// Has git take paths of the index, below the root of the repository, as not checked out.
    pub fn skip(&self, paths: &[&[u8]]) -> Result<()> {
        if !paths.is_empty() {
            let listed: Vec<u8> = paths.iter().flat_map(|path| [path, &b"\0"[..]].concat()).collect();
            self.feed(&["update-index", "-z", "--skip-worktree", "--stdin"], &listed)?;
        }
        Ok(())
    }

    /// Stages files, by path below the root of the repository, all in one step. Contents go in as they are: no filter
    /// and no attribute has a say in what was compiled.
    pub fn stage(&self, changes: &[(Vec<u8>, Staged)]) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let mut files = Vec::new();
        let mut ids = Vec::with_capacity(changes.len());
        for (_, staged) in changes {
            ids.push(match staged {
                Staged::Gone => None,
                Staged::File(path) => {
                    files.push(path);
                    None
                }
                Staged::Text(text) => {
                    let printed = self.feed(&["hash-object", "-w", "--no-filters", "--stdin"], text.as_bytes())?;
                    Some(ids_of(&printed, 1)?.remove(0))
                }
            });
        }
        let listed: Vec<u8> = files.iter().flat_map(|path| c_quoted(path.as_os_str().as_encoded_bytes())).collect();
        let printed = match files.is_empty() {
            true => Vec::new(),
            false => self.feed(&["hash-object", "-w", "--no-filters", "--stdin-paths"], &listed)?,
        };
        let mut of_files = ids_of(&printed, files.len())?.into_iter();
        let format = self.git.bytes(["rev-parse", "--show-object-format"])?;
        let nothing = "0".repeat(if format.starts_with(b"sha256") { 64 } else { 40 });
        let mut wanted = Vec::new();
        for ((path, staged), id) in changes.iter().zip(ids) {
            let id = if matches!(staged, Staged::File(_)) { of_files.next() } else { id };
            match id {
                Some(id) => wanted.extend(format!("100644 {}\t", id.as_str()).bytes()),
                None => wanted.extend(format!("0 {nothing}\t").bytes()),
            }
            wanted.extend_from_slice(path);
            wanted.push(0);
        }
        self.feed(&["update-index", "-z", "--add", "--remove", "--index-info"], &wanted)?;
        Ok(())
    }

    /// Takes away what is only meant to be added some day (`git add --intent-to-add`): the index has it as an empty file,
    /// and a commit has it not.
    pub fn without_intended(&self, mut listing: Listing) -> Result<Listing> {
        let is_empty = |entry: &Entry| EMPTY.contains(&entry.id.as_str());
        let Some(top) = self.top.as_ref().filter(|_| listing.entries.values().any(is_empty)) else {
            return Ok(listing);
        };
        let output = self.git.run_in(top, ["diff-files", "--diff-filter=A", "--name-only", "-z"])?;
        if !output.status.success() {
            bail!("git: {}", complaint(&output.stderr));
        }
        for path in output.stdout.split(|&byte| byte == 0) {
            let below = match listing.path.is_empty() {
                true => Some(path),
                false => path.strip_prefix(&listing.path[..]).and_then(|rest| rest.strip_prefix(b"/")),
            };
            if let Some(below) = below.filter(|below| listing.entries.get(*below).is_some_and(is_empty)) {
                listing.entries.remove(below);
            }
        }
        Ok(listing)
    }

    /// Whether git leaves a folder out, so that it would never be committed.
    pub fn is_ignored(&self, folder: &Folder) -> Result<bool> {
        let Some(top) = &self.top else { return Ok(false) };
        let below = os_string(&[&folder.path[..], b"/any.yaml"].concat());
        let output = self.git.run_in(top, ["check-ignore".into(), "--quiet".into(), "--".into(), below])?;
        match output.status.code() {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            _ => bail!("git: {}", complaint(&output.stderr)),
        }
    }

    /// Where the files of the repository are checked out.
    pub fn work_tree(&self) -> Result<&std::path::Path> {
        self.top.as_deref().context("this is a bare repository, which has no working tree and no index")
    }

    /// Where a path below the root is checked out.
    pub fn in_work_tree(&self, path: &[u8]) -> Result<PathBuf> {
        Ok(self.work_tree()?.join(os_string(path)))
    }

    /// Runs git with something to read.
    pub(super) fn feed(&self, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>> {
        let mut child = self.git.piped(arguments).spawn().map_err(not_started)?;
        let stdin = child.stdin.take();
        let output = std::thread::scope(|scope| {
            scope.spawn(move || {
                // Whoever stops listening says why on the other pipes.
                let _ = stdin.map(|mut stdin| stdin.write_all(input));
            });
            child.wait_with_output()
        });
        let output = output.context("cannot wait for git")?;
        if !output.status.success() {
            bail!("git {}: {}", arguments.first().unwrap_or(&""), complaint(&output.stderr));
        }
        Ok(output.stdout)
    }
}

/// The ids that git printed, one a line.
fn ids_of(printed: &[u8], wanted: usize) -> Result<Vec<ObjectId>> {
    let lines = printed.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    let ids: Option<Vec<ObjectId>> = lines.map(ObjectId::parse).collect();
    ids.filter(|ids| ids.len() == wanted).context("git answers something else than object ids")
}
