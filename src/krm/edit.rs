//! The answer as edits of the very text that came in. What is not ours is never printed from a value: it is left where it
//! stands.

use std::ops::Range;

use serde_json::Value;

use super::host::{Form, Host, span, whole_document};
use super::json;
use crate::diag::{Diagnostic, catalog::krm as catalog};
use crate::manifest::{Manifest, Tree, yaml};
use crate::parse::outline::{self, Entry, Outline, Shape};

/// What becomes of an item that is ours.
#[derive(Debug)]
pub enum Change<'a> {
    /// Another text in its place.
    Replace(Manifest<'a>),
    /// It is left out.
    Remove,
}

/// The answer: changes of items, in their order, new objects, and what was found.
#[derive(Debug, Default)]
pub struct Edits<'a> {
    /// Items that change, by their number.
    pub changes: Vec<(usize, Change<'a>)>,
    /// Objects to add.
    pub added: Vec<Manifest<'a>>,
    /// Results, each a map.
    pub results: Vec<Tree<'static>>,
}

impl<'t> Host<'t> {
    /// The answer.
    ///
    /// # Errors
    ///
    /// A form in which nothing can be put in its place. With no changes and nothing to add, that is only a form of
    /// `results`.
    pub fn answer(&self, edits: &Edits<'_>) -> Result<String, Box<Diagnostic>> {
        match &self.form {
            Form::List(outline) => self.edit_list(outline, edits),
            Form::Stream => Ok(self.edit_stream(edits)),
        }
    }

