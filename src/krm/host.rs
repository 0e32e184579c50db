//! What a host sends: a ResourceList, or documents one behind the other.

use std::ops::Range;

use crate::diag::{Diagnostic, catalog::krm as catalog};
use crate::parse::outline::{self, Item, Outline, Shape};
use crate::source::{FileId, Span};

/// The annotation by which a configuration knows its own objects.
pub const CONFIG: &str = "tenantry.dev/config";

/// Where an object belongs in a package.
pub const PATH: &str = "internal.config.kubernetes.io/path";

/// Its place among the objects of one path.
pub const INDEX: &str = "internal.config.kubernetes.io/index";

/// Where the package of an object is.
pub const PACKAGE: &str = "internal.config.kubernetes.io/package-path";

/// The older names of path and index.
const OLD_PATH: &str = "config.kubernetes.io/path";

/// See [`OLD_PATH`].
const OLD_INDEX: &str = "config.kubernetes.io/index";

/// Annotations that keep engines from deleting an object.
pub const PROTECTION: [&str; 2] = ["argocd.argoproj.io/sync-options", "kustomize.toolkit.fluxcd.io/prune"];

/// Whether an annotation is a host's own.
pub fn is_host_annotation(key: &str) -> bool {
    const PREFIXES: [&str; 5] = [
        "alpha.config.kubernetes.io/",
        "internal.config.kubernetes.io/",
        "config.kubernetes.io/",
        "config.k8s.io/",
        "kustomize.config.k8s.io/",
    ];
    PREFIXES.iter().any(|prefix| key.starts_with(prefix))
}

fn is_kept(key: &str) -> bool {
    is_host_annotation(key) || key == CONFIG || PROTECTION.contains(&key)
}

/// What came in.
#[derive(Debug)]
pub struct Host<'t> {
    pub(super) file: FileId,
    pub(super) text: &'t str,
    pub(super) form: Form<'t>,
    /// Its objects.
    pub items: Vec<Item<'t>>,
}

#[derive(Debug)]
pub(super) enum Form<'t> {
    /// A ResourceList, its items taken out.
    List(Outline<'t>),
    /// Documents, one behind the other.
    Stream,
}

impl<'t> Host<'t> {
    /// Reads a ResourceList.
    ///
    /// # Errors
    ///
    /// What is none.
    pub fn resource_list(file: FileId, text: &'t str) -> Result<Self, Box<Diagnostic>> {
        let mut outline = outline::document(file, text, &["items"], is_kept)?;
        check_kind(file, &outline)?;
        if let Some(entry) = outline.entry("items")
            && matches!(entry.shape, Shape::Scalar | Shape::Map)
        {
            return Err(Box::new(catalog::not_an_object(span(file, &entry.value))));
        }
        let items = outline.list.as_mut().map(|list| std::mem::take(&mut list.items)).unwrap_or_default();
        Ok(Host { file, text, form: Form::List(outline), items })
    }

    /// Reads a ResourceList without looking at what is in it, to give it back.
    ///
    /// # Errors
    ///
    /// What is none.
    pub fn unread(file: FileId, text: &'t str) -> Result<Self, Box<Diagnostic>> {
        let outline = outline::keys(file, text)?;
        check_kind(file, &outline)?;
        Ok(Host { file, text, form: Form::List(outline), items: Vec::new() })
    }

    /// Reads documents, one behind the other. There may be none.
    ///
    /// # Errors
    ///
    /// What is no YAML, or holds something else than objects.
    pub fn stream(file: FileId, text: &'t str) -> Result<Self, Box<Diagnostic>> {
        Ok(Host { file, text, form: Form::Stream, items: outline::stream(file, text, is_kept)? })
    }

    /// Whether objects are told by annotations which file they belong to.
    pub fn names_files(&self) -> bool {
        matches!(self.form, Form::List(_))
    }

    /// The function's configuration as a text of its own, if there is one.
    pub fn config(&self) -> Option<String> {
        let Form::List(outline) = &self.form else { return None };
        let entry = outline.entry("functionConfig").filter(|entry| entry.shape != Shape::Nothing)?;
        let column = entry.value.start - outline::line_start(self.text, entry.value.start);
        let block = entry.shape == Shape::Map && !self.text[entry.value.start..].starts_with('{');
        Some(if block {
            let end = outline::end_of_block(self.text, entry.value.end, outline.column);
            outline::dedent(&self.text[entry.value.start..end], column)
        } else {
            self.text[entry.value.clone()].to_owned()
        })
    }

    /// The text of an item as a document of its own, without annotations of hosts.
    pub fn document(&self, at: usize) -> String {
        super::documents::without_host_annotations(self.text, &self.items[at])
    }
}

fn check_kind(file: FileId, outline: &Outline<'_>) -> Result<(), Box<Diagnostic>> {
    let words = |key| outline.entry(key).and_then(|entry| entry.text.as_deref()).unwrap_or_default();
    let (api_version, kind) = (words("apiVersion"), words("kind"));
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    if group == "config.kubernetes.io" && kind == "ResourceList" {
        return Ok(());
    }
    let at = outline.entries.first().map_or(0..0, |entry| entry.key_range.clone());
    Err(Box::new(catalog::not_a_resource_list(span(file, &at), api_version, kind)))
}

/// Where an item stands, to the end of its last line.
pub fn extent(text: &str, item: &Item<'_>) -> Range<usize> {
    match item.column.checked_sub(1) {
        _ if item.flow => item.range.clone(),
        Some(column) => item.range.start..outline::end_of_block(text, item.range.end, column),
        None => item.range.start..whole_end(text, item.range.end),
    }
}

/// A document of a stream, without what separates it from others.
pub(super) fn whole_document<'t>(text: &'t str, item: &Item<'_>) -> &'t str {
    &text[document_range(text, item)]
}

/// Where a document of a stream stands.
pub(super) fn document_range(text: &str, item: &Item<'_>) -> Range<usize> {
    let start = outline::line_start(text, item.range.start);
    let start = if text[start..item.range.start].trim().is_empty() { start } else { item.range.start };
    start..whole_end(text, item.range.end)
}

/// Where the document ends whose last visible byte ends at an offset.
fn whole_end(text: &str, last: usize) -> usize {
    let mut at = outline::line_behind(text, last);
    while at < text.len() {
        let line = outline::line_at(text, at);
        if line.starts_with("---") || line.starts_with("...") {
            break;
        }
        at += line.len();
    }
    at
}

/// The file that an item says it belongs to.
pub fn path_of<'i>(item: &'i Item<'_>) -> Option<&'i str> {
    item.annotation(PATH).or_else(|| item.annotation(OLD_PATH)).filter(|path| !path.is_empty())
}

/// Its place among the objects of that file.
pub fn index_of(item: &Item<'_>) -> i64 {
    let index = item.annotation(INDEX).or_else(|| item.annotation(OLD_INDEX));
    index.and_then(|index| index.parse().ok()).unwrap_or(0)
}

pub(super) fn span(file: FileId, range: &Range<usize>) -> Span {
    Span { file, start: range.start as u32, end: range.end as u32 }
}
