//! The JSON of `diff`. Its shape is a promise to scripts: fields may be added, none may change its meaning.

use serde::Serialize;

use crate::diff::{AccessChange, Approval, ChangeSet, GuardFinding, ObjectRef, PlatformApproval, Risk};
use crate::report::access::json::Fact;
use crate::report::json::encode;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    version: u32,
    base: &'a str,
    head: &'a str,
    as_of: String,
    notes: &'a [String],
    verdict: &'static str,
    access: Access<'a>,
    risks: Vec<RiskEntry<'a>>,
    objects: Objects<'a>,
    guards: Vec<Guard<'a>>,
    counts: Counts,
    approvals: &'a [Approval],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    platform_approvals: &'a [PlatformApproval],
}

#[derive(Serialize)]
struct Access<'a> {
    gained: Vec<Fact<'a>>,
    lost: Vec<Fact<'a>>,
    changed: Vec<Change<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    #[serde(flatten)]
    fact: Fact<'a>,
    before: &'static str,
    notebook_access_before: bool,
}

#[derive(Serialize)]
struct RiskEntry<'a> {
    code: &'static str,
    severity: &'static str,
    cluster: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

#[derive(Serialize)]
struct Objects<'a> {
    added: Vec<Id<'a>>,
    removed: Vec<Id<'a>>,
    modified: Vec<Id<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Id<'a> {
    cluster: &'a str,
    api_version: &'a str,
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct Guard<'a> {
    code: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

#[derive(Serialize)]
struct Counts {
    tenants: usize,
    people: usize,
    gained: usize,
    lost: usize,
    changed: usize,
    rerouted: usize,
}

/// The review as one JSON document.
pub(super) fn render(changes: &ChangeSet) -> String {
    encode(&Report {
        version: 1,
        base: &changes.base,
        head: &changes.head,
        as_of: changes.as_of.to_string(),
        notes: &changes.notes,
        verdict: changes.verdict.name(),
        access: Access {
            gained: changes.gained.iter().map(Fact::from).collect(),
            lost: changes.lost.iter().map(Fact::from).collect(),
            changed: changes.changed.iter().map(change).collect(),
        },
        risks: changes.risks.iter().map(risk).collect(),
        objects: Objects {
            added: changes.objects.added.iter().map(id).collect(),
            removed: changes.objects.removed.iter().map(id).collect(),
            modified: changes.objects.modified.iter().map(id).collect(),
        },
        guards: changes.guards.iter().map(guard).collect(),
        counts: Counts {
            tenants: changes.counts.tenants,
            people: changes.counts.people,
            gained: changes.counts.gained,
            lost: changes.counts.lost,
            changed: changes.counts.changed,
            rerouted: changes.counts.rerouted,
        },
        approvals: &changes.approvals,
        platform_approvals: &changes.platform_approvals,
    })
}

fn change(change: &AccessChange) -> Change<'_> {
    Change {
        fact: Fact::from(&change.fact),
        before: change.before.name(),
        notebook_access_before: change.notebook_access_before,
    }
}

fn risk(risk: &Risk) -> RiskEntry<'_> {
    let (file, line) = place(&risk.place);
    RiskEntry {
        code: risk.code.name(),
        severity: risk.severity.name(),
        cluster: &risk.cluster,
        namespace: risk.namespace.as_deref(),
        message: &risk.message,
        file,
        line,
    }
}

fn guard(guard: &GuardFinding) -> Guard<'_> {
    let (file, line) = place(&guard.place);
    Guard { code: guard.code.name(), message: &guard.message, help: guard.help.as_deref(), file, line }
}

fn place(place: &Option<(String, u32)>) -> (Option<&str>, Option<u32>) {
    place.as_ref().map_or((None, None), |(file, line)| (Some(file.as_str()), Some(*line)))
}

fn id(object: &ObjectRef) -> Id<'_> {
    Id {
        cluster: &object.cluster,
        api_version: &object.api_version,
        kind: &object.kind,
        namespace: &object.namespace,
        name: &object.name,
    }
}
