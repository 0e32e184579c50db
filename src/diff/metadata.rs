//! Labels and annotations of a namespace by which other programs decide: how strictly pods are judged, which webhooks
//! and policies pass the namespace by, where its pods run, and how the mesh takes its traffic.

use std::collections::BTreeMap;

use super::objects::Pair;
use super::space::Space;
use super::words::{phrases, shown};
use super::{Risk, RiskCode};
use crate::manifest::{Manifest, Map, Tree};
use crate::name::{POD_SECURITY_ENFORCE, POD_SECURITY_ENFORCE_VERSION, POD_SECURITY_LEVELS, reserved_metadata_key};

/// Domains whose keys steer admission, scheduling, the network or the mesh; and those below them.
const DOMAINS: [&str; 19] = [
    "antrea.io",
    "cattle.io",
    "cert-manager.io",
    "cilium.io",
    "cncf.io",
    "datadoghq.com",
    "gatekeeper.sh",
    "hashicorp.com",
    "istio.io",
    "k8s.aws",
    "kyverno.io",
    "linkerd.io",
    "openshift.io",
    "ovn.org",
    "projectcalico.org",
    "scheduler.alpha.kubernetes.io",
    "sigstore.dev",
    "volcano.sh",
    "x-k8s.io",
];

/// First parts of a domain that say what its keys are for.
const PARTS: [&str; 6] = ["admission", "policy", "scheduler", "scheduling", "seccomp", "security"];

/// Words in the name of a key that do.
const WORDS: [&str; 4] = ["control-plane", "exempt", "inject", "webhook"];

/// The name of a key that tenantry writes for each namespace of a product, whatever the product's group is called.
const FEATURE: &str = "metrics-collector-injection";

/// Keys of such domains that are for people to read.
const PROSE: [&str; 3] = ["field.cattle.io/description", "openshift.io/description", "openshift.io/display-name"];

type Texts = BTreeMap<String, String>;

/// Risks of the Namespace among the objects that differ.
pub fn risks(head: &Space<'_>, pairs: &[Pair<'_, '_>]) -> Vec<Risk> {
    let is_namespace = |manifest: &Manifest<'_>| manifest.kind == "Namespace" && manifest.group().is_empty();
    let pair = pairs.iter().find_map(|(was, is)| Some((*was, is.filter(|is| is_namespace(is))?)));
    let Some((was, is)) = pair else { return Vec::new() };
    let (before, after) = match was {
        Some(was) => (said(was), said(is)),
        // What a new namespace has as the others do was decided for the platform.
        None => (usual(head), said(is)),
    };
    let mut found = Vec::new();
    found.extend(pod_security(head.name, [&before[0], &after[0]], was.is_some()));
    found.extend(steered(head.name, &before, &after, was.is_some()));
    let risk = |(code, message)| Risk::new(code, head.cluster, Some(head.name), message).at(head.place());
    found.into_iter().map(risk).collect()
}

/// Labels and annotations of an object.
fn said(manifest: &Manifest<'_>) -> [Texts; 2] {
    let texts = |map: &Map<'_>| {
        let entries = map.iter().filter_map(|(key, value)| match value {
            Tree::Text(text) => Some((key.to_owned(), text.to_string())),
            _ => None,
        });
        entries.collect()
    };
    [texts(&manifest.labels), texts(&manifest.annotations)]
}

/// Those that each namespace of the cluster has.
fn usual(head: &Space<'_>) -> [Texts; 2] {
    let Some(it) = head.as_planned() else { return [Texts::new(), Texts::new()] };
    let platform = it.declared.inventory.platform(it.plan.platform);
    let mut labels = Texts::new();
    if !platform.pod_security.is_empty() {
        labels.insert(POD_SECURITY_ENFORCE.to_owned(), platform.pod_security.to_owned());
    }
    labels.extend(platform.namespace_labels.clone());
    [labels, platform.namespace_annotations.clone()]
}

type Found = Option<(RiskCode, String)>;

