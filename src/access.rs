//! Access with its evidence: who can do what in which namespace, and by which lines of the inventory.
//!
//! [`AccessFact`] is what `access` lists and what a review compares. It owns its texts, so that facts of two inventories
//! can stand side by side. What a compiled file says of access, without evidence, is `facts`' business.

use crate::inventory::Role;
use crate::plan::Via;

/// What Kubernetes binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SubjectKind {
    /// A group of the identity provider, whose members nobody can see here.
    Group,
    /// A service account, named `namespace/name`.
    ServiceAccount,
    /// A person.
    User,
}

impl SubjectKind {
    /// As RBAC spells it.
    pub fn name(self) -> &'static str {
        match self {
            SubjectKind::Group => "Group",
            SubjectKind::ServiceAccount => "ServiceAccount",
            SubjectKind::User => "User",
        }
    }
}

/// One subject's access to one namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessFact {
    /// The cluster.
    pub cluster: String,
    /// The namespace.
    pub namespace: String,
    /// What kind of subject.
    pub kind: SubjectKind,
    /// The identity as the platform compares it, `namespace/name`, or the group.
    pub identity: String,
    /// The tenant that the namespace belongs to.
    pub tenant: String,
    /// Short name of a person; `None` for others, and where only compiled files tell.
    pub user: Option<String>,
    /// The strongest role.
    pub role: Role,
    /// Whether the gateway lets the subject through to notebooks.
    pub notebook_access: bool,
    /// Every way that leads to it, the deciding one first. Empty only where nothing but compiled files tells.
    pub via: Vec<Evidence>,
}

impl AccessFact {
    /// Where it is and whose: facts of two inventories with one key are about one subject in one namespace.
    pub fn key(&self) -> (&str, &str, SubjectKind, &str) {
        (&self.cluster, &self.namespace, self.kind, &self.identity)
    }

    /// Whether the platform's owner only stands in for the owner of a namespace that is not active.
    pub fn is_stand_in(&self) -> bool {
        self.via.first().is_some_and(|way| way.via == Via::StandIn)
    }
}

/// One way that leads to an access fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What kind of way.
    pub via: Via,
    /// Groups from the one that the entry names to the one that names the person; empty unless through groups.
    pub groups: Vec<String>,
    /// The role that this way leads to.
    pub role: Role,
    /// The file of the entry, below the inventory's folder as people name it.
    pub file: String,
    /// Its line.
    pub line: u32,
}
