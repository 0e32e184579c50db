//! Random changes, made of names that nobody should have.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use tenantry::access::AccessFact;
use tenantry::diag::Code;
use tenantry::diff::{FileChange, GuardFinding, Risk, RiskCode};
use tenantry::inventory::Role;
use tenantry::plan::Via;
use tenantry::report::review::Limit;

use super::hostile::NAMES;
use super::sample::{Review, gain, raised, risk, through};

/// A text that is put together from what breaks things, and from words that join the pieces.
fn text() -> impl Strategy<Value = String> {
    let words: Vec<&str> = NAMES.iter().copied().chain(["a", "team", " ", "\n", "1", "-", "ü", "日本"]).collect();
    vec(select(words), 1..5).prop_map(|parts| parts.concat())
}

fn fact() -> impl Strategy<Value = AccessFact> {
    let role = select(vec![Role::View, Role::Edit, Role::Admin]);
    (select(vec!["p", "q"]), text(), text(), role, any::<bool>(), option::of(0..3_usize)).prop_map(
        |(cluster, namespace, user, role, notebooks, group)| {
            let mut fact = gain(cluster, &namespace, &user);
            (fact.role, fact.notebook_access) = (role, notebooks);
            match group {
                Some(0) => fact.via[0].via = Via::Owner,
                Some(1) => fact.via.clear(),
                // One of few groups, so that some are rolled up.
                Some(_) => fact.via = vec![through("ml`|", &namespace)],
                None => {}
            }
            fact
        },
    )
}

fn risks() -> impl Strategy<Value = Vec<Risk>> {
    let risk = (select(RiskCode::ALL.to_vec()), text()).prop_map(|(code, namespace)| risk(code, &namespace));
    vec(risk, 0..60).prop_map(|mut risks| {
        risks.sort_by_key(|risk| risk.severity);
        risks
    })
}

fn guard() -> impl Strategy<Value = GuardFinding> {
    (text(), option::of(text())).prop_map(|(message, help)| {
        let place = help.clone().map(|file| (file, 0));
        GuardFinding { code: Code::TooFewAdmins, message, help, place }
    })
}

fn file() -> impl Strategy<Value = FileChange> {
    let body = || option::of(vec(text(), 0..40).prop_map(|lines| lines.join("\n")));
    (text(), body(), body()).prop_map(|(path, before, after)| FileChange { path, before, after, omitted: false })
}

/// Any change.
pub fn reviews() -> impl Strategy<Value = Review> {
    let facts = || vec(fact(), 0..40);
    (facts(), facts(), vec(fact(), 0..9), risks(), vec(guard(), 0..4), vec(file(), 0..5), vec(text(), 0..3)).prop_map(
        |(gained, lost, changed, risks, guards, files, notes)| {
            let mut review = Review::none();
            (review.gained, review.lost) = (gained, lost);
            review.changed = changed.into_iter().map(raised).collect();
            (review.risks, review.guards) = (risks, guards);
            (review.files, review.notes) = (files, notes);
            review.settle();
            review
        },
    )
}

/// Any limit, small ones too.
pub fn limits() -> impl Strategy<Value = Limit> {
    prop_oneof![(0..70_000_usize).prop_map(Limit::Characters), (0..20_000_usize).prop_map(Limit::Bytes)]
}
