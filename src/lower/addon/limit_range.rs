//! `limit-range`: defaults for containers that do not say what they need. With a compute quota such pods are refused.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::super::Scene;
use super::Settings;
use crate::diag::Diagnostic;
use crate::manifest::{Manifest, Map, Tree};
use crate::name::Quantity;

/// What a LimitRange of containers may say, in the order in which the values have to grow.
const ORDER: [&str; 4] = ["min", "defaultRequest", "default", "max"];

/// What holds where the settings say nothing.
const DEFAULTS: [(&str, &str, &str); 4] = [
    ("default", "cpu", "500m"),
    ("default", "memory", "512Mi"),
    ("defaultRequest", "cpu", "10m"),
    ("defaultRequest", "memory", "32Mi"),
];

type Limits = BTreeMap<String, Quantity>;

/// [`DEFAULTS`] by part, read once.
static READ_DEFAULTS: LazyLock<BTreeMap<&str, Limits>> = LazyLock::new(|| {
    let mut limits: BTreeMap<&str, Limits> = BTreeMap::new();
    for (part, resource, amount) in DEFAULTS {
        if let Ok(quantity) = Quantity::parse(amount) {
            limits.entry(part).or_default().insert(resource.to_owned(), quantity);
        }
    }
    limits
});

/// The LimitRange `tenant-defaults`.
pub fn lower<'a>(scene: &Scene<'a>, settings: &Settings<'_, 'a>) -> Result<Manifest<'a>, Box<Diagnostic>> {
    let map = settings.map(&ORDER)?;
    let mut limits = READ_DEFAULTS.clone();
    for part in ORDER {
        let own = quantities(settings, &map, part)?;
        if !own.is_empty() {
            limits.entry(part).or_default().extend(own);
        }
    }
    check_order(settings, &limits)?;
    let mut limit = Map::new().with("type", "Container");
    for (part, quantities) in limits {
        let quantities: Map<'a> =
            quantities.into_iter().map(|(resource, quantity)| (resource, quantity.canonical())).collect();
        limit.insert(part.to_owned(), quantities);
    }
    let mut manifest = Manifest::namespaced("v1", "LimitRange", scene.namespace(), "tenant-defaults");
    manifest.body.insert("spec", Map::new().with("limits", vec![limit]));
    Ok(manifest)
}

fn quantities(settings: &Settings<'_, '_>, map: &Map<'_>, part: &str) -> Result<Limits, Box<Diagnostic>> {
    let entries = match map.get(part) {
        None => return Ok(Limits::new()),
        Some(Tree::Map(entries)) => entries,
        Some(_) => {
            return Err(settings.wrong(&[part], "is not a map", "write quantities by resource, such as `cpu: \"1\"`"));
        }
    };
    let mut limits = Limits::new();
    for (resource, amount) in entries.iter() {
        let text = match amount {
            Tree::Text(text) => text.to_string(),
            Tree::Integer(number) => number.to_string(),
            _ => String::new(),
        };
        let quantity = Quantity::parse(&text).ok().filter(|quantity| !quantity.is_negative());
        let Some(quantity) = quantity else {
            return Err(settings.wrong(
                &[part, resource],
                "is not a quantity of Kubernetes",
                "write an amount such as `500m` or `2Gi`",
            ));
        };
        if crate::name::check_label_key(resource).is_err() {
            return Err(settings.wrong(
                &[part, resource],
                "is not a resource of Kubernetes",
                "write a resource such as `cpu`",
            ));
        }
        limits.insert(resource.to_owned(), quantity);
    }
    Ok(limits)
}

/// The API server refuses a LimitRange whose default lies above its maximum, and so on; and two defaults of a resource
/// that cannot be shared out twice, such as a GPU, unless they are equal.
fn check_order(settings: &Settings<'_, '_>, limits: &BTreeMap<&str, Limits>) -> Result<(), Box<Diagnostic>> {
    for (at, low) in ORDER.iter().enumerate() {
        for high in &ORDER[at + 1..] {
            let (Some(lows), Some(highs)) = (limits.get(low), limits.get(high)) else { continue };
            for (resource, amount) in lows {
                let whole = resource.contains('/') || resource.starts_with("hugepages-");
                let whole = whole && (*low, *high) == ("defaultRequest", "default");
                if whole && highs.get(resource).is_some_and(|limit| amount != limit) {
                    let problem = format!("is {amount}, which is not the same as `{high}`");
                    let help = "write the same amount for both: Kubernetes does not share out such a resource twice";
                    return Err(settings.wrong(&[low, resource], &problem, help));
                }
                if highs.get(resource).is_some_and(|limit| amount > limit) {
                    let problem = format!("is {amount}, which is more than `{high}`");
                    return Err(settings.wrong(&[low, resource], &problem, "lower the one or raise the other"));
                }
            }
        }
    }
    Ok(())
}
