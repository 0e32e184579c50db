//! RoleBindings of the owner and the contributors, and the contributors' AuthorizationPolicies.
//!
//! The shapes are KFAM's, one subject each: it lists a binding by its annotations `user` and `role`, and fails for a whole
//! namespace when one has two subjects (Kubeflow 1.4 to 2.0).

use std::borrow::Cow;

use super::naming::{BindingSubject, binding_names};
use super::profile::RBAC;
use super::{Cause, Lowered, Scene};
use crate::inventory::{MeshMode, Role};
use crate::manifest::{Manifest, Map, Tree};
use crate::plan::{Grant, GrantSubject};

const RBAC_VERSION: &str = "rbac.authorization.k8s.io/v1";

/// `namespaceAdmin`, as the profile controller writes it. It only compares roleRef and subjects, so a change of owner
/// from git has to bring the annotation along (kubeflow/dashboard#33).
pub fn namespace_admin<'a>(scene: &Scene<'a>) -> Manifest<'a> {
    let mut manifest = Manifest::namespaced(BINDING.0, BINDING.1, scene.namespace(), "namespaceAdmin");
    manifest.annotations = Map::new().with("role", "admin").with("user", scene.owner());
    manifest.body = Map::new()
        .with("roleRef", role_ref(scene, Role::Admin))
        .with("subjects", vec![named_subject("User", scene.owner())]);
    manifest
}

/// The pairs of every grant, sorted by name.
pub fn contributors<'a>(scene: &Scene<'a>, objects: &mut Vec<Lowered<'a>>) {
    let made = ContributorObjects::of(scene);
    for (name, index) in made.names() {
        let cause = Cause::Grant(index);
        objects.extend(made.objects(name, index).map(|manifest| Lowered { manifest, cause }));
    }
}

/// What kind of object a RoleBinding is: `apiVersion` and `kind`.
pub const BINDING: (&str, &str) = (RBAC_VERSION, "RoleBinding");

/// What kind of object an AuthorizationPolicy is: `apiVersion` and `kind`.
pub const POLICY: (&str, &str) = ("security.istio.io/v1beta1", "AuthorizationPolicy");

/// The objects of the contributors of one namespace, by name, each made only if somebody asks for it: a group can have
/// thousands of people, and whoever compares two sides wants to see only what differs.
pub struct ContributorObjects<'s, 'a> {
    scene: &'s Scene<'a>,
    subjects: Vec<Subject<'a>>,
    named: Vec<(String, usize)>,
}

impl<'s, 'a> ContributorObjects<'s, 'a> {
    /// Those of a scene; none where the Tenant-Profile integration makes them.
    pub fn of(scene: &'s Scene<'a>) -> Self {
        if scene.platform.is_delegated() {
            return ContributorObjects { scene, subjects: Vec::new(), named: Vec::new() };
        }
        let subjects: Vec<Subject<'a>> = scene.grants.iter().map(|grant| Subject::of(scene, grant)).collect();
        let keys: Vec<BindingSubject<'_>> = subjects
            .iter()
            .zip(scene.grants)
            .map(|(subject, grant)| BindingSubject { kind: subject.kind, name: &subject.name, role: grant.role.name() })
            .collect();
        let names = binding_names(&keys, scene.platform.distribution.always_suffixes());
        let mut named: Vec<(String, usize)> = names.into_iter().zip(0..).collect();
        named.sort_unstable();
        ContributorObjects { scene, subjects, named }
    }

    /// The name of each grant's objects, and the grant by its index, sorted.
    pub fn names(&self) -> impl Iterator<Item = (&str, usize)> {
        self.named.iter().map(|(name, index)| (name.as_str(), *index))
    }

    /// Whether a grant has a policy beside its binding.
    pub fn has_policy(&self, index: usize) -> bool {
        self.subjects[index].kind == "User" && self.scene.platform.has_policies()
    }

    /// The binding of a grant by its name and index, and then its policy if it has one.
    pub fn objects(&self, name: &str, index: usize) -> impl Iterator<Item = Manifest<'a>> + use<'a> {
        let (subject, grant) = (&self.subjects[index], &self.scene.grants[index]);
        let policy = self.has_policy(index).then(|| policy(self.scene, name.to_owned(), subject, grant));
        std::iter::once(role_binding(self.scene, name.to_owned(), subject, grant)).chain(policy)
    }
}

/// A grant's subject as RBAC names it.
struct Subject<'a> {
    kind: &'static str,
    /// The identity, the group, or `namespace/name` of a service account.
    name: Cow<'a, str>,
}

