//! Words for references that do not hold and claims that clash.

use crate::diag::{Code, Diagnostic, Place};
use crate::name::{
    AddOnName, ClusterName, GroupName, InvalidName, NameProblem, NamespaceName, QuotaClassName, TenantName, UserName,
};
use crate::source::Span;

use super::{did_you_mean, did_you_mean_or, list, shown};

/// No document at all.
pub fn empty_inventory() -> Diagnostic {
    Diagnostic::new(Code::EmptyInventory, Place::Inventory, "the inventory holds no document")
        .with_help("`tenantry init` writes a sample to start from")
}

/// No cluster.
pub fn no_platform() -> Diagnostic {
    Diagnostic::new(Code::NoPlatform, Place::Inventory, "the inventory declares no Platform")
        .with_help("add a document of kind Platform for the cluster that the tenants live on")
}

/// Nothing would come out for a cluster.
pub fn no_namespaces(clusters: &[&ClusterName]) -> Diagnostic {
    let message = match clusters {
        [one] => format!("no tenant has a namespace on the cluster `{one}`"),
        _ => format!("no tenant has a namespace on any of the clusters {}", list(clusters)),
    };
    Diagnostic::new(Code::NoNamespaces, Place::Inventory, message).with_help(
        "add a tenant; to remove the last ones, write `state: retired` first, because engines delete what an empty result lacks",
    )
}

/// Two users of one name.
pub fn duplicate_user(span: Span, name: &UserName, first: Span) -> Diagnostic {
    Diagnostic::at(Code::DuplicateUser, span, format!("the user `{name}` is declared twice"))
        .with_related(first, "first declared here")
        .with_help("merge the two, or give one of them another name")
}

/// Two groups of one name.
pub fn duplicate_group(span: Span, name: &GroupName, first: Span) -> Diagnostic {
    Diagnostic::at(Code::DuplicateGroup, span, format!("the group `{name}` is declared twice"))
        .with_related(first, "first declared here")
        .with_help("merge the two, or give one of them another name")
}

/// Two platforms of one name.
pub fn duplicate_platform(span: Span, name: &ClusterName, first: Span) -> Diagnostic {
    Diagnostic::at(Code::DuplicatePlatform, span, format!("the cluster `{name}` is declared twice"))
        .with_related(first, "first declared here")
        .with_help("there is one Platform per cluster: merge the two, or rename one of them")
}

/// Two tenants of one name.
pub fn duplicate_tenant(span: Span, name: &TenantName, first: Span) -> Diagnostic {
    Diagnostic::at(Code::DuplicateTenant, span, format!("the tenant `{name}` is declared twice"))
        .with_related(first, "first declared here")
        .with_help("merge the two, or give one of them another name")
}

/// Two claims to one namespace.
pub fn duplicate_namespace(
    span: Span,
    name: &NamespaceName,
    cluster: &ClusterName,
    tenant: &TenantName,
    first: Span,
) -> Diagnostic {
    let message = format!("the namespace `{name}` on the cluster `{cluster}` belongs to the tenant `{tenant}` already");
    Diagnostic::at(Code::DuplicateNamespace, span, message)
        .with_related(first, "claimed here")
        .with_help("a namespace belongs to one tenant; name it otherwise under `namespaces`")
}

/// One namespace twice in the list of a tenant.
pub fn namespace_listed_twice(span: Span, name: &NamespaceName, tenant: &TenantName, first: Span) -> Diagnostic {
    let message = format!("the tenant `{tenant}` lists the namespace `{name}` twice");
    Diagnostic::at(Code::DuplicateNamespace, span, message)
        .with_related(first, "first here")
        .with_help("remove one of the two, or merge them")
}

/// Two users with one identity.
pub fn duplicate_identity(span: Span, identity: &str, other: &UserName, first: Span) -> Diagnostic {
    Diagnostic::at(
        Code::DuplicateIdentity,
        span,
        format!("the identity `{identity}` is that of the user `{other}` already"),
    )
    .with_related(first, "first used here")
    .with_help("one identity is one person: keep one of the two users")
}

