//! What the settings of a platform open or close for everybody on it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Declared, Risk, RiskCode};
use crate::access;
use crate::diag::catalog::list;
use crate::inventory::{
    Engine, Inventory, Isolation, MeshMode, MeshSettings, Permission, Platform, Role, Switch, UserId,
};

/// Risks of the settings of one cluster of the head. One that the base does not have is compared with safe defaults, and
/// so is every cluster if there is no base at all.
pub fn risks(cluster: &str, base: Option<&Declared<'_>>, head: &Declared<'_>) -> Vec<Risk> {
    let Some(is) = head.platform(cluster) else { return Vec::new() };
    let before = base.and_then(|base| Some((base.inventory, base.platform(cluster)?)));
    let place = head.places.place(is.span);
    let mut found = admins(cluster, before, (head.inventory, is));
    if let Some((inventory, was)) = before {
        found.extend(switches(was, is));
        found.extend(mesh(was, is));
        found.extend(identity(was, is));
        found.extend(roles(was, is));
        found.extend(guards(was, is));
        found.extend(source(was, is));
        found.extend(owner((inventory, was), (head.inventory, is)));
    } else {
        found.extend(new(is));
    }
    let risk = |(code, message): (RiskCode, String)| Risk::new(code, cluster, None, message).at(Some(place.clone()));
    found.into_iter().map(risk).collect()
}

/// What has to be said of a platform whose settings in the base nobody can read.
pub fn not_compared(cluster: &str, head: &Declared<'_>) -> Option<Risk> {
    let place = head.places.place(head.platform(cluster)?.span);
    let message = format!(
        "the settings of the platform `{cluster}` could not be compared, because the base has no inventory that compiles: who \
         administers it and what it lets in may have changed"
    );
    Some(Risk::new(RiskCode::PlatformNotCompared, cluster, None, message).at(Some(place)))
}

type Found = Vec<(RiskCode, String)>;

/// A cluster that is new: nothing of it was open before, so whatever it leaves open from the start is opened.
fn new(is: &Platform) -> Found {
    let name = &is.name;
    let release = is.release;
    let mut found = vec![(RiskCode::ClusterAdded, format!("the cluster `{name}` ({}) is new", release.version))];
    let mut opens = |open: bool, code, what: &str| {
        if open {
            found.push((code, format!("the cluster `{name}` is new, and {what}")));
        }
    };
    opens(
        is.registration_flow == Switch::Enabled,
        RiskCode::RegistrationOpened,
        "people may register profiles of their own there",
    );
    opens(
        is.self_service == Permission::Allow,
        RiskCode::SelfServiceOpened,
        "its dashboard lets people make profiles and add contributors",
    );
    opens(
        is.isolation == Isolation::SingleUser,
        RiskCode::IsolationLifted,
        "it does not tell people apart: whoever reaches it is let in",
    );
    opens(
        is.mesh.mode == MeshMode::None,
        RiskCode::MeshRemoved,
        "it has no mesh, so no policy keeps anybody out of its namespaces",
    );
    if is.mesh.mode != MeshMode::None && !is.mesh.extra_principals.is_empty() {
        let what = format!("its mesh lets {} act for users", list(&is.mesh.extra_principals));
        opens(true, RiskCode::PrincipalAdded, &what);
    }
    let (usual, level) = (release.pod_security, is.pod_security);
    let weaker = pod_security_rank(level) < pod_security_rank(usual);
    let shown = if level.is_empty() { "none" } else { level };
    let what = format!("Pod Security of its namespaces is `{shown}`, where `{usual}` is usual");
    opens(weaker, RiskCode::PodSecurityWeakened, &what);
    found
}

/// How strict a level is. No level and `privileged` allow the same.
fn pod_security_rank(level: &str) -> usize {
    ["baseline", "restricted"].iter().position(|it| *it == level).map_or(0, |at| at + 1)
}

fn admins(cluster: &str, was: Option<(&Inventory, &Platform)>, (inventory, is): (&Inventory, &Platform)) -> Found {
    let identities = |inventory: &Inventory, platform: &Platform| -> BTreeMap<String, String> {
        let admins = access::platform_admins(inventory, platform).into_iter();
        admins.map(|admin| (admin.identity, admin.user)).collect()
    };
    let before = was.map(|(inventory, platform)| identities(inventory, platform)).unwrap_or_default();
    let after = identities(inventory, is);
    let new = after.iter().filter(|(identity, _)| !before.contains_key(*identity));
    let gone = before.iter().filter(|(identity, _)| !after.contains_key(*identity));
    let added = |(identity, user): (&String, &String)| {
        let message = format!("`{user}` (`{identity}`) becomes administrator of the platform `{cluster}`");
        (RiskCode::PlatformAdminAdded, message)
    };
    let removed = |(identity, user): (&String, &String)| {
        let message = format!("`{user}` (`{identity}`) is administrator of the platform `{cluster}` no longer");
        (RiskCode::PlatformAdminRemoved, message)
    };
    new.map(added).chain(gone.map(removed)).collect()
}

