//! Access facts: who can do what in which namespace, whatever the way.
//!
//! There are two ways to them that know nothing of each other: from a plan, and from the text of a compiled file. The
//! second is how a compile knows what it would take away.

use std::collections::BTreeSet;

use serde_yaml::Value;

use crate::inventory::{Inventory, PlatformId, Role};
use crate::plan::{Grant, GrantSubject, Provision};

/// One subject's access to one namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// `User`, `ServiceAccount` or `Group`.
    pub kind: String,
    /// The identity, `namespace/name` of a service account, or the group.
    pub subject: String,
    /// The role.
    pub role: String,
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
    let identity = |user| platform.identity_of(&inventory.user(user).identity).to_string();
    let fact =
        |kind: &str, subject: String, role: Role| Fact { kind: kind.to_owned(), subject, role: role.name().to_owned() };
    let owner = fact("User", identity(provision.owner), Role::Admin);
    let granted = grants.iter().map(|grant| match grant.subject {
        GrantSubject::User(user) => fact("User", identity(user), grant.role),
        GrantSubject::ServiceAccount(account) => fact("ServiceAccount", account.to_string(), grant.role),
        GrantSubject::IdpGroup(group) => fact("Group", group.to_string(), grant.role),
    });
    std::iter::once(owner).chain(granted).collect()
}

/// The facts that the RoleBindings of a compiled file give. Documents that cannot be read give none.
pub fn of_text(body: &str) -> BTreeSet<Fact> {
    let mut facts = BTreeSet::new();
    let mut rest = body;
    while !rest.is_empty() {
        let (document, next) = first_document(rest);
        rest = next;
        if !document.lines().any(|line| line == "kind: RoleBinding") {
            continue;
        }
        if let Ok(value) = serde_yaml::from_str::<Value>(document) {
            collect(&value, &mut facts);
        }
    }
    facts
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

fn collect(binding: &Value, facts: &mut BTreeSet<Fact>) {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let Some(role) = text(&binding["roleRef"]["name"]) else { return };
    let role = role.strip_prefix("kubeflow-").unwrap_or(&role).to_owned();
    for subject in binding["subjects"].as_sequence().into_iter().flatten() {
        let (Some(kind), Some(name)) = (text(&subject["kind"]), text(&subject["name"])) else { continue };
        let subject = match text(&subject["namespace"]) {
            Some(namespace) => format!("{namespace}/{name}"),
            None => name,
        };
        facts.insert(Fact { kind, subject, role: role.clone() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BINDING: &str = "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nroleRef:\n  \
                           name: kubeflow-edit\nsubjects:\n  - kind: User\n    name: bob@example.org\n";

    fn bob() -> BTreeSet<Fact> {
        BTreeSet::from([Fact {
            kind: "User".to_owned(),
            subject: "bob@example.org".to_owned(),
            role: "edit".to_owned(),
        }])
    }

    #[test]
    fn bindings_are_found_among_other_documents() {
        assert_eq!(of_text(&format!("---\nkind: Namespace\n{BINDING}---\nkind: Profile\n")), bob());
        assert_eq!(of_text(&BINDING.replace('\n', "\r\n")), bob());
        assert_eq!(of_text(""), BTreeSet::new());
    }

    #[test]
    fn text_that_looks_like_a_binding_is_none() {
        let quoted: String = BINDING.lines().map(|line| format!("    {line}\n")).collect();
        assert_eq!(of_text(&format!("---\nkind: ConfigMap\ndata:\n  text: |\n{quoted}")), BTreeSet::new());
    }
}
