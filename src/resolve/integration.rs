//! What the Tenant-Profile integration of ECP cannot express. Writing less than the inventory asks for would be a wrong
//! answer, so it is refused.

use crate::diag::{Sink, catalog::foreign as catalog};
use crate::inventory::Platform;
use crate::parse::decl::{ContributorDecl, Role, Slot, SubjectDecl, TenantDecl};
use crate::source::Span;

/// Checks what a tenant asks for on one platform.
pub fn check(decl: &TenantDecl, platform: &Platform, sink: &mut Sink) {
    let own = decl.namespaces.iter().flat_map(|namespace| &namespace.contributors);
    for contributor in decl.contributors.iter().chain(own) {
        check_contributor(contributor, platform, sink);
    }
    if !platform.is_delegated() {
        return;
    }
    let mut refuse = |span: Span, what: &str| sink.push(catalog::cannot_express(span, &platform.name, what));
    if let Slot::Given(owner) = &decl.owner {
        refuse(owner.span, "an owner: it is the platform's");
    }
    for class in [&decl.quota_class].into_iter().chain(decl.namespaces.iter().map(|namespace| &namespace.quota_class)) {
        if let Slot::Given(class) = class {
            refuse(class.span, "a quota");
        }
    }
    let quotas = decl.quota.first().into_iter().chain(decl.namespaces.iter().filter_map(|it| it.quota.first()));
    for (key, _) in quotas {
        refuse(key.span, "a quota");
    }
    if !decl.plugins.is_empty() {
        refuse(decl.name.span, "plugins");
    }
    let add_ons = decl.add_ons.iter().chain(decl.namespaces.iter().filter_map(|it| it.add_ons.as_ref()));
    for add_on in add_ons.filter_map(|list| list.first()) {
        refuse(add_on.span, "add-ons");
    }
    let metadata = [&decl.labels, &decl.annotations].into_iter();
    let own = decl.namespaces.iter().flat_map(|namespace| [&namespace.labels, &namespace.annotations]);
    for (key, _) in metadata.chain(own).filter_map(|entries| entries.first()) {
        refuse(key.span, "labels or annotations of a namespace");
    }
}

fn check_contributor(contributor: &ContributorDecl, platform: &Platform, sink: &mut Sink) {
    if matches!(contributor.subject, SubjectDecl::IdpGroup(_)) && !platform.distribution.knows_groups() {
        sink.push(catalog::no_groups(contributor.span, &platform.name));
        return;
    }
    if !platform.is_delegated() {
        return;
    }
    if matches!(contributor.subject, SubjectDecl::ServiceAccount(_)) {
        sink.push(catalog::cannot_express(contributor.span, &platform.name, "a service account"));
    }
    if contributor.role != Role::Edit {
        let what = format!("the role `{}`: all users are editors", contributor.role.name());
        sink.push(catalog::cannot_express(contributor.span, &platform.name, &what));
    }
    if let Some(flag) = &contributor.notebook_access {
        sink.push(catalog::cannot_express(flag.span, &platform.name, "`notebookAccess`"));
    }
}
