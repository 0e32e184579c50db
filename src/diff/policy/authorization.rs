//! AuthorizationPolicies (`security.istio.io`): which requests are let through, and which are denied.
//!
//! A rule is about requests that fit one of its sources, one of its operations and all of its conditions; what it does
//! not name fits anything. With `ALLOW`, another rule lets more through; with `DENY`, one less does.

use super::{items, text, texts};
use crate::diff::space::entry;
use crate::manifest::{Manifest, Map, Tree};

/// Whether a policy may let through more than it did.
pub fn is_looser(was: &Manifest<'_>, is: &Manifest<'_>) -> bool {
    if was.body == is.body {
        return false;
    }
    let (Some(before), Some(after)) = (was.body.get("spec"), is.body.get("spec")) else { return true };
    // Another policy for other programs: nothing can be said of the old ones.
    if without_rules(before) != without_rules(after) {
        return true;
    }
    let Some((had, has)) = requests(before).zip(requests(after)) else { return true };
    let lacks = |inner: &[Requests<'_>], outer: &[Requests<'_>]| {
        inner.iter().any(|narrow| !outer.iter().any(|wide| is_within(narrow, wide)))
    };
    match entry(after, "action").map_or(Some("ALLOW"), text) {
        Some("ALLOW") => lacks(&has, &had),
        Some("DENY") => lacks(&had, &has),
        _ => true,
    }
}

/// Whether two policies say the same about the same requests, wherever they are attached.
pub fn has_same_rules(was: &Manifest<'_>, is: &Manifest<'_>) -> bool {
    let specs = was.body.get("spec").zip(is.body.get("spec"));
    specs.is_some_and(|(was, is)| ["action", "rules"].iter().all(|key| entry(was, key) == entry(is, key)))
}

/// What a policy is about besides its rules.
fn without_rules<'a>(spec: &Tree<'a>) -> Option<Map<'a>> {
    let Tree::Map(map) = spec else { return None };
    let mut rest = map.clone();
    rest.remove("rules");
    Some(rest)
}

/// Most single requests that a policy is taken apart into. More are not understood.
const LIMIT: usize = 4096;

/// What one field wants of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bound<'t> {
    /// Where it stands: `source`, `operation` or the key of a condition.
    part: &'t str,
    field: &'t str,
    /// One value that has to fit, or several of which none may.
    values: Vec<&'t str>,
}

impl Bound<'_> {
    fn excludes(&self) -> bool {
        self.field.starts_with("not")
    }

    /// Whether a request that fits this one fits another one.
    fn implies(&self, wide: &Bound<'_>) -> bool {
        let (inner, outer) = if self.excludes() { (wide, self) } else { (self, wide) };
        let fits = |value: &&str| outer.values.iter().any(|pattern| is_matched(value, pattern));
        (self.part, self.field) == (wide.part, wide.field) && inner.values.iter().all(fits)
    }
}

/// Requests that fit all of these; all there are if there is none.
type Requests<'t> = Vec<Bound<'t>>;

fn is_within(narrow: &Requests<'_>, wide: &Requests<'_>) -> bool {
    wide.iter().all(|wide| narrow.iter().any(|narrow| narrow.implies(wide)))
}

/// The rules, taken apart until each field that has to fit has one value. `None` if there is something in them that is
/// not understood, or too much.
fn requests<'t>(spec: &'t Tree<'_>) -> Option<Vec<Requests<'t>>> {
    let mut all = Vec::new();
    for rule in items(spec, "rules") {
        let mut some: Vec<Requests<'t>> = vec![Vec::new()];
        for (list, part) in [("from", "source"), ("to", "operation")] {
            let mut ways = Vec::new();
            for item in items(rule, list) {
                ways.extend(apart(part, entry(item, part)?)?);
            }
            some = if ways.is_empty() { some } else { each_with_each(&some, &ways)? };
        }
        for condition in items(rule, "when") {
            some = each_with_each(&some, &apart(text(entry(condition, "key")?)?, condition)?)?;
        }
        all.extend(some);
    }
    (all.len() <= LIMIT).then_some(all)
}

fn each_with_each<'t>(some: &[Requests<'t>], more: &[Requests<'t>]) -> Option<Vec<Requests<'t>>> {
    let pair = |one: &Requests<'t>, other: &Requests<'t>| one.iter().chain(other).cloned().collect::<Requests<'t>>();
    let pairs = || some.iter().flat_map(|one| more.iter().map(move |other| pair(one, other))).collect();
    (some.len().saturating_mul(more.len()) <= LIMIT).then(pairs)
}

/// A source, an operation or a condition.
fn apart<'t>(part: &'t str, tree: &'t Tree<'_>) -> Option<Vec<Requests<'t>>> {
    let Tree::Map(map) = tree else { return None };
    let mut some: Vec<Requests<'t>> = vec![Vec::new()];
    for (field, values) in map.iter().filter(|(field, _)| *field != "key") {
        let values = texts(values)?;
        // A field without values says nothing.
        if values.is_empty() {
            continue;
        }
        let ways: Vec<Requests<'t>> = if field.starts_with("not") {
            vec![vec![Bound { part, field, values }]]
        } else {
            values.into_iter().map(|value| vec![Bound { part, field, values: vec![value] }]).collect()
        };
        some = each_with_each(&some, &ways)?;
    }
    Some(some)
}

/// Whether a value, which may be a pattern, fits nothing that another does not: a star at either end stands for anything.
fn is_matched(value: &str, pattern: &str) -> bool {
    if value == pattern || pattern == "*" {
        return true;
    }
    match (pattern.strip_suffix('*'), pattern.strip_prefix('*')) {
        _ if pattern.contains('{') => false,
        (Some(start), _) => value.starts_with(start) && !value.starts_with('*'),
        (None, Some(end)) => value.ends_with(end) && !value.ends_with('*'),
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests;
