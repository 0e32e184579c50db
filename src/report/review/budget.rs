//! How much room a format has, and what is shown if there is more to say than that.
//!
//! A page is a top, sections of rows, and a bottom. Every section gets at least a line that counts what it has. Then
//! rows that must not be missed get room, then sections that must be kept are filled; then the others get rows in turns, a few each at first, so that a long one
//! does not push the next one out. Nothing is ever cut within a row.

/// How long a text may be, in the unit of the place that takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// So many characters.
    Characters(usize),
    /// So many bytes of UTF-8.
    Bytes(usize),
}

/// No place takes less. A smaller limit counts as this one, because a verdict needs some room.
const FLOOR: usize = 3_000;

/// How many rows every section may have before the next round gives it more.
const ROUNDS: [usize; 7] = [3, 10, 30, 100, 300, 1_000, usize::MAX];

impl Limit {
    /// A comment on GitHub.
    pub const GITHUB_COMMENT: Limit = Limit::Characters(65_536);
    /// A note on GitLab.
    pub const GITLAB_NOTE: Limit = Limit::Characters(1_000_000);
    /// The summary of a step on GitHub.
    pub const STEP_SUMMARY: Limit = Limit::Bytes(1024 * 1024);

    /// The length of a text in this unit.
    pub fn measure(self, text: &str) -> usize {
        match self {
            Limit::Characters(_) => text.chars().count(),
            Limit::Bytes(_) => text.len(),
        }
    }

    /// How much there may be.
    pub fn size(self) -> usize {
        match self {
            Limit::Characters(size) | Limit::Bytes(size) => size.max(FLOOR),
        }
    }

    /// The name of the unit.
    pub(super) fn unit(self) -> &'static str {
        match self {
            Limit::Characters(_) => "characters",
            Limit::Bytes(_) => "bytes",
        }
    }
}

/// A row, and how many of the things that the section counts it stands for.
#[derive(Debug)]
pub(super) struct Row {
    pub text: String,
    pub stands_for: usize,
}

/// A part of a page.
#[derive(Debug, Default)]
pub(super) struct Section {
    /// What is said when no row is shown: a name that stands alone.
    pub name: &'static str,
    /// What comes before the rows.
    pub open: String,
    /// What comes after them.
    pub close: String,
    /// The rows that may be shown. Those that cannot have room may be missing at the end.
    pub rows: Vec<Row>,
    /// How many things there are, counted as the rows count them.
    pub all: usize,
    /// What one of them and what several are called.
    pub noun: (&'static str, &'static str),
    /// How many rows at its start have their room before anything else has.
    pub first: usize,
    /// Whether it is filled before the others.
    pub kept: bool,
}

/// The longest start of `rows` that `limit` could hold. The rest is never made.
pub(super) fn rows(limit: Limit, rows: impl Iterator<Item = Row>) -> Vec<Row> {
    let mut left = limit.size();
    let mut kept = Vec::new();
    for row in rows {
        let Some(rest) = left.checked_sub(limit.measure(&row.text)) else { break };
        left = rest;
        kept.push(row);
    }
    kept
}

/// A section that is being filled.
struct Filling<'s> {
    section: &'s Section,
    /// How many rows are shown.
    shown: usize,
    /// How much room it takes with no row, with one, with two…
    sizes: Vec<usize>,
}

/// The page: within the limit, whatever the sections hold. `bottom` is told whether anything was left out.
///
/// Top and bottom have to be short; they are never cut.
pub(super) fn page(limit: Limit, top: &str, sections: &[Section], bottom: impl Fn(bool) -> String) -> String {
    let ends = limit.measure(top) + limit.measure(&bottom(true)).max(limit.measure(&bottom(false)));
    let mut left = limit.size().saturating_sub(ends);
    let mut page = Vec::new();
    for section in sections.iter().filter(|section| section.all > 0) {
        let filling = Filling::new(limit, section);
        // Far above the floor there is room for the line of every section.
        let Some(rest) = left.checked_sub(filling.size()) else { continue };
        left = rest;
        page.push(filling);
    }
    let mut firsts: Vec<&mut Filling<'_>> = page.iter_mut().collect();
    // Few must not go without room because of many.
    firsts.sort_by_key(|filling| filling.section.first);
    firsts.into_iter().for_each(|filling| filling.grow(filling.section.first, &mut left));
    for filling in page.iter_mut().filter(|filling| filling.section.kept) {
        filling.grow(usize::MAX, &mut left);
    }
    for round in ROUNDS {
        for filling in &mut page {
            filling.grow(round, &mut left);
        }
    }
    let mut out = String::with_capacity(limit.size().min(1 << 20));
    out.push_str(top);
    page.iter().for_each(|filling| filling.write(&mut out));
    let cut = page.iter().any(Filling::is_cut);
    out.push_str(&bottom(cut));
    out
}

