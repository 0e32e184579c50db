//! The keys of a ResourceQuota: what Kubernetes counts, what it takes and never counts, what it refuses.
//!
//! From Kubernetes' own validation (`ValidateResourceQuotaResourceName`, `IsStandardQuotaResourceName`) and from its
//! quota evaluators (`pkg/quota/v1/evaluator/core`). A Profile takes any key, so nobody else tells before the profile
//! controller fails, or before a limit turns out to limit nothing.

use super::kube::{check_label_key, is_dns_subdomain};
use super::quantity::Quantity;

/// Plain keys that the API server takes.
const STANDARD: [&str; 19] = [
    "configmaps",
    "cpu",
    "ephemeral-storage",
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "memory",
    "persistentvolumeclaims",
    "pods",
    "replicationcontrollers",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
    "requests.storage",
    "resourcequotas",
    "secrets",
    "services",
    "services.loadbalancers",
    "services.nodeports",
];

/// Kinds of the core group, which `count/` takes without a group.
const CORE_KINDS: [&str; 12] = [
    "configmaps",
    "endpoints",
    "events",
    "limitranges",
    "persistentvolumeclaims",
    "pods",
    "podtemplates",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "serviceaccounts",
    "services",
];

/// Kinds that people count, with the group that they forget.
const GROUPED_KINDS: [(&str, &str); 11] = [
    ("cronjobs", "batch"),
    ("daemonsets", "apps"),
    ("deployments", "apps"),
    ("horizontalpodautoscalers", "autoscaling"),
    ("inferenceservices", "serving.kserve.io"),
    ("ingresses", "networking.k8s.io"),
    ("jobs", "batch"),
    ("notebooks", "kubeflow.org"),
    ("replicasets", "apps"),
    ("resourceclaims", "resource.k8s.io"),
    ("statefulsets", "apps"),
];

/// Other words for what Kubernetes counts.
const ALIASES: [(&str, &str); 18] = [
    ("disk", "requests.storage"),
    ("gpu", "requests.nvidia.com/gpu"),
    ("gpus", "requests.nvidia.com/gpu"),
    ("limits.gpu", "requests.nvidia.com/gpu"),
    ("limits.pods", "pods"),
    ("limits.storage", "requests.storage"),
    ("loadbalancers", "services.loadbalancers"),
    ("mem", "memory"),
    ("nodeports", "services.nodeports"),
    ("pvc", "persistentvolumeclaims"),
    ("pvcs", "persistentvolumeclaims"),
    ("ram", "memory"),
    ("request.storage", "requests.storage"),
    ("requests.gpu", "requests.nvidia.com/gpu"),
    ("requests.pods", "pods"),
    ("storage", "requests.storage"),
    ("svc", "services"),
    ("volumes", "persistentvolumeclaims"),
];

/// What stands before the keys of requests, extended resources among them.
const REQUESTS: &str = "requests.";

/// What ends the domain of names that are Kubernetes' own, and not extended resources.
const NATIVE: &str = "kubernetes.io/";

/// What stands before a size of pages in a key that the API server refuses: pages are never given beyond the request.
const LIMITS_OF_PAGES: &str = "limits.hugepages-";

/// What stands behind the name of a storage class.
const STORAGE_CLASS: &str = ".storageclass.storage.k8s.io";

/// What stands behind the name of a device class.
const DEVICE_CLASS: &str = ".deviceclass.resource.k8s.io";

/// What Kubernetes does with a key of `ResourceQuota.spec.hard`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuotaKey {
    /// It is counted.
    Good,
    /// The API server takes it and never counts anything for it, so it limits nothing.
    Unenforced {
        /// The key that does what was meant.
        use_instead: String,
    },
    /// The API server refuses it, or it can name nothing that exists.
    Unknown {
        /// The key that was probably meant, if one is near.
        nearest: Option<String>,
    },
}

/// Says what Kubernetes does with the key `key` of a quota.
///
/// Whatever is proposed is itself [`QuotaKey::Good`]. That a resource, a class or a domain of a well-formed key exists
/// in some cluster is not checked.
pub fn check_quota_key(key: &str) -> QuotaKey {
    if is_good(key) {
        return QuotaKey::Good;
    }
    let meant = if check_label_key(key).is_ok() { meant_by(key).filter(|meant| is_good(meant)) } else { None };
    match meant {
        Some(use_instead) if is_accepted(key) => QuotaKey::Unenforced { use_instead },
        meant => QuotaKey::Unknown { nearest: meant.or_else(|| nearest_key(key)) },
    }
}

/// Whether a quota on `key` makes Kubernetes refuse pods that do not state their requests or limits: cpu and memory, in
/// any of their three spellings (the pod evaluator's list).
pub fn is_compute_key(key: &str) -> bool {
    matches!(key, "cpu" | "memory" | "requests.cpu" | "requests.memory" | "limits.cpu" | "limits.memory")
}

