//! SARIF 2.1.0, for code scanning: a result per risk, per guard, and per line that gives access.

use std::collections::BTreeMap;

use super::findings::{self, Finding, Level};
use super::{Options, words};
use crate::diff::ChangeSet;
use crate::report::fingerprint::Fingerprints;
use crate::report::json;
use crate::report::sarif::{
    self, Automation, Configuration, FINGERPRINT, Help, Location, Outcome, PhysicalLocation, Region, Rule, Run, Text,
    artifact, message,
};

/// Of more results in a run, GitHub keeps so many.
const RESULTS: usize = 5_000;

/// Of more places of a result, GitHub refuses the run.
const PLACES: usize = 999;

/// The risks and guards of a change, and who gains by which line, as one run of one tool. Of too many, the worst are kept.
pub fn render(changes: &ChangeSet, options: &Options<'_>) -> String {
    let findings = findings::all(changes);
    let shown = &findings[..findings.len().min(RESULTS)];
    let rules: BTreeMap<&str, &Finding<'_>> = shown.iter().map(|finding| (finding.rule.as_str(), finding)).collect();
    let indices: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(at, name)| (*name, at)).collect();
    let mut fingerprints = Fingerprints::default();
    let results = shown.iter().map(|finding| {
        let index = indices.get(finding.rule.as_str()).copied().unwrap_or_default();
        outcome(finding, index, fingerprints.of(&finding.identity), options)
    });
    let results = results.collect();
    json::encode(&sarif::log(Run {
        tool: sarif::tool(rules.into_values().map(rule).collect()),
        // The findings of `check` on the same commit are another analysis.
        automation_details: Some(Automation { id: "tenantry/diff/" }),
        invocations: [sarif::invocation(shown.len(), findings.len(), "the worst")],
        column_kind: "unicodeCodePoints",
        results,
    }))
}

fn rule(finding: &Finding<'_>) -> Rule {
    let summary = || Text { text: words::capitalised(finding.summary) };
    Rule {
        id: finding.rule.clone(),
        short_description: summary(),
        full_description: summary(),
        help: finding.long.map(|long| Help { text: long, markdown: long }),
        default_configuration: Configuration { level: level(finding.level) },
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

fn outcome(finding: &Finding<'_>, rule_index: usize, fingerprint: String, options: &Options<'_>) -> Outcome {
    Outcome {
        rule_id: finding.rule.clone(),
        rule_index,
        level: level(finding.level),
        message: message(&finding.message),
        locations: [location(finding.place, options)],
        related_locations: finding.more.iter().take(PLACES).map(|it| location(Some(*it), options)).collect(),
        partial_fingerprints: [(FINGERPRINT, fingerprint)].into(),
        fixes: Vec::new(),
    }
}

/// Every result has a place, because GitHub refuses those without: the folder, if there is no better one.
fn location(place: Option<(&str, u32)>, options: &Options<'_>) -> Location {
    let physical_location = match place {
        Some((file, line)) => PhysicalLocation {
            artifact_location: artifact(file),
            region: Some(Region { start_line: line.max(1), start_column: None, end_line: None, end_column: None }),
        },
        None => PhysicalLocation { artifact_location: artifact(&options.folder()), region: None },
    };
    Location { id: None, physical_location, message: None }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::sample::{HOSTILE, Review, risk};
    use super::*;
    use crate::diag::Code;
    use crate::diff::{GuardFinding, Risk, RiskCode};

    fn show(review: &Review) -> Value {
        let options = Options { folder: "input", ..Options::default() };
        serde_json::from_str(&render(review, &options)).expect("SARIF is JSON")
    }

    fn guard(code: Code) -> GuardFinding {
        GuardFinding { code, message: "no".into(), help: Some("write `x`".into()), place: None }
    }

    #[test]
    fn results_lead_to_their_rules() {
        let mut review = Review::none();
        review.risks = vec![risk(RiskCode::NamespaceTakenOver, "a"), risk(RiskCode::GrantExpired, "b")];
        review.guards = vec![guard(Code::NamespaceTakenOver)];
        let log = show(&review);
        let run = &log["runs"][0];
        let results = run["results"].as_array().expect("results are a list");
        let ids: Vec<&str> = results.iter().filter_map(|it| it["ruleId"].as_str()).collect();
        assert_eq!(ids, ["namespace-taken-over", "guard/namespace-taken-over", "grant-expired"]);
        for result in results {
            let index = result["ruleIndex"].as_u64().and_then(|at| usize::try_from(at).ok()).expect("an index");
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
        let levels: Vec<&str> = results.iter().filter_map(|it| it["level"].as_str()).collect();
        assert_eq!(levels, ["error", "error", "note"]);
        let place = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "input/tenants/a.yaml");
        assert_eq!(place["region"], serde_json::json!({"startLine": 3}));
        assert_eq!(results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "input");
        assert_eq!(results[1]["message"]["text"], "no\nhelp: write `x`");
    }

    #[test]
    fn a_moved_line_keeps_its_fingerprint() {
        let prints = |review: &Review| {
            let log = show(review);
            [0, 1].map(|at| log["runs"][0]["results"][at]["partialFingerprints"]["tenantry/v1"].to_string())
        };
        let mut review = Review::none();
        review.risks = vec![risk(RiskCode::QuotaRemoved, "a"), risk(RiskCode::QuotaRemoved, "a")];
        let before = prints(&review);
        review.risks[0].place = Some(("elsewhere.yaml".into(), 99));
        assert_eq!(before, prints(&review));
        assert_ne!(before[0], before[1]);
    }

    #[test]
    fn equal_risks_are_one_result_with_every_place() {
        let mut review = Review::none();
        review.risks = (0..600).map(|at| risk(RiskCode::QuotaLoosened, &format!("t{at}"))).collect();
        let results = &show(&review)["runs"][0]["results"];
        assert_eq!(results.as_array().map(Vec::len), Some(1));
        assert_eq!(results[0]["relatedLocations"].as_array().map(Vec::len), Some(599));
    }

    #[test]
    fn the_worst_are_kept() {
        let mut review = Review::none();
        let numbered = |at| Risk { message: format!("{at}"), ..risk(RiskCode::QuotaRemoved, "a") };
        review.risks = (0..RESULTS).map(numbered).collect();
        review.guards = vec![guard(Code::TooFewAdmins)];
        let run = &show(&review)["runs"][0];
        assert_eq!(run["results"].as_array().map(Vec::len), Some(RESULTS));
        assert_eq!(run["results"][0]["level"], "error");
        let note = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str();
        assert!(note.is_some_and(|note| note.starts_with("5000 of 5001 findings are listed, the worst first")));
    }

    #[test]
    fn hostile_text_makes_no_links() {
        let mut review = Review::none();
        review.risks = vec![risk(RiskCode::QuotaRemoved, HOSTILE)];
        let shown = render(&review, &Options::default());
        assert!(!shown.contains(|c: char| crate::report::escape::is_hidden(c) && c != '\n'), "{shown}");
        let result = &show(&review)["runs"][0]["results"][0];
        assert!(!result["message"].to_string().contains("]("));
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("a URI");
        assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte)), "{uri}");
    }
}
