//! The texts that a run looks at, and places in them.
//!
//! A [`SourceMap`] owns every text under the name that a person knows it by. A [`Span`] is a range of bytes in one of
//! them; lines and columns are worked out only when somebody has to be shown one. This module knows nothing of what the
//! texts mean.

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

/// One text of a [`SourceMap`]. Files are numbered in the order of their paths, so ids compare as paths do. Two maps that
/// were [numbered alike](SourceMap::number_alike) give a path the same number.
///
/// The lowest bit says whether the text was rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(u32);

impl FileId {
    fn new(number: u32, rewritten: bool) -> Self {
        FileId(number << 1 | u32::from(rewritten))
    }

    fn index(self) -> usize {
        (self.0 >> 1) as usize
    }

    /// Whether a program read the text and wrote it anew before we saw it, so that a plain scalar may have been another
    /// one: `0123` arrives as 83.
    pub fn is_rewritten(self) -> bool {
        self.0 & 1 == 1
    }
}

/// A range of bytes in one file, end excluded.
///
/// Spans order by file, then by offset: the order in which diagnostics are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The file that the range lies in.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A value and the place that it was written at.
#[derive(Clone, Debug)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value with its place.
    pub fn new(value: T, span: Span) -> Self {
        Spanned { value, span }
    }
}

/// A place as people name it: path, line and column, all counted from 1. Columns count characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location<'a> {
    /// Path of the file, as given to [`SourceMap::new`].
    pub path: &'a str,
    /// Line of the first byte.
    pub line: u32,
    /// Column of the first byte.
    pub column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Column one past the last character.
    pub end_column: u32,
}

/// One text and its path.
#[derive(Debug)]
pub struct SourceFile {
    path: String,
    text: Arc<String>,
    rewritten: bool,
    number: u32,
    line_starts: OnceLock<Vec<u32>>,
}

impl SourceFile {
    /// The path, relative to the inventory, with `/` between its parts.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn id(&self) -> FileId {
        FileId::new(self.number, self.rewritten)
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
            std::iter::once(0).chain(breaks.map(|(at, _)| clamp(at + 1))).collect()
        })
    }

    /// Line and column, from 1, of a byte offset. An offset past the end or inside a character is moved back.
    fn line_column(&self, offset: u32) -> (u32, u32) {
        let starts = self.line_starts();
        let line = starts.partition_point(|&start| start <= offset).max(1) - 1;
        let start = starts[line] as usize;
        let mut end = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let column = self.text[start.min(end)..end].chars().count();
        (clamp(line + 1), clamp(column + 1))
    }
}

/// Every text of a run, sorted by path.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
    /// Where the file of each number is; [`NOWHERE`] if the map has none.
    positions: Vec<u32>,
}

/// The position of a number that only another map has a file for.
const NOWHERE: u32 = u32::MAX;

impl SourceMap {
    /// A map of these `(path, text)` pairs, whatever order they come in.
    pub fn new(files: Vec<(String, String)>) -> Self {
        Self::shared(files.into_iter().map(|(path, text)| (path, Arc::new(text))).collect())
    }

    /// The same, of texts that a program read and wrote anew.
    pub fn rewritten(files: Vec<(String, String)>) -> Self {
        Self::with(files.into_iter().map(|(path, text)| (path, Arc::new(text))).collect(), true)
    }

    /// The same of texts that another map may hold too: two revisions have most of their files in common.
    pub fn shared(files: Vec<(String, Arc<String>)>) -> Self {
        Self::with(files, false)
    }

    fn with(mut files: Vec<(String, Arc<String>)>, rewritten: bool) -> Self {
        files.sort_by(|a, b| a.0.cmp(&b.0));
        let file = |(path, text)| SourceFile { path, text, rewritten, number: 0, line_starts: OnceLock::new() };
        let mut map = SourceMap { files: files.into_iter().map(file).collect(), positions: Vec::new() };
        map.number(0..);
        map
    }

    /// Gives the files these numbers, in order.
    fn number(&mut self, numbers: impl IntoIterator<Item = u32>) {
        self.positions.clear();
        for (at, (file, number)) in self.files.iter_mut().zip(numbers).enumerate() {
            file.number = number;
            self.positions.resize(number as usize, NOWHERE);
            self.positions.push(clamp(at));
        }
    }

    /// Numbers the files of two maps together, so that a path that both have has one id. Ids given out before no longer
    /// hold.
    pub fn number_alike(&mut self, other: &mut SourceMap) {
        let [mut one, mut two] = [Vec::with_capacity(self.files.len()), Vec::with_capacity(other.files.len())];
        let mut number = 0;
        loop {
            let next = (self.files.get(one.len()), other.files.get(two.len()));
            let order = match next {
                (Some(a), Some(b)) => a.path.cmp(&b.path),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => break,
            };
            if order.is_le() {
                one.push(number);
            }
            if order.is_ge() {
                two.push(number);
            }
            number += 1;
        }
        self.number(one);
        other.number(two);
    }

