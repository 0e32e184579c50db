//! One pass over the events of a text, with one frame per open map or list.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StrInput, StructureStyle};

use super::{Annotation, Entry, Item, List, Outline, Shape, line_at, line_behind, line_start};
use crate::diag::{Diagnostic, catalog::krm as catalog, catalog::yaml as yaml_catalog};
use crate::source::{FileId, Span};

/// Lists and maps may be nested this deep. The schemas in CustomResourceDefinitions need some sixty.
const MAX_DEPTH: usize = 200;

/// What a map or list is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A map on the way to the list; so many keys of the path lead to it.
    Path(usize),
    /// The list.
    Target,
    /// An item.
    Item,
    /// An item's `metadata`.
    Metadata,
    /// An item's `metadata.annotations`.
    Annotations,
    /// Nothing of interest.
    Other,
}

struct Frame<'t> {
    role: Role,
    is_map: bool,
    flow: bool,
    start: usize,
    /// The key whose value comes next, and its place.
    key: Option<(Cow<'t, str>, Range<usize>)>,
    keys: BTreeSet<Cow<'t, str>>,
}

pub(super) struct Scanner<'t> {
    parser: Parser<'t, StrInput<'t>>,
    file: FileId,
    text: &'t str,
    path: &'static [&'static str],
    keep: fn(&str) -> bool,
    frames: Vec<Frame<'t>>,
    /// The end of the last thing that is there.
    last: usize,
    /// Texts that anchors stand for.
    anchors: BTreeMap<usize, Cow<'t, str>>,
    pub(super) outline: Outline<'t>,
    pub(super) items: Vec<Item<'t>>,
    item: Item<'t>,
    /// Whether the item's identity may come from elsewhere.
    merged: bool,
    /// Whether only the keys of the document count.
    outline_only: bool,
}

