//! The program as people and pipelines start it: exit statuses, streams, files, and what is left when something fails.
//! What an inventory means is shown by the cases in `tests/ui`.

mod access;
mod argocd;
mod codeowners;
mod compile;
mod diff;
mod explain;
mod folder;
mod formats;
mod function;
mod guards;
mod hooks;
mod hostile;
mod items;
mod kill;
mod layout;
mod life;
mod parts;
mod progress;
mod reading;
mod revisions;
mod same;
pub mod sandbox;
mod shards;
mod stale;
mod streams;
mod verify;

use libtest_mimic::Trial;

/// A test: its name below the module's, and what it does.
type Test = (&'static str, fn());

/// One trial per test.
pub fn trials() -> Vec<Trial> {
    let modules: [(&str, &[Test]); 32] = [
        ("access", access::TESTS),
        ("argocd", argocd::TESTS),
        ("codeowners", codeowners::TESTS),
        ("compile", compile::TESTS),
        ("diff", diff::TESTS),
        ("explain", explain::TESTS),
        ("folder", folder::TESTS),
        ("formats", formats::TESTS),
        ("function", function::TESTS),
        ("guards", guards::TESTS),
        ("hooks::commit", hooks::commit::TESTS),
        ("hooks::framework", hooks::framework::TESTS),
        ("hooks::install", hooks::install::TESTS),
        ("hooks::names", hooks::names::TESTS),
        ("hooks::push", hooks::push::TESTS),
        ("hooks::refs", hooks::refs::TESTS),
        ("hooks::server", hooks::server::TESTS),
        ("hooks::stage", hooks::stage::TESTS),
        ("hostile", hostile::TESTS),
        ("items", items::TESTS),
        ("kill", kill::TESTS),
        ("layout", layout::TESTS),
        ("life", life::TESTS),
        ("parts", parts::TESTS),
        ("progress", progress::TESTS),
        ("reading", reading::TESTS),
        ("revisions", revisions::TESTS),
        ("same", same::TESTS),
        ("shards", shards::TESTS),
        ("stale", stale::TESTS),
        ("streams", streams::TESTS),
        ("verify", verify::TESTS),
    ];
    let tests = modules.into_iter().flat_map(|(module, tests)| tests.iter().map(move |test| (module, test)));
    tests.map(|(module, &(name, test))| trial(format!("cli::{module}::{name}"), test)).collect()
}

fn trial(name: String, test: fn()) -> Trial {
    Trial::test(name, move || {
        test();
        Ok(())
    })
}
