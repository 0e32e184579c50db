//! Personal profiles: what the registration flow would have made, declared for everybody at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::platforms::{Personal, Platforms, Whom};
use crate::diag::{Sink, catalog::personal as catalog, catalog::resolve};
use crate::inventory::{Inventory, Namespace, Placement, PlatformId, State, Tenant, TenantId, UserId, Values};
use crate::name::{NamespaceName, TenantName, registration_name, reserved_namespace};

/// Adds a tenant for every person that a platform gives a profile to.
pub fn resolve(inventory: &mut Inventory, platforms: &Platforms, sink: &mut Sink) {
    let mut made: BTreeMap<NamespaceName, Tenant> = BTreeMap::new();
    for (at, personal) in platforms.personal.iter().enumerate() {
        if let Some(personal) = personal {
            let work = Work { inventory, platforms, id: PlatformId::new(at), personal };
            work.run(&mut made, sink);
        }
    }
    let taken: BTreeSet<TenantName> = inventory.tenants.iter().map(|tenant| tenant.name.clone()).collect();
    for tenant in made.into_values() {
        if taken.contains(&tenant.name) {
            let owner = inventory.user(tenant.placements[0].owner);
            sink.push(catalog::tenant_name_taken(owner.span, &owner.name, &tenant.name));
        } else {
            inventory.tenants.push(tenant);
        }
    }
    inventory.tenants.sort_by(|a, b| a.name.cmp(&b.name));
}

/// One platform's personal profiles.
struct Work<'w> {
    inventory: &'w Inventory,
    platforms: &'w Platforms,
    id: PlatformId,
    personal: &'w Personal,
}

impl Work<'_> {
    fn run(&self, made: &mut BTreeMap<NamespaceName, Tenant>, sink: &mut Sink) {
        let claimed = self.claimed();
        let owners: BTreeSet<UserId> = self.placements().map(|(_, placement)| placement.owner).collect();
        let mut names: BTreeMap<NamespaceName, UserId> = BTreeMap::new();
        for person in self.people() {
            let Some(name) = self.name(person, sink) else { continue };
            if let Some(&tenant) = claimed.get(&name) {
                self.taken_over(person, &name, tenant, sink);
                continue;
            }
            if owners.contains(&person) && !self.personal.also_owners {
                continue;
            }
            if let Some(&other) = names.get(&name) {
                let (person, other) = (self.inventory.user(person), self.inventory.user(other));
                sink.push(catalog::clash(person.span, &person.name, &other.name, &name, other.span));
                continue;
            }
            names.insert(name.clone(), person);
            self.add(person, name, made, sink);
        }
    }

    /// Who gets a profile, those who departed included: theirs are suspended.
    fn people(&self) -> BTreeSet<UserId> {
        match &self.personal.whom {
            Whom::All => {
                // Whom only the integration knows is nobody where it does not run.
                let reads = self.platforms.platforms[self.id.index()].distribution.reads_foreign_documents();
                let all = (0..self.inventory.users.len()).map(UserId::new);
                all.filter(|&user| reads || !self.inventory.user(user).foreign).collect()
            }
            Whom::Groups(groups) => {
                let inside = groups.iter().flat_map(|&group| self.inventory.expansion(group));
                let inside = inside.filter_map(|way| way.last()).map(|&group| self.inventory.group(group));
                inside
                    .flat_map(|group| group.members.iter().map(|&(user, _)| user).chain(group.departed.iter().copied()))
                    .collect()
            }
        }
    }

    fn placements(&self) -> impl Iterator<Item = (TenantId, &Placement)> {
        let all = self.inventory.tenants().flat_map(|(id, tenant)| tenant.placements.iter().map(move |it| (id, it)));
        all.filter(|(_, placement)| placement.platform == self.id)
    }

    /// Namespaces of declared tenants on this platform.
    fn claimed(&self) -> BTreeMap<NamespaceName, TenantId> {
        let namespaces =
            self.placements().flat_map(|(id, placement)| placement.namespaces.iter().map(move |it| (id, it)));
        namespaces.map(|(id, namespace)| (namespace.name.clone(), id)).collect()
    }

    /// The name that the registration flow suggests.
    fn name(&self, person: UserId, sink: &mut Sink) -> Option<NamespaceName> {
        let user = self.inventory.user(person);
        let platform = &self.platforms.platforms[self.id.index()];
        let from = if self.personal.by_user_name {
            user.name.to_string()
        } else {
            platform.identity_of(&user.identity).to_string()
        };
        let text = registration_name(&from);
        let engines = [
            platform.gitops.argocd.namespace.as_str(),
            platform.gitops.flux.namespace.as_str(),
            platform.identifiers.namespace.as_str(),
        ];
        match NamespaceName::parse(&text) {
            Err(problem) => sink.push(catalog::no_name(user.span, &user.name, &text, &problem)),
            Ok(name) => match reserved_namespace(name.as_str(), &engines) {
                Some(owner) => {
                    sink.push(resolve::reserved_namespace(user.span, &name, owner, false).with_help(catalog::RENAME));
                }
                None => return Some(name),
            },
        }
        None
    }

    /// A Tenant document that lists the namespace takes it over. Said aloud if it is somebody else's.
    fn taken_over(&self, person: UserId, name: &NamespaceName, tenant: TenantId, sink: &mut Sink) {
        let tenant = self.inventory.tenant(tenant);
        let own = tenant.placements.iter().any(|it| it.platform == self.id && it.owner == person);
        let user = self.inventory.user(person);
        if !own && !user.departed {
            sink.push(catalog::taken_over(user.span, &user.name, name, &tenant.name, tenant.span));
        }
    }

    fn add(&self, person: UserId, name: NamespaceName, made: &mut BTreeMap<NamespaceName, Tenant>, sink: &mut Sink) {
        let user = self.inventory.user(person);
        let platform = &self.platforms.platforms[self.id.index()];
        let Ok(tenant_name) = TenantName::parse(name.as_str()) else { return };
        let state = if user.departed { State::Suspended } else { State::Active };
        if state != State::Active && !self.platforms.stand_in[self.id.index()] {
            let named = self.platforms.names_owner[self.id.index()];
            sink.push(resolve::missing_stand_in(user.span, &name, &platform.name, named));
            return;
        }
        let namespace = Namespace {
            name: name.clone(),
            span: user.span,
            state,
            quota: self.personal.quota.clone(),
            contributors: Arc::default(),
            labels: Arc::default(),
            annotations: Arc::default(),
            add_ons: Arc::new(platform.default_add_ons.clone()),
        };
        let placement =
            Placement { platform: self.id, owner: person, owner_span: user.span, namespaces: vec![namespace] };
        let tenant = made.entry(name).or_insert_with(|| Tenant {
            name: tenant_name,
            span: user.span,
            display_name: user.display_name.clone(),
            previously: Vec::new(),
            labels: Arc::default(),
            annotations: Arc::default(),
            contributors: Vec::new(),
            plugins: Vec::new(),
            values: Values::default(),
            personal: true,
            placements: Vec::new(),
        });
        if let Some(first) = tenant.placements.first().map(|placement| placement.owner).filter(|&owner| owner != person)
        {
            let other = self.inventory.user(first);
            sink.push(catalog::clash(user.span, &user.name, &other.name, &placement.namespaces[0].name, other.span));
            return;
        }
        tenant.placements.push(placement);
    }
}
