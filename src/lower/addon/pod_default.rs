//! `pod-default-pipelines`: lets notebooks that ask for it call Kubeflow Pipelines as the namespace's editor.

use super::super::Scene;
use super::Settings;
use crate::diag::Diagnostic;
use crate::manifest::{Manifest, Map};

const FOLDER: &str = "/var/run/secrets/kubeflow/pipelines";
const VOLUME: &str = "volume-kf-pipeline-token";

/// The PodDefault `access-ml-pipeline`, with the token that the SDK looks for (Kubeflow Pipelines, multi-user mode).
pub fn lower<'a>(scene: &Scene<'a>, settings: &Settings<'_, 'a>) -> Result<Manifest<'a>, Box<Diagnostic>> {
    settings.map(&[])?;
    let identifiers = &scene.platform.identifiers;
    let token = Map::new()
        .with("audience", format!("pipelines.{}", identifiers.group))
        .with("expirationSeconds", 7200)
        .with("path", "token");
    let sources = vec![Map::new().with("serviceAccountToken", token)];
    let volume = Map::new().with("name", VOLUME).with("projected", Map::new().with("sources", sources));
    let mount = Map::new().with("mountPath", FOLDER).with("name", VOLUME).with("readOnly", true);
    let variable = Map::new().with("name", "KF_PIPELINES_SA_TOKEN_PATH").with("value", format!("{FOLDER}/token"));
    let labels = Map::new().with("access-ml-pipeline", "true");
    let spec = Map::new()
        .with("desc", format!("Allow access to {} Pipelines", scene.platform.distribution.title()))
        .with("env", vec![variable])
        .with("selector", Map::new().with("matchLabels", labels))
        .with("volumeMounts", vec![mount])
        .with("volumes", vec![volume]);
    let mut manifest = Manifest::namespaced(
        format!("{}/v1alpha1", identifiers.group),
        "PodDefault",
        scene.namespace(),
        "access-ml-pipeline",
    );
    manifest.body.insert("spec", spec);
    Ok(manifest)
}
