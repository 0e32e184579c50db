//! The few lines of a file that marks stand in, made fit to be drawn.
//!
//! What is drawn is never the file but a small text of its own: only lines with a mark, of long lines only a window
//! around it, every character harmless and of known width. Marks are translated along. So a file of 60 MB costs no more
//! than a small one, and the line and column of the original must be taken from the [`SourceMap`], not from here. This
//! module does not know what is said about a mark.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::report::escape;
use crate::source::{FileId, SourceMap, Span};

/// Marks of one file that are further apart than this many lines are drawn as if they were in two files.
const GAP: u32 = 200;

/// How many lines of a mark of many lines are drawn from its beginning on. The renderer shows no more either.
const HEAD: u32 = 5;

/// Consecutive lines of a file, fit to be drawn. Those that nobody looks at are empty.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// The lines. Each ends in a newline.
    pub text: String,
    /// The number of the first line in the file.
    pub first_line: u32,
    /// Which of the given spans are in here, by their index, and the bytes of `text` that they became.
    pub marks: Vec<(usize, Range<usize>)>,
}

/// What is drawn of some spans of one file, with lines cut to `width` columns. The first span decides where a line that
/// holds several is cut, and its excerpt comes first.
pub(super) fn excerpts(spans: &[Span], file: FileId, sources: &SourceMap, width: usize) -> Vec<Excerpt> {
    let text = sources.file(file).text();
    let marks: Vec<Mark> = spans.iter().map(|&span| Mark::new(span, text, sources)).collect();
    let mut rows = BTreeMap::new();
    for mark in &marks {
        mark.anchor(text, &mut rows);
    }
    let mut drawn = Vec::new();
    for stretch in stretches(&rows) {
        drawn.push(draw(&rows, stretch, &marks, text, width));
    }
    drawn.sort_by_key(|excerpt| excerpt.marks.iter().map(|&(index, _)| index).min());
    drawn
}

/// The nearest beginning of a character at or before a byte.
pub(super) fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A span with its lines, without the blank end that block texts have.
struct Mark {
    bytes: Range<usize>,
    first_line: u32,
    last_line: u32,
}

impl Mark {
    fn new(span: Span, text: &str, sources: &SourceMap) -> Self {
        let start = boundary(text, span.start as usize);
        let end = boundary(text, span.end as usize).max(start);
        let covered = &text[start..end];
        let mut end = match covered.trim_end().len() {
            0 => start + covered.find('\n').unwrap_or(covered.len()),
            seen => start + seen,
        };
        let first_line = sources.locate(span).line;
        let breaks = text[start..end].bytes().filter(|&byte| byte == b'\n').count();
        let mut lines = u32::try_from(breaks).unwrap_or(u32::MAX);
        if lines > GAP {
            // Of a mark as long as that, the beginning says it all.
            end = line_end(text, start);
            lines = 0;
        }
        Mark { bytes: start..end, first_line, last_line: first_line + lines }
    }

    /// Notes the places that must be seen: for each line the bytes around which it is cut.
    fn anchor(&self, text: &str, rows: &mut BTreeMap<u32, Range<usize>>) {
        if self.first_line == self.last_line {
            rows.entry(self.first_line).or_insert(self.bytes.clone());
            return;
        }
        let Range { start, end } = self.bytes;
        rows.entry(self.first_line).or_insert(start..start);
        rows.entry(self.last_line).or_insert(end..end);
        let mut at = line_end(text, start) + 1;
        for line in self.first_line + 1..self.last_line {
            if line < self.first_line + HEAD || line + 1 == self.last_line {
                rows.entry(line).or_insert(at..at);
            }
            at = line_end(text, at) + 1;
        }
    }
}

/// Where the line that `at` is in ends: before its newline, or at the end of the text.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline)
}

/// Ranges of line numbers, both ends included, that are near enough to be drawn as one.
fn stretches(rows: &BTreeMap<u32, Range<usize>>) -> Vec<(u32, u32)> {
    let mut out: Vec<(u32, u32)> = Vec::new();
    for &line in rows.keys() {
        match out.last_mut() {
            Some((_, last)) if line - *last <= GAP => *last = line,
            _ => out.push((line, line)),
        }
    }
    out
}

