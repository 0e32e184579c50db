//! Reads an inventory, and compiled files, at a revision: from the objects of a git repository, without a checkout.
//!
//! ```text
//! let repository = Repository::open(input)?;
//! let base = repository.resolve("origin/main")?;
//! let head = repository.resolve("HEAD")?;
//! let base = repository.merge_base(&base, &head)?;
//! let folder = repository.folder(input)?;
//! let listings = [repository.list(&base, &folder)?, repository.list(&head, &folder)?];
//! let [base, head] = repository.read_inventories([&listings[0], &listings[1]])?;
//! ```
//!
//! Listings name objects by their contents. [`Repository::read_inventories`] reads each once, however many sides have
//! it, and the sides share its text. [`Repository::list_staged`] lists what the next commit would have.

mod blobs;
mod files;
mod git;
mod history;
mod hook;
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
use tree::{Entries, Source};

pub use files::{Held, too_large};
pub use history::Commit;
pub use stage::Staged;
pub use tree::{Folder, Found, Kind, Listing, ObjectId};

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

    /// Everything that a commit has below a folder. A folder that it does not have is an empty listing, see
    /// [`Listing::is_there`].
    pub fn list(&self, commit: &Commit, folder: &Folder) -> Result<Listing> {
        self.list_from(Source::Commit(commit.id.clone()), folder)
    }

    /// Everything that is staged below a folder.
    ///
    /// # Errors
    ///
    /// If `GIT_INDEX_FILE` names an index that is not there. Git takes it for an empty one, which would be a commit that
    /// removes everything.
    pub fn list_staged(&self, folder: &Folder) -> Result<Listing> {
        if let Some(index) = self.git.surroundings().variable("GIT_INDEX_FILE") {
            let index = self.git.surroundings().folder.join(index);
            let is_usual = index.parent().and_then(|place| place.canonicalize().ok()).as_ref() == Some(&self.directory)
                && index.file_name().is_some_and(|name| name == "index");
            if !is_usual && !index.exists() {
                bail!("GIT_INDEX_FILE names `{}`, which is not there", shown_path(&index));
            }
        }
        self.without_intended(self.list_from(Source::Index, folder)?)
    }

    fn list_from(&self, source: Source, folder: &Folder) -> Result<Listing> {
        let mut path = folder.path.clone();
        for _ in 0..walk::LINKS {
            let all = self.entries(&source, &path)?;
            let found = match all.get(&path) {
                None if path.is_empty() || !all.is_empty() => Found::Folder,
                None => match self.way(&source, &path)? {
                    Ok(other) => {
                        path = other;
                        continue;
                    }
                    Err(found) => found,
                },
                Some(entry) if entry.kind == Kind::Link => match self.follow(&path, &[], &entry.id)? {
                    Some(other) => {
                        path = other;
                        continue;
                    }
                    None => Found::NoFolder("it is a symbolic link that leads out of the repository"),
                },
                Some(entry) if entry.kind == Kind::Submodule => Found::NoFolder("it is in a submodule"),
                Some(_) => Found::NoFolder("it is not a folder"),
            };
            let entries = match found {
                Found::Folder => {
                    tree::below(&all, &path).map(|(path, entry)| (path.to_owned(), entry.clone())).collect()
                }
                _ => Entries::new(),
            };
            return Ok(Listing { shown: folder.shown.clone(), path, found, entries, source });
        }
        let found = Found::NoFolder("it is a loop of symbolic links");
        Ok(Listing { shown: folder.shown.clone(), path, found, entries: Entries::new(), source })
    }

    /// Where a path leads that has nothing: elsewhere if a folder above it is a link.
    fn way(&self, source: &Source, path: &[u8]) -> Result<Result<Vec<u8>, Found>> {
        let slashes = path.iter().enumerate().filter(|&(_, &byte)| byte == b'/').map(|(at, _)| at);
        for slash in slashes {
            let (above, below) = (&path[..slash], &path[slash + 1..]);
            match self.entries(source, above)?.get(above) {
                None => {}
                Some(entry) if entry.kind == Kind::Link => {
                    let out = Found::NoFolder("it is behind a symbolic link that leads out of the repository");
                    return Ok(self.follow(above, below, &entry.id)?.ok_or(out));
                }
                Some(entry) if entry.kind == Kind::Submodule => {
                    return Ok(Err(Found::NoFolder("it is in a submodule")));
                }
                Some(_) => return Ok(Err(Found::Nothing)),
            }
        }
        Ok(Err(Found::Nothing))
    }

    /// Where a link leads, with the rest of a path behind it; `None` if that is out of the repository.
    fn follow(&self, link: &[u8], rest: &[u8], id: &ObjectId) -> Result<Option<Vec<u8>>> {
        let Some(Blob::Bytes(target)) = blobs::read_all(&self.git, &[id])?.remove(id) else { return Ok(None) };
        if target.starts_with(b"/") {
            return Ok(None);
        }
        let above = link.iter().rposition(|&byte| byte == b'/').map_or(&[][..], |slash| &link[..slash]);
        Ok(normal(&[above, &target, rest].join(&b'/')))
    }

    /// Everything below a path, and the path itself if it is no folder, by path below the root.
    fn entries(&self, source: &Source, path: &[u8]) -> Result<Entries> {
        let path = os_string(path);
        let mut arguments: Vec<std::ffi::OsString> = Vec::new();
        match source {
            Source::Commit(id) => {
                arguments.extend(
                    ["--literal-pathspecs", "ls-tree", "-r", "-z", "--full-tree", id.as_str(), "--"].map(Into::into),
                );
                arguments.extend((!path.is_empty()).then_some(path));
            }
            Source::Index => {
                arguments.extend(["ls-files", "--stage", "-z", "--full-name", "--"].map(Into::into));
                let mut below_top = std::ffi::OsString::from(":(top,literal)");
                below_top.push(path);
                arguments.push(below_top);
            }
        }
        tree::parse(&self.git.bytes(arguments)?).map_err(anyhow::Error::msg)
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
        Ok(tree::is_folder(&self.entries(source, path)?, path))
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

/// A path without `.` and `..`; `None` if it leads out.
fn normal(path: &[u8]) -> Option<Vec<u8>> {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join(&b'/'))
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
