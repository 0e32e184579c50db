//! Add-ons: further objects of a namespace, built in or from the inventory's templates.

mod image_pull_secret;
mod limit_range;
mod network_policy;
mod pod_default;
mod settings;

use super::Scene;
use super::template::{self, Templates};
use crate::diag::Diagnostic;
use crate::manifest::Manifest;

pub use settings::{Settings, effective};

/// The objects of one add-on for one namespace.
///
/// # Errors
///
/// What is wrong with its settings, or with what its template gave.
pub fn lower<'a>(
    scene: &Scene<'a>,
    name: &str,
    templates: &Templates<'_>,
) -> Result<Vec<Manifest<'a>>, Vec<Diagnostic>> {
    let settings = Settings::of(scene, name);
    let made = match name {
        "image-pull-secret" => image_pull_secret::lower(scene, &settings),
        "limit-range" => limit_range::lower(scene, &settings),
        "network-policy" => network_policy::lower(scene, &settings),
        "pod-default-pipelines" => pod_default::lower(scene, &settings),
        _ => return template::lower(scene, name, templates),
    };
    made.map(|manifest| vec![manifest]).map_err(|diagnostic| vec![*diagnostic])
}