/// Whether pods are judged less strictly: by a weaker level, or by an older version of it, which knows fewer dangers.
fn pod_security(name: &str, [before, after]: [&Texts; 2], had: bool) -> Found {
    let level = |labels: &Texts| labels.get(POD_SECURITY_ENFORCE).cloned().unwrap_or_else(|| "none".to_owned());
    // No level and `privileged` allow the same.
    let strength = |level: &str| POD_SECURITY_LEVELS.iter().position(|known| *known == level).unwrap_or(0);
    let version =
        |labels: &Texts| labels.get(POD_SECURITY_ENFORCE_VERSION).cloned().unwrap_or_else(|| "latest".to_owned());
    let age = |version: &str| match version.strip_prefix("v1.") {
        _ if version == "latest" => u32::MAX,
        Some(minor) => minor.parse().unwrap_or(0),
        None => 0,
    };
    let ((was, is), (old, new)) = ((level(before), level(after)), (version(before), version(after)));
    let message = if strength(&is) < strength(&was) {
        match had {
            true => format!("Pod Security of the namespace `{name}` weakens from `{was}` to `{is}`"),
            false => format!("the new namespace `{name}` has Pod Security `{is}`, where `{was}` is usual"),
        }
    } else if strength(&is) > 0 && age(&new) < age(&old) {
        let (new, instead) = (shown(&new), if had { "not" } else { "where others are by" });
        format!(
            "pods of the namespace `{name}` are judged by Pod Security of `{new}`, {instead} `{}`: an older version knows \
             fewer dangers",
            shown(&old)
        )
    } else {
        return None;
    };
    Some((RiskCode::PodSecurityWeakened, message))
}

/// What other programs are told otherwise.
fn steered(name: &str, before: &[Texts; 2], after: &[Texts; 2], had: bool) -> Found {
    let mut words = Vec::new();
    for ((before, after), what) in before.iter().zip(after).zip(["label", "annotation"]) {
        for (key, value) in after.iter().filter(|(key, _)| steers(key)) {
            if before.get(key) != Some(value) {
                words.push(format!("the {what} `{}`", shown(&format!("{key}: {value}"))));
            }
        }
        // A new namespace that lacks what the others have cannot be: the platform's are added to its own.
        let gone = before.keys().filter(|key| had && steers(key) && !after.contains_key(*key));
        words.extend(gone.map(|key| format!("no {what} `{}` any more", shown(key))));
    }
    let message = format!(
        "the namespace `{name}` tells admission, scheduling or the mesh something else: it has {}",
        phrases(&words)
    );
    (!words.is_empty()).then_some((RiskCode::NamespaceSteered, message))
}

/// Whether other programs are known to decide by a key, or look as if they did.
fn steers(key: &str) -> bool {
    let (domain, name) = key.split_once('/').unwrap_or(("", key));
    let within = |of: &str| domain == of || domain.strip_suffix(of).is_some_and(|rest| rest.ends_with('.'));
    let part = domain.split('.').next().unwrap_or_default();
    let known = DOMAINS.iter().any(|of| within(of)) || PARTS.contains(&part);
    // What no inventory may set, tenantry writes, for a setting that a review names.
    let own = name == FEATURE || PROSE.contains(&key) || reserved_metadata_key(key).is_some();
    !own && (known || WORDS.iter().any(|word| name.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(entries: &[(&str, &str)]) -> Texts {
        entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_older_version_of_pod_security_is_weaker() {
        let version = |version| texts(&[(POD_SECURITY_ENFORCE, "baseline"), (POD_SECURITY_ENFORCE_VERSION, version)]);
        let latest = texts(&[(POD_SECURITY_ENFORCE, "baseline")]);
        let weaker = |before: &Texts, after: &Texts| pod_security("x", [before, after], true).is_some();
        assert!(weaker(&latest, &version("v1.20")) && weaker(&version("v1.30"), &version("v1.9")));
        assert!(!weaker(&version("v1.9"), &version("v1.30")) && !weaker(&version("v1.30"), &latest));
        assert!(
            !weaker(&latest, &version("latest")) && !weaker(&latest, &texts(&[(POD_SECURITY_ENFORCE, "restricted")]))
        );
        // Where nothing is refused, no version matters.
        assert!(!weaker(&texts(&[]), &texts(&[(POD_SECURITY_ENFORCE_VERSION, "v1.20")])));
    }

    #[test]
    fn keys_that_steer_are_told_from_labels_of_an_organisation() {
        for key in [
            "admission.gatekeeper.sh/ignore",
            "policy.sigstore.dev/include",
            "scheduler.alpha.kubernetes.io/node-selector",
            "field.cattle.io/projectId",
            "istio.io/use-waypoint",
            "control-plane",
            "vault-injection",
        ] {
            assert!(steers(key), "{key}");
        }
        for key in [
            "example.org/environment",
            "team",
            "istio-injection",
            "istio.io/dataplane-mode",
            "myistio.io/x",
            "field.cattle.io/description",
            "openshift.io/display-name",
        ] {
            assert!(!steers(key), "{key}");
        }
    }
}
