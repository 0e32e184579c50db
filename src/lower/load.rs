//! How much one namespace adds to the folder that an engine syncs, without lowering all of it.

use super::{Scene, controller, namespace, profile};
use crate::inventory::Presence;
use crate::manifest::{Manifest, yaml};
use crate::plan::GrantSubject;

/// What one namespace asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Its objects, exactly.
    pub objects: usize,
    /// The bytes of its file. They are never more than this; to know them exactly is to render the file.
    pub bytes: usize,
}

/// The header, separators, and the owner's binding.
const FIXED: usize = 1_500;

/// What the controller would have made, without the quota.
const CONTROLLER: usize = 4_000;

/// A RoleBinding without its texts, and an AuthorizationPolicy without its texts.
const BINDING: usize = 700;
const POLICY: usize = 700;

/// What a namespace asks for. `add_ons` are the objects of its add-ons.
pub fn load(scene: &Scene<'_>, add_ons: &[Manifest<'_>]) -> Load {
    if scene.platform.is_delegated() {
        let users = scene.grants.iter().map(|grant| 2 * subject(scene, grant.subject));
        return Load { objects: 1, bytes: FIXED + users.sum::<usize>() };
    }
    let mut text = String::new();
    yaml::manifest(&mut text, &namespace::namespace(scene));
    yaml::manifest(&mut text, &profile::profile(scene));
    let own = text.len();
    let mut load = Load { objects: 3 + add_ons.len(), bytes: FIXED + 2 * scene.owner().len() };
    for manifest in add_ons {
        yaml::manifest(&mut text, manifest);
    }
    if scene.platform.profile_controller == Presence::Absent {
        let made = controller::objects(scene);
        // What is said of a service account that is there already is added to it.
        let same = |one: &Manifest<'_>| made.iter().any(|other| other.kind == one.kind && other.name == one.name);
        load.objects += made.len() - add_ons.iter().filter(|manifest| same(manifest)).count();
        load.bytes += CONTROLLER + own;
    }
    let policies = scene.platform.has_policies();
    let mesh = &scene.platform.mesh;
    let principals = mesh.extra_principals.iter().chain([&mesh.gateway_principal, &mesh.pipelines_ui_principal]);
    let principals: usize = principals.map(|principal| quoted(principal)).sum();
    let header = quoted(&scene.platform.identity.header) + quoted(&scene.platform.identity.prefix);
    for grant in scene.grants {
        // Name, label-like annotations, subject; in a policy the header's value instead.
        load.objects += 1;
        load.bytes += BINDING + 4 * subject(scene, grant.subject) + 2 * scene.namespace().len();
        if policies && matches!(grant.subject, GrantSubject::User(_)) {
            load.objects += 1;
            load.bytes += POLICY + 4 * subject(scene, grant.subject) + 2 * (principals + header);
        }
    }
    // The annotation that keeps Flux from substituting variables.
    load.bytes += text.len() + 100 * load.objects;
    load
}

/// Bytes of a subject's name, quoted.
fn subject(scene: &Scene<'_>, subject: GrantSubject<'_>) -> usize {
    quoted(match subject {
        GrantSubject::User(user) => scene.inventory.user(user).identity.as_str(),
        GrantSubject::ServiceAccount(account) => account.as_str(),
        GrantSubject::IdpGroup(group) => group.as_str(),
    })
}

/// Bytes that a text takes at most when it is quoted.
fn quoted(text: &str) -> usize {
    2 * text.len() + 24
}