impl<'a> Subject<'a> {
    fn of(scene: &Scene<'a>, grant: &Grant<'a>) -> Self {
        match grant.subject {
            GrantSubject::User(user) => Subject { kind: "User", name: scene.identity(user) },
            GrantSubject::ServiceAccount(account) => {
                Subject { kind: "ServiceAccount", name: Cow::Borrowed(account.as_str()) }
            }
            GrantSubject::IdpGroup(group) => Subject { kind: "Group", name: Cow::Borrowed(group.as_str()) },
        }
    }
}

/// The ClusterRole of a role, as a binding names it.
pub fn role_ref<'a>(scene: &Scene<'a>, role: Role) -> Map<'a> {
    let name = scene.platform.identifiers.role(role);
    Map::new().with("apiGroup", RBAC).with("kind", "ClusterRole").with("name", name)
}

fn named_subject<'a>(kind: &'static str, name: Cow<'a, str>) -> Map<'a> {
    Map::new().with("apiGroup", RBAC).with("kind", kind).with("name", name)
}

fn role_binding<'a>(scene: &Scene<'a>, name: String, subject: &Subject<'a>, grant: &Grant<'a>) -> Manifest<'a> {
    let mut manifest = Manifest::namespaced(BINDING.0, BINDING.1, scene.namespace(), name);
    let binding_subject = match grant.subject {
        GrantSubject::ServiceAccount(account) => Map::new()
            .with("kind", "ServiceAccount")
            .with("name", account.name())
            .with("namespace", account.namespace().as_str()),
        GrantSubject::User(_) | GrantSubject::IdpGroup(_) => named_subject(subject.kind, subject.name.clone()),
    };
    manifest.annotations = annotations(subject, grant.role);
    manifest.body = Map::new().with("roleRef", role_ref(scene, grant.role)).with("subjects", vec![binding_subject]);
    manifest
}

/// What the dashboard lists a person by. `group` is what it will read once it knows groups (kubeflow/dashboard#317); until
/// then a binding without `user` is skipped. Service accounts are nobody to list.
fn annotations<'a>(subject: &Subject<'a>, role: Role) -> Map<'a> {
    let key = match subject.kind {
        "User" => "user",
        "Group" => "group",
        _ => return Map::new(),
    };
    Map::new().with("role", role.name()).with(key, subject.name.clone())
}

/// Lets the contributor's requests into the namespace. The mesh denies what no policy allows.
fn policy<'a>(scene: &Scene<'a>, name: String, subject: &Subject<'a>, grant: &Grant<'a>) -> Manifest<'a> {
    let platform = scene.platform;
    let mut manifest = Manifest::namespaced(POLICY.0, POLICY.1, scene.namespace(), name);
    manifest.annotations = annotations(subject, grant.role);
    let value: Cow<'a, str> = match platform.identity.prefix.as_str() {
        "" => subject.name.clone(),
        prefix => Cow::Owned(format!("{prefix}{}", subject.name)),
    };
    let condition = Map::new()
        .with("key", format!("request.headers[{}]", platform.identity.header))
        .with("values", vec![Tree::Text(value)]);
    let mut rule = Map::new().with("when", vec![condition]);
    if let Some(principals) = principals(scene, grant) {
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

/// Who may speak for the contributor. Without access to notebooks only the pipelines UI: whoever comes through the
/// gateway, or another way in that the platform lists, reaches notebook servers. Releases before 1.8 compared the header
/// alone; there the list is written only where it keeps somebody out.
fn principals<'a>(scene: &Scene<'a>, grant: &Grant<'a>) -> Option<Vec<&'a str>> {
    let mesh = &scene.platform.mesh;
    if !grant.notebook_access {
        return Some(vec![mesh.pipelines_ui_principal.as_str()]);
    }
    if !scene.platform.release.policy_names_principals {
        return None;
    }
    let mut principals = vec![mesh.gateway_principal.as_str(), mesh.pipelines_ui_principal.as_str()];
    let mut extra: Vec<&str> = mesh.extra_principals.iter().map(String::as_str).collect();
    extra.sort_unstable();
    principals.extend(extra);
    Some(principals)
}

/// In ambient mode a rule about headers needs a waypoint to enforce it.
pub fn waypoint() -> Map<'static> {
    Map::new().with("group", "gateway.networking.k8s.io").with("kind", "Gateway").with("name", "waypoint")
}
