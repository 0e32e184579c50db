//! Which file holds what. Adding a tenant adds one file and changes no other.

use crate::plan::shard_of;

/// Folder of the tenants' files, below a cluster's, where there is one for all.
pub const TENANTS: &str = "tenants";

/// How the names of the folders begin where there are several.
const SHARD: &str = "shard-";

/// A file that keeps a folder of tenants in git when its last tenant goes, so that the engine sees an empty folder and
/// prunes. Engines do not take it for a manifest.
pub const SHARD_FILE: &str = ".tenantry-shard";

/// How the folders of tenants are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Layout {
    /// Every file is a manifest.
    #[default]
    Plain,
    /// Each folder is a kustomize base of its own, with a file that lists the others.
    Kustomize,
}

/// The file that makes a folder a kustomize base.
pub const KUSTOMIZATION: &str = "kustomization.yaml";

/// The file that makes a folder of tenants a kustomize base, below the output folder.
pub fn kustomization_path(cluster: &str, folder: &str) -> String {
    format!("{cluster}/{folder}/{KUSTOMIZATION}")
}

/// Folder of the platform's complete objects, below a cluster's.
pub const PLATFORM_OBJECTS: &str = "platform/objects";

/// Folder of the platform's kustomize component, below a cluster's.
pub const PLATFORM_COMPONENT: &str = "platform/component";

/// The file of a platform's kustomize component, below the output folder.
pub fn component_path(cluster: &str) -> String {
    format!("{cluster}/{PLATFORM_COMPONENT}/kustomization.yaml")
}

/// Folder of the objects that make an engine sync, below a cluster's.
pub const GITOPS: &str = "gitops";

/// A file of the objects that make an engine sync, below the output folder.
pub fn gitops_path(cluster: &str, file: &str) -> String {
    format!("{cluster}/{GITOPS}/{file}")
}

/// The folder of a shard, below a cluster's. A larger number of shards does not rename the first ones.
pub fn tenants_folder(shard: u16, shards: u16) -> String {
    if shards <= 1 { TENANTS.to_owned() } else { format!("{SHARD}{shard:02x}") }
}

/// The shard whose folder this is, if it is one of so many shards.
pub fn shard_of_folder(folder: &str, shards: u16) -> Option<u16> {
    if shards <= 1 {
        return (folder == TENANTS).then_some(0);
    }
    let shard = u16::from_str_radix(folder.strip_prefix(SHARD)?, 16).ok()?;
    (shard < shards && tenants_folder(shard, shards) == folder).then_some(shard)
}

/// All folders of tenants, below a cluster's.
pub fn tenants_folders(shards: u16) -> impl Iterator<Item = String> {
    (0..shards.max(1)).map(move |shard| tenants_folder(shard, shards))
}

/// A pattern for all folders of tenants, as an ApplicationSet reads it.
pub fn tenants_pattern(shards: u16) -> String {
    if shards <= 1 { TENANTS.to_owned() } else { format!("{SHARD}*") }
}

