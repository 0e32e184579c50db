//! The objects that make an engine sync a cluster's output: Argo CD's AppProject and ApplicationSet, Flux's source and
//! Kustomizations.
//!
//! Engines are pointed at the folders of the tenants and of the platform's objects, never at the cluster's folder. They
//! prune, because revoked access has to go; what holds data carries its own protection.

mod argocd;
mod flux;

pub use argocd::{FAIL_ON_SHARED, SYNC_OPTIONS};

use std::collections::BTreeSet;

use super::neutralise;
use crate::inventory::{Engine, Platform, Presence};
use crate::manifest::Manifest;
use crate::release::UserSource;

/// API group (empty for the core one) and kind.
pub type GroupKind = (String, String);

/// What the objects have to know of a cluster's output.
pub struct Synced<'a> {
    /// The cluster.
    pub platform: &'a Platform,
    /// Folders of tenants below the cluster's.
    pub folders: Vec<String>,
    /// A pattern for these folders, as an ApplicationSet reads it.
    pub pattern: String,
    /// Kinds of objects in namespaces that add-ons give.
    pub add_on_kinds: BTreeSet<GroupKind>,
    /// Whether the folders are kustomize bases.
    pub kustomize: bool,
    /// Whether the platform has objects of its own.
    pub platform_objects: bool,
}

impl Synced<'_> {
    /// Whether a Profile shows that somebody looked after it: only the profile controller leaves a finalizer.
    fn has_health(&self) -> bool {
        !self.platform.is_delegated() && self.platform.profile_controller == Presence::Present
    }
}

/// The files of `gitops/`, each with its objects. None without a repository, or for a cluster that nothing syncs.
pub fn files<'a>(synced: &Synced<'a>) -> Vec<(&'static str, Vec<Manifest<'a>>)> {
    let gitops = &synced.platform.gitops;
    if gitops.repo_url.is_empty() {
        return Vec::new();
    }
    let mut files = Vec::new();
    if matches!(gitops.engine, Engine::Argocd | Engine::Both) {
        files.push(("argocd.yaml", argocd::objects(synced)));
    }
    if matches!(gitops.engine, Engine::Flux | Engine::Both) {
        files.push(("flux.yaml", flux::objects(synced)));
    }
    for manifest in files.iter_mut().flat_map(|(_, manifests)| manifests) {
        neutralise(manifest);
    }
    files
}

/// The name that a cluster's sync objects share.
pub fn name(platform: &Platform) -> String {
    format!("tenantry-{}", platform.name)
}

/// A folder below the cluster's, as a path in the repository.
fn path(platform: &Platform, folder: &str) -> String {
    format!("{}/{folder}", platform.gitops.path)
}

/// Kinds of cluster-scoped objects that tenants' files hold.
fn cluster_kinds(platform: &Platform) -> Vec<GroupKind> {
    if platform.is_delegated() {
        return Vec::new();
    }
    vec![(String::new(), "Namespace".into()), (platform.identifiers.group.clone(), "Profile".into())]
}

/// Kinds of objects in namespaces that tenants' files hold.
fn namespaced_kinds(synced: &Synced<'_>) -> BTreeSet<GroupKind> {
    let platform = synced.platform;
    let core = |kind: &str| (String::new(), kind.to_owned());
    if platform.is_delegated() {
        return match platform.release.user_source {
            UserSource::ConfigMap => BTreeSet::from([core("ConfigMap")]),
            UserSource::Secret => BTreeSet::from([core("Secret")]),
        };
    }
    let mut kinds = synced.add_on_kinds.clone();
    kinds.insert(("rbac.authorization.k8s.io".into(), "RoleBinding".into()));
    if platform.has_policies() {
        kinds.insert(("security.istio.io".into(), "AuthorizationPolicy".into()));
    }
    if platform.profile_controller == Presence::Absent {
        kinds.extend([core("ResourceQuota"), core("ServiceAccount")]);
    }
    kinds
}

/// Namespaces of the platform, which no tenant's object may reach.
fn platform_namespaces(platform: &Platform) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = crate::name::RESERVED_NAMESPACES.map(str::to_owned).into();
    names.insert(platform.identifiers.namespace.clone());
    names.insert(platform.gitops.argocd.namespace.clone());
    names.insert(platform.gitops.flux.namespace.clone());
    names
}

/// Kinds of objects of the built-in add-ons.
pub fn built_in_kinds(platform: &Platform) -> BTreeSet<GroupKind> {
    let core = |kind: &str| (String::new(), kind.to_owned());
    BTreeSet::from([
        core("LimitRange"),
        core("ServiceAccount"),
        ("networking.k8s.io".into(), "NetworkPolicy".into()),
        (platform.identifiers.group.clone(), "PodDefault".into()),
    ])
}

/// Kinds that stand in the text of a template as they are. One that an expression makes is not among them.
pub fn written_kinds(template: &str) -> BTreeSet<GroupKind> {
    let mut kinds = BTreeSet::new();
    for document in template.split("\n---") {
        let field = |key: &str| {
            let value = document.lines().find_map(|line| line.strip_prefix(key))?.trim();
            let value = value.trim_matches('"');
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '/');
            (!value.is_empty() && value.chars().all(plain)).then_some(value)
        };
        if let (Some(api_version), Some(kind)) = (field("apiVersion:"), field("kind:")) {
            let group = api_version.split_once('/').map_or("", |(group, _)| group);
            kinds.insert((group.to_owned(), kind.to_owned()));
        }
    }
    kinds
}

/// The API group and kind of an object.
pub fn kind_of(manifest: &Manifest<'_>) -> GroupKind {
    (manifest.group().to_owned(), manifest.kind.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_from_a_template_where_they_are_written_out() {
        let template = "{# a card #}\napiVersion: v1\nkind: ConfigMap\nmetadata: {}\n---\napiVersion: \"kubeflow.org/v1alpha1\"\n\
                        kind: PodDefault\n---\napiVersion: v1\nkind: {{ kind }}\n";
        let wanted = [("", "ConfigMap"), ("kubeflow.org", "PodDefault")];
        let wanted = wanted.map(|(group, kind)| (group.to_owned(), kind.to_owned()));
        assert_eq!(written_kinds(template), BTreeSet::from(wanted));
    }
}
