//! Lines, for whoever edits a text in place.

use std::ops::Range;

use super::Item;

/// The whole lines of the items of a list with dashes, each with its dash and without blank lines and comments behind it;
/// and the column of the dashes. `after` is where the key of the list ends. `None` if they cannot be made out.
pub fn block_lines(text: &str, after: usize, items: &[Item<'_>]) -> Option<(usize, Vec<Range<usize>>)> {
    let mut at = line_start(text, after) + line_at(text, line_start(text, after)).len();
    let mut column = None;
    let mut lines = Vec::with_capacity(items.len());
    for item in items {
        while at < text.len() && is_idle(line_at(text, at)) {
            at += line_at(text, at).len();
        }
        let line = line_at(text, at);
        let indent = indentation(line);
        let dash = line[indent..].strip_prefix('-').is_some_and(|rest| rest.starts_with([' ', '\t', '\r', '\n']));
        if !dash || *column.get_or_insert(indent) != indent || item.range.start < at {
            return None;
        }
        let end = end_of_block(text, item.range.end, indent);
        lines.push(at..end);
        at = end;
    }
    Some((column.unwrap_or(0), lines))
}

/// Where the comments begin that stand directly above the line at an offset, in a column and not before a floor; the
/// offset itself if there are none. They belong to what follows.
pub fn comments_above(text: &str, floor: usize, start: usize, column: usize) -> usize {
    let mut at = start;
    while at > floor {
        let above = line_start(text, at - 1);
        let line = line_at(text, above);
        if above < floor || indentation(line) != column || !line[column..].starts_with('#') {
            break;
        }
        at = above;
    }
    at
}

/// The end of the lines that belong to something whose last visible byte ends at an offset, and that are indented deeper
/// than a column. Blank lines and comments behind it are left out.
pub fn end_of_block(text: &str, last: usize, column: usize) -> usize {
    let mut end = line_behind(text, last);
    let mut at = end;
    while at < text.len() {
        let line = line_at(text, at);
        if !is_idle(line) {
            if indentation(line) <= column {
                break;
            }
            end = at + line.len();
        }
        at += line.len();
    }
    end
}

/// Takes the indentation of a block away, so that it can stand alone.
pub fn dedent(block: &str, column: usize) -> String {
    let mut out = String::with_capacity(block.len());
    for line in block.split_inclusive('\n') {
        out.push_str(&line[indentation(line).min(column)..]);
    }
    out
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Whether a line is blank or holds nothing but a comment.
fn is_idle(line: &str) -> bool {
    let text = line.trim_start();
    text.is_empty() || text.starts_with('#')
}

/// The start of the line that an offset lies in.
pub fn line_start(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1)
}

/// The line that starts at an offset, with its end.
pub fn line_at(text: &str, start: usize) -> &str {
    let rest = &text[start..];
    rest.find('\n').map_or(rest, |end| &rest[..=end])
}

/// The start of the first line behind something that ends at an offset. A line of which only blanks were taken counts as
/// behind it.
pub fn line_behind(text: &str, end: usize) -> usize {
    let start = line_start(text, end);
    if text[start..end].trim().is_empty() { start } else { start + line_at(text, start).len() }
}
