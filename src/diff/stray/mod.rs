//! Files that lie where engines sync and that tenantry did not write: what they would bring to a cluster.
//!
//! Nothing of them comes from the inventory, so no plan, no guard and no other risk speaks of them; an engine applies
//! them all the same. What both sides have is no change, wherever in the same part of a cluster's output it lies.
//!
//! A header of ours proves nothing: anybody can compute its digests, or copy an old file. So a compiled file that differs
//! from the base's is held against what the head's inventory makes at its path.

mod document;
mod made;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::words::shown;
use super::{Risk, RiskCode, Side};
use crate::diag::catalog::counted;
use crate::name::is_dns_label;
use crate::render::header::Digest32;
use crate::render::layout;
use document::{Document, documents};
use made::{Makes, Origin};

/// Most documents of one cluster that are named. The others are counted. Formats for people fold those that are alike.
const SHOWN: usize = 1_000;

/// What lies at a path where engines sync, and is not ours for sure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stray {
    /// The text of a file without a header of ours, or with one that does not fit.
    Text(String),
    /// A file whose header says that we wrote it as it is; it differs from what the other side has there.
    Compiled {
        /// SHA-256 of its bytes.
        digest: Digest32,
        /// Its text; `None` where there is too much to keep.
        text: Option<String>,
    },
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
    /// Whether the head is somebody's working tree, where files may be compiled a little later.
    pub in_progress: bool,
}

/// Something in a stray file.
struct Found<'s> {
    path: &'s str,
    code: RiskCode,
    /// What comes first is named first: rights, then what nobody can read, then the rest.
    rank: u8,
    line: u32,
    namespace: Option<String>,
    message: String,
}

impl Stray {
    /// A file with a header of ours that fits it. `keep` says whether its text is kept, too.
    pub fn compiled(text: String, keep: bool) -> Stray {
        made::compiled(text, keep)
    }
}

/// What was found beside what the inventories make.
#[derive(Debug, Default)]
pub struct Risks {
    /// One risk for each document that is new or says something else, and one for those that are too many to name.
    pub risks: Vec<Risk>,
    /// How many compiled files of a working tree are not what its inventory compiles to.
    pub to_compile: usize,
}

/// Looks at the files that differ.
pub fn risks(strays: Strays<'_>, sides: (&Side<'_>, &Side<'_>), wanted: &dyn Fn(&str) -> bool) -> Risks {
    let makes = Makes::new(sides.0, sides.1, [strays.base, strays.head]);
    let mut known = Known::default();
    for (path, stray) in strays.base {
        match stray {
            Stray::Unread { contents, .. } => drop(known.unread.insert((path.as_str(), contents.as_slice()))),
            Stray::Text(text) | Stray::Compiled { text: Some(text), .. } => known.learn(Part::of(path), text),
            Stray::Compiled { text: None, .. } => {}
        }
    }
    let mut head: Vec<(&str, &Stray)> = strays.head.iter().map(|(path, stray)| (path.as_str(), stray)).collect();
    head.retain(|(path, _)| wanted(Part::of(path).cluster));
    let mut looked: Vec<Looked<'_>> =
        head.into_par_iter().filter_map(|(path, stray)| Looked::at(path, stray, &makes)).collect();
    let gone = strays.base.iter().filter(|(path, stray)| {
        let ours = matches!(stray, Stray::Compiled { .. }) && wanted(Part::of(path).cluster);
        ours && !strays.head.contains_key(*path) && makes.has(path)
    });
    let mut gone: Vec<&str> = gone.map(|(path, _)| path.as_str()).collect();
    let mut to_compile = 0;
    if strays.in_progress {
        let all = looked.len();
        looked.retain(|looked| looked.origin().is_none());
        to_compile = all - looked.len() + std::mem::take(&mut gone).len();
    }
    let mut clusters: BTreeMap<&str, Vec<Found<'_>>> = BTreeMap::new();
    for (cluster, paths) in by_cluster(&gone) {
        clusters.entry(cluster).or_default().extend(missing(&paths));
    }
    for looked in looked {
        let found = clusters.entry(Part::of(looked.path).cluster).or_default();
        known.compare(&looked, strays.base.get(looked.path), found);
    }
    let risks = clusters.into_iter().flat_map(|(cluster, found)| named(cluster, found, strays.folder)).collect();
    Risks { risks, to_compile }
}

