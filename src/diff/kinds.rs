//! Kinds of objects that come to a cluster for the first time.
//!
//! What engines may make in namespaces is a list of kinds (the AppProject's), and it grows with what templates give. So
//! a new kind is more than one object: from then on every file that an engine syncs may hold such objects.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::compare::Work;
use super::objects::Pair;
use super::space::Space;
use super::words::{bounded, shown};
use super::{Risk, RiskCode};
use crate::lower::gitops::{GroupKind, kind_of};

/// Kinds that tenantry writes by itself for one setting or another, by API group. Those of the product's own group, which
/// can be called anything, are told by their names.
const PLAIN: [(&str, &str); 7] = [
    ("", "LimitRange"),
    ("", "Namespace"),
    ("", "ResourceQuota"),
    ("", "ServiceAccount"),
    ("networking.k8s.io", "NetworkPolicy"),
    ("rbac.authorization.k8s.io", "RoleBinding"),
    ("security.istio.io", "AuthorizationPolicy"),
];

/// Kinds of the product.
const PRODUCT: [&str; 2] = ["PodDefault", "Profile"];

/// Lists of users for the Tenant-Profile integration, which are the only object of their namespace's file.
pub const USERS: [&str; 2] = ["kubeflow-users-cm", "kubeflow-users-secret"];

/// New kinds, and the namespaces of a cluster that have them, in order.
pub type NewKinds<'n> = BTreeMap<GroupKind, Vec<&'n str>>;

/// Kinds of the objects that are only in the head, without those that tenantry writes by itself.
pub fn new(pairs: &[Pair<'_, '_>]) -> BTreeSet<GroupKind> {
    let added = pairs.iter().filter(|(was, _)| was.is_none()).filter_map(|(_, is)| *is);
    let others = added.filter(|it| {
        let plain = PLAIN.contains(&(it.group(), it.kind.as_ref()));
        !plain && !PRODUCT.contains(&it.kind.as_ref()) && !USERS.contains(&it.name.as_ref())
    });
    others.map(kind_of).collect()
}

impl Work<'_> {
    /// One risk for each kind that no object of the base has on the cluster; for a new cluster, on any.
    pub(super) fn kinds_admitted(
        &self,
        cluster: &str,
        kinds: NewKinds<'_>,
        base: &BTreeMap<&str, Space<'_>>,
        head: &BTreeMap<&str, Space<'_>>,
    ) -> Vec<Risk> {
        if kinds.is_empty() {
            return Vec::new();
        }
        let elsewhere: Vec<BTreeMap<&str, Space<'_>>> = if self.base.clusters().contains(&cluster) {
            Vec::new()
        } else {
            let clusters: BTreeSet<&str> = self.base.clusters().into_iter().collect();
            clusters.into_iter().map(|cluster| self.base.spaces(cluster)).collect()
        };
        let before: Vec<&Space<'_>> = base.values().chain(elsewhere.iter().flat_map(BTreeMap::values)).collect();
        let known = |kind: &GroupKind| {
            before.par_iter().any(|space| match space.add_on_kinds() {
                Some(kinds) => kinds.contains(kind),
                None => space.objects().iter().any(|object| kind_of(object) == *kind),
            })
        };
        let new = kinds.into_iter().filter(|(kind, _)| !known(kind));
        let risk = |((group, kind), names): (GroupKind, Vec<&str>)| {
            let place = names.first().and_then(|name| head.get(name)).and_then(Space::place);
            let of = if group.is_empty() { String::new() } else { format!(" of `{}`", shown(&group)) };
            let word = if names.len() == 1 { "namespace" } else { "namespaces" };
            let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
            let message = format!(
                "objects of the kind {kind}{of} come to the cluster `{cluster}` for the first time, in the {word} {}; \
                 engines may make them from now on",
                bounded(&names)
            );
            Risk::new(RiskCode::KindAdmitted, cluster, None, message).at(place)
        };
        new.map(risk).collect()
    }
}
