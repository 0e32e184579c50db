//! Objects of the platform itself: what closes the dashboard's self-service.

use super::neutralise;
use crate::inventory::{MeshMode, Permission, Platform};
use crate::manifest::{Manifest, Map};

/// Complete objects for `platform/objects/`, each with the name of its file.
pub fn objects(platform: &Platform) -> Vec<(&'static str, Manifest<'_>)> {
    let mut objects = Vec::new();
    if closes_self_service(platform) {
        objects.push(("self-service.yaml", deny_self_service(platform)));
    }
    for (_, manifest) in &mut objects {
        neutralise(manifest);
    }
    objects
}

/// Whether the self-service endpoints can be closed here: that takes a mesh. It looks at paths and not at people, so it
/// holds in single-user mode too, where every visitor could make and delete profiles.
fn closes_self_service(platform: &Platform) -> bool {
    platform.self_service == Permission::Deny && platform.mesh.mode != MeshMode::None
}

/// Denies the dashboard's endpoints that make or delete profiles and change contributors. The registration flow's switch
/// only hides them (central dashboard 1.4 to 2.0, `app/api_workgroup.ts`).
fn deny_self_service(platform: &Platform) -> Manifest<'_> {
    let mut manifest = Manifest::namespaced(
        "security.istio.io/v1beta1",
        "AuthorizationPolicy",
        platform.identifiers.namespace.as_str(),
        "dashboard-deny-self-service",
    );
    let paths = [
        "/api/workgroup/add-contributor/*",
        "/api/workgroup/create",
        "/api/workgroup/nuke-self",
        "/api/workgroup/remove-contributor/*",
    ];
    let to = Map::new().with("operation", Map::new().with("paths", paths.to_vec()));
    let mut spec = Map::new().with("action", "DENY").with("rules", vec![Map::new().with("to", vec![to])]);
    if platform.mesh.mode == MeshMode::Ambient {
        // Paths are only seen by a waypoint, and a policy that has one names no pods.
        spec.insert("targetRefs", vec![super::binding::waypoint()]);
    } else {
        let labels = platform.identifiers.dashboard_selector.iter();
        let labels: Map<'_> = labels.map(|(key, value)| (key.as_str(), value.as_str())).collect();
        spec.insert("selector", Map::new().with("matchLabels", labels));
    }
    manifest.body.insert("spec", spec);
    manifest
}
