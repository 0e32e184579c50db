//! The difference of the compiled files, one folded block each.

use super::super::budget::{self, Row, Section};
use super::super::lines::{self, FileLines, Sign};
use super::super::{Options, words};
use super::name;
use crate::diff::{ChangeSet, FileChange};
use crate::report::escape;

/// How many lines of one file are shown.
const LINES: usize = 300;

/// How much of a line is shown.
const LINE: usize = 400;

/// All files that differ, as far as there could be room for them.
pub(super) fn section(changes: &ChangeSet, options: &Options<'_>) -> Section {
    let rows = changes.files.iter().map(|file| Row { text: block(file), stands_for: 1 });
    Section {
        name: "Manifests",
        open: format!("#### Manifests ({})\n\n", words::counted(changes.files.len(), "file", "files")),
        close: String::new(),
        rows: budget::rows(options.limit, rows),
        all: changes.files.len(),
        noun: ("file", "files"),
        first: 0,
        kept: false,
    }
}

fn block(file: &FileChange) -> String {
    let FileLines { lines, more, added, removed } = lines::of(file, LINES);
    let mut body: String = lines.iter().map(|(sign, text)| line(*sign, text)).collect();
    if more > 0 {
        let more = words::counted(more, "more line", "more lines");
        body.push_str(&format!("@@ {more} @@\n"));
    }
    let fence = fence(&body);
    let what = match (&file.before, &file.after) {
        (None, _) => " is new",
        (_, None) => " goes",
        _ => "",
    };
    let (path, added, removed) = (name(&file.path), words::number(added), words::number(removed));
    format!(
        "<details><summary>{path}{what} (+{added} −{removed})</summary>\n\n{fence}diff\n{body}{fence}\n\n</details>\n\n"
    )
}

fn line(sign: Sign, text: &str) -> String {
    match sign {
        Sign::Gap => "@@ … @@\n".to_owned(),
        _ => format!("{}{}\n", sign.mark(), escape::fenced(&words::clip(text, LINE))),
    }
}

/// Backticks, more of them than anywhere in the text.
fn fence(body: &str) -> String {
    let longest = body.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    "`".repeat((longest + 1).max(3))
}