/// Whether the value of `key` must be a whole number (`IsIntegerResourceName` of Kubernetes): what is counted in
/// objects, and every key with a `/` but those of `kubernetes.io/` and of `requests.`, which Kubernetes leaves out.
pub fn is_count_key(key: &str) -> bool {
    if !key.contains('/') {
        return STANDARD.contains(&key) && !is_amount(key);
    }
    !key.contains(NATIVE) && !key.starts_with(REQUESTS) && check_label_key(&format!("{REQUESTS}{key}")).is_ok()
}

/// Whether a plain key measures an amount instead of counting objects.
fn is_amount(key: &str) -> bool {
    key.ends_with("cpu") || key.ends_with("memory") || key.ends_with("storage")
}

/// Whether Kubernetes counts something for this key.
fn is_good(key: &str) -> bool {
    if check_label_key(key).is_err() {
        return false;
    }
    match key.split_once('/') {
        None => {
            STANDARD.contains(&key)
                || page_size(key).is_some_and(|(prefix, size)| prefix != LIMITS_OF_PAGES && is_page_size(size))
        }
        Some(("count", kind)) => CORE_KINDS.contains(&kind) || (kind.contains('.') && is_dns_subdomain(kind)),
        Some((domain, name)) => is_good_in_domain(domain, name),
    }
}

/// Whether the evaluators count `domain/name`: by storage class, by device class, or an extended resource.
fn is_good_in_domain(domain: &str, name: &str) -> bool {
    if let Some(class) = domain.strip_suffix(STORAGE_CLASS) {
        return is_dns_subdomain(class) && matches!(name, "requests.storage" | "persistentvolumeclaims");
    }
    if let Some(class) = domain.strip_suffix(DEVICE_CLASS) {
        return is_dns_subdomain(class) && name == "devices";
    }
    if domain == "requests.deviceclass.resource.kubernetes.io" {
        return is_dns_subdomain(name);
    }
    // An extended resource is never of Kubernetes' own domain, and its own name never starts like a quota key.
    let resource = domain.strip_prefix(REQUESTS).filter(|_| !domain.ends_with("kubernetes.io"));
    resource.is_some_and(|domain| is_dns_subdomain(domain) && !domain.starts_with(REQUESTS))
}

/// Whether the API server takes a key that is not good (`ValidateResourceQuotaResourceName`).
fn is_accepted(key: &str) -> bool {
    key.contains('/') || page_size(key).is_some_and(|(prefix, _)| prefix != LIMITS_OF_PAGES)
}

/// The key that does what a well-formed key, which is not good, was meant to do.
fn meant_by(key: &str) -> Option<String> {
    match key.split_once('/') {
        None => meant_page_size(key),
        Some(("count", kind)) => meant_kind(kind),
        Some((domain, name)) if domain.ends_with(STORAGE_CLASS) => {
            let near = nearest(name, ["requests.storage", "persistentvolumeclaims", "storage"].into_iter())?;
            Some(format!("{domain}/{}", if near == "storage" { "requests.storage" } else { near }))
        }
        Some((domain, _)) if domain.ends_with(DEVICE_CLASS) => Some(format!("{domain}/devices")),
        Some(_) => {
            let resource = key.strip_prefix("limits.").unwrap_or(key);
            Some(format!("{REQUESTS}{}", resource.trim_start_matches(REQUESTS)))
        }
    }
}

/// The key for huge pages with the size in canonical form; they have requests only.
fn meant_page_size(key: &str) -> Option<String> {
    let (prefix, size) = page_size(key)?;
    let size = Quantity::parse(size).map_or_else(|invalid| invalid.repair, |size| Some(size.canonical()))?;
    Some(format!("{}{size}", if prefix == LIMITS_OF_PAGES { "requests.hugepages-" } else { prefix }))
}

/// The key `count/<kind>.<group>` for a kind that was written without its group, in the singular or nearly right.
fn meant_kind(kind: &str) -> Option<String> {
    let lower = kind.to_ascii_lowercase();
    if lower.contains('.') {
        return Some(format!("count/{lower}"));
    }
    let known = || CORE_KINDS.into_iter().chain(GROUPED_KINDS.map(|(kind, _)| kind));
    let same = known().find(|known| *known == lower || known.strip_suffix('s') == Some(&lower));
    let kind = same.or_else(|| nearest(&lower, known()))?;
    let group = GROUPED_KINDS.iter().find(|(known, _)| *known == kind).map(|(_, group)| *group);
    Some(group.map_or_else(|| format!("count/{kind}"), |group| format!("count/{kind}.{group}")))
}

/// The key that was probably meant by one that the API server refuses: another letter case, another word, or the
/// nearest.
fn nearest_key(key: &str) -> Option<String> {
    let lower = key.to_ascii_lowercase();
    if is_good(&lower) {
        return Some(lower);
    }
    let alias = ALIASES.iter().find(|(alias, _)| *alias == lower).map(|(_, meant)| *meant);
    alias.or_else(|| nearest(&lower, STANDARD.into_iter())).map(str::to_owned)
}

/// The two halves of a key for huge pages: what stands before the size, and the size.
fn page_size(key: &str) -> Option<(&str, &str)> {
    const PREFIXES: [&str; 3] = ["hugepages-", "requests.hugepages-", LIMITS_OF_PAGES];
    let prefix = PREFIXES.into_iter().find(|prefix| key.starts_with(prefix))?;
    Some(key.split_at(prefix.len()))
}

