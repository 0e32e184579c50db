//! `image-pull-secret`: lets the namespace's work loads pull images with secrets that are made elsewhere.

use super::super::Scene;
use super::Settings;
use crate::diag::Diagnostic;
use crate::manifest::{Manifest, Map};
use crate::name::is_dns_subdomain;

/// The ServiceAccount `default-editor` with `imagePullSecrets`. The profile controller makes that account if it is
/// missing and leaves it alone otherwise.
pub fn lower<'a>(scene: &Scene<'a>, settings: &Settings<'_, 'a>) -> Result<Manifest<'a>, Box<Diagnostic>> {
    let map = settings.map(&["secrets"])?;
    let secrets = settings.names(&map, "secrets", "the name of a Secret", is_dns_subdomain)?;
    if secrets.is_empty() {
        let help = "list the names of the secrets: `values: {image-pull-secret: {secrets: [registry]}}`";
        return Err(settings.wrong(&["secrets"], "names no Secret", help));
    }
    let secrets: Vec<Map<'a>> = secrets.into_iter().map(|name| Map::new().with("name", name)).collect();
    let mut manifest = Manifest::namespaced("v1", "ServiceAccount", scene.namespace(), "default-editor");
    manifest.body.insert("imagePullSecrets", secrets);
    Ok(manifest)
}
