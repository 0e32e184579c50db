//! The plan of one namespace to its Kubernetes objects, in the order that they are applied.
//!
//! What each object has to look like is taken from the programs that read it: profile controller, KFAM and dashboard of
//! Kubeflow 1.4 to 2.0, and Istio. This module knows nothing of files.

pub mod addon;
mod binding;
pub mod component;
mod contributor;
mod controller;
mod ecp;
pub mod gitops;
pub mod load;
mod namespace;
pub mod naming;
pub mod platform;
mod profile;
pub mod size;
pub mod stencil;
pub mod template;

use std::borrow::Cow;

use crate::inventory::{Inventory, Platform, Presence, State};
use crate::manifest::{Manifest, Map, Tree};
use crate::plan::{Grant, Plan, Provision};
pub use binding::{BINDING, POLICY};
pub use contributor::ContributorObjects;
use template::Templates;

/// An object and what it is there for.
#[derive(Debug)]
pub struct Lowered<'a> {
    /// The object.
    pub manifest: Manifest<'a>,
    /// Why it is there.
    pub cause: Cause,
}

/// What an object is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The namespace itself.
    Namespace,
    /// Its owner.
    Owner,
    /// What the profile controller would have made.
    Controller,
    /// Its contributors, for the integration that reads them.
    Contributors,
    /// A grant, by its index in the provision.
    Grant(usize),
    /// An add-on, by its index in the namespace's list.
    AddOn(usize),
}

/// What lowering a namespace needs to look at.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The inventory.
    pub inventory: &'a Inventory,
    /// The cluster.
    pub platform: &'a Platform,
    /// The namespace.
    pub provision: &'a Provision<'a>,
    /// Its grants: today's, or those without regard to dates.
    pub grants: &'a [Grant<'a>],
}

impl<'a> Scene<'a> {
    /// A namespace of a plan, with today's grants.
    pub fn today(plan: &'a Plan<'a>, provision: &'a Provision<'a>) -> Self {
        let platform = plan.inventory.platform(plan.platform);
        Scene { inventory: plan.inventory, platform, provision, grants: &provision.grants }
    }

    /// A namespace of a plan, with the grants that it would have if none had ended.
    pub fn undated(plan: &'a Plan<'a>, provision: &'a Provision<'a>) -> Self {
        let grants = provision.undated_grants.as_deref().unwrap_or(&provision.grants);
        Scene { grants, ..Scene::today(plan, provision) }
    }

    /// Name of the namespace.
    pub fn namespace(&self) -> &'a str {
        self.provision.namespace.name.as_str()
    }

    /// Name of the tenant.
    pub fn tenant(&self) -> &'a str {
        self.inventory.tenant(self.provision.tenant).name.as_str()
    }

    /// The identity of a user as this platform compares it.
    fn identity(&self, user: crate::inventory::UserId) -> Cow<'a, str> {
        let identity = &self.inventory.user(user).identity;
        if self.platform.identity.lower {
            Cow::Owned(self.platform.identity_of(identity).as_str().to_owned())
        } else {
            Cow::Borrowed(identity.as_str())
        }
    }

    /// The owner's identity.
    fn owner(&self) -> Cow<'a, str> {
        self.identity(self.provision.owner)
    }
}

/// Lowers one namespace: Namespace, Profile, owner, contributors, add-ons.
///
/// Add-ons that fail are left out. That never reaches a file: [`template::check`] runs first and reports them.
pub fn lower<'a>(scene: &Scene<'a>, templates: &Templates<'_>) -> Vec<Lowered<'a>> {
    with_contributors(scene, templates, contributor::contributors)
}

/// The same without the objects that [`ContributorObjects`] names.
pub fn lower_but_contributors<'a>(scene: &Scene<'a>, templates: &Templates<'_>) -> Vec<Lowered<'a>> {
    with_contributors(scene, templates, |_, _| ())
}

