//! `init --hooks`: the scripts, and what is left to do.

use super::super::Test;
use super::super::sandbox::Sandbox;
use super::{commit, git, says};

pub const TESTS: &[Test] = &[
    ("into-a-repository", into_a_repository),
    ("nothing-is-overwritten", nothing_is_overwritten),
    ("other-hooks-are-named", other_hooks_are_named),
];

fn into_a_repository() {
    let sandbox = Sandbox::compiled();
    says(&sandbox, ".", "init --quiet");
    let run = sandbox_run(&sandbox, "init --hooks").exits(0).prints_only("3 hooks written to `./.githooks`\n");
    run.says("note: to have git run them, in each clone: `git config core.hooksPath .githooks`")
        .says(".githooks/pre-receive");
    says(&sandbox, ".", "config core.hooksPath .githooks");
    says(&sandbox, ".", "add --all");
    commit(&sandbox).exits(0).says("no commit → what is staged");
    let modes = says(&sandbox, ".", "ls-files --stage .githooks");
    assert_eq!(modes.lines().filter(|line| line.starts_with("100755 ")).count(), 3, "{modes}");
    let again = sandbox_run(&sandbox, "init --hooks").exits(0).prints_only("0 hooks written to `./.githooks`\n");
    again.says("`.githooks/pre-commit` is there already and was left alone").says("core.hooksPath names this folder");
}

fn nothing_is_overwritten() {
    let sandbox = Sandbox::empty();
    sandbox.write(".githooks/pre-commit", "mine\n");
    let run = sandbox_run(&sandbox, "init --hooks .").exits(0).prints_only("2 hooks written to `./.githooks`\n");
    run.says("left alone").says("git config core.hooksPath .githooks");
    assert_eq!(sandbox.read(".githooks/pre-commit"), "mine\n");
    assert!(!sandbox.has("input"));
    // A new repository has them too.
    sandbox_run(&sandbox, "init new").exits(0);
    assert!(sandbox.has("new/.githooks/pre-commit") && sandbox.has("new/.githooks/pre-receive"));
}

fn other_hooks_are_named() {
    let sandbox = Sandbox::empty();
    says(&sandbox, ".", "init --quiet");
    super::hook(&sandbox, ".git/hooks/commit-msg", "#!/bin/sh\n");
    let run = sandbox_run(&sandbox, "init --hooks teams/all").exits(0).says("own folder of hooks (`commit-msg`)");
    let run = run.says("`git config core.hooksPath teams/all/.githooks`");
    run.says("git config tenantry.input teams/all/input");
    git(&sandbox, ".", &["config", "core.hooksPath", ".husky"]).exits(0);
    let run = sandbox_run(&sandbox, "init --hooks teams/all").exits(0);
    run.says("core.hooksPath is `.husky`, so git does not look here").says("`.husky/pre-commit`");
}

/// Runs the program with git on its PATH.
fn sandbox_run(sandbox: &Sandbox, words: &str) -> super::Run {
    let mut command = super::clean(super::PROGRAM, sandbox, ".");
    super::run(command.args(words.split_whitespace()))
}
