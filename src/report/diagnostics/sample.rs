//! Findings for the tests of every format: a common one, and one made of text that wants to break out.

use super::{Format, Options};
use crate::diag::{Code, Diagnostic};
use crate::source::{SourceMap, Span};

/// Everything that a name could try on a reader, a log, a page or a terminal.
pub(super) const HOSTILE: &str =
    "<script>`@everyone`|[x](https://evil)\n::set-output name=x::y\u{1b}[31m\u{202e}%,\u{0}";

/// The usual options of a test.
pub(super) fn options(format: Format) -> Options<'static> {
    Options { format, colour: false, width: None, path_prefix: "input", limit: None }
}

/// The span of the first `needle` in a file.
pub(super) fn find(sources: &SourceMap, path: &str, needle: &str) -> Span {
    let file = sources.find(path).expect("the file is in the map");
    let start = sources.file(file).text().find(needle).expect("the text is in the file");
    let offset = |at: usize| u32::try_from(at).expect("samples are small");
    Span { file, start: offset(start), end: offset(start + needle.len()) }
}

/// A misspelt name, with a related place in another file and a repair.
pub(super) fn typo() -> (SourceMap, Vec<Diagnostic>) {
    let sources = SourceMap::new(vec![
        ("tenants/vision.yaml".into(), "owner: eve\nmembers:\n  - user: bobb\n".into()),
        ("users.yaml".into(), "users:\n  bob: {}\n".into()),
    ]);
    let at = find(&sources, "tenants/vision.yaml", "bobb");
    let diagnostic = Diagnostic::at(Code::UnknownUser, at, "the user `bobb` is not declared")
        .with_words("not in the directory")
        .with_related(find(&sources, "users.yaml", "bob"), "`bob` is declared here")
        .with_help("did you mean `bob`?")
        .with_fix(at, "bob");
    (sources, vec![diagnostic])
}

/// A finding in which every text is [`HOSTILE`], the path and the line included.
pub(super) fn hostile() -> (SourceMap, Vec<Diagnostic>) {
    let path = format!("tenants/{}.yaml", HOSTILE.replace('/', "_"));
    let sources = SourceMap::new(vec![(path.clone(), format!("name: {HOSTILE}\r\nafter: x\n"))]);
    let at = find(&sources, &path, HOSTILE);
    let diagnostic = Diagnostic::at(Code::InvalidName, at, HOSTILE)
        .with_words(HOSTILE)
        .with_related(find(&sources, &path, "after"), HOSTILE)
        .with_help(HOSTILE)
        .with_fix(at, HOSTILE);
    (sources, vec![diagnostic])
}
