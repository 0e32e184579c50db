//! Objects of add-ons that say something else: what runs, who reaches it, and what others' policies hold back.
//!
//! What a kind of somebody else means nobody can know here. So a change of one is named, and only kinds whose changes
//! other risks judge, or that do nothing by themselves, are not.

use std::collections::BTreeSet;

use super::kinds::USERS;
use super::objects::Pair;
use super::policy::{authorization, network};
use super::space::{Space, entry};
use super::words::{bounded, phrases};
use super::workload::{differing_annotations, named, runs_pods};
use super::{Risk, RiskCode};
use crate::manifest::{Manifest, Tree};

/// Kinds whose changes are judged elsewhere, or that do nothing by themselves, by API group.
const JUDGED: [(&str, &str); 10] = [
    ("", "ConfigMap"),
    ("", "LimitRange"),
    ("", "Namespace"),
    ("", "PersistentVolumeClaim"),
    ("", "ResourceQuota"),
    ("", "ServiceAccount"),
    ("kubeflow.org", "Profile"),
    ("networking.k8s.io", "NetworkPolicy"),
    ("rbac.authorization.k8s.io", "RoleBinding"),
    ("security.istio.io", "AuthorizationPolicy"),
];

/// Policies of Istio that are not called so.
const ISTIO: [&str; 2] = ["PeerAuthentication", "RequestAuthentication"];

/// The owner's AuthorizationPolicy, which the profile controller makes, or tenantry instead of it.
const OWNERS: &str = "ns-owner-access-istio";

/// How much runs is no other program, and whether its volumes are kept is judged elsewhere.
const AMOUNTS: [&str; 6] =
    ["maxReplicas", "minReplicas", "parallelism", "persistentVolumeClaimRetentionPolicy", "replicas", "resources"];

/// Fields of pods that are named as a whole.
const WHOLE: [&str; 11] = [
    "annotations",
    "args",
    "command",
    "env",
    "envFrom",
    "labels",
    "nodeSelector",
    "selector",
    "securityContext",
    "volumeMounts",
    "volumes",
];

/// Fields of a Service that decide what it leads to, and who comes to it.
const SERVICE: [&str; 5] = ["externalIPs", "externalName", "loadBalancerSourceRanges", "selector", "type"];

/// Risks of the objects that differ. `had` says whether the namespace was there before.
pub fn risks(head: &Space<'_>, pairs: &[Pair<'_, '_>], had: bool) -> Vec<Risk> {
    let name = head.name;
    let risk = |code, message| Risk::new(code, head.cluster, Some(name), message).at(head.place());
    let mut risks = Vec::new();
    let mut others = Vec::new();
    for (was, is) in pairs {
        if let Some(message) = is.and_then(|is| service(name, *was, is)).filter(|_| had || was.is_none()) {
            risks.push(risk(RiskCode::RoutingChanged, message));
            continue;
        }
        let Some(was) = was else { continue };
        let Some(is) = is else {
            if is_policy(was) || is_of_an_add_on(was) {
                let what = named(was);
                let message =
                    format!("the {what} of the namespace `{name}` goes, and nobody can say here what it held back");
                risks.push(risk(RiskCode::PolicyRemoved, message));
            }
            continue;
        };
        let what = named(is);
        if is_policy(is) {
            if was.body != is.body {
                let message = format!(
                    "the {what} of the namespace `{name}` says something else, and nobody can say here whether it lets in more"
                );
                risks.push(risk(RiskCode::PolicyLoosened, message));
            }
        } else if is_of_an_add_on(is) {
            if authorization::is_looser(was, is) {
                let message = format!("the {what} of the namespace `{name}` says something else, and may let in more");
                risks.push(risk(RiskCode::PolicyLoosened, message));
            }
        } else if runs_pods(is) || reaches_pods(is) {
            let parts: Vec<String> = parts(was, is).into_iter().collect();
            if !parts.is_empty() {
                let message = format!(
                    "the {what} of the namespace `{name}` runs something else; what differs: {}",
                    bounded(&parts)
                );
                risks.push(risk(RiskCode::WorkloadChanged, message));
            }
        } else if was.body != is.body && !is_judged(is) {
            others.push(what);
        }
    }
    if !others.is_empty() {
        let message = format!(
            "add-ons of the namespace `{name}` say something else, which nobody can judge here: {}",
            phrases(&others)
        );
        risks.push(risk(RiskCode::AddOnChanged, message));
    }
    risks
}

/// A PodDefault changes the pods that people start.
fn reaches_pods(manifest: &Manifest<'_>) -> bool {
    manifest.kind == "PodDefault"
}

fn is_judged(manifest: &Manifest<'_>) -> bool {
    let kind = (manifest.group(), manifest.kind.as_ref());
    JUDGED.contains(&kind)
        || USERS.contains(&manifest.name.as_ref())
        || kind.1 == "Profile"
        || super::workload::routes(manifest)
}

/// Whether an object is an AuthorizationPolicy that gives nobody access as one of ours does.
fn is_of_an_add_on(manifest: &Manifest<'_>) -> bool {
    let is_one = (manifest.group(), manifest.kind.as_ref()) == ("security.istio.io", "AuthorizationPolicy");
    is_one && manifest.annotations.get("user").is_none() && manifest.name != OWNERS
}

/// Whether an object is a policy that is not judged by what it says.
fn is_policy(manifest: &Manifest<'_>) -> bool {
    let (group, kind) = (manifest.group(), manifest.kind.as_ref());
    let known = network::is_one(manifest) || (group, kind) == ("security.istio.io", "AuthorizationPolicy");
    let istio = group == "security.istio.io" && ISTIO.contains(&kind);
    !known && !super::workload::routes(manifest) && (kind.ends_with("Policy") || istio)
}

