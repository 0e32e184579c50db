//! What stands at one path of the output, in a word, and what is said of it.

use tenantry::diag::{Diagnostic, catalog::folder};
use tenantry::render::freshness::{Freshness, Leftover, judge, judge_leftover};
use tenantry::render::header::Digest32;
use tenantry::render::layout;

use crate::cli::output::Tree;

/// What a wanted file is compared with what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Its bytes are what a compile would write.
    Fresh,
    /// It is not there.
    Missing,
    /// A compile would write something else.
    Stale,
    /// A compile would write something else only because a grant has ended.
    Expired,
    /// Somebody edited it.
    Edited,
    /// It is not ours.
    Foreign,
}

/// What is said of a file that is not ours and that somebody may take for one of ours.
pub fn stray(path: &str, output: &dyn Tree) -> Option<Diagnostic> {
    if layout::is_synced(path) || layout::hides(path) {
        return Some(folder::stray(&output.shown(path)));
    }
    (layout::is_applied_by_hand(path) && layout::is_read(path)).then(|| folder::stray_by_hand(&output.shown(path)))
}

/// What is said of a file of ours that is not as it was written.
pub fn edited(shown: &str, found: &str) -> Diagnostic {
    match judge_leftover(found) {
        Leftover::Ours(_) => folder::line_ends(shown),
        Leftover::Edited(_) | Leftover::Foreign => folder::edited(shown),
    }
}

/// What can be said of a file without what is wanted there.
pub fn soundness(found: &str) -> Status {
    match judge_leftover(found) {
        Leftover::Ours(_) => Status::Stale,
        Leftover::Edited(_) => Status::Edited,
        Leftover::Foreign => Status::Foreign,
    }
}

/// What a file is, held against what is wanted there. `is_of_some_day` says whether documents with a digest are what the
/// inventory gives on another day.
pub fn status(found: &str, wanted: &str, is_of_some_day: impl FnOnce(&Digest32) -> bool) -> Status {
    match judge(found, wanted, is_of_some_day) {
        Freshness::Fresh => Status::Fresh,
        Freshness::Stale { expired: true } => Status::Expired,
        Freshness::Stale { expired: false } => Status::Stale,
        Freshness::Edited => Status::Edited,
        Freshness::Foreign => Status::Foreign,
    }
}
