//! What holds of every inventory, shown on random ones, and what judges from outside say of the output.
//!
//! Inventories are generated as plain data ([`generate`]) and written down in many ways ([`print`]); what must come out
//! is worked out from the data alone. `PROPTEST_CASES` raises the number of cases.

mod access;
mod arrangement;
mod change;
pub mod compile;
mod data;
mod dates;
mod engines;
mod generate;
mod host;
mod hostile;
mod judges;
mod loss;
mod mutation;
mod objects;
mod parts;
mod print;
mod quoting;
mod review;
mod sides;
mod tape;
mod yaml_text;

use std::fmt::Debug;

use libtest_mimic::{Failed, Trial};
use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, TestCaseError, TestRunner};

/// What came of looking at one case: nothing, or what is wrong.
type Verdict = Result<(), String>;

/// A law or a judge, by the last part of its name.
type Entry = (&'static str, fn() -> Result<(), Failed>);

/// Every law and every judge.
pub fn trials() -> Vec<Trial> {
    let laws: &[Entry] = &[
        ("arrangement_does_not_matter", arrangement::any_arrangement),
        ("arrangement_does_not_matter_to_findings", arrangement::any_arrangement_of_errors),
        ("threads_do_not_matter", arrangement::any_number_of_threads),
        ("style_does_not_matter", arrangement::any_style),
        ("order_in_lists_does_not_matter", arrangement::any_order_in_lists),
        ("a_tenant_adds_its_own_files_only", change::one_tenant_more),
        ("a_group_of_one_is_a_person", change::a_group_of_one),
        ("access_is_what_the_data_says", access::access),
        ("objects_are_distinct_and_well_named", objects::identities),
        ("parts_make_up_the_whole", parts::parts_make_up_the_whole),
        ("nothing_is_lost_unasked", loss::nothing_is_lost_unasked),
        ("only_data_is_protected", objects::retention),
        ("files_hold_the_manifests", objects::values),
        ("headers_fit", objects::headers),
        ("edits_are_noticed", objects::edits),
        ("days_do_not_reach_the_input_digest", dates::input_digest),
        ("engines_sync_what_is_there", engines::engines_sync_what_is_there),
        ("texts_come_back", quoting::texts_come_back),
        ("data_comes_back", quoting::data_comes_back),
        ("a_review_is_the_difference_of_facts", review::facts_law),
        ("a_review_of_equal_sides_is_empty", review::equal_sides),
        ("a_review_of_swapped_sides_is_the_reverse", review::swapped_sides),
        ("a_review_needs_no_more_than_the_output", review::compiled_base),
        ("a_review_of_a_refactoring_moves_no_access", review::refactorings),
        ("sides_of_a_review_do_not_mix", sides::sound_sides),
        ("broken_sides_of_a_review_do_not_mix", sides::broken_sides),
        ("access_has_evidence", review::evidence),
        ("items_of_others_come_back", host::items_come_back),
        ("json_of_others_comes_back", host::json_comes_back),
        ("broken_calls_are_answered", host::broken_calls_are_answered),
        ("broken_input_gives_diagnostics", mutation::broken_input),
    ];
    let judges: &[Entry] = &[
        ("readers_agree_on_the_sample", judges::readers_of_sample),
        ("readers_agree_on_generated_output", judges::readers_of_generated),
        ("readers_notice_a_wrong_file", judges::readers_of_wrong),
        ("objects_of_the_sample_are_accepted", judges::objects_of_sample),
        ("generated_objects_are_accepted", judges::objects_of_generated),
        ("objects_of_every_platform_are_accepted", judges::objects_of_platforms),
        ("kustomize_gives_back_the_sample", judges::kustomize_of_sample),
        ("kustomize_gives_back_generated_output", judges::kustomize_of_generated),
    ];
    let laws = laws.iter().map(|&(name, law)| Trial::test(format!("laws::{name}"), law));
    let judges = judges.iter().map(|&(name, judge)| Trial::test(format!("judges::{name}"), judge));
    laws.chain(judges).collect()
}

/// Checks a law on so many cases, or as many as the environment asks for. A failure names the smallest case found.
pub fn hold<S>(strategy: S, cases: u32, law: impl Fn(S::Value) -> Verdict) -> Result<(), Failed>
where
    S: Strategy,
    S::Value: Debug,
{
    let asked = ProptestConfig::default();
    let more = std::env::var_os("PROPTEST_CASES").is_some();
    let config = ProptestConfig {
        cases: if more { cases.max(asked.cases) } else { cases },
        max_shrink_time: 60_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/suite/laws.proptest-regressions"))),
        ..asked
    };
    let check = |value| law(value).map_err(TestCaseError::fail);
    TestRunner::new(config).run(&strategy, check).map_err(|error| error.to_string().into())
}

/// Fails with these words unless something holds.
fn ensure(holds: bool, words: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(words()) }
}

/// Fails unless two values are the same, and shows both.
fn same<T: PartialEq + Debug>(what: &str, one: &T, other: &T) -> Verdict {
    ensure(one == other, || format!("{what}:\n  one   {one:?}\n  other {other:?}"))
}

/// Fails at the first file that is not the same.
fn same_files(one: &compile::Compiled, other: &compile::Compiled) -> Verdict {
    let names = |it: &compile::Compiled| it.files.keys().cloned().collect::<Vec<_>>();
    same("paths differ", &names(one), &names(other))?;
    for (path, text) in &one.files {
        let found = &other.files[path];
        ensure(text == found, || format!("{path} differs:\n{}", difference(text, found)))?;
    }
    Ok(())
}

/// Fails unless two compiles found the same, places aside.
fn same_findings(one: &compile::Compiled, other: &compile::Compiled) -> Verdict {
    let list = |it: &compile::Compiled| it.findings.iter().map(|it| format!("{it:?}\n")).collect::<String>();
    let (one, other) = (list(one), list(other));
    ensure(one == other, || format!("findings differ:\n{}", difference(&one, &other)))
}

/// The lines in which two texts differ.
fn difference(one: &str, other: &str) -> String {
    similar::TextDiff::from_lines(one, other).unified_diff().to_string()
}