    fn edit_stream(&self, edits: &Edits<'_>) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut push = |text: &str| {
            out.push_str("---\n");
            out.push_str(text);
        };
        let mut changes = edits.changes.iter().peekable();
        let mut unfinished = None;
        for (at, item) in self.items.iter().enumerate() {
            match changes.next_if(|(number, _)| *number == at) {
                Some((_, Change::Remove)) => {}
                Some((_, Change::Replace(manifest))) => push(&written(manifest)),
                None => {
                    let text = whole_document(self.text, item);
                    if text.ends_with('\n') { push(text) } else { unfinished = Some(text) }
                }
            }
        }
        for manifest in &edits.added {
            push(&written(manifest));
        }
        // A line break more would be one more in its last value.
        out.extend(unfinished.iter().flat_map(|text| ["---\n", text]));
        out
    }

    /// What came in with results, and nothing else changed.
    ///
    /// # Errors
    ///
    /// As for [`Host::answer`].
    pub fn with_results(&self, results: Vec<Tree<'static>>) -> Result<String, Box<Diagnostic>> {
        let mut splices = Vec::new();
        if let Form::List(outline) = &self.form {
            self.edit_results(outline, &Edits { results, ..Edits::default() }, &mut splices)?;
        }
        Ok(apply(self.text, splices))
    }

    fn edit_list(&self, outline: &Outline<'t>, edits: &Edits<'_>) -> Result<String, Box<Diagnostic>> {
        let mut splices = Vec::new();
        self.edit_items(outline, edits, &mut splices)?;
        self.edit_results(outline, edits, &mut splices)?;
        Ok(apply(self.text, splices))
    }

    /// Replaces, removes and adds items.
    fn edit_items(
        &self,
        outline: &Outline<'t>,
        edits: &Edits<'_>,
        splices: &mut Vec<(Range<usize>, String)>,
    ) -> Result<(), Box<Diagnostic>> {
        let removed = edits.changes.iter().filter(|(_, change)| matches!(change, Change::Remove)).count();
        let left = self.items.len() - removed;
        match (outline.entry("items"), &outline.list) {
            (Some(entry), Some(list)) if !self.items.is_empty() && left > 0 => {
                if list.flow {
                    self.edit_flow(edits, splices);
                    Ok(())
                } else {
                    self.edit_block(entry, edits, splices)
                }
            }
            (Some(_), Some(_)) if removed == 0 && edits.added.is_empty() => Ok(()),
            (entry, _) => {
                self.put(outline, entry, "items", &edits.added.iter().map(New::Object).collect::<Vec<_>>(), splices)
            }
        }
    }

    fn edit_block(
        &self,
        entry: &Entry<'_>,
        edits: &Edits<'_>,
        splices: &mut Vec<(Range<usize>, String)>,
    ) -> Result<(), Box<Diagnostic>> {
        if edits.changes.is_empty() && edits.added.is_empty() {
            return Ok(());
        }
        let unusual = || Box::new(catalog::unusual_form(span(self.file, &entry.key_range), "items"));
        let lines = outline::block_lines(self.text, entry.key_range.end, &self.items);
        let (column, lines) = lines.ok_or_else(unusual)?;
        let with_comments = |at: usize| {
            let floor = match at.checked_sub(1) {
                Some(before) => lines[before].end,
                None => outline::line_behind(self.text, entry.key_range.end),
            };
            outline::comments_above(self.text, floor, lines[at].start, column)
        };
        for (at, change) in &edits.changes {
            splices.push(match change {
                Change::Replace(manifest) => (lines[*at].clone(), self.ends(&entry_lines(&written(manifest), column))),
                Change::Remove => (with_comments(*at)..lines[*at].end, String::new()),
            });
        }
        let last = lines.len().checked_sub(1).ok_or_else(unusual)?;
        let changed = edits.changes.last().is_some_and(|(at, _)| *at == last);
        let end = lines[last].end;
        // Behind a last line without its end, nothing can be put: the line break would be one more in its value.
        let at = if changed || self.text[..end].ends_with('\n') { end } else { with_comments(last) };
        let added: String = edits.added.iter().map(|manifest| entry_lines(&written(manifest), column)).collect();
        splices.push((at..at, self.ends(&added)));
        Ok(())
    }

    fn edit_flow(&self, edits: &Edits<'_>, splices: &mut Vec<(Range<usize>, String)>) {
        let gone = |at: usize| {
            let found = edits.changes.binary_search_by_key(&at, |(number, _)| *number);
            found.is_ok_and(|found| matches!(edits.changes[found].1, Change::Remove))
        };
        let mut last = self.items.len();
        while last > 0 && gone(last - 1) {
            last -= 1;
        }
        // Some item stays: the caller knows.
        let kept = last.saturating_sub(1);
        for (at, change) in edits.changes.iter().filter(|(at, _)| *at < last) {
            let item = &self.items[*at].range;
            splices.push(match change {
                Change::Replace(manifest) => (item.clone(), json::object(manifest).to_string()),
                Change::Remove => (item.start..self.items[*at + 1].range.start, String::new()),
            });
        }
        let end = self.items[kept].range.end;
        let removed = end..self.items.last().map_or(end, |item| item.range.end);
        let before = &self.text[..self.items[0].range.start];
        let blank = &before[before.trim_end().len()..];
        let between = if blank.is_empty() { " " } else { blank };
        let objects = edits.added.iter().map(|manifest| format!(",{between}{}", json::object(manifest)));
        splices.push((removed, objects.collect()));
    }

    fn edit_results(
        &self,
        outline: &Outline<'t>,
        edits: &Edits<'_>,
        splices: &mut Vec<(Range<usize>, String)>,
    ) -> Result<(), Box<Diagnostic>> {
        let entry = outline.entry("results");
        if entry.is_none() && edits.results.is_empty() {
            return Ok(());
        }
        let results: Vec<New<'_>> = edits.results.iter().map(New::Data).collect();
        self.put(outline, entry, "results", &results, splices)
    }

    /// Puts a list under a key of the ResourceList, in place of what is there.
    fn put(
        &self,
        outline: &Outline<'t>,
        entry: Option<&Entry<'t>>,
        key: &str,
        list: &[New<'_>],
        splices: &mut Vec<(Range<usize>, String)>,
    ) -> Result<(), Box<Diagnostic>> {
        if outline.flow {
            let json = Value::from(list.iter().map(New::json).collect::<Vec<_>>()).to_string();
            splices.push(match entry {
                Some(entry) if entry.value.is_empty() => (outline.end..outline.end, format!(": {json}")),
                Some(entry) => (entry.value.clone(), json),
                None => {
                    let end = self.text[..outline.end].trim_end().len();
                    let comma = if self.text[..end].ends_with(',') { "" } else { "," };
                    (end..end, format!("{comma} \"{key}\": {json}"))
                }
            });
            return Ok(());
        }
        let indent = " ".repeat(outline.column);
        let mut text = match list {
            [] if key == "results" => String::new(),
            [] => format!("{indent}{key}: []\n"),
            _ => format!("{indent}{key}:\n"),
        };
        text.extend(list.iter().map(|new| entry_lines(&new.yaml(), outline.column)));
        match entry {
            None => {
                let last =
                    outline.entries.last().map_or(0, |entry| outline::line_start(self.text, entry.key_range.start));
                let at = if self.text[..outline.end].ends_with('\n') { outline.end } else { last };
                splices.push((at..at, self.ends(&text)));
            }
            Some(entry) => {
                let lines = self.entry_lines(outline, entry)?;
                splices.push((lines, self.ends(&text)));
            }
        }
        Ok(())
    }

    /// The whole lines of a key of the ResourceList.
    fn entry_lines(&self, outline: &Outline<'t>, entry: &Entry<'t>) -> Result<Range<usize>, Box<Diagnostic>> {
        let start = outline::line_start(self.text, entry.key_range.start);
        if !self.text[start..entry.key_range.start].chars().all(|c| c == ' ') {
            return Err(Box::new(catalog::unusual_form(span(self.file, &entry.key_range), &entry.key)));
        }
        let last = entry.value.end.max(entry.key_range.end);
        let dashes = entry.shape == Shape::BlockList;
        let end =
            outline.entries.iter().map(|other| other.key_range.start).find(|&other| other > entry.key_range.start);
        // Dashes may stand in the column of the keys.
        Ok(start..match end {
            Some(next) if dashes => outline::line_start(self.text, next),
            None if dashes => outline.end,
            _ => outline::end_of_block(self.text, last, outline.column),
        })
    }

    /// Lines with the ends that the text has.
    fn ends(&self, lines: &str) -> String {
        let windows = self.text.find('\n').is_some_and(|at| self.text[..at].ends_with('\r'));
        if windows { lines.replace('\n', "\r\n") } else { lines.to_owned() }
    }
}

