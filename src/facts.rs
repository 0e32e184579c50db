//! Access facts: who can do what in which namespace, whatever the way.
//!
//! There are two ways to them that know nothing of each other: from a plan, and from the text of a compiled file. The
//! second is how a compile knows what it would take away.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_yaml::Value;

use crate::inventory::{Inventory, PlatformId, Role};
use crate::manifest::{Manifest, Map, Tree};
use crate::parse::foreign::{USERS_CONFIG_MAP, USERS_SECRET};
use crate::plan::{Grant, GrantSubject, Provision};

/// One subject's access to one namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// `User`, `ServiceAccount` or `Group`.
    pub kind: Cow<'static, str>,
    /// The identity, `namespace/name` of a service account, or the group.
    pub subject: Arc<str>,
    /// The role.
    pub role: Cow<'static, str>,
}

/// The facts of a provision: its owner's and its grants'.
pub fn of_provision(inventory: &Inventory, platform: PlatformId, provision: &Provision<'_>) -> BTreeSet<Fact> {
    of_grants(inventory, platform, provision, &provision.grants)
}

/// The facts of a provision if it had these grants.
pub fn of_grants(
    inventory: &Inventory,
    platform: PlatformId,
    provision: &Provision<'_>,
    grants: &[Grant<'_>],
) -> BTreeSet<Fact> {
    let platform = inventory.platform(platform);
    let identity = |user| platform.identity_of(&inventory.user(user).identity).shared();
    let fact = |kind: &'static str, subject, role: Role| Fact { kind: kind.into(), subject, role: role.name().into() };
    let owner = fact("User", identity(provision.owner), Role::Admin);
    let granted = grants.iter().map(|grant| match grant.subject {
        GrantSubject::User(user) => fact("User", identity(user), grant.role),
        GrantSubject::ServiceAccount(account) => fact("ServiceAccount", account.to_string().into(), grant.role),
        GrantSubject::IdpGroup(group) => fact("Group", group.shared(), grant.role),
    });
    std::iter::once(owner).chain(granted).collect()
}

/// Kinds of documents that say who has access.
const KINDS: [&str; 3] = ["kind: RoleBinding", "kind: ConfigMap", "kind: Secret"];

/// The binding of a namespace's owner.
const OWNER: &str = "namespaceAdmin";

/// Bindings of the namespace's own work loads, where tenantry writes what the profile controller would. They are
/// nobody's access.
const CONTROLLERS: [&str; 2] = ["default-editor", "default-viewer"];

/// What the bindings of a compiled file say.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Who has access.
    pub facts: BTreeSet<Fact>,
    /// The owner's identity.
    pub owner: Option<String>,
}

/// The facts that the RoleBindings of a compiled file give, or the list of users where the Tenant-Profile integration
/// makes the bindings. Documents that cannot be read give none.
pub fn of_text(body: &str) -> Said {
    let mut said = Said::default();
    let mut rest = body;
    while !rest.is_empty() {
        let (document, next) = first_document(rest);
        rest = next;
        if !document.lines().any(|line| KINDS.contains(&line)) {
            continue;
        }
        if let Ok(value) = serde_yaml::from_str::<Value>(document) {
            match value["kind"].as_str() {
                Some("RoleBinding") => collect(&value, &mut said),
                _ => said.facts.extend(listed(&value)),
            }
        }
    }
    said
}

/// The namespace that a compiled file is about: the first of its documents is the Namespace itself, or is in it.
pub fn namespace_of_text(body: &str) -> Option<String> {
    let mut rest = body;
    while !rest.is_empty() {
        let (document, next) = first_document(rest);
        rest = next;
        if let Ok(value) = serde_yaml::from_str::<Value>(document)
            && let Some(kind) = value["kind"].as_str()
        {
            let key = if kind == "Namespace" { "name" } else { "namespace" };
            return value["metadata"][key].as_str().map(str::to_owned);
        }
    }
    None
}

/// The owner that a compiled file names, without looking at the rest of it.
pub fn owner_of_text(body: &str) -> Option<String> {
    let mut rest = body;
    while !rest.is_empty() {
        let (document, next) = first_document(rest);
        rest = next;
        if document.lines().any(|line| line.strip_prefix("  name: ") == Some(OWNER)) {
            return of_text(document).owner;
        }
    }
    None
}

/// The objects of a compiled file. Documents that cannot be read, or hold what no manifest holds, are left out.
pub fn objects_of_text(body: &str) -> Vec<Manifest<'static>> {
    let mut objects = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        let (document, next) = first_document(rest);
        rest = next;
        let value = serde_yaml::from_str::<Value>(document).ok();
        objects.extend(value.as_ref().and_then(tree).and_then(object));
    }
    objects
}

/// A value of YAML as one of a manifest.
fn tree(value: &Value) -> Option<Tree<'static>> {
    Some(match value {
        Value::Bool(flag) => Tree::Boolean(*flag),
        Value::Number(number) => Tree::Integer(number.as_i64()?),
        Value::String(text) => text.clone().into(),
        Value::Sequence(items) => Tree::List(items.iter().map(tree).collect::<Option<_>>()?),
        Value::Mapping(entries) => {
            let entry = |(key, value): (&Value, &Value)| Some((key.as_str()?.to_owned(), tree(value)?));
            Tree::Map(entries.iter().map(entry).collect::<Option<Map<'static>>>()?)
        }
        Value::Null | Value::Tagged(_) => return None,
    })
}

