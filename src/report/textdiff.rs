//! A difference of two texts as a unified diff, harmless on a terminal.

use similar::TextDiff;

use super::escape;

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
