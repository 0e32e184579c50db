//! Objects and compiled files that differ.

use std::collections::BTreeMap;

use super::super::lines::{self, FileLines, Sign};
use super::super::words;
use super::{code, name, section};
use crate::diff::{ChangeSet, FileChange, ObjectRef};
use crate::report::{escape, inline};

/// How many objects are listed.
const OBJECTS: usize = 3_000;

/// How many lines of one file are shown.
const LINES: usize = 2_000;

/// How many lines of all files are shown.
const ALL_LINES: usize = 60_000;

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
    let (mut left, mut budget) = (ALL_LINES, inline::BUDGET);
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
        body.push_str(&file(entry, &lines, &mut budget));
    }
    if shown < changes.files.len() {
        let more = words::counted(changes.files.len() - shown, "more file", "more files");
        body.push_str(&format!("<p class=\"note\">… and {more}.</p>\n"));
    }
    section("manifests", "Manifests", &words::counted(changes.files.len(), "file", "files"), &body)
}

fn file(file: &FileChange, found: &FileLines<'_>, budget: &mut usize) -> String {
    let what = match (&file.before, &file.after) {
        (None, _) => " <span>new</span>",
        (_, None) => " <span>goes</span>",
        _ => "",
    };
    let mut lines = marked(&found.lines, budget);
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

/// Lines, and in those that changed the words that did.
fn marked(lines: &[(Sign, &str)], budget: &mut usize) -> String {
    let mut out = String::new();
    let mut rest = lines;
    while let Some((sign, text)) = rest.first() {
        let run = |sign: Sign, from: &[(Sign, &str)]| from.iter().take_while(|line| line.0 == sign).count();
        let removed = run(Sign::Removed, rest);
        let added = run(Sign::Added, &rest[removed..]);
        if removed + added == 0 {
            out.push_str(&line(*sign, &[(false, inline::beginning(text).0)]));
            rest = &rest[1..];
            continue;
        }
        let (changed, after) = rest.split_at(removed + added);
        let texts: Vec<&str> = changed.iter().map(|(_, text)| inline::beginning(text).0).collect();
        let (old, new) = inline::marks(&texts[..removed], &texts[removed..], budget);
        out.extend(old.iter().map(|parts| line(Sign::Removed, parts)));
        out.extend(new.iter().map(|parts| line(Sign::Added, parts)));
        rest = after;
    }
    out
}

fn line(sign: Sign, parts: &[(bool, &str)]) -> String {
    let length: usize = parts.iter().map(|(_, text)| text.chars().count()).sum();
    let cut = if length < inline::LINE { "" } else { "…" };
    let parts = parts.iter().map(|(differs, text)| {
        let text = escape::html(&text.replace('\t', "    ")).into_owned();
        if *differs { format!("<b>{text}</b>") } else { text }
    });
    let text: String = parts.collect();
    match sign {
        Sign::Same => format!(" {text}{cut}\n"),
        Sign::Added => format!("<ins>+{text}{cut}</ins>\n"),
        Sign::Removed => format!("<del>-{text}{cut}</del>\n"),
        Sign::Gap => "<i>⋯</i>\n".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_differ_are_marked() {
        let lines = [
            (Sign::Same, "a: <x>"),
            (Sign::Removed, "cpu: 16\t<i>"),
            (Sign::Added, "cpu: 24\t<i>"),
            (Sign::Added, "new: true"),
            (Sign::Gap, ""),
            (Sign::Removed, "b"),
        ];
        let expected = " a: &lt;x&gt;\n<del>-cpu: <b>16</b>    &lt;i&gt;</del>\n<ins>+cpu: <b>24</b>    &lt;i&gt;</ins>\n\
                        <ins>+new: true</ins>\n<i>⋯</i>\n<del>-b</del>\n";
        assert_eq!(marked(&lines, &mut inline::BUDGET.clone()), expected);
    }
}
