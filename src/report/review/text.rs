//! A review on a terminal: the verdict first, then what destroys, what is refused
//! and what is opened, then who gains and who loses, and why.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};

use super::risk::{self, RiskLine};
use super::{approval, words};
use crate::access::{AccessFact, Evidence, SubjectKind};
use crate::diag::catalog::counted;
use crate::diff::{AccessChange, ChangeSet, GuardFinding, ObjectRef, RiskSeverity, Verdict};
use crate::inventory::Role;
use crate::report::access::{place, subject, way};
use crate::report::escape;
use crate::report::inline;
use crate::report::paint::{Paint, Tone};
use crate::report::textdiff;

/// Most lines of manifests that are shown without being asked for.
const SMALL: usize = 40;

/// Most bytes of compiled text that are compared to find out.
const SMALL_BYTES: usize = 200_000;

/// Most lines of one file's difference.
const FILE_LINES: usize = 2_000;

/// How text reaches a reader.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// Whether text may have colour.
    pub colour: bool,
    /// Columns of the terminal, if there is one.
    pub width: Option<usize>,
    /// Whether text shows the manifests that differ, however many they are.
    pub manifests: bool,
}

/// The whole review.
pub(super) fn render(changes: &ChangeSet, options: &Terminal) -> String {
    let paint = Paint(options.colour);
    let mut screen = Screen { paint, width: options.width, text: String::new() };
    screen.head(changes);
    screen.risks("destroys", Tone::Bad, risk::lines(changes, RiskSeverity::Destructive), usize::MAX);
    screen.guards(&changes.guards, usize::MAX);
    screen.risks("opens", Tone::Warn, risk::lines(changes, RiskSeverity::Widening), usize::MAX);
    screen.people("gains", Tone::Plus, gains(changes));
    screen.people("loses", Tone::Minus, losses(changes));
    screen.risks("notes", Tone::Strong, risk::lines(changes, RiskSeverity::Notice), usize::MAX);
    screen.objects(changes);
    screen.manifests(changes, options.manifests);
    screen.text
}

/// The verdict, the counts, what guards say and the risks: what a hook has room for. Of each kind, at most so many are
/// shown, and the others are counted.
pub(super) fn brief(changes: &ChangeSet, options: &Terminal, most: usize) -> String {
    let mut screen = Screen { paint: Paint(options.colour), width: options.width, text: String::new() };
    screen.head(changes);
    screen.risks("destroys", Tone::Bad, risk::lines(changes, RiskSeverity::Destructive), most);
    screen.guards(&changes.guards, most);
    screen.risks("opens", Tone::Warn, risk::lines(changes, RiskSeverity::Widening), most);
    screen.risks("notes", Tone::Strong, risk::lines(changes, RiskSeverity::Notice), most);
    screen.text
}

/// A line about one fact: what it was, what it is, and why.
struct Line<'c> {
    fact: &'c AccessFact,
    before: Option<String>,
    after: Option<String>,
}

/// Role, and whether notebooks are out of reach where that is worth a word.
fn role(role: Role, notebooks: bool, other: bool) -> String {
    match (notebooks, other) {
        (false, true) => format!("{} without notebooks", role.name()),
        (true, false) => format!("{} with notebooks", role.name()),
        _ => role.name().to_owned(),
    }
}

/// Role, and what is unusual about notebooks: who reaches one as a viewer has a shell all the same.
fn whole(fact: &AccessFact) -> String {
    let person = fact.kind == SubjectKind::User;
    match (fact.role, fact.notebook_access) {
        (Role::View, true) => "view with notebooks".to_owned(),
        (Role::Edit | Role::Admin, false) if person => format!("{} without notebooks", fact.role.name()),
        (role, _) => role.name().to_owned(),
    }
}

fn changed(change: &AccessChange) -> Line<'_> {
    let (was, is) = (change.notebook_access_before, change.fact.notebook_access);
    Line {
        fact: &change.fact,
        before: Some(role(change.before, was, is)),
        after: Some(role(change.fact.role, is, was)),
    }
}

fn gains(changes: &ChangeSet) -> Vec<Line<'_>> {
    let gained = changes.gained.iter().map(|fact| Line { fact, before: None, after: Some(whole(fact)) });
    let wider = changes.changed.iter().filter(|change| change.is_wider());
    gained.chain(wider.map(changed)).collect()
}

fn losses(changes: &ChangeSet) -> Vec<Line<'_>> {
    let lost = changes.lost.iter().map(|fact| Line { fact, before: Some(fact.role.name().to_owned()), after: None });
    let narrower = changes.changed.iter().filter(|change| !change.is_wider());
    lost.chain(narrower.map(changed)).collect()
}

struct Screen {
    paint: Paint,
    width: Option<usize>,
    text: String,
}

