//! Which files of a listing an inventory is made of: the same as `read` finds in a folder on a disk.

use std::collections::BTreeMap;

use super::tree::{Entries, Kind, ObjectId, below, is_folder, join};
use crate::diag::{Diagnostic, catalog::read as catalog};
use crate::parse::is_wanted;

/// Most links on the way to one file, as systems have it.
pub const LINKS: usize = 40;

/// Most files that folders which are links may add.
const LINKED_FILES: usize = 1 << 20;

/// What a walk came upon.
#[derive(Debug, Default)]
pub struct Walked {
    /// The files to read: the name, and the object.
    pub files: Vec<(String, ObjectId)>,
    /// What is wrong.
    pub found: Vec<Diagnostic>,
    /// Links out of the folder: the name, and the path in the repository, if they lead to one.
    pub outside: Vec<(String, Option<Vec<u8>>)>,
    linked: usize,
}

/// Where a link leads.
enum Target {
    File(ObjectId),
    Folder(Vec<u8>),
    Submodule,
    Nothing,
    Loop,
    Outside(Option<Vec<u8>>),
}

/// Walks a folder that has these entries. `links` has the text of each link.
pub fn walk(root: &[u8], entries: &Entries, links: &BTreeMap<ObjectId, Vec<u8>>) -> Walked {
    let mut walked = Walked::default();
    Walk { root, entries, links }.folder(b"", &[], &mut Vec::new(), &mut walked);
    walked
}

/// Whether some part of a path is hidden.
pub fn is_hidden(path: &[u8]) -> bool {
    path.split(|&byte| byte == b'/').any(|part| part.starts_with(b"."))
}

struct Walk<'a> {
    root: &'a [u8],
    entries: &'a Entries,
    links: &'a BTreeMap<ObjectId, Vec<u8>>,
}

impl Walk<'_> {
    /// Walks one folder. `shown` is the path that its files have for people. `chain` has the folders that links led into
    /// and, for all but the last, the folder that the next link stood in.
    fn folder(&self, real: &[u8], shown: &[u8], chain: &mut Vec<(Vec<u8>, Vec<u8>)>, walked: &mut Walked) {
        for (path, entry) in below(self.entries, real).filter(|(path, _)| !is_hidden(path)) {
            let name = match String::from_utf8([shown, path].concat()) {
                Ok(name) => name,
                Err(error) => {
                    let lossy = String::from_utf8_lossy(error.as_bytes());
                    if is_wanted(&lossy) && entry.kind != Kind::Submodule {
                        walked.found.push(catalog::path_not_utf8(&lossy));
                    }
                    continue;
                }
            };
            match entry.kind {
                Kind::File if is_wanted(&name) => {
                    walked.linked += usize::from(!chain.is_empty());
                    walked.files.push((name, entry.id.clone()));
                }
                Kind::File => {}
                Kind::Submodule => walked.found.push(catalog::submodule(&name)),
                Kind::Link => self.link(&join(real, path), name, real, chain, walked),
            }
        }
    }

    fn link(
        &self,
        path: &[u8],
        name: String,
        entered: &[u8],
        chain: &mut Vec<(Vec<u8>, Vec<u8>)>,
        walked: &mut Walked,
    ) {
        match self.target(path) {
            Target::File(id) if is_wanted(&name) => walked.files.push((name, id)),
            Target::File(_) => {}
            Target::Submodule => walked.found.push(catalog::submodule(&name)),
            Target::Nothing => walked.found.push(catalog::unreadable(&name, "no such file or directory")),
            Target::Outside(way) => walked.outside.push((name, way)),
            Target::Folder(target) => {
                let stands_in = parent(path).to_owned();
                chain.push((entered.to_owned(), stands_in));
                let again = chain.iter().any(|(from, to)| is_within(&target, from) && is_within(to, &target));
                if again || chain.len() > LINKS || walked.linked > LINKED_FILES {
                    walked.found.push(catalog::unreadable(&name, "it is a loop of symbolic links"));
                } else {
                    self.folder(&target, &[name.as_bytes(), b"/"].concat(), chain, walked);
                }
                chain.pop();
            }
            Target::Loop => walked.found.push(catalog::unreadable(&name, "it is a loop of symbolic links")),
        }
    }

    /// Follows a link, and those on its way. Paths are below the repository's root here: a link may leave the folder and
    /// come back.
    fn target(&self, link: &[u8]) -> Target {
        let mut todo = parts(&join(self.root, link));
        let mut done: Vec<Vec<u8>> = Vec::new();
        let mut followed = 0;
        while let Some(part) = todo.pop() {
            if part == b".." {
                if done.pop().is_none() {
                    return Target::Outside(None);
                }
                continue;
            }
            done.push(part);
            let here = done.join(&b'/');
            let Some(inside) = inside(&here, self.root) else { continue };
            match self.entries.get(inside) {
                Some(entry) if entry.kind == Kind::Link => {
                    followed += 1;
                    let text = self.links.get(&entry.id).map_or(&[][..], Vec::as_slice);
                    if followed > LINKS {
                        return Target::Loop;
                    }
                    // What is at the root of a file system, no revision knows.
                    if text.starts_with(b"/") {
                        return Target::Outside(None);
                    }
                    done.pop();
                    todo.extend(parts(text));
                }
                Some(entry) if !todo.is_empty() && entry.kind == Kind::File => return Target::Nothing,
                Some(entry) if entry.kind == Kind::File => return Target::File(entry.id.clone()),
                Some(_) => return Target::Submodule,
                None if is_folder(self.entries, inside) => {}
                None => return Target::Nothing,
            }
        }
        let path = done.join(&b'/');
        match inside(&path, self.root) {
            Some(inside) => Target::Folder(inside.to_owned()),
            None => Target::Outside(Some(path)),
        }
    }
}

/// The parts of a path, last first.
fn parts(path: &[u8]) -> Vec<Vec<u8>> {
    let parts = path.split(|&byte| byte == b'/').filter(|part| !part.is_empty() && part != b".");
    parts.rev().map(<[u8]>::to_vec).collect()
}

/// The folder that a path is in.
fn parent(path: &[u8]) -> &[u8] {
    path.iter().rposition(|&byte| byte == b'/').map_or(&[], |slash| &path[..slash])
}

/// Whether a path is a folder or below it.
fn is_within(path: &[u8], folder: &[u8]) -> bool {
    inside(path, folder).is_some()
}

/// The part of a path below a folder; empty for the folder itself.
fn inside<'a>(path: &'a [u8], folder: &[u8]) -> Option<&'a [u8]> {
    if folder.is_empty() {
        return Some(path);
    }
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix(b"/") }
}
