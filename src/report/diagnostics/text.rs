//! Findings for people, in the form that rustc made familiar.
//!
//! The drawing is left to a library, which is given only harmless excerpts. Places are filled in afterwards: the library
//! would count lines and columns in the excerpt. This module does not know whether its text reaches a terminal.

use std::collections::BTreeMap;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};

use super::excerpt::{self, Excerpt};
use super::{Counts, Options, most_severe};
use crate::diag::{Diagnostic, Fix, Mark, Place, Severity};
use crate::report::escape::{terminal, terminal_lines};
use crate::source::{FileId, SourceMap, Span};

/// The width if nobody knows it.
const WIDTH: usize = 140;

/// Narrower than this, lines would show nothing. The terminal may fold them then.
const NARROWEST: usize = 40;

/// Columns beside a line for its number, the frame and the signs of a cut.
const FRAME: usize = 10;

/// How many related places are drawn.
const RELATED: usize = 20;

/// How long a repair may be to be drawn.
const REPAIR: usize = 2_000;

/// Stands around the number of a place until the place is filled in. Escaped in all outside text.
const PLACEHOLDER: char = '\u{fdd0}';

/// All findings and a last line that counts them. Empty if there are none.
pub(super) fn render(diagnostics: &[Diagnostic], sources: &SourceMap, options: &Options<'_>) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    let renderer = if options.colour { Renderer::styled() } else { Renderer::plain() };
    // Lines are cut already. If the library did it too, it would cut the signs of the cut.
    let renderer = renderer.term_width(usize::from(u16::MAX));
    let shown = most_severe(diagnostics, options.limit.unwrap_or(usize::MAX));
    let mut out = String::new();
    for diagnostic in &shown {
        out.push_str(&Drawing::new(diagnostic, sources, options).render(&renderer));
        out.push_str("\n\n");
    }
    if shown.len() < diagnostics.len() {
        out.push_str(&format!("… and {} more\n\n", diagnostics.len() - shown.len()));
    }
    out.push_str(&summary(Counts::of(diagnostics), &renderer));
    out
}

/// The last line, such as `error: 3 errors, 2 warnings`.
fn summary(counts: Counts, renderer: &Renderer) -> String {
    let level = if counts.errors > 0 { Level::ERROR } else { Level::WARNING };
    let mut line = renderer.render(&[Group::with_title(level.primary_title(counts.words()))]);
    line.push('\n');
    line
}

/// One finding on its way to text.
struct Drawing<'a> {
    diagnostic: &'a Diagnostic,
    sources: &'a SourceMap,
    options: &'a Options<'a>,
    /// How many columns of a line are drawn.
    width: usize,
    /// The places that are shown above excerpts, in the order of their numbers.
    places: Vec<String>,
}

impl<'a> Drawing<'a> {
    fn new(diagnostic: &'a Diagnostic, sources: &'a SourceMap, options: &'a Options<'a>) -> Self {
        let width = options.width.unwrap_or(WIDTH).saturating_sub(FRAME).max(NARROWEST);
        Drawing { diagnostic, sources, options, width, places: Vec::new() }
    }

    fn render(mut self, renderer: &Renderer) -> String {
        let mut groups = vec![self.finding()];
        groups.extend(self.diagnostic.fix.as_ref().and_then(|fix| self.repair(fix)));
        let drawn = renderer.render(&groups);
        // The frame leaves room for the number of a line. Without an excerpt it has none, and looks torn off.
        let indent = if self.places.is_empty() { " " } else { "" };
        tidy(&fill_in(&drawn, &self.places), indent)
    }

