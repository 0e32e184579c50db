//! What a day changes.

use libtest_mimic::Failed;
use tenantry::render::freshness::{Freshness, judge};
use tenantry::render::header::Header;

use super::compile::compile_on;
use super::generate::{DATES, TODAY, inventories};
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
            let verdict = judge(text, other);
            // Only of a day on which a grant has ended can it be said that one did.
            let ended = Header::parse(other).is_some_and(|(header, _)| !header.vouches());
            let wanted = if text == other { Freshness::Fresh } else { Freshness::Stale { expired: ended } };
            same(&format!("freshness of {path}"), &verdict, &wanted)?;
        }
        same("number of files", &today.files.len(), &then.files.len())
    })
}
