//! The Markdown fits, is well-formed and never hides what destroys.

use libtest_mimic::{Failed, Trial};
use tenantry::diff::{ChangeSet, RiskCode, RiskSeverity};
use tenantry::report::escape::markdown_prose;
use tenantry::report::review::markdown::render;
use tenantry::report::review::{Limit, Options};

use super::commonmark::{self, Document};
use super::random::{limits, reviews};
use super::sample::{self, Review, risk};
use crate::laws::hold;

/// The trials.
pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("review::markdown::a_million_facts_fit_a_comment", million),
        Trial::test("review::markdown::every_tier_is_well_formed", tiers),
        Trial::test("review::markdown::any_change_fits_any_limit", any_change),
        Trial::test("review::markdown::many_destructive_changes_are_counted", many_destructive),
        Trial::test("review::markdown::a_marker_is_a_name", marker),
        Trial::test("review::markdown::sides_are_named_on_demand", sides),
    ]
}

fn shown(review: &ChangeSet, limit: Limit) -> Result<(String, Document), String> {
    let options = Options { limit, folder: "input", ..Options::default() };
    let text = render(review, &options);
    let size = limit.measure(&text);
    if size > limit.size() {
        return Err(format!("{size} and not {}:\n{text}", limit.size()));
    }
    let document = commonmark::read(&text, "tenantry-review").map_err(|what| format!("{what} in\n{text}"))?;
    destructive(review, &text, &document)?;
    Ok((text, document))
}

/// Each destructive change is there, or the number of those that are not.
fn destructive(review: &ChangeSet, text: &str, document: &Document) -> Result<(), String> {
    let of_code = |name: &str| RiskCode::ALL.iter().find(|code| code.name() == name).map(|code| code.severity());
    let shown = document.items.iter().filter(|item| of_code(item) == Some(RiskSeverity::Destructive)).count();
    let more = |line: &str| {
        let line = line.strip_prefix("… and ").or(line.strip_prefix("**Destructive**: "))?;
        line.contains("destructive change").then(|| line.split(' ').next()?.replace(',', "").parse::<usize>().ok())?
    };
    let counted: usize = text.lines().filter_map(more).sum();
    let wanted: Vec<_> = review.risks.iter().filter(|risk| risk.severity == RiskSeverity::Destructive).collect();
    if shown + counted != wanted.len() {
        return Err(format!("{shown} destructive changes and {counted} more are not {}:\n{text}", wanted.len()));
    }
    let missing = wanted.iter().take(shown).find(|risk| !text.contains(&markdown_prose(&risk.message)));
    missing.map_or(Ok(()), |risk| Err(format!("{:?} is cut:\n{text}", risk.message)))
}

/// The change of the acceptance: one edit, 5,000 people, 200 namespaces.
fn million() -> Result<(), Failed> {
    let mut review = Review::group("ml", 5_000, 200);
    review.risks = (0..20).map(|at| risk(RiskCode::ProfileRemoved, &format!("lab-{at}"))).collect();
    review.settle();
    let (text, document) = shown(&review, Limit::GITHUB_COMMENT)?;
    assert!(document.items.iter().filter(|item| *item == "profile-removed").count() == 20, "{text}");
    assert!(text.contains("| <code>ml</code> | gains | edit | 5,000 people | 200 namespaces |"), "{text}");
    assert!(text.contains("20 changes can destroy data; 1,000,000 access facts are gained"), "{text}");
    Ok(())
}

/// A change with more of everything than any limit takes.
fn large() -> Review {
    let mut review = sample::rich();
    for at in 0..600 {
        let (person, place) = (format!("person-{}", at % 90), format!("ns-{at}"));
        review.gained.push(sample::gain("prod-eu", &place, &person));
        review.lost.push(sample::gain("prod-us", &place, &person));
        let mut file = review.files[at % 3].clone();
        file.path = format!("prod-eu/tenants/{place}.yaml");
        review.files.push(file);
        review.risks.push(risk(RiskCode::QuotaLoosened, &place));
    }
    review.risks.sort_by_key(|risk| risk.severity);
    review.settle();
    review
}

/// From a page with counts only to one with everything.
fn tiers() -> Result<(), Failed> {
    let review = large();
    let (mut rows, mut cut) = (0, Vec::new());
    for size in (0..10).map(|at| 2_048 << at) {
        let (text, document) = shown(&review, Limit::Characters(size))?;
        assert!(document.rows >= rows, "less is shown with more room, at {size}");
        rows = document.rows;
        cut.push(text.contains("Cut to fit"));
        let used = text.chars().count();
        assert!(cut.last() == Some(&false) || size < 4_096 || used * 10 > size * 9, "{used} of {size} are used");
    }
    assert_eq!((cut.first(), cut.last()), (Some(&true), Some(&false)));
    Ok(())
}

fn any_change() -> Result<(), Failed> {
    hold((reviews(), limits()), 200, |(review, limit)| shown(&review, limit).map(drop))
}

fn many_destructive() -> Result<(), Failed> {
    let mut review = Review::none();
    review.risks = (0..9_000).map(|at| risk(RiskCode::NamespaceRemoved, &format!("lab-{at}"))).collect();
    review.settle();
    let (text, document) = shown(&review, Limit::GITHUB_COMMENT)?;
    assert!(document.items.len() > 300 && text.contains(" more destructive changes."), "{text}");
    Ok(())
}

/// Whatever a caller writes, the first line is a comment that ends there.
fn marker() -> Result<(), Failed> {
    for (given, wanted) in [("prod.eu_1", "prod.eu_1"), ("a --> <b>\nc", "a--bc")] {
        let text = render(&sample::rich(), &Options { marker: given, ..Options::default() });
        commonmark::read(&text, wanted)?;
    }
    Ok(())
}

fn sides() -> Result<(), Failed> {
    let options = Options { sides: true, ..Options::default() };
    let text = render(&sample::rich(), &options);
    assert!(text.contains("From <code>main</code> to <code>topic</code>."), "{text}");
    Ok(())
}
