//! The SARIF, against what the schema of SARIF 2.1.0 says of the objects that are written, and against what GitHub asks
//! for besides.

use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use tenantry::report::review::sarif;

use super::{options, sample};

/// Objects of the schema by the path on which they stand: keys that they must have, and others that they may have. The
/// schema allows no further keys.
const OBJECTS: &[(&str, &[&str], &[&str])] = &[
    ("", &["version", "runs"], &["$schema"]),
    ("runs", &["tool"], &["automationDetails", "invocations", "columnKind", "results"]),
    ("runs.automationDetails", &[], &["id"]),
    ("runs.tool", &["driver"], &[]),
    ("runs.tool.driver", &["name"], &["version", "informationUri", "rules"]),
    ("runs.tool.driver.rules", &["id"], &["shortDescription", "fullDescription", "help", "defaultConfiguration"]),
    ("runs.tool.driver.rules.shortDescription", &["text"], &["markdown"]),
    ("runs.tool.driver.rules.fullDescription", &["text"], &["markdown"]),
    ("runs.tool.driver.rules.help", &["text"], &["markdown"]),
    ("runs.tool.driver.rules.defaultConfiguration", &[], &["level"]),
    ("runs.invocations", &["executionSuccessful"], &["toolExecutionNotifications"]),
    ("runs.invocations.toolExecutionNotifications", &["message"], &["level"]),
    ("runs.invocations.toolExecutionNotifications.message", &["text"], &["markdown"]),
    ("runs.results", &["message"], &["ruleId", "ruleIndex", "level", "locations", "partialFingerprints"]),
    ("runs.results.message", &["text"], &["markdown"]),
    ("runs.results.partialFingerprints", &["tenantry/v1"], &[]),
    ("runs.results.locations", &[], &["physicalLocation"]),
    ("runs.results.locations.physicalLocation", &["artifactLocation"], &["region"]),
    ("runs.results.locations.physicalLocation.artifactLocation", &["uri"], &["uriBaseId"]),
    ("runs.results.locations.physicalLocation.region", &["startLine"], &[]),
];

/// How bad a result can be.
const LEVELS: [&str; 4] = ["none", "note", "warning", "error"];

/// The tests of the SARIF.
pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("review::sarif_has_the_shape_of_the_standard", has_the_shape),
        Trial::test("review::sarif_says_who_gains_after_what_is_dangerous", gains_come_last),
        Trial::test("review::sarif_of_a_wrong_shape_is_seen", wrong_shape_is_seen),
    ]
}

fn log() -> Result<Value, Failed> {
    Ok(serde_json::from_str(&sarif::render(&sample::rich(), &options()))?)
}

/// Every complaint about an object and what is in it.
fn complaints(path: &str, value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| complaints(path, item, out)),
        Value::Object(fields) => {
            let Some((_, must, may)) = OBJECTS.iter().find(|(known, ..)| *known == path) else {
                return out.push(format!("`{path}` is no object of the standard that is known here"));
            };
            let missing = must.iter().filter(|key| !fields.contains_key(**key));
            out.extend(missing.map(|key| format!("`{path}` has no `{key}`")));
            let unknown = fields.keys().filter(|key| !must.contains(&key.as_str()) && !may.contains(&key.as_str()));
            out.extend(unknown.map(|key| format!("`{path}` has a `{key}`")));
            for (key, field) in fields {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                complaints(&below, field, out);
            }
        }
        Value::Null => out.push(format!("`{path}` is null")),
        Value::String(text) if path.ends_with(".level") && !LEVELS.contains(&text.as_str()) => {
            out.push(format!("`{text}` is no level"));
        }
        Value::String(text) if text.is_empty() => out.push(format!("`{path}` is empty")),
        Value::Number(number) if path.ends_with("startLine") && number.as_u64().is_none_or(|line| line < 1) => {
            out.push("lines are counted from 1".to_owned());
        }
        _ => {}
    }
}

fn has_the_shape() -> Result<(), Failed> {
    let log = log()?;
    let mut found = Vec::new();
    complaints("", &log, &mut found);
    if log["version"] != "2.1.0" {
        found.push("the version is not 2.1.0".to_owned());
    }
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().map_or(0, Vec::len);
    for result in log["runs"][0]["results"].as_array().into_iter().flatten() {
        let index = result["ruleIndex"].as_u64().and_then(|at| usize::try_from(at).ok());
        let rule = index.filter(|at| *at < rules).map(|at| &log["runs"][0]["tool"]["driver"]["rules"][at]["id"]);
        if rule != Some(&result["ruleId"]) {
            found.push(format!("{} does not lead to its rule", result["ruleId"]));
        }
    }
    if found.is_empty() { Ok(()) } else { Err(found.join("\n").into()) }
}

fn wrong_shape_is_seen() -> Result<(), Failed> {
    let mut log = log()?;
    let result = &mut log["runs"][0]["results"][0];
    result["level"] = "notice".into();
    result["severity"] = "high".into();
    result["locations"][0]["physicalLocation"]["region"]["startLine"] = 0.into();
    if let Some(fields) = result.as_object_mut() {
        fields.remove("message");
    }
    let mut found = Vec::new();
    complaints("", &log, &mut found);
    found.sort();
    let expected = [
        "`notice` is no level",
        "`runs.results` has a `severity`",
        "`runs.results` has no `message`",
        "lines are counted from 1",
    ];
    if found == expected { Ok(()) } else { Err(format!("{found:#?}").into()) }
}

/// Where a forge shows only the first results, those are the ones to see.
fn gains_come_last() -> Result<(), Failed> {
    let log = log()?;
    let results = log["runs"][0]["results"].as_array().cloned().unwrap_or_default();
    let rules: Vec<&str> = results.iter().filter_map(|result| result["ruleId"].as_str()).collect();
    let first = rules.iter().position(|rule| *rule == "access-gained").ok_or("nobody gains")?;
    let notes = rules.iter().skip(first).all(|rule| *rule == "access-gained" || *rule == "access-lost");
    let lost = rules.iter().filter(|rule| **rule == "access-lost").count();
    let gained: Vec<&Value> = results.iter().filter(|result| result["ruleId"] == "access-gained").collect();
    let sound = gained.iter().all(|gain| gain["level"] == "note");
    let place = &gained[0]["locations"][0]["physicalLocation"];
    let has_place =
        place["region"]["startLine"] == 7 && place["artifactLocation"]["uri"] == "input/tenants/speech.yaml";
    if notes && lost == 1 && sound && has_place { Ok(()) } else { Err(format!("{rules:#?}\n{place}").into()) }
}
