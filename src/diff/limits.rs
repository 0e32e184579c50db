//! Quotas and limits: what a namespace may use, and what one of its pods may.

use std::collections::BTreeMap;

use super::space::entry;
use super::words::shown;
use crate::manifest::{Manifest, Tree};
use crate::name::Quantity;

/// The quota that the profile controller makes of a Profile. The Profile says the same, and is compared itself.
pub const OF_THE_PROFILE: &str = "kf-resource-quota";

/// Limits that a change lifts or raises.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Loosened {
    /// What is limited no longer.
    pub removed: Vec<String>,
    /// What is limited to more: what, and from where to where.
    pub raised: Vec<String>,
}

/// An amount by what it limits.
type Amounts = BTreeMap<String, String>;

/// What is looser in one set of upper limits than in another.
pub fn loosened(before: &Amounts, after: &Amounts) -> Loosened {
    let mut found = Loosened::default();
    for (key, amount) in before {
        // A limit of a scope is kept by one that knows no scope.
        let unscoped = || key.split_once(" of ").and_then(|(key, _)| after.get(key));
        match after.get(key).or_else(unscoped) {
            None => found.removed.push(key.clone()),
            Some(now) if is_more(now, amount) => {
                found.raised.push(format!("`{}` from {} to {}", shown(key), shown(amount), shown(now)))
            }
            Some(_) => {}
        }
    }
    found
}

/// The limits of a Profile's quota.
pub fn of_profile(profile: &Manifest<'_>) -> Amounts {
    let spec = profile.body.get("spec").and_then(|spec| entry(spec, "resourceQuotaSpec"));
    spec.and_then(|quota| entry(quota, "hard")).map(amounts).unwrap_or_default()
}

/// The limits of a ResourceQuota. One with a scope limits some pods only, so that limits of another scope are others.
pub fn of_quota(quota: &Manifest<'_>) -> Amounts {
    let Some(spec) = quota.body.get("spec") else { return Amounts::new() };
    let scope = match (entry(spec, "scopes"), entry(spec, "scopeSelector")) {
        (None, None) => String::new(),
        (scopes, selector) => {
            let mut words = Vec::new();
            scopes.into_iter().chain(selector).for_each(|tree| collect_words(tree, &mut words));
            format!(" of {}", words.join(" "))
        }
    };
    let hard = entry(spec, "hard").map(amounts).unwrap_or_default();
    hard.into_iter().map(|(key, amount)| (format!("{key}{scope}"), amount)).collect()
}

/// The upper limits of a LimitRange: `max` and `maxLimitRequestRatio`. A lower limit that falls, or a default, lets
/// nobody have more. Where several items limit the same, the lowest one holds.
pub fn of_limit_range(range: &Manifest<'_>) -> Amounts {
    let mut found = Amounts::new();
    let limits = range.body.get("spec").and_then(|spec| entry(spec, "limits"));
    let Some(Tree::List(limits)) = limits else { return found };
    for limit in limits {
        let kind = match entry(limit, "type") {
            Some(Tree::Text(kind)) => kind.as_ref(),
            _ => continue,
        };
        for field in ["max", "maxLimitRequestRatio"] {
            for (resource, amount) in entry(limit, field).map(amounts).unwrap_or_default() {
                let key = format!("{kind} {field} {resource}");
                if found.get(&key).is_none_or(|lowest| is_more(lowest, &amount)) {
                    found.insert(key, amount);
                }
            }
        }
    }
    found
}

fn amounts(tree: &Tree<'_>) -> Amounts {
    let text = |tree: &Tree<'_>| match tree {
        Tree::Text(text) => Some(text.to_string()),
        Tree::Integer(number) => Some(number.to_string()),
        _ => None,
    };
    match tree {
        Tree::Map(map) => map.iter().filter_map(|(key, amount)| Some((key.to_owned(), text(amount)?))).collect(),
        _ => Amounts::new(),
    }
}

fn collect_words(tree: &Tree<'_>, words: &mut Vec<String>) {
    match tree {
        Tree::Map(map) => map.iter().for_each(|(_, value)| collect_words(value, words)),
        Tree::List(items) => items.iter().for_each(|item| collect_words(item, words)),
        Tree::Text(text) => words.push(text.to_string()),
        Tree::Integer(number) => words.push(number.to_string()),
        Tree::Boolean(_) => {}
    }
}

