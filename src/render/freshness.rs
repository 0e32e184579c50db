//! What a file in the output folder is, compared with what it should be.

use super::header::{Digest32, Header, Subject};

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

/// Judges the text found at a path against the text wanted there. `is_of_some_day` says whether documents with a digest
/// are what the same inventory gives on another day; it is asked where a grant has ended and the headers agree. Headers
/// alone prove nothing: anybody can compute a digest.
pub fn judge(found: &str, wanted: &str, is_of_some_day: impl FnOnce(&Digest32) -> bool) -> Freshness {
    if found == wanted {
        return Freshness::Fresh;
    }
    match Header::parse(found) {
        None => Freshness::Foreign,
        Some((header, body)) if !header.fits(body) => Freshness::Edited,
        Some((header, _)) => {
            // A header that vouches is of a file from which no grant was left out.
            let expired = Header::parse(wanted).is_some_and(|(wanted, _)| {
                let same_input = (&wanted.input, &wanted.subject) == (&header.input, &header.subject);
                same_input && wanted.body != header.body && !wanted.vouches() && is_of_some_day(&header.body)
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

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::super::header::input_digest;
    use super::*;

    fn file(body: &str, undated: &str) -> String {
        let digest = |text: &str| Digest32::from(Sha256::digest(text.as_bytes()));
        let subject = Subject::Tenant { name: "vision".to_owned(), state: "active".to_owned() };
        let input = input_digest(&subject, &digest(undated));
        Header { subject, input, body: digest(body) }.before(body)
    }

    #[test]
    fn only_a_grant_that_has_ended_explains_another_body() {
        let known = |body: &Digest32| *body == Digest32::from(Sha256::digest(b"a: 1\nb: 2\n"));
        let expired = |found: &str, wanted: &str| match judge(found, wanted, known) {
            Freshness::Stale { expired } => expired,
            other => panic!("{other:?}"),
        };
        assert!(expired(&file("a: 1\nb: 2\n", "a: 1\nb: 2\n"), &file("a: 1\n", "a: 1\nb: 2\n")));
        assert!(!expired(&file("a: 1\nb: 3\n", "a: 1\nb: 2\n"), &file("a: 1\n", "a: 1\nb: 2\n")));
        // Somebody wrote another body, and computed its digest.
        assert!(!expired(&file("a: 1\nb: 2\n", "a: 1\n"), &file("a: 1\n", "a: 1\n")));
        assert!(!expired(&file("a: 1\n", "a: 1\n"), &file("a: 1\nb: 2\n", "a: 1\nb: 2\n")));
    }
}
