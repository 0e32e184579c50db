//! What a document of kind Platform says.

use super::{QuotaDecl, Slot, Values};
use crate::name::{AddOnName, ClusterName, GroupName, QuotaClassName, UserName};
use crate::release::Distribution;
use crate::source::{Span, Spanned};

/// A document of kind Platform.
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone, Default)]
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
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
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

impl Shards {
    /// Where it is written, if it is.
    pub fn span(self) -> Option<Span> {
        match self {
            Shards::Auto(span) => Some(span),
            Shards::Number(_, span) => span,
        }
    }
}

/// `gitops` of a Platform.
#[derive(Debug, Clone)]
pub struct GitopsDecl {
    /// The engine.
    pub engine: Engine,
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgocdDecl {
    /// Namespace of Argo CD.
    pub namespace: String,
    /// Name of the AppProject.
    pub project: String,
    /// API server to sync to.
    pub server: String,
}

/// `gitops.flux` of a Platform.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Keys of Flux's own sharding (`sharding.fluxcd.io/key`), which the folders' Kustomizations get in turn.
    pub shard_keys: Vec<String>,
}
