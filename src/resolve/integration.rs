//! What the Tenant-Profile integration of ECP cannot express. Writing less than the inventory asks for would be a wrong
//! answer, so it is refused.

use super::platforms::Platforms;
use crate::diag::{Sink, catalog::foreign as catalog};
use crate::inventory::{Contributor, Inventory, Platform, Subject, User, UserId};
use crate::parse::decl::{ContributorDecl, PersonalFor, PlatformDecl, Presence, Role, Slot, SubjectDecl, TenantDecl};
use crate::release::{Distribution, Release, UserSource};
use crate::source::Span;

/// Checks what a platform asks for, for all of its namespaces.
pub fn check_platform(decl: &PlatformDecl, sink: &mut Sink) {
    let present = decl.ecp_integration.as_ref().is_some_and(|it| it.value == Presence::Present);
    if !present || decl.distribution.value != Distribution::Ecp {
        return;
    }
    let mut refuse = |span: Span, what: &str| sink.push(catalog::cannot_express(span, &decl.name.value, what));
    if let Slot::Given(class) = &decl.default_quota_class {
        refuse(class.span, "a quota");
    }
    if let Some(add_on) = decl.default_add_ons.first() {
        refuse(add_on.span, "add-ons");
    }
    if let Some((key, _)) = decl.namespace_labels.iter().chain(&decl.namespace_annotations).next() {
        refuse(key.span, "labels or annotations of a namespace");
    }
    if let Slot::Given(level) = &decl.pod_security {
        refuse(level.span, "a level of Pod Security");
    }
    if let Some(personal) = decl.personal_profiles.as_ref().filter(|it| !matches!(it.whom, PersonalFor::None)) {
        refuse(personal.span, "personal profiles");
    }
    if let Some(controller) = decl.profile_controller.as_ref().filter(|it| it.value == Presence::Absent) {
        refuse(controller.span, "what a profile controller would make");
    }
}

/// The Secret separates names by commas, so an identity that has one would let in somebody else.
pub fn check_identities(inventory: &Inventory, platforms: &Platforms, sink: &mut Sink) {
    let lists = |release: &Release| release.user_source == UserSource::Secret;
    for (_, tenant) in inventory.tenants() {
        for placement in &tenant.placements {
            let platform = &platforms.platforms[placement.platform.index()];
            if !platform.is_delegated() || !lists(platform.release) {
                continue;
            }
            let own = placement.namespaces.iter().flat_map(|namespace| namespace.contributors.iter());
            for contributor in tenant.contributors.iter().chain(own) {
                if let Some(user) = people(inventory, contributor).find(|user| user.identity.as_str().contains(',')) {
                    let what = format!("the identity `{}`, because it has a comma", user.identity);
                    sink.push(catalog::cannot_express(contributor.span, &platform.name, &what));
                }
            }
        }
    }
}

/// The people that an entry names.
fn people<'i>(inventory: &'i Inventory, contributor: &'i Contributor) -> impl Iterator<Item = &'i User> {
    let users: Vec<UserId> = match contributor.subject {
        Subject::User(user) => vec![user],
        Subject::Group(group) => {
            let inside = inventory.expansion(group).iter().filter_map(|way| way.last());
            inside.flat_map(|&group| inventory.group(group).members.iter().map(|&(user, _)| user)).collect()
        }
        Subject::ServiceAccount(_) | Subject::IdpGroup(_) => Vec::new(),
    };
    users.into_iter().map(|user| inventory.user(user))
}

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
