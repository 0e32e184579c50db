//! Access with its evidence: who can do what in which namespace, and by which lines of the inventory.
//!
//! [`AccessFact`] is what `access` lists and what a review compares. It owns its texts, so that facts of two inventories
//! can stand side by side; texts are shared, because one group can make a million facts. What a compiled file says of access, without evidence, is `facts`' business.

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::civil::Date;

use crate::inventory::{Inventory, Platform, Role, UserId};
use crate::plan::{Grant, GrantSubject, Plan, Provision, Via, Way};
use crate::source::{Places, Span};

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
    pub cluster: Arc<str>,
    /// The namespace.
    pub namespace: Arc<str>,
    /// What kind of subject.
    pub kind: SubjectKind,
    /// The identity as the platform compares it, `namespace/name`, or the group.
    pub identity: Arc<str>,
    /// The tenant that the namespace belongs to.
    pub tenant: Arc<str>,
    /// Short name of a person; `None` for others, and where only compiled files tell.
    pub user: Option<Arc<str>>,
    /// The strongest role.
    pub role: Role,
    /// Whether the gateway lets the subject through to notebooks: never a service account or a group, and every person
    /// where no policy holds anybody back.
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
    pub groups: Vec<Arc<str>>,
    /// The role that this way leads to.
    pub role: Role,
    /// What its entry says of notebooks, if it does.
    pub notebook_access: Option<bool>,
    /// The last day on which this way holds, if it ends.
    pub until: Option<Date>,
    /// The file of the entry, below the inventory's folder as people name it.
    pub file: Arc<str>,
    /// Its line.
    pub line: u32,
}

/// Somebody who administers a cluster's platform: may change access, without a role in any namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformAdmin {
    /// The cluster.
    pub cluster: String,
    /// Short name.
    pub user: String,
    /// The identity as the platform compares it.
    pub identity: String,
}

/// Makes the facts of one inventory.
#[derive(Clone, Copy)]
pub struct Witness<'a> {
    inventory: &'a Inventory,
    platform: &'a Platform,
    places: Places<'a>,
}

impl<'a> Witness<'a> {
    /// For the namespaces of a plan.
    pub fn new(plan: &Plan<'a>, places: Places<'a>) -> Self {
        Witness { inventory: plan.inventory, platform: plan.inventory.platform(plan.platform), places }
    }

    /// Everybody's access to one namespace, sorted by [`AccessFact::key`].
    pub fn facts(&self, provision: &Provision<'_>) -> Vec<AccessFact> {
        let mut places = PlaceCache { places: self.places, last: None };
        let mut facts = Vec::with_capacity(provision.grants.len() + 1);
        facts.push(self.owner(provision, &mut places));
        facts.extend(provision.grants.iter().map(|grant| self.granted(provision, grant, &mut places)));
        // All are of one namespace: the rest of the key is the same.
        facts.sort_by(|a, b| (a.kind, &a.identity).cmp(&(b.kind, &b.identity)));
        facts
    }

    fn fact(&self, provision: &Provision<'_>, kind: SubjectKind, identity: Arc<str>, role: Role) -> AccessFact {
        AccessFact {
            cluster: self.platform.name.shared(),
            namespace: provision.namespace.name.shared(),
            kind,
            identity,
            tenant: self.inventory.tenant(provision.tenant).name.shared(),
            user: None,
            role,
            notebook_access: false,
            via: Vec::new(),
        }
    }

    fn person(&self, provision: &Provision<'_>, user: UserId, role: Role) -> AccessFact {
        let person = self.inventory.user(user);
        let identity = self.platform.identity_of(&person.identity).shared();
        AccessFact { user: Some(person.name.shared()), ..self.fact(provision, SubjectKind::User, identity, role) }
    }

    fn owner(&self, provision: &Provision<'_>, places: &mut PlaceCache<'_>) -> AccessFact {
        let (file, line) = places.place(provision.owner_span);
        let (via, role) = (provision.owner_via, Role::Admin);
        let way = Evidence { via, groups: Vec::new(), role, notebook_access: None, until: None, file, line };
        AccessFact { notebook_access: true, via: vec![way], ..self.person(provision, provision.owner, role) }
    }

    fn granted(&self, provision: &Provision<'_>, grant: &Grant<'_>, places: &mut PlaceCache<'_>) -> AccessFact {
        let mut fact = match grant.subject {
            GrantSubject::User(user) => self.person(provision, user, grant.role),
            GrantSubject::ServiceAccount(account) => {
                self.fact(provision, SubjectKind::ServiceAccount, account.to_string().into(), grant.role)
            }
            GrantSubject::IdpGroup(group) => self.fact(provision, SubjectKind::Group, group.shared(), grant.role),
        };
        fact.notebook_access =
            fact.kind == SubjectKind::User && (grant.notebook_access || !self.platform.has_policies());
        fact.via = grant.ways.iter().map(|way| self.way(way, places)).collect();
        fact
    }

    fn way(&self, way: &Way, places: &mut PlaceCache<'_>) -> Evidence {
        let groups = way.groups.iter().map(|&group| self.inventory.group(group).name.shared());
        let (file, line) = places.place(way.span);
        Evidence {
            via: way.via,
            groups: groups.collect(),
            role: way.role,
            notebook_access: way.notebook_access,
            until: way.until,
            file,
            line,
        }
    }
}

/// Remembers the last place: the people of a group all come by the same line.
struct PlaceCache<'p> {
    places: Places<'p>,
    last: Option<(Span, Arc<str>, u32)>,
}

impl PlaceCache<'_> {
    fn place(&mut self, span: Span) -> (Arc<str>, u32) {
        if let Some((last, file, line)) = &self.last
            && *last == span
        {
            return (file.clone(), *line);
        }
        let (file, line) = self.places.place(span);
        let file: Arc<str> = file.into();
        self.last = Some((span, file.clone(), line));
        (file, line)
    }
}

/// Every fact of a plan, sorted by namespace and identity.
pub fn facts(plan: &Plan<'_>, places: Places<'_>) -> Vec<AccessFact> {
    let witness = Witness::new(plan, places);
    let mut facts: Vec<AccessFact> = plan.provisions.iter().flat_map(|provision| witness.facts(provision)).collect();
    facts.sort_by(by_identity);
    facts
}

/// By cluster, namespace and identity: the order of a list of access.
fn by_identity(a: &AccessFact, b: &AccessFact) -> Ordering {
    fn key(fact: &AccessFact) -> (&str, &str, &str, SubjectKind) {
        (&fact.cluster, &fact.namespace, &fact.identity, fact.kind)
    }
    key(a).cmp(&key(b))
}

/// The administrators of a cluster's platform, by name.
pub fn platform_admins(inventory: &Inventory, platform: &Platform) -> Vec<PlatformAdmin> {
    let admin = |&user: &UserId| PlatformAdmin {
        cluster: platform.name.to_string(),
        user: inventory.user(user).name.to_string(),
        identity: platform.identity_of(&inventory.user(user).identity).to_string(),
    };
    platform.admins.iter().map(admin).collect()
}
