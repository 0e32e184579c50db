//! A difference of two texts, harmless on a terminal.

use similar::{ChangeTag, InlineChange, TextDiff};

use super::escape;
use super::paint::{Paint, Tone};

/// The unified diff from `found` to `wanted`, at most `limit` lines of it.
pub fn unified(path: &str, found: &str, wanted: &str, limit: usize) -> String {
    let diff = TextDiff::from_lines(found, wanted);
    let text = diff.unified_diff().context_radius(2).header(path, "as compiled").to_string();
    let mut lines = text.lines();
    let mut shown: String = lines.by_ref().take(limit).map(|line| format!("{}\n", escape::terminal(line))).collect();
    let more = lines.count();
    if more > 0 {
        shown.push_str(&format!("… and {more} more lines\n"));
    }
    shown
}

/// The difference of two texts with the words that differ made strong; at most `limit` lines of it. What is not there
/// on one side is `None`.
pub fn words(path: &str, before: Option<&str>, after: Option<&str>, limit: usize, paint: Paint) -> String {
    let (old, new) = (before.unwrap_or_default(), after.unwrap_or_default());
    if old == new {
        return String::new();
    }
    let what = match (before, after) {
        (None, _) => " (new)",
        (_, None) => " (removed)",
        _ => "",
    };
    let mut shown = format!("{}{what}\n", paint.outside(Tone::Strong, path));
    let diff = TextDiff::from_lines(old, new);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(2) {
        lines.push(paint.own(Tone::Faint, "  …"));
        for op in &group {
            lines.extend(diff.iter_inline_changes_deadline(op, None).map(|change| line(&change, paint)));
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

/// One line. Without colour, the words that differ are not set apart: brackets would be taken for text.
///
/// Then the line is made harmless as a whole, because two parts that are harmless alone may be a command together.
fn line(change: &InlineChange<'_, str>, paint: Paint) -> String {
    let (sign, tone) = match change.tag() {
        ChangeTag::Delete => ("- ", Tone::Minus),
        ChangeTag::Insert => ("+ ", Tone::Plus),
        ChangeTag::Equal => ("  ", Tone::Faint),
    };
    let mut line = format!("  {}", paint.own(tone, sign));
    if !paint.0 {
        let text: String = change.iter_strings_lossy().map(|(_, text)| text).collect();
        line.push_str(&escape::terminal(text.trim_end_matches(['\r', '\n'])));
        return line.trim_end().to_owned();
    }
    for (strong, text) in change.iter_strings_lossy() {
        let text = text.trim_end_matches(['\r', '\n']);
        line.push_str(&paint.outside(if strong { Tone::Strong } else { tone }, text));
    }
    line
}