fn draw(
    rows: &BTreeMap<u32, Range<usize>>,
    (first, last): (u32, u32),
    marks: &[Mark],
    text: &str,
    width: usize,
) -> Excerpt {
    let mut canvas = Canvas::default();
    let mut after_previous = None;
    for line in first..=last {
        let single_gap = rows.contains_key(&(line + 1)) && line > first && rows.contains_key(&(line - 1));
        match (rows.get(&line), after_previous) {
            (Some(anchor), _) => after_previous = Some(canvas.row(line, text, anchor, width)),
            // The renderer shows a line between two that have marks, where `...` would save nothing.
            (None, Some(end)) if single_gap => {
                let start = line_end(text, end) + 1;
                canvas.row(line, text, &(start..start), width);
            }
            (None, _) => canvas.text.push('\n'),
        }
    }
    let inside = marks.iter().enumerate().filter(|(_, mark)| (first..=last).contains(&mark.first_line));
    let marks = inside.map(|(index, mark)| (index, canvas.translate(mark))).collect();
    Excerpt { text: canvas.text, first_line: first, marks }
}

/// A text in the making, with the way from bytes of the file to its own.
#[derive(Default)]
struct Canvas {
    text: String,
    /// For each drawn line: bytes of the file with their places in `text`, both rising. Never empty.
    places: BTreeMap<u32, Vec<(usize, usize)>>,
}

impl Canvas {
    /// Draws a line and gives the byte of the file at which it ends or was cut.
    fn row(&mut self, line: u32, text: &str, anchor: &Range<usize>, width: usize) -> usize {
        let window = window(text, anchor, width);
        if window.start > 0 && !text[..window.start].ends_with('\n') {
            self.text.push('…');
        }
        let mut places = Vec::new();
        for (at, c) in text[window.clone()].char_indices() {
            places.push((window.start + at, self.text.len()));
            match c {
                // Where a tab is an error, blanks would hide it.
                '\t' => self.text.push_str("→   "),
                // A byte order mark is no part of the first line.
                '\u{feff}' if window.start + at == 0 => {}
                _ => escape::push_terminal(&mut self.text, c),
            }
        }
        places.push((window.end, self.text.len()));
        self.places.insert(line, places);
        if !at_line_end(&text[window.end..]) {
            self.text.push('…');
        }
        self.text.push('\n');
        window.end
    }

    fn translate(&self, mark: &Mark) -> Range<usize> {
        let start = self.place(mark.first_line, mark.bytes.start);
        start..self.place(mark.last_line, mark.bytes.end).max(start)
    }

    /// Where a byte of a drawn line came to. What lies outside of the window is at its edge.
    fn place(&self, line: u32, byte: usize) -> usize {
        let places = self.places.get(&line).expect("the lines of a mark are drawn with it");
        let next = places.partition_point(|&(at, _)| at < byte).min(places.len() - 1);
        places[next].1
    }
}

/// As much of a line as `width` columns hold, with the anchor in it.
fn window(text: &str, anchor: &Range<usize>, width: usize) -> Range<usize> {
    let start = anchor.start.min(text.len());
    let (end, left) = forward(text, start, Some(anchor.end), width);
    let (from, unused) = backward(text, start, left / 2);
    let (to, left) = forward(text, end, None, unused + left - left / 2);
    let (from, _) = backward(text, from, left);
    from..to
}

/// Goes on from `at` until `stop`, the end of the line or the end of the columns. Gives the columns that are left.
fn forward(text: &str, mut at: usize, stop: Option<usize>, mut left: usize) -> (usize, usize) {
    while let Some(c) = text[at..].chars().next() {
        if stop.is_some_and(|stop| at >= stop) || at_line_end(&text[at..]) || columns(c) > left {
            break;
        }
        left -= columns(c);
        at += c.len_utf8();
    }
    (at, left)
}

/// Goes back from `at` until the beginning of the line or the end of the columns. Gives the columns that are left.
fn backward(text: &str, mut at: usize, mut left: usize) -> (usize, usize) {
    while let Some(c) = text[..at].chars().next_back() {
        if c == '\n' || columns(c) > left {
            break;
        }
        left -= columns(c);
        at -= c.len_utf8();
    }
    (at, left)
}

fn at_line_end(rest: &str) -> bool {
    matches!(rest.as_bytes(), [] | [b'\n', ..] | [b'\r', b'\n', ..])
}