/// The folder of a file below its cluster's, from its path below the output folder.
pub fn folder_of(path: &str) -> &str {
    let below = path.split_once('/').map_or(path, |(_, below)| below);
    below.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether an engine would take a folder of a cluster for one of tenants. It matches names by a pattern, and may be told
/// of more folders than there are now.
pub fn may_hold_tenants(folder: &str) -> bool {
    folder == TENANTS || folder.starts_with(SHARD)
}

/// Whether an engine syncs what is at a path below the output folder. It looks into folders of folders, too.
pub fn is_synced(path: &str) -> bool {
    let folder = folder_of(path);
    let objects = folder.strip_prefix(PLATFORM_OBJECTS).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    objects || folder.split('/').next().is_some_and(may_hold_tenants)
}

/// What engines take for manifests, by the ends of their names.
const ENDINGS: [&str; 4] = [".yaml", ".yml", ".json", ".jsonnet"];

/// A name without an ending that makes a folder a kustomize base all the same.
const BARE_KUSTOMIZATION: &str = "Kustomization";

/// A file by which Flux leaves others out of what it syncs, so that it prunes them.
pub const SOURCE_IGNORE: &str = ".sourceignore";

/// Whether a file hides others from an engine, from its path. It does so for the folders below its own, too.
pub fn hides(path: &str) -> bool {
    path.rsplit('/').next() == Some(SOURCE_IGNORE)
}

/// Whether engines would read a file for its name, from its path.
pub fn is_read(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    hides(path) || name == BARE_KUSTOMIZATION || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Whether people apply what is at a path below the output folder, with all that lies beside it, as administrators.
pub fn is_applied_by_hand(path: &str) -> bool {
    folder_of(path) == GITOPS
}

/// Whether a folder of a cluster is one of tenants, now or with another number of shards.
pub fn is_tenants_folder(folder: &str) -> bool {
    let is_number = |text: &str| {
        text.len() >= 2 && text.len() <= 4 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    folder == TENANTS || folder.strip_prefix(SHARD).is_some_and(is_number)
}

/// The file of a namespace, below the output folder.
pub fn namespace_path(cluster: &str, namespace: &str, shards: u16) -> String {
    let folder = tenants_folder(shard_of(namespace, shards), shards);
    format!("{cluster}/{folder}/{namespace}.yaml")
}

/// The file that keeps a folder of tenants, below the output folder.
pub fn shard_path(cluster: &str, folder: &str) -> String {
    format!("{cluster}/{folder}/{SHARD_FILE}")
}

/// The file of a platform's object, below the output folder.
pub fn platform_object_path(cluster: &str, file: &str) -> String {
    format!("{cluster}/{PLATFORM_OBJECTS}/{file}")
}

/// The cluster of a file that keeps a folder of tenants, from its path below the output folder.
pub fn shard_file_of(path: &str) -> Option<&str> {
    let (cluster, rest) = path.split_once('/')?;
    let folder = rest.strip_suffix(SHARD_FILE)?.strip_suffix('/')?;
    is_tenants_folder(folder).then_some(cluster)
}

/// A namespace's file, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamespacePath<'p> {
    /// The cluster.
    pub cluster: &'p str,
    /// The folder of tenants.
    pub folder: &'p str,
    /// The namespace.
    pub namespace: &'p str,
}

/// What a path of a namespace's file says (which may have any folders before the cluster's).
pub fn namespace_of(path: &str) -> Option<NamespacePath<'_>> {
    let mut parts = path.rsplit('/');
    let namespace = parts.next()?.strip_suffix(".yaml")?;
    let folder = parts.next()?;
    let cluster = parts.next()?;
    (is_tenants_folder(folder) && !namespace.is_empty()).then_some(NamespacePath { cluster, folder, namespace })
}

/// Cluster and name of the file of a platform's object, from its path (which may have any folders before them).
pub fn platform_object_of(path: &str) -> Option<(&str, &str)> {
    let (folder, file) = path.rsplit_once('/')?;
    let cluster = folder.strip_suffix(PLATFORM_OBJECTS)?.strip_suffix('/')?;
    Some((cluster.rsplit('/').next()?, file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_hides_others_is_read() {
        assert!(is_read("prod/tenants/.sourceignore") && hides("prod/.sourceignore") && hides(".sourceignore"));
        assert!(!is_read("prod/tenants/sourceignore") && !hides("prod/tenants/vision.yaml"));
    }

    #[test]
    fn what_engines_read_is_known_by_name() {
        let read =
            ["a.yaml", "a/b.yml", "a.json", ".argocd-source.yaml", "Chart.yaml", "Kustomization", "a/.sourceignore"];
        assert!(read.iter().all(|path| is_read(path)));
        assert!(!["README.md", "kustomization", "a.sourceignore", SHARD_FILE].iter().any(|path| is_read(path)));
        assert!(is_applied_by_hand("prod/gitops/a.yaml") && !is_applied_by_hand("prod/gitops/more/a.yaml"));
    }

    #[test]
    fn paths_can_be_taken_apart() {
        for (shards, folder) in [(1, "tenants"), (4, "shard-01"), (4096, "shard-1f7")] {
            let path = format!("a/b/{}", namespace_path("prod", "vision", shards));
            let parts = NamespacePath { cluster: "prod", folder, namespace: "vision" };
            assert_eq!(namespace_of(&path), Some(parts));
        }
        assert_eq!(namespace_of("prod/shard-/vision.yaml"), None);
        assert_eq!(namespace_of("prod/shard-0g/vision.yaml"), None);
        assert_eq!(namespace_of("tenants/vision.yaml"), None);
        assert_eq!(namespace_of("prod/tenants/vision.yml"), None);
        let object = platform_object_path("prod", "self-service.yaml");
        assert_eq!(platform_object_of(&object), Some(("prod", "self-service.yaml")));
        assert_eq!(platform_object_of(&format!("/out/{object}")), Some(("prod", "self-service.yaml")));
        assert_eq!(platform_object_of("platform/objects/self-service.yaml"), None);
    }
}
