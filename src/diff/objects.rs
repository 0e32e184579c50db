//! What differs between the objects of two sides, and what is dangerous about it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::space::{Space, entry};
use super::{ObjectChanges, ObjectRef, Risk, RiskCode};
use crate::diag::catalog::list;
use crate::guard;
use crate::manifest::{Manifest, Map, ObjectId, Tree};
use crate::name::{POD_SECURITY_ENFORCE, Quantity, fold_case};

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
    risks
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
        let (name, space) = (&was.name, self.head.name);
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
            _ => None,
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
                self.quota(was, is, risks);
            }
            "NetworkPolicy" => risks.extend(self.network_policy(was, is)),
            _ => {}
        }
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

    fn quota(&self, was: &Manifest<'_>, is: &Manifest<'_>, risks: &mut Vec<Risk>) {
        let (before, after) = (quota_of(was), quota_of(is));
        let mut removed = Vec::new();
        let mut raised = Vec::new();
        for (key, amount) in before {
            // A namespace that is not active may start no pods. That this ends is what makes it active.
            if key == "pods" && !self.base.is_active() {
                continue;
            }
            match after.get(key) {
                None => removed.push(key),
                Some(now) if is_more(now, amount) => raised.push(format!("`{key}` from {amount} to {now}")),
                Some(_) => {}
            }
        }
        let name = self.head.name;
        if !removed.is_empty() {
            let message = format!("the quota of the namespace `{name}` no longer limits {}", list(&removed));
            risks.push(self.risk(RiskCode::QuotaRemoved, message));
        }
        if !raised.is_empty() {
            let message = format!("the quota of the namespace `{name}` rises: {}", raised.join(", "));
            risks.push(self.risk(RiskCode::QuotaLoosened, message));
        }
    }

    /// Any change but one that only lets fewer in.
    fn network_policy(&self, was: &Manifest<'_>, is: &Manifest<'_>) -> Option<Risk> {
        let (before, after) = (Tree::Map(was.body.clone()), Tree::Map(is.body.clone()));
        if before == after {
            return None;
        }
        let (mut had, mut has) = (BTreeSet::new(), BTreeSet::new());
        let same_shape = without_values(&before, &mut had) == without_values(&after, &mut has);
        let new: Vec<&String> = has.difference(&had).collect();
        let (policy, name) = (&is.name, self.head.name);
        let message = match new.is_empty() {
            false => format!("the NetworkPolicy `{policy}` of the namespace `{name}` lets in {}", list(&new)),
            true => format!("the NetworkPolicy `{policy}` of the namespace `{name}` says something else"),
        };
        (!same_shape || !new.is_empty()).then(|| self.risk(RiskCode::PolicyLoosened, message))
    }
}

/// Whether one amount is more than another. What is no amount is taken for more.
fn is_more(now: &str, before: &str) -> bool {
    match (Quantity::parse(now), Quantity::parse(before)) {
        (Ok(now), Ok(before)) => now > before,
        _ => now != before,
    }
}

/// The same tree with every list under `values` empty, and what was in them.
fn without_values(tree: &Tree<'_>, found: &mut BTreeSet<String>) -> Tree<'static> {
    match tree {
        Tree::Map(map) => {
            let mut rest = Map::new();
            // Where values are left out, fewer of them let in more.
            let excludes = map.get("operator").and_then(text) == Some("NotIn");
            for (key, value) in map.iter() {
                let value = match (key, value) {
                    ("values", Tree::List(items)) if !excludes => {
                        found.extend(items.iter().filter_map(text).map(str::to_owned));
                        Tree::List(Vec::new())
                    }
                    _ => without_values(value, found),
                };
                rest.insert(key.to_owned(), value);
            }
            Tree::Map(rest)
        }
        Tree::List(items) => Tree::List(items.iter().map(|item| without_values(item, found)).collect()),
        Tree::Text(text) => Tree::Text(text.clone().into_owned().into()),
        Tree::Integer(number) => Tree::Integer(*number),
        Tree::Boolean(flag) => Tree::Boolean(*flag),
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

fn quota_of<'t>(profile: &'t Manifest<'_>) -> BTreeMap<&'t str, &'t str> {
    match spec_entry(profile, "resourceQuotaSpec").and_then(|quota| entry(quota, "hard")) {
        Some(Tree::Map(hard)) => hard.iter().filter_map(|(key, amount)| Some((key, text(amount)?))).collect(),
        _ => BTreeMap::new(),
    }
}
