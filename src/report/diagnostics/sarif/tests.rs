//! Tests of the SARIF output as a whole.

use serde_json::Value;

use super::super::{Format, Options, sample};
use crate::diag::{Code, Diagnostic, Place};
use crate::source::SourceMap;

fn show(diagnostics: &[Diagnostic], sources: &SourceMap) -> Value {
    let shown = super::render(diagnostics, sources, &sample::options(Format::Sarif));
    serde_json::from_str(&shown).expect("SARIF is JSON")
}

#[test]
fn a_result_has_rule_place_and_repair() {
    let (sources, diagnostics) = sample::typo();
    let log = show(&diagnostics, &sources);
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "unknown-user");
    assert_eq!(run["tool"]["driver"]["rules"][0]["defaultConfiguration"]["level"], "error");
    let result = &run["results"][0];
    assert_eq!(result["message"]["text"], "the user `bobb` is not declared\nhelp: did you mean `bob`?");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "input/tenants/vision.yaml");
    let region = serde_json::json!({"startLine": 3, "startColumn": 11, "endLine": 3, "endColumn": 15});
    assert_eq!(place["region"], region);
    assert_eq!(result["relatedLocations"][0]["message"]["text"], "`bob` is declared here");
    let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!((&replacement["deletedRegion"], &replacement["insertedContent"]["text"]), (&region, &"bob".into()));
}

#[test]
fn rules_are_those_that_occur_and_indices_lead_to_them() {
    let codes = [Code::StockNamespace, Code::NoPlatform, Code::StockNamespace];
    let diagnostics = codes.map(|code| Diagnostic::new(code, Place::Inventory, "m"));
    let log = show(&diagnostics, &SourceMap::default());
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules are a list");
    assert_eq!(rules.len(), 2);
    for (result, code) in run["results"].as_array().expect("results are a list").iter().zip(codes) {
        let index = result["ruleIndex"].as_u64().and_then(|index| usize::try_from(index).ok()).expect("an index");
        assert_eq!((&rules[index]["id"], &result["ruleId"]), (&code.name().into(), &code.name().into()));
    }
}

#[test]
fn every_result_has_a_place() {
    let diagnostics = [
        Diagnostic::new(Code::NoPlatform, Place::Inventory, "m"),
        Diagnostic::new(Code::NotUtf8, Place::File("ü b.yaml".into()), "m"),
    ];
    let uri = |prefix| {
        let options = Options { path_prefix: prefix, ..sample::options(Format::Sarif) };
        let shown = super::render(&diagnostics, &SourceMap::default(), &options);
        let log: Value = serde_json::from_str(&shown).expect("SARIF is JSON");
        [0, 1].map(|at| {
            let place = &log["runs"][0]["results"][at]["locations"][0]["physicalLocation"];
            assert!(place.get("region").is_none());
            place["artifactLocation"]["uri"].as_str().expect("a URI").to_owned()
        })
    };
    assert_eq!(uri("input/"), ["input", "input/%C3%BC%20b.yaml"]);
    assert_eq!(uri("./a#b"), ["a%23b", "a%23b/%C3%BC%20b.yaml"]);
    assert_eq!(uri("."), [".", "%C3%BC%20b.yaml"]);
    assert_eq!(uri(""), [".", "%C3%BC%20b.yaml"]);
    assert_eq!(uri("/srv/in"), ["file:///srv/in", "file:///srv/in/%C3%BC%20b.yaml"]);
}

#[test]
fn fingerprints_survive_moved_lines_and_number_twins() {
    let prints = |text: &str| {
        let sources = SourceMap::new(vec![("a.yaml".into(), text.into())]);
        let at = sample::find(&sources, "a.yaml", "bobb");
        let one = Diagnostic::at(Code::UnknownUser, at, "m");
        let log = show(&[one.clone(), one], &sources);
        [0, 1].map(|at| log["runs"][0]["results"][at]["partialFingerprints"]["tenantry/v1"].to_string())
    };
    let first = prints("- bobb\n");
    assert_eq!(first, prints("# new\n\n  - bobb\nx: y"));
    assert_ne!(first[0], first[1]);
    assert_ne!(first[0], prints("- bobb # late\n")[0]);
}

#[test]
fn too_many_results_are_cut_and_said() {
    let warning = Diagnostic::new(Code::StockNamespace, Place::Inventory, "w");
    let mut all = vec![warning; super::RESULTS];
    all.push(Diagnostic::new(Code::NoPlatform, Place::Inventory, "e"));
    let log = show(&all, &SourceMap::default());
    let run = &log["runs"][0];
    assert_eq!(run["results"].as_array().map(Vec::len), Some(super::RESULTS));
    assert_eq!(run["results"][0]["level"], "error");
    let note = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str();
    assert!(note.is_some_and(|note| note.starts_with("25000 of 25001 findings")), "{note:?}");
}

#[test]
fn nothing_found_is_a_run_without_results() {
    let log = show(&[], &SourceMap::default());
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
    assert!(log["runs"][0]["invocations"][0].get("toolExecutionNotifications").is_none());
}

#[test]
fn hostile_text_makes_no_links() {
    let (sources, diagnostics) = sample::hostile();
    let shown = super::render(&diagnostics, &sources, &sample::options(Format::Sarif));
    assert!(!shown.contains(|c: char| crate::report::escape::is_hidden(c) && c != '\n'), "{shown}");
    let result = &show(&diagnostics, &sources)["runs"][0]["results"][0];
    assert!(!result["message"].to_string().contains("]("));
    let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("a URI");
    assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte)), "{uri}");
    let fix = &result["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"];
    assert_eq!(fix, sample::HOSTILE);
}
