//! Workflow commands of GitHub, which become annotations of a pull request.
//!
//! A step gets ten annotations of each level. So the worst come first, no more than ten of a level are written, and the
//! last line, which is no command, says how many there are besides. What is lost is in the verdict's sentence.

use super::findings::{self, Finding, Level};
use super::{Options, words};
use crate::diff::ChangeSet;
use crate::report::escape::{workflow_message, workflow_property};

/// How many annotations of one level GitHub shows per step.
const SHOWN: usize = 10;

/// The verdict as a notice, then the risks and guards of a change, and who gains by which line.
pub fn render(changes: &ChangeSet, _: &Options<'_>) -> String {
    let mut findings = findings::all(changes);
    findings.retain(|finding| !finding.is_loss());
    let mut out = verdict(changes);
    let mut more = Vec::new();
    for level in Level::ALL {
        let of_level: Vec<&Finding<'_>> = findings.iter().filter(|finding| finding.level == level).collect();
        // The verdict is a notice too.
        let room = if level == Level::Note { SHOWN - 1 } else { SHOWN };
        of_level.iter().take(room).for_each(|finding| out.push_str(&command(finding)));
        if of_level.len() > room {
            more.push(format!(
                "{} more {}",
                words::number(of_level.len() - room),
                plural(level, of_level.len() - room)
            ));
        }
    }
    if !more.is_empty() {
        out.push_str(&format!("{}: GitHub shows {SHOWN} of a level per step\n", more.join(", ")));
    }
    out
}

fn verdict(changes: &ChangeSet) -> String {
    let title = words::capitalised(words::verdict(changes.verdict));
    format!("::notice title=Access review%3A {title}::{}\n", workflow_message(&words::sentence(changes)))
}

fn command(finding: &Finding<'_>) -> String {
    let place = finding
        .place
        .map_or_else(String::new, |(file, line)| format!("file={},line={},", workflow_property(file), line.max(1)));
    let (name, rule) = (name(finding.level), &finding.rule);
    format!("::{name} {place}title={rule}::{}\n", workflow_message(&finding.message))
}

fn name(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    }
}

fn plural(level: Level, count: usize) -> String {
    format!("{}{}", name(level), if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::super::sample::{HOSTILE, Review, risk};
    use super::*;
    use crate::diff::{Risk, RiskCode};

    fn show(review: &Review) -> String {
        render(review, &Options { folder: "input", ..Options::default() })
    }

    #[test]
    fn a_command_names_the_place() {
        let mut review = Review::none();
        review.risks = vec![risk(RiskCode::ProfileRemoved, "vision")];
        review.settle();
        let expected = "::notice title=Access review%3A Destructive::1 change can destroy data; no access fact changes.\n\
                        ::error file=input/tenants/vision.yaml,line=3,title=profile-removed::\
                        a Profile goes, and with it the namespace and its volumes: `vision`\n";
        assert_eq!(show(&review), expected);
    }

    #[test]
    fn ten_of_a_level_are_shown_and_the_rest_counted() {
        let mut review = Review::none();
        let of = |code, count| (0..count).map(move |at| Risk { message: format!("{at}"), ..risk(code, "a") });
        review.risks = of(RiskCode::QuotaRemoved, 11).chain(of(RiskCode::GrantExpired, 12)).collect();
        let shown = show(&review);
        let count = |name: &str| shown.lines().filter(|line| line.starts_with(name)).count();
        assert_eq!((count("::error"), count("::warning"), count("::notice")), (0, 10, 10));
        assert_eq!(shown.lines().last(), Some("1 more warning, 3 more notices: GitHub shows 10 of a level per step"));
    }

    #[test]
    fn hostile_text_stays_in_its_line() {
        let mut review = Review::none();
        review.risks = vec![risk(RiskCode::QuotaRemoved, HOSTILE)];
        let shown = show(&review);
        assert_eq!(shown.lines().count(), 2, "{shown}");
        assert!(!shown.contains(|c: char| c.is_control() && c != '\n') && !shown.contains('\u{202e}'), "{shown}");
        let line = shown.lines().last().expect("there are two");
        let properties = line.split("title=").next().expect("split gives at least one part");
        assert!(!properties["::warning ".len()..].contains("::"), "{properties}");
    }
}
