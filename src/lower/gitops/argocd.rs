//! Argo CD: an AppProject for what tenants have and one for the platform, an ApplicationSet with one Application per
//! folder of tenants, and how Argo CD can tell whether a Profile is healthy (Argo CD 2.9 to 3.5).

use super::{Synced, cluster_kinds, name, namespaced_kinds, path, platform_namespaces};
use crate::manifest::{Manifest, Map, Tree};

const API: &str = "argoproj.io/v1alpha1";

/// How every Application syncs, sorted.
pub const SYNC_OPTIONS: [&str; 5] = [
    "ApplyOutOfSyncOnly=true",
    FAIL_ON_SHARED,
    "RespectIgnoreDifferences=true",
    "ServerSideApply=true",
    "SkipDryRunOnMissingResource=true",
];

/// Does not take an object over that another Application has. Off while namespaces move to other shards.
pub const FAIL_ON_SHARED: &str = "FailOnSharedResource=true";

/// Tells Argo CD that a Profile is done once the profile controller has finished its first pass. The controller writes
/// no condition that could be read; the finalizer is what is left of a pass.
const PROFILE_HEALTH: &str = "\
hs = {status = \"Progressing\", message = \"the profile controller has not finished its first pass\"}
if obj.metadata.finalizers ~= nil then
  for _, finalizer in ipairs(obj.metadata.finalizers) do
    if finalizer == \"profile-finalizer\" then
      hs.status = \"Healthy\"
      hs.message = \"\"
    end
  end
end
return hs
";

/// All objects, in the order in which they are applied.
pub fn objects<'a>(synced: &Synced<'a>) -> Vec<Manifest<'a>> {
    let mut objects = Vec::new();
    if synced.has_health() {
        objects.push(health(synced));
    }
    objects.push(project(synced));
    objects.push(application_set(synced));
    if synced.platform_objects {
        objects.push(platform_project(synced));
        objects.push(platform_application(synced));
    }
    objects
}

fn object<'a>(synced: &Synced<'a>, kind: &'static str, name: String) -> Manifest<'a> {
    Manifest::namespaced(API, kind, synced.platform.gitops.argocd.namespace.as_str(), name)
}

/// One key of Argo CD's own ConfigMap; applied by the server, it leaves the others alone.
fn health<'a>(synced: &Synced<'a>) -> Manifest<'a> {
    let namespace = synced.platform.gitops.argocd.namespace.as_str();
    let mut manifest = Manifest::namespaced("v1", "ConfigMap", namespace, "argocd-cm");
    manifest.labels = Map::new().with("app.kubernetes.io/part-of", "argocd");
    let key = format!("resource.customizations.health.{}_Profile", synced.platform.identifiers.group);
    manifest.body.insert("data", Map::new().with(key, PROFILE_HEALTH));
    manifest
}

fn kinds<'a>(kinds: impl IntoIterator<Item = super::GroupKind>) -> Vec<Map<'a>> {
    kinds.into_iter().map(|(group, kind)| Map::new().with("group", group).with("kind", kind)).collect()
}

/// Limited to what tenants' files hold, in every namespace but the platform's. A list of tenants would have to change
/// with every tenant.
fn project<'a>(synced: &Synced<'a>) -> Manifest<'a> {
    let server = synced.platform.gitops.argocd.server.as_str();
    let destination = |namespace: String| Map::new().with("namespace", namespace).with("server", server);
    let denied = platform_namespaces(synced.platform).into_iter().map(|namespace| destination(format!("!{namespace}")));
    let mut destinations = vec![destination("*".into()), destination("!kube-*".into())];
    destinations.extend(denied);
    let mut manifest = object(synced, "AppProject", synced.platform.gitops.argocd.project.clone());
    let spec = Map::new()
        .with("clusterResourceWhitelist", kinds(cluster_kinds(synced.platform)))
        .with("description", "Namespaces of tenants, compiled by tenantry")
        .with("destinations", destinations)
        .with("namespaceResourceWhitelist", kinds(namespaced_kinds(synced)))
        .with("sourceRepos", vec![synced.platform.gitops.repo_url.as_str()]);
    manifest.body.insert("spec", spec);
    manifest
}

