//! Tenants: owner, clusters, namespaces, defaults, stages of life.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::people::Successor;
use super::platforms::{self, Platforms};
use super::{Names, distinct, foreign, integration};
use crate::diag::{Sink, catalog::lint, catalog::resolve as catalog};
use crate::inventory::{
    Contributor, Inventory, Namespace, Placement, Platform, PlatformId, Quota, State, Subject, Tenant, UserId,
};
use crate::name::{AddOnName, NamespaceName, TenantName, reserved_namespace};
use crate::parse::decl::{ContributorDecl, NamespaceDecl, QuotaDecl, Slot, SubjectDecl, TenantDecl};
use crate::source::Span;

/// What tenants are resolved against, beside the people.
pub struct Context<'a> {
    /// All platforms.
    pub platforms: &'a Platforms,
    /// Who answers in place of each user.
    pub successors: &'a [Successor],
    /// Whether a platform could not be read, so that an unknown cluster may be that one.
    pub unread: bool,
}

/// Resolves the Tenant documents.
pub fn resolve(
    declared: Vec<TenantDecl>,
    context: &Context<'_>,
    inventory: &Inventory,
    names: &mut Names,
    sink: &mut Sink,
) -> Vec<Tenant> {
    let declared = distinct(
        declared,
        |tenant| &tenant.name,
        |name, first| catalog::duplicate_tenant(name.span, &name.value, first),
        sink,
    );
    check_earlier_names(&declared, sink);
    let mut claims = BTreeMap::new();
    declared.into_iter().filter_map(|decl| tenant(decl, context, inventory, &mut claims, names, sink)).collect()
}

/// An earlier name belongs to one tenant, and to none that is there now.
fn check_earlier_names(declared: &[TenantDecl], sink: &mut Sink) {
    let present: BTreeMap<&TenantName, Span> =
        declared.iter().map(|tenant| (&tenant.name.value, tenant.name.span)).collect();
    let mut earlier: BTreeMap<&TenantName, (usize, Span)> = BTreeMap::new();
    for (at, tenant) in declared.iter().enumerate() {
        for name in &tenant.previously {
            if name.value == tenant.name.value {
                sink.push(catalog::tenant_name_is_present(name.span, &name.value, tenant.name.span));
            } else if let Some(&first) = present.get(&name.value) {
                sink.push(catalog::tenant_name_taken(name.span, &name.value, first, false));
            } else if let Some(&(_, first)) = earlier.get(&name.value).filter(|(other, _)| *other != at) {
                sink.push(catalog::tenant_name_taken(name.span, &name.value, first, true));
            } else {
                earlier.insert(&name.value, (at, name.span));
            }
        }
    }
}

/// Who claimed a namespace of a cluster first, and where.
type Claims = BTreeMap<(PlatformId, NamespaceName), (TenantName, Span)>;

fn tenant(
    mut decl: TenantDecl,
    context: &Context<'_>,
    inventory: &Inventory,
    claims: &mut Claims,
    names: &mut Names,
    sink: &mut Sink,
) -> Option<Tenant> {
    let clusters = clusters(&decl, context, names, sink);
    let foreign = foreign::take(&mut decl, context, inventory, names, sink);
    let contributors = contributors(&decl.contributors, context, inventory, names, sink);
    let own: Vec<Arc<Vec<Contributor>>> = decl
        .namespaces
        .iter()
        .map(|namespace| Arc::new(self::contributors(&namespace.contributors, context, inventory, names, sink)))
        .collect();
    let owner = named_owner(&decl, context, inventory, names, sink);
    let mut placements = Vec::new();
    for platform in clusters {
        integration::check(&decl, &context.platforms.platforms[platform.index()], sink);
        let owner = owner.or_else(|| default_owner(&decl, platform, context, sink));
        let shared = Shared::new(&decl, platform, context, names, sink);
        let mut namespaces = namespaces(&decl, &own, platform, &shared, context, claims, names, sink);
        if context.platforms.platforms[platform.index()].distribution.reads_foreign_documents() {
            foreign::add(&mut namespaces, &foreign);
        }
        if let (Some((owner, owner_span)), false) = (owner, namespaces.is_empty()) {
            placements.push(Placement { platform, owner, owner_span, namespaces });
        }
    }
    let mut previously: Vec<TenantName> = decl.previously.into_iter().map(|name| name.value).collect();
    previously.sort_unstable();
    (!placements.is_empty()).then(|| Tenant {
        name: decl.name.value,
        span: decl.name.span,
        display_name: decl.display_name,
        previously,
        labels: Arc::new(platforms::metadata(decl.labels)),
        annotations: Arc::new(platforms::metadata(decl.annotations)),
        contributors,
        plugins: decl.plugins,
        values: decl.values,
        personal: false,
        placements,
    })
}

