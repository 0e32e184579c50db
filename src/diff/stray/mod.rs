//! Files that lie where engines sync and that tenantry did not write: what they would bring to a cluster.
//!
//! Nothing of them comes from the inventory, so no plan, no guard and no other risk speaks of them; an engine applies
//! them all the same. What both sides have is no change, wherever in the same part of a cluster's output it lies.

mod document;

use std::collections::{BTreeMap, BTreeSet};

use super::words::shown;
use super::{Risk, RiskCode};
use crate::diag::catalog::counted;
use crate::name::is_dns_label;
use crate::render::layout;
use document::{Document, documents};

/// Most documents of one cluster that are named. The others are counted. Formats for people fold those that are alike.
const SHOWN: usize = 1_000;

/// What lies at a path where engines sync, and is not ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stray {
    /// The text of a file.
    Text(String),
    /// What nobody reads here, and engines may.
    Unread {
        /// What it is, in words such as `a submodule`. Names in it are quoted and bounded.
        what: String,
        /// What tells it apart from another one at the same path.
        contents: Vec<u8>,
    },
}

/// Files by their path below the output folder.
pub type StrayFiles = BTreeMap<String, Stray>;

/// The files of both sides.
#[derive(Debug, Clone, Copy)]
pub struct Strays<'s> {
    /// How people name the output folder of the head.
    pub folder: &'s str,
    /// What the base has. A file that both sides have with the same contents may be left out of both.
    pub base: &'s StrayFiles,
    /// What the head has.
    pub head: &'s StrayFiles,
}

/// Something in a stray file.
struct Found<'s> {
    path: &'s str,
    /// What comes first is named first: rights, then what nobody can read, then the rest.
    rank: u8,
    line: u32,
    namespace: Option<String>,
    message: String,
}

/// One risk for each document that is new or says something else, and one for those that are too many to name.
pub fn risks(strays: Strays<'_>, wanted: &dyn Fn(&str) -> bool) -> Vec<Risk> {
    let mut known: BTreeSet<(Part<'_>, String)> = BTreeSet::new();
    let mut names: BTreeSet<(Part<'_>, String)> = BTreeSet::new();
    let mut unread: BTreeSet<(&str, &[u8])> = BTreeSet::new();
    for (path, stray) in strays.base {
        let part = Part::of(path);
        match stray {
            Stray::Unread { contents, .. } => drop(unread.insert((path.as_str(), contents.as_slice()))),
            Stray::Text(text) => {
                for document in documents(text) {
                    names.extend(document.name().map(|name| (part, name)));
                    known.insert((part, document.contents()));
                }
            }
        }
    }
    let mut clusters: BTreeMap<&str, Vec<Found<'_>>> = BTreeMap::new();
    for (path, stray) in strays.head {
        let part = Part::of(path);
        if !wanted(part.cluster) {
            continue;
        }
        let found = clusters.entry(part.cluster).or_default();
        match stray {
            Stray::Unread { what, contents } if !unread.contains(&(path.as_str(), contents.as_slice())) => {
                found.push(unreadable(path, what));
            }
            Stray::Unread { .. } => {}
            Stray::Text(text) => {
                for document in documents(text) {
                    if known.insert((part, document.contents())) {
                        let changed = document.name().is_some_and(|name| names.contains(&(part, name)));
                        found.push(look(path, &document, changed));
                    }
                }
            }
        }
    }
    clusters.into_iter().flat_map(|(cluster, found)| named(cluster, found, strays.folder)).collect()
}

/// The part of the output that one Application or Kustomization has the rights for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Part<'p> {
    cluster: &'p str,
    platform: bool,
}

impl Part<'_> {
    fn of(path: &str) -> Part<'_> {
        let cluster = path.split_once('/').map_or(path, |(cluster, _)| cluster);
        Part { cluster, platform: layout::folder_of(path).starts_with(layout::PLATFORM_OBJECTS) }
    }
}

fn unreadable<'s>(path: &'s str, what: &str) -> Found<'s> {
    let message = format!(
        "`{}` lies where engines sync, tenantry did not write it, and it is {what}: nobody can say here what it brings",
        shown(path)
    );
    Found { path, rank: 1, line: 1, namespace: None, message }
}

fn look<'s>(path: &'s str, document: &Document, changed: bool) -> Found<'s> {
    let verb = if changed { "is changed" } else { "is added" };
    let part = Part::of(path);
    let cluster = shown(part.cluster);
    let Some(what) = document.what() else {
        let message = format!(
            "a document that tenantry did not write {verb} where engines sync the cluster `{cluster}`, and it cannot be \
             read as a manifest"
        );
        return Found { path, rank: 1, line: document.line, namespace: None, message };
    };
    let effect = document.effect();
    let rank = if effect.is_some() { 0 } else { 2 };
    let effect = effect.map(|effect| format!("; {effect}")).unwrap_or_default();
    let message =
        format!("{what}, which tenantry did not write, {verb} where engines sync the cluster `{cluster}`{effect}");
    let namespace = document.namespace().filter(|name| is_dns_label(name)).map(str::to_owned);
    Found { path, rank, line: document.line, namespace, message }
}

fn named(cluster: &str, mut found: Vec<Found<'_>>, folder: &str) -> Vec<Risk> {
    found.sort_by(|a, b| (a.rank, a.path, a.line).cmp(&(b.rank, b.path, b.line)));
    let more = found.len().saturating_sub(SHOWN);
    found.truncate(SHOWN);
    let place = |found: &Found<'_>| Some((format!("{}/{}", folder.trim_end_matches('/'), found.path), found.line));
    let risk = |found: Found<'_>| {
        let place = place(&found);
        Risk::new(RiskCode::ForeignManifest, cluster, found.namespace.as_deref(), found.message).at(place)
    };
    let mut risks: Vec<Risk> = found.into_iter().map(risk).collect();
    if more > 0 {
        let documents = counted(more, "more document", "more documents");
        let verb = if more == 1 { "is" } else { "are" };
        let message = format!(
            "{documents} that tenantry did not write {verb} added or changed where engines sync the cluster `{}`",
            shown(cluster)
        );
        risks.push(Risk::new(RiskCode::ForeignManifest, cluster, None, message));
    }
    risks
}

#[cfg(test)]
mod tests;
