//! What differs between the objects of two sides, and what is dangerous about it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::data;
use super::limits::{self, Loosened};
use super::policy::network;
use super::space::{Space, entry};
use super::words::{bounded, shown};
use super::{ObjectChanges, ObjectRef, Risk, RiskCode};
use crate::diag::catalog::list;
use crate::guard;
use crate::manifest::{Manifest, ObjectId, Tree};
use crate::name::{POD_SECURITY_ENFORCE, fold_case};

/// An object that differs: as the base has it, and as the head has it. At least one does.
pub type Pair<'p, 'm> = (Option<&'p Manifest<'m>>, Option<&'p Manifest<'m>>);

/// The objects that differ, by identity.
pub fn differing<'p, 'm>(base: &'p [Manifest<'m>], head: &'p [Manifest<'m>]) -> Vec<Pair<'p, 'm>> {
    let mut pairs: BTreeMap<ObjectId, Pair<'p, 'm>> = BTreeMap::new();
    for manifest in base {
        pairs.entry(manifest.id()).or_default().0 = Some(manifest);
    }
    for manifest in head {
        pairs.entry(manifest.id()).or_default().1 = Some(manifest);
    }
    pairs.into_values().filter(|(base, head)| base != head).collect()
}

/// Puts the names of differing objects into their lists.
pub fn collect(cluster: &Arc<str>, pairs: &[Pair<'_, '_>], changes: &mut ObjectChanges) {
    let named = |manifest: &Manifest<'_>| ObjectRef {
        cluster: cluster.clone(),
        namespace: manifest.namespace.as_deref().unwrap_or_default().into(),
        api_version: (&*manifest.api_version).into(),
        kind: (&*manifest.kind).into(),
        name: (&*manifest.name).into(),
    };
    for pair in pairs {
        match pair {
            (None, Some(head)) => changes.added.push(named(head)),
            (Some(base), None) => changes.removed.push(named(base)),
            (_, Some(head)) => changes.modified.push(named(head)),
            (None, None) => {}
        }
    }
}

/// Risks of a namespace that goes.
pub fn gone(base: &Space<'_>, pairs: &[Pair<'_, '_>]) -> Vec<Risk> {
    let mut risks = Vec::new();
    for (was, _) in pairs {
        risks.extend(was.and_then(|was| removed(base, was)));
    }
    // The namespace takes all with it. Where others keep it, its objects go one by one.
    if risks.is_empty() {
        let objects = pairs.iter().filter_map(|pair| pair.0);
        risks.extend(objects.filter_map(|was| data_removed(base, was)));
    }
    risks
}

/// What the removal of an add-on's object takes away for good.
fn data_removed(base: &Space<'_>, was: &Manifest<'_>) -> Option<Risk> {
    let (what, lost, name) = (data::named(was), data::lost(was)?, base.name);
    let message = format!("the {what} of the namespace `{name}` {lost}");
    Some(Risk::new(RiskCode::DataRemoved, base.cluster, Some(name), message).at(base.place()))
}

/// What the removal of an object that holds data means.
fn removed(base: &Space<'_>, was: &Manifest<'_>) -> Option<Risk> {
    let name = base.name;
    let (code, message) = match was.kind.as_ref() {
        "Profile" => (
            RiskCode::ProfileRemoved,
            format!("the Profile `{name}` goes; its controller deletes the namespace and all volumes in it"),
        ),
        "Namespace" => (RiskCode::NamespaceRemoved, format!("the Namespace `{name}` goes, and all that is in it")),
        _ => return None,
    };
    Some(Risk::new(code, base.cluster, Some(name), message).at(base.place()))
}

/// Risks of a namespace that is new.
pub fn new(head: &Space<'_>, pairs: &[Pair<'_, '_>]) -> Vec<Risk> {
    let profiles = pairs.iter().filter_map(|pair| pair.1).filter(|is| is.kind == "Profile");
    profiles.filter_map(|is| new_plugins(head, &[], plugins_of(is))).collect()
}

