//! The output folder: what is in it, and who may write to it. Nothing is ever followed out of the folder.

mod folder;
mod lock;
mod stored;
mod tree;
mod write;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tenantry::diag::{Diagnostic, catalog::folder as catalog};
use tenantry::render::header::Header;

use super::path::{bytes_of, os_string, text_of};
use super::read::{reason, shown_path};

pub use lock::Lock;
pub use stored::{Place, Stored};
pub use tree::{Kind, Listing, Seen, Tree, Way};

/// How names of files that are being written begin and end.
const TEMPORARY: (&str, &str) = (".tenantry-", ".tmp");

/// The output folder.
#[derive(Debug, Clone)]
pub struct Output {
    root: PathBuf,
    shown: String,
}

impl Output {
    /// The folder at a path; it need not be there.
    pub fn new(root: &Path) -> Output {
        Output { root: root.to_owned(), shown: shown_path(root) }
    }

    /// Whether there is anything at its path.
    pub fn is_there(&self) -> bool {
        self.root.symlink_metadata().is_ok()
    }

    /// Where a path below the folder is. It is one of [`text_of`].
    fn place(&self, below: &str) -> PathBuf {
        self.root.join(os_string(&bytes_of(below)))
    }
}

impl Tree for Output {
    fn name(&self) -> &str {
        &self.shown
    }

    fn entries(&self, below: &str) -> Result<Vec<(String, Kind)>> {
        let shown = || if below.is_empty() { self.shown.clone() } else { self.shown(below) };
        let entries = match fs::read_dir(self.place(below)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error).with_context(|| format!("cannot read the folder `{}`", shown())),
        };
        let mut named = Vec::new();
        for entry in entries {
            let entry = entry.with_context(|| format!("cannot read `{}`", shown()))?;
            named.push((text_of(entry.file_name().as_encoded_bytes()), entry.file_type().map_or(Kind::Other, kind)));
        }
        Ok(named)
    }

    fn kind(&self, below: &str) -> Option<Kind> {
        self.place(below).symlink_metadata().ok().map(|metadata| kind(metadata.file_type()))
    }

    fn look(&self, below: &str) -> Result<Seen, Box<Diagnostic>> {
        let path = self.place(below);
        let unreadable = |error: &io::Error| Box::new(catalog::unreadable(&self.shown(below), &reason(error)));
        let kind = match path.symlink_metadata() {
            Ok(metadata) => metadata.file_type(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Seen::Nothing),
            Err(error) => return Err(unreadable(&error)),
        };
        match () {
            () if kind.is_symlink() => Ok(Seen::NoFile("a symbolic link")),
            () if kind.is_dir() => Ok(Seen::NoFile("a folder")),
            () if !kind.is_file() => Ok(Seen::NoFile("a pipe, socket or device")),
            () => read(&path).map_err(|error| unreadable(&error)),
        }
    }

    fn is_same(&self, one: &str, other: &str) -> bool {
        let real = |below: &str| self.place(below).canonicalize().ok();
        one.eq_ignore_ascii_case(other) && real(one).is_some_and(|one| real(other) == Some(one))
    }
}

/// What the system says that an entry is.
fn kind(kind: fs::FileType) -> Kind {
    match () {
        () if kind.is_symlink() => Kind::Link,
        () if kind.is_dir() => Kind::Folder,
        () if kind.is_file() => Kind::File,
        () => Kind::Other,
    }
}

/// Reads a file. Only the beginning of one that is not ours: it may be of any size.
fn read(path: &Path) -> io::Result<Seen> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    file.by_ref().take(Header::BEGINNING as u64).read_to_end(&mut bytes)?;
    if !Header::begins(&bytes) {
        return Ok(Seen::Foreign);
    }
    file.read_to_end(&mut bytes)?;
    // A byte that is no text is somebody's edit, and the file is still ours.
    let text = String::from_utf8(bytes);
    Ok(Seen::Ours(text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())))
}
