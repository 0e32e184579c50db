//! Platforms: versions, defaults, and who administers them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::people::{People, Successor};
use super::syncing;
use super::{Names, distinct, integration};
use crate::diag::{Sink, catalog::lint, catalog::resolve as catalog};
use crate::inventory::{
    Gitops, GroupId, Identifiers, IdentitySettings, Isolation, MeshSettings, Permission, Platform, PlatformId, Quota,
    RegistrationSwitch, Switch, Template, UserId,
};
use crate::name::{ANONYMOUS, AddOnName, Identity, QuotaClassName};
use crate::parse::decl::{PersonalFor, PersonalProfilesDecl, PlatformDecl, Presence, QuotaDecl, Slot};
use crate::release::{self, Distribution, Release};
use crate::source::Spanned;

/// All platforms, and what tenants need to know about them beside their settings.
pub struct Platforms {
    /// Platforms, by name.
    pub platforms: Vec<Platform>,
    /// The quota class of tenants that name none; `None` inside `Some` if the platform's was refused.
    pub default_quota: Vec<Quota>,
    /// Whether the platform's owner is there to stand in: named, and not departed.
    pub stand_in: Vec<bool>,
    /// Whether an owner is named, even one that is not known.
    pub names_owner: Vec<bool>,
    /// Who gets a personal profile, by platform.
    pub personal: Vec<Option<Personal>>,
    /// Add-ons that exist.
    pub add_ons: BTreeSet<String>,
    /// Where quota classes are declared, by platform: for messages.
    pub all_quota_classes: BTreeSet<QuotaClassName>,
}

/// Who gets a personal profile on a platform, and of what kind.
pub struct Personal {
    /// Who.
    pub whom: Whom,
    /// The quota.
    pub quota: Quota,
    /// Whether it is named by the user's `name` instead of by the identity.
    pub by_user_name: bool,
    /// Whether people who own a tenant get one too.
    pub also_owners: bool,
}

/// For whom personal profiles are.
pub enum Whom {
    /// Every user.
    All,
    /// The members of these groups.
    Groups(BTreeSet<GroupId>),
}

impl Whom {
    /// The groups that are named.
    pub fn groups(&self) -> impl Iterator<Item = GroupId> {
        let groups = match self {
            Whom::All => None,
            Whom::Groups(groups) => Some(groups.iter().copied()),
        };
        groups.into_iter().flatten()
    }
}

/// Resolves the Platform documents.
pub fn resolve(
    declared: Vec<PlatformDecl>,
    people: &People,
    templates: &[Template],
    names: &mut Names,
    sink: &mut Sink,
) -> Platforms {
    let declared = distinct(
        declared,
        |platform| &platform.name,
        |name, first| catalog::duplicate_platform(name.span, &name.value, first),
        sink,
    );
    let built_in = crate::inventory::add_on::BUILT_IN.iter().map(|name| (*name).to_owned());
    let mut found = Platforms {
        platforms: Vec::new(),
        default_quota: Vec::new(),
        stand_in: Vec::new(),
        names_owner: Vec::new(),
        personal: Vec::new(),
        add_ons: built_in.chain(templates.iter().map(|template| template.name.to_string())).collect(),
        all_quota_classes: BTreeSet::new(),
    };
    for decl in declared {
        platform(decl, people, &mut found, names, sink);
    }
    syncing::check(&found.platforms, sink);
    found
}

