//! What each side's inventory makes at a path: a compiled file that is none of it was not compiled from there.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::document::{Document, documents};
use super::{Stray, StrayFiles};
use crate::diff::{Content, Side};
use crate::lower::template::Templates;
use crate::plan::{Plan, Provision};
use crate::render;
use crate::render::header::Digest32;
use crate::render::layout::{self, Layout, NamespacePath};

/// The files that both sides make, rendered when somebody asks for one.
pub struct Makes<'m> {
    base: &'m Side<'m>,
    head: &'m Side<'m>,
    /// Files of the platforms whose folders hold something that differs and is no namespace's.
    platform: [BTreeMap<String, String>; 2],
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
    pub fn new(base: &'m Side<'m>, head: &'m Side<'m>, strays: [&StrayFiles; 2]) -> Makes<'m> {
        let paths = || strays.into_iter().flat_map(StrayFiles::keys);
        let clusters: BTreeSet<&str> = paths().filter_map(|path| Some(path.split_once('/')?.0)).collect();
        let mut clusters: Vec<&str> = clusters.into_iter().collect();
        let of_platform = |path: &&String| namespace_at(head, path).is_none() && namespace_at(base, path).is_none();
        let asked = |cluster: &&str| {
            let below = |path: &&String| path.split_once('/').is_some_and(|(top, _)| top == *cluster);
            paths().filter(below).any(|path| of_platform(&path))
        };
        clusters.retain(asked);
        let files = |side: &Side<'_>| clusters.iter().flat_map(|cluster| platform_files(side, cluster)).collect();
        Makes { base, head, platform: [files(base), files(head)] }
    }

    /// What the head makes at a path.
    pub fn wanted(&self, path: &str) -> Option<String> {
        of_namespace(self.head, path).or_else(|| self.platform[1].get(path).cloned())
    }

    /// Whether the head makes anything at a path.
    pub fn has(&self, path: &str) -> bool {
        namespace_at(self.head, path).is_some() || self.platform[1].contains_key(path)
    }

    /// What the base makes at a path, or made.
    pub fn former(&self, path: &str) -> Option<String> {
        match &self.base.content {
            Content::Compiled(files) => files.get(path).cloned(),
            _ => of_namespace(self.base, path).or_else(|| self.platform[0].get(path).cloned()),
        }
    }
}

/// The namespace whose file a side makes at a path.
fn namespace_at<'s>(side: &Side<'s>, path: &str) -> Option<(&'s Plan<'s>, &'s Provision<'s>, &'s Templates<'s>)> {
    let declared = side.declared()?;
    let NamespacePath { cluster, namespace, .. } = layout::namespace_of(path)?;
    let plan = declared.plan(cluster)?;
    if layout::namespace_path(cluster, namespace, plan.shards) != path {
        return None;
    }
    let at = plan.provisions.binary_search_by(|it| it.namespace.name.as_str().cmp(namespace)).ok()?;
    Some((plan, plan.provisions.get(at)?, declared.templates))
}

fn of_namespace(side: &Side<'_>, path: &str) -> Option<String> {
    let (plan, provision, templates) = namespace_at(side, path)?;
    Some(render::namespace_file(plan, provision, templates).text)
}

fn platform_files(side: &Side<'_>, cluster: &str) -> BTreeMap<String, String> {
    let Some((declared, plan)) = side.declared().and_then(|it| Some((it, it.plan(cluster)?))) else {
        return BTreeMap::new();
    };
    let files = render::platform_files_in(plan, declared.templates, Layout::Kustomize);
    files.into_iter().map(|file| (file.path, file.text)).collect()
}

/// Whether a text has this digest.
pub fn is(text: &str, digest: &Digest32) -> bool {
    *digest == Digest32::from(Sha256::digest(text.as_bytes()))
}

/// Kind, namespace and name of each document.
pub fn names(text: &str) -> Vec<String> {
    documents(text).iter().filter_map(Document::name).collect()
}

/// A file with a header of ours that fits it. Its text is left out where there is too much of them.
pub fn compiled(text: String, keep: bool) -> Stray {
    Stray::Compiled { digest: Sha256::digest(text.as_bytes()).into(), text: keep.then_some(text) }
}
