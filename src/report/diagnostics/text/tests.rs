//! Tests of the text form. What is drawn is compared whole, because what counts is how it looks.

use proptest::prelude::*;

use super::super::{Format, sample};
use super::*;
use crate::diag::Code;
use crate::report::escape::is_hidden;

fn show(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    render(diagnostics, sources, &sample::options(Format::Text))
}

fn one_file(text: &str) -> (SourceMap, FileId) {
    let sources = SourceMap::new(vec![("a.yaml".into(), text.into())]);
    let file = sources.find("a.yaml").expect("the file is in the map");
    (sources, file)
}

fn check(diagnostic: Diagnostic, sources: &SourceMap, expected: &str) {
    let shown = show(&[diagnostic], sources);
    assert_eq!(shown.trim_end(), expected.trim(), "\n{shown}");
}

#[test]
fn nothing_found_is_nothing_said() {
    assert_eq!(show(&[], &SourceMap::default()), "");
}

#[test]
fn a_finding_shows_its_places_its_help_and_its_repair() {
    let (sources, diagnostics) = sample::typo();
    let expected = "\
error[unknown-user]: the user `bobb` is not declared
 --> input/tenants/vision.yaml:3:11
  |
3 |   - user: bobb
  |           ^^^^ not in the directory
  |
 ::: input/users.yaml:2:3
  |
2 |   bob: {}
  |   --- `bob` is declared here
  |
  = help: did you mean `bob`?
help: replace it
 --> input/tenants/vision.yaml:3:11
  |
3 -   - user: bobb
3 +   - user: bob
  |

error: 1 error
";
    assert_eq!(show(&diagnostics, &sources), expected);
}

#[test]
fn places_without_lines() {
    let diagnostics = [
        Diagnostic::new(Code::NoPlatform, Place::Inventory, "no platform").with_help("write one:\n\n  x: y"),
        Diagnostic::new(Code::NotUtf8, Place::File("a b.yaml".into()), "not text").with_help("save it as UTF-8"),
        Diagnostic::new(Code::EditedFile, Place::File("output/x".into()), "edited"),
    ];
    let expected = "\
error[no-platform]: no platform
  |
  = help: write one:

            x: y

error[not-utf8]: not text
 --> input/a b.yaml
  = help: save it as UTF-8

warning[edited-file]: edited
 --> output/x

error: 2 errors, 1 warning
";
    assert_eq!(show(&diagnostics, &SourceMap::default()), expected);
}

#[test]
fn marks_of_one_file_are_drawn_together() {
    let (sources, _) = one_file("owner: eve\nx: 1\ny: 2\nusers: [eve, bob]\n");
    let find = |needle| sample::find(&sources, "a.yaml", needle);
    let diagnostic = Diagnostic::at(Code::RedundantGrant, find("eve, bob"), "m")
        .with_words("main")
        .with_related(find("bob"), "second")
        .with_related(find("owner"), "first");
    let expected = "
warning[redundant-grant]: m
 --> input/a.yaml:4:9
  |
1 | owner: eve
  | ----- first
...
4 | users: [eve, bob]
  |         ^^^^^---
  |         |    |
  |         |    second
  |         main

warning: 1 warning";
    check(diagnostic, &sources, expected);
}

#[test]
fn ends_of_lines_and_files() {
    let (sources, file) = one_file("a: 1\nb:\n");
    let at = |start| Span { file, start, end: start };
    let diagnostic = Diagnostic::at(Code::EmptyValue, at(7), "m").with_words("here").with_fix(at(7), " 2\nc: 3");
    let expected = "
error[empty-value]: m
 --> input/a.yaml:2:3
  |
2 | b:
  |   ^ here
  |
help: insert it
  |
2 ~ b: 2
3 + c: 3
  |

error: 1 error";
    check(diagnostic, &sources, expected);
    let expected = "error[yaml-syntax]: m\n --> input/a.yaml:3:1\n  |\n3 |\n  | ^ here\n\nerror: 1 error";
    check(Diagnostic::at(Code::YamlSyntax, at(8), "m").with_words("here"), &sources, expected);
    let (sources, file) = one_file("");
    let at = Span { file, start: 0, end: 0 };
    let expected = "error[yaml-syntax]: m\n --> input/a.yaml:1:1\n  |\n1 |\n  | ^\n\nerror: 1 error";
    check(Diagnostic::at(Code::YamlSyntax, at, "m"), &sources, expected);
}

