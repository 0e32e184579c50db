//! Flux: one source and one Kustomization per folder (kustomize-controller 1.x, source-controller 1.x).

use super::{Synced, name, path};
use crate::manifest::{Manifest, Map, Tree};

/// All objects, in the order in which they are applied.
///
/// Controllers of Flux that run with `--watch-label-selector` share Kustomizations out by a label (Flux 2, "Sharding and
/// horizontal scaling"). Only the folders get it: the source and the platform's objects stay with the controllers that
/// every Flux has.
pub fn objects<'a>(synced: &Synced<'a>) -> Vec<Manifest<'a>> {
    let mut objects = vec![source(synced)];
    if synced.platform_objects {
        objects.push(kustomization(synced, "platform", "platform/objects"));
    }
    let mut keys = synced.platform.gitops.flux.shard_keys.iter().cycle();
    for folder in &synced.folders {
        let mut manifest = kustomization(synced, folder, folder);
        if let Some(key) = keys.next() {
            manifest.labels.insert("sharding.fluxcd.io/key", key.as_str());
        }
        if synced.has_health()
            && let Some(Tree::Map(spec)) = manifest.body.get_mut("spec")
        {
            spec.insert("healthCheckExprs", vec![profile_health(synced)]);
        }
        objects.push(manifest);
    }
    objects
}

/// Where the output comes from: a git repository, or an OCI repository that a pipeline pushes it to.
fn source<'a>(synced: &Synced<'a>) -> Manifest<'a> {
    let gitops = &synced.platform.gitops;
    let (kind, reference) = match gitops.flux.oci {
        true => ("OCIRepository", Map::new().with("tag", gitops.revision.as_str())),
        false if gitops.revision.starts_with("refs/") => {
            ("GitRepository", Map::new().with("name", gitops.revision.as_str()))
        }
        false => ("GitRepository", Map::new().with("branch", gitops.revision.as_str())),
    };
    let mut spec = Map::new()
        .with("interval", gitops.flux.interval.as_str())
        .with("ref", reference)
        .with("url", gitops.repo_url.as_str());
    if !gitops.flux.secret_ref.is_empty() {
        spec.insert("secretRef", Map::new().with("name", gitops.flux.secret_ref.as_str()));
    }
    let namespace = gitops.flux.namespace.as_str();
    let mut manifest = Manifest::namespaced("source.toolkit.fluxcd.io/v1", kind, namespace, name(synced.platform));
    manifest.body.insert("spec", spec);
    manifest
}

/// One folder. `prune` takes revoked access away; `deletionPolicy: Orphan` keeps everything if the Kustomization itself
/// is removed. None waits for another: a revocation must not have to wait for anything.
fn kustomization<'a>(synced: &Synced<'a>, suffix: &str, folder: &str) -> Manifest<'a> {
    let gitops = &synced.platform.gitops;
    let kind = if gitops.flux.oci { "OCIRepository" } else { "GitRepository" };
    let reference = Map::new().with("kind", kind).with("name", name(synced.platform));
    let mut spec = Map::new()
        .with("deletionPolicy", "Orphan")
        .with("interval", gitops.flux.interval.as_str())
        .with("path", format!("./{}", path(synced.platform, folder)))
        .with("prune", true)
        .with("sourceRef", reference)
        .with("timeout", "5m")
        .with("wait", true);
    if !gitops.flux.service_account_name.is_empty() {
        spec.insert("serviceAccountName", gitops.flux.service_account_name.as_str());
    }
    let namespace = gitops.flux.namespace.as_str();
    let mut manifest = Manifest::namespaced(
        "kustomize.toolkit.fluxcd.io/v1",
        "Kustomization",
        namespace,
        format!("{}-{suffix}", name(synced.platform)),
    );
    manifest.body.insert("spec", spec);
    manifest
}

/// When a Profile is done: the profile controller writes no condition, but its finalizer after the first pass.
fn profile_health<'a>(synced: &Synced<'a>) -> Map<'a> {
    let done = "has(metadata.finalizers) && metadata.finalizers.exists(name, name == 'profile-finalizer')";
    Map::new()
        .with("apiVersion", synced.platform.identifiers.profile_api_version.as_str())
        .with("current", done)
        .with("kind", "Profile")
}
