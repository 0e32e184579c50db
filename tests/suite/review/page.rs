//! The page in a browser: search and filters work, nothing is complained about, and nothing is fetched.
//!
//! Chromium is driven by `tests/tools/look_at_page.mjs`. Without it, or without chromium on the PATH, the tests are
//! skipped, or fail with `TENANTRY_REQUIRE_TOOLS=1`.

use std::process::{Command, Stdio};

use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use tenantry::report::review::html::render;

use super::random::reviews;
use super::sample::{self, Review};
use super::{hostile, markup, options};
use crate::laws::hold;

const BROWSER: &str = "tests/tools/look_at_page.mjs";

/// The trials.
pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("review::page::is_made_of_known_elements", is_made_of_known_elements),
        Trial::test("review::page::any_change_is_well_formed", any_change),
        Trial::test("review::page::stays_small", stays_small),
        Trial::test("review::page::search_narrows", search_narrows),
        Trial::test("review::page::hostile_names_do_nothing", hostile_names_do_nothing),
        Trial::test("review::page::large_changes_can_be_searched", large_changes),
    ]
}

fn is_made_of_known_elements() -> Result<(), Failed> {
    for review in [Review::none(), sample::rich(), Review::group("ml", 30, 30)] {
        let page = render(&review, &options());
        markup::read(&page)?;
        for word in ["http:", "https:", "url(", "@import", "style=", "onclick", "innerHTML", "eval("] {
            assert!(!page.contains(word), "{word} is in the page");
        }
    }
    Ok(())
}

fn any_change() -> Result<(), Failed> {
    hold(reviews(), 60, |review| markup::read(&render(&review, &options())).map(drop))
}

/// However much changes, a browser can open it.
fn stays_small() -> Result<(), Failed> {
    let mut review = Review::group("ml", 500, 100);
    for fact in &mut review.gained {
        fact.via[0].groups.clear();
    }
    let page = render(&review, &options());
    assert!(page.len() < 6_000_000, "{} bytes", page.len());
    assert!(page.contains("… and 45,000 more access facts"), "the page says what it leaves out");
    Ok(())
}

fn search_narrows() -> Result<(), Failed> {
    let Some(seen) = look(&sample::rich(), "zoe")? else { return Ok(()) };
    silent(&seen)?;
    let number = |state: &str, what: &str| seen[state][what].as_u64().unwrap_or(u64::MAX);
    let state = |name: &str| ["rows", "matrixRows", "matrixColumns", "cells"].map(|what| number(name, what));
    assert_eq!(state("first"), [14, 8, 15, 20], "{seen}");
    assert_eq!(state("searched"), [2, 1, 2, 2], "{seen}");
    assert_eq!(state("nothing"), [0, 0, 0, 0], "{seen}");
    assert_eq!(state("cleared"), state("first"), "{seen}");
    assert_eq!(state("lost"), [3, 3, 3, 3], "{seen}");
    assert_eq!(state("tenant"), [1, 1, 1, 1], "{seen}");
    assert_eq!(state("person"), state("searched"), "{seen}");
    assert_eq!(seen["searched"]["said"], "2 of 14 rows fit");
    assert_eq!(seen["title"], "ml group, 15 people: gains edit in team-000 on prod-eu");
    assert_eq!((&seen["focused"], &seen["address"]), (&"q".into(), &"#q=zoe".into()));
    assert_eq!((&seen["withoutScripts"], &seen["toolsWithoutScripts"]), (&14.into(), &0.into()), "{seen}");
    Ok(())
}

fn hostile_names_do_nothing() -> Result<(), Failed> {
    let review = hostile::review(&hostile::NAMES.concat());
    look(&review, "<script>")?.map_or(Ok(()), |seen| {
        assert!(seen["searched"]["rows"].as_u64() > Some(0), "{seen}");
        silent(&seen)
    })
}

fn large_changes() -> Result<(), Failed> {
    let mut review = Review::group("ml", 50, 30);
    for fact in &mut review.gained {
        fact.via[0].groups.clear();
    }
    let Some(seen) = look(&review, "person-0042")? else { return Ok(()) };
    silent(&seen)?;
    assert_eq!((&seen["first"]["rows"], &seen["searched"]["rows"]), (&1_500.into(), &30.into()));
    assert_eq!((&seen["searched"]["matrixRows"], &seen["searched"]["matrixColumns"]), (&1.into(), &30.into()));
    Ok(())
}

/// Nothing on the console, no question to the reader, no request, one script, and no sideways scrolling on a phone.
fn silent(seen: &Value) -> Result<(), Failed> {
    let nothing = Value::Array(Vec::new());
    let wanted = [("problems", &nothing), ("requests", &nothing), ("scripts", &1.into()), ("overflow", &0.into())];
    for (what, wanted) in wanted {
        if seen[what] != *wanted {
            return Err(format!("{what}: {}", seen[what]).into());
        }
    }
    Ok(())
}

/// What the browser saw, if there is one.
fn look(review: &Review, word: &str) -> Result<Option<Value>, Failed> {
    let command = || {
        let mut command = Command::new("node");
        command.arg(BROWSER).current_dir(crate::root());
        command
    };
    let probe = command().arg("--probe").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        let missing = "chromium or playwright-core is not there; run `bash .ci/run --tools`";
        if std::env::var_os("TENANTRY_REQUIRE_TOOLS").is_some_and(|it| it == "1") {
            return Err(missing.into());
        }
        eprintln!("skipped: {missing}");
        return Ok(None);
    }
    let folder = tempfile::tempdir()?;
    let page = folder.path().join("review.html");
    std::fs::write(&page, render(review, &options()))?;
    let output = command().arg(&page).arg(word).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(Some(serde_json::from_slice(&output.stdout)?))
}
