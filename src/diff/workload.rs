//! What add-ons bring into a namespace that acts: pods, what they may do to their nodes, rights in a cloud, and routes.
//!
//! A namespace of a tenant runs whatever its people start, under the tenant's quota and Pod Security. What an add-on
//! starts was started by nobody of them, so a review names it the first time, and again whenever it may do more.

use std::collections::BTreeSet;

use super::objects::Pair;
use super::space::Space;
use super::words::{bounded, phrases, shown};
use super::{Risk, RiskCode};
use crate::manifest::{Manifest, Tree};

/// Kinds that run pods without a list of containers in sight, by API group: a controller makes it. Whatever holds such a
/// list runs pods, too.
const RUNNERS: [(&str, &str); 21] = [
    ("argoproj.io", "CronWorkflow"),
    ("argoproj.io", "Workflow"),
    ("argoproj.io", "WorkflowTemplate"),
    ("kubeflow.org", "Experiment"),
    ("kubeflow.org", "MPIJob"),
    ("kubeflow.org", "Notebook"),
    ("kubeflow.org", "PVCViewer"),
    ("kubeflow.org", "PyTorchJob"),
    ("kubeflow.org", "ScheduledWorkflow"),
    ("kubeflow.org", "TFJob"),
    ("kubeflow.org", "Viewer"),
    ("ray.io", "RayCluster"),
    ("ray.io", "RayJob"),
    ("ray.io", "RayService"),
    ("serving.knative.dev", "Service"),
    ("serving.kserve.io", "InferenceService"),
    ("sparkoperator.k8s.io", "SparkApplication"),
    ("tekton.dev", "PipelineRun"),
    ("tekton.dev", "TaskRun"),
    ("tensorboard.kubeflow.org", "Tensorboard"),
    ("trainer.kubeflow.org", "TrainJob"),
];

/// Annotations by which a cloud gives rights to whoever carries them.
const CLOUD: [&str; 6] = [
    "azure.workload.identity/client-id",
    "eks.amazonaws.com/role-arn",
    "iam.amazonaws.com/allowed-roles",
    "iam.amazonaws.com/permitted",
    "iam.amazonaws.com/role",
    "iam.gke.io/gcp-service-account",
];

/// API groups whose objects decide where requests go, or see them on their way.
const ROUTING: [&str; 3] = ["extensions.istio.io", "gateway.networking.k8s.io", "networking.istio.io"];

/// The service account that the profile controller makes; its annotations come from the Profile's plugins, which are
/// compared themselves.
const EDITOR: &str = "default-editor";

/// Risks of the objects of a namespace that differ. `had` says whether the namespace was there before.
pub fn risks(head: &Space<'_>, pairs: &[Pair<'_, '_>], had: bool) -> Vec<Risk> {
    let risk = |code, message| Risk::new(code, head.cluster, Some(head.name), message).at(head.place());
    let mut risks = Vec::new();
    let mut started = Vec::new();
    for (was, is) in pairs {
        if had && was.or(*is).is_some_and(routes) && differ(*was, *is) {
            risks.push(risk(RiskCode::RoutingChanged, routing(head.name, *was, *is)));
        }
        let Some(is) = is else { continue };
        if runs_pods(is) && !was.is_some_and(runs_pods) {
            started.push(named(is));
        }
        let new = new_powers(*was, is);
        if !new.is_empty() {
            let (what, name) = (named(is), head.name);
            let message = format!("the {what} in the namespace `{name}` gets more power: {}", phrases(&new));
            risks.push(risk(RiskCode::WorkloadPrivileged, message));
        }
        let new = new_cloud_roles(*was, is);
        if !new.is_empty() {
            let name = head.name;
            let what = match &*is.kind {
                "Namespace" => format!("namespace `{name}`"),
                _ => format!("{} of the namespace `{name}`", named(is)),
            };
            let message = format!("the {what} gets rights in a cloud: {}", bounded(&new));
            risks.push(risk(RiskCode::CloudRoleAdded, message));
        }
    }
    if !started.is_empty() {
        let message = format!("add-ons newly run pods in the namespace `{}`: {}", head.name, phrases(&started));
        risks.push(risk(RiskCode::WorkloadAdded, message));
    }
    risks
}

/// An object, named for a message.
pub fn named(manifest: &Manifest<'_>) -> String {
    format!("{} `{}`", manifest.kind, shown(&manifest.name))
}

/// Whether an object runs pods, or makes a controller run them.
pub fn runs_pods(manifest: &Manifest<'_>) -> bool {
    let kind = (manifest.group(), manifest.kind.as_ref());
    RUNNERS.contains(&kind) || manifest.body.iter().any(|(_, value)| holds_containers(value))
}

fn holds_containers(tree: &Tree<'_>) -> bool {
    match tree {
        Tree::Map(map) => map.iter().any(|(key, value)| {
            let list = matches!(value, Tree::List(items) if items.iter().any(|item| matches!(item, Tree::Map(_))));
            list && matches!(key, "containers" | "initContainers" | "sidecars") || holds_containers(value)
        }),
        Tree::List(items) => items.iter().any(holds_containers),
        Tree::Text(_) | Tree::Integer(_) | Tree::Boolean(_) => false,
    }
}

