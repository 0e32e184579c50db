//! What is written in an inventory, entry by entry: names are well-formed, places are kept, and nothing is looked up yet.

mod directory;
mod platform;
mod tenant;

pub use directory::{GroupDecl, UserDecl};
pub use platform::{
    ArgocdDecl, Engine, FluxDecl, GitopsDecl, IdentifiersDecl, IdentityDecl, Isolation, MeshDecl, MeshMode, Permission,
    PersonalFor, PersonalProfilesDecl, PlatformDecl, Presence, Shards, Switch,
};
pub use tenant::{
    ContributorDecl, ForeignDecl, NamespaceDecl, PluginDecl, QuotaDecl, Role, State, SubjectDecl, TenantDecl,
};

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::Tree;
use crate::name::AddOnName;
use crate::source::Span;

/// Everything that the documents of an inventory declare, in the order of files and places.
#[derive(Debug, Clone, Default)]
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
#[derive(Debug, Clone, Default)]
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

/// An add-on template.
#[derive(Debug, Clone)]
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
