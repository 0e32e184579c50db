//! YAML text to nodes that know their place. The only file that names the YAML reader.
//!
//! A node keeps the text of a scalar and whether it was plain; what type it has is decided by the field that it stands in.
//! Anchors, aliases, tags and directives are refused: an inventory has no use for them, and they are how small files
//! become large ones. After a syntax error the reader goes on with the next document of the file.

use std::borrow::Cow;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StrInput};

use super::doubles::doubles;
use super::place::{self, Open};
use crate::diag::{Code, Diagnostic, Sink, catalog::yaml as catalog};
use crate::source::{FileId, Span};

/// Lists and maps may be nested this deep. The inventory's own fields need eight.
pub const MAX_DEPTH: usize = 32;

/// From this many entries on, a map is looked through for keys that stand twice each time it has doubled, so that it
/// never holds more than twice what is different in it.
const LARGE_MAP: usize = 1 << 16;

/// A value and the place it stands at.
#[derive(Clone, Debug)]
pub struct Node<'t> {
    /// Where it stands: a scalar's whole text, or the first key or item of a collection.
    pub span: Span,
    /// What stands there.
    pub value: Value<'t>,
}

/// The three things that YAML knows.
#[derive(Clone, Debug)]
pub enum Value<'t> {
    /// A text. `plain` is false when it was quoted or a block.
    Scalar {
        /// The text, escapes resolved.
        text: Cow<'t, str>,
        /// Whether it was written without quotes.
        plain: bool,
    },
    /// A list.
    List(Vec<Node<'t>>),
    /// A map, in the order it was written. No key stands twice.
    Map(Vec<(Key<'t>, Node<'t>)>),
}

/// The key of a map's entry.
#[derive(Clone, Debug)]
pub struct Key<'t> {
    /// Its text.
    pub text: Cow<'t, str>,
    /// Where it stands.
    pub span: Span,
}

impl Node<'_> {
    /// Whether nothing was written here: `owner:` and no more.
    pub fn is_empty(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, plain: true } if text.is_empty())
    }

    /// What a person would call this value.
    pub fn description(&self) -> &'static str {
        match &self.value {
            Value::Scalar { .. } if self.is_empty() => "nothing",
            Value::Scalar { .. } => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}

/// One document of a file.
#[derive(Debug)]
pub enum Document<'t> {
    /// It was read.
    Read(Node<'t>),
    /// It is not well-formed. The range covers its text, so that a caller can guess what it was about.
    Broken(Span),
}

/// Reads every document of a file. Empty documents are skipped; what is wrong goes to the sink.
pub fn read<'t>(file: FileId, text: &'t str, sink: &mut Sink) -> Vec<Document<'t>> {
    let options = granit_parser::options! {
        strict_indentation: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
        emit_comments: false,
    };
    let parser = Parser::new_from_str_with_options(text, options);
    Reader { parser, file, text, sink, read: 0, brackets: Vec::new() }.stream()
}

struct Reader<'t, 's> {
    parser: Parser<'t, StrInput<'t>>,
    file: FileId,
    text: &'t str,
    sink: &'s mut Sink,
    /// The end of what was read last.
    read: usize,
    /// Where the brackets stand that are open.
    brackets: Vec<usize>,
}

/// Why a document could not be read to its end.
enum Stop {
    /// The reader gave up: syntax.
    Syntax(ScanError),
    /// We gave up: something that an inventory does not have. Already reported.
    Refused,
}