fn switches(was: &Platform, is: &Platform) -> Found {
    let name = &is.name;
    let mut found = Found::new();
    if was.registration_flow == Switch::Disabled && is.registration_flow == Switch::Enabled {
        let message = format!("people may register profiles of their own on the cluster `{name}`");
        found.push((RiskCode::RegistrationOpened, message));
    }
    if was.self_service == Permission::Deny && is.self_service == Permission::Allow {
        let message = format!("the dashboard of the cluster `{name}` lets people make profiles and add contributors");
        found.push((RiskCode::SelfServiceOpened, message));
    }
    if was.isolation == Isolation::MultiUser && is.isolation == Isolation::SingleUser {
        let message = format!("the cluster `{name}` no longer tells people apart: whoever reaches it is let in");
        found.push((RiskCode::IsolationLifted, message));
    }
    found
}

fn mesh(was: &Platform, is: &Platform) -> Found {
    let name = &is.name;
    let (before, after) = (&was.mesh, &is.mesh);
    if before.mode != MeshMode::None && after.mode == MeshMode::None {
        let message = format!("without a mesh, no policy keeps anybody out of namespaces on the cluster `{name}`");
        return vec![(RiskCode::MeshRemoved, message)];
    }
    if after.mode == MeshMode::None {
        return Found::new();
    }
    // Without a mesh, whoever reaches a pod may act for anybody. What a mesh lets through from its first day on is said
    // where somebody chose it.
    if before.mode == MeshMode::None {
        let extra: Vec<&String> = after.extra_principals.iter().collect();
        let message = format!("the mesh that the cluster `{name}` gets lets {} act for users", list(&extra));
        return if extra.is_empty() { Found::new() } else { vec![(RiskCode::PrincipalAdded, message)] };
    }
    if was.release.policy_names_principals && !is.release.policy_names_principals {
        let version = is.release.version;
        let message = format!("policies of {version} on the cluster `{name}` let any program act for a user");
        return vec![(RiskCode::PrincipalAdded, message)];
    }
    let mut found = Found::new();
    let new = added(everybody(before), everybody(after));
    if !new.is_empty() {
        let message = format!("the mesh of the cluster `{name}` lets {} act for users", list(&new));
        found.push((RiskCode::PrincipalAdded, message));
    }
    // A policy of its own, so that whoever has another slot already may do more from this one.
    let (had, has) = (&before.pipelines_ui_principal, &after.pipelines_ui_principal);
    if had != has {
        let message = format!(
            "the mesh of the cluster `{name}` lets `{has}`, not `{had}`, act for viewers without notebooks, as the \
             pipelines UI; if people come through it, they reach notebooks"
        );
        found.push((RiskCode::PrincipalAdded, message));
    }
    // The owner's policy knows the gateway and the pipelines UI alone.
    let told = |it: &&String| !everybody(before).contains(it) || *it == has;
    let new: Vec<&String> = added(owners(before), owners(after)).into_iter().filter(|it| !told(it)).collect();
    if !new.is_empty() {
        let message = format!("the mesh of the cluster `{name}` lets {} act for owners, too", list(&new));
        found.push((RiskCode::PrincipalAdded, message));
    }
    found
}

/// Who may act for an owner.
fn owners(mesh: &MeshSettings) -> BTreeSet<&String> {
    BTreeSet::from([&mesh.gateway_principal, &mesh.pipelines_ui_principal])
}

/// Who may act for somebody who reaches notebooks.
fn everybody(mesh: &MeshSettings) -> BTreeSet<&String> {
    owners(mesh).into_iter().chain(&mesh.extra_principals).collect()
}

fn added<'p>(before: BTreeSet<&'p String>, after: BTreeSet<&'p String>) -> Vec<&'p String> {
    after.into_iter().filter(|it| !before.contains(it)).collect()
}