fn platform(mut decl: PlatformDecl, people: &People, found: &mut Platforms, names: &mut Names, sink: &mut Sink) {
    let release = release(&decl, sink);
    foreign_settings(&decl, sink);
    integration::check_platform(&decl, sink);
    let identifiers = identifiers(&mut decl, release);
    if decl.isolation.value == Isolation::MultiUser {
        let is_anonymous = |identity: &Identity| match decl.identity.lower {
            true => identity.to_lower().as_str() == ANONYMOUS,
            false => identity.as_str() == ANONYMOUS,
        };
        for user in people.users.iter().filter(|user| is_anonymous(&user.identity)) {
            sink.push(catalog::anonymous_identity(user.identity_span));
        }
    }
    if decl.mesh.pipelines_ui_principal.as_ref() == Some(&decl.mesh.gateway_principal) {
        sink.push(catalog::same_principals(decl.name.span, &decl.name.value));
    }
    check_roles(&identifiers, &decl, sink);
    let (owner, stand_in) = owner(&decl, people, names, sink);
    let quota_classes: BTreeMap<QuotaClassName, Quota> = quota_classes(&decl.quota_classes);
    let default_quota = match &decl.default_quota_class {
        Slot::Given(class) => class_of(class, &quota_classes, names, sink).unwrap_or_default(),
        Slot::Absent | Slot::Broken => Quota::default(),
    };
    let personal = personal(decl.personal_profiles.as_ref(), &default_quota, &quota_classes, names, sink);
    found.personal.push(personal);
    let default_add_ons = add_ons(&decl.default_add_ons, &found.add_ons, sink);
    let path = decl.gitops.path.clone().unwrap_or_else(|| format!("output/{}", decl.name.value));
    found.all_quota_classes.extend(quota_classes.keys().cloned());
    found.default_quota.push(default_quota);
    found.stand_in.push(stand_in);
    found.names_owner.push(!matches!(decl.owner, Slot::Absent));
    found.platforms.push(Platform {
        span: decl.name.span,
        distribution: decl.distribution.value,
        isolation: decl.isolation.value,
        registration_flow: decl.registration_flow.map_or(Switch::Disabled, |flow| flow.value),
        self_service: decl.self_service.map_or(Permission::Deny, |permission| permission.value),
        admins: admins(&decl.admins, release, people, names, sink),
        owner,
        namespace_labels: metadata(decl.namespace_labels),
        namespace_annotations: metadata(decl.namespace_annotations),
        pod_security: decl.pod_security.given().map_or(release.pod_security, |level| level.value),
        quota_classes,
        quota_class_spans: decl.quota_classes.iter().map(|(name, _)| (name.value.clone(), name.span)).collect(),
        default_add_ons,
        max_removed_percent: u8::try_from(decl.max_removed_percent).unwrap_or(100),
        min_admins: u8::try_from(decl.min_admins).unwrap_or(100),
        gitops: Gitops {
            engine: decl.gitops.engine,
            repo_url: decl.gitops.repo_url,
            revision: decl.gitops.revision,
            path,
            shards: decl.gitops.shards,
            argocd: decl.gitops.argocd,
            flux: decl.gitops.flux,
        },
        release,
        identity: IdentitySettings {
            header: decl.identity.header.unwrap_or_else(|| decl.distribution.value.identifiers().header.to_owned()),
            prefix: decl.identity.prefix,
            lower: decl.identity.lower,
        },
        mesh: MeshSettings {
            mode: decl.mesh.mode,
            gateway_principal: decl.mesh.gateway_principal,
            pipelines_ui_principal: decl
                .mesh
                .pipelines_ui_principal
                .unwrap_or_else(|| format!("cluster.local/ns/{}/sa/ml-pipeline-ui", identifiers.namespace)),
            extra_principals: decl.mesh.extra_principals,
        },
        identifiers,
        profile_controller: decl.profile_controller.map_or(Presence::Present, |it| it.value),
        ecp_integration: decl.ecp_integration.map_or(Presence::Absent, |it| it.value),
        namespace_prefix: decl.namespace_prefix,
        values: decl.values,
        name: decl.name.value,
    });
}

/// The release of a platform. One that is not known is reported, and the default stands in, so that the rest is checked.
fn release(decl: &PlatformDecl, sink: &mut Sink) -> &'static Release {
    let distribution = decl.distribution.value;
    if let Slot::Given(version) = &decl.version {
        if let Some(release) = Release::find(distribution, &version.value) {
            return release;
        }
        let known: Vec<&str> = Release::all(distribution).iter().map(|release| release.version).collect();
        sink.push(catalog::unknown_version(version.span, &version.value, distribution.title(), &known));
    }
    Release::default_of(distribution)
}

