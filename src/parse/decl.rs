//! What is written in an inventory, entry by entry: names are well-formed, places are kept, and nothing is looked up yet.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::manifest::Tree;
use crate::name::{
    AddOnName, ClusterName, GroupName, Identity, IdpGroup, NamespaceName, Quantity, QuotaClassName, ServiceAccountRef,
    TenantName, UserName,
};
use crate::release::Distribution;
use crate::source::{Span, Spanned};

/// Everything that the documents of an inventory declare, in the order of files and places.
#[derive(Debug, Default)]
pub struct Declarations {
    /// Clusters.
    pub platforms: Vec<PlatformDecl>,
    /// People, of all Directory documents.
    pub users: Vec<UserDecl>,
    /// Groups, of all Directory documents.
    pub groups: Vec<GroupDecl>,
    /// Tenants.
    pub tenants: Vec<TenantDecl>,
    /// Contributors by documents of the Tenant-Profile integration.
    pub foreign: Vec<ForeignDecl>,
    /// Add-on templates.
    pub templates: Vec<TemplateDecl>,
    /// What was declared and could not be read.
    pub broken: Broken,
    /// Number of documents, broken ones included.
    pub documents: usize,
}

/// Names that are declared by entries with mistakes in them, and kinds that broken documents may hold.
///
/// A reference to one of these is not reported: the mistake already is, and one mistake is one diagnostic.
#[derive(Debug, Default)]
pub struct Broken {
    /// Clusters.
    pub clusters: BTreeSet<String>,
    /// Users.
    pub users: BTreeSet<String>,
    /// Groups.
    pub groups: BTreeSet<String>,
    /// Quota classes, of any platform.
    pub quota_classes: BTreeSet<String>,
    /// Whether quota classes of a platform stand where they could not be read.
    pub quota_classes_unread: bool,
    /// Whether a document that may be a Platform could not be read.
    pub platform_unread: bool,
    /// Whether a document that may be a Directory could not be read.
    pub directory_unread: bool,
    /// Whether a document that may be a Tenant could not be read.
    pub tenant_unread: bool,
}

/// An optional field whose absence means something.
#[derive(Debug, Clone, Copy, Default)]
pub enum Slot<T> {
    /// The key is not there.
    #[default]
    Absent,
    /// The key is there, its value was refused, and that was reported.
    Broken,
    /// The value.
    Given(T),
}

impl<T> Slot<T> {
    /// The value, if it is there and sound.
    pub fn given(&self) -> Option<&T> {
        match self {
            Slot::Given(value) => Some(value),
            Slot::Absent | Slot::Broken => None,
        }
    }

    /// Whether the value was refused.
    pub fn is_broken(&self) -> bool {
        matches!(self, Slot::Broken)
    }
}

/// A document of kind Platform.
#[derive(Debug)]
pub struct PlatformDecl {
    /// The cluster's name.
    pub name: Spanned<ClusterName>,
    /// Which product runs there.
    pub distribution: Spanned<Distribution>,
    /// Its version, as text.
    pub version: Slot<Spanned<String>>,
    /// How people are told apart.
    pub isolation: Spanned<Isolation>,
    /// Whether the dashboard lets people make their own profile at first login.
    pub registration_flow: Option<Spanned<Switch>>,
    /// Whether the dashboard's own endpoints for profiles and contributors stay open.
    pub self_service: Option<Spanned<Permission>>,
    /// How an identity reaches the platform.
    pub identity: IdentityDecl,
    /// The service mesh.
    pub mesh: MeshDecl,
    /// Platform administrators.
    pub admins: Vec<Spanned<UserName>>,
    /// Owner of tenants that name none.
    pub owner: Slot<Spanned<UserName>>,
    /// Prefix of default namespace names.
    pub namespace_prefix: String,
    /// Labels of every namespace.
    pub namespace_labels: Vec<(Spanned<String>, String)>,
    /// Annotations of every namespace.
    pub namespace_annotations: Vec<(Spanned<String>, String)>,
    /// Pod Security level; `Given("")` for no label.
    pub pod_security: Slot<Spanned<&'static str>>,
    /// Quota classes.
    pub quota_classes: Vec<(Spanned<QuotaClassName>, QuotaDecl)>,
    /// Quota class of tenants that name none.
    pub default_quota_class: Slot<Spanned<QuotaClassName>>,
    /// Add-ons of tenants that list none.
    pub default_add_ons: Vec<Spanned<AddOnName>>,
    /// Settings of add-ons.
    pub values: Values,
    /// Who gets a profile of their own.
    pub personal_profiles: Option<PersonalProfilesDecl>,
    /// Largest share of a cluster's access facts that one change may take away, in percent.
    pub max_removed_percent: i64,
    /// Fewest admins of an active namespace.
    pub min_admins: i64,
    /// How the output is synced.
    pub gitops: GitopsDecl,
    /// Whether the profile controller runs there.
    pub profile_controller: Option<Spanned<Presence>>,
    /// Whether the Tenant-Profile integration runs there.
    pub ecp_integration: Option<Spanned<Presence>>,
    /// What the product calls its things, where it is not what the distribution says.
    pub identifiers: IdentifiersDecl,
}

