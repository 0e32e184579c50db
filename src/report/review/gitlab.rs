//! GitLab's Code Quality report, which a merge request shows as a list and in the lines of its changes.

use serde::Serialize;

use super::Options;
use super::findings::{self, Finding, Level};
use crate::diff::ChangeSet;
use crate::report::fingerprint::Fingerprints;
use crate::report::json;

#[derive(Serialize)]
struct Issue<'a> {
    description: &'a str,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// How many issues there are at most. GitLab names no limit, but a merge request has to load them all.
const ISSUES: usize = 5_000;

/// The risks and guards of a change, and who gains by which line, as a list of issues. Of too many, the worst are kept, and
/// the last one counts the others. Without any it is an empty list.
pub fn render(changes: &ChangeSet, options: &Options<'_>) -> String {
    let mut findings = findings::all(changes);
    if findings.len() > ISSUES {
        let more = findings.len() - (ISSUES - 1);
        findings.truncate(ISSUES - 1);
        findings.push(findings::more(more));
    }
    let mut fingerprints = Fingerprints::default();
    let issues = findings.iter().map(|finding| Issue {
        description: &finding.message,
        check_name: &finding.rule,
        fingerprint: fingerprints.of(&finding.identity),
        severity: severity(finding),
        location: location(finding, options),
    });
    json::encode(&issues.collect::<Vec<_>>())
}

fn severity(finding: &Finding<'_>) -> &'static str {
    match finding.level {
        Level::Error if finding.is_guard() => "critical",
        Level::Error => "blocker",
        Level::Warning => "major",
        Level::Note => "info",
    }
}

/// The report wants a place always: the folder, if there is no better one.
fn location(finding: &Finding<'_>, options: &Options<'_>) -> Location {
    let (path, line) = match finding.place {
        Some((file, line)) => (file.to_owned(), line.max(1)),
        None => (options.folder(), 1),
    };
    Location { path, lines: Lines { begin: line } }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::sample::{HOSTILE, Review, gain, risk};
    use super::*;
    use crate::diff::RiskCode;
    use crate::report::escape::is_hidden;

    fn show(review: &Review) -> Value {
        let options = Options { folder: "input", ..Options::default() };
        serde_json::from_str(&render(review, &options)).expect("the report is JSON")
    }

    #[test]
    fn an_issue_has_what_gitlab_asks_for() {
        let mut review = Review::none();
        review.risks = vec![risk(RiskCode::ProfileRemoved, "vision")];
        let mut shown = show(&review);
        let fingerprint = shown[0]["fingerprint"].take();
        assert_eq!(fingerprint.as_str().map(str::len), Some(34));
        let expected = json!([{
            "description": "a Profile goes, and with it the namespace and its volumes: `vision`",
            "check_name": "profile-removed",
            "fingerprint": null,
            "severity": "blocker",
            "location": {"path": "input/tenants/vision.yaml", "lines": {"begin": 3}},
        }]);
        assert_eq!(shown, expected);
        assert_eq!(show(&Review::none()), json!([]));
    }

    #[test]
    fn fingerprints_are_unique_and_do_not_follow_lines() {
        let mut review = Review::none();
        review.risks = vec![risk(RiskCode::ProfileRemoved, "a"); 2];
        let before = show(&review);
        assert_ne!(before[0]["fingerprint"], before[1]["fingerprint"]);
        review.risks[0].place = None;
        let after = show(&review);
        assert_eq!(before[0]["fingerprint"], after[0]["fingerprint"]);
        assert_eq!(after[0]["location"], json!({"path": "input", "lines": {"begin": 1}}));
    }

    #[test]
    fn of_too_many_the_worst_are_kept_and_the_rest_counted() {
        let mut review = Review::none();
        review.risks = vec![risk(RiskCode::ProfileRemoved, "vision")];
        review.gained = (0..ISSUES).map(|at| gain("p", &format!("n{at}"), "ada")).collect();
        let shown = show(&review);
        assert_eq!(shown.as_array().map(Vec::len), Some(ISSUES));
        assert_eq!(shown[0]["severity"], "blocker");
        assert_eq!(shown[ISSUES - 1]["description"], "2 more findings, the least of all; the JSON form has everything");
    }

    #[test]
    fn hostile_text_stays_text() {
        let mut review = Review::none();
        review.risks = vec![risk(RiskCode::ProfileRemoved, HOSTILE)];
        let shown = render(&review, &Options::default());
        assert!(!shown.contains(|c: char| is_hidden(c) && c != '\n'), "{shown}");
        assert!(show(&review)[0]["description"].as_str().is_some_and(|text| text.contains(HOSTILE)));
    }
}
