//! Reads an inventory, and compiled files, at a revision: from the objects of a git repository, without a checkout.
//!
//! ```text
//! let repository = Repository::open(input)?;
//! let [base, head] = repository.resolve_both(["origin/main", "HEAD"])?;
//! let base = repository.merge_base(&base, &head)?;
//! let folder = repository.folder(input)?;
//! let listings = [repository.list(&base, &folder)?, repository.list(&head, &folder)?];
//! let [base, head] = repository.read_inventories([&listings[0], &listings[1]])?;
//! ```
//!
//! To start git takes longer than most of what it is asked, so questions are put together: see
//! [`Repository::list_all`] and [`Repository::resolve_both`].
//!
//! Listings name objects by their contents. [`Repository::read_inventories`] reads each once, however many sides have
//! it, and the sides share its text. [`Repository::list_all_staged`] lists what the next commit would have.

mod blobs;
mod files;
mod git;
mod history;
mod hook;
mod listing;
mod stage;
mod stored;

#[cfg(test)]
mod place;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use tenantry::diag::catalog::read as catalog;
use tenantry::git::{tree, walk};
use tenantry::krm::{KPTFILE, of_folder};
use tenantry::render::header::Header;
use tenantry::source::SourceMap;

use super::path::{os_string, text_of as path_text};
use super::read::{FILE_LIMIT, Input, is_wanted, shown_path, text_of};
use blobs::Blob;
use git::{Git, Surroundings};
use tree::Source;

pub use files::{Held, too_large};
pub use history::Commit;
pub use stage::Staged;
pub use tree::{Entries, Entry, Folder, Found, Kind, Listing, ObjectId};

/// A repository, to be read.
#[derive(Debug, Clone)]
pub struct Repository {
    git: Git,
    /// Where its objects and references are.
    directory: PathBuf,
    /// Where its files are checked out; a bare repository has none.
    top: Option<PathBuf>,
}

/// The text of a blob, or why it has none.
#[derive(Debug, Clone)]
enum Text {
    Read(Arc<String>),
    NotUtf8(usize),
    TooLarge(u64),
    Missing,
}

impl Repository {
    /// The repository that a folder is in, or would be in if it were there.
    ///
    /// In a hook, git's environment holds for the repository that the hook belongs to (objects in quarantine and the
    /// index of a partial commit are then seen), and for no other.
    pub fn open(input: &Path) -> Result<Repository> {
        Repository::open_in(input, Surroundings::of_process()?)
    }

    fn open_in(input: &Path, surroundings: Surroundings) -> Result<Repository> {
        let (start, _) = existing(input, &surroundings.folder)?;
        let git::Discovered { git, directory, top } = git::discover(&start, surroundings)?;
        Ok(Repository { git, directory, top })
    }

    /// Where a folder of the work tree is in this repository. In a bare repository, paths are below its root.
    pub fn folder(&self, path: &Path) -> Result<Folder> {
        let (start, rest) = existing(path, &self.git.surroundings().folder)?;
        // Inside of the repository's own folder nothing is checked out, so a path there is one in the revision.
        let above = match start.strip_prefix(&self.directory) {
            Ok(above) => above,
            Err(_) => {
                let outside = || format!("`{}` is not in the repository `{}`", path.display(), self.shown());
                self.top.as_ref().and_then(|top| start.strip_prefix(top).ok()).with_context(outside)?
            }
        };
        let mut parts: Vec<Vec<u8>> = Vec::new();
        for part in above.components().chain(rest.components()) {
            match part {
                Component::Normal(name) => parts.push(name.as_encoded_bytes().to_owned()),
                Component::ParentDir if parts.pop().is_none() => {
                    bail!("`{}` leads out of the repository", path.display())
                }
                _ => {}
            }
        }
        let inside = parts.join(&b'/');
        // Whoever reads of a file, a forge above all, knows the repository and not where it is checked out.
        let shown = match &inside[..] {
            _ if !path.is_absolute() => shown_path(path),
            b"" => ".".to_owned(),
            inside => shown_path(Path::new(&os_string(inside))),
        };
        Ok(Folder { path: inside, shown })
    }

    /// Reads the inventories of several listings. A blob that several have is read once, and its text is shared.
    pub fn read_inventories<const SIDES: usize>(&self, listings: [&Listing; SIDES]) -> Result<[Input; SIDES]> {
        let links: BTreeSet<&ObjectId> = listings.iter().flat_map(|listing| links(listing)).collect();
        let links = blobs::read_all(&self.git, &links.into_iter().collect::<Vec<_>>())?;
        let text = |blob| match blob {
            Blob::Bytes(bytes) => bytes,
            Blob::TooLarge(_) | Blob::Missing => Vec::new(),
        };
        let links: BTreeMap<ObjectId, Vec<u8>> = links.into_iter().map(|(id, blob)| (id, text(blob))).collect();
        let mut sides = Vec::with_capacity(listings.len());
        for listing in listings {
            let mut walked = walk::walk(&listing.path, &listing.entries, &links);
            match listing.found {
                Found::Folder => {}
                Found::Nothing => walked.found.push(catalog::unreadable("", "no such file or directory")),
                Found::NoFolder(what) => walked.found.push(catalog::unreadable("", what)),
            }
            for (name, target) in std::mem::take(&mut walked.outside) {
                if is_wanted(&name) || self.has_folder(&listing.source, target.as_deref())? {
                    walked.found.push(catalog::outside_link(&name));
                }
            }
            sides.push(walked);
        }
        let ids: BTreeSet<&ObjectId> = sides.iter().flat_map(|side| side.files.iter().map(|(_, id)| id)).collect();
        let texts = self.texts(&ids.into_iter().collect::<Vec<_>>(), text_of)?;
        Ok(std::array::from_fn(|at| input(listings[at], std::mem::take(&mut sides[at]), &texts)))
    }