/// A whole document as an object.
fn object(document: Tree<'static>) -> Option<Manifest<'static>> {
    let Tree::Map(mut body) = document else { return None };
    let Some(Tree::Map(mut metadata)) = body.remove("metadata") else { return None };
    let text = |tree: Option<Tree<'static>>| match tree {
        Some(Tree::Text(text)) => Some(text),
        _ => None,
    };
    let map = |tree: Option<Tree<'static>>| match tree {
        Some(Tree::Map(map)) => map,
        _ => Map::new(),
    };
    Some(Manifest {
        api_version: text(body.remove("apiVersion"))?,
        kind: text(body.remove("kind"))?,
        name: text(metadata.remove("name"))?,
        namespace: text(metadata.remove("namespace")),
        labels: map(metadata.remove("labels")),
        annotations: map(metadata.remove("annotations")),
        body,
    })
}

/// The users of the integration's ConfigMap or Secret.
fn listed(document: &Value) -> Vec<Fact> {
    let users = document["data"]["users"].as_str().unwrap_or_default();
    let (users, separator) = match document["metadata"]["name"].as_str() {
        Some(USERS_CONFIG_MAP) => (users.to_owned(), '\n'),
        Some(USERS_SECRET) => {
            (STANDARD.decode(users).ok().and_then(|it| String::from_utf8(it).ok()).unwrap_or_default(), ',')
        }
        _ => return Vec::new(),
    };
    let names = users.split(separator).filter(|name| !name.is_empty());
    names.map(|name| Fact { kind: "User".into(), subject: name.into(), role: "edit".into() }).collect()
}

/// The first document of a stream, and the rest behind its separator. A separator is a whole line: three dashes inside
/// somebody's text are none.
fn first_document(text: &str) -> (&str, &str) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        if line.trim_end_matches(['\r', '\n']) == "---" {
            return (&text[..at], &text[end..]);
        }
        at = end;
    }
    (text, "")
}

fn collect(binding: &Value, said: &mut Said) {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let binding_name = binding["metadata"]["name"].as_str().unwrap_or_default();
    if CONTROLLERS.contains(&binding_name) {
        return;
    }
    let Some(role) = text(&binding["roleRef"]["name"]) else { return };
    // A ClusterRole may be called anything; the annotation of a person's binding says what it means.
    let role = text(&binding["metadata"]["annotations"]["role"]).unwrap_or(role);
    let role = role.rsplit('-').next().unwrap_or(&role).to_owned();
    for subject in binding["subjects"].as_sequence().into_iter().flatten() {
        let (Some(kind), Some(name)) = (text(&subject["kind"]), text(&subject["name"])) else { continue };
        let subject = match text(&subject["namespace"]) {
            Some(namespace) => format!("{namespace}/{name}"),
            None => name,
        };
        if binding_name == OWNER {
            said.owner = Some(subject.clone());
        }
        said.facts.insert(Fact { kind: kind.into(), subject: subject.into(), role: role.clone().into() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BINDING: &str = "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nroleRef:\n  \
                           name: kubeflow-edit\nsubjects:\n  - kind: User\n    name: bob@example.org\n";

    fn bob() -> BTreeSet<Fact> {
        BTreeSet::from([Fact { kind: "User".into(), subject: "bob@example.org".into(), role: "edit".into() }])
    }

    #[test]
    fn bindings_are_found_among_other_documents() {
        assert_eq!(of_text(&format!("---\nkind: Namespace\n{BINDING}---\nkind: Profile\n")).facts, bob());
        assert_eq!(of_text(&BINDING.replace('\n', "\r\n")).facts, bob());
        assert_eq!(of_text(""), Said::default());
    }

    #[test]
    fn text_that_looks_like_a_binding_is_none() {
        let quoted: String = BINDING.lines().map(|line| format!("    {line}\n")).collect();
        assert_eq!(of_text(&format!("---\nkind: ConfigMap\ndata:\n  text: |\n{quoted}")), Said::default());
    }

    #[test]
    fn users_of_the_integration_are_found() {
        let of = |text: &str| -> Vec<Arc<str>> { of_text(text).facts.into_iter().map(|fact| fact.subject).collect() };
        let map =
            "kind: ConfigMap\nmetadata:\n  name: kubeflow-users-cm\ndata:\n  users: |\n    cn=dev1,ou=x\n    qa1\n";
        assert_eq!(of(map), ["cn=dev1,ou=x".into(), "qa1".into()]);
        assert_eq!(of(&map.replace("-cm", "-other")), []);
        let secret = "kind: Secret\nmetadata:\n  name: kubeflow-users-secret\ndata:\n  users: ZGV2MSxxYTE=\n";
        assert_eq!(of(secret), ["dev1".into(), "qa1".into()]);
    }

    #[test]
    fn work_loads_of_the_namespace_are_nobody() {
        let named = |name: &str| BINDING.replace("roleRef", &format!("metadata:\n  name: {name}\nroleRef"));
        assert_eq!(of_text(&named("default-editor")), Said::default());
        assert_eq!(of_text(&named("namespaceAdmin")).owner.as_deref(), Some("bob@example.org"));
    }
}
