//! What a day changes.

use libtest_mimic::Failed;
use tenantry::driver::analyse;
use tenantry::render::freshness::{Freshness, judge};
use tenantry::render::header::{Digest32, Header};
use tenantry::render::{self, layout};
use tenantry::source::SourceMap;

use super::compile::{compile_on, day as day_of};
use super::data::Inventory;
use super::generate::{DATES, TODAY, inventories};
use super::print::arrange;
use super::{hold, same};

/// Another day never changes the digest of the input; whatever else it changes is told as an ended grant.
pub fn input_digest() -> Result<(), Failed> {
    hold((inventories(), 0..DATES.len()), 48, |(inventory, day)| {
        let today = compile_on(&inventory, 0, TODAY)?;
        let then = compile_on(&inventory, 0, DATES[day])?;
        let input = |text: &str| Header::parse(text).map(|(header, _)| (header.input, header.subject));
        for (path, text) in &today.files {
            let other = then.files.get(path).ok_or_else(|| format!("{path} is not there on another day"))?;
            same(&format!("input of {path}"), &input(text), &input(other))?;
            let verdict = judge(text, other, |documents| is_of_some_day(&inventory, DATES[day], path, documents));
            // Only of a day on which a grant has ended can it be said that one did.
            let ended = Header::parse(other).is_some_and(|(header, _)| !header.vouches());
            let wanted = if text == other { Freshness::Fresh } else { Freshness::Stale { expired: ended } };
            same(&format!("freshness of {path}"), &verdict, &wanted)?;
        }
        same("number of files", &today.files.len(), &then.files.len())
    })
}

/// Whether the program of a day knows documents as those of a namespace's file on some other one.
fn is_of_some_day(inventory: &Inventory, as_of: &str, path: &str, documents: &Digest32) -> bool {
    let sources = SourceMap::new(arrange(inventory, 0));
    analyse(&sources, Vec::new(), day_of(as_of), |outcome| {
        let Some(program) = outcome.program.as_ref().map(|it| it.get()) else { return false };
        let provisions = program.plans.iter().flat_map(|plan| plan.provisions.iter().map(move |it| (plan, it)));
        provisions.into_iter().any(|(plan, provision)| {
            let (platform, namespace) = (plan.inventory.platform(plan.platform), &provision.namespace.name);
            layout::namespace_path(platform.name.as_str(), namespace.as_str(), plan.shards) == path
                && render::is_of_some_day(plan, provision, &program.templates, documents)
        })
    })
}