/// Plugins that a Profile did not have before.
fn new_plugins(head: &Space<'_>, before: &[Tree<'_>], after: &[Tree<'_>]) -> Option<Risk> {
    let new: Vec<&Tree<'_>> = after.iter().filter(|plugin| !before.contains(plugin)).collect();
    let kinds: BTreeSet<&str> = new.iter().filter_map(|plugin| text(entry(plugin, "kind")?)).collect();
    let kinds: Vec<&str> = kinds.into_iter().collect();
    let (name, word) = (head.name, if kinds.len() == 1 { "plugin" } else { "plugins" });
    let message = format!("the Profile `{name}` gets the {word} {}, and with it rights elsewhere", list(&kinds));
    let risk = Risk::new(RiskCode::PluginChanged, head.cluster, Some(name), message).at(head.place());
    (!new.is_empty()).then_some(risk)
}

/// Risks of a namespace that stays.
pub fn kept(base: &Space<'_>, head: &Space<'_>, pairs: &[Pair<'_, '_>]) -> Vec<Risk> {
    let work = Work { base, head };
    let mut risks: Vec<Risk> = work.protection_lifted(pairs).into_iter().collect();
    for pair in pairs {
        match pair {
            (Some(was), None) => risks.extend(work.removed(was)),
            (Some(was), Some(is)) => work.changed(was, is, &mut risks),
            (None, Some(is)) => risks.extend(work.added(is)),
            (None, None) => {}
        }
    }
    risks
}

struct Work<'w, 's> {
    base: &'w Space<'s>,
    head: &'w Space<'s>,
}

impl Work<'_, '_> {
    fn risk(&self, code: RiskCode, message: impl Into<String>) -> Risk {
        Risk::new(code, self.head.cluster, Some(self.head.name), message).at(self.head.place())
    }

    /// NetworkPolicies add up: another one beside those that are there can only let in more.
    fn added(&self, is: &Manifest<'_>) -> Option<Risk> {
        let policy = |manifest: &Manifest<'_>| manifest.kind == "NetworkPolicy";
        let beside = policy(is) && self.base.objects().iter().any(policy);
        beside.then(|| {
            let (policy, name) = (&is.name, self.head.name);
            let message = format!(
                "the NetworkPolicy `{policy}` is added to those of the namespace `{name}`, and may let in more"
            );
            self.risk(RiskCode::PolicyLoosened, message)
        })
    }

    fn removed(&self, was: &Manifest<'_>) -> Option<Risk> {
        let (name, space) = (shown(&was.name), self.head.name);
        match was.kind.as_ref() {
            // Where an integration takes the namespace over, it goes on to be there.
            "Profile" | "Namespace" if self.is_delegated() => None,
            "Profile" | "Namespace" => removed(self.base, was),
            "NetworkPolicy" => Some(self.risk(
                RiskCode::PolicyRemoved,
                format!("the NetworkPolicy `{name}` of the namespace `{space}` goes, and what it held back gets in"),
            )),
            "LimitRange" => Some(self.risk(
                RiskCode::LimitRangeRemoved,
                format!("the LimitRange `{name}` of the namespace `{space}` goes, and single pods have no limit"),
            )),
            "ResourceQuota" if was.group().is_empty() && was.name != limits::OF_THE_PROFILE => Some(self.risk(
                RiskCode::QuotaRemoved,
                format!("the ResourceQuota `{name}` of the namespace `{space}` goes, and what it limited has no limit"),
            )),
            _ => data_removed(self.base, was).map(|risk| risk.at(self.head.place())),
        }
    }

    fn is_delegated(&self) -> bool {
        self.head.as_planned().is_some_and(|it| it.declared.inventory.platform(it.plan.platform).is_delegated())
    }

