//! The Markdown fits, is well-formed and never hides what destroys.

use libtest_mimic::{Failed, Trial};
use tenantry::diff::{ChangeSet, Risk, RiskCode, RiskSeverity};
use tenantry::report::escape::{markdown, markdown_code, markdown_prose};
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
        Trial::test("review::markdown::many_destructive_changes_are_named", many_destructive),
        Trial::test("review::markdown::a_self_grant_is_whole", self_grant_is_whole),
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
    destructive(review, &text)?;
    Ok((text, document))
}

/// Each destructive change is named in its section, or counted among those that are not.
fn destructive(review: &ChangeSet, text: &str) -> Result<(), String> {
    let more = |line: &str| {
        let line = line.strip_prefix("… and ").or(line.strip_prefix("**Destructive**: "))?;
        line.contains("destructive change").then(|| line.split(' ').next()?.replace(',', "").parse::<usize>().ok())?
    };
    let counted: usize = text.lines().filter_map(more).sum();
    let wanted: Vec<_> = review.risks.iter().filter(|risk| risk.severity == RiskSeverity::Destructive).collect();
    let section = text.split("#### Destructive (").nth(1).and_then(|rest| rest.split("\n#### ").next()).unwrap_or("");
    let named = |risk: &&&Risk| {
        let namespace = risk.namespace.as_deref().unwrap_or_default();
        let shown = [markdown_prose(&risk.message), markdown_code(namespace), markdown(namespace)];
        shown.iter().any(|it| section.contains(it.as_str()))
    };
    let shown = wanted.iter().filter(named).count();
    let holds = shown + counted >= wanted.len() && counted <= wanted.len();
    holds.then_some(()).ok_or_else(|| format!("{shown} and {counted} more are not {}:\n{text}", wanted.len()))
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

/// As many Profiles and Namespaces go.
fn removed(count: usize) -> Review {
    let mut review = Review::none();
    let of = |code| (0..count).map(move |at| risk(code, &format!("team-with-a-long-name-{at:05}")));
    review.risks = of(RiskCode::ProfileRemoved).chain(of(RiskCode::NamespaceRemoved)).collect();
    review.settle();
    review
}

/// Every namespace that goes is named as long as the names have room, and then as many as have.
fn many_destructive() -> Result<(), Failed> {
    let names = |text: &str| text.matches("team-with-a-long-name-").count();
    let (text, document) = shown(&removed(1_500), Limit::GITHUB_COMMENT)?;
    assert_eq!(document.items, ["profile-removed, namespace-removed"]);
    assert!(names(&text) == 1_500 && !text.contains("more destructive"), "{text}");
    let (text, _) = shown(&removed(10_000), Limit::GITHUB_COMMENT)?;
    assert!(names(&text) > 2_000 && text.contains(" more destructive changes."), "{text}");
    assert!(text.contains("for the rest see "), "{text}");
    Ok(())
}

/// Neither many small risks nor many guards and namespaces that go leave out who gives access to himself.
fn self_grant_is_whole() -> Result<(), Failed> {
    let own = risk(RiskCode::SelfGrant, "zz");
    let mut review = removed(10_000);
    review.risks.extend((0..600).map(|at| risk(RiskCode::QuotaLoosened, &format!("team-{at:03}"))));
    review.risks.push(own.clone());
    review.guards = vec![sample::rich().guards[0].clone(); 1_500];
    review.settle();
    let (text, _) = shown(&review, Limit::GITHUB_COMMENT)?;
    assert!(text.contains(&markdown_prose(&own.message)), "{text}");
    review.risks.retain(|risk| risk.severity != RiskSeverity::Destructive);
    review.guards.clear();
    let (text, document) = shown(&review, Limit::GITHUB_COMMENT)?;
    assert_eq!(document.items, ["self-grant", "quota-loosened"]);
    assert!(text.contains("; the same for 599 more namespaces: <code>team-001</code>, "), "{text}");
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
