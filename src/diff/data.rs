//! Objects of add-ons that hold data, or keep it: what is lost when they go.
//!
//! Engines delete what is no longer compiled, also an object that only changed its name. What a kind of others holds
//! nobody can know here, so that the name of a kind decides in doubt, and a doubt is a risk.

use super::space::entry;
use super::words::shown;
use crate::manifest::{Manifest, Tree};

/// Kinds whose objects hold data or stand for it, by API group.
const HOLDERS: [(&str, &str); 4] = [
    ("", "PersistentVolume"),
    ("", "PersistentVolumeClaim"),
    ("snapshot.storage.k8s.io", "VolumeSnapshot"),
    ("snapshot.storage.k8s.io", "VolumeSnapshotContent"),
];

/// How the kinds of operators end whose objects own storage: claims of buckets and of cloud resources, databases.
const ENDINGS: [&str; 5] = ["Bucket", "Claim", "Cluster", "Database", "Volume"];

/// Kinds with such a name that hold no data: a device that is claimed, and a cluster of processes.
const EXCEPTIONS: [(&str, &str); 2] = [("ray.io", "RayCluster"), ("resource.k8s.io", "ResourceClaim")];

/// What is lost when an object goes, as words that follow its name; `None` if it is not known to hold anything.
pub fn lost(was: &Manifest<'_>) -> Option<&'static str> {
    let kind = (was.group(), was.kind.as_ref());
    if kind == ("", "PersistentVolumeClaim") {
        return Some("goes, and the volume that it claims with all data in it");
    }
    if kind == ("apps", "StatefulSet") {
        return deletes(was, "whenDeleted")
            .then_some("goes, and deletes the volumes of its pods with all data in them");
    }
    let named = ENDINGS.iter().any(|end| kind.1.ends_with(end)) && !EXCEPTIONS.contains(&kind);
    (HOLDERS.contains(&kind) || named).then_some("goes, and with it the data that it may hold")
}

/// What may be lost from now on by what an object says, as words that follow its name.
pub fn endangered(was: &Manifest<'_>, is: &Manifest<'_>) -> Option<&'static str> {
    if (is.group(), is.kind.as_ref()) != ("apps", "StatefulSet") {
        return None;
    }
    let newly = |when| deletes(is, when) && !deletes(was, when);
    if newly("whenDeleted") {
        return Some("deletes the volumes of its pods when it is deleted from now on");
    }
    if newly("whenScaled") {
        return Some("deletes the volumes of pods that it no longer runs from now on");
    }
    // Without a number there is one pod.
    let replicas = |manifest: &Manifest<'_>| match manifest.body.get("spec").and_then(|spec| entry(spec, "replicas")) {
        Some(Tree::Integer(number)) => *number,
        _ => 1,
    };
    (deletes(is, "whenScaled") && replicas(is) < replicas(was))
        .then_some("runs fewer pods, and deletes the volumes of the others with all data in them")
}

/// Whether a StatefulSet deletes the claims of its pods (`persistentVolumeClaimRetentionPolicy`). It retains them unless
/// it says so.
fn deletes(set: &Manifest<'_>, when: &str) -> bool {
    let policy = set.body.get("spec").and_then(|spec| entry(spec, "persistentVolumeClaimRetentionPolicy"));
    matches!(policy.and_then(|policy| entry(policy, when)), Some(Tree::Text(text)) if text == "Delete")
}

/// An object of a namespace, named for a message.
pub fn named(manifest: &Manifest<'_>) -> String {
    format!("{} `{}`", manifest.kind, shown(&manifest.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Map;

    fn object(api_version: &'static str, kind: &'static str) -> Manifest<'static> {
        Manifest::namespaced(api_version, kind, "vision", "x")
    }

    fn set(when: &'static str, what: &'static str, replicas: i64) -> Manifest<'static> {
        let mut manifest = object("apps/v1", "StatefulSet");
        let policy = Map::new().with(when, what);
        let spec = Map::new().with("replicas", replicas).with("persistentVolumeClaimRetentionPolicy", policy);
        manifest.body.insert("spec", spec);
        manifest
    }

    #[test]
    fn what_holds_data_is_told_by_kind_and_group() {
        for (api_version, kind) in [
            ("v1", "PersistentVolumeClaim"),
            ("snapshot.storage.k8s.io/v1", "VolumeSnapshot"),
            ("objectbucket.io/v1alpha1", "ObjectBucketClaim"),
            ("postgresql.cnpg.io/v1", "Cluster"),
        ] {
            assert!(lost(&object(api_version, kind)).is_some(), "{kind}");
        }
        for (api_version, kind) in [
            ("v1", "ConfigMap"),
            ("apps/v1", "StatefulSet"),
            ("apps/v1", "Deployment"),
            ("ray.io/v1", "RayCluster"),
            ("resource.k8s.io/v1", "ResourceClaim"),
        ] {
            assert_eq!(lost(&object(api_version, kind)), None, "{kind}");
        }
    }

    #[test]
    fn a_stateful_set_loses_volumes_where_it_says_so() {
        assert!(lost(&set("whenDeleted", "Delete", 1)).is_some());
        assert_eq!(lost(&set("whenDeleted", "Retain", 1)), None);
        assert_eq!(lost(&set("whenScaled", "Delete", 1)), None);
        for when in ["whenDeleted", "whenScaled"] {
            let (keeps, deletes) = (set(when, "Retain", 2), set(when, "Delete", 2));
            assert!(endangered(&keeps, &deletes).is_some(), "{when}");
            assert_eq!(endangered(&deletes, &keeps), None, "{when}");
            assert_eq!(endangered(&deletes, &deletes), None, "{when}");
        }
        assert!(endangered(&set("whenScaled", "Delete", 2), &set("whenScaled", "Delete", 1)).is_some());
        assert_eq!(endangered(&set("whenScaled", "Delete", 1), &set("whenScaled", "Delete", 2)), None);
        assert_eq!(endangered(&set("whenScaled", "Retain", 2), &set("whenScaled", "Retain", 1)), None);
    }
}
