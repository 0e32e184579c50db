//! Files of a platform itself: whether they can differ, and what their changes mean.

use std::collections::BTreeMap;

use super::compare::Work;
use super::objects::{self, Pair};
use super::policy::authorization;
use super::space::Space;
use super::total::Total;
use super::{FileChange, Risk, RiskCode, Side};
use crate::facts;
use crate::inventory::{MeshMode, Shards};
use crate::lower::gitops;

impl Work<'_> {
    /// Whether the files of a platform with the same settings can differ all the same. What the engines are told names
    /// the kinds that templates compute, and to find these out takes every namespace of the cluster; so it is done only if
    /// a namespace that differs has one.
    pub(super) fn may_be_synced_otherwise(
        &self,
        cluster: &str,
        changed: &[&str],
        base: &BTreeMap<&str, Space<'_>>,
        head: &BTreeMap<&str, Space<'_>>,
    ) -> bool {
        let Some((head_side, platform)) = self.head.declared().and_then(|it| Some((it, it.platform(cluster)?))) else {
            return true;
        };
        if platform.gitops.repo_url.is_empty() {
            return false;
        }
        let mut known = gitops::built_in_kinds(platform);
        known.extend(head_side.templates.texts().flat_map(|text| gitops::written_kinds(&text)));
        let spaces = changed.iter().flat_map(|name| base.get(name).into_iter().chain(head.get(name)));
        matches!(platform.gitops.shards, Shards::Auto(_))
            || spaces.into_iter().any(|space| space.add_on_kinds().is_none_or(|kinds| !kinds.is_subset(&known)))
    }

    /// Files of the platform itself.
    pub(super) fn platform_files(&self, cluster: &str, total: &mut Total) {
        let files = |side: &Side<'_>| side.platform_files(cluster);
        let (mut base, head) = rayon::join(|| files(self.base), || files(self.head));
        let (opened, moves) = (self.opens_self_service(cluster), self.moves_policies(cluster));
        let declared = self.head.declared();
        let platform = declared.and_then(|head| Some((head, head.platform(cluster)?)));
        let place = platform.map(|(head, platform)| head.places.place(platform.span));
        let mut see = |path: String, before: Option<String>, after: Option<String>| {
            if before == after {
                return;
            }
            let objects = |text: &Option<String>| text.as_deref().map(facts::objects_of_text).unwrap_or_default();
            let (was, is) = (objects(&before), objects(&after));
            let pairs = objects::differing(&was, &is);
            objects::collect(&cluster.into(), &pairs, &mut total.objects);
            if !head.is_empty() && !opened {
                let denials = pairs.iter().filter_map(|pair| denial_removed(cluster, pair, moves));
                total.risks.extend(denials.map(|risk| risk.at(place.clone())));
            }
            total.differs = true;
            if self.options.manifests {
                total.files.push(FileChange { path, before, after, omitted: false });
            }
        };
        for (path, after) in &head {
            see(path.clone(), base.remove(path), Some(after.clone()));
        }
        for (path, before) in base {
            see(path, Some(before), None);
        }
    }

    /// Whether policies come from pods to a waypoint, or back.
    fn moves_policies(&self, cluster: &str) -> bool {
        let sides = self.base.declared().zip(self.head.declared());
        let platforms = sides.and_then(|(base, head)| base.platform(cluster).zip(head.platform(cluster)));
        platforms.is_some_and(|(was, is)| was.mesh.mode != is.mesh.mode && is.mesh.mode != MeshMode::None)
    }

    /// Whether the head asks for self-service, which then explains that nothing denies it.
    fn opens_self_service(&self, cluster: &str) -> bool {
        let sides = self.base.declared().zip(self.head.declared());
        let platforms = sides.and_then(|(base, head)| base.platform(cluster).zip(head.platform(cluster)));
        platforms.is_some_and(|(was, is)| was.self_service != is.self_service)
    }
}

/// A policy of the platform that kept something out, and goes or says something else. `moves` says whether the mesh takes
/// another kind of its programs for it, so that it has to be attached elsewhere.
fn denial_removed(cluster: &str, pair: &Pair<'_, '_>, moves: bool) -> Option<Risk> {
    let was = pair.0.filter(|was| was.kind == "AuthorizationPolicy")?;
    let name = &was.name;
    let (code, message) = match pair.1 {
        None => (
            RiskCode::PolicyRemoved,
            format!("the AuthorizationPolicy `{name}` goes, and what it denied is open on the cluster `{cluster}`"),
        ),
        Some(is) if !authorization::is_looser(was, is) => return None,
        Some(is) if moves && authorization::has_same_rules(was, is) => return None,
        Some(_) => (
            RiskCode::PolicyLoosened,
            format!(
                "the AuthorizationPolicy `{name}` of the cluster `{cluster}` says something else, and may deny less"
            ),
        ),
    };
    Some(Risk::new(code, cluster, None, message))
}
