//! The kustomize component of a platform: what its dashboard and profile controller have to be told. The team adds it to
//! its own base; it is never synced by itself.

use crate::inventory::{Inventory, Platform, RegistrationSwitch, Switch};
use crate::manifest::{Manifest, Map, Tree, yaml};

/// The `kustomization.yaml` of the component.
pub fn component<'a>(inventory: &'a Inventory, platform: &'a Platform) -> Map<'a> {
    let flow = match platform.registration_flow {
        Switch::Enabled => "true",
        Switch::Disabled => "false",
    };
    let mut generators = Vec::new();
    let mut patches: Vec<Tree<'a>> = Vec::new();
    match &platform.identifiers.registration {
        RegistrationSwitch::Merge { config_map, key } => {
            generators.push(merge(platform, config_map, format!("{key}={flow}")))
        }
        RegistrationSwitch::Variable => patches.push(Map::new().with("patch", variable(platform, flow)).into()),
    }
    if let Some(admins) = admins(inventory, platform) {
        generators.push(merge(platform, &platform.identifiers.profiles_config, format!("ADMIN={admins}")));
    }
    let mut component = Map::new().with("apiVersion", "kustomize.config.k8s.io/v1alpha1").with("kind", "Component");
    if !generators.is_empty() {
        component.insert("configMapGenerator", generators);
    }
    if !patches.is_empty() {
        component.insert("patches", patches);
    }
    component
}

fn merge<'a>(platform: &'a Platform, config_map: &'a str, literal: String) -> Map<'a> {
    Map::new()
        .with("behavior", "merge")
        .with("literals", vec![literal])
        .with("name", config_map)
        .with("namespace", platform.identifiers.namespace.as_str())
}

/// The dashboard's Deployment with the variable set, as a strategic merge patch.
fn variable(platform: &Platform, flow: &str) -> String {
    let name = platform.identifiers.dashboard.as_str();
    let variable = Map::new().with("name", "REGISTRATION_FLOW").with("value", flow);
    let container = Map::new().with("env", vec![variable]).with("name", name);
    let template = Map::new().with("spec", Map::new().with("containers", vec![container]));
    let mut manifest = Manifest::namespaced("apps/v1", "Deployment", platform.identifiers.namespace.as_str(), name);
    manifest.body.insert("spec", Map::new().with("template", template));
    let mut text = String::new();
    yaml::manifest(&mut text, &manifest);
    text
}

/// The value of `ADMIN`: one identity, or since the dashboard 2.0 a list with commas.
fn admins(inventory: &Inventory, platform: &Platform) -> Option<String> {
    let identities: Vec<String> = platform
        .admins
        .iter()
        .map(|&admin| platform.identity_of(&inventory.user(admin).identity).to_string())
        .collect();
    match (platform.release.admin_list, identities.first()) {
        (_, None) => None,
        (true, _) => Some(identities.join(",")),
        (false, Some(first)) => Some(first.clone()),
    }
}
