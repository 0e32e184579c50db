//! A tree of compiled files as git keeps it: in a commit, or in the index.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use anyhow::Result;
use tenantry::diag::{Diagnostic, catalog::folder as catalog};

use super::tree::{Kind, Seen, Tree};

/// What git has at a path.
#[derive(Debug, Clone)]
pub enum Place {
    /// A file that begins as ours do, and its text.
    Ours(Arc<String>),
    /// A file that does not.
    Foreign,
    /// A file that cannot be read, and why.
    Unreadable(String),
    /// A symbolic link.
    Link,
    /// A commit of another repository, which is a folder once it is checked out.
    Submodule,
}

/// A tree of compiled files, read.
#[derive(Debug, Clone)]
pub struct Stored {
    name: String,
    places: BTreeMap<String, Place>,
}

impl Stored {
    /// A tree of what is at each path. `name` is what people call its root.
    pub fn new(name: &str, places: BTreeMap<String, Place>) -> Stored {
        Stored { name: name.to_owned(), places }
    }

    /// Everything at or behind a path.
    fn from(&self, path: &str) -> Option<(&String, &Place)> {
        self.places.range::<str, _>((Bound::Included(path), Bound::Unbounded)).next()
    }
}

impl Tree for Stored {
    fn name(&self) -> &str {
        &self.name
    }

    fn entries(&self, below: &str) -> Result<Vec<(String, Kind)>> {
        let folder = if below.is_empty() { String::new() } else { format!("{below}/") };
        let mut entries = Vec::new();
        let mut next = folder.clone();
        while let Some((path, place)) = self.from(&next) {
            let Some(rest) = path.strip_prefix(&folder) else { break };
            match rest.split_once('/') {
                Some((name, _)) => {
                    entries.push((name.to_owned(), Kind::Folder));
                    // What comes after `/` in the order of bytes: behind everything that is in the folder.
                    next = format!("{folder}{name}0");
                }
                None => {
                    entries.push((rest.to_owned(), kind(place)));
                    next = format!("{path}\0");
                }
            }
        }
        // `a-b` stands before `a/`.
        entries.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        Ok(entries)
    }

    fn kind(&self, below: &str) -> Option<Kind> {
        if let Some(place) = self.places.get(below) {
            return Some(kind(place));
        }
        let folder = format!("{below}/");
        self.from(&folder).filter(|(path, _)| path.starts_with(&folder)).map(|_| Kind::Folder)
    }

    fn look(&self, below: &str) -> Result<Seen, Box<Diagnostic>> {
        match self.places.get(below) {
            None if self.kind(below).is_some() => Ok(Seen::NoFile("a folder")),
            None => Ok(Seen::Nothing),
            Some(Place::Ours(text)) => Ok(Seen::Ours(text.as_ref().clone())),
            Some(Place::Foreign) => Ok(Seen::Foreign),
            Some(Place::Unreadable(why)) => Err(Box::new(catalog::unreadable(&self.shown(below), why))),
            Some(Place::Link) => Ok(Seen::NoFile("a symbolic link")),
            Some(Place::Submodule) => Ok(Seen::NoFile("a submodule")),
        }
    }

    fn is_same(&self, one: &str, other: &str) -> bool {
        one == other
    }
}

fn kind(place: &Place) -> Kind {
    match place {
        Place::Ours(_) | Place::Foreign | Place::Unreadable(_) => Kind::File,
        Place::Link => Kind::Link,
        Place::Submodule => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(paths: &[&str]) -> Stored {
        Stored::new("output", paths.iter().map(|path| ((*path).to_owned(), Place::Foreign)).collect())
    }

    #[test]
    fn a_folder_is_what_has_something_in_it() {
        let tree = tree(&["a-b", "a/x", "a/y/z", "b", "b0/c"]);
        let names = |below| tree.entries(below).expect("entries");
        let entry = |name: &str, kind| (name.to_owned(), kind);
        let (folder, file) = (Kind::Folder, Kind::File);
        assert_eq!(names(""), [entry("a", folder), entry("a-b", file), entry("b", file), entry("b0", folder)]);
        assert_eq!(names("a"), [entry("x", file), entry("y", folder)]);
        assert_eq!(names("nothing"), []);
        assert_eq!((tree.kind("a/y"), tree.kind("a/x"), tree.kind("a/")), (Some(folder), Some(file), None));
        assert!(matches!(tree.look("a"), Ok(Seen::NoFile("a folder"))));
        assert!(matches!(tree.look("c"), Ok(Seen::Nothing)));
    }
}
