//! What a commit, or the index, has below a folder.

use std::ffi::OsString;

use anyhow::{Result, anyhow, bail};
use tenantry::git::{tree, walk};

use super::Repository;
use super::blobs::{self, Blob};
use super::history::Commit;
use super::tree::{Entries, Folder, Found, Kind, Listing, ObjectId, Source};
use crate::cli::path::os_string;
use crate::cli::read::shown_path;

impl Repository {
    /// Everything that a commit has below a folder. A folder that it does not have is an empty listing, see
    /// [`Listing::is_there`].
    pub fn list(&self, commit: &Commit, folder: &Folder) -> Result<Listing> {
        self.list_from(Source::Commit(commit.id.clone()), folder, None)
    }

    /// The same of several folders, from one process of git.
    pub fn list_all<const FOLDERS: usize>(
        &self,
        commit: &Commit,
        folders: [&Folder; FOLDERS],
    ) -> Result<[Listing; FOLDERS]> {
        Ok(self.list_with(commit, folders, &[])?.0)
    }

    /// The same, and those of some files that are there, by their paths below the root.
    pub fn list_with<const FOLDERS: usize>(
        &self,
        commit: &Commit,
        folders: [&Folder; FOLDERS],
        files: &[Vec<u8>],
    ) -> Result<([Listing; FOLDERS], Entries)> {
        let source = Source::Commit(commit.id.clone());
        let listed = self.entries(&source, &paths(folders, files))?;
        let listings = each(folders, |folder| self.list_from(source.clone(), folder, Some(&listed)))?;
        Ok((listings, only(&listed, files)))
    }

    /// Everything that is staged below each of some folders, from one process of git.
    ///
    /// # Errors
    ///
    /// If `GIT_INDEX_FILE` names an index that is not there. Git takes it for an empty one, which would be a commit that
    /// removes everything.
    pub fn list_all_staged<const FOLDERS: usize>(&self, folders: [&Folder; FOLDERS]) -> Result<[Listing; FOLDERS]> {
        Ok(self.list_staged_with(folders, &[])?.0)
    }

    /// The same, and those of some files that are staged, by their paths below the root.
    ///
    /// # Errors
    ///
    /// Those of [`Repository::list_all_staged`].
    pub fn list_staged_with<const FOLDERS: usize>(
        &self,
        folders: [&Folder; FOLDERS],
        files: &[Vec<u8>],
    ) -> Result<([Listing; FOLDERS], Entries)> {
        if let Some(index) = self.git.surroundings().variable("GIT_INDEX_FILE") {
            let index = self.git.surroundings().folder.join(index);
            let is_usual = index.parent().and_then(|place| place.canonicalize().ok()).as_ref() == Some(&self.directory)
                && index.file_name().is_some_and(|name| name == "index");
            if !is_usual && !index.exists() {
                bail!("GIT_INDEX_FILE names `{}`, which is not there", shown_path(&index));
            }
        }
        let listed = self.entries(&Source::Index, &paths(folders, files))?;
        let list = |folder: &Folder| self.without_intended(self.list_from(Source::Index, folder, Some(&listed))?);
        Ok((each(folders, list)?, only(&listed, files)))
    }

    /// Lists a folder. `listed` is what git has listed already, the folder's path among it.
    fn list_from(&self, source: Source, folder: &Folder, listed: Option<&Entries>) -> Result<Listing> {
        let mut path = folder.path.clone();
        for follows in 0..walk::LINKS {
            let own;
            let all = match listed.filter(|_| follows == 0) {
                Some(listed) => listed,
                None => {
                    own = self.entries(&source, &[&path])?;
                    &own
                }
            };
            let found = match all.get(&path) {
                None if tree::is_folder(all, &path) => Found::Folder,
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
                    tree::below(all, &path).map(|(path, entry)| (path.to_owned(), entry.clone())).collect()
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
            match self.entries(source, &[above])?.get(above) {
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

    /// Everything below some paths, and each path itself if it is no folder, by path below the root.
    pub(super) fn entries(&self, source: &Source, paths: &[&[u8]]) -> Result<Entries> {
        let mut arguments: Vec<OsString> = Vec::new();
        match source {
            Source::Commit(id) => {
                arguments.extend(
                    ["--literal-pathspecs", "ls-tree", "-r", "-z", "--full-tree", id.as_str(), "--"].map(Into::into),
                );
                // Without a path, it is everything.
                let everything = paths.iter().any(|path| path.is_empty());
                arguments.extend(paths.iter().filter(|_| !everything).map(|path| os_string(path)));
            }
            Source::Index => {
                arguments.extend(["ls-files", "--stage", "-z", "--full-name", "--"].map(Into::into));
                for path in paths {
                    let mut below_top = OsString::from(":(top,literal)");
                    below_top.push(os_string(path));
                    arguments.push(below_top);
                }
            }
        }
        tree::parse(&self.git.bytes(arguments)?).map_err(anyhow::Error::msg)
    }
}

/// The paths of folders and files.
fn paths<'p, const FOLDERS: usize>(folders: [&'p Folder; FOLDERS], files: &'p [Vec<u8>]) -> Vec<&'p [u8]> {
    folders.into_iter().map(|folder| &folder.path[..]).chain(files.iter().map(Vec::as_slice)).collect()
}

/// What is listed of some files.
fn only(listed: &Entries, files: &[Vec<u8>]) -> Entries {
    files.iter().filter_map(|file| Some((file.clone(), listed.get(file)?.clone()))).collect()
}

/// A listing of each folder, or the first error.
fn each<const FOLDERS: usize>(
    folders: [&Folder; FOLDERS],
    list: impl Fn(&Folder) -> Result<Listing>,
) -> Result<[Listing; FOLDERS]> {
    let listings: Vec<Listing> = folders.into_iter().map(list).collect::<Result<_>>()?;
    listings.try_into().map_err(|_| anyhow!("a folder was not listed"))
}

/// A path without `.` and `..`; `None` if it leads out.
pub(super) fn normal(path: &[u8]) -> Option<Vec<u8>> {
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
