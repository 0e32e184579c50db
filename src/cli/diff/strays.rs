//! Files beside ours where engines sync, at two times. They come from git's objects, from the index or from the disk.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};
use tenantry::diff::{Stray, StrayFiles};
use tenantry::render::header::Header;
use tenantry::render::layout;
use walkdir::WalkDir;

use crate::cli::read::{FILE_LIMIT, shown_path};
use crate::cli::revision::{Held, Kind, Listing, Repository, too_large};

/// The files of both sides.
#[derive(Debug, Default)]
pub struct Strays {
    /// What the base has.
    pub base: StrayFiles,
    /// What the head has.
    pub head: StrayFiles,
}

/// Whether engines would read what is at a path: a file for its name, and a link or another repository wherever it is.
fn is_wanted(path: &str, kind: Kind) -> bool {
    match kind {
        Kind::File => layout::is_synced(path) && layout::is_read(path),
        Kind::Link | Kind::Submodule => layout::is_synced(&format!("{path}/")),
    }
}

/// Compares two listings of the output folder; without a base, all of it is new. What both have is not read at all.
pub fn of_listings(repository: &Repository, base: Option<&Listing>, head: &Listing) -> Result<Strays> {
    let differs = |listing: &Listing, other: Option<&Listing>, path: &[u8], kind| {
        is_wanted(&text(path), kind) && !other.is_some_and(|other| listing.agrees(other, path))
    };
    let found = read(repository, head, |path, kind| differs(head, base, path, kind), |_| false)?;
    let edited = |path: &str| found.contains_key(path);
    let was = base.map(|base| read(repository, base, |path, kind| differs(base, Some(head), path, kind), edited));
    Ok(Strays { base: was.transpose()?.unwrap_or_default(), head: found })
}

/// Compares a listing with the output folder on the disk. What is ours on the disk is not read of the base.
pub fn of_disk(repository: &Repository, base: &Listing, folder: &Path) -> Result<Strays> {
    let mut head = StrayFiles::new();
    let mut ours = BTreeSet::new();
    let mut walk = WalkDir::new(folder).sort_by_file_name().into_iter();
    while let Some(entry) = walk.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if error.depth() == 0 => break,
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read the folder `{}`", shown_path(folder)));
            }
        };
        let path = shown_path(entry.path().strip_prefix(folder).unwrap_or(entry.path()));
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
            Some(link(target.as_os_str().as_encoded_bytes()))
        } else if kind.is_file() {
            on_disk(&path, entry.path()).with_context(problem)?
        } else {
            // Git keeps neither pipes nor sockets, so no engine will ever see one.
            continue;
        };
        match held {
            Some(stray) => drop(head.insert(path, stray)),
            None => drop(ours.insert(path)),
        }
    }
    let wanted = |path: &[u8], kind| is_wanted(&text(path), kind) && !ours.contains(text(path).as_str());
    let was = read(repository, base, wanted, |path| head.contains_key(path))?;
    Ok(Strays { base: was, head })
}

/// Whether a folder below a cluster's is synced, or may hold one that is.
fn leads_to_synced(path: &str) -> bool {
    let below = path.split_once('/').map_or(path, |(_, below)| below);
    layout::is_synced(&format!("{path}/")) || layout::PLATFORM_OBJECTS.starts_with(&format!("{below}/"))
}

/// The files of a listing that are wanted and not ours. `edited` names those that are no longer ours on the other side:
/// of them, what was ours is given too, so that only what somebody wrote by hand is new.
fn read(
    repository: &Repository,
    listing: &Listing,
    wanted: impl Fn(&[u8], Kind) -> bool,
    edited: impl Fn(&str) -> bool,
) -> Result<StrayFiles> {
    let mut files = StrayFiles::new();
    repository.read_paths(listing, wanted, |path, held| {
        let path = text(path);
        let stray = match held {
            Held::File(bytes) if edited(&path) => Some(foreign(&path, bytes)),
            Held::File(bytes) => stray(&path, bytes),
            Held::TooLarge(size) => Some(large(size)),
            Held::Link(target) => Some(link(&target)),
            Held::Submodule(id) => Some(Stray::Unread { what: "a submodule".to_owned(), contents: id.into_bytes() }),
        };
        files.extend(stray.map(|stray| (path, stray)));
    })?;
    Ok(files)
}

/// A file on the disk; `None` if it is ours.
fn on_disk(path: &str, file: &Path) -> std::io::Result<Option<Stray>> {
    let mut file = File::open(file)?;
    let size = file.metadata()?.len();
    if size > FILE_LIMIT {
        return Ok(Some(large(size)));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(stray(path, bytes))
}

/// Whether tenantry wrote a file as it is. A header that somebody copied, or whose body somebody edited, does not fit.
fn is_ours(bytes: &[u8]) -> bool {
    let text = if Header::begins(bytes) { std::str::from_utf8(bytes).ok() } else { None };
    text.and_then(Header::parse).is_some_and(|(header, body)| header.fits(body))
}

/// What a file is that engines read; `None` if it is ours.
fn stray(path: &str, bytes: Vec<u8>) -> Option<Stray> {
    if is_ours(&bytes) { None } else { Some(foreign(path, bytes)) }
}

fn foreign(path: &str, bytes: Vec<u8>) -> Stray {
    if path.ends_with(".jsonnet") {
        return Stray::Unread { what: "a program in Jsonnet".to_owned(), contents: bytes };
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
    String::from_utf8_lossy(bytes).into_owned()
}
