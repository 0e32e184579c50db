//! Workflow commands of GitHub, one line per finding, which become annotations of a pull request.
//!
//! A step gets ten annotations of each severity; of more, GitHub shows only the lines in its log. So errors come first,
//! every finding is written, and the last that becomes an annotation says how many do not.

use super::{Options, message_and_help};
use crate::diag::{Diagnostic, Place, Severity};
use crate::report::escape::{workflow_message, workflow_property};
use crate::source::SourceMap;

/// How many annotations of one severity GitHub shows per step.
const SHOWN: usize = 10;

/// All findings as workflow commands.
pub(super) fn render(diagnostics: &[Diagnostic], sources: &SourceMap, options: &Options<'_>) -> String {
    let mut out = String::new();
    for severity in [Severity::Error, Severity::Warning] {
        let of_severity: Vec<_> = diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).collect();
        for (at, diagnostic) in of_severity.iter().enumerate() {
            let more = if at + 1 == SHOWN { of_severity.len() - SHOWN } else { 0 };
            out.push_str(&command(diagnostic, more, sources, options));
        }
    }
    out
}

fn command(diagnostic: &Diagnostic, more: usize, sources: &SourceMap, options: &Options<'_>) -> String {
    let mut text = message_and_help(diagnostic);
    if more > 0 {
        let noun = diagnostic.severity.name();
        let plural = if more == 1 { "" } else { "s" };
        text.push_str(&format!("\n… and {more} more {noun}{plural}: GitHub shows {SHOWN} per step, the log has all"));
    }
    let place = place(diagnostic, sources, options);
    let (name, code) = (diagnostic.severity.name(), diagnostic.code.name());
    format!("::{name} {place}title={code}::{}\n", workflow_message(&text))
}

/// The properties that say where, each with a comma after it.
fn place(diagnostic: &Diagnostic, sources: &SourceMap, options: &Options<'_>) -> String {
    match &diagnostic.place {
        Place::Inventory => String::new(),
        Place::File(path) => format!("file={},", workflow_property(&options.whole_file(diagnostic.code, path))),
        Place::At(mark) => {
            let at = sources.locate(mark.span);
            let file = options.path(at.path);
            let (file, line, end_line) = (workflow_property(&file), at.line, at.end_line);
            // GitHub refuses columns in an annotation of several lines.
            if line == end_line {
                let (column, end_column) = (at.column, at.end_column);
                format!("file={file},line={line},col={column},endLine={end_line},endColumn={end_column},")
            } else {
                format!("file={file},line={line},endLine={end_line},")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, sample};
    use crate::diag::{Code, Diagnostic, Place};
    use crate::source::SourceMap;

    fn show(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
        super::render(diagnostics, sources, &sample::options(Format::Github))
    }

    #[test]
    fn a_command_names_the_place() {
        let (sources, diagnostics) = sample::typo();
        let expected = "::error file=input/tenants/vision.yaml,line=3,col=11,endLine=3,endColumn=15,title=unknown-user::\
                        the user `bobb` is not declared%0Ahelp: did you mean `bob`?\n";
        assert_eq!(show(&diagnostics, &sources), expected);
    }

    #[test]
    fn places_without_lines() {
        let sources = SourceMap::new(vec![("a".into(), "x\ny\n".into())]);
        let diagnostics = [
            Diagnostic::new(Code::NoPlatform, Place::Inventory, "m"),
            Diagnostic::new(Code::NotUtf8, Place::File("a,b".into()), "m"),
            Diagnostic::new(Code::ForeignFile, Place::File("output/x".into()), "m"),
            Diagnostic::at(Code::YamlTag, sample::find(&sources, "a", "x\ny"), "m"),
        ];
        let expected = "::error title=no-platform::m\n::error file=input/a%2Cb,title=not-utf8::m\n\
                        ::error file=output/x,title=foreign-file::m\n\
                        ::error file=input/a,line=1,endLine=2,title=yaml-tag::m\n";
        assert_eq!(show(&diagnostics, &sources), expected);
    }

    #[test]
    fn errors_come_first_and_the_tenth_counts_the_rest() {
        let warning = Diagnostic::new(Code::StockNamespace, Place::Inventory, "w");
        let error = Diagnostic::new(Code::NoPlatform, Place::Inventory, "e");
        let all: Vec<_> = std::iter::repeat_n(warning, 10).chain(std::iter::repeat_n(error, 11)).collect();
        let shown = show(&all, &SourceMap::default());
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 21);
        assert!(lines[..11].iter().all(|line| line.starts_with("::error ")));
        assert!(lines[9].ends_with("e%0A… and 1 more error: GitHub shows 10 per step, the log has all"), "{shown}");
        assert_eq!(shown.matches("more").count(), 1);
    }

    #[test]
    fn hostile_text_stays_in_its_line() {
        let (sources, diagnostics) = sample::hostile();
        let shown = show(&diagnostics, &sources);
        assert_eq!(shown.lines().count(), 1);
        assert!(!shown.contains(|c: char| c.is_control() && c != '\n') && !shown.contains('\u{202e}'), "{shown}");
        let properties = shown.split("title=").next().expect("split gives at least one part");
        assert!(!properties["::error ".len()..].contains("::"), "{properties}");
    }
}