/// What a Service says otherwise about who reaches what.
fn service(namespace: &str, was: Option<&Manifest<'_>>, is: &Manifest<'_>) -> Option<String> {
    if (is.group(), is.kind.as_ref()) != ("", "Service") {
        return None;
    }
    let what = named(is);
    let before = was.map(outside).unwrap_or_default();
    let new: Vec<String> = outside(is).into_iter().filter(|way| !before.contains(way)).collect();
    if !new.is_empty() {
        let ways = bounded(&new);
        return Some(format!(
            "the {what} of the namespace `{namespace}` can be reached from outside of the cluster: {ways}"
        ));
    }
    let differs = |field: &&&str| field_of(was, field) != field_of(Some(is), field);
    let mut fields: Vec<String> = SERVICE.iter().filter(differs).map(|field| (*field).to_owned()).collect();
    // Of a cloud's load balancer, or of a gateway that reads them: whom they let in, nobody can say here.
    fields.extend(was.map(|was| differing_annotations(was, is)).unwrap_or_default());
    let changed = was.is_some() && !fields.is_empty();
    changed.then(|| {
        format!(
            "the {what} of the namespace `{namespace}` leads to something else, or others come to it; what differs: {}",
            bounded(&fields)
        )
    })
}

fn field_of<'t, 'a>(manifest: Option<&'t Manifest<'a>>, field: &str) -> Option<&'t Tree<'a>> {
    entry(manifest?.body.get("spec")?, field)
}

/// How a Service is reached from outside of the cluster.
fn outside(service: &Manifest<'_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if let Some(Tree::Text(kind)) = field_of(Some(service), "type")
        && matches!(kind.as_ref(), "LoadBalancer" | "NodePort")
    {
        found.insert(kind.to_string());
    }
    if let Some(Tree::List(addresses)) = field_of(Some(service), "externalIPs") {
        let addresses = addresses.iter().filter_map(|address| match address {
            Tree::Text(text) => Some(text.to_string()),
            _ => None,
        });
        found.extend(addresses);
    }
    found
}

/// The fields in which two objects differ, but for how much of something runs.
fn parts(was: &Manifest<'_>, is: &Manifest<'_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let keys: BTreeSet<&str> = was.body.iter().chain(is.body.iter()).map(|(key, _)| key).collect();
    for key in keys {
        differing(key, was.body.get(key), is.body.get(key), &mut found);
    }
    for (field, before, after) in
        [("annotations", &was.annotations, &is.annotations), ("labels", &was.labels, &is.labels)]
    {
        if before != after {
            found.insert(field.to_owned());
        }
    }
    found
}

fn differing(key: &str, was: Option<&Tree<'_>>, is: Option<&Tree<'_>>, found: &mut BTreeSet<String>) {
    if was == is || AMOUNTS.contains(&key) {
        return;
    }
    match (was, is) {
        _ if WHOLE.contains(&key) => drop(found.insert(key.to_owned())),
        (Some(Tree::Map(was)), Some(Tree::Map(is))) => {
            let keys: BTreeSet<&str> = was.iter().chain(is.iter()).map(|(key, _)| key).collect();
            keys.into_iter().for_each(|key| differing(key, was.get(key), is.get(key), found));
        }
        (Some(Tree::List(was)), Some(Tree::List(is))) if was.len() == is.len() => {
            was.iter().zip(is).for_each(|(was, is)| differing(key, Some(was), Some(is), found));
        }
        _ => drop(found.insert(key.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts;

    fn object(text: &str) -> Manifest<'static> {
        let text = format!("---\n{text}\n");
        let objects = facts::objects_of_text(&text);
        objects.into_iter().next().expect("an object")
    }

    fn deployment(spec: &str) -> Manifest<'static> {
        object(&format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: x, namespace: vision}}\nspec: {spec}"
        ))
    }

    #[test]
    fn what_runs_is_told_from_how_much() {
        let was = deployment("{replicas: 1, template: {spec: {containers: [{name: a, image: i}]}}}");
        for (spec, part) in [
            ("{replicas: 1, template: {spec: {containers: [{name: a, image: j}]}}}", "image"),
            ("{replicas: 1, template: {spec: {containers: [{name: a, image: i, command: [x]}]}}}", "command"),
            ("{replicas: 1, template: {spec: {containers: [{name: a, image: i}, {name: b}]}}}", "containers"),
            (
                "{replicas: 1, selector: {matchLabels: {a: b}}, template: {spec: {containers: [{name: a, image: i}]}}}",
                "selector",
            ),
            ("{replicas: 1, template: {spec: {volumes: [{name: v}], containers: [{name: a, image: i}]}}}", "volumes"),
        ] {
            assert_eq!(parts(&was, &deployment(spec)), BTreeSet::from([part.to_owned()]), "{spec}");
        }
        let more =
            "{replicas: 9, template: {spec: {containers: [{name: a, image: i, resources: {limits: {cpu: 1}}}]}}}";
        assert!(parts(&was, &deployment(more)).is_empty());
    }

    #[test]
    fn policies_of_others_are_told_by_group_and_kind() {
        let policy = |api_version: &str, kind: &str| {
            is_policy(&object(&format!("apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: x, namespace: a}}")))
        };
        assert!(policy("cilium.io/v2", "CiliumNetworkPolicy") && policy("kyverno.io/v1", "Policy"));
        assert!(policy("crd.projectcalico.org/v1", "NetworkPolicy"));
        assert!(policy("security.istio.io/v1", "PeerAuthentication"));
        assert!(!policy("networking.k8s.io/v1", "NetworkPolicy") && !policy("apps/v1", "Deployment"));
        assert!(!policy("security.istio.io/v1", "AuthorizationPolicy"));
    }
}