fn by_cluster<'p>(paths: &[&'p str]) -> BTreeMap<&'p str, Vec<&'p str>> {
    let mut clusters: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for path in paths {
        clusters.entry(Part::of(path).cluster).or_default().push(path);
    }
    clusters
}

/// Compiled files of one cluster that somebody took away although the inventory makes them.
fn missing<'s>(paths: &[&'s str]) -> Option<Found<'s>> {
    let path = *paths.first()?;
    let more = paths.len() - 1;
    let (more, verb) = match more {
        0 => (String::new(), "is"),
        _ => (format!(" and {}", counted(more, "more file", "more files")), "are"),
    };
    let message =
        format!("`{}`{more} {verb} gone, and the inventory makes what was there: engines take it away", shown(path));
    Some(Found { path, code: RiskCode::OutputDiffers, rank: 0, line: 1, namespace: None, message })
}

/// A file of the head that may bring something, with what the inventories make at its path.
struct Looked<'s> {
    path: &'s str,
    stray: &'s Stray,
    wanted: Option<String>,
    former: Option<String>,
}

impl<'s> Looked<'s> {
    /// `None` for a compiled file that is what the head's inventory makes, or the base's.
    fn at(path: &'s str, stray: &'s Stray, makes: &Makes<'_>) -> Option<Looked<'s>> {
        if matches!(stray, Stray::Unread { .. }) {
            return Some(Looked { path, stray, wanted: None, former: None });
        }
        let (wanted, former) = (makes.wanted(path), makes.former(path));
        if let Stray::Compiled { digest, .. } = stray
            && [&wanted, &former].into_iter().flatten().any(|text| made::is(text, digest))
        {
            return None;
        }
        Some(Looked { path, stray, wanted, former })
    }

    /// How a compiled file came to differ; `None` for what has no header that fits.
    fn origin(&self) -> Option<Origin> {
        let is_compiled = matches!(self.stray, Stray::Compiled { .. });
        is_compiled.then_some(match (&self.wanted, &self.former) {
            (Some(_), _) => Origin::Other,
            (None, Some(_)) => Origin::Former,
            (None, None) => Origin::Unknown,
        })
    }
}

/// What the base has.
#[derive(Default)]
struct Known<'s> {
    documents: BTreeSet<(Part<'s>, String)>,
    names: BTreeSet<(Part<'s>, String)>,
    unread: BTreeSet<(&'s str, &'s [u8])>,
}

impl<'s> Known<'s> {
    fn learn(&mut self, part: Part<'s>, text: &str) {
        for document in documents(text) {
            self.names.extend(document.name().map(|name| (part, name)));
            self.documents.insert((part, document.contents()));
        }
    }

    fn compare(&mut self, looked: &Looked<'s>, was: Option<&Stray>, found: &mut Vec<Found<'s>>) {
        let (path, part) = (looked.path, Part::of(looked.path));
        let text = match looked.stray {
            Stray::Unread { what, contents } => {
                if !self.unread.contains(&(path, contents.as_slice())) {
                    found.push(unreadable(path, what));
                }
                return;
            }
            Stray::Compiled { text: None, .. } => return found.push(differing(path, looked.origin(), "")),
            Stray::Compiled { text: Some(text), .. } | Stray::Text(text) => text,
        };
        for own in looked.wanted.iter().chain(&looked.former) {
            self.learn(part, own);
        }
        for document in documents(text) {
            if self.documents.insert((part, document.contents())) || looked.origin() == Some(Origin::Unknown) {
                let changed = document.name().is_some_and(|name| self.names.contains(&(part, name)));
                found.push(look(path, &document, changed, looked.origin()));
            }
        }
        let lacking = looked.wanted.as_ref().and_then(|wanted| lacking(text, wanted, was));
        found.extend(lacking.map(|how| differing(path, looked.origin(), &how)));
    }
}

/// What a file lacks of what the inventory makes there, unless the base's lacked it, too.
fn lacking(text: &str, wanted: &str, was: Option<&Stray>) -> Option<String> {
    let has = made::names(text);
    let had = match was {
        Some(Stray::Text(text) | Stray::Compiled { text: Some(text), .. }) => Some(made::names(text)),
        _ => None,
    };
    let wanted = documents(wanted);
    let lacks = |document: &&Document| {
        let name = document.name();
        name.is_some_and(|name| !has.contains(&name) && had.as_ref().is_none_or(|had| had.contains(&name)))
    };
    let lacking: Vec<String> = wanted.iter().filter(lacks).filter_map(Document::what).collect();
    let first = lacking.first()?;
    let more = lacking.len() - 1;
    let more = if more == 0 { String::new() } else { format!(" and {}", counted(more, "more object", "more objects")) };
    Some(format!(": it lacks {first}{more}"))
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
    Found { path, code: RiskCode::ForeignManifest, rank: 1, line: 1, namespace: None, message }
}

/// What says that a file has something that the inventory does not have.
fn code(origin: Option<Origin>) -> RiskCode {
    origin.map_or(RiskCode::ForeignManifest, |_| RiskCode::OutputDiffers)
}

/// A compiled file as a whole.
fn differing<'s>(path: &'s str, origin: Option<Origin>, how: &str) -> Found<'s> {
    let path_shown = shown(path);
    let what = match origin {
        Some(Origin::Unknown) => "lies where engines sync, and no inventory makes a file there",
        Some(Origin::Former) => "differs from the base's, and the inventory makes no file there any more",
        Some(Origin::Other) | None => "is not what the inventory compiles to",
    };
    let message = format!("`{path_shown}` {what}{how}");
    Found { path, code: code(origin), rank: 1, line: 1, namespace: None, message }
}

