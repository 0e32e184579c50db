//! Who has access: worked out from the data by plain loops, and read from the text of the output.

use std::collections::{BTreeMap, BTreeSet};

use libtest_mimic::Failed;
use serde_json::{Value, json};

use super::compile::{compile, text, texts};
use super::data::{Contributor, Inventory, Namespace, Platform, Subject, Tenant, User};
use super::generate::{TODAY, inventories};
use super::{Verdict, ensure, hold, same};

/// Kind and name of a subject; a service account is `namespace/name`.
type Who = (&'static str, String);

/// Access to one namespace.
#[derive(Debug, Default, PartialEq)]
struct Access {
    /// The owner's identity.
    owner: String,
    /// Role by subject, without the owner.
    roles: BTreeMap<Who, String>,
    /// By identity, whether the gateway is let through; of people, and only where there are policies.
    gateway: BTreeMap<String, bool>,
}

/// Every binding and policy is justified by the data, and everything that the data justifies is there.
pub fn access() -> Result<(), Failed> {
    hold(inventories(), 128, |inventory| {
        let compiled = compile(&inventory)?;
        let mut files: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for (path, object) in compiled.objects()? {
            files.entry(path).or_default().push(object);
        }
        let mut wanted = BTreeSet::new();
        for tenant in &inventory.tenants {
            for platform in inventory.clusters(tenant) {
                for namespace in tenant.namespaces_on(platform) {
                    let path = platform.path_of(&namespace.name);
                    let objects = files.get(path.as_str()).ok_or_else(|| format!("{path} is missing"))?;
                    let found = found(objects, platform).map_err(|problem| format!("{path}: {problem}"))?;
                    same(&format!("access in {path}"), &found, &justified(&inventory, tenant, platform, &namespace))?;
                    wanted.insert(path);
                }
            }
        }
        let extra = files.iter().filter(|(path, _)| !wanted.contains(**path)).flat_map(|(_, objects)| objects);
        for object in extra {
            self_service(object)?;
        }
        Ok(())
    })
}

/// Outside of the tenants' files only a DENY may speak of access.
fn self_service(object: &Value) -> Verdict {
    let kind = text(object, "/kind");
    let denies = kind == "AuthorizationPolicy" && text(object, "/spec/action") == "DENY";
    ensure(denies, || format!("an object that gives access to nobody's namespace: {object}"))
}

// --- what the data says ---

fn justified(inventory: &Inventory, tenant: &Tenant, platform: &Platform, namespace: &Namespace) -> Access {
    let identity = |user: &User| match platform.case {
        Some("lower") => user.identity().to_lowercase(),
        _ => user.identity().to_owned(),
    };
    let default = platform.owner.as_ref();
    if tenant.state_of(namespace) != "active" {
        let stand_in = inventory.user(default.expect("only with an owner is a namespace not active"));
        return Access { owner: identity(stand_in), ..Access::default() };
    }
    let owner = tenant.owner.as_ref().or(default).expect("every generated tenant has an owner");
    let owner = still_there(inventory, owner);
    let mut ways: BTreeMap<Who, Vec<&Contributor>> = BTreeMap::new();
    for contributor in tenant.contributors.iter().chain(&namespace.contributors) {
        if contributor.until.is_some_and(|until| until < TODAY) {
            continue;
        }
        for who in reached(inventory, &contributor.subject, &identity) {
            ways.entry(who).or_default().push(contributor);
        }
    }
    ways.remove(&("User", identity(owner)));
    let has_policies = platform.isolation != Some("single-user") && platform.mesh != Some("none");
    let mut access = Access { owner: identity(owner), ..Access::default() };
    for (who, ways) in ways {
        let (role, notebooks) = strongest(&ways);
        if who.0 == "User" && has_policies {
            access.gateway.insert(who.1.clone(), notebooks);
        }
        access.roles.insert(who, role.to_owned());
    }
    access
}

/// The person, or whoever succeeded them.
fn still_there<'i>(inventory: &'i Inventory, name: &str) -> &'i User {
    let user = inventory.user(name);
    match &user.successor {
        Some(successor) if user.departed => still_there(inventory, successor),
        _ => user,
    }
}

/// Subjects that an entry names, or that are in the group that it names, at any depth. Nobody who departed.
fn reached(inventory: &Inventory, subject: &Subject, identity: &dyn Fn(&User) -> String) -> BTreeSet<Who> {
    match subject {
        Subject::User(name) => {
            let user = inventory.user(name);
            if user.departed { BTreeSet::new() } else { BTreeSet::from([("User", identity(user))]) }
        }
        Subject::Group(name) => {
            let group = inventory.group(name);
            let members = group.members.iter().cloned().map(Subject::User);
            let parts = members.chain(group.groups.iter().cloned().map(Subject::Group));
            parts.flat_map(|part| reached(inventory, &part, identity)).collect()
        }
        Subject::ServiceAccount(name) => BTreeSet::from([("ServiceAccount", name.clone())]),
        Subject::IdpGroup(name) => BTreeSet::from([("Group", name.clone())]),
    }
}

/// The strongest role, and whether the ways that give it let the person into notebooks.
fn strongest(ways: &[&Contributor]) -> (&'static str, bool) {
    let role = |way: &&&Contributor| way.role.unwrap_or("edit");
    let best = ["admin", "edit", "view"].into_iter().find(|wanted| ways.iter().any(|way| role(&way) == *wanted));
    let best = best.expect("somebody who is reached is reached with a role");
    let said: Vec<bool> = ways.iter().filter(|way| role(way) == best).filter_map(|way| way.notebook_access).collect();
    let notebooks = if said.contains(&false) { false } else { said.contains(&true) || best != "view" };
    (best, notebooks)
}