/// Two identities that differ only in letter case.
pub fn identity_case(span: Span, identity: &str, other: &str, first: Span) -> Diagnostic {
    let message = format!("the identities `{identity}` and `{other}` differ only in letter case");
    Diagnostic::at(Code::IdentityCase, span, message)
        .with_related(first, "the other one")
        .with_help("Kubernetes compares letter case and mail systems do not: keep the spelling that the login sends")
}

/// An earlier identity that belongs to somebody else.
pub fn identity_taken(span: Span, identity: &str, other: &UserName, first: Span) -> Diagnostic {
    Diagnostic::at(Code::IdentityTaken, span, format!("the identity `{identity}` belongs to the user `{other}`"))
        .with_related(first, "used here")
        .with_help("`previously` lists addresses that this person had and nobody else has or had")
}

/// An earlier identity that is the present one.
pub fn identity_is_present(span: Span, identity: &str, present: Span) -> Diagnostic {
    Diagnostic::at(
        Code::IdentityTaken,
        span,
        format!("`{identity}` is listed as an earlier identity and is the present one"),
    )
    .with_related(present, "the present identity")
    .with_help("remove it from `previously`")
}

/// An earlier name of a tenant that another has or had.
pub fn tenant_name_taken(span: Span, name: &TenantName, first: Span, earlier: bool) -> Diagnostic {
    let what = if earlier { "an earlier name" } else { "the name" };
    Diagnostic::at(Code::TenantNameTaken, span, format!("`{name}` is {what} of another tenant"))
        .with_related(first, "used here")
        .with_help("`previously` lists names that this tenant had and no other tenant has or had")
}

/// An earlier name of a tenant that is the present one.
pub fn tenant_name_is_present(span: Span, name: &TenantName, present: Span) -> Diagnostic {
    Diagnostic::at(Code::TenantNameTaken, span, format!("`{name}` is listed as an earlier name and is the present one"))
        .with_related(present, "the present name")
        .with_help("remove it from `previously`")
}

/// A user that nobody declares.
pub fn unknown_user<'a>(
    span: Span,
    name: &UserName,
    known: Option<impl Iterator<Item = &'a str> + Clone>,
    is_group: bool,
) -> Diagnostic {
    let diagnostic = Diagnostic::at(Code::UnknownUser, span, format!("the user `{name}` is not declared"));
    if is_group {
        return diagnostic.with_help(format!("`{name}` is a group: write `group: {name}`"));
    }
    diagnostic.with_help(did_you_mean_or(name.as_str(), known, "add the person to a Directory"))
}

/// A group that nobody declares.
pub fn unknown_group<'a>(
    span: Span,
    name: &GroupName,
    known: Option<impl Iterator<Item = &'a str> + Clone>,
    is_user: bool,
) -> Diagnostic {
    let diagnostic = Diagnostic::at(Code::UnknownGroup, span, format!("the group `{name}` is not declared"));
    if is_user {
        return diagnostic.with_help(format!("`{name}` is a user: write `user: {name}`, or list it under `members`"));
    }
    let add = "add the group to a Directory, or use `idpGroup` for one of the identity provider";
    diagnostic.with_help(did_you_mean_or(name.as_str(), known, add))
}

/// A quota class that the platform lacks.
pub fn unknown_quota_class<'a>(
    span: Span,
    name: &QuotaClassName,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let diagnostic = Diagnostic::at(Code::UnknownQuotaClass, span, format!("the quota class `{name}` is not declared"));
    diagnostic.with_help(did_you_mean_or(name.as_str(), Some(known), "declare it under `quotaClasses` of the platform"))
}

/// An add-on that does not exist.
pub fn unknown_add_on<'a>(span: Span, name: &AddOnName, known: impl Iterator<Item = &'a str> + Clone) -> Diagnostic {
    let diagnostic = Diagnostic::at(Code::UnknownAddOn, span, format!("the add-on `{name}` does not exist"));
    let file = format!("add the template `templates/{name}.yaml.j2`");
    diagnostic.with_help(did_you_mean_or(name.as_str(), Some(known), &file))
}

/// A cluster that nobody declares.
pub fn unknown_cluster<'a>(span: Span, name: &ClusterName, known: impl Iterator<Item = &'a str> + Clone) -> Diagnostic {
    let diagnostic = Diagnostic::at(Code::UnknownCluster, span, format!("the cluster `{name}` is not declared"));
    diagnostic.with_help(did_you_mean_or(name.as_str(), Some(known), "add a Platform of that name"))
}