    fn changed(&self, was: &Manifest<'_>, is: &Manifest<'_>, risks: &mut Vec<Risk>) {
        match was.kind.as_ref() {
            "Namespace" => risks.extend(self.pod_security(was, is)),
            "Profile" => {
                risks.extend(self.owner(was, is));
                risks.extend(new_plugins(self.head, plugins_of(was), plugins_of(is)));
                self.quota(limits::of_profile(was), &limits::of_profile(is), risks);
            }
            // The Profile says the same.
            "ResourceQuota" if was.name == limits::OF_THE_PROFILE => {}
            "ResourceQuota" => self.quota(limits::of_quota(was), &limits::of_quota(is), risks),
            "LimitRange" => risks.extend(self.limit_range(was, is)),
            "NetworkPolicy" => risks.extend(self.network_policy(was, is)),
            _ => risks.extend(self.endangered(was, is)),
        }
    }

    /// An object that deletes its data, as it did not before.
    fn endangered(&self, was: &Manifest<'_>, is: &Manifest<'_>) -> Option<Risk> {
        let (what, danger, name) = (data::named(is), data::endangered(was, is)?, self.head.name);
        Some(self.risk(RiskCode::DataRemoved, format!("the {what} of the namespace `{name}` {danger}")))
    }

    /// What keeps engines from deleting data, of Namespace and Profile together: they are retired together.
    fn protection_lifted(&self, pairs: &[Pair<'_, '_>]) -> Option<Risk> {
        const KEYS: [&str; 2] = ["argocd.argoproj.io/sync-options", "kustomize.toolkit.fluxcd.io/prune"];
        let has = |manifest: &Manifest<'_>, key| manifest.annotations.get(key).is_some();
        let lifted = |was: &Manifest<'_>, is: &Manifest<'_>| KEYS.iter().any(|key| has(was, key) && !has(is, key));
        let mut kinds: Vec<&str> = Vec::new();
        for pair in pairs {
            let both = pair.0.zip(pair.1);
            let guarded = both.filter(|(was, _)| matches!(was.kind.as_ref(), "Namespace" | "Profile"));
            kinds.extend(guarded.filter(|(was, is)| lifted(was, is)).map(|(was, _)| was.kind.as_ref()));
        }
        let (name, objects) = (self.head.name, kinds.join(" and "));
        let message = format!("engines may delete the {objects} `{name}` from now on, with all data in it");
        (!kinds.is_empty()).then(|| self.risk(RiskCode::ProtectionLifted, message))
    }