// --- what the output says ---

fn found(objects: &[Value], platform: &Platform) -> Result<Access, String> {
    let mut access = Access::default();
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    let of_kind = |kind: &'static str| objects.iter().filter(move |object| text(object, "/kind") == kind);
    let namespace = of_kind("Namespace").next().ok_or("no Namespace")?;
    let profile = of_kind("Profile").next().ok_or("no Profile")?;
    access.owner = text(namespace, "/metadata/annotations/owner").to_owned();
    let owner = json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": access.owner});
    same("owner of the Profile", &profile.pointer("/spec/owner"), &Some(&owner))?;
    for binding in of_kind("RoleBinding") {
        let name = text(binding, "/metadata/name");
        let ((kind, who), role) = subject(binding)?;
        if name == "namespaceAdmin" {
            same("namespaceAdmin", &(kind, &who, &*role), &("User", &access.owner, "admin"))?;
            continue;
        }
        if kind == "User" {
            names.insert(who.clone(), name);
        }
        let again = access.roles.insert((kind, who), role);
        ensure(again.is_none(), || format!("{name} is a second binding of its subject"))?;
    }
    ensure(of_kind("RoleBinding").any(|it| text(it, "/metadata/name") == "namespaceAdmin"), || "no owner".to_owned())?;
    for policy in of_kind("AuthorizationPolicy") {
        let (identity, gateway) = self::policy(policy, platform)?;
        same("name of the pair", &Some(&text(policy, "/metadata/name")), &names.get(&identity))?;
        same("annotations of the pair", &text(policy, "/metadata/annotations/user"), &identity.as_str())?;
        let again = access.gateway.insert(identity, gateway);
        ensure(again.is_none(), || "a second policy of one person".to_owned())?;
    }
    Ok(access)
}

/// Subject and role of a binding: one subject, one of our three roles, and the annotations that belong to it.
fn subject(binding: &Value) -> Result<(Who, String), String> {
    let role_ref = &binding["roleRef"];
    let role = text(role_ref, "/name").strip_prefix("kubeflow-").ok_or("not a role of Kubeflow")?;
    ensure(["admin", "edit", "view"].contains(&role), || format!("an unknown role: {role_ref}"))?;
    same("roleRef", &text(role_ref, "/kind"), &"ClusterRole")?;
    let subjects = binding["subjects"].as_array().ok_or("no subjects")?;
    let [subject] = &subjects[..] else { return Err(format!("not one subject: {binding}")) };
    let name = text(subject, "/name").to_owned();
    let who: Who = match text(subject, "/kind") {
        "User" => ("User", name),
        "Group" => ("Group", name),
        "ServiceAccount" => ("ServiceAccount", format!("{}/{name}", text(subject, "/namespace"))),
        other => return Err(format!("a subject of kind {other}")),
    };
    let key = match who.0 {
        "User" => Some("user"),
        "Group" => Some("group"),
        _ => None,
    };
    let annotation = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let mut wanted: BTreeMap<String, String> =
        key.into_iter().flat_map(|key| [annotation(key, &who.1), annotation("role", role)]).collect();
    if who.1.contains("${") {
        wanted.extend([annotation("kustomize.toolkit.fluxcd.io/substitute", "disabled")]);
    }
    same("annotations", &texts(binding, "/metadata/annotations"), &wanted)?;
    Ok((who, role.to_owned()))
}

/// Identity that a policy lets in, and whether through the gateway. Anything but the one known shape is an error.
fn policy(policy: &Value, platform: &Platform) -> Result<(String, bool), String> {
    let value = text(policy, "/spec/rules/0/when/0/values/0");
    let prefix = platform.prefix.unwrap_or("");
    let identity = value.strip_prefix(prefix).ok_or_else(|| format!("no prefix in {value:?}"))?;
    let gateway = platform.gateway.unwrap_or("cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account");
    let pipelines = platform.pipelines_ui.unwrap_or("cluster.local/ns/kubeflow/sa/ml-pipeline-ui");
    let mut extra = platform.extra_principals.clone();
    extra.sort_unstable();
    let all: Vec<&str> = [gateway, pipelines].into_iter().chain(extra).collect();
    // Releases before 1.8 named no principals: whoever carries the header came through the gateway.
    let names_principals = !matches!(platform.version, Some("1.4" | "1.5" | "1.6" | "1.7"));
    let rule = |principals: Option<&[&str]>| {
        let header = format!("request.headers[{}]", platform.header.unwrap_or("kubeflow-userid"));
        let mut rule = json!({"when": [{"key": header, "values": [value]}]});
        if let Some(principals) = principals {
            rule["from"] = json!([{"source": {"principals": principals}}]);
        }
        let mut spec = json!({"rules": [rule]});
        if platform.mesh == Some("ambient") {
            let waypoint = json!({"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "waypoint"});
            spec["targetRefs"] = json!([waypoint]);
        }
        spec
    };
    let spec = &policy["spec"];
    let open = rule(names_principals.then_some(&all[..]));
    let closed = rule(Some(&[pipelines]));
    ensure(*spec == open || *spec == closed, || format!("a policy of another shape: {spec}"))?;
    Ok((identity.to_owned(), *spec == open))
}
