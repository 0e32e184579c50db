//! What `check` gives to other programs.

use serde_json::Value;

use super::Test;
use super::sandbox::{Sandbox, tenant};

pub const TESTS: &[Test] = &[
    ("json", json),
    ("json-of-nothing", json_of_nothing),
    ("json-without-a-place", json_without_a_place),
    ("sarif", sarif),
    ("github", github),
];

/// An inventory with an error, two related places and a warning.
fn faulty() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("input/wrong.yaml", tenant("wrong", "{owner: bobb, contributors: [{user: root}]}"));
    sandbox.write("input/zwei.yaml", tenant("vision", "{}"));
    sandbox.write("input/warned.yaml", tenant("warned", "{contributors: [{user: root}]}"));
    sandbox
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("it is JSON")
}

/// Names of the fields of an object.
fn fields(object: &Value) -> Vec<&str> {
    object.as_object().expect("it is an object").keys().map(String::as_str).collect()
}

fn json() {
    let sandbox = faulty();
    let run = sandbox.run("check --format json").exits(2).says_nothing();
    let report = parse(&run.stdout);
    assert_eq!(fields(&report), ["counts", "diagnostics", "version"]);
    assert_eq!(report["version"], 1);
    assert_eq!(report["counts"], serde_json::json!({"errors": 2, "warnings": 1}));
    let diagnostics = report["diagnostics"].as_array().expect("it is a list");
    let codes: Vec<&str> = diagnostics.iter().filter_map(|it| it["code"].as_str()).collect();
    assert_eq!(codes, ["owner-is-contributor", "unknown-user", "duplicate-tenant"]);
    let unknown = serde_json::json!({
        "code": "unknown-user", "severity": "error", "message": diagnostics[1]["message"],
        "file": "input/wrong.yaml", "line": 4, "column": 15, "endLine": 4, "endColumn": 19,
        "help": "did you mean `bob`?", "related": [],
    });
    assert_eq!(diagnostics[1], unknown);
    let related = &diagnostics[2]["related"][0];
    assert_eq!(fields(related), ["column", "file", "line", "message"]);
    assert_eq!((&related["file"], &related["line"]), (&"input/vision.yaml".into(), &3.into()));
    assert_eq!(diagnostics[0]["severity"], "warning");
}

fn json_of_nothing() {
    let run = Sandbox::new().run("check --format json").exits(0).says_nothing();
    let nothing = serde_json::json!({"version": 1, "diagnostics": [], "counts": {"errors": 0, "warnings": 0}});
    assert_eq!(parse(&run.stdout), nothing);
}

fn json_without_a_place() {
    let sandbox = Sandbox::empty();
    let report = parse(&sandbox.run("check --format json nowhere").exits(2).stdout);
    let found = &report["diagnostics"][0];
    assert_eq!((&found["code"], &found["file"]), (&"unreadable-file".into(), &"nowhere".into()));
    assert!(found.get("line").is_none(), "a whole file has no line");
    sandbox.write("input/people.yaml", super::sandbox::PEOPLE);
    let report = parse(&sandbox.run("check --format json").exits(2).stdout);
    assert_eq!(report["diagnostics"][0]["code"], "no-platform");
    assert!(report["diagnostics"][0].get("file").is_none());
}

fn sarif() {
    let run = faulty().run("check --format sarif").exits(2).says_nothing();
    let log = parse(&run.stdout);
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "tenantry");
    let results = run["results"].as_array().expect("it is a list");
    let levels: Vec<&str> = results.iter().filter_map(|it| it["level"].as_str()).collect();
    assert_eq!(levels, ["warning", "error", "error"]);
    for result in results {
        let rule = result["ruleIndex"].as_u64().and_then(|at| usize::try_from(at).ok()).expect("it is a number");
        assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
    }
    let place = &results[1]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "input/wrong.yaml");
    assert_eq!((&place["region"]["startLine"], &place["region"]["startColumn"]), (&4.into(), &15.into()));
    let empty = parse(&Sandbox::new().run("check --format sarif").exits(0).stdout);
    assert_eq!(empty["runs"][0]["results"], serde_json::json!([]));
}

fn github() {
    let run = faulty().run("check --format github").exits(2).says_nothing();
    let lines: Vec<&str> = run.stdout.lines().filter(|line| line.starts_with("::")).collect();
    // Errors first: GitHub shows only so many.
    assert!(lines[0].starts_with("::error file=input/wrong.yaml,line=4,col=15,"), "{}", run.stdout);
    assert!(lines[1].starts_with("::error file=input/zwei.yaml,line=3,"), "{}", run.stdout);
    assert!(lines[2].starts_with("::warning file=input/warned.yaml,line=4,"), "{}", run.stdout);
}
