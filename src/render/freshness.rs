//! What a file in the output folder is, compared with what it should be.

use super::header::{Header, Subject};

/// The states of an output file, beside "not there".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Freshness {
    /// Its bytes are what a compile would write.
    Fresh,
    /// It is ours and untouched, and a compile would write something else.
    Stale {
        /// Whether the inventory is the same and only a grant has ended since.
        expired: bool,
    },
    /// It is ours, and its body is not the one that its header was written for.
    Edited,
    /// It has no header of ours.
    Foreign,
}

/// Judges the text found at a path against the text wanted there.
pub fn judge(found: &str, wanted: &str) -> Freshness {
    if found == wanted {
        return Freshness::Fresh;
    }
    match Header::parse(found) {
        None => Freshness::Foreign,
        Some((header, body)) if !header.fits(body) => Freshness::Edited,
        Some((header, _)) => {
            let expired = Header::parse(wanted).is_some_and(|(wanted, _)| {
                (&wanted.input, &wanted.subject) == (&header.input, &header.subject) && wanted.body != header.body
            });
            Freshness::Stale { expired }
        }
    }
}

/// What a file that is not wanted is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leftover {
    /// Ours and untouched, or touched by nothing but what changes line ends.
    Ours(Subject),
    /// Ours, and somebody edited it.
    Edited(Subject),
    /// Somebody else's.
    Foreign,
}

/// Judges a file that nothing asks for.
pub fn judge_leftover(found: &str) -> Leftover {
    match Header::parse(found) {
        None => Leftover::Foreign,
        Some((header, body)) if header.fits_lines(body) => Leftover::Ours(header.subject),
        Some((header, _)) => Leftover::Edited(header.subject),
    }
}
