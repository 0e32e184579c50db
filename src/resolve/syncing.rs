//! What several clusters must not share when engines sync them.

use crate::diag::{Sink, catalog::resolve as catalog};
use crate::inventory::{Engine, Platform};

/// Where Argo CD is when it syncs the cluster that it runs in.
const OWN_CLUSTER: &str = "https://kubernetes.default.svc";

/// Most characters of a cluster's name that engines can sync: with `tenantry-` before it and `-shard-fff` behind it, it is
/// the name of a Kustomization, which Flux writes into a label of every object, and labels take 63.
const NAME: usize = 44;

/// Checks what engines are told of each cluster against the others.
pub fn check(platforms: &[Platform], sink: &mut Sink) {
    let synced: Vec<&Platform> = platforms.iter().filter(|it| is_synced(it)).collect();
    for (at, platform) in synced.iter().enumerate() {
        if platform.name.as_str().len() > NAME {
            sink.push(catalog::long_cluster(platform.span, &platform.name, NAME));
        }
        for other in &synced[..at] {
            if other.gitops.repo_url == platform.gitops.repo_url
                && contain_one_another(&other.gitops.path, &platform.gitops.path)
            {
                sink.push(catalog::shared_path(platform.span, &platform.name, &other.name, other.span));
            }
            if share_project(platform, other) {
                sink.push(catalog::shared_project(platform.span, &platform.name, &other.name, other.span));
            }
        }
    }
}

fn is_synced(platform: &Platform) -> bool {
    !platform.gitops.repo_url.is_empty() && platform.gitops.engine != Engine::None
}

/// Whether two paths are one, or one is below the other: then a cluster would sync what is another's.
fn contain_one_another(one: &str, other: &str) -> bool {
    let within =
        |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|it| it.is_empty() || it.starts_with('/'));
    within(one, other) || within(other, one)
}

/// Whether one Argo CD would get two AppProjects of one name. Clusters with an Argo CD of their own each say nothing of
/// their server.
fn share_project(one: &Platform, other: &Platform) -> bool {
    let argocd = |platform: &Platform| matches!(platform.gitops.engine, Engine::Argocd | Engine::Both);
    let (own, others) = (&one.gitops.argocd, &other.gitops.argocd);
    let hub = own.server != OWN_CLUSTER || others.server != OWN_CLUSTER;
    let named_alike = own.namespace == others.namespace && own.project == others.project;
    argocd(one) && argocd(other) && hub && named_alike
}
