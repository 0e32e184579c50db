//! What an object that nothing asks for may do to tenants.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Found;
use crate::manifest::ObjectId;
use crate::plan::Plan;

/// The label that says what a namespace is part of.
const PART_OF: &str = "app.kubernetes.io/part-of";

/// The group of roles and what gives them.
const RBAC: &str = "rbac.authorization.k8s.io";

/// The group of the mesh's policies. One in the mesh's own namespace holds for all, and which namespace that is, nobody
/// can say here.
const MESH: &str = "security.istio.io";

/// Groups that everybody belongs to whom the inventory knows: people, or service accounts.
const EVERYBODY: [&str; 2] = ["system:authenticated", "system:serviceaccounts"];

/// Roles that Kubernetes itself gives to everybody: they tell of the server and of oneself.
const OPEN: [&str; 3] = ["system:basic-user", "system:discovery", "system:public-info-viewer"];

/// How far an object reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It makes a tenant, or gives, takes or limits access to one.
    Tenants,
    /// It may, or it stands in a tenant's namespace.
    Perhaps,
    /// It is somebody else's, elsewhere.
    Nowhere,
}

/// Whom an object may reach.
#[derive(Debug)]
pub struct Tenants<'a> {
    group: &'a str,
    part_of: &'a str,
    namespaces: BTreeSet<&'a str>,
    /// Names of subjects: kind and name.
    subjects: BTreeSet<(&'static str, String)>,
    /// Identities of the platform's administrators and its owner.
    admins: BTreeSet<String>,
}

impl<'a> Tenants<'a> {
    /// The tenants of a plan, and those that came out without being asked for.
    pub fn of(plan: &'a Plan<'_>, wanted: &'a BTreeMap<ObjectId, Value>, others: &'a [Found]) -> Self {
        let platform = plan.inventory.platform(plan.platform);
        let identity = |user| platform.identity_of(&plan.inventory.user(user).identity).to_string();
        let mut tenants = Tenants {
            group: platform.identifiers.group.as_str(),
            part_of: platform.identifiers.part_of.as_str(),
            namespaces: wanted.keys().filter_map(|id| id.namespace.as_deref()).collect(),
            subjects: BTreeSet::new(),
            admins: platform.admins.iter().chain(&platform.owner).map(|&user| identity(user)).collect(),
        };
        tenants.namespaces.extend(plan.provisions.iter().map(|provision| provision.namespace.name.as_str()));
        let makes = |found: &&Found| tenants.makes_tenant(&found.id, &found.value);
        let made: Vec<&str> = others.iter().filter(makes).map(|found| found.id.name.as_str()).collect();
        tenants.namespaces.extend(made);
        let people = plan.inventory.users().iter().map(|user| platform.identity_of(&user.identity).to_string());
        tenants.subjects.extend(people.map(|person| ("User", person)));
        for value in wanted.values() {
            for subject in list(&value["subjects"]) {
                let name = subject["name"].as_str().unwrap_or_default().to_owned();
                match subject["kind"].as_str() {
                    Some("User") => tenants.subjects.insert(("User", name)),
                    Some("Group") => tenants.subjects.insert(("Group", name)),
                    _ => false,
                };
            }
        }
        tenants
    }

    /// How far an object reaches that is not asked for.
    pub fn reach(&self, id: &ObjectId, value: &Value) -> Reach {
        let kind = id.kind.as_str();
        let rules = matches!(id.group.as_str(), RBAC | MESH)
            || matches!(kind, "Role" | "RoleBinding" | "AuthorizationPolicy" | "ResourceQuota" | "LimitRange")
            || kind.ends_with("NetworkPolicy");
        match id.namespace.as_deref() {
            _ if self.makes_tenant(id, value) => Reach::Tenants,
            _ if kind == "ClusterRoleBinding" && self.names_tenant(value) => Reach::Tenants,
            _ if matches!(kind, "ClusterRoleBinding" | "ClusterRole") => Reach::Perhaps,
            Some(namespace) if self.namespaces.contains(namespace) && rules => Reach::Tenants,
            Some(namespace) if self.namespaces.contains(namespace) => Reach::Perhaps,
            Some(_) if id.group == MESH => Reach::Perhaps,
            Some(_) => Reach::Nowhere,
            // Of the whole cluster, or of a namespace that whoever applies it chooses.
            None if rules => Reach::Perhaps,
            None => Reach::Nowhere,
        }
    }

    fn makes_tenant(&self, id: &ObjectId, value: &Value) -> bool {
        let labels = &value["metadata"]["labels"];
        let namespace = id.kind == "Namespace" && id.group.is_empty() && labels[PART_OF].as_str() == Some(self.part_of);
        namespace || id.kind == "Profile" && id.group == self.group
    }

    /// Whether a binding gives something to somebody whom the inventory knows. What everybody may see is nothing, and who
    /// administers the platform may do everything anyway.
    fn names_tenant(&self, value: &Value) -> bool {
        let role = &value["roleRef"];
        if role["kind"].as_str() == Some("ClusterRole") && role["name"].as_str().is_some_and(|it| OPEN.contains(&it)) {
            return false;
        }
        let ours = |namespace: &str| self.namespaces.contains(namespace);
        list(&value["subjects"]).iter().any(|subject| {
            let name = subject["name"].as_str().unwrap_or_default();
            match subject["kind"].as_str() {
                Some("ServiceAccount") => subject["namespace"].as_str().is_some_and(ours),
                Some("User") => {
                    let account = name.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split(':').next());
                    let known = self.subjects.contains(&("User", name.to_owned())) && !self.admins.contains(name);
                    account.is_some_and(ours) || known
                }
                Some("Group") if EVERYBODY.contains(&name) => true,
                Some("Group") => {
                    let accounts = name.strip_prefix("system:serviceaccounts:");
                    accounts.is_some_and(ours) || self.subjects.contains(&("Group", name.to_owned()))
                }
                _ => false,
            }
        })
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