/// A cluster on the command line that nobody declares.
pub fn unknown_cluster_option<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Diagnostic {
    let message = format!("the cluster `{}` is not declared", shown(name));
    let diagnostic = Diagnostic::new(Code::UnknownCluster, Place::Inventory, message);
    match did_you_mean(name, known) {
        Some(help) => diagnostic.with_help(help),
        None => diagnostic,
    }
}

/// A version that is not known.
pub fn unknown_version(span: Span, version: &str, distribution: &str, known: &[&str]) -> Diagnostic {
    let message = format!("version `{}` of {distribution} is not known", shown(version));
    Diagnostic::at(Code::UnknownVersion, span, message).with_help(format!("known versions: {}", list(known)))
}

/// A group inside itself.
pub fn group_cycle(span: Span, cycle: &[&str]) -> Diagnostic {
    const SHOWN: usize = 8;
    let mut way: Vec<&str> = cycle.iter().copied().take(SHOWN).collect();
    if cycle.len() > SHOWN {
        way.push("…");
    }
    way.push(cycle.first().copied().unwrap_or_default());
    let message =
        format!("the group `{}` contains itself: {}", cycle.first().copied().unwrap_or_default(), way.join(" → "));
    Diagnostic::at(Code::GroupCycle, span, message).with_help("remove one of these memberships")
}

/// Groups that expand too far.
pub fn group_too_large(span: Span, name: &GroupName, limit: usize) -> Diagnostic {
    let message = format!("expanding the group `{name}` exceeds {limit} memberships in all");
    Diagnostic::at(Code::GroupTooLarge, span, message)
        .with_help("look for groups that contain nearly everybody, again and again")
}

/// A tenant without an owner.
pub fn missing_owner(span: Span, tenant: &TenantName, cluster: &ClusterName) -> Diagnostic {
    Diagnostic::at(Code::MissingOwner, span, format!("the tenant `{tenant}` has no owner"))
        .with_help(format!("add `owner:` to the tenant, or to the platform `{cluster}` for all tenants that name none"))
}

/// A tenant that does not say where it lives.
pub fn missing_clusters(span: Span, tenant: &TenantName, known: &[&str]) -> Diagnostic {
    Diagnostic::at(Code::MissingClusters, span, format!("the tenant `{tenant}` does not say which cluster it is for"))
        .with_help(format!("add `clusters:` with some of {}", list(known)))
}

/// A departed owner whom nobody follows.
pub fn departed_owner(span: Span, name: &UserName, declared: Span) -> Diagnostic {
    Diagnostic::at(Code::DepartedOwner, span, format!("the owner `{name}` has departed and has no successor"))
        .with_related(declared, "declared here")
        .with_help("name another owner here, or a `successor` where the person is declared")
}

/// A successor who cannot take over.
pub fn unusable_successor(span: Span, name: &UserName, successor: &UserName) -> Diagnostic {
    let message =
        format!("`{successor}` cannot take over from `{name}`: nobody in the line of successors is still there");
    Diagnostic::at(Code::UnusableSuccessor, span, message).with_help("name somebody who has not departed")
}

/// Nobody to stand in for the owner of a suspended namespace.
pub fn missing_stand_in(span: Span, namespace: &NamespaceName, cluster: &ClusterName, named: bool) -> Diagnostic {
    let (reason, verb) = match named {
        true => (format!("the owner of the platform `{cluster}`, who has to stand in, has departed"), "change"),
        false => (format!("the platform `{cluster}` has no owner to stand in"), "add"),
    };
    let message = format!("the namespace `{namespace}` is not active, and {reason}");
    Diagnostic::at(Code::MissingStandIn, span, message).with_help(format!(
        "{verb} `owner:` of the platform `{cluster}`; the profile controller makes the owner of a Profile its admin"
    ))
}

/// A namespace that is the platform's.
pub fn reserved_namespace(span: Span, name: &NamespaceName, owner: &str, by_default: bool) -> Diagnostic {
    let help = match by_default {
        true => "give the tenant another name, or name its namespace under `namespaces`",
        false => "take another name",
    };
    Diagnostic::at(Code::ReservedNamespace, span, format!("the namespace `{name}` belongs to {owner}")).with_help(help)
}

