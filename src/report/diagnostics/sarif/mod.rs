//! SARIF 2.1.0, for code scanning and for tools that collect the findings of many others.
//!
//! The limits are those of GitHub: it refuses more than 25,000 results in a run and more than 1,000 places in a result.

mod fingerprint;
mod shape;

use std::collections::BTreeSet;

use self::fingerprint::Fingerprints;
use self::shape::{
    Artifact, Change, Configuration, Driver, Help, Invocation, Location, Log, Notification, Outcome, PhysicalLocation,
    Region, Repair, Replacement, Rule, Run, Text, Tool,
};
use super::{Options, json, message_and_help, most_severe};
use crate::diag::{Code, Diagnostic, Fix, Mark, Place};
use crate::report::escape;
use crate::source::{SourceMap, Span};

/// How many results a run may have.
const RESULTS: usize = 25_000;

/// How many related places a result may have, besides its own.
const RELATED: usize = 999;

/// The findings as one run of one tool.
pub(super) fn render(diagnostics: &[Diagnostic], sources: &SourceMap, options: &Options<'_>) -> String {
    json::encode(&Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [run(diagnostics, sources, options)],
    })
}

fn run(diagnostics: &[Diagnostic], sources: &SourceMap, options: &Options<'_>) -> Run {
    let shown = most_severe(diagnostics, RESULTS);
    let codes: BTreeSet<Code> = shown.iter().map(|diagnostic| diagnostic.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let mut fingerprints = Fingerprints::default();
    let results = shown.iter().map(|diagnostic| {
        let fingerprint = fingerprints.of(diagnostic, sources);
        outcome(diagnostic, fingerprint, &codes, sources, options)
    });
    let results = results.collect();
    let driver = Driver {
        name: "tenantry",
        version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules: codes.iter().copied().map(rule).collect(),
    };
    Run {
        tool: Tool { driver },
        invocations: [invocation(shown.len(), diagnostics.len())],
        column_kind: "unicodeCodePoints",
        results,
    }
}

/// Finding mistakes is a success of the tool. What is left out is said here, where the standard wants such notes.
fn invocation(shown: usize, all: usize) -> Invocation {
    let note = || Notification {
        level: "warning",
        message: Text { text: format!("{shown} of {all} findings are listed, errors first; a run cannot hold more") },
    };
    let notes = if shown < all { vec![note()] } else { Vec::new() };
    Invocation { execution_successful: true, tool_execution_notifications: notes }
}

fn rule(code: Code) -> Rule {
    Rule {
        id: code.name(),
        short_description: Text { text: code.summary().to_owned() },
        full_description: Text { text: code.summary().to_owned() },
        help: Help { text: code.long(), markdown: code.long() },
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
        rule_id: diagnostic.code.name(),
        rule_index: codes.partition_point(|&code| code < diagnostic.code),
        level: diagnostic.severity.name(),
        message: message(&message_and_help(diagnostic)),
        locations: [location(diagnostic, sources, options)],
        related_locations: related.map(|(at, mark)| related_location(at + 1, mark, sources, options)).collect(),
        partial_fingerprints: [(fingerprint::NAME, fingerprint)].into(),
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

fn message(text: &str) -> Text {
    Text { text: escape::sarif_message(text) }
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

fn artifact(path: &str) -> Artifact {
    let uri_base_id = (!path.starts_with('/')).then_some("%SRCROOT%");
    Artifact { uri: escape::uri(path), uri_base_id }
}

fn region(span: Span, sources: &SourceMap) -> Region {
    let at = sources.locate(span);
    Region { start_line: at.line, start_column: at.column, end_line: at.end_line, end_column: at.end_column }
}

#[cfg(test)]
mod tests;