/// `identifiers` of a Platform.
#[derive(Debug, Default)]
pub struct IdentifiersDecl {
    /// API group of Profile and PodDefault.
    pub api_group: Option<String>,
    /// API version of Profile.
    pub profile_version: Option<String>,
    /// ClusterRole of admins.
    pub admin_role: Option<String>,
    /// ClusterRole of editors.
    pub edit_role: Option<String>,
    /// ClusterRole of viewers.
    pub view_role: Option<String>,
    /// Namespace of the product's own programs.
    pub namespace: Option<String>,
    /// Name of the dashboard's Deployment.
    pub dashboard: Option<String>,
    /// Labels of the dashboard's pods.
    pub dashboard_selector: Option<Vec<(Spanned<String>, String)>>,
    /// ConfigMap with the dashboard's parameters.
    pub dashboard_parameters: Option<String>,
    /// ConfigMap with the platform administrators.
    pub profiles_config: Option<String>,
    /// Value of the label that marks a tenant's namespace.
    pub part_of: Option<String>,
}

/// `isolation` of a Platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// Each request carries a user, and is judged by it.
    MultiUser,
    /// Nobody is told apart.
    SingleUser,
}

/// A switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// On.
    Enabled,
    /// Off.
    Disabled,
}

/// A permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Let through.
    Allow,
    /// Closed.
    Deny,
}

/// Whether something runs on the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It does.
    Present,
    /// It does not.
    Absent,
}

/// `identity` of a Platform.
#[derive(Debug, Clone)]
pub struct IdentityDecl {
    /// Name of the header that carries the user, if it is not the distribution's.
    pub header: Option<String>,
    /// What stands before the identity in the header.
    pub prefix: String,
    /// Whether identities are lower-cased.
    pub lower: bool,
}

/// How the mesh finds its work loads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeshMode {
    /// A proxy beside each pod.
    Sidecar,
    /// Without sidecars, behind a waypoint.
    Ambient,
    /// No mesh.
    None,
}

/// `mesh` of a Platform.
#[derive(Debug, Clone)]
pub struct MeshDecl {
    /// How it works.
    pub mode: MeshMode,
    /// Identity of the ingress gateway.
    pub gateway_principal: String,
    /// Identity of the pipelines UI, if it is not the distribution's.
    pub pipelines_ui_principal: Option<String>,
    /// Further identities that may act for a user.
    pub extra_principals: Vec<String>,
}

/// `personalProfiles` of a Platform.
#[derive(Debug)]
pub struct PersonalProfilesDecl {
    /// Who gets one.
    pub whom: PersonalFor,
    /// Where that is written.
    pub span: Span,
    /// Their quota class.
    pub quota_class: Slot<Spanned<QuotaClassName>>,
    /// Whether they are named by the user's `name` instead of by the identity.
    pub by_user_name: bool,
    /// Whether people who own a tenant get one too.
    pub also_owners: bool,
}

