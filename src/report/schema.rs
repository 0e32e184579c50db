//! JSON Schema (2020-12) of what `access` and `diff` print.
//!
//! The schemas are strict about what is there, and open for fields that are added later.

use serde_json::{Value, json};

use crate::diag::Code;
use crate::diff::RiskCode;

/// The reports that have a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// `access --format json`.
    Access,
    /// `diff --format json`.
    Diff,
}

/// The schema of a report. Ends in a line feed.
pub fn schema(report: Report) -> String {
    let (name, title, mut root) = match report {
        Report::Access => ("access", "Who has access to what, and why", access()),
        Report::Diff => ("diff", "What a change of an inventory means", diff()),
    };
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root["$id"] = json!(format!("https://tenantry.dev/schema/report/v1/{name}.json"));
    root["title"] = json!(title);
    root["$defs"] = definitions();
    format!("{root:#}\n")
}

/// An object with these properties, of which those in `optional` may be missing.
fn object(properties: Value, optional: &[&str]) -> Value {
    let names = properties.as_object().into_iter().flat_map(|properties| properties.keys());
    let required: Vec<&String> = names.filter(|name| !optional.contains(&name.as_str())).collect();
    json!({"type": "object", "required": required, "properties": properties})
}

fn text(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

fn count(description: &str) -> Value {
    json!({"type": "integer", "minimum": 0, "description": description})
}

fn list(of: &str) -> Value {
    json!({"type": "array", "items": {"$ref": format!("#/$defs/{of}")}})
}

fn words(words: &[&str]) -> Value {
    json!({"type": "string", "enum": words})
}

const ROLES: &[&str] = &["admin", "edit", "view"];

fn access() -> Value {
    object(
        json!({
            "version": {"const": 1},
            "asOf": {"$ref": "#/$defs/day"},
            "platformAdmins": list("platformAdmin"),
            "access": list("fact"),
        }),
        &[],
    )
}

fn diff() -> Value {
    let changes = json!({"gained": list("fact"), "lost": list("fact"), "changed": list("change")});
    let objects = json!({"added": list("object"), "removed": list("object"), "modified": list("object")});
    let counts = json!({
        "tenants": count("Tenants with a change of any kind."),
        "people": count("People whose access changes."),
        "gained": count("Access facts that are gained."),
        "lost": count("Access facts that are lost."),
        "changed": count("Access facts with another role or another way to notebooks."),
        "rerouted": count("Access facts that stay, with other evidence."),
    });
    object(
        json!({
            "version": {"const": 1},
            "base": text("The revision or folder that the change starts from."),
            "head": text("The revision or folder that it leads to."),
            "asOf": {"$ref": "#/$defs/day"},
            "notes": {"type": "array", "items": text("How the sides were made.")},
            "verdict": words(&["none", "refactor", "narrowing", "widening", "mixed", "destructive"]),
            "access": object(changes, &[]),
            "risks": list("risk"),
            "objects": object(objects, &[]),
            "guards": list("guard"),
            "counts": object(counts, &[]),
            "approvals": list("approval"),
            "platformApprovals": list("platformApproval"),
        }),
        &["platformApprovals"],
    )
}

fn definitions() -> Value {
    let approval = json!({"tenant": text("A tenant that the change touches."), "owners": list("approver")});
    let platform_approval =
        json!({"cluster": text("A cluster whose settings the change touches."), "admins": list("approver")});
    let approver = json!({
        "user": text("Somebody who answers for it. One of them has to agree."),
        "identity": text("What the clusters call the person."),
        "email": text("The person's address, if the inventory has one."),
    });
    let way = json!({
        "kind": words(&["direct", "group", "foreign", "owner", "personal", "stand-in"]),
        "path": {"type": "array", "items": text("A group; the one that the entry names comes first.")},
        "role": words(ROLES),
        "until": {"$ref": "#/$defs/day"},
        "file": text("The file of the entry."),
        "line": {"$ref": "#/$defs/line"},
    });
    let risks: Vec<&str> = RiskCode::ALL.iter().map(|code| code.name()).collect();
    let guards: Vec<&str> = Code::ALL.iter().filter(|code| code.is_guard()).map(|code| code.name()).collect();
    let risk = json!({
        "code": {"type": "string", "examples": risks},
        "severity": words(&["destructive", "widening", "notice"]),
        "cluster": text("The cluster."),
        "namespace": text("The namespace, if it is about one."),
        "message": text("What happens."),
        "file": text("Where it is written."),
        "line": {"$ref": "#/$defs/line"},
    });
    let guard = json!({
        "code": {"type": "string", "examples": guards},
        "message": text("What would be refused."),
        "help": text("What to write to go on."),
        "file": text("Where it is written."),
        "line": {"$ref": "#/$defs/line"},
    });
    let id = json!({
        "cluster": text("The cluster."),
        "apiVersion": text("Group and version."),
        "kind": text("The kind."),
        "namespace": text("Its namespace; empty if it is in none."),
        "name": text("Its name."),
    });
    let admin = json!({
        "cluster": text("The cluster."),
        "user": text("Short name."),
        "identity": text("The identity."),
    });
    let change = json!({
        "allOf": [{"$ref": "#/$defs/fact"}],
        "type": "object",
        "required": ["before", "notebookAccessBefore"],
        "properties": {"before": words(ROLES), "notebookAccessBefore": {"type": "boolean"}},
    });
    json!({
        "day": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "line": {"type": "integer", "minimum": 1},
        "approval": object(approval, &[]),
        "platformApproval": object(platform_approval, &[]),
        "approver": object(approver, &["email"]),
        "platformAdmin": object(admin, &[]),
        "fact": object(fact(), &["user"]),
        "change": change,
        "way": object(way, &["until"]),
        "risk": object(risk, &["namespace", "file", "line"]),
        "guard": object(guard, &["help", "file", "line"]),
        "object": object(id, &[]),
    })
}

fn fact() -> Value {
    json!({
        "cluster": text("The cluster."),
        "tenant": text("The tenant."),
        "namespace": text("The namespace."),
        "user": text("Short name of a person."),
        "identity": text("What RBAC compares."),
        "kind": words(&["User", "ServiceAccount", "Group"]),
        "role": words(ROLES),
        "notebookAccess": {"type": "boolean"},
        "via": list("way"),
    })
}
