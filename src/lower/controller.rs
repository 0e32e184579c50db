//! What the profile controller would have made, for a platform that runs none: service accounts and their bindings, the
//! owner's policy, the quota (Kubeflow 1.4 to 2.0, `profile_controller.go`).

use std::borrow::Cow;

use super::Scene;
use super::binding::{role_ref, waypoint};
use super::profile::quota;
use crate::inventory::{MeshMode, Platform, Role, State};
use crate::manifest::{Manifest, Map, Tree};

const RBAC_VERSION: &str = "rbac.authorization.k8s.io/v1";

/// The service account that work loads of the namespace run as.
pub const EDITOR: &str = "default-editor";

/// The objects, in the order in which the controller makes them; `namespaceAdmin` is made for every platform.
pub fn objects<'a>(scene: &Scene<'a>) -> Vec<Manifest<'a>> {
    let mut objects = Vec::new();
    if scene.platform.has_policies() {
        objects.push(owner_policy(scene));
    }
    for (account, role) in [(EDITOR, Role::Edit), ("default-viewer", Role::View)] {
        objects.push(service_account(scene, account));
        objects.push(account_binding(scene, account, role));
    }
    if !scene.provision.quota.is_empty() {
        let mut manifest = Manifest::namespaced("v1", "ResourceQuota", scene.namespace(), "kf-resource-quota");
        manifest.body.insert("spec", quota(scene));
        objects.push(manifest);
    }
    objects
}

fn service_account<'a>(scene: &Scene<'a>, name: &'static str) -> Manifest<'a> {
    let mut manifest = Manifest::namespaced("v1", "ServiceAccount", scene.namespace(), name);
    if name == EDITOR && scene.provision.state() == State::Active {
        for plugin in &scene.inventory.tenant(scene.provision.tenant).plugins {
            if let Some((key, value)) = plugin_annotation(&plugin.kind, &plugin.spec) {
                manifest.annotations.insert(key, value);
            }
        }
    }
    manifest
}

/// The annotation by which a cloud knows the account. What a plugin changes in the cloud itself is not ours to do.
fn plugin_annotation<'a>(kind: &str, spec: &'a Map<'static>) -> Option<(&'static str, &'a str)> {
    let (key, field) = match kind {
        "AwsIamForServiceAccount" => ("eks.amazonaws.com/role-arn", "awsIamRole"),
        "WorkloadIdentity" => ("iam.gke.io/gcp-service-account", "gcpServiceAccount"),
        _ => return None,
    };
    match spec.get(field) {
        Some(Tree::Text(value)) => Some((key, value)),
        _ => None,
    }
}

fn account_binding<'a>(scene: &Scene<'a>, account: &'static str, role: Role) -> Manifest<'a> {
    let mut manifest = Manifest::namespaced(RBAC_VERSION, "RoleBinding", scene.namespace(), account);
    let subject = Map::new().with("kind", "ServiceAccount").with("name", account).with("namespace", scene.namespace());
    manifest.body = Map::new().with("roleRef", role_ref(scene.platform, role)).with("subjects", vec![subject]);
    manifest
}

/// `ns-owner-access-istio`: the owner through the gateway, the namespace itself, probes, and since 1.5 the notebook
/// controller that looks for idle kernels.
fn owner_policy<'a>(scene: &Scene<'a>) -> Manifest<'a> {
    let platform = scene.platform;
    let mesh = &platform.mesh;
    let mut manifest = Manifest::namespaced(
        "security.istio.io/v1beta1",
        "AuthorizationPolicy",
        scene.namespace(),
        "ns-owner-access-istio",
    );
    manifest.annotations = Map::new().with("role", "admin").with("user", scene.owner());
    let value: Cow<'a, str> = match platform.identity.prefix.as_str() {
        "" => scene.owner(),
        prefix => Cow::Owned(format!("{prefix}{}", scene.owner())),
    };
    let header = format!("request.headers[{}]", platform.identity.header);
    let mut owner = Map::new().with("when", vec![condition(header, value)]);
    if platform.release.policy_names_principals {
        let principals = vec![mesh.gateway_principal.as_str(), mesh.pipelines_ui_principal.as_str()];
        owner.insert("from", vec![source(principals)]);
    }
    let inside =
        Map::new().with("when", vec![condition("source.namespace".to_owned(), Cow::Borrowed(scene.namespace()))]);
    let probes = vec!["/healthz", "/metrics", "/wait-for-drain"];
    let probes = Map::new().with("to", vec![Map::new().with("operation", Map::new().with("paths", probes))]);
    let mut rules = vec![owner, inside, probes];
    if platform.release.owner_policy_lets_culler {
        let controller = notebook_controller(platform);
        let operation = Map::new().with("methods", vec!["GET"]).with("paths", vec!["*/api/kernels"]);
        let from = Map::new().with("source", Map::new().with("principals", vec![controller]));
        rules.push(Map::new().with("from", vec![from]).with("to", vec![Map::new().with("operation", operation)]));
    }
    let mut spec = Map::new().with("rules", rules);
    if mesh.mode == MeshMode::Ambient {
        spec.insert("targetRefs", vec![waypoint()]);
    }
    manifest.body.insert("spec", spec);
    manifest
}

/// Identity of the notebook controller: it runs beside the pipelines UI, so in the same trust domain.
fn notebook_controller(platform: &Platform) -> String {
    let domain = platform.mesh.pipelines_ui_principal.split_once("/ns/").map_or("cluster.local", |(domain, _)| domain);
    format!("{domain}/ns/{}/sa/notebook-controller-service-account", platform.identifiers.namespace)
}

fn source<'a>(principals: Vec<&'a str>) -> Map<'a> {
    Map::new().with("source", Map::new().with("principals", principals))
}

fn condition<'a>(key: String, value: Cow<'a, str>) -> Map<'a> {
    Map::new().with("key", key).with("values", vec![Tree::Text(value)])
}
