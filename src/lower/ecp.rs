//! What the Tenant-Profile integration of ECP reads, for a cluster on which it runs: who contributes to a namespace. The
//! integration makes everything else, and would fight over it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Scene;
use crate::manifest::{Manifest, Map};
use crate::parse::foreign::{USERS_CONFIG_MAP, USERS_SECRET};
use crate::plan::GrantSubject;
use crate::release::UserSource;

/// The ConfigMap or, since 5.6, the Secret with the namespace's users. It is written with nobody in it too: that is how
/// access is revoked.
pub fn users<'a>(scene: &Scene<'a>) -> Manifest<'a> {
    let users = scene.grants.iter().filter_map(|grant| match grant.subject {
        GrantSubject::User(user) => Some(scene.identity(user).into_owned()),
        GrantSubject::ServiceAccount(_) | GrantSubject::IdpGroup(_) => None,
    });
    let mut users: Vec<String> = users.collect();
    users.sort_unstable();
    match scene.platform.release.user_source {
        UserSource::ConfigMap => {
            let lines: String = users.iter().map(|user| format!("{user}\n")).collect();
            let mut manifest = Manifest::namespaced("v1", "ConfigMap", scene.namespace(), USERS_CONFIG_MAP);
            manifest.body.insert("data", Map::new().with("users", lines));
            manifest
        }
        UserSource::Secret => {
            let mut manifest = Manifest::namespaced("v1", "Secret", scene.namespace(), USERS_SECRET);
            manifest.body.insert("data", Map::new().with("users", STANDARD.encode(users.join(","))));
            manifest.body.insert("type", "Opaque");
            manifest
        }
    }
}
