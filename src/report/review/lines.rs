//! The lines in which a compiled file differs.

use similar::{Algorithm, DiffTag};

use crate::diff::FileChange;

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// Up to this many pairs of lines the smallest difference is looked for. Beyond, the time for it could be very long.
const PAIRS: usize = 4_000_000;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Same,
    Added,
    Removed,
    /// Between two parts of the file. It has no text.
    Gap,
}

impl Sign {
    /// What a unified diff has before the line.
    pub(super) fn mark(self) -> &'static str {
        match self {
            Sign::Same => " ",
            Sign::Added => "+",
            Sign::Removed => "-",
            Sign::Gap => "@@",
        }
    }
}

/// A file that differs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FileLines<'a> {
    /// The first lines of the difference.
    pub lines: Vec<(Sign, &'a str)>,
    /// How many follow.
    pub more: usize,
    /// Lines only in the head.
    pub added: usize,
    /// Lines only in the base.
    pub removed: usize,
}

/// The difference of a file, at most `limit` lines of it.
pub(super) fn of(file: &FileChange, limit: usize) -> FileLines<'_> {
    let before: Vec<&str> = file.before.iter().flat_map(|text| text.lines()).collect();
    let after: Vec<&str> = file.after.iter().flat_map(|text| text.lines()).collect();
    let mut all = compare(&before, &after);
    let count = |sign| all.iter().filter(|line| line.0 == sign).count();
    let (added, removed) = (count(Sign::Added), count(Sign::Removed));
    let more = all.len().saturating_sub(limit);
    all.truncate(limit);
    FileLines { lines: all, more, added, removed }
}

fn compare<'a>(before: &[&'a str], after: &[&'a str]) -> Vec<(Sign, &'a str)> {
    let same = |(one, other): &(&&str, &&str)| one == other;
    let start = before.iter().zip(after).take_while(same).count();
    let (before_rest, after_rest) = (&before[start..], &after[start..]);
    let end = before_rest.iter().rev().zip(after_rest.iter().rev()).take_while(same).count();
    let (old, new) = (&before_rest[..before_rest.len() - end], &after_rest[..after_rest.len() - end]);
    let mut out = Vec::new();
    let lead = &before[start.saturating_sub(CONTEXT)..start];
    out.extend(lead.iter().map(|line| (Sign::Same, *line)));
    if old.len().saturating_mul(new.len()) > PAIRS || old.is_empty() || new.is_empty() {
        out.extend(old.iter().map(|line| (Sign::Removed, *line)));
        out.extend(new.iter().map(|line| (Sign::Added, *line)));
    } else {
        smallest(old, new, &mut out);
    }
    let tail = &before_rest[before_rest.len() - end..];
    out.extend(tail.iter().take(CONTEXT).map(|line| (Sign::Same, *line)));
    out
}

/// The smallest difference, with a gap where unchanged lines are left out.
fn smallest<'a>(old: &[&'a str], new: &[&'a str], out: &mut Vec<(Sign, &'a str)>) {
    let parts = similar::capture_diff_slices(Algorithm::Myers, old, new);
    for (at, group) in similar::group_diff_ops(parts, CONTEXT).iter().enumerate() {
        if at > 0 {
            out.push((Sign::Gap, ""));
        }
        for part in group {
            let (old, new) = (&old[part.old_range()], &new[part.new_range()]);
            if part.tag() == DiffTag::Equal {
                out.extend(old.iter().map(|line| (Sign::Same, *line)));
            } else {
                out.extend(old.iter().map(|line| (Sign::Removed, *line)));
                out.extend(new.iter().map(|line| (Sign::Added, *line)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: Option<&str>, after: Option<&str>) -> String {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let file = FileChange { path: "a.yaml".into(), before: owned(before), after: owned(after), omitted: false };
        of(&file, 100).lines.iter().map(|(sign, text)| format!("{}{text}|", sign.mark())).collect()
    }

    #[test]
    fn only_the_surroundings_are_shown() {
        let before: Vec<String> = (0..30).map(|at| at.to_string()).collect();
        let mut after = before.clone();
        after[5] = "x".into();
        after[25] = "y".into();
        let shown = shown(Some(&before.join("\n")), Some(&after.join("\n")));
        assert_eq!(shown, " 2| 3| 4|-5|+x| 6| 7| 8|@@| 22| 23| 24|-25|+y| 26| 27| 28|");
    }

    #[test]
    fn a_file_that_comes_or_goes_is_shown_whole() {
        assert_eq!(shown(None, Some("a\nb\n")), "+a|+b|");
        assert_eq!(shown(Some("a\nb\n"), None), "-a|-b|");
        assert_eq!(shown(Some("a\nb\nd\n"), Some("a\nb\nc\nd\n")), " a| b|+c| d|");
    }

    #[test]
    fn counts_do_not_depend_on_the_limit() {
        let file = FileChange { path: "a".into(), before: None, after: Some("a\nb\nc\n".into()), omitted: false };
        let lines = of(&file, 1);
        assert_eq!((lines.lines.len(), lines.more, lines.added, lines.removed), (1, 2, 3, 0));
    }

    #[test]
    fn files_that_share_nothing_take_no_long_time() {
        let text = |seed: u32| (0..20_000).map(|at| format!("{}\n", at * 2 + seed)).collect::<String>();
        let file = FileChange { path: "a".into(), before: Some(text(0)), after: Some(text(1)), omitted: false };
        assert_eq!((of(&file, 10).added, of(&file, 10).removed), (20_000, 20_000));
    }
}