/// What the product calls its things: what the platform says, else what the distribution does.
fn identifiers(decl: &mut PlatformDecl, release: &Release) -> Identifiers {
    let usual = decl.distribution.value.identifiers();
    let own = std::mem::take(&mut decl.identifiers);
    let or = |own: Option<String>, usual: &str| own.unwrap_or_else(|| usual.to_owned());
    let group = or(own.api_group, usual.group);
    let version = or(own.profile_version, usual.profile_version);
    let dashboard = or(own.dashboard, release.dashboard.name);
    let registration = match release.registration {
        release::RegistrationSwitch::Merge { config_map, key } => {
            RegistrationSwitch::Merge { config_map: or(own.dashboard_parameters, config_map), key }
        }
        release::RegistrationSwitch::Variable => RegistrationSwitch::Variable,
    };
    Identifiers {
        dashboard_selector: match own.dashboard_selector.filter(|labels| !labels.is_empty()) {
            Some(labels) => metadata(labels),
            None => selector(release, &dashboard),
        },
        registration,
        profiles_config: or(own.profiles_config, "profiles-config"),
        dashboard,
        profile_api_version: format!("{group}/{version}"),
        group,
        admin_role: or(own.admin_role, usual.admin_role),
        edit_role: or(own.edit_role, usual.edit_role),
        view_role: or(own.view_role, usual.view_role),
        namespace: or(own.namespace, usual.namespace),
        part_of: or(own.part_of, usual.part_of),
    }
}

/// One ClusterRole for two roles would make editors of viewers, or admins of editors, and every report would be untrue.
fn check_roles(identifiers: &Identifiers, decl: &PlatformDecl, sink: &mut Sink) {
    let roles = [&identifiers.admin_role, &identifiers.edit_role, &identifiers.view_role];
    if let Some(twice) = roles.iter().enumerate().find_map(|(at, role)| roles[..at].contains(role).then_some(role)) {
        sink.push(catalog::same_roles(decl.name.span, &decl.name.value, twice));
    }
}

/// Labels of the dashboard's pods. Where the release labels them with the Deployment's name, another name changes the label:
/// a policy that selects nothing would deny nothing.
fn selector(release: &Release, dashboard: &str) -> BTreeMap<String, String> {
    let usual = release.dashboard;
    let value = |value: &str| if value == usual.name { dashboard.to_owned() } else { value.to_owned() };
    usual
        .selector
        .iter()
        .map(|(key, label)| ((*key).to_owned(), if *key == "app" { value(label) } else { (*label).to_owned() }))
        .collect()
}

/// A setting of another distribution. Taking it in silence would be a lie about the output.
fn foreign_settings(decl: &PlatformDecl, sink: &mut Sink) {
    if let Some(integration) = decl.ecp_integration.as_ref().filter(|_| decl.distribution.value != Distribution::Ecp) {
        sink.push(catalog::ecp_setting(integration.span, decl.distribution.value.name()));
    }
}

/// The owner, and whether it can stand in for others: only somebody who has not departed can.
fn owner(decl: &PlatformDecl, people: &People, names: &mut Names, sink: &mut Sink) -> (Option<UserId>, bool) {
    let Slot::Given(name) = &decl.owner else { return (None, false) };
    let Some(user) = names.user(name, sink) else { return (None, true) };
    match people.successors[user.index()] {
        Successor::Self_ => (Some(user), true),
        Successor::Other(successor) => {
            let heir = &people.users[successor.index()].name;
            sink.push(lint::departed_owner_replaced(name.span, &name.value, heir));
            (Some(successor), false)
        }
        Successor::None => {
            sink.push(catalog::departed_owner(name.span, &name.value, people.users[user.index()].span));
            (None, true)
        }
        Successor::Unusable => (None, true),
    }
}