    /// Whether a path is a folder of the repository.
    fn has_folder(&self, source: &Source, path: Option<&[u8]>) -> Result<bool> {
        let Some(path) = path else { return Ok(false) };
        Ok(tree::is_folder(&self.entries(source, &[path])?, path))
    }

    /// Reads the compiled files below an output folder: text by path below it. Whatever does not begin as our files do
    /// is left out. A byte that is no text is somebody's edit, as it is on a disk.
    pub fn read_output(&self, listing: &Listing) -> Result<BTreeMap<String, String>> {
        let file = |path: &[u8]| !walk::is_hidden(path) && (path.ends_with(b".yaml") || path.ends_with(b".yml"));
        let entries = listing.entries.iter().filter(|(path, entry)| entry.kind == Kind::File && file(path));
        let files: Vec<(String, &ObjectId)> = entries.map(|(path, entry)| (path_text(path), &entry.id)).collect();
        let ids: BTreeSet<&ObjectId> = files.iter().map(|(_, id)| *id).collect();
        let lossy = |bytes: Vec<u8>| Ok(String::from_utf8_lossy(&bytes).into_owned());
        let texts = self.texts(&ids.into_iter().collect::<Vec<_>>(), lossy)?;
        let mut output = BTreeMap::new();
        for (path, id) in files {
            match texts.get(id) {
                Some(Text::Read(text)) if Header::begins(text.as_bytes()) => {
                    output.insert(path, text.as_ref().clone());
                }
                Some(Text::Read(_) | Text::NotUtf8(_)) | None => {}
                Some(Text::TooLarge(_)) => bail!("`{}/{path}` is larger than {} MiB", listing.shown, FILE_LIMIT >> 20),
                Some(Text::Missing) => {
                    bail!("`{}/{path}` is not in this clone, which leaves contents out", listing.shown)
                }
            }
        }
        Ok(output)
    }

    fn texts(
        &self,
        ids: &[&ObjectId],
        decode: impl Fn(Vec<u8>) -> Result<String, usize>,
    ) -> Result<BTreeMap<ObjectId, Text>> {
        let mut texts = BTreeMap::new();
        blobs::read(&self.git, ids, |id, blob| {
            let text = match blob {
                Blob::Bytes(bytes) => decode(bytes).map_or_else(Text::NotUtf8, |text| Text::Read(Arc::new(text))),
                Blob::TooLarge(size) => Text::TooLarge(size),
                Blob::Missing => Text::Missing,
            };
            texts.insert(id.clone(), text);
        })?;
        Ok(texts)
    }

    /// Whether it has no working tree at all. One that was added to a bare repository is one.
    pub fn is_bare(&self) -> Result<bool> {
        let says_so = || Ok(self.git.bytes(["rev-parse", "--is-bare-repository"])?.starts_with(b"true"));
        if self.top.is_some() { Ok(false) } else { says_so() }
    }

    /// The repository, as people name it.
    pub fn shown(&self) -> String {
        shown_path(self.top.as_deref().unwrap_or(&self.directory))
    }
}

/// The objects of links that count.
fn links(listing: &Listing) -> impl Iterator<Item = &ObjectId> {
    listing.entries.values().filter(|entry| entry.kind == Kind::Link).map(|entry| &entry.id)
}

/// What `read` would have made of the same files on a disk.
fn input(listing: &Listing, side: walk::Walked, texts: &BTreeMap<ObjectId, Text>) -> Input {
    let mut found = side.found;
    let mut files = Vec::with_capacity(side.files.len());
    for (name, id) in side.files {
        match texts.get(&id) {
            Some(Text::Read(text)) => files.push((name, Arc::clone(text))),
            Some(Text::NotUtf8(line)) => found.push(catalog::not_utf8(&name, *line)),
            Some(Text::TooLarge(size)) => found.push(catalog::too_large(&name, *size, FILE_LIMIT)),
            Some(Text::Missing) | None => {
                found.push(catalog::unreadable(&name, "this clone leaves it out; clone again without `--filter`"));
            }
        }
    }
    let is_package = listing.entries.get(KPTFILE.as_bytes()).is_some_and(|entry| entry.kind == Kind::File);
    Input { sources: SourceMap::shared(of_folder(files, is_package)), found, prefix: listing.shown.clone() }
}

/// The nearest folder at or above a path that is there, without links, and the rest of the path. A link at the end of
/// the path is part of the rest: another revision may have it lead elsewhere.
fn existing(path: &Path, current: &Path) -> Result<(PathBuf, PathBuf)> {
    let whole = current.join(path);
    let mut start = whole.as_path();
    let mut rest = PathBuf::new();
    loop {
        let is_link =
            rest.as_os_str().is_empty() && start.symlink_metadata().is_ok_and(|it| it.file_type().is_symlink());
        if !is_link && start.is_dir() {
            let start = start.canonicalize().with_context(|| format!("cannot open `{}`", path.display()))?;
            return Ok((start, rest));
        }
        let mut components = start.components();
        let Some(last) = components.next_back() else { bail!("`{}` leads nowhere", path.display()) };
        rest = if rest.as_os_str().is_empty() { PathBuf::from(&last) } else { Path::new(&last).join(rest) };
        start = components.as_path();
    }
}