impl<'t> Reader<'t, '_> {
    fn stream(mut self) -> Vec<Document<'t>> {
        let mut documents = Vec::new();
        let mut start = 0;
        loop {
            match self.next_document(&mut start) {
                Ok(None) => return documents,
                Ok(Some(node)) if node.is_empty() => {}
                Ok(Some(node)) => documents.push(Document::Read(node)),
                Err(stop) => {
                    if let Stop::Syntax(error) = stop {
                        let diagnostic = self.syntax_error(&error);
                        self.sink.push(diagnostic);
                    }
                    self.brackets.clear();
                    let more = self.parser.proceed_next_document().unwrap_or(false);
                    let end = if more { self.peek_offset() } else { self.text.len() };
                    documents.push(Document::Broken(self.span(start, end)));
                    if !more {
                        return documents;
                    }
                }
            }
        }
    }

    /// The next document's node; `None` at the end. `start` is left at the offset where the document begins.
    fn next_document(&mut self, start: &mut usize) -> Result<Option<Node<'t>>, Stop> {
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::DocumentStart(..) => {
                    *start = span.start;
                    if let Some(line) = place::directive(self.text, span.start) {
                        self.sink.push(catalog::directive(self.span(line.start, line.end)));
                        return Err(Stop::Refused);
                    }
                    let node = self.node()?;
                    return Ok(Some(node));
                }
                Event::StreamEnd => return Ok(None),
                _ => {}
            }
        }
    }

    fn node(&mut self) -> Result<Node<'t>, Stop> {
        let (event, at) = self.next()?;
        self.node_from(event, at)
    }

    fn node_from(&mut self, event: Event<'t>, at: Place) -> Result<Node<'t>, Stop> {
        let span = self.span(at.start, at.end);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse(anchor, tag.is_some(), span)?;
                let plain = style == ScalarStyle::Plain;
                // The reader gives `~` where nothing is written.
                let text = if plain && at.start == at.end { Cow::Borrowed("") } else { text };
                Ok(Node { span, value: Value::Scalar { text, plain } })
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.refuse(anchor, tag.is_some(), span)?;
                self.brackets.extend(self.text[at.start..].starts_with('[').then_some(at.start));
                self.list(span)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.refuse(anchor, tag.is_some(), span)?;
                self.brackets.extend(self.text[at.start..].starts_with('{').then_some(at.start));
                self.map(span)
            }
            Event::Alias(_) => {
                self.sink.push(self.alias(span));
                Err(Stop::Refused)
            }
            // The reader never gives another event where a value stands.
            _ => Ok(Node { span, value: Value::Scalar { text: Cow::Borrowed(""), plain: true } }),
        }
    }

    fn refuse(&mut self, anchor: usize, tag: bool, span: Span) -> Result<(), Stop> {
        if anchor == 0 && !tag {
            return Ok(());
        }
        let diagnostic = if tag { self.tag(span) } else { self.alias(span) };
        self.sink.push(diagnostic);
        Err(Stop::Refused)
    }

    fn tag(&self, near: Span) -> Diagnostic {
        let span = self.property(near, &['!']);
        catalog::tag(span, self.slice(span))
    }

    fn alias(&self, near: Span) -> Diagnostic {
        let span = self.property(near, &['&', '*']);
        catalog::alias(span, self.slice(span))
    }

    /// The range of an anchor, alias or tag; the value itself if it cannot be found.
    fn property(&self, near: Span, signs: &[char]) -> Span {
        place::property(self.text, near.start as usize, signs).map_or(near, |found| self.span(found.start, found.end))
    }

    fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    fn list(&mut self, start: Span) -> Result<Node<'t>, Stop> {
        let mut items = Vec::new();
        loop {
            let (event, at) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                self.close(start);
                let span = items.first().map_or(start, |item: &Node<'_>| item.span);
                return Ok(Node { span, value: Value::List(items) });
            }
            items.push(self.node_from(event, at)?);
        }
    }

    fn map(&mut self, start: Span) -> Result<Node<'t>, Stop> {
        let mut entries: Vec<(Key<'t>, Node<'t>)> = Vec::new();
        let mut due = LARGE_MAP;
        loop {
            if entries.len() == due {
                check_doubles(&mut entries, self.sink);
                due = LARGE_MAP.max(2 * entries.len());
            }
            let (event, at) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                self.close(start);
                let span = entries.first().map_or(start, |(key, _)| key.span);
                check_doubles(&mut entries, self.sink);
                return Ok(Node { span, value: Value::Map(entries) });
            }
            let key = self.node_from(event, at)?;
            let value = self.node()?;
            match key.value {
                Value::Scalar { text, .. } => entries.push((Key { text, span: key.span }, value)),
                Value::List(_) | Value::Map(_) => self.sink.push(catalog::key_not_text(key.span)),
            }
        }
    }

    /// Forgets the bracket that a collection started with, if it did.
    fn close(&mut self, start: Span) {
        if self.brackets.last() == Some(&(start.start as usize)) {
            self.brackets.pop();
        }
    }

    fn next(&mut self) -> Result<(Event<'t>, Place), Stop> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                let start = span.start.byte_offset().unwrap_or(0);
                let end = span.end.byte_offset().unwrap_or(start).max(start);
                self.read = self.read.max(end);
                Ok((event, Place { start, end }))
            }
            Some(Err(error)) => Err(Stop::Syntax(error)),
            None => Ok((Event::StreamEnd, Place { start: self.text.len(), end: self.text.len() })),
        }
    }

    fn peek_offset(&mut self) -> usize {
        match self.parser.peek() {
            Some(Ok((_, span))) => span.start.byte_offset().unwrap_or(self.text.len()),
            _ => self.text.len(),
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        // Files are limited to 64 MiB when they are read, so offsets fit.
        Span { file: self.file, start: start as u32, end: end as u32 }
    }

    fn syntax_error(&self, error: &ScanError) -> Diagnostic {
        let at = error.marker().byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        let span = self.character_at(at);
        match error.kind() {
            ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabInPlainScalar
            | ErrorKind::TabAtBlockScalarStart => catalog::tab(self.tab_near(at)),
            ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
                catalog::unclosed_quote(span)
            }
            ErrorKind::RecursionLimitExceeded => catalog::too_deep(span, MAX_DEPTH),
            ErrorKind::UnknownAnchor => self.alias(span),
            ErrorKind::UndeclaredTagHandle => self.tag(span),
            ErrorKind::InvalidIndentation | ErrorKind::InvalidQuotedScalarIndent => {
                self.indentation(span, error.kind())
            }
            _ if self.line_starts_with_tab(at) => catalog::tab(self.tab_near(at)),
            kind => catalog::syntax(span, &kind.to_string()),
        }
    }

    /// A line that is not indented as it should be, if it is not rather what comes after a quote or bracket without its
    /// end.
    fn indentation(&self, span: Span, kind: &ErrorKind) -> Diagnostic {
        let open = place::unclosed(self.text, self.read, span.start as usize);
        match open.or(self.brackets.last().map(|&at| Open::Bracket(at))) {
            Some(Open::Quote(at)) => catalog::unclosed_quote(self.character_at(at)),
            Some(Open::Bracket(at)) => catalog::unclosed_bracket(self.character_at(at)),
            None => catalog::syntax(span, &kind.to_string()),
        }
    }

    /// The range of the character at an offset; empty at the end of the text or of a line.
    fn character_at(&self, offset: usize) -> Span {
        let length = self.text.get(offset..).and_then(|rest| rest.chars().next());
        let length = length.filter(|&character| character != '\n' && character != '\r').map_or(0, char::len_utf8);
        self.span(offset, offset + length)
    }

    fn line_start(&self, offset: usize) -> usize {
        self.text.as_bytes()[..offset].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1)
    }

    fn line_starts_with_tab(&self, offset: usize) -> bool {
        let line = &self.text.as_bytes()[self.line_start(offset)..];
        let indent = line.iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
        line[..indent].contains(&b'\t')
    }

    /// The first tab of the line that an offset lies in, or the offset itself.
    fn tab_near(&self, offset: usize) -> Span {
        let start = self.line_start(offset);
        let line = self.text.as_bytes()[start..].split(|&byte| byte == b'\n').next().unwrap_or_default();
        match line.iter().position(|&byte| byte == b'\t') {
            Some(at) => self.span(start + at, start + at + 1),
            None => self.character_at(offset),
        }
    }
}

