//! Files of a listing as they are, for whoever asks what else lies in a folder.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::blobs::{self, Blob};
use super::tree::{Entry, Kind, Listing, ObjectId};
use super::{FILE_LIMIT, Repository};

/// What a path of a revision holds.
#[derive(Debug)]
pub enum Held {
    /// A file, and its bytes.
    File(Vec<u8>),
    /// A file of more than [`FILE_LIMIT`] bytes: how many.
    TooLarge(u64),
    /// A symbolic link, and where it leads.
    Link(Vec<u8>),
    /// A commit of another repository: its id.
    Submodule(String),
}

/// A path of a listing: its index, the path below its folder, and what is there.
type Path<'p> = (usize, &'p [u8], Kind);

impl Repository {
    /// Reads some paths of listings, in the order of contents. Equal contents are read once. What is found is said with
    /// the index of the listing.
    ///
    /// # Errors
    ///
    /// If git fails, or the clone leaves contents out.
    pub fn read_paths(
        &self,
        listings: &[&Listing],
        wanted: impl Fn(usize, &[u8], &Entry) -> bool,
        mut each: impl FnMut(usize, &[u8], Held),
    ) -> Result<()> {
        let mut ids: BTreeMap<&ObjectId, Vec<Path<'_>>> = BTreeMap::new();
        for (at, listing) in listings.iter().enumerate() {
            for (path, entry) in listing.entries.iter().filter(|(path, entry)| wanted(at, path, entry)) {
                if entry.kind == Kind::Submodule {
                    each(at, path, Held::Submodule(entry.id.as_str().to_owned()));
                } else {
                    ids.entry(&entry.id).or_default().push((at, path, entry.kind));
                }
            }
        }
        let mut missing = None;
        let all: Vec<&ObjectId> = ids.keys().copied().collect();
        blobs::read(&self.git, &all, |id, blob| {
            for &(at, path, kind) in ids.get(id).into_iter().flatten() {
                match (&blob, kind) {
                    (Blob::Bytes(bytes), Kind::Link) => each(at, path, Held::Link(bytes.clone())),
                    (Blob::Bytes(bytes), _) => each(at, path, Held::File(bytes.clone())),
                    (Blob::TooLarge(size), _) => each(at, path, Held::TooLarge(*size)),
                    (Blob::Missing, _) if missing.as_ref().is_some_and(|(first, _)| *first < at) => {}
                    (Blob::Missing, _) => missing = Some((at, String::from_utf8_lossy(path).into_owned())),
                }
            }
        })?;
        match missing {
            Some((at, path)) => {
                bail!("`{}/{path}` is not in this clone, which leaves contents out", listings[at].shown)
            }
            None => Ok(()),
        }
    }
}

/// What is said of a file that is too large.
pub fn too_large() -> String {
    format!("larger than {} MiB", FILE_LIMIT >> 20)
}