/// A default name that is no namespace name.
pub fn default_namespace(span: Span, name: &str, problem: InvalidName) -> Diagnostic {
    let code = match problem.problem {
        NameProblem::TooLong { .. } => Code::NameTooLong,
        _ => Code::InvalidName,
    };
    Diagnostic::at(code, span, format!("the default namespace name `{}` cannot be one: it {problem}", shown(name)))
        .with_help("name the namespace under `namespaces`")
}

/// The identity of people without a login.
pub fn anonymous_identity(span: Span) -> Diagnostic {
    let message = format!("the identity `{}` is that of everybody who is not logged in", crate::name::ANONYMOUS);
    Diagnostic::at(Code::AnonymousIdentity, span, message).with_help("remove the user, or set `isolation: single-user`")
}

/// A template called like a built-in add-on.
pub fn built_in_template(span: Span, name: &AddOnName) -> Diagnostic {
    Diagnostic::at(Code::DuplicateObject, span, format!("`{name}` is a built-in add-on and cannot be a template"))
        .with_help("give the file another name")
}

/// A cluster with a name that is too long for what engines call its folders.
pub fn long_cluster(span: Span, cluster: &ClusterName, limit: usize) -> Diagnostic {
    let length = cluster.as_str().len();
    let message = format!("the name of the cluster `{cluster}` has {length} characters, and engines can sync {limit}");
    Diagnostic::at(Code::NameTooLong, span, message).with_help(
        "engines put the name into labels, together with that of the folder; choose a shorter name, or `engine: none`",
    )
}

/// Two clusters whose output lies in one folder of one repository.
pub fn shared_path(span: Span, cluster: &ClusterName, other: &ClusterName, first: Span) -> Diagnostic {
    let message = format!("the clusters `{other}` and `{cluster}` would sync one folder of one repository");
    Diagnostic::at(Code::ConflictingFields, span, message).with_related(first, "and this one").with_help(
        "give each its own `gitops.path`, neither below the other: whoever has access on one would have it on both",
    )
}

/// Two clusters whose AppProjects would have one name in one Argo CD.
pub fn shared_project(span: Span, cluster: &ClusterName, other: &ClusterName, first: Span) -> Diagnostic {
    let message = format!("the clusters `{other}` and `{cluster}` would have one AppProject in one Argo CD");
    Diagnostic::at(Code::ConflictingFields, span, message)
        .with_related(first, "and this one")
        .with_help("give each its own `gitops.argocd.project`: the second would replace the first, and stop its cluster from syncing")
}

/// One identity for the gateway and for the pipelines UI.
pub fn same_principals(span: Span, cluster: &ClusterName) -> Diagnostic {
    let message = format!("the gateway and the pipelines UI of the cluster `{cluster}` have one mesh identity");
    Diagnostic::at(Code::ConflictingFields, span, message)
        .with_help("give each its own: a viewer is let in as the pipelines UI, and would pass the gateway as well")
}

/// Two roles that are one ClusterRole.
pub fn same_roles(span: Span, cluster: &ClusterName, role: &str) -> Diagnostic {
    let message = format!("two roles of the cluster `{cluster}` are one ClusterRole, `{role}`");
    Diagnostic::at(Code::ConflictingFields, span, message)
        .with_help("name three under `identifiers`: whoever has the weaker role would have the stronger one too")
}

/// An administrator whose identity would be read as another one.
pub fn unfit_admin(span: Span, name: &UserName, identity: &str, why: &str) -> Diagnostic {
    let message = format!("`{name}` cannot be a platform administrator with the identity `{identity}`: {why}");
    Diagnostic::at(Code::InvalidIdentity, span, message).with_help("name somebody else under `admins`")
}

/// `ecp` on another distribution.
pub fn ecp_setting(span: Span, distribution: &str) -> Diagnostic {
    Diagnostic::at(Code::ConflictingFields, span, format!("`ecp` is set for the distribution `{distribution}`"))
        .with_help("remove `ecp`, or set `distribution: ecp`")
}