impl<'s> Filling<'s> {
    fn new(limit: Limit, section: &'s Section) -> Self {
        let mut filling = Filling { section, shown: 0, sizes: Vec::with_capacity(section.rows.len() + 1) };
        filling.sizes.push(limit.measure(&filling.missing(section.all)));
        let frame = limit.measure(&section.open) + limit.measure(&section.close);
        // The longest that the line can be: it counts less with each row.
        let missing = limit.measure(&filling.missing(section.all));
        let (mut rows, mut stands_for) = (0, 0);
        for row in &section.rows {
            rows += limit.measure(&row.text);
            stands_for += row.stands_for;
            filling.sizes.push(frame + rows + if stands_for < section.all { missing } else { 0 });
        }
        filling
    }

    fn size(&self) -> usize {
        self.sizes[self.shown]
    }

    /// Shows as many rows as there is room for, but not more than `most`.
    fn grow(&mut self, most: usize, left: &mut usize) {
        let (size, most) = (self.size(), most.min(self.section.rows.len()));
        let room = size + *left;
        let fits = |rows: &usize| self.sizes[*rows] <= room;
        // All of them may need less room than all but one, because nothing is missing then.
        let best = if fits(&most) { Some(most) } else { (self.shown + 1..most).take_while(fits).last() };
        if let Some(best) = best.filter(|&best| best > self.shown) {
            self.shown = best;
            *left = room - self.sizes[best];
        }
    }

    fn is_cut(&self) -> bool {
        self.left_out() > 0
    }

    fn left_out(&self) -> usize {
        let shown: usize = self.section.rows.iter().take(self.shown).map(|row| row.stands_for).sum();
        self.section.all - shown.min(self.section.all)
    }

    /// The line that says how many things are not shown.
    fn missing(&self, count: usize) -> String {
        let (one, many) = self.section.noun;
        let noun = if count == 1 { one } else { many };
        let count = super::words::number(count);
        if self.shown == 0 {
            format!("**{}**: {count} {noun}, and no room to show more.\n\n", self.section.name)
        } else {
            format!("… and {count} more {noun}.\n\n")
        }
    }

    fn write(&self, out: &mut String) {
        if self.shown > 0 {
            out.push_str(&self.section.open);
            self.section.rows.iter().take(self.shown).for_each(|row| out.push_str(&row.text));
            out.push_str(&self.section.close);
        }
        if self.is_cut() {
            out.push_str(&self.missing(self.left_out()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(name: &'static str, rows: usize, length: usize, kept: bool) -> Section {
        let rows: Vec<Row> =
            (0..rows).map(|_| Row { text: format!("{}\n", "x".repeat(length)), stands_for: 1 }).collect();
        let all = rows.len();
        let noun = ("thing", "things");
        Section { name, open: format!("# {name}\n\n"), close: "\n".into(), rows, all, noun, first: 0, kept }
    }

    fn bottom(cut: bool) -> String {
        if cut { "cut\n".into() } else { "whole\n".into() }
    }

    #[test]
    fn what_fits_is_shown_whole() {
        let page = page(Limit::Bytes(0), "top\n\n", &[section("A", 2, 1, false), section("B", 0, 1, false)], bottom);
        assert_eq!(page, "top\n\n# A\n\nx\nx\n\nwhole\n");
    }

    #[test]
    fn the_kept_comes_first_and_the_rest_in_turns() {
        let sections = [section("A", 900, 100, false), section("B", 5, 400, true), section("C", 900, 100, false)];
        let page = page(Limit::Characters(4_000), "", &sections, bottom);
        assert!(page.chars().count() <= 4_000);
        assert_eq!(page.matches(&"x".repeat(400)).count(), 5, "{page}");
        let rows = |from: &str, to: &str| {
            let part = page.split(from).nth(1).and_then(|rest| rest.split(to).next());
            part.map_or(0, |part| part.lines().filter(|line| line.len() == 100).count())
        };
        assert!((7..=10).contains(&rows("# A", "# B")), "{page}");
        assert!((6..=10).contains(&rows("# C", "cut")), "{page}");
        assert!(page.contains("more things.\n"), "{page}");
    }

    #[test]
    fn without_room_there_are_counts() {
        let sections = [section("A", 3, 5_000, true), section("B", 1, 3_000, false)];
        let page = page(Limit::Bytes(10), "", &sections, bottom);
        assert_eq!(
            page,
            "**A**: 3 things, and no room to show more.\n\n**B**: 1 thing, and no room to show more.\n\ncut\n"
        );
    }

    #[test]
    fn the_unit_counts() {
        assert_eq!((Limit::Characters(9).measure("äö"), Limit::Bytes(9).measure("äö")), (2, 4));
        assert_eq!(Limit::Characters(9).size(), FLOOR);
    }
}
