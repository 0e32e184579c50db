//! Platforms: versions, defaults, and who administers them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::people::{People, Successor};
use super::{Names, distinct, groups};
use crate::diag::{Sink, catalog::lint, catalog::resolve as catalog};
use crate::inventory::{Gitops, GroupId, Isolation, Permission, Platform, PlatformId, Quota, Switch, Template, UserId};
use crate::name::{ANONYMOUS, AddOnName, Identity, QuotaClassName};
use crate::parse::decl::{PersonalFor, PlatformDecl, Presence, QuotaDecl, Shards, Slot};
use crate::release::{Distribution, Release};
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
    /// Groups named for personal profiles.
    pub personal_groups: BTreeSet<GroupId>,
    /// Add-ons that exist.
    pub add_ons: BTreeSet<String>,
    /// Where quota classes are declared, by platform: for messages.
    pub all_quota_classes: BTreeSet<QuotaClassName>,
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
        personal_groups: BTreeSet::new(),
        add_ons: built_in.chain(templates.iter().map(|template| template.name.to_string())).collect(),
        all_quota_classes: BTreeSet::new(),
    };
    for decl in declared {
        platform(decl, people, &mut found, names, sink);
    }
    found
}

fn platform(decl: PlatformDecl, people: &People, found: &mut Platforms, names: &mut Names, sink: &mut Sink) {
    let release = release(&decl, sink);
    unsupported(&decl, sink);
    if decl.isolation.value == Isolation::MultiUser {
        let is_anonymous = |identity: &Identity| match decl.identity.lower {
            true => identity.to_lower().as_str() == ANONYMOUS,
            false => identity.as_str() == ANONYMOUS,
        };
        for user in people.users.iter().filter(|user| is_anonymous(&user.identity)) {
            sink.push(catalog::anonymous_identity(user.identity_span));
        }
    }
    if decl.mesh.gateway_principal == decl.mesh.pipelines_ui_principal {
        sink.push(catalog::same_principals(decl.name.span, &decl.name.value));
    }
    let (owner, stand_in) = owner(&decl, people, names, sink);
    let quota_classes: BTreeMap<QuotaClassName, Quota> = quota_classes(&decl.quota_classes);
    let default_quota = match &decl.default_quota_class {
        Slot::Given(class) => class_of(class, &quota_classes, names, sink).unwrap_or_default(),
        Slot::Absent | Slot::Broken => Quota::default(),
    };
    if let Some(personal) = &decl.personal_profiles {
        found.personal_groups.extend(groups::personal_groups(&personal.whom, names, sink));
        if let Slot::Given(class) = &personal.quota_class {
            class_of(class, &quota_classes, names, sink);
        }
    }
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
        admins: admins(&decl.admins, people, names, sink),
        owner,
        namespace_labels: metadata(decl.namespace_labels),
        namespace_annotations: metadata(decl.namespace_annotations),
        pod_security: decl.pod_security.given().map_or(release.pod_security, |level| level.value),
        quota_classes,
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
        identity: decl.identity,
        mesh: decl.mesh,
        namespace_prefix: decl.namespace_prefix,
        values: decl.values,
        name: decl.name.value,
    });
}

/// The release of a platform. One that is not known is reported, and the default stands in, so that the rest is checked.
fn release(decl: &PlatformDecl, sink: &mut Sink) -> &'static Release {
    let distribution = decl.distribution.value;
    let fallback = || {
        Release::find(Distribution::Kubeflow, Distribution::Kubeflow.default_version())
            .unwrap_or(Release::newest_kubeflow())
    };
    match &decl.version {
        Slot::Given(version) => Release::find(distribution, &version.value).unwrap_or_else(|| {
            if !Release::all(distribution).is_empty() {
                let known: Vec<&str> = Release::all(distribution).iter().map(|release| release.version).collect();
                sink.push(catalog::unknown_version(version.span, &version.value, distribution.name(), &known));
            }
            fallback()
        }),
        Slot::Absent | Slot::Broken => {
            Release::find(distribution, distribution.default_version()).unwrap_or_else(fallback)
        }
    }
}

/// Settings that the language has and this release of tenantry does not act on. Taking them in silence would be a lie
/// about the output.
fn unsupported(decl: &PlatformDecl, sink: &mut Sink) {
    if decl.distribution.value != Distribution::Kubeflow {
        sink.push(catalog::unsupported(decl.distribution.span, "distribution", decl.distribution.value.name()));
    }
    if let Some(flow) = decl.registration_flow.as_ref().filter(|flow| flow.value == Switch::Enabled) {
        sink.push(catalog::unsupported(flow.span, "registrationFlow", "enabled"));
    }
    if let Some(personal) = decl.personal_profiles.as_ref().filter(|it| !matches!(it.whom, PersonalFor::None)) {
        let whom = if matches!(personal.whom, PersonalFor::All) { "all" } else { "[…]" };
        sink.push(catalog::unsupported(personal.span, "personalProfiles.for", whom));
    }
    if let Some(controller) = decl.profile_controller.as_ref().filter(|it| it.value == Presence::Absent) {
        sink.push(catalog::unsupported(controller.span, "profileController", "absent"));
    }
    if let Some(span) = decl.gitops.repo_url_span.filter(|_| !decl.gitops.repo_url.is_empty()) {
        sink.push(catalog::gitops_not_written(span));
    }
    match decl.gitops.shards {
        Shards::Number(1, _) | Shards::Number(_, None) => {}
        Shards::Auto(span) => sink.push(catalog::unsupported(span, "gitops.shards", "auto")),
        Shards::Number(count, Some(span)) => {
            sink.push(catalog::unsupported(span, "gitops.shards", &count.to_string()));
        }
    }
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

fn admins(
    declared: &[Spanned<crate::name::UserName>],
    people: &People,
    names: &mut Names,
    sink: &mut Sink,
) -> Vec<UserId> {
    let mut admins = Vec::new();
    for name in declared {
        let Some(user) = names.user(name, sink) else { continue };
        if people.successors[user.index()] == Successor::Self_ {
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
    if found.is_none() && !names.broken.quota_classes.contains(class.value.as_str()) {
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
