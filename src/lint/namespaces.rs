//! Advice about namespaces.

use super::Look;
use crate::diag::{Sink, catalog::lint as catalog};
use crate::inventory::{Inventory, Namespace, State, add_on};
use crate::name::{POD_SECURITY_ENFORCE, POD_SECURITY_LEVELS, is_compute_key, is_stock_namespace};

/// Up to this length, a namespace's name leaves room in host names (63 characters a part) for the names of workloads.
const SOFT_LIMIT: usize = 40;

fn each(inventory: &Inventory, mut see: impl FnMut(&Namespace)) {
    for (_, tenant) in inventory.tenants() {
        for namespace in tenant.placements.iter().flat_map(|placement| &placement.namespaces) {
            see(namespace);
        }
    }
}

/// Names that are long for what is built from them.
pub fn long_names(&Look { inventory, .. }: &Look<'_>, sink: &mut Sink) {
    each(inventory, |namespace| {
        if namespace.name.as_str().len() > SOFT_LIMIT {
            sink.push(catalog::long_namespace(namespace.span, &namespace.name, SOFT_LIMIT));
        }
    });
}

/// The name of the stock example profile.
pub fn stock_names(&Look { inventory, .. }: &Look<'_>, sink: &mut Sink) {
    each(inventory, |namespace| {
        if is_stock_namespace(namespace.name.as_str()) {
            sink.push(catalog::stock_namespace(namespace.span, &namespace.name));
        }
    });
}

/// A quota on what pods ask for, and nothing that asks for those that say nothing.
pub fn quota_without_limit_range(&Look { inventory, .. }: &Look<'_>, sink: &mut Sink) {
    each(inventory, |namespace| {
        let compute: Vec<&str> = namespace.quota.keys().map(String::as_str).filter(|key| is_compute_key(key)).collect();
        let covered = namespace.add_ons.iter().any(|name| add_on::gives_limit_range(name.as_str()));
        if namespace.state == State::Active && !compute.is_empty() && !covered {
            sink.push(catalog::quota_without_limit_range(namespace.span, &namespace.name, &compute));
        }
    });
}

/// Labels that take back what the platform enforces.
pub fn weaker_pod_security(&Look { inventory, .. }: &Look<'_>, sink: &mut Sink) {
    // No level at all is no protection.
    let strength = |level: &str| POD_SECURITY_LEVELS.iter().position(|known| *known == level).unwrap_or(0);
    for (_, tenant) in inventory.tenants() {
        for placement in &tenant.placements {
            let platform = inventory.platform(placement.platform);
            let usual = platform.namespace_labels.get(POD_SECURITY_ENFORCE);
            let usual = usual.map_or(platform.pod_security, String::as_str);
            for namespace in &placement.namespaces {
                let own =
                    namespace.labels.get(POD_SECURITY_ENFORCE).or_else(|| tenant.labels.get(POD_SECURITY_ENFORCE));
                if let Some(level) = own.filter(|level| strength(level) < strength(usual)) {
                    sink.push(catalog::weaker_pod_security(
                        namespace.span,
                        &namespace.name,
                        &platform.name,
                        level,
                        usual,
                    ));
                }
            }
        }
    }
}
