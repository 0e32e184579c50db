//! `network-policy`: nothing reaches the namespace's pods but the namespace itself and what Kubeflow needs.

use super::super::Scene;
use super::Settings;
use crate::diag::Diagnostic;
use crate::manifest::{Manifest, Map};
use crate::name::is_dns_label;

/// Namespaces of the platform that have to reach notebooks, pipelines and models, beside that of its own programs.
const PLATFORM: [&str; 2] = ["istio-system", "knative-serving"];

/// The NetworkPolicy `tenant-isolation`. `fromNamespaces` lets further namespaces in.
pub fn lower<'a>(scene: &Scene<'a>, settings: &Settings<'_, 'a>) -> Result<Manifest<'a>, Box<Diagnostic>> {
    let map = settings.map(&["fromNamespaces"])?;
    let mut namespaces = settings.names(&map, "fromNamespaces", "the name of a namespace", is_dns_label)?;
    namespaces.extend(PLATFORM.map(str::to_owned));
    namespaces.push(scene.platform.identifiers.namespace.clone());
    namespaces.sort_unstable();
    namespaces.dedup();
    let expression =
        Map::new().with("key", "kubernetes.io/metadata.name").with("operator", "In").with("values", namespaces);
    let selector = Map::new().with("matchExpressions", vec![expression]);
    let from = vec![Map::new().with("podSelector", Map::new()), Map::new().with("namespaceSelector", selector)];
    let spec = Map::new()
        .with("ingress", vec![Map::new().with("from", from)])
        .with("podSelector", Map::new())
        .with("policyTypes", vec!["Ingress"]);
    let mut manifest =
        Manifest::namespaced("networking.k8s.io/v1", "NetworkPolicy", scene.namespace(), "tenant-isolation");
    manifest.body.insert("spec", spec);
    Ok(manifest)
}
