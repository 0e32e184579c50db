//! How much one namespace adds to the folder that an engine syncs, without lowering all of it.

use super::{Scene, controller, ecp, namespace, profile};
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

/// The objects of a namespace that grow with what people write, beside those of its add-ons.
pub fn own<'a>(scene: &Scene<'a>) -> Vec<Manifest<'a>> {
    if scene.platform.is_delegated() {
        return vec![ecp::users(scene)];
    }
    vec![namespace::namespace(scene), profile::profile(scene)]
}

/// What a namespace asks for. `own` is what [`own`] gives, and `add_ons` are the objects of its add-ons. Beside it, the
/// bytes of the text of these objects.
pub fn load(scene: &Scene<'_>, own: &[Manifest<'_>], add_ons: &[Manifest<'_>]) -> (Load, usize) {
    let mut text = String::new();
    own.iter().for_each(|manifest| yaml::manifest(&mut text, manifest));
    if scene.platform.is_delegated() {
        return (Load { objects: 1, bytes: FIXED + text.len() }, text.len());
    }
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
    (load, text.len())
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