/// The clusters of a tenant, sorted.
fn clusters(decl: &TenantDecl, context: &Context<'_>, names: &mut Names, sink: &mut Sink) -> Vec<PlatformId> {
    let all = &context.platforms.platforms;
    match &decl.clusters {
        Slot::Broken => Vec::new(),
        Slot::Absent if all.len() == 1 => vec![PlatformId::new(0)],
        Slot::Absent => {
            if all.len() > 1 {
                let known: Vec<&str> = all.iter().map(|platform| platform.name.as_str()).collect();
                sink.push(catalog::missing_clusters(decl.name.span, &decl.name.value, &known));
            }
            Vec::new()
        }
        Slot::Given(wanted) => {
            let mut found = Vec::new();
            for name in wanted {
                match context.platforms.find(name.value.as_str()) {
                    Some(id) => found.push(id),
                    None if context.unread || names.broken.clusters.contains(name.value.as_str()) => {}
                    None => {
                        let known = all.iter().map(|platform| platform.name.as_str());
                        sink.push(catalog::unknown_cluster(name.span, &name.value, known));
                    }
                }
            }
            found.sort_unstable();
            found
        }
    }
}

/// The owner that the tenant names, or the person who took over from them. `None` if it names none, or one that was
/// reported.
fn named_owner(
    decl: &TenantDecl,
    context: &Context<'_>,
    inventory: &Inventory,
    names: &mut Names,
    sink: &mut Sink,
) -> Option<(UserId, Span)> {
    let Slot::Given(name) = &decl.owner else { return None };
    let user = names.user(name, sink)?;
    match context.successors[user.index()] {
        Successor::Self_ => Some((user, name.span)),
        Successor::Other(successor) => {
            sink.push(lint::departed_owner_replaced(name.span, &name.value, &inventory.user(successor).name));
            Some((successor, name.span))
        }
        Successor::None => {
            sink.push(catalog::departed_owner(name.span, &name.value, inventory.user(user).span));
            None
        }
        Successor::Unusable => None,
    }
}

/// The platform's owner, for a tenant that names none.
fn default_owner(decl: &TenantDecl, id: PlatformId, context: &Context<'_>, sink: &mut Sink) -> Option<(UserId, Span)> {
    if !matches!(decl.owner, Slot::Absent) {
        return None;
    }
    let platform = &context.platforms.platforms[id.index()];
    let owner = platform.owner.map(|owner| (owner, decl.name.span));
    if owner.is_none() && !context.platforms.names_owner[id.index()] {
        sink.push(catalog::missing_owner(decl.name.span, &decl.name.value, &platform.name));
    }
    owner
}

/// What every namespace of a tenant on one platform starts from.
struct Shared {
    quota: Quota,
    add_ons: Arc<Vec<AddOnName>>,
    state: State,
}

impl Shared {
    fn new(decl: &TenantDecl, id: PlatformId, context: &Context<'_>, names: &Names, sink: &mut Sink) -> Shared {
        let platform = &context.platforms.platforms[id.index()];
        let quota_class = match &decl.quota_class {
            Slot::Given(class) => platforms::class_of(class, &platform.quota_classes, names, sink).unwrap_or_default(),
            Slot::Absent | Slot::Broken => context.platforms.default_quota[id.index()].clone(),
        };
        let add_ons = match &decl.add_ons {
            Some(listed) => platforms::add_ons(listed, &context.platforms.add_ons, sink),
            None => platform.default_add_ons.clone(),
        };
        Shared {
            quota: merged(&quota_class, &decl.quota),
            add_ons: Arc::new(add_ons),
            state: decl.state.as_ref().map_or(State::Active, |state| state.value),
        }
    }
}

/// A quota with own quantities on top, key by key.
fn merged(class: &Quota, own: &QuotaDecl) -> Quota {
    if own.is_empty() {
        return class.clone();
    }
    let mut quota = (**class).clone();
    quota.extend(own.iter().map(|(key, quantity)| (key.value.clone(), quantity.clone())));
    Arc::new(quota)
}

