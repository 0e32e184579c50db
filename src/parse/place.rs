//! Where in the text a mistake lies that the YAML reader reports elsewhere, or without a range. Looks at characters only;
//! what YAML makes of them is known elsewhere.

use std::ops::Range;

/// The anchor, alias or tag (by its first character, one of `signs`) that stands at an offset or right before it.
pub fn property(text: &str, at: usize, signs: &[char]) -> Option<Range<usize>> {
    let token = |start: usize| {
        let length = text[start..].find(|c: char| c.is_whitespace() || ",[]{}".contains(c));
        start..length.map_or(text.len(), |length| start + length)
    };
    let is_property = |start: usize| text[start..].starts_with(signs);
    if text.is_char_boundary(at) && is_property(at) {
        return Some(token(at));
    }
    let mut end = at;
    // A value has at most two properties.
    for _ in 0..2 {
        let before = text.get(..end)?.trim_end();
        let start = before.rfind(|c: char| c.is_whitespace() || ",[]{}".contains(c)).map_or(0, |at| at + 1);
        if is_property(start) {
            return Some(token(start));
        }
        end = start;
    }
    None
}

/// The first of the lines that start with `%` above an offset, up to the end of the document before.
pub fn directive(text: &str, at: usize) -> Option<Range<usize>> {
    let mut found = None;
    let mut end = text.get(..at)?.len();
    for line in text[..at].split_inclusive('\n').rev() {
        let start = end - line.len();
        if line.starts_with('%') {
            found = Some(start..start + line.trim_end().len());
        } else if !line.trim().is_empty() && !line.starts_with('#') {
            break;
        }
        end = start;
    }
    found
}

/// What is opened between two offsets and not closed.
#[derive(Debug, PartialEq, Eq)]
pub enum Open {
    /// A quote, and where it stands.
    Quote(usize),
    /// A bracket or brace, and where it stands.
    Bracket(usize),
}

/// The quote or bracket between two offsets that is opened and not closed; of brackets in brackets, the innermost.
pub fn unclosed(text: &str, from: usize, to: usize) -> Option<Open> {
    let mut quote: Option<(usize, char)> = None;
    let mut brackets = Vec::new();
    let mut before = ' ';
    let mut characters = text.get(from..to)?.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        // Inside a plain text these signs are characters like any other.
        let begins = before.is_whitespace() || ",[{:".contains(before);
        match (quote, c) {
            (None, '"' | '\'') if begins => quote = Some((from + at, c)),
            (None, '[' | '{') if begins => brackets.push(from + at),
            (None, ']' | '}') => drop(brackets.pop()),
            (None, '#') if before.is_whitespace() => while characters.next_if(|&(_, c)| c != '\n').is_some() {},
            (Some((_, '"')), '\\') => drop(characters.next()),
            (Some((_, '\'')), '\'') if characters.next_if(|&(_, c)| c == '\'').is_some() => {}
            (Some((_, sign)), c) if c == sign => quote = None,
            _ => {}
        }
        before = c;
    }
    quote.map(|(at, _)| Open::Quote(at)).or(brackets.last().map(|&at| Open::Bracket(at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, range: Option<Range<usize>>) -> &str {
        range.map_or("", |range| &text[range])
    }

    #[test]
    fn properties_stand_at_or_before_a_value() {
        let text = "a: !!str &x 42";
        assert_eq!(shown(text, property(text, 12, &['!'])), "!!str");
        assert_eq!(shown(text, property(text, 12, &['&', '*'])), "&x");
        assert_eq!(shown("[*a, b]", property("[*a, b]", 1, &['&', '*'])), "*a");
        assert_eq!(property("a: 42", 3, &['!']), None);
    }

    #[test]
    fn directives_stand_above_a_document() {
        let text = "a\n...\n%YAML 1.1\n# x\n---\n";
        assert_eq!(shown(text, directive(text, 20)), "%YAML 1.1");
        assert_eq!(directive("a: |\n  %x\n---\n", 10), None);
    }

    #[test]
    fn what_is_closed_is_not_open() {
        assert_eq!(unclosed("a: \"b\\\"\" # it's\nc: 'd''s'", 0, 25), None);
        assert_eq!(unclosed("a: it's \"b\n", 0, 11), Some(Open::Quote(8)));
        assert_eq!(unclosed("a: 'b\nc: d", 0, 10), Some(Open::Quote(3)));
        assert_eq!(unclosed("- {a: [b], c: d\n- {", 0, 16), Some(Open::Bracket(2)));
        assert_eq!(unclosed("a: b[c\n", 0, 7), None);
    }
}
