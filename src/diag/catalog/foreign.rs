//! Words for documents of the Tenant-Profile integration.

use crate::diag::{Code, Diagnostic};
use crate::name::{ClusterName, NamespaceName, TenantName, UserName};
use crate::source::Span;

/// A ConfigMap or Secret that is not the integration's.
pub fn other_object(span: Span, what: &str, wanted: &str) -> Diagnostic {
    Diagnostic::at(Code::UnknownKind, span, format!("{what} is inventory only if it is `{wanted}`"))
        .with_help("keep other objects outside of the inventory")
}

/// A field that is read and not there.
pub fn missing(span: Span, what: &str, field: &str) -> Diagnostic {
    Diagnostic::at(Code::MissingField, span, format!("{what} lacks the field `{field}`"))
        .with_help(format!("add `{field}`, which says whose access this is about"))
}

/// A Secret whose value cannot be decoded.
pub fn not_base64(span: Span) -> Diagnostic {
    Diagnostic::at(Code::WrongType, span, "`data.users` of a Secret is not base64 of a text")
        .with_help("encode the names again, or write them as `stringData.users`")
}

/// A foreign document where no platform reads such documents.
pub fn not_inventory_here(span: Span, what: &str) -> Diagnostic {
    Diagnostic::at(
        Code::UnknownKind,
        span,
        format!("{what} is inventory only for a platform of the distribution `ecp`"),
    )
    .with_help("declare a Tenant of `tenantry.dev/v1alpha1` instead")
}

/// A namespace that may be on any of several clusters.
pub fn which_cluster(span: Span, namespace: &NamespaceName, clusters: &[&ClusterName]) -> Diagnostic {
    let message = format!("the namespace `{namespace}` may be on any of the clusters {}", super::list(clusters));
    Diagnostic::at(Code::MissingClusters, span, message)
        .with_help("declare a Tenant that lists the namespace and says its `clusters`")
}

/// A name in a document that is one person's name and another's identity.
pub fn name_or_identity(span: Span, text: &str, named: &UserName, other: &UserName, identity: Span) -> Diagnostic {
    let message = format!("`{text}` is the name of the user `{named}` and the identity of the user `{other}`");
    Diagnostic::at(Code::DuplicateIdentity, span, message)
        .with_related(identity, "the identity")
        .with_help(format!("if `{named}` is meant, write their identity; if `{other}` is, give `{named}` another name"))
}

/// A namespace that several tenants have, each on its own cluster.
pub fn which_tenant(span: Span, namespace: &NamespaceName, tenants: &[&TenantName]) -> Diagnostic {
    let message = format!("the namespace `{namespace}` may be that of any of the tenants {}", super::list(tenants));
    Diagnostic::at(Code::MissingClusters, span, message)
        .with_help("list these people as `contributors` of the tenant that is meant, and remove this document")
}

/// Something that the integration has no way to say.
pub fn cannot_express(span: Span, cluster: &ClusterName, what: &str) -> Diagnostic {
    let message = format!("the Tenant-Profile integration of the cluster `{cluster}` cannot express {what}");
    Diagnostic::at(Code::IntegrationLimit, span, message)
        .with_help("remove it, or set `ecp: {integration: absent}` so that tenantry makes the objects itself")
}

/// A group of the identity provider where only people are known.
pub fn no_groups(span: Span, cluster: &ClusterName) -> Diagnostic {
    let message = format!("the platform of the cluster `{cluster}` knows no groups of an identity provider");
    Diagnostic::at(Code::IntegrationLimit, span, message)
        .with_help("list the people in a Directory and name their group")
}
