//! Whether two namespaces are made from the same values, without making them.
//!
//! Of a hundred thousand namespaces a change touches a few. What reaches an object is compared here, field by field; each
//! struct is taken apart, so that a new field has to be thought of. Places are no values: they are evidence, and a line
//! that moved is none.

use super::Declared;
use super::space::Planned;
use crate::inventory::{Gitops, Inventory, Namespace, Platform, Shards, Tenant, User, UserId};
use crate::lower::template::Templates;
use crate::plan::{Grant, GrantSubject, Plan, Provision, Via, Way};
use crate::source::Span;

/// Clusters of two sides that have the same settings and the same templates: what comes of a namespace depends on its own
/// values alone.
pub struct Unchanged<'u> {
    base: &'u Plan<'u>,
    /// Index of the base's plan.
    at: usize,
    head: &'u Inventory,
}

impl<'u> Unchanged<'u> {
    /// The cluster of a plan, if a side has it too, and unchanged.
    pub fn between(
        (base, base_templates): (&'u [Plan<'u>], &Templates<'_>),
        (head, head_templates): (&Plan<'u>, &Templates<'_>),
    ) -> Option<Unchanged<'u>> {
        let platform = head.inventory.platform(head.platform);
        let of = |plan: &Plan<'u>| plan.inventory.platform(plan.platform);
        let at = base.iter().position(|plan| of(plan).name == platform.name)?;
        let base = &base[at];
        let same = platforms((base.inventory, of(base)), (head.inventory, platform))
            && templates(base_templates, head_templates);
        same.then_some(Unchanged { base, at, head: head.inventory })
    }

    /// The namespace that is made from the same values, with dates and without: the indices of its plan and its
    /// provision.
    pub fn find(&self, head: &Provision<'_>) -> Option<(usize, usize)> {
        let provisions = &self.base.provisions;
        let at = provisions.binary_search_by(|it| it.namespace.name.cmp(&head.namespace.name)).ok()?;
        let base = &provisions[at];
        let (a, b) = (self.base.inventory, self.head);
        let undated = match (&base.undated_grants, &head.undated_grants) {
            (Some(x), Some(y)) => all_grants((a, x), (b, y)),
            (x, y) => x.is_none() && y.is_none(),
        };
        (undated && provisions_alike((a, base), (b, head))).then_some((self.at, at))
    }
}

