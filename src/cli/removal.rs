//! `--allow-removal`: names that nothing bears.

use std::collections::BTreeSet;

use tenantry::diag::suggest::nearest;
use tenantry::inventory::Inventory;

/// What to say of tenants that may go, and that nobody knows: neither these inventories, by present or earlier names, nor
/// `compiled`, the tenants of compiled files. It is no mistake of the call, since a pipeline may go on naming a tenant
/// that is gone. `none` says where they are not.
pub fn unknown<'i>(
    asked: &BTreeSet<String>,
    inventories: impl IntoIterator<Item = &'i Inventory>,
    compiled: BTreeSet<String>,
    none: &str,
) -> Vec<String> {
    let mut known = compiled;
    for (_, tenant) in inventories.into_iter().flat_map(Inventory::tenants).filter(|_| !asked.is_empty()) {
        known.extend(std::iter::once(&tenant.name).chain(&tenant.previously).map(ToString::to_string));
    }
    let unknown = asked.iter().filter(|name| !known.contains(*name));
    let warning = |name: &String| {
        let hint = nearest(name, known.iter().map(String::as_str));
        let hint = hint.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
        format!("`--allow-removal {name}` allows nothing: {none} a tenant of that name{hint}")
    };
    unknown.map(warning).collect()
}