impl Screen {
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.text, "{text}");
    }

    fn title(&mut self, tone: Tone, words: &str, count: impl Display) {
        let title = self.paint.own(tone, &format!("{words} ({count})"));
        self.text.push('\n');
        self.line(&title);
    }

    fn head(&mut self, changes: &ChangeSet) {
        let tone = match changes.verdict {
            Verdict::Destructive => Tone::Bad,
            Verdict::Widening | Verdict::Mixed => Tone::Warn,
            Verdict::None | Verdict::Refactor | Verdict::Narrowing => Tone::Strong,
        };
        let words = match changes.verdict {
            Verdict::None => "none: the same objects",
            Verdict::Refactor => "refactor: 0 access facts changed",
            Verdict::Narrowing => "narrowing: access is only taken away",
            Verdict::Widening => "widening: something is opened",
            Verdict::Mixed => "mixed: something is opened, and access is taken away",
            Verdict::Destructive => "destructive: data would be lost",
        };
        let verdict = self.paint.own(tone, words);
        let sides = format!("{} → {}, as of {}", changes.base, changes.head, changes.as_of);
        let sides = self.paint.outside(Tone::Faint, &sides);
        self.line(&verdict);
        self.paragraph("", &format!("{}{}", words::dangers(changes), changes.summary()));
        if let Some(rerouted) = words::rerouted(changes) {
            self.line(&rerouted);
        }
        if let Some(owners) = approval::line(changes, str::to_owned) {
            self.paragraph("owners to ask: ", &owners);
        }
        self.line(&sides);
        for note in &changes.notes {
            let note = escape::terminal(note).into_owned();
            self.line(&format!("note: {note}"));
        }
    }

    /// A sentence, broken at blanks to the width of the terminal.
    fn paragraph(&mut self, sign: &str, text: &str) {
        let text = escape::terminal(text);
        let indent = " ".repeat(sign.chars().count());
        let room = self.width.unwrap_or(usize::MAX).saturating_sub(indent.len()).max(30);
        let mut line = String::new();
        let mut before = sign.to_owned();
        for word in text.split(' ') {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
                let _ = writeln!(self.text, "{before}{line}");
                line.clear();
                before.clone_from(&indent);
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        let _ = writeln!(self.text, "{before}{line}");
    }

    fn place(&mut self, indent: &str, place: &Option<(String, u32)>, more: usize) {
        if let Some((file, line)) = place {
            let more = words::and_more(more);
            let place = self.paint.outside(Tone::Faint, &format!("{file}:{line}{more}"));
            self.line(&format!("{indent}{place}"));
        }
    }

    fn risks(&mut self, words: &str, tone: Tone, risks: Vec<RiskLine<'_>>, most: usize) {
        if risks.is_empty() {
            return;
        }
        self.title(tone, words, risks.iter().map(RiskLine::count).sum::<usize>());
        for line in risks.iter().take(most) {
            let (risk, on, likewise) = (line.risk, line.on(str::to_owned), line.likewise(str::to_owned));
            self.paragraph("  ", &format!("{}{on}: {}{likewise}", line.codes(), risk.message));
            self.place("    ", &risk.place, line.more_places().len());
        }
        self.more(risks.iter().skip(most).map(RiskLine::count).sum());
    }

    /// Says how many were left out.
    fn more(&mut self, left_out: usize) {
        if left_out > 0 {
            self.line(&format!("  and {left_out} more"));
        }
    }

    fn guards(&mut self, guards: &[GuardFinding], most: usize) {
        if guards.is_empty() {
            return;
        }
        self.title(Tone::Bad, "guards would refuse", guards.len());
        for guard in guards.iter().take(most) {
            self.paragraph("  ", &format!("{}: {}", guard.code.name(), guard.message));
            self.place("    ", &guard.place, 0);
            if let Some(help) = &guard.help {
                self.paragraph("    help: ", help);
            }
        }
        self.more(guards.len().saturating_sub(most));
    }

    /// Lines by person, and below each where and why.
    fn people(&mut self, words: &str, tone: Tone, lines: Vec<Line<'_>>) {
        if lines.is_empty() {
            return;
        }
        // The counts above tell changed facts from new and lost ones, and so does this.
        let changed = lines.iter().filter(|line| line.before.is_some() && line.after.is_some()).count();
        let count = match (lines.len() - changed, changed) {
            (whole, 0) => whole.to_string(),
            (0, changed) => format!("{changed} changed"),
            (whole, changed) => format!("{whole}, {changed} changed"),
        };
        self.title(tone, words, &count);
        let mut people: BTreeMap<String, Vec<Line<'_>>> = BTreeMap::new();
        for line in lines {
            people.entry(subject(line.fact)).or_default().push(line);
        }
        for (person, lines) in people {
            let person = self.paint.outside(Tone::Strong, &person);
            self.line(&format!("  {person}"));
            let shown: Vec<(String, String)> = lines.iter().map(columns).collect();
            let widest = |column: fn(&(String, String)) -> &String| {
                shown.iter().map(|row| column(row).chars().count()).max().unwrap_or_default()
            };
            let (first, second) = (widest(|row| &row.0), widest(|row| &row.1));
            for (line, (space, change)) in lines.iter().zip(&shown) {
                let change = self.paint.own(tone, &format!("{change:second$}"));
                let why = line.fact.via.first().map(|way| self.why(way)).unwrap_or_default();
                let row = format!("    {space:first$}  {change}  {why}");
                self.line(row.trim_end());
            }
        }
    }

    fn why(&self, evidence: &Evidence) -> String {
        let words = escape::terminal(&way(evidence)).into_owned();
        format!("{words}  {}", self.paint.outside(Tone::Faint, &place(evidence)))
    }

    fn objects(&mut self, changes: &ChangeSet) {
        let objects = &changes.objects;
        let counts = [
            ("added", Tone::Plus, &objects.added),
            ("removed", Tone::Minus, &objects.removed),
            ("modified", Tone::Warn, &objects.modified),
        ];
        if counts.iter().all(|(_, _, list)| list.is_empty()) {
            return;
        }
        let total: usize = counts.iter().map(|(_, _, list)| list.len()).sum();
        self.title(Tone::Strong, "objects", total);
        for (words, tone, list) in counts.into_iter().filter(|(_, _, list)| !list.is_empty()) {
            let count = self.paint.own(tone, &format!("{} {words}", list.len()));
            let kinds = escape::terminal(&kinds(list)).into_owned();
            self.line(&format!("  {count}: {kinds}"));
        }
    }

    fn manifests(&mut self, changes: &ChangeSet, asked: bool) {
        if changes.files.is_empty() {
            return;
        }
        let omitted = changes.files.iter().filter(|file| file.omitted).count();
        if omitted == 0 && changes.files.iter().all(|file| file.before == file.after) {
            return;
        }
        let texts = changes.files.iter().flat_map(|file| [&file.before, &file.after]).flatten();
        let bytes: usize = texts.map(String::len).sum();
        let mut differing = Vec::new();
        if asked || (omitted == 0 && bytes <= SMALL_BYTES) {
            let mut budget = inline::BUDGET;
            differing.extend(changes.files.iter().map(|file| {
                let sides = (file.before.as_deref(), file.after.as_deref());
                textdiff::words(&file.path, sides, FILE_LINES, self.paint, &mut budget)
            }));
        }
        let lines: usize = differing.iter().map(|text| text.lines().count()).sum();
        if differing.is_empty() || (!asked && lines > SMALL) {
            let files = counted(changes.files.len(), "file", "files");
            return self.line(&format!("  in {files}; `--manifests` shows them"));
        }
        self.title(Tone::Strong, "manifests", changes.files.len());
        for text in differing {
            self.text.push_str(&text);
        }
        if omitted > 0 {
            self.line(&format!("  {} more are too large to show", counted(omitted, "file", "files")));
        }
    }
}

