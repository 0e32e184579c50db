//! What a name must look like, as data, and how a name that breaks the rule is described.

use std::fmt;
use std::ops::Range;

use super::text::is_unsafe;

/// What is wrong with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameProblem {
    /// Nothing is written.
    Empty,
    /// It is longer than what it names may be.
    TooLong {
        /// How many characters are allowed.
        limit: usize,
        /// How many there are.
        len: usize,
    },
    /// A character that may stand nowhere in it.
    BadCharacter(char),
    /// A character that may stand inside, but not first.
    BadStart(char),
    /// A character that may stand inside, but not last.
    BadEnd(char),
    /// Two separators with nothing between them, or one at an end.
    EmptyPart,
    /// The `/` between its two halves is missing.
    MissingSlash,
    /// A part that means another place: `.` or `..`.
    DotPart,
}

impl fmt::Display for NameProblem {
    /// A clause that follows the name: "has 70 characters, and 63 are allowed".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NameProblem::Empty => f.write_str("is empty"),
            NameProblem::TooLong { limit, len } => write!(f, "has {len} characters, and {limit} are allowed"),
            NameProblem::BadCharacter(c @ (' ' | '`')) => write!(f, "has {}", Shown(*c)),
            NameProblem::BadCharacter(c) => write!(f, "has the character {}", Shown(*c)),
            NameProblem::BadStart(c) => write!(f, "starts with {}", Shown(*c)),
            NameProblem::BadEnd(c) => write!(f, "ends with {}", Shown(*c)),
            NameProblem::EmptyPart => f.write_str("has an empty part"),
            NameProblem::MissingSlash => f.write_str("has no `/`"),
            NameProblem::DotPart => f.write_str("has a part that is `.` or `..`"),
        }
    }
}

/// A character inside a message. One that nobody could see is named by its number.
pub(super) struct Shown(pub(super) char);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ' ' => f.write_str("a blank"),
            '`' => f.write_str("a back-tick"),
            c if is_unsafe(c) => write!(f, "U+{:04X}", c as u32),
            c => write!(f, "`{c}`"),
        }
    }
}

/// Why a text is not the name that it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidName {
    /// What is wrong.
    pub problem: NameProblem,
    /// The bytes of the text that are wrong, so that a diagnostic can mark them. Always on character boundaries; the
    /// whole text where no part is to blame.
    pub span: Range<usize>,
    /// The name that was probably meant, if that is obvious. It always follows the rule.
    pub repair: Option<String>,
    rule: &'static str,
}

impl InvalidName {
    pub(super) fn new(problem: NameProblem, span: Range<usize>, rule: &'static str) -> Self {
        InvalidName { problem, span, repair: None, rule }
    }

    /// The rule that the text breaks, as one plain sentence without a final stop.
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// The same finding about a part that starts at `offset` of a longer text.
    pub(super) fn moved(mut self, offset: usize) -> Self {
        self.span = self.span.start + offset..self.span.end + offset;
        self
    }
}

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl std::error::Error for InvalidName {}

/// The form of a name that is one run of characters.
pub(super) struct Rule {
    /// The rule in words.
    pub(super) sentence: &'static str,
    /// How many characters it may have.
    pub(super) limit: usize,
    /// What may stand inside.
    pub(super) middle: fn(char) -> bool,
    /// What may stand first, among those.
    pub(super) start: fn(char) -> bool,
    /// What may stand last, among those.
    pub(super) end: fn(char) -> bool,
}

impl Rule {
    /// Checks `text`.
    ///
    /// # Errors
    ///
    /// The first problem, in the order: empty, a bad character, a bad start, a bad end, too long. Length comes last,
    /// because a long text with a wrong character is probably no name at all.
    pub(super) fn check(&self, text: &str) -> Result<(), InvalidName> {
        self.problem(text).map_or(Ok(()), |(problem, span)| {
            let mut found = InvalidName::new(problem, span, self.sentence);
            found.repair = self.repair(text);
            Err(found)
        })
    }

    fn problem(&self, text: &str) -> Option<(NameProblem, Range<usize>)> {
        let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else {
            return Some((NameProblem::Empty, 0..0));
        };
        if let Some((at, c)) = text.char_indices().find(|&(_, c)| !(self.middle)(c)) {
            return Some((NameProblem::BadCharacter(c), at..at + c.len_utf8()));
        }
        if !(self.start)(first) {
            return Some((NameProblem::BadStart(first), 0..first.len_utf8()));
        }
        if !(self.end)(last) {
            return Some((NameProblem::BadEnd(last), text.len() - last.len_utf8()..text.len()));
        }
        let len = text.chars().count();
        (len > self.limit).then_some((NameProblem::TooLong { limit: self.limit, len }, 0..text.len()))
    }

    /// Lower case where upper case is refused, `-` for other ASCII characters, wrong ends cut off. A text that is too
    /// long, or that has letters beyond ASCII, has no obvious repair: which part to drop is for people to say.
    fn repair(&self, text: &str) -> Option<String> {
        let folded: Option<String> = text.chars().map(|c| self.fold(c)).collect();
        let folded = folded?;
        let kept = folded.trim_start_matches(|c| !(self.start)(c)).trim_end_matches(|c| !(self.end)(c));
        (kept != text && self.problem(kept).is_none()).then(|| kept.to_owned())
    }

    fn fold(&self, c: char) -> Option<char> {
        let candidates = [c, c.to_ascii_lowercase(), '-'];
        candidates.into_iter().find(|&c| (self.middle)(c)).filter(|_| c.is_ascii() && !c.is_ascii_control())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{NamespaceName, UserName};
    use super::*;
    use proptest::prelude::*;

    fn problem(text: &str) -> (NameProblem, Range<usize>, Option<String>) {
        let found = NamespaceName::parse(text).expect_err("no name");
        (found.problem, found.span, found.repair)
    }

    #[test]
    fn problems_have_a_place_and_maybe_a_repair() {
        use NameProblem::*;
        assert_eq!(problem(""), (Empty, 0..0, None));
        assert_eq!(problem("my_Team"), (BadCharacter('_'), 2..3, Some("my-team".into())));
        assert_eq!(problem("-vision-"), (BadStart('-'), 0..1, Some("vision".into())));
        assert_eq!(problem("vision-"), (BadEnd('-'), 6..7, Some("vision".into())));
        assert_eq!(problem("büro"), (BadCharacter('ü'), 1..3, None));
        assert_eq!(problem(&"a".repeat(64)), (TooLong { limit: 63, len: 64 }, 0..64, None));
        assert_eq!(problem("---"), (BadStart('-'), 0..1, None));
    }

    #[test]
    fn messages_show_what_cannot_be_seen() {
        assert_eq!(NameProblem::BadCharacter('\u{202e}').to_string(), "has the character U+202E");
        assert_eq!(NameProblem::BadCharacter('_').to_string(), "has the character `_`");
        assert_eq!(NameProblem::TooLong { limit: 63, len: 70 }.to_string(), "has 70 characters, and 63 are allowed");
    }

    proptest! {
        #[test]
        fn spans_and_repairs_hold(text in ".{0,80}") {
            for found in [NamespaceName::parse(&text).err(), UserName::parse(&text).err()].into_iter().flatten() {
                prop_assert!(text.get(found.span.clone()).is_some());
            }
            if let Err(InvalidName { repair: Some(repaired), .. }) = NamespaceName::parse(&text) {
                prop_assert!(NamespaceName::parse(&repaired).is_ok() && repaired != text);
            }
        }
    }
}