    fn pod_security(&self, was: &Manifest<'_>, is: &Manifest<'_>) -> Option<Risk> {
        let level = |manifest: &Manifest<'_>| match manifest.labels.get(POD_SECURITY_ENFORCE) {
            Some(Tree::Text(level)) => level.to_string(),
            _ => "none".to_owned(),
        };
        let rank = |level: &str| ["none", "privileged", "baseline", "restricted"].iter().position(|it| *it == level);
        let (before, after) = (level(was), level(is));
        // No level and `privileged` allow the same.
        let weaker = rank(&after) < rank(&before) && before != "privileged";
        let name = self.head.name;
        let message = format!("Pod Security of the namespace `{name}` weakens from `{before}` to `{after}`");
        weaker.then(|| self.risk(RiskCode::PodSecurityWeakened, message))
    }

    /// Another owner: not the same person with another identity, and nobody who stands in.
    fn owner(&self, was: &Manifest<'_>, is: &Manifest<'_>) -> Option<Risk> {
        let (before, after) = (owner_of(was)?, owner_of(is)?);
        let other = match (self.base.as_planned(), self.head.as_planned()) {
            (Some(base), Some(head)) => {
                let name =
                    |it: &super::space::Planned<'_>| it.declared.inventory.user(it.provision.owner).name.to_string();
                let active = self.base.is_active() && self.head.is_active();
                active && name(base) != name(head) && fold_case(before) != fold_case(after)
            }
            (_, Some(head)) => {
                let inventory = head.declared.inventory;
                guard::owner_changed(inventory, &self.base.state, before, head.provision).is_some()
            }
            (_, None) => before != after,
        };
        let name = self.head.name;
        let message = format!("the owner of the namespace `{name}` changes from `{before}` to `{after}`");
        other.then(|| self.risk(RiskCode::OwnerChanged, message).at(self.head.owner_place()))
    }

    /// Upper limits of a whole namespace. A namespace that is not active may start no pods; that this ends is what makes
    /// it active.
    fn quota(&self, mut before: BTreeMap<String, String>, after: &BTreeMap<String, String>, risks: &mut Vec<Risk>) {
        if !self.base.is_active() {
            before.remove("pods");
        }
        let Loosened { removed, raised } = limits::loosened(&before, after);
        let name = self.head.name;
        if !removed.is_empty() {
            let message = format!("the quota of the namespace `{name}` no longer limits {}", bounded(&removed));
            risks.push(self.risk(RiskCode::QuotaRemoved, message));
        }
        if !raised.is_empty() {
            let message = format!("the quota of the namespace `{name}` rises: {}", raised.join(", "));
            risks.push(self.risk(RiskCode::QuotaLoosened, message));
        }
    }

    /// Upper limits of single pods.
    fn limit_range(&self, was: &Manifest<'_>, is: &Manifest<'_>) -> Option<Risk> {
        let Loosened { removed, raised } = limits::loosened(&limits::of_limit_range(was), &limits::of_limit_range(is));
        let gone = removed.iter().map(|key| format!("`{}` is limited no longer", shown(key)));
        let words: Vec<String> = raised.into_iter().chain(gone).collect();
        let (range, name) = (shown(&is.name), self.head.name);
        let message = format!("the LimitRange `{range}` of the namespace `{name}` allows more: {}", words.join(", "));
        (!words.is_empty()).then(|| self.risk(RiskCode::LimitRangeLoosened, message))
    }

    /// Any change but one that only lets fewer in.
    fn network_policy(&self, was: &Manifest<'_>, is: &Manifest<'_>) -> Option<Risk> {
        let other = |it: &Manifest<'_>| it.kind == "NetworkPolicy" && it.name != was.name;
        if !network::is_looser(was, is, self.base.objects().iter().any(other)) {
            return None;
        }
        let words = |manifest: &Manifest<'_>| {
            let mut found = BTreeSet::new();
            manifest.body.get("spec").into_iter().for_each(|spec| network::values(spec, &mut found));
            found
        };
        let (before, after) = (words(was), words(is));
        let new: Vec<String> = after.difference(&before).cloned().collect();
        let (policy, name) = (shown(&is.name), self.head.name);
        let message = match new.is_empty() {
            false => format!("the NetworkPolicy `{policy}` of the namespace `{name}` lets in {}", bounded(&new)),
            true => {
                format!("the NetworkPolicy `{policy}` of the namespace `{name}` lets in what no rule of it did before")
            }
        };
        Some(self.risk(RiskCode::PolicyLoosened, message))
    }
}

fn text<'t>(tree: &'t Tree<'_>) -> Option<&'t str> {
    match tree {
        Tree::Text(text) => Some(text),
        _ => None,
    }
}

fn spec_entry<'t, 'a>(manifest: &'t Manifest<'a>, key: &str) -> Option<&'t Tree<'a>> {
    entry(manifest.body.get("spec")?, key)
}

fn owner_of<'t>(profile: &'t Manifest<'_>) -> Option<&'t str> {
    text(entry(spec_entry(profile, "owner")?, "name")?)
}

fn plugins_of<'t, 'a>(profile: &'t Manifest<'a>) -> &'t [Tree<'a>] {
    match spec_entry(profile, "plugins") {
        Some(Tree::List(plugins)) => plugins,
        _ => &[],
    }
}