/// Where, and what changes there.
fn columns(line: &Line<'_>) -> (String, String) {
    let space = format!("{}/{}", line.fact.cluster, line.fact.namespace);
    let change = match (&line.before, &line.after) {
        (Some(before), Some(after)) => format!("{before} → {after}"),
        (None, Some(after)) => format!("+ {after}"),
        (Some(before), None) => format!("- {before}"),
        (None, None) => String::new(),
    };
    (escape::terminal(&space).into_owned(), change)
}

/// How many of which kind.
fn kinds(objects: &[ObjectRef]) -> String {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for object in objects {
        *kinds.entry(&object.kind).or_default() += 1;
    }
    kinds.into_iter().map(|(kind, count)| format!("{count} {kind}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Review, risk};
    use super::*;
    use crate::diff::RiskCode;

    #[test]
    fn a_short_review_shows_so_many_lines_and_counts_the_rest() {
        let on = |cluster: &str, namespace: &str| {
            let mut risk = risk(RiskCode::QuotaRemoved, namespace);
            risk.cluster = cluster.into();
            risk
        };
        let mut review = Review::none();
        review.risks =
            ["prod-eu", "prod-us"].iter().flat_map(|cluster| ["a", "b", "c"].map(|it| on(cluster, it))).collect();
        let plain = Terminal { colour: false, width: None, manifests: false };
        let lines = |most| brief(&review, &plain, most).lines().map(str::to_owned).collect::<Vec<_>>();
        let shown =
            |most| lines(most).iter().filter(|line| line.contains("quota-removed on prod-eu and prod-us")).count();
        assert!(lines(1).contains(&"opens (6)".to_owned()), "{:?}", lines(1));
        assert_eq!((shown(1), lines(1).last().map(String::as_str)), (1, Some("  and 4 more")));
        assert_eq!((shown(3), lines(3).iter().any(|line| line.contains("more"))), (3, false));
    }
}
