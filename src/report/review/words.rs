//! Words that several formats use. They hold nothing but counts, so they are harmless everywhere.

use std::borrow::Cow;
use std::collections::BTreeSet;

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

/// How many names stand in a sentence before the rest is counted.
pub(super) const NAMED: usize = 4;

/// Names as a list in a sentence: `a, b and c`, and of many `a, b, c, d and 12 more`. They have to be harmless already.
pub(super) fn listed(names: impl Iterator<Item = String>, count: usize) -> String {
    let shown = if count > NAMED + 1 { NAMED } else { count };
    let mut names: Vec<String> = names.take(shown).collect();
    let last = if count > shown { Some(format!("{} more", number(count - shown))) } else { names.pop() };
    match (names.is_empty(), last) {
        (true, last) => last.unwrap_or_default(),
        (false, last) => format!("{} and {}", names.join(", "), last.unwrap_or_default()),
    }
}

/// ` and 3 more` behind the first place. Nothing, if it is the only one.
pub(super) fn and_more(count: usize) -> String {
    if count == 0 { String::new() } else { format!(" and {} more", number(count)) }
}

/// What is said of access that nobody gains or loses, but that other lines give from now on.
pub(super) fn rerouted(changes: &ChangeSet) -> Option<String> {
    let count = changes.counts.rerouted;
    let facts = counted(count, "access fact stays, and comes", "access facts stay, and come");
    (count > 0).then(|| format!("{facts} about in another way"))
}

/// What needs attention, counted, before the counts of access: `2 destroy, 1 refused, 10 open; `. Nothing, if nothing does.
pub(super) fn dangers(changes: &ChangeSet) -> String {
    let of = |one| severity(changes, one);
    let (destroy, open) = (of(RiskSeverity::Destructive), of(RiskSeverity::Widening));
    let verb = |count, one, many| if count == 1 { one } else { many };
    let parts = [
        (destroy, verb(destroy, "destroys", "destroy")),
        (changes.guards.len(), "refused"),
        (open, verb(open, "opens", "open")),
    ];
    let parts = parts.into_iter().filter(|&(count, _)| count > 0);
    let parts: Vec<String> = parts.map(|(count, what)| format!("{} {what}", number(count))).collect();
    if parts.is_empty() { String::new() } else { format!("{}; ", parts.join(", ")) }
}

/// What is taken away, in one sentence.
pub(super) fn taken(changes: &ChangeSet) -> Option<String> {
    let narrower = changes.changed.iter().filter(|change| !change.is_wider()).map(|change| &change.fact);
    let facts: Vec<_> = changes.lost.iter().chain(narrower.clone()).collect();
    let whose: BTreeSet<_> = facts.iter().map(|fact| (fact.kind, &fact.identity)).collect();
    let spaces: BTreeSet<_> = facts.iter().map(|fact| (&fact.cluster, &fact.namespace)).collect();
    let parts = [(changes.lost.len(), "lost"), (narrower.count(), "weaker than before")];
    let parts = parts.into_iter().filter(|&(count, _)| count > 0);
    let parts: Vec<String> = parts
        .map(|(count, how)| format!("{} {} {how}", self::facts(count), if count == 1 { "is" } else { "are" }))
        .collect();
    let of = counted(whose.len(), "person or account", "people and accounts");
    (!parts.is_empty()).then(|| format!("{}, of {of} in {}", parts.join(" and "), namespaces(spaces.len())))
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
    let sentence = with_guards(sentence, changes);
    rerouted(changes).map_or(sentence.clone(), |rerouted| format!("{sentence} {rerouted}."))
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
    fn names_are_listed_up_to_a_number() {
        let of = |count: usize| listed(('a'..).take(count).map(String::from), count);
        assert_eq!([0, 1, 2, 3].map(of), ["", "a", "a and b", "a, b and c"]);
        assert_eq!((of(5), of(6)), ("a, b, c, d and e".to_owned(), "a, b, c, d and 2 more".to_owned()));
    }

    #[test]
    fn the_sentence_says_what_stays() {
        let mut review = Review::none();
        review.verdict = Verdict::Refactor;
        review.counts.rerouted = 1;
        let stays = "1 access fact stays, and comes about in another way.";
        assert_eq!(sentence(&review), format!("0 access facts change; no object differs. {stays}"));
        review.counts.rerouted = 1_200;
        assert!(sentence(&review).ends_with(" 1,200 access facts stay, and come about in another way."));
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
