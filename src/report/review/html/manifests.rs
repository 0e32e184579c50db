//! Objects and compiled files that differ.

use std::collections::BTreeMap;

use super::super::lines::{self, FileLines, Sign};
use super::super::words;
use super::{code, name, section};
use crate::diff::{ChangeSet, FileChange, ObjectRef};
use crate::report::escape;

/// How many objects are listed.
const OBJECTS: usize = 3_000;

/// How many lines of one file are shown.
const LINES: usize = 2_000;

/// How many lines of all files are shown.
const ALL_LINES: usize = 60_000;

/// How much of a line is shown.
const LINE: usize = 2_000;

/// How many objects differ, and which.
pub(super) fn objects(changes: &ChangeSet) -> String {
    let lists = [
        ("lost", "− removed", &changes.objects.removed),
        ("gained", "+ added", &changes.objects.added),
        ("changed", "→ modified", &changes.objects.modified),
    ];
    let mut kinds: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for (at, (_, _, list)) in lists.iter().enumerate() {
        list.iter().for_each(|object| kinds.entry(&object.kind).or_default()[at] += 1);
    }
    let all: usize = lists.iter().map(|(_, _, list)| list.len()).sum();
    if all == 0 {
        return String::new();
    }
    let rows: String = kinds
        .iter()
        .map(|(kind, counts)| {
            let cells: String =
                counts.iter().map(|count| format!("<td class=\"n\">{}</td>", count_or_dash(*count))).collect();
            format!("<tr><th scope=\"row\">{}</th>{cells}</tr>\n", name(kind))
        })
        .collect();
    let objects = lists.iter().flat_map(|(class, word, list)| list.iter().map(move |it| object(it, class, word)));
    let listed: String = objects.take(OBJECTS).collect();
    let more = all.saturating_sub(OBJECTS);
    let more =
        if more > 0 { format!("<p class=\"note\">… and {} more.</p>", words::number(more)) } else { String::new() };
    let body = format!(
        "<table class=\"counts\"><thead><tr><th scope=\"col\">Kind</th><th scope=\"col\">removed</th>\
         <th scope=\"col\">added</th><th scope=\"col\">modified</th></tr></thead>\n<tbody>{rows}</tbody></table>\n\
         <details><summary>Every object</summary><ul class=\"objects\">\n{listed}</ul>{more}</details>\n"
    );
    section("objects", "Objects", &words::objects(changes), &body)
}

fn count_or_dash(count: usize) -> String {
    if count == 0 { "–".to_owned() } else { words::number(count) }
}

fn object(object: &ObjectRef, class: &str, word: &str) -> String {
    let ObjectRef { cluster, namespace, api_version, kind, name: own } = object;
    let place = if namespace.is_empty() { cluster.to_string() } else { format!("{cluster} / {namespace}") };
    format!(
        "<li><span class=\"mark {class}\">{word}</span> {} {} <span>{} · {}</span></li>\n",
        name(kind),
        code(own),
        name(&place),
        name(api_version)
    )
}

/// Compiled files that differ, each folded.
pub(super) fn files(changes: &ChangeSet) -> String {
    let mut left = ALL_LINES;
    let mut body = String::new();
    let mut shown = 0;
    for entry in &changes.files {
        if left == 0 {
            break;
        }
        let lines = lines::of(entry, LINES.min(left));
        left -= lines.lines.len();
        shown += 1;
        // Each file costs something, even if it holds little.
        left = left.saturating_sub(10);
        body.push_str(&file(entry, &lines));
    }
    if shown < changes.files.len() {
        let more = words::counted(changes.files.len() - shown, "more file", "more files");
        body.push_str(&format!("<p class=\"note\">… and {more}.</p>\n"));
    }
    section("manifests", "Manifests", &words::counted(changes.files.len(), "file", "files"), &body)
}

fn file(file: &FileChange, found: &FileLines<'_>) -> String {
    let what = match (&file.before, &file.after) {
        (None, _) => " <span>new</span>",
        (_, None) => " <span>goes</span>",
        _ => "",
    };
    let mut lines: String = found.lines.iter().map(|(sign, text)| line(*sign, text)).collect();
    if found.more > 0 {
        let more = words::counted(found.more, "more line", "more lines");
        lines.push_str(&format!("<i>… {more}</i>\n"));
    }
    format!(
        "<details class=\"file\"><summary>{}{what} <span class=\"plus\">+{}</span> <span class=\"minus\">−{}</span>\
         </summary><pre tabindex=\"0\">{lines}</pre></details>\n",
        code(&file.path),
        words::number(found.added),
        words::number(found.removed)
    )
}

fn line(sign: Sign, text: &str) -> String {
    let text = escape::html(&words::clip(text, LINE).replace('\t', "    ")).into_owned();
    match sign {
        Sign::Same => format!(" {text}\n"),
        Sign::Added => format!("<ins>+{text}</ins>\n"),
        Sign::Removed => format!("<del>-{text}</del>\n"),
        Sign::Gap => "<i>⋯</i>\n".to_owned(),
    }
}
