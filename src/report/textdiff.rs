//! A difference of two texts, harmless on a terminal.

use similar::{Algorithm, DiffTag, TextDiff, capture_diff_slices, group_diff_ops};

use super::escape;
use super::inline;
use super::paint::{Paint, Tone};

/// Unchanged lines around a change.
const CONTEXT: usize = 2;

/// The unified diff from `found` to `wanted`, at most `limit` lines of it.
pub fn unified(path: &str, found: &str, wanted: &str, limit: usize) -> String {
    let diff = TextDiff::from_lines(found, wanted);
    let text = diff.unified_diff().context_radius(CONTEXT).header(path, "as compiled").to_string();
    let mut lines = text.lines();
    let mut shown: String = lines.by_ref().take(limit).map(|line| format!("{}\n", escape::terminal(line))).collect();
    let more = lines.count();
    if more > 0 {
        shown.push_str(&format!("… and {more} more lines\n"));
    }
    shown
}

/// The difference of two texts with the words that differ made strong; at most `limit` lines of it. What is not there
/// on one side is `None`. `budget` is what is left of [`inline::BUDGET`], for all files of a page.
pub(super) fn words(
    path: &str,
    (before, after): (Option<&str>, Option<&str>),
    limit: usize,
    paint: Paint,
    budget: &mut usize,
) -> String {
    if before == after {
        return String::new();
    }
    let what = match (before, after) {
        (None, _) => " (new)",
        (_, None) => " (removed)",
        _ => "",
    };
    let mut shown = format!("{}{what}\n", paint.outside(Tone::Strong, path));
    let lines = |text: Option<&'_ str>| text.unwrap_or_default().lines().map(str::to_owned).collect::<Vec<_>>();
    let (before, after) = (lines(before), lines(after));
    let mut lines = Vec::new();
    for group in group_diff_ops(capture_diff_slices(Algorithm::Myers, &before, &after), CONTEXT) {
        lines.push(paint.own(Tone::Faint, "  …"));
        for op in &group {
            let (old, new) = (beginnings(&before[op.old_range()]), beginnings(&after[op.new_range()]));
            if op.tag() == DiffTag::Equal {
                lines.extend(old.iter().map(|text| line("  ", Tone::Faint, Tone::Faint, &[(false, *text)], paint)));
                continue;
            }
            let (old, new) = inline::marks(&old, &new, budget);
            lines.extend(old.iter().map(|parts| line("- ", Tone::Minus, Tone::MinusWord, parts, paint)));
            lines.extend(new.iter().map(|parts| line("+ ", Tone::Plus, Tone::PlusWord, parts, paint)));
        }
    }
    let more = lines.len().saturating_sub(limit);
    for line in lines.into_iter().take(limit) {
        shown.push_str(&line);
        shown.push('\n');
    }
    if more > 0 {
        shown.push_str(&format!("… and {more} more lines\n"));
    }
    shown
}

/// As much of each line as is shown.
fn beginnings(lines: &[String]) -> Vec<&str> {
    lines.iter().map(|line| inline::beginning(line).0).collect()
}

/// One line. Without colour, the words that differ are not set apart: brackets would be taken for text.
///
/// Then the line is made harmless as a whole, because two parts that are harmless alone may be a command together.
fn line(sign: &str, tone: Tone, strong: Tone, parts: &[(bool, &str)], paint: Paint) -> String {
    let length: usize = parts.iter().map(|(_, text)| text.chars().count()).sum();
    let cut = if length < inline::LINE { "" } else { "…" };
    let tabless = |text: &str| text.replace('\t', "    ");
    let mut line = format!("  {}", paint.own(tone, sign));
    if !paint.0 {
        let text: String = parts.iter().map(|(_, text)| *text).collect();
        line.push_str(&escape::terminal(&tabless(&text)));
        line.push_str(cut);
        return line.trim_end().to_owned();
    }
    for (differs, text) in parts {
        line.push_str(&paint.outside(if *differs { strong } else { tone }, &tabless(text)));
    }
    line + cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str, colour: bool) -> Vec<String> {
        let text = words("a.yaml", (Some(before), Some(after)), 100, Paint(colour), &mut inline::BUDGET.clone());
        text.lines().skip(2).map(str::to_owned).collect()
    }

    #[test]
    fn words_that_differ_are_set_apart_in_colour() {
        let (before, after) = ("a: 1\nname: 日本 x\n", "a: 1\nname: 中国 x\n");
        assert_eq!(shown(before, after, false), ["    a: 1", "  - name: 日本 x", "  + name: 中国 x"]);
        let coloured = shown(before, after, true);
        let removed = "  \u{1b}[31m- \u{1b}[0m\u{1b}[31mname: \u{1b}[0m\u{1b}[7;31m日本\u{1b}[0m\u{1b}[31m x\u{1b}[0m";
        assert_eq!(coloured[1], removed);
        assert!(coloured[2].contains("\u{1b}[7;32m中国\u{1b}[0m"), "{coloured:?}");
    }

    #[test]
    fn lines_end_where_a_reader_would_stop_and_tabs_are_blanks() {
        let long = "x".repeat(inline::LINE);
        let cut = shown(&format!("{long}y\n"), "a\tb\n", false);
        assert_eq!(cut, [format!("  - {long}…"), "  + a    b".to_owned()]);
    }

    #[test]
    fn a_command_in_parts_is_no_command() {
        assert_eq!(shown("a\n", "##[error]\n", false)[1], r"  + ##\u{5b}error]");
    }
}
