//! Who has to agree to a change, in one line.

use std::collections::BTreeMap;

use super::words;
use crate::diff::{ChangeSet, Verdict};

/// How many sets of owners are named before the rest is counted.
const NAMED: usize = 4;

/// `ada for vision and audio; bob or eve for speech; 2 more`: of each tenant that the change touches, one of its owners; of
/// each platform, one of its administrators.
/// Names are shown as `name` makes them. Nothing, where nobody's access is at stake.
pub(super) fn line(changes: &ChangeSet, name: impl Fn(&str) -> String) -> Option<String> {
    if changes.verdict <= Verdict::Refactor {
        return None;
    }
    let mut tenants: BTreeMap<Vec<&str>, Vec<&str>> = BTreeMap::new();
    for approval in changes.approvals.iter().filter(|approval| !approval.owners.is_empty()) {
        let owners = approval.owners.iter().map(|owner| owner.user.as_str()).collect();
        tenants.entry(owners).or_default().push(&approval.tenant);
    }
    // Whoever answers for most of it comes first; the sort keeps the order of names.
    let mut tenants: Vec<_> = tenants.into_iter().collect();
    tenants.sort_by_key(|(_, tenants)| std::cmp::Reverse(tenants.len()));
    let shown = if tenants.len() > NAMED + 1 { NAMED } else { tenants.len() };
    let mut parts: Vec<String> = tenants
        .iter()
        .take(shown)
        .map(|(owners, tenants)| {
            let owners: Vec<String> = owners.iter().map(|it| name(it)).collect();
            let tenants = words::listed(tenants.iter().map(|it| name(it)), tenants.len());
            format!("{} for {tenants}", owners.join(" or "))
        })
        .collect();
    if tenants.len() > shown {
        parts.push(format!("{} more", words::number(tenants.len() - shown)));
    }
    for approval in changes.platform_approvals.iter().filter(|approval| !approval.admins.is_empty()) {
        let admins: Vec<String> = approval.admins.iter().map(|admin| name(&admin.user)).collect();
        parts.push(format!("{} for the platform {}", admins.join(" or "), name(&approval.cluster)));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Review, gain};
    use super::*;
    use crate::diff::{Approval, Owner};

    fn approval(tenant: &str, owners: &[&str]) -> Approval {
        let owner = |user: &&str| Owner { user: (*user).into(), identity: format!("{user}@example.org"), email: None };
        Approval { tenant: tenant.into(), owners: owners.iter().map(owner).collect() }
    }

    #[test]
    fn owners_are_named_once_with_all_their_tenants() {
        let mut review = Review::none();
        review.approvals = vec![approval("a", &["eve", "bob"]), approval("b", &["ada"]), approval("c", &["ada"])];
        let shown = |review: &Review| line(review, str::to_owned);
        assert_eq!(shown(&review), None);
        review.gained = vec![gain("p", "a", "zoe")];
        review.settle();
        assert_eq!(shown(&review).as_deref(), Some("ada for b and c; eve or bob for a"));
        review.approvals.extend(["d", "e", "f", "g"].map(|tenant| approval(tenant, &[tenant])));
        assert_eq!(shown(&review).as_deref(), Some("ada for b and c; d for d; e for e; eve or bob for a; 2 more"));
        review.approvals.clear();
        assert_eq!(shown(&review), None);
    }
}