/// Whether one amount is more than another. What is no amount is taken for more.
fn is_more(now: &str, before: &str) -> bool {
    match (Quantity::parse(now), Quantity::parse(before)) {
        (Ok(now), Ok(before)) => now > before,
        _ => now != before,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::manifest::Map;

    fn range(limits: Vec<Map<'static>>) -> Manifest<'static> {
        let mut manifest = Manifest::namespaced("v1", "LimitRange", "vision", "limits");
        manifest.body.insert("spec", Map::new().with("limits", limits));
        manifest
    }

    fn item(kind: &'static str, field: &'static str, cpu: &'static str) -> Map<'static> {
        Map::new().with("type", kind).with(field, Map::new().with("cpu", cpu))
    }

    fn compare(was: Vec<Map<'static>>, is: Vec<Map<'static>>) -> Loosened {
        loosened(&of_limit_range(&range(was)), &of_limit_range(&range(is)))
    }

    #[test]
    fn quantities_are_compared_by_value() {
        assert_eq!(compare(vec![item("Pod", "max", "2")], vec![item("Pod", "max", "2000m")]), Loosened::default());
        assert_eq!(compare(vec![item("Pod", "max", "2")], vec![item("Pod", "max", "1900m")]), Loosened::default());
        let raised = vec!["`Pod max cpu` from 900m to 1".to_owned()];
        let found = compare(vec![item("Pod", "max", "900m")], vec![item("Pod", "max", "1")]);
        assert_eq!(found, Loosened { raised, ..Loosened::default() });
    }

    #[test]
    fn what_is_no_amount_is_more_unless_it_is_the_same() {
        let amount = |cpu| Amounts::from([("cpu".to_owned(), String::from(cpu))]);
        assert_eq!(loosened(&amount("a few"), &amount("a few")), Loosened::default());
        assert_eq!(loosened(&amount("a few"), &amount("2")).raised, ["`cpu` from a few to 2"]);
    }

    #[test]
    fn what_limits_nothing_from_above_may_change() {
        for field in ["min", "default", "defaultRequest"] {
            assert_eq!(compare(vec![item("Pod", field, "1")], vec![item("Pod", field, "2")]), Loosened::default());
            assert_eq!(compare(vec![item("Pod", field, "1")], vec![]), Loosened::default());
        }
    }

    #[test]
    fn the_lowest_of_several_limits_holds() {
        let both = vec![item("Pod", "max", "4"), item("Pod", "max", "2")];
        assert_eq!(compare(vec![item("Pod", "max", "2")], both.clone()), Loosened::default());
        assert_eq!(compare(both, vec![item("Pod", "max", "4")]).raised, ["`Pod max cpu` from 2 to 4"]);
        let other = compare(vec![item("Pod", "max", "2")], vec![item("Container", "max", "2")]);
        assert_eq!(other.removed, ["Pod max cpu"]);
        let ratio = compare(vec![item("Pod", "maxLimitRequestRatio", "2")], vec![]);
        assert_eq!(ratio.removed, ["Pod maxLimitRequestRatio cpu"]);
    }

    #[test]
    fn a_quota_of_another_scope_is_another_quota() {
        let quota = |scope: Option<&'static str>| {
            let mut spec = Map::new().with("hard", Map::new().with("pods", 4));
            scope.into_iter().for_each(|scope| spec.insert("scopes", vec![scope]));
            let mut manifest = Manifest::namespaced("v1", "ResourceQuota", "vision", "few");
            manifest.body.insert("spec", spec);
            of_quota(&manifest)
        };
        assert_eq!(loosened(&quota(None), &quota(None)), Loosened::default());
        assert_eq!(loosened(&quota(None), &quota(Some("BestEffort"))).removed, ["pods"]);
        assert_eq!(loosened(&quota(Some("BestEffort")), &quota(None)), Loosened::default());
        assert_eq!(loosened(&quota(Some("BestEffort")), &quota(Some("Terminating"))).removed, ["pods of BestEffort"]);
        let names: BTreeSet<String> = quota(None).into_keys().collect();
        assert_eq!(names, BTreeSet::from(["pods".to_owned()]));
    }
}
