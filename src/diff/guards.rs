//! Guards, judged inventory against inventory: deleting the output evades none of them.

use std::collections::BTreeMap;

use super::words::shown;
use super::{Declared, GuardFinding, Risk, RiskCode, Side};
use crate::diag::{Diagnostic, Place};
use crate::guard::{self, Allowed, Before};
use crate::render::layout;

/// The share of access facts that one change may take away where a platform does not say, in percent.
const USUAL_PERCENT: u8 = 25;

/// What the guards say of a change.
pub struct Judge<'j> {
    pub base: &'j Side<'j>,
    pub head: &'j Declared<'j>,
    /// What is meant, although a guard would refuse it.
    pub allowed: &'j Allowed,
}

/// A namespace's file in the base, and the place where the base names the namespace.
pub type BasePlaces = BTreeMap<String, (String, u32)>;

impl Judge<'_> {
    /// Judges one cluster. `before` is what the base has there.
    pub fn judge(&self, cluster: &str, mut before: Before, places: &BasePlaces) -> Vec<GuardFinding> {
        let base = self.base.declared().and_then(|base| base.platform(cluster));
        before.max_removed_percent = base.map(|platform| platform.max_removed_percent);
        if self.base.declared().is_none() {
            // What the base allowed cannot be read; no change may set a limit of its own.
            before.max_removed_percent = Some(USUAL_PERCENT);
        }
        before.shards = self.base.shards(cluster);
        let plan = self.head.plan(cluster);
        let mut found = guard::judge(self.head.inventory, cluster, plan, &before, self.allowed);
        if let Some(plan) = plan {
            let now = self.head.inventory.platform(plan.platform).min_admins;
            let wanted = base.map_or(now, |platform| platform.min_admins.max(now));
            found.extend(guard::too_few_admins(plan, wanted));
        }
        let refusals = found.into_iter().filter(|it| it.code.is_guard());
        refusals.map(|diagnostic| self.finding(diagnostic, places)).collect()
    }

    fn finding(&self, diagnostic: Diagnostic, places: &BasePlaces) -> GuardFinding {
        let place = match &diagnostic.place {
            Place::At(mark) => Some(self.head.places.place(mark.span)),
            Place::File(path) => places.get(path).cloned(),
            Place::Inventory => None,
        };
        GuardFinding { code: diagnostic.code, message: diagnostic.message, help: diagnostic.help, place }
    }
}

/// A file that decides how changes are reviewed, the one that changes it among them; or one that decides what is synced.
pub fn judge_changed(path: &str) -> Risk {
    if layout::hides(path) {
        let message = format!(
            "`{}` is changed: Flux takes what it lists for gone, and prunes it, roles and policies included",
            shown(path)
        );
        return Risk::new(RiskCode::SyncSourceChanged, "", None, message).at(Some((path.to_owned(), 1)));
    }
    let message = format!(
        "`{}` decides how changes are reviewed, and is changed: what judges this change may be its own",
        shown(path)
    );
    Risk::new(RiskCode::ReviewChanged, "", None, message).at(Some((path.to_owned(), 1)))
}
