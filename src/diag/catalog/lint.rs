//! Words for what is legal and probably not what was meant.

use jiff::civil::Date;

use crate::diag::{Code, Diagnostic};
use crate::name::{ClusterName, GroupName, NamespaceName, POD_SECURITY_ENFORCE, TenantName, UserName};
use crate::source::Span;

use super::{list, shown};

/// A departed person among the members of a group.
pub fn departed_member(span: Span, name: &UserName, group: &GroupName) -> Diagnostic {
    Diagnostic::at(Code::DepartedMember, span, format!("`{name}` has departed and is still a member of `{group}`"))
        .with_help("the membership counts for nothing; remove it")
}

/// A departed person in a grant.
pub fn departed_grant(span: Span, name: &UserName) -> Diagnostic {
    Diagnostic::at(Code::DepartedGrant, span, format!("`{name}` has departed and is still a contributor"))
        .with_help("the grant counts for nothing; remove it")
}

/// A departed owner, and who took over.
pub fn departed_owner_replaced(span: Span, name: &UserName, successor: &UserName) -> Diagnostic {
    let message = format!("the owner `{name}` has departed, and the successor `{successor}` follows");
    Diagnostic::at(Code::DepartedGrant, span, message).with_help(format!("write `owner: {successor}`"))
}

/// A departed administrator.
pub fn departed_admin(span: Span, name: &UserName) -> Diagnostic {
    Diagnostic::at(Code::DepartedGrant, span, format!("`{name}` has departed and is still a platform administrator"))
        .with_help("the entry counts for nothing; remove it")
}

/// A grant whose last day is over.
pub fn expired_grant(span: Span, subject: &str, until: Date) -> Diagnostic {
    Diagnostic::at(Code::ExpiredGrant, span, format!("the grant to `{}` ended on {until}", shown(subject)))
        .with_help("remove it, or write a later `until`")
}

/// A grant that somebody should look at.
pub fn review_due(span: Span, subject: &str, by: Date) -> Diagnostic {
    Diagnostic::at(Code::ReviewDue, span, format!("the grant to `{}` was to be reviewed by {by}", shown(subject)))
        .with_help("remove it, or confirm it with a later `reviewBy`")
}

/// The owner among the contributors.
pub fn owner_is_contributor(span: Span, name: &UserName) -> Diagnostic {
    Diagnostic::at(Code::OwnerIsContributor, span, format!("`{name}` is a contributor and owns the tenant"))
        .with_help("the owner is admin already; remove the entry")
}

/// A grant that another one covers.
pub fn redundant_grant(span: Span, name: &str, by: Span, strongest: &str) -> Diagnostic {
    Diagnostic::at(
        Code::RedundantGrant,
        span,
        format!("the grant to `{name}` adds nothing, because there is one with `{strongest}`"),
    )
    .with_related(by, "already here")
    .with_help("remove one of the two")
}

/// A grant to a group of nobody.
pub fn empty_group(span: Span, group: &GroupName, declared: Span) -> Diagnostic {
    Diagnostic::at(
        Code::EmptyGroup,
        span,
        format!("the group `{group}` has no members, so this grant gives nobody access"),
    )
    .with_related(declared, "declared here")
    .with_help("add members, or remove the grant")
}

/// `notebookAccess: false` with a role that may exec.
pub fn notebook_flag_with_exec(span: Span, role: &str) -> Diagnostic {
    let message = format!("`notebookAccess: false` does not keep a contributor with role `{role}` out of notebooks");
    Diagnostic::at(Code::NotebookFlagIneffective, span, message)
        .with_help("RBAC lets the role open a shell in any pod; give `view` instead")
}

/// A viewer where no policy can keep them out of notebooks.
pub fn view_without_policy(span: Span, cluster: &ClusterName, reason: &str) -> Diagnostic {
    let message = format!("on the cluster `{cluster}` nothing keeps a viewer out of notebooks, because it {reason}");
    Diagnostic::at(Code::NotebookFlagIneffective, span, message).with_help(
        "a viewer who reaches a notebook works with the rights of an editor; give `view` here only to people who may",
    )
}

/// `notebookAccess` for a subject that has no policy.
pub fn notebook_flag_without_person(span: Span) -> Diagnostic {
    Diagnostic::at(Code::NotebookFlagIneffective, span, "`notebookAccess` counts only for people")
        .with_help("remove it: service accounts and groups of the identity provider get a RoleBinding only")
}

/// A group of the identity provider.
pub fn idp_group(span: Span, group: &str) -> Diagnostic {
    let message = format!("nobody can see here who is in the group `{group}` of the identity provider");
    Diagnostic::at(Code::IdpGroup, span, message).with_help(
        "its members get access through the API only, and no review shows them; list people in a Directory instead",
    )
}