    /// The message with everything that explains it.
    fn finding(&mut self) -> Group<'a> {
        let level = match self.diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(terminal(&self.diagnostic.message)).id(self.diagnostic.code.name());
        let mut group = Group::with_title(title);
        if let Place::File(path) = &self.diagnostic.place {
            let path = self.options.whole_file(self.diagnostic.code, path);
            group = group.element(Origin::path(terminal(&path).into_owned()));
        }
        for (file, marks) in self.marks_by_file() {
            group = group.elements(self.snippets(file, &marks));
        }
        let hidden = self.diagnostic.related.len().saturating_sub(RELATED);
        if hidden > 0 {
            group = group.element(Level::NOTE.message(format!("and {hidden} more places")));
        }
        match &self.diagnostic.help {
            Some(help) => group.element(Level::HELP.message(terminal_lines(help))),
            None => group,
        }
    }

    /// The marks of each file: first the file of the finding, then the others in order.
    fn marks_by_file(&self) -> Vec<(FileId, Vec<(AnnotationKind, &'a Mark)>)> {
        let mut primary = None;
        let mut files: BTreeMap<FileId, Vec<_>> = BTreeMap::new();
        if let Place::At(mark) = &self.diagnostic.place {
            primary = Some(mark.span.file);
            files.entry(mark.span.file).or_default().push((AnnotationKind::Primary, mark));
        }
        for mark in self.diagnostic.related.iter().take(RELATED) {
            files.entry(mark.span.file).or_default().push((AnnotationKind::Context, mark));
        }
        let mut files: Vec<_> = files.into_iter().collect();
        files.sort_by_key(|&(file, _)| Some(file) != primary);
        files
    }

    fn snippets(&mut self, file: FileId, marks: &[(AnnotationKind, &'a Mark)]) -> Vec<Snippet<'a, Annotation<'a>>> {
        let spans: Vec<Span> = marks.iter().map(|(_, mark)| mark.span).collect();
        let mut snippets = Vec::new();
        for excerpt in excerpt::excerpts(&spans, file, self.sources, self.width) {
            let at = excerpt.marks.iter().map(|&(index, _)| index).min().unwrap_or(0);
            let place = self.place(spans[at]);
            let annotations = excerpt.marks.iter().map(|(index, range)| annotation(marks[*index], range.clone()));
            let annotations: Vec<_> = annotations.collect();
            snippets.push(snippet(&excerpt).path(place).annotations(annotations));
        }
        snippets
    }

    /// The repair as a change of lines. Nothing if it is too large to be looked at.
    fn repair(&mut self, fix: &Fix) -> Option<Group<'a>> {
        if fix.replacement.len() > REPAIR {
            return None;
        }
        let file = fix.span.file;
        let excerpt = excerpt::excerpts(&[fix.span], file, self.sources, self.width).pop()?;
        let (_, range) = excerpt.marks.first()?.clone();
        let patch = Patch::new(range, terminal_lines(&fix.replacement).into_owned());
        // If only this file was shown so far, nobody asks which it is.
        let shown = self.marks_by_file();
        let known = !shown.is_empty() && shown.iter().all(|&(other, _)| other == file);
        let place = (!known).then(|| self.place(fix.span));
        let title = match (self.sources.slice(fix.span).is_empty(), fix.replacement.is_empty()) {
            (true, _) => "insert it",
            (_, true) => "take it out",
            _ => "replace it",
        };
        Some(Level::HELP.secondary_title(title).element(snippet(&excerpt).path(place).patch(patch)))
    }

    /// Remembers a place and gives what to show until it is filled in.
    fn place(&mut self, span: Span) -> String {
        let at = self.sources.locate(span);
        let path = self.options.path(at.path);
        self.places.push(format!("{}:{}:{}", terminal(&path), at.line, at.column));
        format!("{PLACEHOLDER}{}{PLACEHOLDER}", self.places.len() - 1)
    }
}

fn snippet<'a, T: Clone>(excerpt: &Excerpt) -> Snippet<'a, T> {
    Snippet::source(excerpt.text.clone()).line_start(excerpt.first_line as usize)
}

fn annotation<'a>((kind, mark): (AnnotationKind, &'a Mark), range: Range<usize>) -> Annotation<'a> {
    let words = (!mark.words.is_empty()).then(|| terminal(&mark.words));
    kind.span(range).label(words)
}

/// Puts the places where their numbers stand, and takes away the line and column that the library added.
fn fill_in(drawn: &str, places: &[String]) -> String {
    let mut out = String::with_capacity(drawn.len() + 64);
    for (at, part) in drawn.split(PLACEHOLDER).enumerate() {
        if at % 2 == 1 {
            let place = part.parse().ok().and_then(|number: usize| places.get(number));
            out.push_str(place.expect("placeholders come in pairs around a number that was given out"));
        } else if at > 0 {
            out.push_str(part.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit()));
        } else {
            out.push_str(part);
        }
    }
    out
}

/// Lines without blanks at their ends, the first at the margin and the others behind `indent`.
fn tidy(drawn: &str, indent: &str) -> String {
    let mut out = String::with_capacity(drawn.len() + 16);
    for (at, line) in drawn.lines().map(str::trim_end).enumerate() {
        if at > 0 {
            out.push('\n');
            out.push_str(if line.is_empty() { "" } else { indent });
        }
        out.push_str(line);
    }
    out
}

#[cfg(test)]
mod tests;
