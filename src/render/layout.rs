//! Which file holds what. Adding a tenant adds one file and changes no other.

/// Folder of the tenants' files, below a cluster's.
pub const TENANTS: &str = "tenants";

/// Folder of the platform's complete objects, below a cluster's.
pub const PLATFORM_OBJECTS: &str = "platform/objects";

/// Folder of the platform's kustomize component, below a cluster's.
pub const PLATFORM_COMPONENT: &str = "platform/component";

/// The file of a platform's kustomize component, below the output folder.
pub fn component_path(cluster: &str) -> String {
    format!("{cluster}/{PLATFORM_COMPONENT}/kustomization.yaml")
}

/// The file of a namespace, below the output folder.
pub fn namespace_path(cluster: &str, namespace: &str) -> String {
    format!("{cluster}/{TENANTS}/{namespace}.yaml")
}

/// The file of a platform's object, below the output folder.
pub fn platform_object_path(cluster: &str, file: &str) -> String {
    format!("{cluster}/{PLATFORM_OBJECTS}/{file}")
}

/// Cluster and namespace of a namespace's file, from its path (which may have any folders before them).
pub fn namespace_of(path: &str) -> Option<(&str, &str)> {
    let mut parts = path.rsplit('/');
    let namespace = parts.next()?.strip_suffix(".yaml")?;
    let folder = parts.next()?;
    let cluster = parts.next()?;
    (folder == TENANTS && !namespace.is_empty()).then_some((cluster, namespace))
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
    fn paths_can_be_taken_apart() {
        assert_eq!(namespace_of(&format!("a/b/{}", namespace_path("prod", "vision"))), Some(("prod", "vision")));
        assert_eq!(namespace_of("tenants/vision.yaml"), None);
        assert_eq!(namespace_of("prod/tenants/vision.yml"), None);
        let object = platform_object_path("prod", "self-service.yaml");
        assert_eq!(platform_object_of(&object), Some(("prod", "self-service.yaml")));
        assert_eq!(platform_object_of(&format!("/out/{object}")), Some(("prod", "self-service.yaml")));
        assert_eq!(platform_object_of("platform/objects/self-service.yaml"), None);
    }
}