    /// The same map without the files of a folder. Ids given out before no longer hold.
    pub fn without_folder(mut self, folder: &str) -> Self {
        self.files.retain(|file| !file.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')));
        self.number(0..);
        self
    }

    /// All files with their ids, in order.
    pub fn files(&self) -> impl ExactSizeIterator<Item = (FileId, &SourceFile)> {
        self.files.iter().map(|file| (file.id(), file))
    }

    /// The file of an id that this map gave out.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[self.positions[id.index()] as usize]
    }

    /// The place among [`files`](Self::files) of the very same file: one of the same id, path and text, if there is one.
    pub fn position_of_same(&self, id: FileId, file: &SourceFile) -> Option<usize> {
        let at = *self.positions.get(id.index())? as usize;
        let own = self.files.get(at)?;
        let same_text = || Arc::ptr_eq(&own.text, &file.text) || own.text == file.text;
        (own.id() == id && own.path == file.path && same_text()).then_some(at)
    }

    /// The id of the file with this path.
    pub fn find(&self, path: &str) -> Option<FileId> {
        let found = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok();
        found.map(|at| self.files[at].id())
    }

    /// The text that a span covers.
    pub fn slice(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Path, line and column of a span.
    pub fn locate(&self, span: Span) -> Location<'_> {
        let file = self.file(span.file);
        let (line, column) = file.line_column(span.start);
        let (end_line, end_column) = file.line_column(span.end.max(span.start));
        Location { path: &file.path, line, column, end_line, end_column }
    }
}

/// Places of one inventory as people name them: paths begin with the folder that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Places<'s> {
    /// The inventory's texts.
    pub sources: &'s SourceMap,
    /// Its folder, as people name it.
    pub prefix: &'s str,
}

impl Places<'_> {
    /// File and line of a span.
    pub fn place(&self, span: Span) -> (String, u32) {
        let at = self.sources.locate(span);
        (path_below(self.prefix, at.path), at.line)
    }

    /// What stands before every path.
    pub fn shown_folder(&self) -> String {
        path_below(self.prefix, "")
    }
}

/// The path of a file of an inventory, with the inventory's folder before it.
pub fn path_below(prefix: &str, path: &str) -> String {
    let folder = prefix.trim_start_matches("./").trim_end_matches('/');
    match folder {
        "" if prefix.starts_with('/') => format!("/{path}"),
        "" | "." => path.to_owned(),
        _ => format!("{folder}/{path}"),
    }
}

/// Offsets are kept in 32 bits. Readers refuse files over 64 MiB, so nothing is ever cut off here.
fn clamp(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_from_one() {
        let map = SourceMap::new(vec![("b.yaml".into(), "é: x\nlast".into()), ("a.yaml".into(), String::new())]);
        let file = map.find("b.yaml").expect("b.yaml was added");
        let at = map.locate(Span { file, start: 4, end: 5 });
        assert_eq!((at.line, at.column, at.end_column), (1, 4, 5));
        let at = map.locate(Span { file, start: 6, end: 99 });
        assert_eq!((at.line, at.column, at.end_line, at.end_column), (2, 1, 2, 5));
    }

    fn map(files: &[(&str, &str)]) -> SourceMap {
        SourceMap::new(files.iter().map(|&(path, text)| (path.to_owned(), text.to_owned())).collect())
    }

    #[test]
    fn two_maps_number_a_path_alike() {
        let mut base = map(&[("a", "1"), ("c", "2"), ("c", "3"), ("e", "4")]);
        let mut head = map(&[("b", "5"), ("c", "2"), ("d", "6"), ("e", "7"), ("f", "8")]);
        base.number_alike(&mut head);
        for map in [&base, &head] {
            let ids: Vec<FileId> = map.files().map(|(id, _)| id).collect();
            assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
            for (id, file) in map.files() {
                assert!(std::ptr::eq(map.file(id), file));
            }
        }
        let same: Vec<Option<usize>> = head.files().map(|(id, file)| base.position_of_same(id, file)).collect();
        assert_eq!(same, [None, Some(1), None, None, None]);
        assert_eq!(base.find("e"), head.find("e"));
        assert_eq!(base.find("f"), None);
        let (_, last) = base.files().last().expect("base has files");
        assert_eq!((last.path(), last.text()), ("e", "4"));
    }

    #[test]
    fn a_text_that_was_rewritten_is_another_one() {
        let files = || vec![("a".to_owned(), "1".to_owned())];
        let (mut base, mut head) = (SourceMap::new(files()), SourceMap::rewritten(files()));
        base.number_alike(&mut head);
        let (id, file) = head.files().next().expect("head has a file");
        assert_eq!(base.position_of_same(id, file), None);
        assert_eq!(head.position_of_same(id, file), Some(0));
    }
}
