//! Kubernetes objects as tenantry writes them: values in memory, not text.

mod tree;
pub mod yaml;

pub use tree::{Map, Tree};

use std::borrow::Cow;
use std::fmt;

/// One Kubernetes object.
///
/// Invariant: `namespace` is `None` exactly for cluster-scoped kinds. Labels, annotations and the body are sorted maps,
/// so that two manifests with equal content are written with equal bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest<'a> {
    /// `apiVersion`, such as `rbac.authorization.k8s.io/v1`.
    pub api_version: Cow<'a, str>,
    /// `kind`.
    pub kind: Cow<'a, str>,
    /// `metadata.name`.
    pub name: Cow<'a, str>,
    /// `metadata.namespace`.
    pub namespace: Option<Cow<'a, str>>,
    /// `metadata.labels`; not written when empty.
    pub labels: Map<'a>,
    /// `metadata.annotations`; not written when empty.
    pub annotations: Map<'a>,
    /// Every other top-level key: `spec`, `data`, `roleRef`, `subjects`, …
    pub body: Map<'a>,
}

/// What the API server tells objects apart by: group, kind, namespace and name. The version is not part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectId {
    /// API group; empty for the core group.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// Namespace, if the kind lives in one.
    pub namespace: Option<String>,
    /// Name.
    pub name: String,
}

impl fmt::Display for ObjectId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.kind, self.place())
    }
}

impl ObjectId {
    /// Its namespace, if it lives in one, and its name: `namespace/name`.
    pub fn place(&self) -> Cow<'_, str> {
        match &self.namespace {
            Some(namespace) => Cow::Owned(format!("{namespace}/{}", self.name)),
            None => Cow::Borrowed(&self.name),
        }
    }
}

impl<'a> Manifest<'a> {
    /// A cluster-scoped object.
    pub fn cluster(
        api_version: impl Into<Cow<'a, str>>,
        kind: impl Into<Cow<'a, str>>,
        name: impl Into<Cow<'a, str>>,
    ) -> Self {
        Manifest {
            api_version: api_version.into(),
            kind: kind.into(),
            name: name.into(),
            namespace: None,
            labels: Map::new(),
            annotations: Map::new(),
            body: Map::new(),
        }
    }

    /// An object in a namespace.
    pub fn namespaced(
        api_version: impl Into<Cow<'a, str>>,
        kind: impl Into<Cow<'a, str>>,
        namespace: impl Into<Cow<'a, str>>,
        name: impl Into<Cow<'a, str>>,
    ) -> Self {
        Manifest { namespace: Some(namespace.into()), ..Manifest::cluster(api_version, kind, name) }
    }

    /// The API group; empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// The identity of the object.
    pub fn id(&self) -> ObjectId {
        ObjectId {
            group: self.group().to_owned(),
            kind: self.kind.to_string(),
            namespace: self.namespace.as_deref().map(str::to_owned),
            name: self.name.to_string(),
        }
    }
}
