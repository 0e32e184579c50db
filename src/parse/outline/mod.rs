//! Where things stand in somebody else's YAML: a document that a host hands over, of which most must come back as the
//! very text that it was.
//!
//! Nothing is read into values. Of each item of a list only its place, its identity and some of its annotations are
//! kept, so that a large document costs little more than its text. Tags, anchors and aliases are let through and never
//! followed, except where an alias stands for the text of an identity.

mod lines;
mod scan;

pub use lines::{block_lines, comments_above, dedent, end_of_block, line_at, line_behind, line_start};

use std::borrow::Cow;
use std::ops::Range;

use crate::diag::{Diagnostic, catalog::krm as catalog};
use crate::source::{FileId, Span};
use scan::{Role, Scanner};

/// A document that is a map, and the list in it that was asked for.
#[derive(Debug, Default)]
pub struct Outline<'t> {
    /// Whether the map is in braces.
    pub flow: bool,
    /// Where the first key or the brace stands in its line, in bytes.
    pub column: usize,
    /// Keys of the map, in order.
    pub entries: Vec<Entry<'t>>,
    /// The list that was asked for, if it is there.
    pub list: Option<List<'t>>,
    /// Where the document ends: the closing brace, or the start of the line behind its last one.
    pub end: usize,
}

/// A key of the map and what belongs to it.
#[derive(Debug)]
pub struct Entry<'t> {
    /// The key.
    pub key: Cow<'t, str>,
    /// Where the key stands.
    pub key_range: Range<usize>,
    /// Its value, from first to last byte. Empty if nothing is written.
    pub value: Range<usize>,
    /// What kind of value it is.
    pub shape: Shape,
    /// Its text, if it is one.
    pub text: Option<Cow<'t, str>>,
}

/// Kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Nothing, or one of the words for it.
    Nothing,
    /// Text, or an alias.
    Scalar,
    /// A list in brackets.
    FlowList,
    /// A list with dashes.
    BlockList,
    /// A map.
    Map,
}

/// A list of maps.
#[derive(Debug, Default)]
pub struct List<'t> {
    /// Whether it is in brackets.
    pub flow: bool,
    /// From the bracket to its end; with dashes, from the first to the last item.
    pub range: Range<usize>,
    /// Its items.
    pub items: Vec<Item<'t>>,
}

/// A map that is, or should be, a Kubernetes object.
#[derive(Debug, Default, Clone)]
pub struct Item<'t> {
    /// From its first to its last byte, without dash, anchor and tag.
    pub range: Range<usize>,
    /// Whether it is in braces.
    pub flow: bool,
    /// Where it begins in its line, in bytes.
    pub column: usize,
    /// `apiVersion`.
    pub api_version: Option<Cow<'t, str>>,
    /// `kind`.
    pub kind: Option<Cow<'t, str>>,
    /// `metadata.name`.
    pub name: Option<Cow<'t, str>>,
    /// `metadata.namespace`.
    pub namespace: Option<Cow<'t, str>>,
    /// The key `annotations` and what belongs to it.
    pub annotations_range: Option<Range<usize>>,
    /// Whether `metadata` and `metadata.annotations` are in braces.
    pub braces: (bool, bool),
    /// Number of annotations, kept or not.
    pub annotation_count: usize,
    /// The annotations that were asked for.
    pub annotations: Vec<Annotation<'t>>,
}

/// An annotation and its place: from the key to the end of the value.
#[derive(Debug, Clone)]
pub struct Annotation<'t> {
    /// Its key.
    pub key: Cow<'t, str>,
    /// Its value.
    pub value: Cow<'t, str>,
    /// Where it stands.
    pub range: Range<usize>,
}

impl<'t> Outline<'t> {
    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry<'t>> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

impl Item<'_> {
    /// The value of an annotation that was asked for.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.annotations.iter().find(|annotation| annotation.key == key).map(|annotation| annotation.value.as_ref())
    }
}

/// The outline of a text that is one document. `path` leads to the list, `keep` chooses the annotations.
///
/// # Errors
///
/// What is no YAML, no map, more than one document, or hides what an item is.
pub fn document<'t>(
    file: FileId,
    text: &'t str,
    path: &'static [&'static str],
    keep: fn(&str) -> bool,
) -> Result<Outline<'t>, Box<Diagnostic>> {
    check_breaks(file, text)?;
    let mut scanner = Scanner::new(file, text, path, keep);
    scanner.run(Role::Path(0))?;
    Ok(scanner.outline)
}

/// The keys of a text that is one document, whatever is below them.
///
/// # Errors
///
/// What is no YAML, no map or more than one document.
pub fn keys(file: FileId, text: &str) -> Result<Outline<'_>, Box<Diagnostic>> {
    let mut scanner = Scanner::new(file, text, &[], |_| false);
    scanner.run(Role::Path(0))?;
    Ok(scanner.outline)
}

/// The documents of a stream, each as an item. Empty documents are left out.
///
/// # Errors
///
/// As for [`document`].
pub fn stream<'t>(file: FileId, text: &'t str, keep: fn(&str) -> bool) -> Result<Vec<Item<'t>>, Box<Diagnostic>> {
    check_breaks(file, text)?;
    let mut scanner = Scanner::new(file, text, &[], keep);
    scanner.run(Role::Item)?;
    Ok(scanner.items)
}

/// To YAML, a carriage return alone ends a line. Edits in place count lines by their line feeds, and would put what they
/// add too far to the right.
fn check_breaks(file: FileId, text: &str) -> Result<(), Box<Diagnostic>> {
    let returns = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\r');
    let mut alone = returns.filter(|&(at, _)| text.as_bytes().get(at + 1) != Some(&b'\n'));
    match alone.next() {
        Some((at, _)) => {
            let span = Span { file, start: at as u32, end: at as u32 + 1 };
            Err(Box::new(catalog::lone_return(span)))
        }
        None => Ok(()),
    }
}
