//! A platform: the settings of one cluster, with every default filled in.

use std::collections::BTreeMap;

use super::{Engine, Isolation, MeshMode, Permission, Presence, Quota, Role, Shards, Switch, UserId, Values};
use crate::name::{AddOnName, ClusterName, Identity, QuotaClassName};
use crate::release::{Distribution, Release};
use crate::source::Span;

/// One cluster.
#[derive(Debug)]
pub struct Platform {
    /// Its name.
    pub name: ClusterName,
    /// Where the name is declared.
    pub span: Span,
    /// Which product runs there.
    pub distribution: Distribution,
    /// Its version, with all that depends on it.
    pub release: &'static Release,
    /// How people are told apart.
    pub isolation: Isolation,
    /// Whether the dashboard lets people make their own profile.
    pub registration_flow: Switch,
    /// Whether the dashboard's own endpoints stay open.
    pub self_service: Permission,
    /// How an identity reaches the platform.
    pub identity: IdentitySettings,
    /// The service mesh.
    pub mesh: MeshSettings,
    /// Administrators, sorted.
    pub admins: Vec<UserId>,
    /// Owner of tenants that name none.
    pub owner: Option<UserId>,
    /// Prefix of default namespace names.
    pub namespace_prefix: String,
    /// Labels of every namespace.
    pub namespace_labels: BTreeMap<String, String>,
    /// Annotations of every namespace.
    pub namespace_annotations: BTreeMap<String, String>,
    /// Pod Security level; empty for none.
    pub pod_security: &'static str,
    /// Quotas by class.
    pub quota_classes: BTreeMap<QuotaClassName, Quota>,
    /// Where each class is declared.
    pub quota_class_spans: BTreeMap<QuotaClassName, Span>,
    /// Add-ons of tenants that list none.
    pub default_add_ons: Vec<AddOnName>,
    /// Settings of add-ons.
    pub values: Values,
    /// Largest share of access facts that one change may take away, in percent.
    pub max_removed_percent: u8,
    /// Fewest admins of an active namespace.
    pub min_admins: u8,
    /// How the output is synced.
    pub gitops: Gitops,
    /// What the product calls its things.
    pub identifiers: Identifiers,
    /// Whether the profile controller runs there.
    pub profile_controller: Presence,
    /// Whether the Tenant-Profile integration runs there.
    pub ecp_integration: Presence,
}

/// How an identity reaches a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentitySettings {
    /// Name of the header that carries the user.
    pub header: String,
    /// What stands before the identity in the header.
    pub prefix: String,
    /// Whether identities are lower-cased.
    pub lower: bool,
}

/// The service mesh of a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeshSettings {
    /// How it works.
    pub mode: MeshMode,
    /// Identity of the ingress gateway.
    pub gateway_principal: String,
    /// Identity of the pipelines UI.
    pub pipelines_ui_principal: String,
    /// Further identities that may act for a user.
    pub extra_principals: Vec<String>,
}

/// What a product calls its things on one platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifiers {
    /// API group of Profile and PodDefault.
    pub group: String,
    /// `apiVersion` of Profile.
    pub profile_api_version: String,
    /// ClusterRole of admins.
    pub admin_role: String,
    /// ClusterRole of editors.
    pub edit_role: String,
    /// ClusterRole of viewers.
    pub view_role: String,
    /// Namespace of the product's own programs.
    pub namespace: String,
    /// Name of the dashboard's Deployment.
    pub dashboard: String,
    /// Labels of the dashboard's pods.
    pub dashboard_selector: BTreeMap<String, String>,
    /// How the registration flow is switched.
    pub registration: RegistrationSwitch,
    /// ConfigMap with the platform administrators.
    pub profiles_config: String,
    /// Value of the label that marks a tenant's namespace.
    pub part_of: String,
}

/// How the switch of the registration flow reaches the dashboard of one platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistrationSwitch {
    /// A key of a ConfigMap.
    Merge {
        /// The ConfigMap.
        config_map: String,
        /// Its key.
        key: &'static str,
    },
    /// A variable of the Deployment.
    Variable,
}

impl Identifiers {
    /// The ClusterRole of a role.
    pub fn role(&self, role: Role) -> &str {
        match role {
            Role::Admin => &self.admin_role,
            Role::Edit => &self.edit_role,
            Role::View => &self.view_role,
        }
    }
}

impl Platform {
    /// An identity as this platform compares it.
    pub fn identity_of(&self, identity: &Identity) -> Identity {
        if self.identity.lower { identity.to_lower() } else { identity.clone() }
    }

    /// Whether another system makes the namespaces, and tenantry writes only what that one reads.
    pub fn is_delegated(&self) -> bool {
        self.distribution == Distribution::Ecp && self.ecp_integration == Presence::Present
    }

    /// Whether a contributor's access to notebooks is decided by an AuthorizationPolicy here.
    pub fn has_policies(&self) -> bool {
        self.isolation == Isolation::MultiUser && self.mesh.mode != MeshMode::None
    }
}

/// How the output of a cluster is synced.
#[derive(Debug)]
pub struct Gitops {
    /// The engine.
    pub engine: Engine,
    /// Repository that holds the output; empty if it is not known.
    pub repo_url: String,
    /// Branch or tag.
    pub revision: String,
    /// Folder of this cluster's output in the repository.
    pub path: String,
    /// Number of folders that namespaces are spread over.
    pub shards: Shards,
    /// Argo CD's own settings.
    pub argocd: ArgocdSettings,
    /// Flux's own settings.
    pub flux: FluxSettings,
}

pub use crate::parse::decl::{ArgocdDecl as ArgocdSettings, FluxDecl as FluxSettings};