fn look<'s>(path: &'s str, document: &Document, changed: bool, origin: Option<Origin>) -> Found<'s> {
    let verb = if changed { "is changed" } else { "is added" };
    let part = Part::of(path);
    let cluster = shown(part.cluster);
    let why = match origin {
        None => "which tenantry did not write",
        Some(Origin::Other) => "which is not what the inventory compiles to",
        Some(Origin::Former) => "in a compiled file that the inventory makes no more",
        Some(Origin::Unknown) => "in a compiled file at a path for which no inventory makes one",
    };
    let Some(what) = document.what() else {
        let message = format!(
            "a document that tenantry did not write {verb} where engines sync the cluster `{cluster}`, and it cannot be \
             read as a manifest"
        );
        return Found { path, code: code(origin), rank: 1, line: document.line, namespace: None, message };
    };
    let effect = document.effect();
    let rank = if effect.is_some() { 0 } else { 2 };
    let effect = effect.map(|effect| format!("; {effect}")).unwrap_or_default();
    let message = format!("{what}, {why}, {verb} where engines sync the cluster `{cluster}`{effect}");
    let namespace = document.namespace().filter(|name| is_dns_label(name)).map(str::to_owned);
    Found { path, code: code(origin), rank, line: document.line, namespace, message }
}

fn named(cluster: &str, mut found: Vec<Found<'_>>, folder: &str) -> Vec<Risk> {
    found.sort_by(|a, b| (a.rank, a.path, a.line).cmp(&(b.rank, b.path, b.line)));
    let rest = found.split_off(found.len().min(SHOWN));
    let place = |found: &Found<'_>| Some((format!("{}/{}", folder.trim_end_matches('/'), found.path), found.line));
    let risk = |found: Found<'_>| {
        let place = place(&found);
        Risk::new(found.code, cluster, found.namespace.as_deref(), found.message).at(place)
    };
    let mut risks: Vec<Risk> = found.into_iter().map(risk).collect();
    for (code, who) in [
        (RiskCode::ForeignManifest, "that tenantry did not write"),
        (RiskCode::OutputDiffers, "of which the inventory knows nothing"),
    ] {
        let more = rest.iter().filter(|found| found.code == code).count();
        if more > 0 {
            let documents = counted(more, "more document", "more documents");
            let verb = if more == 1 { "is" } else { "are" };
            let cluster_shown = shown(cluster);
            let message =
                format!("{documents} {who} {verb} added or changed where engines sync the cluster `{cluster_shown}`");
            risks.push(Risk::new(code, cluster, None, message));
        }
    }
    risks
}

#[cfg(test)]
mod tests;