#[test]
fn several_lines_and_strange_bytes() {
    let (sources, file) = one_file("\u{feff}a: 1\r\n\tb: \"日\r\n  x: y\r\n");
    let at = Span { file, start: 13, end: 27 };
    let tab = Span { file, start: 9, end: 10 };
    let diagnostic = Diagnostic::at(Code::UnclosedQuote, at, "m").with_words("open").with_fix(tab, "  ");
    let expected = "
error[unclosed-quote]: m
 --> input/a.yaml:2:5
  |
2 |   →   b: \"日
  |  ________^
3 | |   x: y
  | |______^ open
  |
help: replace it
  |
2 - →   b: \"日
2 +   b: \"日
  |

error: 1 error";
    check(diagnostic, &sources, expected);
}

#[test]
fn a_huge_line_is_cut_and_keeps_its_column() {
    let (sources, file) = one_file(&format!("{}BAD{}", "x".repeat(5_000_000), "y".repeat(5_000_000)));
    let at = Span { file, start: 5_000_000, end: 5_000_003 };
    let shown = show(&[Diagnostic::at(Code::YamlSyntax, at, "m").with_fix(at, "GOOD")], &sources);
    assert!(shown.contains(" --> input/a.yaml:1:5000001\n"), "{shown}");
    assert!(shown.contains("xxxBADyyy") && shown.contains("+ …xxx") && shown.contains("xGOODy"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= WIDTH), "{shown}");
}

#[test]
fn a_limit_shows_errors_first_and_says_what_it_hides() {
    let warning = Diagnostic::new(Code::StockNamespace, Place::Inventory, "w");
    let error = Diagnostic::new(Code::NoPlatform, Place::Inventory, "e");
    let options = Options { limit: Some(2), ..sample::options(Format::Text) };
    let shown = render(&[warning.clone(), error, warning], &SourceMap::default(), &options);
    let expected =
        "error[no-platform]: e\n\nwarning[stock-namespace]: w\n\n… and 1 more\n\nerror: 1 error, 2 warnings\n";
    assert_eq!(shown, expected);
}

#[test]
fn many_related_places_are_counted() {
    let (sources, file) = one_file("a: b\n");
    let at = Span { file, start: 0, end: 1 };
    let mut diagnostic = Diagnostic::at(Code::GroupCycle, at, "m");
    for _ in 0..25 {
        diagnostic = diagnostic.with_related(at, "");
    }
    assert!(show(&[diagnostic], &sources).contains("= note: and 5 more places"));
}

#[test]
fn hostile_text_is_visible_and_begins_no_line() {
    let (sources, diagnostics) = sample::hostile();
    let shown = show(&diagnostics, &sources);
    assert!(!shown.contains(|c: char| is_hidden(c) && c != '\n'), "{shown}");
    assert!(!shown.lines().any(|line| line.trim_start().starts_with("::") && !line.starts_with(" ::: ")), "{shown}");
}

#[test]
fn colour_is_only_sequences() {
    let (sources, diagnostics) = sample::typo();
    let options = Options { colour: true, ..sample::options(Format::Text) };
    let coloured = render(&diagnostics, &sources, &options);
    assert!(coloured.starts_with("\u{1b}[1m\u{1b}[91merror[unknown-user]\u{1b}[0m"), "{coloured:?}");
    let mut parts = coloured.split('\u{1b}');
    let first = parts.next().expect("split gives at least one part").to_owned();
    let plain = parts.fold(first, |text, part| text + part.split_once('m').expect("a sequence ends in m").1);
    assert_eq!(plain, show(&diagnostics, &sources));
}

proptest! {
    #[test]
    fn anything_can_be_drawn(
        text in "([a-c :\n\t\r]|\u{feff}|\u{202e}|日|é|\u{301}|\u{1b}){0,60}",
        spans in prop::collection::vec((0u32..80, 0u32..80), 1..5),
        fix in (0u32..80, 0u32..80, "[ab \n\t日]{0,6}"),
        width in 1usize..60,
    ) {
        let (sources, file) = one_file(&text);
        let span = |(start, end): (u32, u32)| Span { file, start, end };
        let mut diagnostic = Diagnostic::at(Code::YamlSyntax, span(spans[0]), "m").with_words("words");
        for &at in &spans[1..] {
            diagnostic = diagnostic.with_related(span(at), "related");
        }
        let diagnostic = diagnostic.with_fix(span((fix.0, fix.1)), fix.2);
        let options = Options { width: Some(width), ..sample::options(Format::Text) };
        let shown = render(&[diagnostic], &sources, &options);
        prop_assert!(!shown.contains(|c| is_hidden(c) && c != '\n'), "{}", shown);
    }
}
