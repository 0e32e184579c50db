//! Files of a listing as they are, for whoever asks what else lies in a folder.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::blobs::{self, Blob};
use super::tree::{Kind, Listing, ObjectId};
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

impl Repository {
    /// Reads some paths of a listing, one after the other. Equal contents are read once.
    ///
    /// # Errors
    ///
    /// If git fails, or the clone leaves contents out.
    pub fn read_paths(
        &self,
        listing: &Listing,
        wanted: impl Fn(&[u8], Kind) -> bool,
        mut each: impl FnMut(&[u8], Held),
    ) -> Result<()> {
        let mut ids: BTreeMap<&ObjectId, Vec<(&[u8], Kind)>> = BTreeMap::new();
        for (path, entry) in listing.entries.iter().filter(|(path, entry)| wanted(path, entry.kind)) {
            if entry.kind == Kind::Submodule {
                each(path, Held::Submodule(entry.id.as_str().to_owned()));
            } else {
                ids.entry(&entry.id).or_default().push((path, entry.kind));
            }
        }
        let mut missing = None;
        let all: Vec<&ObjectId> = ids.keys().copied().collect();
        blobs::read(&self.git, &all, |id, blob| {
            for (path, kind) in ids.get(id).into_iter().flatten() {
                match (&blob, kind) {
                    (Blob::Bytes(bytes), Kind::Link) => each(path, Held::Link(bytes.clone())),
                    (Blob::Bytes(bytes), _) => each(path, Held::File(bytes.clone())),
                    (Blob::TooLarge(size), _) => each(path, Held::TooLarge(*size)),
                    (Blob::Missing, _) => missing = Some(String::from_utf8_lossy(path).into_owned()),
                }
            }
        })?;
        match missing {
            Some(path) => bail!("`{}/{path}` is not in this clone, which leaves contents out", listing.shown),
            None => Ok(()),
        }
    }
}

/// What is said of a file that is too large.
pub fn too_large() -> String {
    format!("larger than {} MiB", FILE_LIMIT >> 20)
}
