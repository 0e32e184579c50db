//! The shapes of RoleBindings of the owner and the contributors, and of the contributors' AuthorizationPolicies.
//!
//! They are KFAM's, one subject each: it lists a binding by its annotations `user` and `role`, and fails for a whole
//! namespace when one has two subjects (Kubeflow 1.4 to 2.0).

use std::borrow::Cow;

use super::Scene;
use super::profile::RBAC;
use crate::inventory::{MeshMode, Platform, Role};
use crate::manifest::{Manifest, Map, Tree};

const RBAC_VERSION: &str = "rbac.authorization.k8s.io/v1";

/// `namespaceAdmin`, as the profile controller writes it. It only compares roleRef and subjects, so a change of owner
/// from git has to bring the annotation along (kubeflow/dashboard#33).
pub fn namespace_admin<'a>(scene: &Scene<'a>) -> Manifest<'a> {
    let mut manifest = Manifest::namespaced(BINDING.0, BINDING.1, scene.namespace(), "namespaceAdmin");
    manifest.annotations = Map::new().with("role", "admin").with("user", scene.owner());
    manifest.body = Map::new()
        .with("roleRef", role_ref(scene.platform, Role::Admin))
        .with("subjects", vec![named_subject("User", scene.owner())]);
    manifest
}

/// What kind of object a RoleBinding is: `apiVersion` and `kind`.
pub const BINDING: (&str, &str) = (RBAC_VERSION, "RoleBinding");

/// What kind of object an AuthorizationPolicy is: `apiVersion` and `kind`.
pub const POLICY: (&str, &str) = ("security.istio.io/v1beta1", "AuthorizationPolicy");

/// The ClusterRole of a role, as a binding names it.
pub fn role_ref(platform: &Platform, role: Role) -> Map<'_> {
    let name = platform.identifiers.role(role);
    Map::new().with("apiGroup", RBAC).with("kind", "ClusterRole").with("name", name)
}

fn named_subject<'a>(kind: &'static str, name: Cow<'a, str>) -> Map<'a> {
    Map::new().with("apiGroup", RBAC).with("kind", kind).with("name", name)
}

/// The kinds of subjects that RBAC knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    /// A person, by identity.
    User,
    /// A group of the identity provider.
    Group,
    /// A service account.
    ServiceAccount,
}

impl SubjectKind {
    /// Its name in a RoleBinding.
    pub fn name(self) -> &'static str {
        match self {
            SubjectKind::User => "User",
            SubjectKind::Group => "Group",
            SubjectKind::ServiceAccount => "ServiceAccount",
        }
    }

    /// The annotation by which the dashboard lists a subject. `group` is what it will read once it knows groups
    /// (kubeflow/dashboard#317); until then a binding without `user` is skipped. Service accounts are nobody to list.
    fn annotation(self) -> Option<&'static str> {
        match self {
            SubjectKind::User => Some("user"),
            SubjectKind::Group => Some("group"),
            SubjectKind::ServiceAccount => None,
        }
    }
}

/// What decides the shape of a contributor's objects, on one platform. All else in them is [`Texts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class {
    /// What kind of subject it is.
    pub kind: SubjectKind,
    /// What it may do.
    pub role: Role,
    /// Whether the gateway is let through.
    pub notebook_access: bool,
}

/// The texts in which the objects of one class differ. Each is a value on its own in them, never part of one or a key.
#[derive(Clone, Debug)]
pub struct Texts<'a> {
    /// Name of the namespace.
    pub namespace: Cow<'a, str>,
    /// Name of the objects.
    pub name: Cow<'a, str>,
    /// The identity, the group, or the service account.
    pub subject: Cow<'a, str>,
    /// The service account's namespace; empty for others.
    pub home: Cow<'a, str>,
    /// What the gateway says of a person: the value of the platform's header.
    pub header: Cow<'a, str>,
}

impl<'a> Texts<'a> {
    /// How many there are.
    pub const COUNT: usize = 5;

    /// Those that a function gives for the numbers below [`Texts::COUNT`].
    pub fn of(text: impl Fn(usize) -> Cow<'a, str>) -> Self {
        Texts { namespace: text(0), name: text(1), subject: text(2), home: text(3), header: text(4) }
    }

    /// All of them, in the order of [`Texts::of`].
    pub fn all(&self) -> [&str; Texts::COUNT] {
        [&self.namespace, &self.name, &self.subject, &self.home, &self.header]
    }
}

impl Class {
    /// The RoleBinding.
    pub fn binding<'a>(self, platform: &'a Platform, texts: &Texts<'a>) -> Manifest<'a> {
        let mut manifest = Manifest::namespaced(BINDING.0, BINDING.1, texts.namespace.clone(), texts.name.clone());
        let subject = match self.kind {
            SubjectKind::ServiceAccount => Map::new()
                .with("kind", self.kind.name())
                .with("name", texts.subject.clone())
                .with("namespace", texts.home.clone()),
            SubjectKind::User | SubjectKind::Group => named_subject(self.kind.name(), texts.subject.clone()),
        };
        manifest.annotations = self.annotations(texts);
        manifest.body = Map::new().with("roleRef", role_ref(platform, self.role)).with("subjects", vec![subject]);
        manifest
    }

    /// The AuthorizationPolicy: it lets the contributor's requests into the namespace. The mesh denies what no policy
    /// allows.
    pub fn policy<'a>(self, platform: &'a Platform, texts: &Texts<'a>) -> Manifest<'a> {
        let mut manifest = Manifest::namespaced(POLICY.0, POLICY.1, texts.namespace.clone(), texts.name.clone());
        manifest.annotations = self.annotations(texts);
        let condition = Map::new()
            .with("key", format!("request.headers[{}]", platform.identity.header))
            .with("values", vec![Tree::Text(texts.header.clone())]);
        let mut rule = Map::new().with("when", vec![condition]);
        if let Some(principals) = self.principals(platform) {
            let source = Map::new().with("source", Map::new().with("principals", principals));
            rule.insert("from", vec![source]);
        }
        let mut spec = Map::new().with("rules", vec![rule]);
        if platform.mesh.mode == MeshMode::Ambient {
            spec.insert("targetRefs", vec![waypoint()]);
        }
        manifest.body.insert("spec", spec);
        manifest
    }

    fn annotations<'a>(self, texts: &Texts<'a>) -> Map<'a> {
        match self.kind.annotation() {
            Some(key) => Map::new().with("role", self.role.name()).with(key, texts.subject.clone()),
            None => Map::new(),
        }
    }

    /// Who may speak for the contributor. Without access to notebooks only the pipelines UI: whoever comes through the
    /// gateway, or another way in that the platform lists, reaches notebook servers. Releases before 1.8 compared the
    /// header alone; there the list is written only where it keeps somebody out.
    fn principals(self, platform: &Platform) -> Option<Vec<&str>> {
        let mesh = &platform.mesh;
        if !self.notebook_access {
            return Some(vec![mesh.pipelines_ui_principal.as_str()]);
        }
        if !platform.release.policy_names_principals {
            return None;
        }
        let mut principals = vec![mesh.gateway_principal.as_str(), mesh.pipelines_ui_principal.as_str()];
        let mut extra: Vec<&str> = mesh.extra_principals.iter().map(String::as_str).collect();
        extra.sort_unstable();
        principals.extend(extra);
        Some(principals)
    }
}

/// In ambient mode a rule about headers needs a waypoint to enforce it.
pub fn waypoint() -> Map<'static> {
    Map::new().with("group", "gateway.networking.k8s.io").with("kind", "Gateway").with("name", "waypoint")
}