/// Whether the settings of two platforms lead to the same objects.
pub fn platforms(base: (&Inventory, &Platform), head: (&Inventory, &Platform)) -> bool {
    let ((base_inventory, a), (head_inventory, b)) = (base, head);
    let Platform {
        name,
        span: _,
        distribution,
        release,
        isolation,
        registration_flow,
        self_service,
        identity,
        mesh,
        admins,
        owner,
        namespace_prefix,
        namespace_labels,
        namespace_annotations,
        pod_security,
        quota_classes: _,
        quota_class_spans: _,
        default_add_ons: _,
        values,
        max_removed_percent: _,
        min_admins: _,
        gitops,
        identifiers,
        profile_controller,
        ecp_integration,
    } = a;
    let people = |inventory: &Inventory, users: &[UserId]| -> Vec<String> {
        users.iter().map(|&user| inventory.user(user).identity.to_string()).collect()
    };
    let owners = (owner.map(|id| base_inventory.user(id)), b.owner.map(|id| head_inventory.user(id)));
    let same_owner = match owners {
        (Some(a), Some(b)) => person(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    *name == b.name
        && *distribution == b.distribution
        && release.version == b.release.version
        && *isolation == b.isolation
        && *registration_flow == b.registration_flow
        && *self_service == b.self_service
        && *identity == b.identity
        && *mesh == b.mesh
        && people(base_inventory, admins) == people(head_inventory, &b.admins)
        && same_owner
        && *namespace_prefix == b.namespace_prefix
        && *namespace_labels == b.namespace_labels
        && *namespace_annotations == b.namespace_annotations
        && *pod_security == b.pod_security
        && values.map == b.values.map
        && self::gitops(gitops, &b.gitops)
        && *identifiers == b.identifiers
        && *profile_controller == b.profile_controller
        && *ecp_integration == b.ecp_integration
}

/// Whether two clusters are synced alike.
pub fn gitops(a: &Gitops, b: &Gitops) -> bool {
    let Gitops { engine, repo_url, revision, path, shards, argocd, flux } = a;
    *engine == b.engine
        && *repo_url == b.repo_url
        && *revision == b.revision
        && *path == b.path
        && number(*shards) == number(b.shards)
        && *argocd == b.argocd
        && *flux == b.flux
}

/// How many folders; `None` for as many as it takes.
fn number(shards: Shards) -> Option<u16> {
    match shards {
        Shards::Auto(_) => None,
        Shards::Number(number, _) => Some(number),
    }
}

/// Whether two sets of templates give the same.
pub fn templates(base: &Templates<'_>, head: &Templates<'_>) -> bool {
    base.named_texts().eq(head.named_texts())
}

/// Whether two namespaces on the same platform with the same templates have the same objects.
pub fn namespaces(base: &Planned<'_>, head: &Planned<'_>) -> bool {
    provisions_alike((base.declared.inventory, base.provision), (head.declared.inventory, head.provision))
}

fn provisions_alike((a, base): (&Inventory, &Provision<'_>), (b, other): (&Inventory, &Provision<'_>)) -> bool {
    let Provision {
        tenant,
        placement: _,
        namespace,
        owner,
        owner_via: _,
        owner_span: _,
        quota,
        grants,
        undated_grants: _,
    } = base;
    self::tenant(a.tenant(*tenant), b.tenant(other.tenant))
        && self::namespace(namespace, other.namespace)
        && person(a.user(*owner), b.user(other.owner))
        && canonical(quota).eq(canonical(&other.quota))
        && all_grants((a, grants), (b, &other.grants))
}

fn all_grants((a, x): (&Inventory, &[Grant<'_>]), (b, y): (&Inventory, &[Grant<'_>])) -> bool {
    x.len() == y.len() && x.iter().zip(y).all(|(x, y)| grant((a, x), (b, y)))
}

/// Equal quantities can be written in two ways, and the way reaches the object.
fn canonical(quota: &crate::inventory::Quota) -> impl Iterator<Item = (&str, &str)> {
    quota.iter().map(|(key, quantity)| (key.as_str(), quantity.as_str()))
}

fn tenant(a: &Tenant, b: &Tenant) -> bool {
    let Tenant {
        name,
        span: _,
        display_name,
        previously: _,
        labels,
        annotations,
        contributors: _,
        plugins,
        values,
        personal: _,
        placements: _,
    } = a;
    *name == b.name
        && *display_name == b.display_name
        && *labels == b.labels
        && *annotations == b.annotations
        && *plugins == b.plugins
        && values.map == b.values.map
}

fn namespace(a: &Namespace, b: &Namespace) -> bool {
    let Namespace { name, span: _, state, quota: _, contributors: _, labels, annotations, add_ons } = a;
    *name == b.name
        && *state == b.state
        && *labels == b.labels
        && *annotations == b.annotations
        && *add_ons == b.add_ons
}

fn person(a: &User, b: &User) -> bool {
    let User { name, identity, identity_span: _, email, display_name, departed: _, previously: _, span: _, foreign: _ } =
        a;
    *name == b.name && *identity == b.identity && *email == b.email && *display_name == b.display_name
}

/// Whether two grants, by their indices, have the same objects on the same platform under the same name.
pub fn grants((base, x): (&Planned<'_>, usize), (head, y): (&Planned<'_>, usize)) -> bool {
    let (a, b) = (base.declared.inventory, head.declared.inventory);
    grant((a, &base.provision.grants[x]), (b, &head.provision.grants[y]))
}

fn grant((a, x): (&Inventory, &Grant<'_>), (b, y): (&Inventory, &Grant<'_>)) -> bool {
    let Grant { subject, role, notebook_access, ways: _ } = x;
    let same_subject = match (subject, &y.subject) {
        (GrantSubject::User(x), GrantSubject::User(y)) => person(a.user(*x), b.user(*y)),
        (GrantSubject::ServiceAccount(x), GrantSubject::ServiceAccount(y)) => x == y,
        (GrantSubject::IdpGroup(x), GrantSubject::IdpGroup(y)) => x == y,
        _ => false,
    };
    same_subject && *role == y.role && *notebook_access == y.notebook_access
}

/// Whether access comes about in the same ways, of namespaces with the same objects.
pub fn ways(base: &Planned<'_>, head: &Planned<'_>) -> bool {
    let (x, y) = (base.provision, head.provision);
    let owner = |it: &Planned<'_>| file(&it.declared, it.provision.owner_span).to_owned();
    let stands_in = x.owner_via == Via::StandIn;
    x.owner_via == y.owner_via
        && (stands_in || owner(base) == owner(head))
        && x.grants.iter().zip(&y.grants).all(|(x, y)| {
            x.ways.len() == y.ways.len()
                && x.ways.iter().zip(&y.ways).all(|(x, y)| way((&base.declared, x), (&head.declared, y)))
        })
}

fn way((base, x): (&Declared<'_>, &Way), (head, y): (&Declared<'_>, &Way)) -> bool {
    let Way { via, groups, role, notebook_access, until, span } = x;
    let name = |inventory: &Inventory, way: &Way, at: usize| inventory.group(way.groups[at]).name.clone();
    *via == y.via
        && *role == y.role
        && *notebook_access == y.notebook_access
        && *until == y.until
        && groups.len() == y.groups.len()
        && (0..groups.len()).all(|at| name(base.inventory, x, at) == name(head.inventory, y, at))
        && file(base, *span) == file(head, y.span)
}

/// The file of a place, below the inventory's folder: the folder may be another one on each side.
fn file<'s>(declared: &Declared<'s>, span: Span) -> &'s str {
    declared.places.sources.file(span.file).path()
}

#[cfg(test)]
mod tests;
