//! The JSON of `check`. Its shape is a promise to scripts: fields may be added, none may change its meaning.

use serde::Serialize;

use super::{Counts, Options};
use crate::diag::{Diagnostic, Mark, Place};
use crate::report::escape;
use crate::source::SourceMap;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    diagnostics: Vec<Item<'a>>,
    counts: Numbers,
}

/// One finding. What does not apply is left out; there is no `null`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    related: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct Related<'a> {
    file: String,
    line: u32,
    column: u32,
    message: &'a str,
}

#[derive(Serialize)]
struct Numbers {
    errors: usize,
    warnings: usize,
}

/// All findings as one JSON document.
pub(super) fn render(diagnostics: &[Diagnostic], sources: &SourceMap, options: &Options<'_>) -> String {
    let Counts { errors, warnings } = Counts::of(diagnostics);
    let items = diagnostics.iter().map(|diagnostic| item(diagnostic, sources, options)).collect();
    encode(&Report { version: 1, diagnostics: items, counts: Numbers { errors, warnings } })
}

/// A document as indented JSON that ends in a newline and can be looked at without harm.
pub(in crate::report) fn encode(document: &impl Serialize) -> String {
    let mut encoded = serde_json::to_string_pretty(document).expect("texts and numbers are always JSON");
    encoded.push('\n');
    escape::json(&encoded).into_owned()
}

fn item<'a>(diagnostic: &'a Diagnostic, sources: &SourceMap, options: &Options<'_>) -> Item<'a> {
    let at = diagnostic.span().map(|span| sources.locate(span));
    let file = match &diagnostic.place {
        Place::At(mark) => Some(options.path(sources.file(mark.span.file).path())),
        Place::File(path) => Some(options.whole_file(diagnostic.code, path)),
        Place::Inventory => None,
    };
    Item {
        code: diagnostic.code.name(),
        severity: diagnostic.severity.name(),
        message: &diagnostic.message,
        file,
        line: at.as_ref().map(|at| at.line),
        column: at.as_ref().map(|at| at.column),
        end_line: at.as_ref().map(|at| at.end_line),
        end_column: at.as_ref().map(|at| at.end_column),
        help: diagnostic.help.as_deref(),
        related: diagnostic.related.iter().map(|mark| related(mark, sources, options)).collect(),
    }
}

fn related<'a>(mark: &'a Mark, sources: &SourceMap, options: &Options<'_>) -> Related<'a> {
    let at = sources.locate(mark.span);
    Related { file: options.path(at.path), line: at.line, column: at.column, message: &mark.words }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, sample};
    use crate::diag::{Code, Diagnostic, Place};
    use crate::source::SourceMap;

    #[test]
    fn the_shape_is_the_promised_one() {
        let (sources, diagnostics) = sample::typo();
        let expected = r#"{
  "version": 1,
  "diagnostics": [
    {
      "code": "unknown-user",
      "severity": "error",
      "message": "the user `bobb` is not declared",
      "file": "input/tenants/vision.yaml",
      "line": 3,
      "column": 11,
      "endLine": 3,
      "endColumn": 15,
      "help": "did you mean `bob`?",
      "related": [
        {
          "file": "input/users.yaml",
          "line": 2,
          "column": 3,
          "message": "`bob` is declared here"
        }
      ]
    }
  ],
  "counts": {
    "errors": 1,
    "warnings": 0
  }
}
"#;
        assert_eq!(super::render(&diagnostics, &sources, &sample::options(Format::Json)), expected);
    }

    #[test]
    fn what_does_not_apply_is_left_out() {
        let diagnostics = [
            Diagnostic::new(Code::NoPlatform, Place::Inventory, "x"),
            Diagnostic::new(Code::NotUtf8, Place::File("a.yaml".into()), "y"),
        ];
        let shown = super::render(&diagnostics, &SourceMap::default(), &sample::options(Format::Json));
        assert!(shown.contains("\"file\": \"input/a.yaml\",\n      \"related\": []"), "{shown}");
        assert!(!shown.contains("line") && !shown.contains("null") && !shown.contains("help"), "{shown}");
        assert_eq!(shown.matches("file").count(), 1);
    }

    #[test]
    fn hostile_text_stays_text() {
        let (sources, diagnostics) = sample::hostile();
        let shown = super::render(&diagnostics, &sources, &sample::options(Format::Json));
        assert!(!shown.contains(|c: char| crate::report::escape::is_hidden(c) && c != '\n'), "{shown}");
        let read: serde_json::Value = serde_json::from_str(&shown).expect("it is JSON");
        assert_eq!(read["diagnostics"][0]["message"], diagnostics[0].message.as_str());
    }
}
