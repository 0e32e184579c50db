//! Advice about platforms and the inventory as a whole.

use std::collections::BTreeSet;

use super::Look;
use crate::diag::{Sink, catalog::lint as catalog};
use crate::inventory::{Isolation, Role};
use crate::source::Span;

/// Templates that nobody uses.
pub fn unused_templates(&Look { inventory, .. }: &Look<'_>, sink: &mut Sink) {
    let namespaces = inventory.tenants().flat_map(|(_, tenant)| &tenant.placements).flat_map(|it| &it.namespaces);
    let mut used: BTreeSet<&str> = namespaces.flat_map(|it| it.add_ons.iter()).map(|name| name.as_str()).collect();
    used.extend(inventory.platforms().flat_map(|(_, platform)| &platform.default_add_ons).map(|name| name.as_str()));
    for template in inventory.templates().iter().filter(|template| !used.contains(template.name.as_str())) {
        let start = Span { end: template.span.start, ..template.span };
        sink.push(catalog::unused_template(start, template.name.as_str()));
    }
}

/// Viewers on a platform where no policy keeps them out of notebooks.
pub fn viewers_without_policies(&Look { inventory, .. }: &Look<'_>, sink: &mut Sink) {
    for (id, platform) in inventory.platforms().filter(|(_, platform)| !platform.has_policies()) {
        let reason = match platform.isolation {
            Isolation::SingleUser => "tells nobody apart",
            Isolation::MultiUser => "has no mesh",
        };
        for (_, tenant) in inventory.tenants() {
            let here = tenant.placements.iter().filter(|placement| placement.platform == id);
            let namespaces: Vec<_> = here.flat_map(|placement| &placement.namespaces).collect();
            if namespaces.is_empty() {
                continue;
            }
            let own = namespaces.iter().flat_map(|namespace| namespace.contributors.iter());
            for contributor in tenant.contributors.iter().chain(own) {
                let flagged = contributor.notebook_access.is_some_and(|(flag, _)| !flag);
                if contributor.role == Role::View && contributor.notebook_access.is_none() || flagged {
                    sink.push(catalog::view_without_policy(contributor.span, &platform.name, reason));
                }
            }
        }
    }
}