fn with_contributors<'a>(
    scene: &Scene<'a>,
    templates: &Templates<'_>,
    contributors: impl FnOnce(&Scene<'a>, &mut Vec<Lowered<'a>>),
) -> Vec<Lowered<'a>> {
    if scene.platform.is_delegated() {
        let mut manifest = ecp::users(scene);
        neutralise(&mut manifest);
        return vec![Lowered { manifest, cause: Cause::Contributors }];
    }
    let mut objects = vec![
        Lowered { manifest: namespace::namespace(scene), cause: Cause::Namespace },
        Lowered { manifest: profile::profile(scene), cause: Cause::Namespace },
        Lowered { manifest: binding::namespace_admin(scene), cause: Cause::Owner },
    ];
    if scene.platform.profile_controller == Presence::Absent {
        let made = controller::objects(scene);
        objects.extend(made.into_iter().map(|manifest| Lowered { manifest, cause: Cause::Controller }));
    }
    contributors(scene, &mut objects);
    for (index, name) in scene.provision.namespace.add_ons.iter().enumerate() {
        let made = addon::lower(scene, name.as_str(), templates).unwrap_or_default();
        for manifest in made {
            add(&mut objects, Lowered { manifest, cause: Cause::AddOn(index) });
        }
    }
    for object in &mut objects {
        neutralise(&mut object.manifest);
    }
    objects
}

/// Adds an object of an add-on. `image-pull-secret` speaks of a service account that may be there already; then what it
/// says is added to that one, for there is one object per id.
fn add<'a>(objects: &mut Vec<Lowered<'a>>, object: Lowered<'a>) {
    let (kind, name) = (&object.manifest.kind, &object.manifest.name);
    let same = objects.iter_mut().find(|other| other.manifest.kind == *kind && other.manifest.name == *name);
    match same {
        Some(other) if *kind == "ServiceAccount" => other.manifest.body.extend(object.manifest.body),
        _ => objects.push(object),
    }
}

/// Annotation that keeps Flux from substituting variables in an object; the key and value are case-sensitive.
const NO_SUBSTITUTION: (&str, &str) = ("kustomize.toolkit.fluxcd.io/substitute", "disabled");

/// Keeps `${…}` in somebody's text from being taken for a variable by Flux. Only objects that hold one are touched.
pub fn neutralise(manifest: &mut Manifest<'_>) {
    let heads = [&manifest.api_version, &manifest.kind, &manifest.name];
    let texts = [&manifest.labels, &manifest.annotations, &manifest.body];
    if heads.into_iter().any(|text| names_variable(text)) || texts.into_iter().any(holds_variable) {
        manifest.annotations.insert(NO_SUBSTITUTION.0, NO_SUBSTITUTION.1);
    }
}

fn holds_variable(map: &Map<'_>) -> bool {
    map.iter().any(|(key, value)| names_variable(key) || value_holds_variable(value))
}

/// Whether a text has `${`. Hardly any has a `$`, and one character is found much faster than two.
fn names_variable(text: &str) -> bool {
    text.contains('$') && text.contains("${")
}

fn value_holds_variable(value: &Tree<'_>) -> bool {
    match value {
        Tree::Map(map) => holds_variable(map),
        Tree::List(items) => items.iter().any(value_holds_variable),
        Tree::Text(text) => names_variable(text),
        Tree::Integer(_) | Tree::Boolean(_) => false,
    }
}

/// Keeps both engines from deleting an object that holds data, or leads to it. Retiring a namespace lifts this.
///
/// Both read it from the live object, so it has to be there long before it is needed; and both by default, because data
/// is lost when people move from one engine to the other.
fn retain(annotations: &mut Map<'_>, state: State) {
    if state != State::Retired {
        annotations.insert("argocd.argoproj.io/sync-options", "Prune=false,Delete=false");
        annotations.insert("kustomize.toolkit.fluxcd.io/prune", "disabled");
    }
}