/// Something to be written into a list.
enum New<'a> {
    Object(&'a Manifest<'a>),
    Data(&'a Tree<'a>),
}

impl New<'_> {
    fn yaml(&self) -> String {
        match self {
            New::Object(manifest) => written(manifest),
            New::Data(tree) => {
                let mut text = String::new();
                yaml::tree(&mut text, tree, 0);
                text
            }
        }
    }

    fn json(&self) -> Value {
        match self {
            New::Object(manifest) => json::object(manifest),
            New::Data(tree) => json::tree(tree),
        }
    }
}

/// A text with every splice put in. They do not overlap.
fn apply(text: &str, mut splices: Vec<(Range<usize>, String)>) -> String {
    // At one place, what is put in comes before what is replaced behind it.
    splices.sort_by_key(|(range, _)| (range.start, range.end));
    let grown: usize = splices.iter().map(|(_, new)| new.len()).sum();
    let mut out = String::with_capacity(text.len() + grown);
    let mut at = 0;
    for (range, new) in &splices {
        out.push_str(&text[at..range.start]);
        out.push_str(new);
        at = range.end;
    }
    out.push_str(&text[at..]);
    out
}

/// The text of an object.
fn written(manifest: &Manifest<'_>) -> String {
    let mut text = String::new();
    yaml::manifest(&mut text, manifest);
    text
}

/// The lines of an item of a list whose dashes stand in a column.
fn entry_lines(text: &str, column: usize) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for (at, line) in text.split_inclusive('\n').enumerate() {
        if at == 0 {
            out.extend(std::iter::repeat_n(' ', column));
            out.push_str("- ");
        } else if line != "\n" {
            out.extend(std::iter::repeat_n(' ', column + 2));
        }
        out.push_str(line);
    }
    out
}
