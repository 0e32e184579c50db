//! A side of a review: a checked inventory, for a base that does not compile, what was compiled of it before, or nothing at all.

use std::collections::{BTreeMap, BTreeSet};

use super::space::{Made, Space};
use crate::inventory::{Inventory, Platform, State};
use crate::lower::template::Templates;
use crate::plan::Plan;
use crate::render::File;
use crate::render::header::{Header, Subject};
use crate::render::layout::NamespacePath;
use crate::render::{self, layout};
use crate::source::Places;

/// One side of a review.
pub struct Side<'s> {
    /// How people name it: a revision or a folder.
    pub name: &'s str,
    /// What it holds.
    pub content: Content<'s>,
}

/// What a side is made from.
pub enum Content<'s> {
    /// A checked inventory.
    Declared(Declared<'s>),
    /// Compiled files by their path below the output folder. They know no evidence, no groups and no settings.
    Compiled(&'s BTreeMap<String, String>),
    /// Neither: before the first inventory, nobody had access and no cluster had settings.
    Nothing,
}

/// A checked inventory with its plans.
#[derive(Clone, Copy)]
pub struct Declared<'s> {
    /// The inventory.
    pub inventory: &'s Inventory,
    /// One plan per cluster, by name.
    pub plans: &'s [Plan<'s>],
    /// The compiled templates.
    pub templates: &'s Templates<'s>,
    /// Where things are written.
    pub places: Places<'s>,
}

impl<'s> Declared<'s> {
    /// The plan of a cluster.
    pub fn plan(&self, cluster: &str) -> Option<&'s Plan<'s>> {
        self.plans.iter().find(|plan| name(plan) == cluster)
    }

    /// The settings of a cluster.
    pub fn platform(&self, cluster: &str) -> Option<&'s Platform> {
        self.plan(cluster).map(|plan| self.inventory.platform(plan.platform))
    }
}

/// The name of a plan's cluster.
fn name<'p>(plan: &Plan<'p>) -> &'p str {
    plan.inventory.platform(plan.platform).name.as_str()
}

impl<'s> Side<'s> {
    /// The inventory, if the side has one.
    pub fn declared(&self) -> Option<&Declared<'s>> {
        match &self.content {
            Content::Declared(declared) => Some(declared),
            Content::Compiled(_) | Content::Nothing => None,
        }
    }

    /// The names of its clusters, in any order.
    pub fn clusters(&self) -> Vec<&'s str> {
        match &self.content {
            Content::Declared(declared) => declared.plans.iter().map(name).collect(),
            Content::Compiled(files) => files.keys().filter_map(|path| Some(path.split_once('/')?.0)).collect(),
            Content::Nothing => Vec::new(),
        }
    }

    /// The tenants of its namespaces.
    pub fn tenants(&self) -> BTreeSet<String> {
        let spaces = self.clusters().into_iter().collect::<BTreeSet<_>>().into_iter();
        spaces.flat_map(|cluster| self.spaces(cluster)).map(|(_, space)| space.tenant.into_owned()).collect()
    }

    /// The namespaces of a cluster by name.
    pub fn spaces(&self, cluster: &str) -> BTreeMap<&'s str, Space<'s>> {
        match &self.content {
            Content::Declared(declared) => {
                let plan = declared.plan(cluster).into_iter();
                let spaces = plan.flat_map(|plan| plan.provisions.iter().map(move |it| (plan, it)));
                let space = |(plan, provision)| Space::planned(*declared, plan, provision);
                spaces.map(space).map(|space| (space.name, space)).collect()
            }
            Content::Compiled(files) => {
                let own = files.iter().filter_map(|(path, text)| written(cluster, path, text));
                own.map(|space| (space.name, space)).collect()
            }
            Content::Nothing => BTreeMap::new(),
        }
    }

    /// Numbers of shards that a cluster is spread over; more than one if what was compiled does not agree.
    pub fn shards(&self, cluster: &str) -> BTreeSet<u16> {
        match &self.content {
            Content::Declared(declared) => declared.plan(cluster).map(|plan| plan.shards).into_iter().collect(),
            Content::Compiled(files) => {
                let own = files.iter().filter(|(path, _)| layout::shard_file_of(path) == Some(cluster));
                own.filter_map(|(_, text)| render::shards_of_body(Header::parse(text)?.1)).collect()
            }
            Content::Nothing => BTreeSet::new(),
        }
    }

    /// The files of a cluster's platform that hold manifests, without their headers, by path.
    pub fn platform_files(&self, cluster: &str) -> BTreeMap<String, String> {
        match &self.content {
            Content::Declared(declared) => {
                let files = declared.plan(cluster).map(|plan| render::platform_files(plan, declared.templates));
                let files = files.into_iter().flatten().filter(|file| layout::shard_file_of(&file.path).is_none());
                files.filter_map(|File { path, text }| Some((path, body(&text)?))).collect()
            }
            Content::Compiled(files) => {
                let own = files.iter().filter(|(path, _)| path.split_once('/').is_some_and(|(top, _)| top == cluster));
                let platform = own.filter_map(|(path, text)| {
                    let (header, body) = Header::parse(text).filter(|_| layout::shard_file_of(path).is_none())?;
                    matches!(header.subject, Subject::Platform { .. }).then(|| (path.clone(), body.to_owned()))
                });
                platform.collect()
            }
            Content::Nothing => BTreeMap::new(),
        }
    }
}

fn body(text: &str) -> Option<String> {
    Header::parse(text).map(|(_, body)| body.to_owned())
}

/// The namespace of a compiled file, if it is one of a cluster's.
fn written<'s>(cluster: &str, path: &'s str, text: &'s str) -> Option<Space<'s>> {
    let NamespacePath { cluster: owner, namespace, .. } = layout::namespace_of(path)?;
    let (header, body) = Header::parse(text)?;
    // As for a compile: a state that nothing vouches for may have been written by hand.
    let vouches = header.vouches();
    let Subject::Tenant { name, state } = header.subject else { return None };
    let state = if vouches { state } else { State::Active.name().to_owned() };
    (owner == cluster).then(|| Space {
        cluster: owner,
        name: namespace,
        tenant: name.into(),
        state: state.into(),
        made: Made::Written { path, body },
    })
}
