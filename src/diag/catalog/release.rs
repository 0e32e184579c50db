//! Words for what a platform's version and settings make of an inventory.

use crate::diag::{Code, Diagnostic};
use crate::name::{ClusterName, NamespaceName};
use crate::source::Span;

use super::list;

/// A feature that the version cannot honour.
pub fn version_limit(span: Span, cluster: &ClusterName, what: &str, help: &str) -> Diagnostic {
    Diagnostic::at(Code::VersionLimit, span, format!("on the cluster `{cluster}`, {what}")).with_help(help)
}

/// People who are asked to register.
pub fn registration_prompt(span: Span, cluster: &ClusterName, people: &[&str], more: usize) -> Diagnostic {
    let mut names = list(people);
    if more > 0 {
        names.push_str(&format!(" and {more} more"));
    }
    let message =
        format!("on the cluster `{cluster}` the dashboard asks contributors who own nothing to register: {names}");
    Diagnostic::at(Code::RegistrationPrompt, span, message)
        .with_help("set `registrationFlow: disabled`, or give them profiles with `personalProfiles`")
}

/// A namespace whose owner is another one than in the compiled output.
pub fn owner_changed(span: Span, cluster: &str, namespace: &NamespaceName, before: &str, after: &str) -> Diagnostic {
    let message = format!("the namespace `{namespace}` on the cluster `{cluster}` passes from `{before}` to `{after}`");
    Diagnostic::at(Code::OwnerChanged, span, message).with_help(format!(
        "Namespace, Profile and `namespaceAdmin` change together, and nothing is left to do if tenantry made the \
         namespace; if the profile controller did, keep its data from going with the Profile: `kubectl patch namespace \
         {namespace} --type=json -p '[{{\"op\": \"remove\", \"path\": \"/metadata/ownerReferences\"}}]'`"
    ))
}