/// What an object lets its pods do that it did not before. Whose account they run as counts where it changes: that of a
/// new object is no more than it is.
fn new_powers(was: Option<&Manifest<'_>>, is: &Manifest<'_>) -> Vec<String> {
    let powers = |manifest: &Manifest<'_>| {
        let mut found = BTreeSet::new();
        manifest.body.iter().for_each(|(key, value)| power(key, value, was.is_some(), &mut found));
        found
    };
    let before = was.map(powers).unwrap_or_default();
    powers(is).into_iter().filter(|power| !before.contains(power)).collect()
}

fn power(key: &str, value: &Tree<'_>, accounts: bool, found: &mut BTreeSet<String>) {
    match (key, value) {
        ("privileged" | "hostNetwork" | "hostPID" | "hostIPC", Tree::Boolean(true)) => {
            found.insert(format!("`{key}`"));
        }
        ("hostPath", Tree::Map(map)) => {
            let path = map.get("path").and_then(text).unwrap_or("?");
            found.insert(format!("the folder `{}` of its node", shown(path)));
        }
        ("hostPort", Tree::Integer(port)) if *port != 0 => {
            found.insert(format!("the port {port} of its node"));
        }
        ("procMount", Tree::Text(mount)) if mount == "Unmasked" => {
            found.insert("`procMount: Unmasked`".to_owned());
        }
        ("capabilities", Tree::Map(map)) => {
            if let Some(Tree::List(added)) = map.get("add") {
                found.extend(added.iter().filter_map(text).map(|name| format!("the capability `{}`", shown(name))));
            }
        }
        ("serviceAccountName" | "serviceAccount", Tree::Text(name)) if accounts => {
            found.insert(format!("the service account `{}`", shown(name)));
        }
        (_, Tree::Map(map)) => map.iter().for_each(|(key, value)| power(key, value, accounts, found)),
        (_, Tree::List(items)) => items.iter().for_each(|item| power("", item, accounts, found)),
        _ => {}
    }
}

fn new_cloud_roles(was: Option<&Manifest<'_>>, is: &Manifest<'_>) -> Vec<String> {
    if is.kind == "ServiceAccount" && is.name == EDITOR {
        return Vec::new();
    }
    let roles = |manifest: &Manifest<'_>| {
        let mut found = BTreeSet::new();
        manifest.annotations.iter().for_each(|(key, value)| cloud_role(key, value, &mut found));
        manifest.body.iter().for_each(|(key, value)| nested_roles(key, value, &mut found));
        found
    };
    let before = was.map(roles).unwrap_or_default();
    roles(is).into_iter().filter(|role| !before.contains(role)).collect()
}

fn nested_roles(key: &str, value: &Tree<'_>, found: &mut BTreeSet<String>) {
    match value {
        Tree::Map(map) if key == "annotations" => map.iter().for_each(|(key, value)| cloud_role(key, value, found)),
        Tree::Map(map) => map.iter().for_each(|(key, value)| nested_roles(key, value, found)),
        Tree::List(items) => items.iter().for_each(|item| nested_roles("", item, found)),
        Tree::Text(_) | Tree::Integer(_) | Tree::Boolean(_) => {}
    }
}

fn cloud_role(key: &str, value: &Tree<'_>, found: &mut BTreeSet<String>) {
    if let (true, Tree::Text(value)) = (CLOUD.contains(&key), value) {
        found.insert(format!("{key}: {value}"));
    }
}

/// Whether an object decides where requests go.
pub fn routes(manifest: &Manifest<'_>) -> bool {
    let ingress = manifest.kind == "Ingress" && manifest.group() == "networking.k8s.io";
    ingress || ROUTING.contains(&manifest.group())
}

/// Annotations tell controllers how to route, as bodies do.
fn differ(was: Option<&Manifest<'_>>, is: Option<&Manifest<'_>>) -> bool {
    let bodies = was.map(|it| &it.body) != is.map(|it| &it.body);
    bodies || was.map(|it| &it.annotations) != is.map(|it| &it.annotations)
}

/// The keys of the annotations in which two objects differ.
pub fn differing_annotations(was: &Manifest<'_>, is: &Manifest<'_>) -> BTreeSet<String> {
    let (was, is) = (&was.annotations, &is.annotations);
    let keys = was.iter().chain(is.iter()).map(|(key, _)| key);
    keys.filter(|key| was.get(key) != is.get(key)).map(str::to_owned).collect()
}

/// Nobody can say here what a route lets through: another object of another namespace may speak of the same host.
fn routing(namespace: &str, was: Option<&Manifest<'_>>, is: Option<&Manifest<'_>>) -> String {
    let verb = match (was, is) {
        (None, _) => "is added".to_owned(),
        (_, None) => "goes".to_owned(),
        (Some(was), Some(is)) if was.body == is.body => {
            let keys: Vec<String> = differing_annotations(was, is).into_iter().collect();
            format!("says something else by its annotations: {}", bounded(&keys))
        }
        _ => "says something else".to_owned(),
    };
    let what = was.or(is).map(named).unwrap_or_default();
    format!("the {what} of the namespace `{namespace}`, which decides where requests go, {verb}")
}

fn text<'t>(tree: &'t Tree<'_>) -> Option<&'t str> {
    match tree {
        Tree::Text(text) => Some(text),
        _ => None,
    }
}
