//! The checked model: what an inventory says once every reference holds. Data and look-ups, no logic.
//!
//! Ids are given out by `resolve` alone, so looking one up cannot fail. Everything is sorted by name; nothing depends on
//! the order of files.

pub mod add_on;
mod platform;
mod tenant;

pub use crate::parse::decl::{
    Data, Engine, Isolation, MeshMode, Permission, PluginDecl as Plugin, Presence, Role, Shards, State, Switch, Values,
};
pub use platform::{
    ArgocdSettings, FluxSettings, Gitops, Identifiers, IdentitySettings, MeshSettings, Platform, RegistrationSwitch,
};
pub use tenant::{Contributor, Namespace, Placement, Quota, Subject, Tenant};

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::name::{AddOnName, GroupName, Identity, UserName};
use crate::source::Span;

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(u32);

        impl $name {
            /// The id of the item at this index of the sorted list.
            pub(crate) fn new(index: usize) -> Self {
                // An inventory is read from at most a few gigabytes of text, so its items are far fewer than 2^32.
                $name(u32::try_from(index).unwrap_or(u32::MAX))
            }

            /// The index into the sorted list.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id_type! {
    /// A declared platform.
    PlatformId
}
id_type! {
    /// A declared user.
    UserId
}
id_type! {
    /// A declared group.
    GroupId
}
id_type! {
    /// A declared tenant.
    TenantId
}

/// A person.
#[derive(Debug)]
pub struct User {
    /// Short id.
    pub name: UserName,
    /// What RBAC and the user header carry, before a platform's letter case.
    pub identity: Identity,
    /// Where that is written.
    pub identity_span: Span,
    /// E-mail address, if it is known.
    pub email: Option<String>,
    /// The name that people say.
    pub display_name: Option<String>,
    /// Whether the person has left.
    pub departed: bool,
    /// Earlier identities.
    pub previously: Vec<Identity>,
    /// Where the name is declared.
    pub span: Span,
    /// Whether no Directory has the person, only a document of the Tenant-Profile integration.
    pub foreign: bool,
}

/// A group of people.
#[derive(Debug)]
pub struct Group {
    /// Name.
    pub name: GroupName,
    /// People who are named in it and have not departed, sorted, each with the place of the name.
    pub members: Vec<(UserId, Span)>,
    /// People who are named in it and have departed, sorted.
    pub departed: Vec<UserId>,
    /// Groups that are named in it, sorted.
    pub groups: Vec<GroupId>,
    /// Whether its people are outsiders.
    pub external: bool,
    /// Where the name is declared.
    pub span: Span,
}

/// An add-on template.
#[derive(Debug)]
pub struct Template {
    /// Name of the add-on.
    pub name: AddOnName,
    /// The whole file.
    pub span: Span,
}

/// Everything, sound.
#[derive(Debug, Default)]
pub struct Inventory {
    pub(crate) platforms: Vec<Platform>,
    pub(crate) users: Vec<User>,
    pub(crate) groups: Vec<Group>,
    pub(crate) tenants: Vec<Tenant>,
    pub(crate) templates: Vec<Template>,
    pub(crate) expansions: Vec<Option<Arc<Expansion>>>,
}

/// A group and every group inside it, with the shortest way to each: where its people come from.
#[derive(Debug)]
pub struct Expansion {
    /// Ways from the group, itself first; sorted by length, then by names.
    pub parts: Vec<Arc<[GroupId]>>,
}

impl Inventory {
    /// Platforms, by name.
    pub fn platforms(&self) -> impl ExactSizeIterator<Item = (PlatformId, &Platform)> {
        self.platforms.iter().enumerate().map(|(at, platform)| (PlatformId::new(at), platform))
    }

    /// The platform of an id.
    pub fn platform(&self, id: PlatformId) -> &Platform {
        &self.platforms[id.index()]
    }

    /// Users, by name.
    pub fn users(&self) -> &[User] {
        &self.users
    }

    /// The user of an id.
    pub fn user(&self, id: UserId) -> &User {
        &self.users[id.index()]
    }

    /// Groups, by name.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The group of an id.
    pub fn group(&self, id: GroupId) -> &Group {
        &self.groups[id.index()]
    }

    /// Ways into the groups of a group that some tenant names; empty for one that none does.
    pub fn expansion(&self, id: GroupId) -> &[Arc<[GroupId]>] {
        self.expansions.get(id.index()).and_then(Option::as_deref).map_or(&[], |expansion| &expansion.parts)
    }

    /// Everybody who is in an external group or in a group of one, whether or not any tenant names it.
    pub fn outsiders(&self) -> BTreeSet<UserId> {
        let mut seen = BTreeSet::new();
        let all = (0..self.groups.len()).map(GroupId::new);
        let mut open: Vec<GroupId> = all.filter(|&id| self.group(id).external).collect();
        let mut people = BTreeSet::new();
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                people.extend(self.group(id).members.iter().map(|&(user, _)| user));
                open.extend(&self.group(id).groups);
            }
        }
        people
    }

    /// Tenants, by name.
    pub fn tenants(&self) -> impl ExactSizeIterator<Item = (TenantId, &Tenant)> {
        self.tenants.iter().enumerate().map(|(at, tenant)| (TenantId::new(at), tenant))
    }

    /// The tenant of an id.
    pub fn tenant(&self, id: TenantId) -> &Tenant {
        &self.tenants[id.index()]
    }

    /// Templates, by name.
    pub fn templates(&self) -> &[Template] {
        &self.templates
    }
}

impl Inventory {
    /// Whether any grant has a day on which something ends or is due.
    pub fn depends_on_day(&self) -> bool {
        let dated = |contributor: &Contributor| contributor.until.is_some() || contributor.review_by.is_some();
        self.tenants.iter().any(|tenant| {
            let namespaces = tenant.placements.iter().flat_map(|placement| &placement.namespaces);
            tenant.contributors.iter().any(dated) || namespaces.flat_map(|it| it.contributors.iter()).any(dated)
        })
    }
}
