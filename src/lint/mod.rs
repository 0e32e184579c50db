//! Advice: what is legal and probably not what was meant.
//!
//! Each lint is a function of the inventory and its plans. None knows how anything is rendered, and none is an error.

mod access;
mod grants;
mod namespaces;
mod platforms;
mod releases;

use jiff::civil::Date;

use crate::diag::Sink;
use crate::inventory::Inventory;
use crate::plan::Plan;

/// What lints look at.
pub struct Look<'l> {
    /// The whole inventory.
    pub inventory: &'l Inventory,
    /// What it comes to, a plan per platform in their order.
    pub plans: &'l [Plan<'l>],
    /// The day.
    pub as_of: Date,
}

/// A lint.
type Lint = fn(&Look<'_>, &mut Sink);

/// Every lint.
const LINTS: &[Lint] = &[
    access::admins_can_bind,
    access::anonymous_access,
    access::self_service_open,
    grants::dates,
    grants::external_without_until,
    grants::idp_groups,
    grants::notebook_flags,
    grants::redundant,
    grants::shared_service_accounts,
    namespaces::long_names,
    namespaces::stock_names,
    namespaces::weaker_pod_security,
    platforms::viewers_without_policies,
    releases::registration_prompt,
    releases::version_limits,
];

/// Lints that find something missing. They are silent while anything is wrong: what is missing may be what was left out
/// because of that, and one mistake is one diagnostic.
const LINTS_OF_WHAT_IS_MISSING: &[Lint] =
    &[grants::empty_groups, namespaces::quota_without_limit_range, platforms::unused_templates];

/// Gives all advice.
pub fn lint(look: &Look<'_>, sink: &mut Sink) {
    let lints_of_what_is_missing = if sink.has_errors() { &[] } else { LINTS_OF_WHAT_IS_MISSING };
    for lint in LINTS.iter().chain(lints_of_what_is_missing) {
        lint(look, sink);
    }
}
