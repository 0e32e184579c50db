//! Words for personal profiles.

use crate::diag::{Code, Diagnostic};
use crate::name::{InvalidName, NamespaceName, TenantName, UserName};
use crate::source::Span;

use super::shown;

/// Two people whose profiles would have one name.
pub fn clash(span: Span, user: &UserName, other: &UserName, name: &NamespaceName, first: Span) -> Diagnostic {
    let message = format!("the personal profiles of `{user}` and `{other}` would both be called `{name}`");
    Diagnostic::at(Code::PersonalProfileClash, span, message)
        .with_related(first, "the other person")
        .with_help("set `name: user` under `personalProfiles`, or declare a Tenant with a namespace for one of the two")
}

/// A tenant of the same name as a personal profile, elsewhere.
pub fn tenant_name_taken(span: Span, user: &UserName, name: &TenantName) -> Diagnostic {
    let message = format!("the personal profile of `{user}` would be called `{name}`, like a tenant");
    Diagnostic::at(Code::PersonalProfileClash, span, message)
        .with_help("rename the tenant, or declare a Tenant that lists the namespace")
}

/// A name that is none.
pub fn no_name(span: Span, user: &UserName, text: &str, problem: &InvalidName) -> Diagnostic {
    let message = match text {
        "" => format!("the login of `{user}` gives no name for a personal profile"),
        _ => format!("the personal profile of `{user}` cannot be called `{}`: it {problem}", shown(text)),
    };
    Diagnostic::at(Code::InvalidName, span, message)
        .with_help("set `name: user` under `personalProfiles`, or declare a Tenant with a namespace for this person")
}

/// What to do about a name that is the platform's.
pub const RENAME: &str =
    "set `name: user` under `personalProfiles`, or leave this person out: `for` takes a list of groups";

/// A namespace that a declared tenant has, of somebody else.
pub fn taken_over(
    span: Span,
    user: &UserName,
    name: &NamespaceName,
    tenant: &TenantName,
    declared: Span,
) -> Diagnostic {
    let message = format!("`{user}` gets no personal profile: the namespace `{name}` is the tenant `{tenant}`'s");
    Diagnostic::at(Code::PersonalProfileTaken, span, message)
        .with_related(declared, "declared here")
        .with_help("rename one of the two if this is not meant")
}
