//! SARIF 2.1.0, for code scanning and for tools that collect the findings of many others.
//!
//! The limits are those of GitHub: it refuses more than 25,000 results in a run and more than 1,000 places in a result.

mod line;

use std::collections::BTreeSet;

use super::{Options, message_and_help, most_severe};
use crate::diag::{Code, Diagnostic, Fix, Mark, Place};
use crate::report::fingerprint::Fingerprints;
use crate::report::json;
use crate::report::sarif::{
    self, Change, Configuration, FINGERPRINT, Help, Location, Outcome, PhysicalLocation, Region, Repair, Replacement,
    Rule, Run, Text, artifact, message,
};
use crate::source::{SourceMap, Span};

/// How many results a run may have.
const RESULTS: usize = 25_000;

/// How many related places a result may have, besides its own.
const RELATED: usize = 999;

/// The findings as one run of one tool.
pub(super) fn render(diagnostics: &[Diagnostic], sources: &SourceMap, options: &Options<'_>) -> String {
    json::encode(&sarif::log(run(diagnostics, sources, options)))
}

fn run(diagnostics: &[Diagnostic], sources: &SourceMap, options: &Options<'_>) -> Run {
    let shown = most_severe(diagnostics, RESULTS);
    let codes: BTreeSet<Code> = shown.iter().map(|diagnostic| diagnostic.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let mut fingerprints = Fingerprints::default();
    let results = shown.iter().map(|diagnostic| {
        let fingerprint = fingerprints.of(&line::identity(diagnostic, sources));
        outcome(diagnostic, fingerprint, &codes, sources, options)
    });
    let results = results.collect();
    Run {
        tool: sarif::tool(codes.iter().copied().map(rule).collect()),
        automation_details: None,
        invocations: [sarif::invocation(shown.len(), diagnostics.len(), "errors")],
        column_kind: "unicodeCodePoints",
        results,
    }
}

fn rule(code: Code) -> Rule {
    Rule {
        id: code.name().to_owned(),
        short_description: Text { text: code.summary().to_owned() },
        full_description: Text { text: code.summary().to_owned() },
        help: Some(Help { text: code.long(), markdown: code.long() }),
        default_configuration: Configuration { level: code.severity().name() },
    }
}

fn outcome(
    diagnostic: &Diagnostic,
    fingerprint: String,
    codes: &[Code],
    sources: &SourceMap,
    options: &Options<'_>,
) -> Outcome {
    let related = diagnostic.related.iter().take(RELATED).enumerate();
    Outcome {
        rule_id: diagnostic.code.name().to_owned(),
        rule_index: codes.partition_point(|&code| code < diagnostic.code),
        level: diagnostic.severity.name(),
        message: message(&message_and_help(diagnostic)),
        locations: [location(diagnostic, sources, options)],
        related_locations: related.map(|(at, mark)| related_location(at + 1, mark, sources, options)).collect(),
        partial_fingerprints: [(FINGERPRINT, fingerprint)].into(),
        fixes: diagnostic.fix.iter().map(|fix| repair(fix, sources, options)).collect(),
    }
}

/// Every result has a place, because GitHub refuses those without: the folder, if it is about the whole inventory.
fn location(diagnostic: &Diagnostic, sources: &SourceMap, options: &Options<'_>) -> Location {
    let physical_location = match &diagnostic.place {
        Place::At(mark) => physical(mark.span, sources, options),
        Place::File(path) => whole(&options.whole_file(diagnostic.code, path)),
        Place::Inventory => whole(&options.folder()),
    };
    let words = match &diagnostic.place {
        Place::At(mark) => mark.words.as_str(),
        Place::File(_) | Place::Inventory => "",
    };
    Location { id: None, physical_location, message: words_message(words) }
}

fn related_location(id: usize, mark: &Mark, sources: &SourceMap, options: &Options<'_>) -> Location {
    let physical_location = physical(mark.span, sources, options);
    Location { id: Some(id), physical_location, message: words_message(&mark.words) }
}

fn repair(fix: &Fix, sources: &SourceMap, options: &Options<'_>) -> Repair {
    let path = options.path(sources.file(fix.span.file).path());
    let replacement = Replacement {
        deleted_region: region(fix.span, sources),
        // What is inserted has to be exact: it is a repair and not a message.
        inserted_content: Text { text: fix.replacement.clone() },
    };
    Repair { artifact_changes: [Change { artifact_location: artifact(&path), replacements: [replacement] }] }
}

fn words_message(words: &str) -> Option<Text> {
    (!words.is_empty()).then(|| message(words))
}

fn physical(span: Span, sources: &SourceMap, options: &Options<'_>) -> PhysicalLocation {
    let path = options.path(sources.file(span.file).path());
    PhysicalLocation { artifact_location: artifact(&path), region: Some(region(span, sources)) }
}

fn whole(path: &str) -> PhysicalLocation {
    PhysicalLocation { artifact_location: artifact(path), region: None }
}

fn region(span: Span, sources: &SourceMap) -> Region {
    let at = sources.locate(span);
    Region {
        start_line: at.line,
        start_column: Some(at.column),
        end_line: Some(at.end_line),
        end_column: Some(at.end_column),
    }
}

#[cfg(test)]
mod tests;