#[expect(clippy::too_many_arguments, reason = "the whole surroundings of one namespace; a struct would be made once")]
fn namespaces(
    decl: &TenantDecl,
    own: &[Arc<Vec<Contributor>>],
    id: PlatformId,
    shared: &Shared,
    context: &Context<'_>,
    claims: &mut Claims,
    names: &Names,
    sink: &mut Sink,
) -> Vec<Namespace> {
    let platform = &context.platforms.platforms[id.index()];
    let mut found = Vec::new();
    if decl.namespaces.is_empty() && !decl.namespaces_broken {
        found.extend(default_namespace(decl, platform, shared, sink));
    }
    for (declared, contributors) in decl.namespaces.iter().zip(own) {
        found.push(declared_namespace(decl, declared, contributors, platform, shared, context, names, sink));
    }
    found.retain(|namespace| claim(namespace, decl, id, platform, claims, sink));
    for namespace in found.iter().filter(|namespace| namespace.state != State::Active) {
        if !context.platforms.stand_in[id.index()] {
            let named = context.platforms.names_owner[id.index()];
            sink.push(catalog::missing_stand_in(namespace.span, &namespace.name, &platform.name, named));
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn default_namespace(decl: &TenantDecl, platform: &Platform, shared: &Shared, sink: &mut Sink) -> Option<Namespace> {
    let name = format!("{}{}", platform.namespace_prefix, decl.name.value);
    match NamespaceName::parse(&name) {
        Ok(name) => Some(Namespace {
            name,
            span: decl.name.span,
            state: shared.state,
            quota: shared.quota.clone(),
            contributors: Arc::default(),
            labels: Arc::default(),
            annotations: Arc::default(),
            add_ons: shared.add_ons.clone(),
        }),
        Err(problem) => {
            sink.push(catalog::default_namespace(decl.name.span, &name, problem));
            None
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "the whole surroundings of one namespace; a struct would be made once")]
fn declared_namespace(
    decl: &TenantDecl,
    declared: &NamespaceDecl,
    contributors: &Arc<Vec<Contributor>>,
    platform: &Platform,
    shared: &Shared,
    context: &Context<'_>,
    names: &Names,
    sink: &mut Sink,
) -> Namespace {
    let quota = match &declared.quota_class {
        Slot::Given(class) => {
            let class = platforms::class_of(class, &platform.quota_classes, names, sink).unwrap_or_default();
            merged(&merged(&class, &decl.quota), &declared.quota)
        }
        Slot::Absent | Slot::Broken => merged(&shared.quota, &declared.quota),
    };
    let add_ons = match &declared.add_ons {
        Some(listed) => Arc::new(platforms::add_ons(listed, &context.platforms.add_ons, sink)),
        None => shared.add_ons.clone(),
    };
    let metadata = |declared: &[(crate::source::Spanned<String>, String)]| {
        Arc::new(declared.iter().map(|(key, value)| (key.value.clone(), value.clone())).collect())
    };
    Namespace {
        name: declared.name.value.clone(),
        span: declared.name.span,
        state: declared.state.as_ref().map_or(shared.state, |state| state.value),
        quota,
        contributors: contributors.clone(),
        labels: metadata(&declared.labels),
        annotations: metadata(&declared.annotations),
        add_ons,
    }
}

/// Takes a namespace for a tenant, unless it is the platform's or somebody else's.
fn claim(
    namespace: &Namespace,
    decl: &TenantDecl,
    id: PlatformId,
    platform: &Platform,
    claims: &mut Claims,
    sink: &mut Sink,
) -> bool {
    let engines = [
        platform.gitops.argocd.namespace.as_str(),
        platform.gitops.flux.namespace.as_str(),
        platform.identifiers.namespace.as_str(),
    ];
    if let Some(owner) = reserved_namespace(namespace.name.as_str(), &engines) {
        let by_default = namespace.span == decl.name.span;
        sink.push(catalog::reserved_namespace(namespace.span, &namespace.name, owner, by_default));
        return false;
    }
    let key = (id, namespace.name.clone());
    match claims.get(&key) {
        Some((tenant, first)) if *tenant == decl.name.value => {
            sink.push(catalog::namespace_listed_twice(namespace.span, &namespace.name, tenant, *first));
            false
        }
        Some((tenant, first)) => {
            sink.push(catalog::duplicate_namespace(namespace.span, &namespace.name, &platform.name, tenant, *first));
            false
        }
        None => {
            claims.insert(key, (decl.name.value.clone(), namespace.span));
            true
        }
    }
}

/// Resolves a list of contributors. Who departed is left out, with a warning.
pub fn contributors(
    declared: &[ContributorDecl],
    context: &Context<'_>,
    inventory: &Inventory,
    names: &mut Names,
    sink: &mut Sink,
) -> Vec<Contributor> {
    let mut found = Vec::with_capacity(declared.len());
    for decl in declared {
        let Some(subject) = subject(decl, context, inventory, names, sink) else { continue };
        found.push(Contributor {
            subject,
            span: decl.span,
            role: decl.role,
            until: decl.until.as_ref().map(|date| date.value),
            review_by: decl.review_by.as_ref().map(|date| date.value),
            notebook_access: decl.notebook_access.as_ref().map(|flag| (flag.value, flag.span)),
            foreign: decl.foreign.is_some(),
        });
    }
    found
}

fn subject(
    decl: &ContributorDecl,
    context: &Context<'_>,
    inventory: &Inventory,
    names: &mut Names,
    sink: &mut Sink,
) -> Option<Subject> {
    let spanned = |name: &crate::name::UserName| crate::source::Spanned::new(name.clone(), decl.span);
    match &decl.subject {
        SubjectDecl::User(name) => {
            let user = names.user(&spanned(name), sink)?;
            if context.successors[user.index()] == Successor::Self_ {
                return Some(Subject::User(user));
            }
            sink.push(lint::departed_grant(decl.span, &inventory.user(user).name));
            None
        }
        SubjectDecl::Group(name) => {
            names.group(&crate::source::Spanned::new(name.clone(), decl.span), sink).map(Subject::Group)
        }
        SubjectDecl::ServiceAccount(account) => Some(Subject::ServiceAccount(account.clone())),
        SubjectDecl::IdpGroup(group) => Some(Subject::IdpGroup(group.clone())),
    }
}