/// Whether a size of pages is spelled as nodes and pods spell it: the quota is found by that text.
fn is_page_size(size: &str) -> bool {
    Quantity::parse(size).is_ok_and(|read| read.as_str() == size && !read.is_negative() && !read.is_zero())
}

/// The candidate that differs from `text` by the fewest edits, if that is at most a third of its characters. The first
/// of several equally near ones.
fn nearest<'a>(text: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = |candidate: &str| candidate.len() / 3;
    // Comparing lengths first keeps a very long text from costing anything.
    let similar = candidates.filter(|candidate| candidate.len().abs_diff(text.len()) <= allowed(candidate));
    let near = similar.map(|candidate| (strsim::damerau_levenshtein(text, candidate), candidate));
    near.filter(|(edits, candidate)| *edits <= allowed(candidate)).min_by_key(|(edits, _)| *edits).map(|(_, near)| near)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unenforced(use_instead: &str) -> QuotaKey {
        QuotaKey::Unenforced { use_instead: use_instead.into() }
    }

    fn unknown(nearest: &str) -> QuotaKey {
        QuotaKey::Unknown { nearest: Some(nearest.into()) }
    }

    #[test]
    fn what_is_counted_is_good() {
        let more = [
            "hugepages-2Mi",
            "requests.hugepages-1Gi",
            "count/pods",
            "count/notebooks.kubeflow.org",
            "gold.storageclass.storage.k8s.io/requests.storage",
            "gold.storageclass.storage.k8s.io/persistentvolumeclaims",
            "gpu.example.com.deviceclass.resource.k8s.io/devices",
            "requests.deviceclass.resource.kubernetes.io/gpu.example.com",
            "requests.nvidia.com/gpu",
            "requests.nvidia.com/mig-1g.5gb",
        ];
        for key in STANDARD.into_iter().chain(more) {
            assert_eq!(check_quota_key(key), QuotaKey::Good, "{key}");
        }
    }

    #[test]
    fn what_limits_nothing_names_what_does() {
        let cases = [
            ("nvidia.com/gpu", "requests.nvidia.com/gpu"),
            ("limits.nvidia.com/gpu", "requests.nvidia.com/gpu"),
            ("requests.requests.nvidia.com/gpu", "requests.nvidia.com/gpu"),
            ("hugepages-2048Ki", "hugepages-2Mi"),
            ("count/deployments", "count/deployments.apps"),
            ("count/Pod", "count/pods"),
            ("count/notebook", "count/notebooks.kubeflow.org"),
            ("gold.storageclass.storage.k8s.io/storage", "gold.storageclass.storage.k8s.io/requests.storage"),
            ("gpu.deviceclass.resource.k8s.io/device", "gpu.deviceclass.resource.k8s.io/devices"),
        ];
        for (key, instead) in cases {
            assert_eq!(check_quota_key(key), unenforced(instead), "{key}");
        }
    }

    #[test]
    fn what_is_refused_may_be_near_something() {
        let cases = [
            ("gpus", "requests.nvidia.com/gpu"),
            ("storage", "requests.storage"),
            ("Requests.CPU", "requests.cpu"),
            ("request.memory", "requests.memory"),
            ("limits.hugepages-2Mi", "requests.hugepages-2Mi"),
            ("Requests.nvidia.com/gpu", "requests.nvidia.com/gpu"),
            ("persistentvolumeclaim", "persistentvolumeclaims"),
        ];
        for (key, near) in cases {
            assert_eq!(check_quota_key(key), unknown(near), "{key}");
        }
        for key in ["", "nothing-like-it", "cpu ", "a/b/c", "kubernetes.io/thing", "hugepages-", "count/whatever"] {
            assert!(matches!(check_quota_key(key), QuotaKey::Unknown { .. }), "{key}");
        }
    }

    #[test]
    fn compute_and_count() {
        assert!(is_compute_key("limits.memory") && !is_compute_key("requests.storage"));
        for key in ["pods", "count/pods", "services.nodeports", "gold.storageclass.storage.k8s.io/requests.storage"] {
            assert!(is_count_key(key), "{key}");
        }
        for key in
            ["cpu", "requests.storage", "limits.ephemeral-storage", "requests.nvidia.com/gpu", "hugepages-2Mi", "x"]
        {
            assert!(!is_count_key(key), "{key}");
        }
    }

    proptest! {
        #[test]
        fn advice_is_good(key in "(requests\\.|limits\\.|count/|hugepages-)?[a-zA-Z.]{0,9}(/[a-z.]{1,9}|s|Gi)?") {
            match check_quota_key(&key) {
                QuotaKey::Good => prop_assert!(check_label_key(&key).is_ok()),
                QuotaKey::Unenforced { use_instead: other } | QuotaKey::Unknown { nearest: Some(other) } => {
                    prop_assert_eq!(check_quota_key(&other), QuotaKey::Good);
                }
                QuotaKey::Unknown { nearest: None } => {}
            }
        }
    }
}
