//! Words that several formats use. They hold nothing but counts, so they are harmless everywhere.

use std::borrow::Cow;

use super::change::{Kind, Level};
use crate::diff::{ChangeSet, RiskSeverity, Verdict};
use crate::plan::Via;

/// A number with its thousands apart: `1,000,000`.
pub(super) fn number(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number and what it counts: `1 person`, `15 people`.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

pub(super) fn facts(count: usize) -> String {
    counted(count, "access fact", "access facts")
}

pub(super) fn people(count: usize) -> String {
    counted(count, "person", "people")
}

pub(super) fn namespaces(count: usize) -> String {
    counted(count, "namespace", "namespaces")
}

/// The verdict in one word.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::None => "no change",
        Verdict::Refactor => "refactoring",
        Verdict::Narrowing => "narrowing",
        Verdict::Widening => "widening",
        Verdict::Mixed => "widening and narrowing",
        Verdict::Destructive => "destructive",
    }
}

/// The verdict in one plain sentence, with counts.
pub(super) fn sentence(changes: &ChangeSet) -> String {
    let destructive = severity(changes, RiskSeverity::Destructive);
    let mut sentence = match changes.verdict {
        Verdict::None => return with_guards("Both sides compile to the same objects.".to_owned(), changes),
        Verdict::Refactor => format!("0 access facts change; {}.", objects(changes)),
        _ if destructive > 0 => {
            format!("{} can destroy data; {}.", counted(destructive, "change", "changes"), access(changes))
        }
        _ => format!("{}.", capitalised(&access(changes))),
    };
    let widening = severity(changes, RiskSeverity::Widening);
    if widening > 0 {
        sentence.push_str(&format!(" {} what was held back.", counted(widening, "change opens", "changes open")));
    }
    with_guards(sentence, changes)
}

fn with_guards(sentence: String, changes: &ChangeSet) -> String {
    match changes.guards.len() {
        0 => sentence,
        guards => format!("{sentence} {} the change.", counted(guards, "guard refuses", "guards refuse")),
    }
}

/// What happens to access, whose and where.
fn access(changes: &ChangeSet) -> String {
    let counts = &changes.counts;
    let parts = [(counts.gained, "gained"), (counts.lost, "lost"), (counts.changed, "changed")];
    let mut parts = parts.into_iter().filter(|&(count, _)| count > 0);
    let Some((count, what)) = parts.next() else {
        return "no access fact changes".to_owned();
    };
    let verb = if count == 1 { "is" } else { "are" };
    let mut text = format!("{} {verb} {what}", facts(count));
    for (count, what) in parts {
        text.push_str(&format!(", {} {what}", number(count)));
    }
    let tenants = counted(counts.tenants, "tenant", "tenants");
    format!("{text}, for {} in {tenants}", people(counts.people))
}

/// How many objects differ.
pub(super) fn objects(changes: &ChangeSet) -> String {
    let objects = &changes.objects;
    let parts =
        [(objects.added.len(), "added"), (objects.removed.len(), "removed"), (objects.modified.len(), "modified")];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|&(count, _)| count > 0)
        .map(|(count, what)| format!("{} {what}", counted(count, "object", "objects")))
        .collect();
    if parts.is_empty() { "no object differs".to_owned() } else { parts.join(", ") }
}

/// How many risks there are of a severity.
pub(super) fn severity(changes: &ChangeSet, severity: RiskSeverity) -> usize {
    changes.risks.iter().filter(|risk| risk.severity == severity).count()
}

/// At most so many characters of a text.
pub(super) fn clip(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        Some((at, _)) => Cow::Owned(format!("{}…", &text[..at])),
        None => Cow::Borrowed(text),
    }
}

/// The first letter in upper case.
pub(super) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What a way is called when no names are shown.
pub(super) fn way(via: Via) -> &'static str {
    match via {
        Via::Direct => "direct",
        Via::Group => "group",
        Via::Foreign => "integration document",
        Via::Owner => "owner",
        Via::Personal => "personal profile",
        Via::StandIn => "stands in for the owner",
    }
}

/// Whether a change of level gives more or takes some away.
pub(super) fn direction(before: Level, after: Level) -> &'static str {
    if after > before { "raised" } else { "lowered" }
}

/// What a list of one kind of change is called.
pub(super) fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Gained => "Gains",
        Kind::Lost => "Losses",
        Kind::Changed => "Changed roles",
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Review, gain, risk};
    use super::*;
    use crate::diff::RiskCode;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!((people(1), people(2)), ("1 person".to_owned(), "2 people".to_owned()));
    }

    #[test]
    fn the_sentence_says_what_there_is() {
        let mut review = Review::none();
        assert_eq!(sentence(&review), "Both sides compile to the same objects.");
        review.gained = vec![gain("p", "vision", "ada")];
        review.settle();
        assert_eq!(sentence(&review), "1 access fact is gained, for 1 person in 1 tenant.");
        review.risks = vec![risk(RiskCode::ProfileRemoved, "vision"), risk(RiskCode::QuotaRemoved, "vision")];
        review.settle();
        let expected = "1 change can destroy data; 1 access fact is gained, for 1 person in 1 tenant. \
                        1 change opens what was held back.";
        assert_eq!(sentence(&review), expected);
    }
}