fn platform_project<'a>(synced: &Synced<'a>) -> Manifest<'a> {
    let gitops = &synced.platform.gitops;
    let destination = Map::new()
        .with("namespace", synced.platform.identifiers.namespace.as_str())
        .with("server", gitops.argocd.server.as_str());
    let mut manifest = object(synced, "AppProject", format!("{}-platform", gitops.argocd.project));
    let spec = Map::new()
        .with("clusterResourceWhitelist", Tree::List(Vec::new()))
        .with("description", "Objects of the platform itself, compiled by tenantry")
        .with("destinations", vec![destination])
        .with("namespaceResourceWhitelist", kinds([("security.istio.io".into(), "AuthorizationPolicy".into())]))
        .with("sourceRepos", vec![gitops.repo_url.as_str()]);
    manifest.body.insert("spec", spec);
    manifest
}

/// One Application per folder. Applications are made and changed, never deleted with a folder or with the set: a mistake
/// in the generator must not take tenants away.
fn application_set<'a>(synced: &Synced<'a>) -> Manifest<'a> {
    let gitops = &synced.platform.gitops;
    let directories = vec![Map::new().with("path", path(synced.platform, &synced.pattern))];
    let git = Map::new()
        .with("directories", directories)
        .with("repoURL", gitops.repo_url.as_str())
        .with("revision", gitops.revision.as_str());
    let metadata = Map::new()
        .with("annotations", Map::new().with("argocd.argoproj.io/manifest-generate-paths", "."))
        .with("name", format!("{}-{{{{.path.basenameNormalized}}}}", name(synced.platform)));
    let project = gitops.argocd.project.clone();
    let template =
        Map::new().with("metadata", metadata).with("spec", tenants_spec(synced, project, "{{.path.path}}".into()));
    let policy = Map::new().with("applicationsSync", "create-update").with("preserveResourcesOnDeletion", true);
    let mut manifest = object(synced, "ApplicationSet", name(synced.platform));
    let spec = Map::new()
        .with("generators", vec![Map::new().with("git", git)])
        .with("goTemplate", true)
        .with("goTemplateOptions", vec!["missingkey=error"])
        .with("syncPolicy", policy)
        .with("template", template);
    manifest.body.insert("spec", spec);
    manifest
}

fn platform_application<'a>(synced: &Synced<'a>) -> Manifest<'a> {
    let mut manifest = object(synced, "Application", format!("{}-platform", name(synced.platform)));
    let project = format!("{}-platform", synced.platform.gitops.argocd.project);
    let folder = path(synced.platform, "platform/objects");
    manifest.body.insert("spec", application_spec(synced, project, folder));
    manifest
}

/// The Application of a folder of tenants. A folder with a kustomization must not be read as one of manifests, or Argo
/// CD would apply the kustomization too; without `directory` it sees for itself what a folder is.
fn tenants_spec<'a>(synced: &Synced<'a>, project: String, path: String) -> Map<'a> {
    let mut spec = application_spec(synced, project, path);
    if synced.kustomize
        && let Some(Tree::Map(source)) = spec.get_mut("source")
    {
        source.remove("directory");
    }
    spec
}

/// What every Application has. Pruning and `allowEmpty` are on: the compiler's guards refuse what must not vanish, and
/// access that is gone from git has to go. `/spec/plugins` and `/spec/owner` are never ignored.
fn application_spec<'a>(synced: &Synced<'a>, project: String, path: String) -> Map<'a> {
    let gitops = &synced.platform.gitops;
    let automated = Map::new().with("allowEmpty", true).with("prune", true).with("selfHeal", true);
    let backoff = Map::new().with("duration", "5s").with("factor", 2).with("maxDuration", "3m");
    let policy = Map::new()
        .with("automated", automated)
        .with("retry", Map::new().with("backoff", backoff).with("limit", 10))
        .with("syncOptions", SYNC_OPTIONS.to_vec());
    let source = Map::new()
        .with("directory", Map::new().with("recurse", true))
        .with("path", path)
        .with("repoURL", gitops.repo_url.as_str())
        .with("targetRevision", gitops.revision.as_str());
    Map::new()
        .with("destination", Map::new().with("server", gitops.argocd.server.as_str()))
        .with("ignoreDifferences", ignored(synced))
        .with("project", project)
        .with("revisionHistoryLimit", 3)
        .with("source", source)
        .with("syncPolicy", policy)
}

/// What the profile controller writes beside us.
fn ignored<'a>(synced: &Synced<'a>) -> Vec<Map<'a>> {
    let pointer = |pointer: &'static str| vec![pointer];
    vec![
        Map::new().with("jsonPointers", pointer("/metadata/ownerReferences")).with("kind", "Namespace"),
        Map::new()
            .with("group", synced.platform.identifiers.group.as_str())
            .with("jsonPointers", pointer("/metadata/finalizers"))
            .with("kind", "Profile"),
    ]
}
