//! Label selectors: whether one of them selects nothing that another does not.

use std::collections::{BTreeMap, BTreeSet};

use super::{items, text, texts};
use crate::diff::space::entry;
use crate::manifest::Tree;

/// What a selector wants of one label. A label that is not there has no value.
#[derive(Debug, Default)]
struct Wanted<'t> {
    /// The only values allowed, if it has to have one of some.
    one_of: Option<BTreeSet<&'t str>>,
    /// Values that it must not have.
    none_of: BTreeSet<&'t str>,
    exists: bool,
    absent: bool,
}

type Selector<'t> = BTreeMap<&'t str, Wanted<'t>>;

/// Whether everything that `narrow` selects is selected by `wide`, whatever the labels. An empty selector selects all.
pub fn is_within(narrow: &Tree<'_>, wide: &Tree<'_>) -> bool {
    if narrow == wide {
        return true;
    }
    let Some((narrow, wide)) = read(narrow).zip(read(wide)) else { return false };
    wide.iter().all(|(key, wide)| {
        let nothing = Wanted::default();
        let narrow = narrow.get(key).unwrap_or(&nothing);
        let has_value = narrow.exists || narrow.one_of.is_some();
        let values = narrow.one_of.as_ref().map(|values| values.difference(&narrow.none_of));
        let one_of = wide
            .one_of
            .as_ref()
            .is_none_or(|allowed| values.clone().is_some_and(|mut values| values.all(|value| allowed.contains(value))));
        let none_of = wide.none_of.iter().all(|value| {
            let other = narrow.one_of.as_ref().is_some_and(|values| !values.contains(value));
            narrow.absent || narrow.none_of.contains(value) || other
        });
        one_of && none_of && (!wide.exists || has_value) && (!wide.absent || narrow.absent)
    })
}

fn read<'t>(tree: &'t Tree<'_>) -> Option<Selector<'t>> {
    let Tree::Map(map) = tree else { return None };
    if map.iter().any(|(key, _)| !matches!(key, "matchLabels" | "matchExpressions")) {
        return None;
    }
    let mut selector = Selector::new();
    if let Some(labels) = map.get("matchLabels") {
        let Tree::Map(labels) = labels else { return None };
        for (key, value) in labels.iter() {
            one_of(selector.entry(key).or_default(), BTreeSet::from([text(value)?]));
        }
    }
    for expression in items(tree, "matchExpressions") {
        let key = text(entry(expression, "key")?)?;
        let values = entry(expression, "values").map(texts);
        let values = || Some(values.clone()??.into_iter().collect::<BTreeSet<_>>());
        let wanted = selector.entry(key).or_default();
        match text(entry(expression, "operator")?)? {
            "In" => one_of(wanted, values()?),
            "NotIn" => wanted.none_of.extend(values()?),
            "Exists" => wanted.exists = true,
            "DoesNotExist" => wanted.absent = true,
            _ => return None,
        }
    }
    Some(selector)
}

/// Several lists of values for one label all have to hold.
fn one_of<'t>(wanted: &mut Wanted<'t>, values: BTreeSet<&'t str>) {
    wanted.one_of = Some(match wanted.one_of.take() {
        Some(before) => before.intersection(&values).copied().collect(),
        None => values,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Map;

    fn expression(operator: &'static str, values: &[&'static str]) -> Tree<'static> {
        let mut map = Map::new().with("key", "a").with("operator", operator);
        if !values.is_empty() {
            map.insert("values", values.to_vec());
        }
        Map::new().with("matchExpressions", vec![map]).into()
    }

    #[test]
    fn selectors_lie_within_one_another() {
        let all: Tree<'_> = Map::new().into();
        let label: Tree<'_> = Map::new().with("matchLabels", Map::new().with("a", "x")).into();
        let (one, two) = (expression("In", &["x"]), expression("In", &["x", "y"]));
        let (not_x, not_y) = (expression("NotIn", &["x"]), expression("NotIn", &["y"]));
        let not_both = expression("NotIn", &["x", "y"]);
        let (there, absent) = (expression("Exists", &[]), expression("DoesNotExist", &[]));
        for (narrow, wide) in [
            (&label, &all),
            (&label, &one),
            (&one, &label),
            (&one, &two),
            (&two, &there),
            (&label, &not_y),
            (&not_both, &not_x),
            (&absent, &not_x),
        ] {
            assert!(is_within(narrow, wide), "{narrow:?} is within {wide:?}");
        }
        for (wide, narrow) in [
            (&all, &label),
            (&two, &one),
            (&there, &two),
            (&not_x, &not_both),
            (&label, &not_x),
            (&there, &absent),
            (&not_x, &there),
            (&absent, &there),
        ] {
            assert!(!is_within(wide, narrow), "{wide:?} is not within {narrow:?}");
        }
        assert!(!is_within(&one, &expression("Near", &["x"])), "an operator that nobody knows");
    }
}