/// A value as far as its parent has to know.
struct Seen<'t> {
    range: Range<usize>,
    shape: Shape,
    text: Option<Cow<'t, str>>,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(file: FileId, text: &'t str, path: &'static [&'static str], keep: fn(&str) -> bool) -> Self {
        let options = granit_parser::options! {
            strict_indentation: false,
            flow_nesting_limit: MAX_DEPTH,
            block_nesting_limit: MAX_DEPTH,
            emit_comments: false,
            emit_unresolved_aliases: true,
        };
        Scanner {
            parser: Parser::new_from_str_with_options(text, options),
            file,
            text,
            path,
            keep,
            frames: Vec::new(),
            last: 0,
            anchors: BTreeMap::new(),
            outline: Outline::default(),
            items: Vec::new(),
            item: Item::default(),
            merged: false,
            outline_only: false,
        }
    }

    pub(super) fn run(&mut self, root: Role) -> Result<(), Box<Diagnostic>> {
        let mut documents = 0;
        self.outline_only = self.path.is_empty() && root != Role::Item;
        while let Some(event) = self.parser.next_event() {
            let (event, at) = event.map_err(|error| self.syntax(&error))?;
            let start = at.start.byte_offset().unwrap_or(0);
            let range = start..at.end.byte_offset().unwrap_or(start).max(start);
            if let Event::DocumentStart(..) = event {
                self.anchors.clear();
                continue;
            }
            if matches!(event, Event::StreamStart | Event::StreamEnd | Event::DocumentEnd) {
                continue;
            }
            let is_root = self.frames.is_empty();
            let empty = is_root && matches!(&event, Event::Scalar(..)) && range.is_empty();
            if is_root && !empty {
                documents += 1;
                if documents > 1 && root != Role::Item {
                    return Err(Box::new(catalog::several_documents(self.span(&range))));
                }
                if !matches!(event, Event::MappingStart(..)) {
                    return Err(Box::new(catalog::not_an_object(self.span(&range))));
                }
            }
            if !empty {
                self.event(event, range, root)?;
            }
        }
        if documents == 0 && root != Role::Item {
            return Err(Box::new(catalog::nothing_came(self.span(&(0..0)))));
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'t>, range: Range<usize>, root: Role) -> Result<(), Box<Diagnostic>> {
        match event {
            Event::MappingStart(style, ..) => self.open(true, style, range, root),
            Event::SequenceStart(style, ..) => self.open(false, style, range, root),
            Event::MappingEnd | Event::SequenceEnd => self.close(&range),
            Event::Scalar(text, style, anchor, _) => {
                if anchor != 0 {
                    self.anchors.insert(anchor, text.clone());
                }
                self.last = self.last.max(range.end);
                let plain = style == ScalarStyle::Plain;
                let nothing = plain && (range.is_empty() || matches!(text.as_ref(), "~" | "null" | "Null" | "NULL"));
                let shape = if nothing { Shape::Nothing } else { Shape::Scalar };
                let text = if nothing { None } else { Some(text) };
                self.leaf(Seen { range, shape, text })
            }
            Event::Alias(anchor) => {
                self.last = self.last.max(range.end);
                let text = self.anchors.get(&anchor).cloned();
                self.leaf(Seen { range, shape: Shape::Scalar, text })
            }
            Event::UnresolvedAlias(_) => {
                self.last = self.last.max(range.end);
                self.leaf(Seen { range, shape: Shape::Scalar, text: None })
            }
            _ => Ok(()),
        }
    }

    /// The role of a collection that begins.
    fn role(&self, is_map: bool, root: Role) -> Role {
        let Some(parent) = self.frames.last() else { return root };
        let key = parent.key.as_ref().map(|(key, _)| key.as_ref());
        match (parent.role, key) {
            (Role::Path(depth), Some(key)) if self.path.get(depth) == Some(&key) => {
                match (depth + 1 == self.path.len(), is_map) {
                    (true, false) => Role::Target,
                    (false, true) => Role::Path(depth + 1),
                    _ => Role::Other,
                }
            }
            (Role::Target, _) if is_map => Role::Item,
            (Role::Item, Some("metadata")) if is_map => Role::Metadata,
            (Role::Metadata, Some("annotations")) if is_map => Role::Annotations,
            _ => Role::Other,
        }
    }

    fn open(
        &mut self,
        is_map: bool,
        style: StructureStyle,
        range: Range<usize>,
        root: Role,
    ) -> Result<(), Box<Diagnostic>> {
        let flow = style == StructureStyle::Flow;
        let role = self.role(is_map, root);
        if self.frames.last().is_some_and(|parent| parent.role == Role::Target) && role != Role::Item {
            return Err(Box::new(catalog::not_an_item(self.span(&range), &self.place())));
        }
        match role {
            Role::Path(0) => {
                self.outline.flow = flow;
                self.outline.column = if flow { 0 } else { self.column(range.start) };
            }
            Role::Target => self.outline.list = Some(List { flow, range: range.clone(), items: Vec::new() }),
            Role::Item => {
                // A document in braces may be one line of many megabytes.
                let column = if flow { 0 } else { self.column(range.start) };
                self.item = Item { range: range.clone(), flow, column, ..Item::default() };
                self.merged = false;
            }
            _ => {}
        }
        if flow {
            self.last = self.last.max(range.end);
        }
        self.frames.push(Frame { role, is_map, flow, start: range.start, key: None, keys: BTreeSet::new() });
        Ok(())
    }

    fn close(&mut self, range: &Range<usize>) -> Result<(), Box<Diagnostic>> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        if frame.flow {
            self.last = self.last.max(range.end);
        }
        let whole = frame.start..self.last.max(frame.start);
        match frame.role {
            Role::Path(0) => {
                self.outline.end = if frame.flow { range.start } else { self.document_end() };
            }
            Role::Target => {
                if let Some(list) = &mut self.outline.list {
                    list.range = whole.clone();
                    list.items = std::mem::take(&mut self.items);
                }
            }
            Role::Item => {
                let mut item = std::mem::take(&mut self.item);
                item.range = whole.clone();
                let unknown = item.api_version.is_none() || item.kind.is_none() || item.name.is_none();
                if self.merged && unknown {
                    return Err(Box::new(catalog::hidden_identity(self.span(&whole))));
                }
                self.items.push(item);
            }
            Role::Metadata => self.item.braces.0 = frame.flow,
            Role::Annotations => self.item.braces.1 = frame.flow,
            _ => {}
        }
        let shape = match (frame.is_map, frame.flow) {
            (true, _) => Shape::Map,
            (false, true) => Shape::FlowList,
            (false, false) => Shape::BlockList,
        };
        self.leaf(Seen { range: whole, shape, text: None })
    }

    /// A value is complete: tells its parent.
    fn leaf(&mut self, seen: Seen<'t>) -> Result<(), Box<Diagnostic>> {
        let span = self.span(&seen.range);
        let Some(parent) = self.frames.last_mut() else { return Ok(()) };
        if !parent.is_map {
            let bare = parent.role == Role::Target && seen.shape != Shape::Map;
            let alias = self.text[seen.range.clone()].starts_with('*');
            return match (bare, alias) {
                (false, _) => Ok(()),
                (true, true) => Err(Box::new(catalog::alias_as_item(span, &self.place()))),
                (true, false) => Err(Box::new(catalog::not_an_item(span, &self.place()))),
            };
        }
        let Some((key, key_range)) = parent.key.take() else {
            // It was the key. What is no text can be none of ours.
            let key = seen.text.unwrap_or_default();
            // Where nobody looks for a list, what is below the keys is nobody's business.
            let passed = self.outline_only && parent.role == Role::Other;
            if !passed && !key.is_empty() && !parent.keys.insert(key.clone()) && key != "<<" {
                return Err(Box::new(catalog::double_key(span, &key)));
            }
            parent.key = Some((key, seen.range));
            return Ok(());
        };
        match parent.role {
            Role::Path(0) => {
                let Seen { range: value, shape, text, .. } = seen;
                self.outline.entries.push(Entry { key, key_range, value, shape, text });
            }
            Role::Item | Role::Metadata | Role::Annotations => {
                let role = parent.role;
                self.note(role, key, key_range, seen)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Keeps what is known of an item.
    fn note(
        &mut self,
        role: Role,
        key: Cow<'t, str>,
        key_range: Range<usize>,
        seen: Seen<'t>,
    ) -> Result<(), Box<Diagnostic>> {
        let alias = seen.shape == Shape::Scalar && self.text[seen.range.clone()].starts_with('*');
        let opaque = alias && seen.text.is_none();
        let item = &mut self.item;
        let field = match (role, key.as_ref()) {
            (Role::Item | Role::Metadata, "<<") => {
                self.merged = true;
                return Ok(());
            }
            (Role::Item, "apiVersion") => &mut item.api_version,
            (Role::Item, "kind") => &mut item.kind,
            (Role::Metadata, "name") => &mut item.name,
            (Role::Metadata, "namespace") => &mut item.namespace,
            (Role::Item, "metadata") if opaque => {
                return Err(Box::new(catalog::hidden_identity(self.span(&seen.range))));
            }
            (Role::Metadata, "annotations") => {
                item.annotations_range = Some(key_range.start..seen.range.end.max(key_range.end));
                return Ok(());
            }
            (Role::Annotations, key_text) => {
                item.annotation_count += 1;
                if (self.keep)(key_text) {
                    let range = key_range.start..seen.range.end.max(key_range.end);
                    let value = seen.text.unwrap_or_default();
                    item.annotations.push(Annotation { key, value, range });
                }
                return Ok(());
            }
            _ => return Ok(()),
        };
        if opaque {
            return Err(Box::new(catalog::hidden_identity(self.span(&seen.range))));
        }
        *field = seen.text;
        Ok(())
    }

    /// Where a document in block form ends: the line of `...` or `---`, or the end of the text.
    fn document_end(&self) -> usize {
        let mut at = line_behind(self.text, self.last);
        while at < self.text.len() {
            let line = line_at(self.text, at);
            if line.starts_with("...") || line.starts_with("---") {
                return at;
            }
            at += line.len();
        }
        at
    }

    /// Which item comes next, as people name it.
    fn place(&self) -> String {
        format!("{}[{}]", self.path.join("."), self.items.len())
    }

    fn column(&self, offset: usize) -> usize {
        offset - line_start(self.text, offset)
    }

    fn span(&self, range: &Range<usize>) -> Span {
        Span { file: self.file, start: range.start as u32, end: range.end as u32 }
    }

    fn syntax(&self, error: &ScanError) -> Box<Diagnostic> {
        let at = error.marker().byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        let span = self.span(&(at..at));
        Box::new(match error.kind() {
            ErrorKind::RecursionLimitExceeded => yaml_catalog::too_deep(span, MAX_DEPTH),
            kind => yaml_catalog::syntax(span, &kind.to_string()),
        })
    }
}