fn personal(
    decl: Option<&PersonalProfilesDecl>,
    default_quota: &Quota,
    classes: &BTreeMap<QuotaClassName, Quota>,
    names: &mut Names,
    sink: &mut Sink,
) -> Option<Personal> {
    let decl = decl?;
    let quota = match &decl.quota_class {
        Slot::Given(class) => class_of(class, classes, names, sink).unwrap_or_default(),
        Slot::Absent | Slot::Broken => default_quota.clone(),
    };
    let whom = match &decl.whom {
        PersonalFor::None => return None,
        PersonalFor::All => Whom::All,
        PersonalFor::Groups(groups) => Whom::Groups(groups.iter().filter_map(|name| names.group(name, sink)).collect()),
    };
    Some(Personal { whom, quota, by_user_name: decl.by_user_name, also_owners: decl.also_owners })
}

/// Why an identity cannot be handed to the profile controller and the dashboard as an administrator's: they would read
/// it as somebody else's.
fn unfit_for_admins(identity: &str, release: &Release) -> Option<&'static str> {
    let quote = |c| c == '"' || c == '\'';
    if release.admin_list && identity.contains(',') {
        Some("the dashboard takes a comma for the end of one administrator and the start of another")
    } else if identity.starts_with(quote) || identity.ends_with(quote) {
        Some("kustomize removes quotes at the ends of a value")
    } else {
        None
    }
}

fn admins(
    declared: &[Spanned<crate::name::UserName>],
    release: &Release,
    people: &People,
    names: &mut Names,
    sink: &mut Sink,
) -> Vec<UserId> {
    let mut admins = Vec::new();
    for name in declared {
        let Some(user) = names.user(name, sink) else { continue };
        if people.successors[user.index()] == Successor::Self_ {
            let identity = people.users[user.index()].identity.as_str();
            if let Some(why) = unfit_for_admins(identity, release) {
                sink.push(catalog::unfit_admin(name.span, &name.value, identity, why));
            }
            admins.push(user);
        } else {
            sink.push(lint::departed_admin(name.span, &name.value));
        }
    }
    admins.sort_unstable();
    admins
}

fn quota_classes(declared: &[(Spanned<QuotaClassName>, QuotaDecl)]) -> BTreeMap<QuotaClassName, Quota> {
    let class = |quota: &QuotaDecl| -> Quota {
        Arc::new(quota.iter().map(|(key, quantity)| (key.value.clone(), quantity.clone())).collect())
    };
    declared.iter().map(|(name, quota)| (name.value.clone(), class(quota))).collect()
}

/// The quota of a class, or a report.
pub fn class_of(
    class: &Spanned<QuotaClassName>,
    classes: &BTreeMap<QuotaClassName, Quota>,
    names: &Names,
    sink: &mut Sink,
) -> Option<Quota> {
    let found = classes.get(&class.value).cloned();
    let broken = &names.broken;
    if found.is_none() && !broken.quota_classes_unread && !broken.quota_classes.contains(class.value.as_str()) {
        sink.push(catalog::unknown_quota_class(class.span, &class.value, classes.keys().map(QuotaClassName::as_str)));
    }
    found
}

/// The add-ons of a list that exist, sorted; the others are reported.
pub fn add_ons(declared: &[Spanned<AddOnName>], known: &BTreeSet<String>, sink: &mut Sink) -> Vec<AddOnName> {
    let mut found = Vec::new();
    for name in declared {
        if known.contains(name.value.as_str()) {
            found.push(name.value.clone());
        } else {
            sink.push(catalog::unknown_add_on(name.span, &name.value, known.iter().map(String::as_str)));
        }
    }
    found.sort_unstable();
    found
}

/// Labels or annotations as a map.
pub fn metadata(declared: Vec<(Spanned<String>, String)>) -> BTreeMap<String, String> {
    declared.into_iter().map(|(key, value)| (key.value, value)).collect()
}

impl Platforms {
    /// The platform of a name.
    pub fn find(&self, name: &str) -> Option<PlatformId> {
        let at = self.platforms.binary_search_by(|platform| platform.name.as_str().cmp(name)).ok()?;
        Some(PlatformId::new(at))
    }
}
