//! Compiled files as a commit or the index has them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use tenantry::render::header::Header;

use super::tree::{Kind, Listing, ObjectId};
use super::{Repository, Text};
use crate::cli::output::{Place, Stored};
use crate::cli::read::FILE_LIMIT;

impl Repository {
    /// Reads everything below an output folder that a compile looks at. A byte that is no text is somebody's edit, as it
    /// is on a disk. A path that is no text is nobody's: no file of ours has one.
    pub fn read_stored(&self, listing: &Listing) -> Result<Stored> {
        let files = listing.entries.values().filter(|entry| entry.kind == Kind::File);
        let ids: BTreeSet<&ObjectId> = files.map(|entry| &entry.id).collect();
        let lossy = |bytes: Vec<u8>| Ok(String::from_utf8_lossy(&bytes).into_owned());
        let mut texts = self.texts(&ids.into_iter().collect::<Vec<_>>(), lossy)?;
        texts.retain(|_, text| !matches!(text, Text::Read(text) if !Header::begins(text.as_bytes())));
        let mut places = BTreeMap::new();
        for (path, entry) in &listing.entries {
            let Ok(path) = std::str::from_utf8(path) else { continue };
            let place = match (entry.kind, texts.get(&entry.id)) {
                (Kind::Link, _) => Place::Link,
                (Kind::Submodule, _) => Place::Submodule,
                (Kind::File, Some(Text::Read(text))) => Place::Ours(text.clone()),
                (Kind::File, Some(Text::TooLarge(_))) => {
                    Place::Unreadable(format!("it is larger than {} MiB", FILE_LIMIT >> 20))
                }
                (Kind::File, Some(Text::Missing)) => {
                    Place::Unreadable("this clone leaves it out; clone again without `--filter`".to_owned())
                }
                (Kind::File, Some(Text::NotUtf8(_)) | None) => Place::Foreign,
            };
            places.insert(path.to_owned(), place);
        }
        Ok(Stored::new(&listing.shown, places))
    }
}