/// A range of bytes, before it becomes a [`Span`].
#[derive(Clone, Copy)]
struct Place {
    start: usize,
    end: usize,
}

/// Reports keys that stand twice and keeps the first of each.
fn check_doubles(entries: &mut Vec<(Key<'_>, Node<'_>)>, sink: &mut Sink) {
    let keys: Vec<&str> = entries.iter().map(|(key, _)| key.text.as_ref()).collect();
    let again = doubles(&keys);
    if again.iter().all(Option::is_none) {
        return;
    }
    for (at, first) in again.iter().enumerate() {
        if let &Some(first) = first {
            let (first, key) = (&entries[first].0, &entries[at].0);
            sink.push_with(Code::DuplicateKey, key.span, || catalog::duplicate_key(key.span, &key.text, first.span));
        }
    }
    let mut again = again.into_iter();
    entries.retain(|_| again.next().flatten().is_none());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    #[test]
    fn nothing_is_not_a_text() {
        let sources = SourceMap::new(vec![("a.yaml".to_owned(), "---\n\n---\na:\nb: ~\nc: [\"\"]\n---\n".to_owned())]);
        let (file, source) = sources.files().next().expect("one file");
        let mut sink = Sink::default();
        let documents = read(file, source.text(), &mut sink);
        assert!(!sink.has_errors());
        let [Document::Read(Node { value: Value::Map(entries), .. })] = &documents[..] else {
            panic!("empty documents are left out: {documents:?}")
        };
        let empty: Vec<bool> = entries.iter().map(|(_, node)| node.is_empty()).collect();
        assert_eq!(empty, [true, false, false]);
    }
}
