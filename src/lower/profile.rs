//! The Profile, in the very form that the profile controller writes back, so that nothing drifts: quantities canonical,
//! `resourceQuotaSpec` always there, `plugins` only when there are some (Kubeflow 1.4 to 2.0).

use super::{Scene, retain};
use crate::inventory::State;
use crate::manifest::{Manifest, Map, Tree};

/// The API group of RBAC. The controller's comparison with the API server's defaults needs it spelled out.
pub const RBAC: &str = "rbac.authorization.k8s.io";

/// The Profile of a scene.
pub fn profile<'a>(scene: &Scene<'a>) -> Manifest<'a> {
    let mut manifest =
        Manifest::cluster(scene.platform.identifiers.profile_api_version.as_str(), "Profile", scene.namespace());
    retain(&mut manifest.annotations, scene.provision.state());
    let mut spec = Map::new()
        .with("owner", Map::new().with("apiGroup", RBAC).with("kind", "User").with("name", scene.owner()))
        .with("resourceQuotaSpec", quota(scene));
    let plugins = plugins(scene);
    if !plugins.is_empty() {
        spec.insert("plugins", plugins);
    }
    manifest.body.insert("spec", spec);
    manifest
}

/// The quota of a namespace, as Profile and ResourceQuota hold it.
pub fn quota<'a>(scene: &Scene<'a>) -> Map<'a> {
    let quota = &scene.provision.quota;
    if quota.is_empty() {
        return Map::new();
    }
    let hard: Map<'a> = quota.iter().map(|(key, quantity)| (key.as_str(), quantity.as_str())).collect();
    Map::new().with("hard", hard)
}

/// A plugin gives the namespace's work loads rights elsewhere, so a namespace that is not active has none.
fn plugins<'a>(scene: &Scene<'a>) -> Vec<Tree<'a>> {
    if scene.provision.state() != State::Active {
        return Vec::new();
    }
    let tenant = scene.inventory.tenant(scene.provision.tenant);
    let plugin = |plugin: &'a crate::inventory::Plugin| {
        let mut map = Map::new().with("kind", plugin.kind.as_str());
        if !plugin.spec.is_empty() {
            map.insert("spec", plugin.spec.clone());
        }
        Tree::Map(map)
    };
    tenant.plugins.iter().map(plugin).collect()
}
