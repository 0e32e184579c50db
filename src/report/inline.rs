//! The words in which changed lines differ.

use similar::{Algorithm, DiffTag, capture_diff_slices};

/// A line in parts, each with whether it is one of the words that differ.
pub(super) type Parts<'a> = Vec<(bool, &'a str)>;

/// How many of the lines that could be the other version of a line are looked at.
const WINDOW: usize = 4;

/// Two lines are versions of one another if this much of their text is the same, in percent.
const ALIKE: usize = 40;

/// How much of a line is compared and shown, in characters.
pub(super) const LINE: usize = 2_000;

/// How many pairs of words are compared for the lines of one page. Beyond, lines are shown without marks.
pub(super) const BUDGET: usize = 20_000_000;

/// Lines that went and lines that came in their place, in parts. Lines without another version have one part.
///
/// `budget` is what is left of [`BUDGET`].
pub(super) fn marks<'a>(old: &[&'a str], new: &[&'a str], budget: &mut usize) -> (Vec<Parts<'a>>, Vec<Parts<'a>>) {
    let whole = |lines: &[&'a str]| lines.iter().map(|line| vec![(false, *line)]).collect::<Vec<_>>();
    let (mut old_parts, mut new_parts) = (whole(old), whole(new));
    let mut next = 0;
    for (at, line) in old.iter().enumerate() {
        let mut best: Option<(usize, usize, Parts<'a>, Parts<'a>)> = None;
        for (other_at, other) in new.iter().enumerate().skip(next).take(WINDOW) {
            let Some((alike, before, after)) = compare(line, other, budget) else { continue };
            if best.as_ref().is_none_or(|best| alike > best.0) {
                best = Some((alike, other_at, before, after));
            }
        }
        if let Some((_, other_at, before, after)) = best {
            (old_parts[at], new_parts[other_at]) = (before, after);
            next = other_at + 1;
        }
    }
    (old_parts, new_parts)
}

/// How alike two lines are, in percent, and their parts; nothing if they are not alike or there is no budget for it.
fn compare<'a>(old: &'a str, new: &'a str, budget: &mut usize) -> Option<(usize, Parts<'a>, Parts<'a>)> {
    let (before, after) = (tokens(old), tokens(new));
    *budget = budget.checked_sub(before.len().saturating_mul(after.len()))?;
    let (mut old_parts, mut new_parts) = (Parts::new(), Parts::new());
    let mut same = 0;
    for part in capture_diff_slices(Algorithm::Myers, &before, &after) {
        let differs = part.tag() != DiffTag::Equal;
        let (was, is) = (&before[part.old_range()], &after[part.new_range()]);
        if !differs {
            // Blanks and signs say little of what a line is.
            same += was.iter().filter(|token| is_word(token)).map(|token| token.len()).sum::<usize>();
        }
        push(&mut old_parts, differs, old, was);
        push(&mut new_parts, differs, new, is);
    }
    let words = |tokens: &[&str]| tokens.iter().filter(|token| is_word(token)).map(|token| token.len()).sum::<usize>();
    let alike = (200 * same).checked_div(words(&before) + words(&after))?;
    (alike >= ALIKE).then_some((alike, old_parts, new_parts))
}

/// The stretch of a line that some of its tokens make.
fn push<'a>(parts: &mut Parts<'a>, differs: bool, line: &'a str, tokens: &[&'a str]) {
    let done: usize = parts.iter().map(|(_, part)| part.len()).sum();
    let length: usize = tokens.iter().map(|token| token.len()).sum();
    if length > 0 {
        parts.push((differs, &line[done..done + length]));
    }
}

/// Words, and every other character alone.
fn tokens(line: &str) -> Vec<&str> {
    let in_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut tokens = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let end = if in_word(first) { rest.find(|c| !in_word(c)).unwrap_or(rest.len()) } else { first.len_utf8() };
        let (token, after) = rest.split_at(end);
        tokens.push(token);
        rest = after;
    }
    tokens
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-')
}

/// The beginning of a line as far as it is shown, and whether that is not all.
pub(super) fn beginning(line: &str) -> (&str, bool) {
    line.char_indices().nth(LINE).map_or((line, false), |(at, _)| (&line[..at], true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &[&str], new: &[&str]) -> String {
        let (old, new) = marks(old, new, &mut BUDGET.clone());
        let line = |sign: char, parts: &Parts<'_>| {
            let parts: String = parts
                .iter()
                .map(|(differs, text)| if *differs { format!("[{text}]") } else { (*text).to_owned() })
                .collect();
            format!("{sign}{parts}|")
        };
        old.iter().map(|parts| line('-', parts)).chain(new.iter().map(|parts| line('+', parts))).collect()
    }

    #[test]
    fn only_what_differs_is_marked() {
        assert_eq!(
            shown(&["  requests.cpu: 16"], &["  requests.cpu: 24"]),
            "-  requests.cpu: [16]|+  requests.cpu: [24]|"
        );
        let expected = "-    owner: [bob]@example.org|+    owner: [ada]@example.org|";
        assert_eq!(shown(&["    owner: bob@example.org"], &["    owner: ada@example.org"]), expected);
        assert_eq!(shown(&["a: x"], &["a: x y"]), "-a: x|+a: x[ y]|");
    }

    #[test]
    fn wide_characters_and_tabs_stay_whole() {
        assert_eq!(shown(&["名前: 日本\tx"], &["名前: 中国\tx"]), "-名前: [日本]\tx|+名前: [中国]\tx|");
        assert_eq!(shown(&["name: e\u{301}a b"], &["name: e\u{301}a c"]), "-name: e\u{301}a [b]|+name: e\u{301}a [c]|");
    }

    #[test]
    fn lines_that_have_nothing_in_common_are_not_marked() {
        assert_eq!(shown(&["kind: RoleBinding"], &["- apiGroup: x"]), "-kind: RoleBinding|+- apiGroup: x|");
        assert_eq!(shown(&["}"], &["]"]), "-}|+]|");
    }

    #[test]
    fn a_line_finds_its_other_version_among_new_ones() {
        let old = ["name: user-bob-edit", "role: edit"];
        let new = ["extra: true", "name: user-ada-edit x", "role: view"];
        let expected = "-name: user-bob-edit|-role: [edit]|+extra: true|+name: user-ada-edit x|+role: [view]|";
        assert_eq!(shown(&old, &new), expected);
    }

    #[test]
    fn long_lines_cost_no_more_than_the_budget() {
        let long = |word: &str| format!("{} ", word).repeat(20_000);
        let (old, new) = (long("a"), long("b"));
        assert_eq!(marks(&[&old], &[&new], &mut BUDGET.clone()).0, [[(false, old.as_str())]]);
        let mut none = 0;
        assert_eq!(marks(&["a b"], &["a c"], &mut none).1, [[(false, "a c")]]);
        assert_eq!(beginning(&"é".repeat(LINE + 1)), ("é".repeat(LINE).as_str(), true));
    }
}
