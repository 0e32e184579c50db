//! Objects to the text of files. Total: it knows no people and has nothing to complain about.

pub mod freshness;
pub mod header;
pub mod layout;
pub mod part;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::lower::template::Templates;
use crate::lower::{Cause, ContributorObjects, Scene, component, gitops, lower_but_contributors, platform};
use crate::manifest::{Manifest, Map, Tree, yaml};
use crate::plan::{self, Plan, Provision, shard_of};
use header::{Digest32, Header, Subject};
use layout::Layout;

/// A file of the output.
#[derive(Debug, Clone)]
pub struct File {
    /// Where it belongs, below the output folder, with `/` between parts.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

/// The file of one namespace.
pub fn namespace_file(plan: &Plan<'_>, provision: &Provision<'_>, templates: &Templates<'_>) -> File {
    let scene = Scene::today(plan, provision);
    let body = documents(&scene, templates);
    let undated = provision.undated_grants.as_ref();
    let undated = undated.map(|_| digest(&documents(&Scene::undated(plan, provision), templates)));
    let subject = Subject::Tenant { name: scene.tenant().to_owned(), state: provision.state().name().to_owned() };
    File {
        path: layout::namespace_path(scene.platform.name.as_str(), scene.namespace(), plan.shards),
        text: with_header(subject, &body, undated),
    }
}

/// The documents of one namespace's file, without its header.
pub fn namespace_body(plan: &Plan<'_>, provision: &Provision<'_>, templates: &Templates<'_>) -> String {
    documents(&Scene::today(plan, provision), templates)
}

/// The documents of a scene: those of [`lower`], of which contributors' take the short way of stencils.
fn documents(scene: &Scene<'_>, templates: &Templates<'_>) -> String {
    let objects = lower_but_contributors(scene, templates);
    let add_ons = objects.partition_point(|object| !matches!(object.cause, Cause::AddOn(_)));
    let contributors = ContributorObjects::of(scene);
    let count = objects.len() + 2 * contributors.names().len();
    let mut body = String::with_capacity(count * 800);
    for object in &objects[..add_ons] {
        document(&mut body, &object.manifest);
    }
    contributors.write(templates.stencils(), &mut body);
    for object in &objects[add_ons..] {
        document(&mut body, &object.manifest);
    }
    body
}

/// Whether the documents with a digest are what a compile gives a namespace on some day: what a grant's end alone explains.
pub fn is_of_some_day(
    plan: &Plan<'_>,
    provision: &Provision<'_>,
    templates: &Templates<'_>,
    documents: &Digest32,
) -> bool {
    plan::days(plan, provision).into_iter().any(|day| {
        let then = plan::woken(plan, provision, day);
        digest(&namespace_body(plan, &then, templates)) == *documents
    })
}

/// The files of the platform itself: its objects, its component, and what makes an engine sync the cluster.
pub fn platform_files(plan: &Plan<'_>, templates: &Templates<'_>) -> Vec<File> {
    platform_files_in(plan, templates, Layout::Plain)
}

/// The same in a layout.
pub fn platform_files_in(plan: &Plan<'_>, templates: &Templates<'_>, layout: Layout) -> Vec<File> {
    let platform = plan.inventory.platform(plan.platform);
    let cluster = platform.name.as_str();
    let file = |path: String, manifests: &[Manifest<'_>]| {
        let mut body = String::new();
        for manifest in manifests {
            document(&mut body, manifest);
        }
        File { path, text: with_header(Subject::Platform { name: cluster.to_owned() }, &body, None) }
    };
    let keep = |folder: String| {
        let subject = Subject::Platform { name: cluster.to_owned() };
        let body = format!("{SHARD_BODY}{SHARDS}{}\n", plan.shards);
        File { path: layout::shard_path(cluster, &folder), text: with_header(subject, &body, None) }
    };
    let mut files: Vec<File> = layout::tenants_folders(plan.shards).map(keep).collect();
    let objects = platform::objects(platform)
        .into_iter()
        .map(|(name, manifest)| file(layout::platform_object_path(cluster, name), &[manifest]));
    files.extend(objects);
    if layout == Layout::Kustomize {
        files.extend(kustomizations(plan));
    }
    let syncing = gitops::files(&gitops::Synced { kustomize: layout == Layout::Kustomize, ..synced(plan, templates) });
    files.extend(syncing.into_iter().map(|(name, manifests)| file(layout::gitops_path(cluster, name), &manifests)));
    let mut body = String::from("---\n");
    yaml::tree(&mut body, &component::component(plan.inventory, platform).into(), 0);
    let subject = Subject::Platform { name: platform.name.to_string() };
    files.push(File { path: layout::component_path(platform.name.as_str()), text: with_header(subject, &body, None) });
    files
}

/// A kustomize base for each folder of tenants. A folder without tenants has none: kustomize refuses a base that lists
/// nothing, and then nothing would be pruned.
fn kustomizations(plan: &Plan<'_>) -> Vec<File> {
    let platform = plan.inventory.platform(plan.platform);
    let cluster = platform.name.as_str();
    let mut folders: BTreeMap<String, Vec<Tree<'_>>> = BTreeMap::new();
    for provision in &plan.provisions {
        let namespace = provision.namespace.name.as_str();
        let folder = layout::tenants_folder(shard_of(namespace, plan.shards), plan.shards);
        folders.entry(folder).or_default().push(format!("{namespace}.yaml").into());
    }
    let file = |(folder, resources): (String, Vec<Tree<'_>>)| {
        let base = Map::new()
            .with("apiVersion", "kustomize.config.k8s.io/v1beta1")
            .with("kind", "Kustomization")
            .with("resources", resources);
        let mut body = String::from("---\n");
        yaml::tree(&mut body, &base.into(), 0);
        let subject = Subject::Platform { name: cluster.to_owned() };
        File { path: layout::kustomization_path(cluster, &folder), text: with_header(subject, &body, None) }
    };
    folders.into_iter().map(file).collect()
}

/// What the file says that keeps a folder.
const SHARD_BODY: &str = "# This file keeps the folder when its last tenant goes, so that the engine prunes.\n";
const SHARDS: &str = "shards: ";

/// The number of shards that the file says which keeps a folder. `body` is its text behind the header.
pub fn shards_of_body(body: &str) -> Option<u16> {
    body.lines().find_map(|line| line.strip_prefix(SHARDS))?.trim().parse().ok()
}

/// What an engine that syncs a cluster has to know of its output.
pub fn synced<'p>(plan: &Plan<'p>, templates: &Templates<'_>) -> gitops::Synced<'p> {
    let platform = plan.inventory.platform(plan.platform);
    gitops::Synced {
        platform,
        folders: layout::tenants_folders(plan.shards).collect(),
        pattern: layout::tenants_pattern(plan.shards),
        add_on_kinds: add_on_kinds(plan, templates),
        kustomize: false,
        platform_objects: !platform::objects(platform).is_empty(),
    }
}

/// Kinds of objects that add-ons give, whether a tenant of the cluster has them or not: a new tenant must not change what
/// the engines are told. Only the kinds that a template computes depend on who uses it. Only a cluster that an engine
/// syncs has to know.
fn add_on_kinds(plan: &Plan<'_>, templates: &Templates<'_>) -> BTreeSet<gitops::GroupKind> {
    let platform = plan.inventory.platform(plan.platform);
    if platform.gitops.repo_url.is_empty() {
        return BTreeSet::new();
    }
    let mut all = gitops::built_in_kinds(platform);
    all.extend(templates.texts().flat_map(|text| gitops::written_kinds(&text)));
    let templated = plan.provisions.par_iter().filter(|it| it.namespace.add_ons.iter().any(|name| templates.has(name)));
    let kinds = templated.map(|provision| {
        let objects = lower_but_contributors(&Scene::today(plan, provision), templates);
        let add_ons = objects.iter().filter(|object| matches!(object.cause, Cause::AddOn(_)));
        add_ons.map(|object| gitops::kind_of(&object.manifest)).collect::<BTreeSet<_>>()
    });
    all.append(&mut kinds.reduce(BTreeSet::new, |mut some, mut more| {
        some.append(&mut more);
        some
    }));
    all
}

fn document(body: &mut String, manifest: &Manifest<'_>) {
    body.push_str("---\n");
    yaml::manifest(body, manifest);
}

fn digest(text: &str) -> Digest32 {
    Sha256::digest(text.as_bytes()).into()
}

/// Puts the header before a body. `undated` is the digest of the body that there would be if no grant ever ended, where
/// that is another one.
fn with_header(subject: Subject, body: &str, undated: Option<Digest32>) -> String {
    let own = digest(body);
    Header { input: header::input_digest(&subject, &undated.unwrap_or(own)), body: own, subject }.before(body)
}
