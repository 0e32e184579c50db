//! The part of SARIF 2.1.0 that is written, field by field as the standard names them, for every report that comes out
//! as SARIF.

use std::collections::BTreeMap;

use serde::Serialize;

use super::escape;

/// The name and version of the method by which [`Fingerprints`](super::fingerprint::Fingerprints) are made. A change of
/// the method must change it.
///
/// The name is our own: under the name that GitHub uses, its upload action expects a checksum of its own making and
/// warns about every other one. It adds that checksum by itself.
pub(super) const FINGERPRINT: &str = "tenantry/v1";

/// One run as a whole log.
pub(super) fn log(run: Run) -> Log {
    Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [run],
    }
}

/// tenantry, with the rules that occur.
pub(super) fn tool(rules: Vec<Rule>) -> Tool {
    let driver = Driver {
        name: "tenantry",
        version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules,
    };
    Tool { driver }
}

/// A text in which nothing becomes a link.
pub(super) fn message(text: &str) -> Text {
    Text { text: escape::sarif_message(text) }
}

/// A file, by its path from the root of the repository or by its absolute one.
pub(super) fn artifact(path: &str) -> Artifact {
    let uri_base_id = (!path.starts_with('/')).then_some("%SRCROOT%");
    Artifact { uri: escape::uri(path), uri_base_id }
}

/// Finding mistakes is a success of the tool. What is left out is said here, where the standard wants such notes.
pub(super) fn invocation(shown: usize, all: usize, order: &str) -> Invocation {
    let text = format!("{shown} of {all} findings are listed, {order} first; a run cannot hold more");
    let note = Notification { level: "warning", message: Text { text } };
    let notes = if shown < all { vec![note] } else { Vec::new() };
    Invocation { execution_successful: true, tool_execution_notifications: notes }
}

#[derive(Serialize)]
pub(super) struct Log {
    #[serde(rename = "$schema")]
    pub schema: &'static str,
    pub version: &'static str,
    pub runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run {
    pub tool: Tool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automation_details: Option<Automation>,
    pub invocations: [Invocation; 1],
    pub column_kind: &'static str,
    pub results: Vec<Outcome>,
}

/// What keeps the run apart from others of the same tool on the same commit.
#[derive(Serialize)]
pub(super) struct Automation {
    pub id: &'static str,
}

#[derive(Serialize)]
pub(super) struct Tool {
    pub driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Driver {
    pub name: &'static str,
    pub version: &'static str,
    pub information_uri: &'static str,
    pub rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    pub id: String,
    pub short_description: Text,
    pub full_description: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<Help>,
    pub default_configuration: Configuration,
}

#[derive(Serialize)]
pub(super) struct Configuration {
    pub level: &'static str,
}

#[derive(Serialize)]
pub(super) struct Help {
    pub text: &'static str,
    pub markdown: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation {
    pub execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
pub(super) struct Notification {
    pub level: &'static str,
    pub message: Text,
}

/// What the standard calls a result.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outcome {
    pub rule_id: String,
    pub rule_index: usize,
    pub level: &'static str,
    pub message: Text,
    pub locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related_locations: Vec<Location>,
    pub partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fixes: Vec<Repair>,
}

#[derive(Serialize)]
pub(super) struct Text {
    pub text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<usize>,
    pub physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation {
    pub artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Artifact {
    pub uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub start_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
}

/// What the standard calls a fix.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Repair {
    pub artifact_changes: [Change; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Change {
    pub artifact_location: Artifact,
    pub replacements: [Replacement; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Replacement {
    pub deleted_region: Region,
    pub inserted_content: Text,
}