/// How wide a character is when drawn, at most.
fn columns(c: char) -> usize {
    match c {
        '\t' => 4,
        ' '..='~' => 1,
        _ if escape::is_hidden(c) => c.escape_unicode().count(),
        '\u{1100}'.. => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn draw_one(text: &str, start: u32, end: u32, width: usize) -> (String, String) {
        let sources = SourceMap::new(vec![("a".into(), text.into())]);
        let file = sources.find("a").expect("the file is in the map");
        let drawn = excerpts(&[Span { file, start, end }], file, &sources, width);
        let (_, range) = drawn[0].marks[0].clone();
        (drawn[0].text.clone(), drawn[0].text[range].to_owned())
    }

    #[test]
    fn marks_follow_what_they_mark() {
        assert_eq!(draw_one("a: bc\n", 3, 5, 80), ("a: bc\n".into(), "bc".into()));
        assert_eq!(draw_one("a:\tbc\r\nx", 2, 5, 80), ("a:→   bc\n".into(), "→   bc".into()));
        assert_eq!(draw_one("\u{feff}a: b", 3, 4, 80), ("a: b\n".into(), "a".into()));
        let (text, marked) = draw_one("x \u{1b}[1m\u{202e}日本", 9, 15, 80);
        assert_eq!((text.as_str(), marked.as_str()), ("x \\u{1b}[1m\\u{202e}日本\n", "日本"));
        // The end is inside of a character.
        assert_eq!(draw_one("aéb", 1, 2, 80).1, "");
    }

    #[test]
    fn ends_of_lines_and_files_can_be_marked() {
        assert_eq!(draw_one("ab\ncd\n", 2, 3, 80), ("ab\n".into(), String::new()));
        assert_eq!(draw_one("ab\n", 3, 3, 80), ("\n".into(), String::new()));
        assert_eq!(draw_one("ab", 2, 2, 80), ("ab\n".into(), String::new()));
        assert_eq!(draw_one("", 0, 0, 80), ("\n".into(), String::new()));
        assert_eq!(draw_one("ab", 900, 950, 80), ("ab\n".into(), String::new()));
    }

    #[test]
    fn long_lines_are_cut_around_the_mark() {
        let line = format!("{}MARK{}", "a".repeat(1_000_000), "b".repeat(1_000_000));
        let (text, marked) = draw_one(&line, 1_000_000, 1_000_004, 44);
        assert_eq!(text, format!("…{}MARK{}…\n", "a".repeat(20), "b".repeat(20)));
        assert_eq!(marked, "MARK");
        let (text, marked) = draw_one(&line, 10, 1_500_000, 40);
        assert_eq!((text.chars().count(), marked.len()), (43, 40));
    }

    #[test]
    fn several_lines_show_their_head_and_their_end() {
        let text: String = (1..=100).map(|line| format!("line {line}\n")).collect();
        let end = u32::try_from(text.len()).expect("the text is short");
        let (drawn, marked) = draw_one(&text, 0, end, 80);
        let shown: Vec<&str> = drawn.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(shown, ["line 1", "line 2", "line 3", "line 4", "line 5", "line 99", "line 100"]);
        assert_eq!(drawn.lines().count(), 100);
        assert!(marked.ends_with("line 100"));
        let (drawn, marked) = draw_one(&text.repeat(10), 2, end * 9, 80);
        assert_eq!((drawn.as_str(), marked.as_str()), ("line 1\n", "ne 1"));
    }

    #[test]
    fn far_marks_get_their_own_excerpt() {
        let text = format!("first\n\nthird\n{}last\n", "x\n".repeat(1000));
        let sources = SourceMap::new(vec![("a".into(), text.clone())]);
        let file = sources.find("a").expect("the file is in the map");
        let span = |word: &str| {
            let start = u32::try_from(text.find(word).expect("the word is there")).expect("the text is short");
            Span { file, start, end: start + 4 }
        };
        let drawn = excerpts(&[span("last"), span("third"), span("first")], file, &sources, 80);
        assert_eq!(drawn.iter().map(|excerpt| excerpt.first_line).collect::<Vec<_>>(), [1004, 1]);
        assert_eq!(drawn[1].text, "first\n\nthird\n");
        assert_eq!(drawn[1].marks, [(1, 7..11), (2, 0..4)]);
    }

    proptest! {
        #[test]
        fn any_text_and_span_can_be_drawn(
            text in "([a-c \n\t\r]|\u{feff}|\u{202e}|日|é|\u{1b}){0,60}",
            spans in prop::collection::vec((0u32..90, 0u32..90), 1..4),
            width in 1usize..30,
        ) {
            let sources = SourceMap::new(vec![("a".into(), text)]);
            let file = sources.find("a").expect("the file is in the map");
            let spans: Vec<Span> = spans.into_iter().map(|(start, end)| Span { file, start, end }).collect();
            let drawn = excerpts(&spans, file, &sources, width);
            prop_assert_eq!(drawn.iter().map(|excerpt| excerpt.marks.len()).sum::<usize>(), spans.len());
            for excerpt in &drawn {
                prop_assert!(!excerpt.text.contains(|c| escape::is_hidden(c) && c != '\n'));
                prop_assert!(excerpt.marks.iter().all(|(_, range)| excerpt.text.get(range.clone()).is_some()));
            }
        }
    }
}