/// `personalProfiles.for`.
#[derive(Debug)]
pub enum PersonalFor {
    /// Nobody.
    None,
    /// Every user.
    All,
    /// The members of these groups.
    Groups(Vec<Spanned<GroupName>>),
}

/// Which engine syncs the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Argo CD.
    Argocd,
    /// Flux.
    Flux,
    /// Both.
    Both,
    /// None.
    None,
}

/// `gitops.shards` of a Platform, and where it is written, if it is.
#[derive(Debug, Clone, Copy)]
pub enum Shards {
    /// As many as it takes.
    Auto(Span),
    /// This many.
    Number(u16, Option<Span>),
}

/// `gitops` of a Platform.
#[derive(Debug)]
pub struct GitopsDecl {
    /// The engine.
    pub engine: Engine,
    /// Where the whole map stands, if it is there.
    pub span: Option<Span>,
    /// Repository that holds the output.
    pub repo_url: String,
    /// Branch or tag.
    pub revision: String,
    /// Folder of this cluster's output in the repository.
    pub path: Option<String>,
    /// Number of folders that the namespaces are spread over.
    pub shards: Shards,
    /// Argo CD's own settings.
    pub argocd: ArgocdDecl,
    /// Flux's own settings.
    pub flux: FluxDecl,
}

/// `gitops.argocd` of a Platform.
#[derive(Debug)]
pub struct ArgocdDecl {
    /// Namespace of Argo CD.
    pub namespace: String,
    /// Name of the AppProject.
    pub project: String,
    /// API server to sync to.
    pub server: String,
}

/// `gitops.flux` of a Platform.
#[derive(Debug)]
pub struct FluxDecl {
    /// Namespace of Flux.
    pub namespace: String,
    /// Whether the source is an OCI repository instead of a git one.
    pub oci: bool,
    /// How often to look.
    pub interval: String,
    /// Secret of the source; empty for none.
    pub secret_ref: String,
    /// ServiceAccount to apply as; empty for the default.
    pub service_account_name: String,
}

/// One user of a Directory.
#[derive(Debug)]
pub struct UserDecl {
    /// Short id.
    pub name: Spanned<UserName>,
    /// What RBAC and the user header carry.
    pub identity: Spanned<Identity>,
    /// E-mail address, if it is known.
    pub email: Option<Spanned<String>>,
    /// The name that people say.
    pub display_name: Option<String>,
    /// Where `status: departed` stands, if it does.
    pub departed: Option<Span>,
    /// Who takes over from a departed person.
    pub successor: Slot<Spanned<UserName>>,
    /// Earlier identities.
    pub previously: Vec<Spanned<Identity>>,
    /// Whether no Directory has the person, only a document of the Tenant-Profile integration.
    pub foreign: bool,
}

/// One group of a Directory.
#[derive(Debug)]
pub struct GroupDecl {
    /// Name.
    pub name: Spanned<GroupName>,
    /// People in it.
    pub members: Vec<Spanned<UserName>>,
    /// Groups in it.
    pub groups: Vec<Spanned<GroupName>>,
    /// Whether its people are not the organisation's own.
    pub external: bool,
}

/// Quantities by resource.
pub type QuotaDecl = Vec<(Spanned<String>, Quantity)>;

/// A document of kind Tenant.
#[derive(Debug)]
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
#[derive(Debug)]
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
#[derive(Debug)]
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
#[derive(Debug, Clone)]
pub struct PluginDecl {
    /// Kind of the plugin.
    pub kind: String,
    /// Its settings.
    pub spec: Data,
}

/// One entry of `namespaces`.
#[derive(Debug)]
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

/// An add-on template.
#[derive(Debug)]
pub struct TemplateDecl {
    /// Name of the add-on: the file's name.
    pub name: AddOnName,
    /// The whole file.
    pub span: Span,
}

/// A map of free data.
pub type Data = crate::manifest::Map<'static>;

/// A value of free data.
pub type DataValue = Tree<'static>;

/// Settings of add-ons, and where each stands, by its path (`limit-range.default.cpu`).
#[derive(Debug, Clone, Default)]
pub struct Values {
    /// The settings.
    pub map: Data,
    /// Their places.
    pub places: BTreeMap<String, Span>,
}
