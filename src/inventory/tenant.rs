//! A tenant, and what it has on each cluster.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::{GroupId, PlatformId, Plugin, Role, State, UserId, Values};
use crate::name::{AddOnName, IdpGroup, NamespaceName, Quantity, ServiceAccountRef, TenantName};
use crate::source::Span;

/// Quantities by resource.
pub type Quota = Arc<BTreeMap<String, Quantity>>;

/// A team and its namespaces.
#[derive(Debug)]
pub struct Tenant {
    /// Its name.
    pub name: TenantName,
    /// Where the name is declared.
    pub span: Span,
    /// The name that people say.
    pub display_name: Option<String>,
    /// Earlier names, sorted.
    pub previously: Vec<TenantName>,
    /// Labels of its namespaces.
    pub labels: Arc<BTreeMap<String, String>>,
    /// Annotations of its namespaces.
    pub annotations: Arc<BTreeMap<String, String>>,
    /// Contributors to all of its namespaces.
    pub contributors: Vec<Contributor>,
    /// Plugins of its Profiles.
    pub plugins: Vec<Plugin>,
    /// Settings of add-ons.
    pub values: Values,
    /// Whether it is the personal profile of its owner.
    pub personal: bool,
    /// What it has on each cluster, sorted by cluster. Never empty.
    pub placements: Vec<Placement>,
}

/// What a tenant has on one cluster.
#[derive(Debug)]
pub struct Placement {
    /// The cluster.
    pub platform: PlatformId,
    /// Who answers for it there: never a departed person.
    pub owner: UserId,
    /// Where the owner is named.
    pub owner_span: Span,
    /// Its namespaces, sorted by name. Never empty.
    pub namespaces: Vec<Namespace>,
}

/// One namespace on one cluster.
#[derive(Debug)]
pub struct Namespace {
    /// Its name.
    pub name: NamespaceName,
    /// Where it is named, or the tenant if it has the default name.
    pub span: Span,
    /// Stage of its life.
    pub state: State,
    /// Its quota: class, tenant's and own, merged.
    pub quota: Quota,
    /// Contributors beside the tenant's.
    pub contributors: Arc<Vec<Contributor>>,
    /// Labels of its own.
    pub labels: Arc<BTreeMap<String, String>>,
    /// Annotations of its own.
    pub annotations: Arc<BTreeMap<String, String>>,
    /// Add-ons, sorted.
    pub add_ons: Arc<Vec<AddOnName>>,
}

/// One entry of a list of contributors.
#[derive(Debug, Clone)]
pub struct Contributor {
    /// Who.
    pub subject: Subject,
    /// Where the subject is named.
    pub span: Span,
    /// With which role.
    pub role: Role,
    /// Last day.
    pub until: Option<Date>,
    /// Day by which somebody should look at it again.
    pub review_by: Option<Date>,
    /// Whether the gateway is let through, if the entry says so, and where it says so.
    pub notebook_access: Option<(bool, Span)>,
    /// Whether a document of the Tenant-Profile integration says so.
    pub foreign: bool,
}

/// Whom a contributor entry names. People who departed are not among them.
#[derive(Debug, Clone)]
pub enum Subject {
    /// A person.
    User(UserId),
    /// A group of the directory.
    Group(GroupId),
    /// A service account.
    ServiceAccount(ServiceAccountRef),
    /// A group that only the identity provider knows.
    IdpGroup(IdpGroup),
}