fn identity(was: &Platform, is: &Platform) -> Found {
    if was.identity == is.identity {
        return Found::new();
    }
    let shown = |platform: &Platform| {
        let identity = &platform.identity;
        let case = if identity.lower { "lower" } else { "exact" };
        let prefix = match identity.prefix.as_str() {
            "" => "no prefix".to_owned(),
            prefix => format!("prefix `{prefix}`"),
        };
        format!("header `{}`, {prefix}, case `{case}`", identity.header)
    };
    let (name, before, after) = (&is.name, shown(was), shown(is));
    let message = format!("the cluster `{name}` takes users from another place: {before} before, {after} now");
    vec![(RiskCode::IdentityHeaderChanged, message)]
}

fn roles(was: &Platform, is: &Platform) -> Found {
    let mut found = Found::new();
    for role in [Role::Admin, Role::Edit, Role::View] {
        let (before, after) = (was.identifiers.role(role), is.identifiers.role(role));
        if before != after {
            let (name, role) = (&is.name, role.name());
            let message = format!("`{role}` on the cluster `{name}` is the ClusterRole `{after}`, not `{before}`");
            found.push((RiskCode::ClusterRoleChanged, message));
        }
    }
    found
}

fn guards(was: &Platform, is: &Platform) -> Found {
    let mut words = Vec::new();
    if is.max_removed_percent > was.max_removed_percent {
        let (before, after) = (was.max_removed_percent, is.max_removed_percent);
        words.push(format!("`maxRemovedPercent` rises from {before} to {after}"));
    }
    if is.min_admins < was.min_admins {
        words.push(format!("`minAdmins` falls from {} to {}", was.min_admins, is.min_admins));
    }
    let message = format!("the guards of the cluster `{}` allow more: {}", is.name, words.join(", "));
    if words.is_empty() { Found::new() } else { vec![(RiskCode::GuardLoosened, message)] }
}

/// Whoever may write to what an engine syncs can do what the engine can. Where neither side has a repository, nothing is
/// synced; where one comes, it is the first word of who decides over the cluster. That one goes stops the engine.
fn source(was: &Platform, is: &Platform) -> Found {
    let (before, after) = (&was.gitops, &is.gitops);
    if after.repo_url.is_empty() {
        return Found::new();
    }
    let mut words = Vec::new();
    let mut see = |what: &str, before: &str, after: &str| {
        if before != after {
            let quoted = |text: &str| if text.is_empty() { "none".to_owned() } else { format!("`{text}`") };
            words.push(format!("{what} {}, not {}", quoted(after), quoted(before)));
        }
    };
    let engine = |engine: Engine| match engine {
        Engine::Argocd => "argocd",
        Engine::Flux => "flux",
        Engine::Both => "both",
        Engine::None => "none",
    };
    let source = |oci: bool| if oci { "oci" } else { "git" };
    see("repository", &before.repo_url, &after.repo_url);
    // Where nothing was synced, the rest is the first of its kind.
    if !before.repo_url.is_empty() {
        see("engine", engine(before.engine), engine(after.engine));
        see("revision", &before.revision, &after.revision);
        see("folder", &before.path, &after.path);
        see("project", &before.argocd.project, &after.argocd.project);
        see("server", &before.argocd.server, &after.argocd.server);
        see("namespace of Argo CD", &before.argocd.namespace, &after.argocd.namespace);
        see("service account", &before.flux.service_account_name, &after.flux.service_account_name);
        see("kind of source", source(before.flux.oci), source(after.flux.oci));
        see("Secret of the source", &before.flux.secret_ref, &after.flux.secret_ref);
        see("namespace of Flux", &before.flux.namespace, &after.flux.namespace);
    }
    let message = format!("engines of the cluster `{}` sync otherwise: {}", is.name, words.join(", "));
    if words.is_empty() { Found::new() } else { vec![(RiskCode::SyncSourceChanged, message)] }
}

/// The platform's owner stands in wherever a namespace is not active, which the verdict does not count.
fn owner((base, was): (&Inventory, &Platform), (head, is): (&Inventory, &Platform)) -> Found {
    let name = |inventory: &Inventory, owner: Option<UserId>| owner.map(|id| inventory.user(id).name.to_string());
    let Some(after) = name(head, is.owner) else { return Found::new() };
    let before = name(base, was.owner);
    if before.as_ref() == Some(&after) {
        return Found::new();
    }
    let before = before.map_or_else(|| "nobody".to_owned(), |name| format!("`{name}`"));
    let message = format!("the owner of the platform `{}` is `{after}`, and was {before}", is.name);
    vec![(RiskCode::PlatformOwnerChanged, message)]
}
