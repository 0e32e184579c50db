//! What a document of kind Tenant, or one of the Tenant-Profile integration, says.

use jiff::civil::Date;

use super::{Data, Slot, Values};
use crate::name::{
    AddOnName, ClusterName, GroupName, Identity, IdpGroup, NamespaceName, Quantity, QuotaClassName, ServiceAccountRef,
    TenantName, UserName,
};
use crate::source::{Span, Spanned};

/// Quantities by resource.
pub type QuotaDecl = Vec<(Spanned<String>, Quantity)>;

/// A document of kind Tenant.
#[derive(Debug, Clone)]
pub struct TenantDecl {
    /// Name.
    pub name: Spanned<TenantName>,
    /// Labels of its namespaces.
    pub labels: Vec<(Spanned<String>, String)>,
    /// Annotations of its namespaces.
    pub annotations: Vec<(Spanned<String>, String)>,
    /// The name that people say.
    pub display_name: Option<String>,
    /// Earlier names.
    pub previously: Vec<Spanned<TenantName>>,
    /// Clusters that it lives on.
    pub clusters: Slot<Vec<Spanned<ClusterName>>>,
    /// Who answers for it.
    pub owner: Slot<Spanned<UserName>>,
    /// Stage of its life.
    pub state: Option<Spanned<State>>,
    /// Who else has access.
    pub contributors: Vec<ContributorDecl>,
    /// Quota class.
    pub quota_class: Slot<Spanned<QuotaClassName>>,
    /// Quota of its own.
    pub quota: QuotaDecl,
    /// Plugins of its Profile.
    pub plugins: Vec<PluginDecl>,
    /// Add-ons, instead of the platform's.
    pub add_ons: Option<Vec<Spanned<AddOnName>>>,
    /// Settings of add-ons.
    pub values: Values,
    /// Namespaces; empty for the one default.
    pub namespaces: Vec<NamespaceDecl>,
    /// Whether a namespace entry was refused, so that the list is not all.
    pub namespaces_broken: bool,
}

impl TenantDecl {
    /// A tenant of which nothing is said but the name.
    pub fn named(name: TenantName, span: Span) -> TenantDecl {
        TenantDecl {
            name: Spanned::new(name, span),
            labels: Vec::new(),
            annotations: Vec::new(),
            display_name: None,
            previously: Vec::new(),
            clusters: Slot::Absent,
            owner: Slot::Absent,
            state: None,
            contributors: Vec::new(),
            quota_class: Slot::Absent,
            quota: Vec::new(),
            plugins: Vec::new(),
            add_ons: None,
            values: Values::default(),
            namespaces: Vec::new(),
            namespaces_broken: false,
        }
    }
}

impl NamespaceDecl {
    /// A namespace of which nothing is said but the name.
    pub fn named(name: NamespaceName, span: Span) -> NamespaceDecl {
        NamespaceDecl {
            name: Spanned::new(name, span),
            state: None,
            quota_class: Slot::Absent,
            quota: Vec::new(),
            contributors: Vec::new(),
            labels: Vec::new(),
            annotations: Vec::new(),
            add_ons: None,
        }
    }
}

/// The stages of a tenant's or namespace's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// In use.
    Active,
    /// Access revoked, data kept.
    Suspended,
    /// The same, and no longer protected from deletion.
    Retired,
}

impl State {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            State::Active => "active",
            State::Suspended => "suspended",
            State::Retired => "retired",
        }
    }
}

/// How much a grant allows, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Look.
    View,
    /// Work.
    Edit,
    /// Work, and let others in.
    Admin,
}

impl Role {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Role::View => "view",
            Role::Edit => "edit",
            Role::Admin => "admin",
        }
    }
}

/// One entry of `contributors`.
#[derive(Debug, Clone)]
pub struct ContributorDecl {
    /// Who.
    pub subject: SubjectDecl,
    /// Where the subject is named.
    pub span: Span,
    /// With which role.
    pub role: Role,
    /// Last day.
    pub until: Option<Spanned<Date>>,
    /// Day by which somebody should look at it again.
    pub review_by: Option<Spanned<Date>>,
    /// Why.
    pub reason: Option<String>,
    /// Whether the gateway is let through.
    pub notebook_access: Option<Spanned<bool>>,
    /// The namespace, if a document of the Tenant-Profile integration says so: it is about that one alone.
    pub foreign: Option<NamespaceName>,
}

/// A document of the Tenant-Profile integration: who contributes to a namespace.
#[derive(Debug, Clone)]
pub struct ForeignDecl {
    /// What it is, such as `a ConfigMap`.
    pub what: &'static str,
    /// Where its kind stands.
    pub span: Span,
    /// The namespace.
    pub namespace: Spanned<NamespaceName>,
    /// Names of users, as they are written.
    pub users: Vec<Spanned<Identity>>,
}

/// Whom a contributor entry names.
#[derive(Debug, Clone)]
pub enum SubjectDecl {
    /// A person of the directory.
    User(UserName),
    /// A group of the directory.
    Group(GroupName),
    /// A service account of some namespace.
    ServiceAccount(ServiceAccountRef),
    /// A group that only the identity provider knows.
    IdpGroup(IdpGroup),
}

/// One entry of `plugins`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginDecl {
    /// Kind of the plugin.
    pub kind: String,
    /// Its settings.
    pub spec: Data,
}

/// One entry of `namespaces`.
#[derive(Debug, Clone)]
pub struct NamespaceDecl {
    /// Name, as it will be.
    pub name: Spanned<NamespaceName>,
    /// Stage of its life, instead of the tenant's.
    pub state: Option<Spanned<State>>,
    /// Quota class, instead of the tenant's.
    pub quota_class: Slot<Spanned<QuotaClassName>>,
    /// Quota of its own, on top of the class.
    pub quota: QuotaDecl,
    /// Contributors beside the tenant's.
    pub contributors: Vec<ContributorDecl>,
    /// Labels beside the tenant's.
    pub labels: Vec<(Spanned<String>, String)>,
    /// Annotations beside the tenant's.
    pub annotations: Vec<(Spanned<String>, String)>,
    /// Add-ons, instead of the tenant's.
    pub add_ons: Option<Vec<Spanned<AddOnName>>>,
}
