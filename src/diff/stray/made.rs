//! What each side's inventory makes at a path: a compiled file that is none of it was not compiled from there.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::document::{Document, documents};
use super::{Stray, StrayFiles};
use crate::diff::{Content, Side};
use crate::lower::{Scene, lower};
use crate::render;
use crate::render::header::{Digest32, Header};
use crate::render::layout::{self, Layout, NamespacePath};

/// The files that both sides make, rendered when somebody asks for one.
pub struct Makes<'m> {
    base: &'m Side<'m>,
    head: &'m Side<'m>,
    /// Files of the platforms whose folders hold something that differs and is no namespace's.
    platform: [BTreeMap<String, String>; 2],
}

/// What the head's inventory makes at a path.
pub struct Wanted {
    text: String,
    /// The body that there would be if no grant ever ended, if one has: on an earlier day, there was more in the file.
    undated: Option<String>,
}

/// How a compiled file came to differ from what head's inventory makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The inventory makes another file at its path.
    Other,
    /// Only the base's inventory makes a file at its path.
    Former,
    /// Neither does.
    Unknown,
}

impl<'m> Makes<'m> {
    pub fn new(base: &'m Side<'m>, head: &'m Side<'m>, strays: &StrayFiles) -> Makes<'m> {
        let mut clusters: Vec<&str> = strays.keys().filter_map(|path| Some(path.split_once('/')?.0)).collect();
        clusters.dedup();
        let of_platform = |path: &&String| of_namespace(head, path).is_none() && of_namespace(base, path).is_none();
        let asked = |cluster: &&str| {
            let below = |path: &&String| path.split_once('/').is_some_and(|(top, _)| top == *cluster);
            strays.keys().filter(below).any(|path| of_platform(&path))
        };
        clusters.retain(asked);
        let files = |side: &Side<'_>| clusters.iter().flat_map(|cluster| platform_files(side, cluster)).collect();
        Makes { base, head, platform: [files(base), files(head)] }
    }

    /// What the head makes at a path.
    pub fn wanted(&self, path: &str) -> Option<Wanted> {
        if let Some(found) = of_namespace(self.head, path) {
            return Some(found);
        }
        Some(Wanted { text: self.platform[1].get(path)?.clone(), undated: None })
    }

    /// What the base makes at a path, or made.
    pub fn former(&self, path: &str) -> Option<String> {
        match &self.base.content {
            Content::Compiled(files) => files.get(path).cloned(),
            _ => match of_namespace(self.base, path) {
                Some(wanted) => Some(wanted.text),
                None => self.platform[0].get(path).cloned(),
            },
        }
    }
}

fn of_namespace(side: &Side<'_>, path: &str) -> Option<Wanted> {
    let declared = side.declared()?;
    let NamespacePath { cluster, namespace, .. } = layout::namespace_of(path)?;
    let plan = declared.plan(cluster)?;
    if layout::namespace_path(cluster, namespace, plan.shards) != path {
        return None;
    }
    let at = plan.provisions.binary_search_by(|it| it.namespace.name.as_str().cmp(namespace)).ok()?;
    let provision = plan.provisions.get(at)?;
    let undated = provision.undated_grants.as_ref();
    let undated = undated.map(|_| render::body(&lower(&Scene::undated(plan, provision), declared.templates)));
    Some(Wanted { text: render::namespace_file(plan, provision, declared.templates).text, undated })
}

fn platform_files(side: &Side<'_>, cluster: &str) -> BTreeMap<String, String> {
    let Some((declared, plan)) = side.declared().and_then(|it| Some((it, it.plan(cluster)?))) else {
        return BTreeMap::new();
    };
    let files = render::platform_files_in(plan, declared.templates, Layout::Kustomize);
    files.into_iter().map(|file| (file.path, file.text)).collect()
}

impl Wanted {
    /// Whether a compiled file is what the inventory makes, today or before a grant ended.
    pub fn is(&self, digest: &Digest32, text: Option<&str>) -> bool {
        if *digest == Digest32::from(Sha256::digest(self.text.as_bytes())) {
            return true;
        }
        let Some((undated, text)) = self.undated.as_ref().zip(text) else { return false };
        let input = |text| Header::parse(text).map(|(header, _)| (header.subject, header.input));
        let contents = |text| documents(text).iter().map(Document::contents).collect::<Vec<_>>();
        let known: Vec<String> = contents(undated).into_iter().chain(contents(&self.text)).collect();
        let (found, names) = (contents(text), names(text));
        input(text) == input(&self.text)
            && found.iter().all(|document| known.contains(document))
            && self::names(&self.text).iter().all(|name| names.contains(name))
    }

    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Kind, namespace and name of each document.
pub fn names(text: &str) -> Vec<String> {
    documents(text).iter().filter_map(Document::name).collect()
}

/// A file with a header of ours that fits it. Its text is left out where there is too much of them.
pub fn compiled(text: String, keep: bool) -> Stray {
    Stray::Compiled { digest: Sha256::digest(text.as_bytes()).into(), text: keep.then_some(text) }
}