/// A service account that another tenant's people can use.
pub fn shared_service_account(span: Span, account: &str, tenant: &TenantName) -> Diagnostic {
    let message = format!("the service account `{account}` belongs to the tenant `{tenant}`");
    Diagnostic::at(Code::SharedServiceAccount, span, message)
        .with_help("everyone who can edit there gains its access here; use an account of a namespace that nobody edits")
}

/// An outsider without an end.
pub fn outsider_without_until(span: Span, user: &UserName) -> Diagnostic {
    let message = format!("`{user}`, who is in an external group, has access without an end");
    Diagnostic::at(Code::ExternalWithoutUntil, span, message).with_help("add `until: YYYY-MM-DD`")
}

/// Outsiders without an end.
pub fn external_without_until(span: Span, group: &GroupName) -> Diagnostic {
    Diagnostic::at(Code::ExternalWithoutUntil, span, format!("the external group `{group}` has access without an end"))
        .with_help("add `until: YYYY-MM-DD`")
}

/// Single-user isolation.
pub fn anonymous_access(span: Span, cluster: &ClusterName) -> Diagnostic {
    let message = format!("the dashboard of the cluster `{cluster}` lets everybody in as `{}`", crate::name::ANONYMOUS);
    Diagnostic::at(Code::AnonymousAccess, span, message).with_help(
        "with `isolation: single-user` nobody is told apart; use `multi-user` for data that is not everybody's",
    )
}

/// A platform on which self-service cannot be closed.
pub fn self_service_open(span: Span, cluster: &ClusterName) -> Diagnostic {
    let message = format!("self-service stays open on the cluster `{cluster}`: without a mesh nothing can close it");
    Diagnostic::at(Code::SelfServiceOpen, span, message)
        .with_help("write `selfService: allow` to say that this is meant, or run the platform in a mesh")
}

/// People who can give access outside git.
pub fn admins_can_bind(span: Span, cluster: &ClusterName, people: &[&str], more: usize) -> Diagnostic {
    let mut names = list(people);
    if more > 0 {
        names.push_str(&format!(" and {more} more"));
    }
    let message = format!("on the cluster `{cluster}` these people can give others access outside git: {names}");
    Diagnostic::at(Code::AdminsCanBind, span, message).with_help(
        "owners and admins may create RoleBindings through the API; a platform account as owner and `edit` for people avoid it",
    )
}

/// A name that is long for what is built from it.
pub fn long_namespace(span: Span, name: &NamespaceName, soft_limit: usize) -> Diagnostic {
    let message = format!("the namespace name `{name}` has {} characters", name.as_str().len());
    Diagnostic::at(Code::LongNamespace, span, message).with_help(format!(
        "take a shorter one if you can: host names are built from it, and up to {soft_limit} leave room for more"
    ))
}

/// The namespace of the stock example.
pub fn stock_namespace(span: Span, name: &NamespaceName) -> Diagnostic {
    Diagnostic::at(
        Code::StockNamespace,
        span,
        format!("the namespace `{name}` is that of the example profile of Kubeflow"),
    )
    .with_help("the distribution installs a profile of this name with a well-known password; take another name")
}

/// A label that takes back what the platform enforces.
pub fn weaker_pod_security(
    span: Span,
    namespace: &NamespaceName,
    cluster: &ClusterName,
    level: &str,
    usual: &str,
) -> Diagnostic {
    let message = format!(
        "the namespace `{namespace}` enforces the Pod Security level `{level}` on the cluster `{cluster}`, and the platform `{usual}`"
    );
    Diagnostic::at(Code::WeakerPodSecurity, span, message)
        .with_help(format!("remove the label `{POD_SECURITY_ENFORCE}`; without it the platform's level holds"))
}

/// A compute quota that stops everything that says nothing.
pub fn quota_without_limit_range(span: Span, namespace: &NamespaceName, keys: &[&str]) -> Diagnostic {
    let message =
        format!("the quota of `{namespace}` counts {}, so pods that do not say what they need are refused", list(keys));
    Diagnostic::at(Code::QuotaWithoutLimitRange, span, message)
        .with_help("add the add-on `limit-range`, which gives pods defaults")
}

/// A template that nobody uses.
pub fn unused_template(span: Span, name: &str) -> Diagnostic {
    Diagnostic::at(Code::UnusedTemplate, span, format!("no tenant uses the template `{name}`"))
        .with_help(format!("list `{name}` under `addOns` of a tenant or platform, or remove the file"))
}
