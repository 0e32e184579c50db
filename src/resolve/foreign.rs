//! Documents of the Tenant-Profile integration to declarations of our own: users, tenants and contributors.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Names, tenants};
use crate::diag::{Sink, catalog::foreign as catalog};
use crate::inventory::{Contributor, Inventory, Namespace};
use crate::name::{Identity, NamespaceName, TenantName, UserName};
use crate::parse::decl::{ContributorDecl, ForeignDecl, PlatformDecl, Role, Slot, SubjectDecl, TenantDecl, UserDecl};
use crate::source::{Span, Spanned};

/// Turns foreign documents into users and contributors. A tenant that nobody declares is made, called like the namespace.
pub fn desugar(
    foreign: Vec<ForeignDecl>,
    platforms: &[PlatformDecl],
    users: &mut Vec<UserDecl>,
    tenants: &mut Vec<TenantDecl>,
    names: &Names,
    sink: &mut Sink,
) {
    let readers: Vec<&PlatformDecl> =
        platforms.iter().filter(|platform| platform.distribution.value.reads_foreign_documents()).collect();
    let mut people = People::new(users);
    for document in foreign {
        if readers.is_empty() {
            if !names.broken.platform_unread {
                sink.push(catalog::not_inventory_here(document.span, document.what));
            }
            continue;
        }
        let contributors: Vec<ContributorDecl> =
            document.users.iter().filter_map(|user| contributor(user, &document, &mut people, sink)).collect();
        match find(tenants, &readers, &document)[..] {
            [] => tenants.extend(tenant(&document, platforms, &readers, contributors, sink)),
            [one] => tenants[one].contributors.extend(contributors),
            [first, second, ..] => {
                let names = [first, second].map(|at| &tenants[at].name.value);
                sink.push(catalog::which_tenant(document.namespace.span, &document.namespace.value, &names));
            }
        }
    }
    users.extend(people.made.into_values());
}

/// Who is known by which name or identity, and who has been made up.
struct People {
    names: BTreeMap<String, UserName>,
    identities: BTreeMap<String, (UserName, Span)>,
    made: BTreeMap<UserName, UserDecl>,
}

impl People {
    fn new(users: &[UserDecl]) -> Self {
        let name = |user: &UserDecl| user.name.value.clone();
        let names = users.iter().map(|user| (user.name.value.to_string(), name(user)));
        let identities = users.iter().map(|user| (user.identity.value.to_string(), (name(user), user.identity.span)));
        People { names: names.collect(), identities: identities.collect(), made: BTreeMap::new() }
    }

    /// The user of a name or identity; one who is in no Directory is their own identity. What is the name of one person
    /// and the identity of another is reported: the integration lets in the second, whoever reads it thinks of the first.
    fn user(&mut self, written: &Spanned<Identity>, sink: &mut Sink) -> Option<UserName> {
        let text = written.value.as_str();
        match (self.names.get(text), self.identities.get(text)) {
            (Some(named), Some((other, identity))) if named != other => {
                sink.push(catalog::name_or_identity(written.span, text, named, other, *identity));
                None
            }
            (Some(name), _) | (None, Some((name, _))) => Some(name.clone()),
            (None, None) => {
                let name = UserName::of_login(&written.value);
                self.made.entry(name.clone()).or_insert_with(|| made(&name, written));
                Some(name)
            }
        }
    }
}

fn made(name: &UserName, written: &Spanned<Identity>) -> UserDecl {
    UserDecl {
        name: Spanned::new(name.clone(), written.span),
        identity: Spanned::new(written.value.clone(), written.span),
        email: None,
        display_name: None,
        departed: None,
        successor: Slot::Absent,
        previously: Vec::new(),
        foreign: true,
    }
}

