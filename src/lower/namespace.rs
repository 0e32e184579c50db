//! The Namespace.
//!
//! The profile controller adopts a namespace that is there already only if its annotation `owner` equals the Profile's
//! owner byte for byte, and then sets no injection label (Kubeflow 1.4 to 2.0): both are written here.

use super::{Scene, retain};
use crate::inventory::MeshMode;
use crate::manifest::{Manifest, Map};
use crate::name::POD_SECURITY_ENFORCE;

/// The Namespace of a scene.
pub fn namespace<'a>(scene: &Scene<'a>) -> Manifest<'a> {
    let mut manifest = Manifest::cluster("v1", "Namespace", scene.namespace());
    manifest.labels = labels(scene);
    manifest.annotations = annotations(scene);
    manifest
}

/// Labels of the platform, the tenant and the namespace, the later ones winning, then those that the platform's programs
/// need.
fn labels<'a>(scene: &Scene<'a>) -> Map<'a> {
    let tenant = scene.inventory.tenant(scene.provision.tenant);
    let platform = scene.platform;
    let mut labels = Map::new();
    if !platform.pod_security.is_empty() {
        labels.insert(POD_SECURITY_ENFORCE, platform.pod_security);
    }
    for (key, value) in
        platform.namespace_labels.iter().chain(&*tenant.labels).chain(&*scene.provision.namespace.labels)
    {
        labels.insert(key.as_str(), value.as_str());
    }
    let group = platform.identifiers.group.as_str();
    labels.insert("app.kubernetes.io/part-of", platform.identifiers.part_of.as_str());
    for feature in platform.release.feature_labels {
        match feature.prefix {
            "" => labels.insert(feature.name, feature.value),
            prefix => labels.insert(format!("{prefix}.{group}/{}", feature.name), feature.value),
        }
    }
    match platform.mesh.mode {
        // A revision label takes the place of the injection label; with both, Istio ignores the revision.
        MeshMode::Sidecar if labels.get("istio.io/rev").is_none() => labels.insert("istio-injection", "enabled"),
        MeshMode::Ambient => labels.insert("istio.io/dataplane-mode", "ambient"),
        MeshMode::Sidecar | MeshMode::None => {}
    }
    labels
}

fn annotations<'a>(scene: &Scene<'a>) -> Map<'a> {
    let tenant = scene.inventory.tenant(scene.provision.tenant);
    let mut annotations = Map::new();
    let own = scene.provision.namespace.annotations.iter();
    for (key, value) in scene.platform.namespace_annotations.iter().chain(&*tenant.annotations).chain(own) {
        annotations.insert(key.as_str(), value.as_str());
    }
    annotations.insert("owner", scene.owner());
    retain(&mut annotations, scene.provision.state());
    annotations
}
