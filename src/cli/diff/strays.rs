//! Files beside ours where engines sync, at two times. They come from git's objects, from the index or from the disk.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use tenantry::diff::{Stray, StrayFiles};
use tenantry::render::header::{Digest32, Header};
use tenantry::render::layout;
use walkdir::WalkDir;

use crate::cli::path::{text_of, text_of_path};
use crate::cli::read::{FILE_LIMIT, shown_path};
use crate::cli::revision::{Entry, Held, Kind, Listing, Repository, too_large};

/// The files of both sides.
#[derive(Debug, Default)]
pub struct Strays {
    /// What the base has.
    pub base: StrayFiles,
    /// What the head has.
    pub head: StrayFiles,
    /// Whether the head is the working tree.
    pub in_progress: bool,
}

/// Whether engines would read what is at a path: a file for its name, and a link or another repository wherever it is.
fn is_wanted(path: &str, kind: Kind) -> bool {
    match kind {
        Kind::File if layout::hides(path) => path.contains('/'),
        Kind::File => layout::is_synced(path) && layout::is_read(path),
        Kind::Link | Kind::Submodule => layout::is_synced(&format!("{path}/")),
    }
}

/// Compares two listings of the output folder; without a base, all of it is new. What both have is not read at all.
pub fn of_listings(repository: &Repository, base: Option<&Listing>, head: &Listing) -> Result<Strays> {
    let sides: Vec<&Listing> = [head].into_iter().chain(base).collect();
    let differs = |at: usize, path: &[u8], entry: &Entry| {
        let other = sides.get(1 - at).and_then(|other| other.entries.get(path));
        other != Some(entry) && is_wanted(&text(path), entry.kind)
    };
    let mut kept = [Kept::default(), Kept::default()];
    let mut found = read(repository, &sides, differs, |at, path, bytes| Some(kept[at].file(path, bytes)))?;
    let was = if base.is_some() { found.pop().unwrap_or_default() } else { StrayFiles::new() };
    Ok(Strays { base: was, head: found.pop().unwrap_or_default(), in_progress: false })
}

/// Compares a listing with the output folder on the disk.
pub fn of_disk(repository: &Repository, base: &Listing, folder: &Path) -> Result<Strays> {
    let mut head = StrayFiles::new();
    let mut kept = Kept::default();
    let mut walk = WalkDir::new(folder).sort_by_file_name().into_iter();
    while let Some(entry) = walk.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if error.depth() == 0 => break,
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read the folder `{}`", shown_path(folder)));
            }
        };
        let path = text_of_path(entry.path().strip_prefix(folder).unwrap_or(entry.path()));
        let kind = entry.file_type();
        if kind.is_dir() {
            if entry.depth() > 1 && !leads_to_synced(&path) {
                walk.skip_current_dir();
            }
            continue;
        }
        let is_link = kind.is_symlink();
        if !is_wanted(&path, if is_link { Kind::Link } else { Kind::File }) {
            continue;
        }
        let problem = || format!("cannot read `{}`", shown_path(entry.path()));
        let held = if is_link {
            let target = fs::read_link(entry.path()).with_context(problem)?;
            link(target.as_os_str().as_encoded_bytes())
        } else if kind.is_file() {
            on_disk(&path, entry.path(), &mut kept).with_context(problem)?
        } else {
            // Git keeps neither pipes nor sockets, so no engine will ever see one.
            continue;
        };
        head.insert(path, held);
    }
    let mut same = BTreeSet::new();
    let mut kept = Kept::default();
    let is_wanted = |_, path: &[u8], entry: &Entry| is_wanted(&text(path), entry.kind);
    let mut was = read(repository, &[base], is_wanted, |_, path, bytes| {
        if let Some(Stray::Compiled { digest, .. }) = head.get(path)
            && *digest == Digest32::from(Sha256::digest(&bytes))
        {
            same.insert(path.to_owned());
            return None;
        }
        Some(kept.file(path, bytes))
    })?;
    head.retain(|path, _| !same.contains(path));
    Ok(Strays { base: was.pop().unwrap_or_default(), head, in_progress: true })
}

/// Whether a folder below a cluster's is synced, or may hold one that is.
fn leads_to_synced(path: &str) -> bool {
    let below = path.split_once('/').map_or(path, |(_, below)| below);
    layout::is_synced(&format!("{path}/")) || layout::PLATFORM_OBJECTS.starts_with(&format!("{below}/"))
}

/// The files of each listing that are wanted. `file` says what one is, or that it does not count.
fn read(
    repository: &Repository,
    listings: &[&Listing],
    wanted: impl Fn(usize, &[u8], &Entry) -> bool,
    mut file: impl FnMut(usize, &str, Vec<u8>) -> Option<Stray>,
) -> Result<Vec<StrayFiles>> {
    let mut files = vec![StrayFiles::new(); listings.len()];
    repository.read_paths(listings, wanted, |at, path, held| {
        let path = text(path);
        let stray = match held {
            Held::File(bytes) => file(at, &path, bytes),
            Held::TooLarge(size) => Some(large(size)),
            Held::Link(target) => Some(link(&target)),
            Held::Submodule(id) => Some(Stray::Unread { what: "a submodule".to_owned(), contents: id.into_bytes() }),
        };
        files[at].extend(stray.map(|stray| (path, stray)));
    })?;
    Ok(files)
}

/// Most bytes of compiled files whose texts are kept. Of more, digests tell whether they are what the inventory makes.
const KEPT: usize = 64 << 20;

/// How much of the texts of compiled files is kept.
#[derive(Default)]
struct Kept {
    bytes: usize,
}

impl Kept {
    fn file(&mut self, path: &str, bytes: Vec<u8>) -> Stray {
        match foreign(path, bytes) {
            Stray::Text(text) if is_ours(text.as_bytes()) => {
                self.bytes = self.bytes.saturating_add(text.len());
                Stray::compiled(text, self.bytes <= KEPT)
            }
            other => other,
        }
    }
}

/// A file on the disk.
fn on_disk(path: &str, file: &Path, kept: &mut Kept) -> std::io::Result<Stray> {
    let mut file = File::open(file)?;
    let size = file.metadata()?.len();
    if size > FILE_LIMIT {
        return Ok(large(size));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(kept.file(path, bytes))
}

/// Whether tenantry wrote a file as it is. A header that somebody copied, or whose body somebody edited, does not fit.
fn is_ours(bytes: &[u8]) -> bool {
    let text = if Header::begins(bytes) { std::str::from_utf8(bytes).ok() } else { None };
    text.and_then(Header::parse).is_some_and(|(header, body)| header.fits(body))
}

fn foreign(path: &str, bytes: Vec<u8>) -> Stray {
    if path.ends_with(".jsonnet") {
        return Stray::Unread { what: "a program in Jsonnet".to_owned(), contents: bytes };
    }
    if layout::hides(path) {
        let what = "a list of files that Flux takes for gone, and prunes".to_owned();
        return Stray::Unread { what, contents: bytes };
    }
    match String::from_utf8(bytes) {
        Ok(text) => Stray::Text(text),
        Err(error) => Stray::Unread { what: "no text in UTF-8".to_owned(), contents: error.into_bytes() },
    }
}

fn link(target: &[u8]) -> Stray {
    let shown: String = text(target).replace('`', "'").chars().take(80).collect();
    Stray::Unread { what: format!("a symbolic link to `{shown}`"), contents: target.to_vec() }
}

fn large(size: u64) -> Stray {
    Stray::Unread { what: too_large(), contents: size.to_string().into_bytes() }
}

fn text(bytes: &[u8]) -> String {
    text_of(bytes)
}