fn contributor(
    user: &Spanned<Identity>,
    document: &ForeignDecl,
    people: &mut People,
    sink: &mut Sink,
) -> Option<ContributorDecl> {
    Some(ContributorDecl {
        subject: SubjectDecl::User(people.user(user, sink)?),
        span: user.span,
        role: Role::Edit,
        until: None,
        review_by: None,
        reason: None,
        notebook_access: None,
        foreign: Some(document.namespace.value.clone()),
    })
}

/// Whether a tenant is on a platform; one that does not say so, or not well, may be.
fn may_be_on(tenant: &TenantDecl, platform: &PlatformDecl) -> bool {
    match &tenant.clusters {
        Slot::Given(clusters) => clusters.iter().any(|cluster| cluster.value == platform.name.value),
        Slot::Absent | Slot::Broken => true,
    }
}

/// The tenants that declare the namespace that a document is about, on a platform that reads such documents. One of the
/// same name elsewhere is another namespace.
fn find(tenants: &[TenantDecl], readers: &[&PlatformDecl], document: &ForeignDecl) -> Vec<usize> {
    let wanted = &document.namespace.value;
    let declares = |tenant: &TenantDecl, platform: &PlatformDecl| {
        let by_default = tenant.namespaces.is_empty()
            && wanted.as_str().strip_prefix(platform.namespace_prefix.as_str()) == Some(tenant.name.value.as_str());
        by_default || tenant.namespaces.iter().any(|namespace| namespace.name.value == *wanted)
    };
    let found = tenants
        .iter()
        .enumerate()
        .filter(|(_, tenant)| readers.iter().any(|reader| may_be_on(tenant, reader) && declares(tenant, reader)));
    found.map(|(at, _)| at).collect()
}

/// The tenant that a document makes.
fn tenant(
    document: &ForeignDecl,
    platforms: &[PlatformDecl],
    readers: &[&PlatformDecl],
    contributors: Vec<ContributorDecl>,
    sink: &mut Sink,
) -> Option<TenantDecl> {
    let clusters = match readers {
        [_] if platforms.len() == 1 => Slot::Absent,
        [one] => Slot::Given(vec![Spanned::new(one.name.value.clone(), document.namespace.span)]),
        _ => {
            let names: Vec<_> = readers.iter().map(|platform| &platform.name.value).collect();
            sink.push(catalog::which_cluster(document.namespace.span, &document.namespace.value, &names));
            return None;
        }
    };
    let span = document.namespace.span;
    let name = TenantName::parse(document.namespace.value.as_str()).ok()?;
    let namespace = crate::parse::decl::NamespaceDecl::named(document.namespace.value.clone(), span);
    Some(TenantDecl { clusters, contributors, namespaces: vec![namespace], ..TenantDecl::named(name, span) })
}

/// Takes from a tenant what documents of the Tenant-Profile integration say, with the namespace that each is about.
pub fn take(
    decl: &mut TenantDecl,
    context: &tenants::Context<'_>,
    inventory: &Inventory,
    names: &mut Names,
    sink: &mut Sink,
) -> Vec<(NamespaceName, Contributor)> {
    let mut found = Vec::new();
    for contributor in decl.contributors.extract_if(.., |contributor| contributor.foreign.is_some()) {
        let resolved = tenants::contributors(std::slice::from_ref(&contributor), context, inventory, names, sink);
        found.extend(contributor.foreign.into_iter().zip(resolved));
    }
    found
}

/// Adds what such documents say to the namespaces that they are about. The integration knows no tenant, only one
/// cluster's namespaces: the tenant's other namespaces and clusters get nothing.
pub fn add(namespaces: &mut [Namespace], foreign: &[(NamespaceName, Contributor)]) {
    for namespace in namespaces {
        let more = foreign.iter().filter(|(name, _)| *name == namespace.name).map(|(_, contributor)| contributor);
        let more: Vec<Contributor> = more.cloned().collect();
        if !more.is_empty() {
            Arc::make_mut(&mut namespace.contributors).extend(more);
        }
    }
}
