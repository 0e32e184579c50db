//! Which references of a push are judged, whatever the server calls them.

use super::super::Test;
use super::super::sandbox::{Sandbox, tenant};
use super::push::{pair, push};
use super::{BINDING, PRE_RECEIVE, commit, git, hook, says};

pub const TESTS: &[Test] = &[
    ("symbolic-references", symbolic_references),
    ("patterns-are-for-more-branches", patterns_are_for_more_branches),
    ("a-default-branch-that-is-not-there", a_default_branch_that_is_not_there),
    ("names-that-are-no-text", names_that_are_no_text),
    ("output-without-inventory", output_without_inventory),
];

/// Commits an inventory that is wrong.
fn wrong(sandbox: &Sandbox) {
    sandbox.write("input/odd.yaml", tenant("odd", "{contributors: [{user: eve}]}"));
    says(sandbox, ".", "add --all");
    commit(sandbox).exits(0);
}

fn symbolic_references() {
    let sandbox = pair();
    says(&sandbox, "origin.git", "symbolic-ref refs/heads/master refs/heads/main");
    says(&sandbox, "origin.git", "symbolic-ref refs/x/old refs/heads/master");
    says(&sandbox, "origin.git", "config receive.denyDeleteCurrent ignore");
    let before = says(&sandbox, "origin.git", "rev-parse main");
    wrong(&sandbox);
    for name in ["refs/heads/master", "refs/x/old"] {
        let run = push(&sandbox, &format!("main:{name}")).exits(1).says("input/odd.yaml:4:30");
        let short = name.trim_start_matches("refs/heads/");
        run.says(&format!("the push to `{short}`, which stands for `main` on the server, is refused"));
    }
    push(&sandbox, "--delete master").exits(1).says("this deletes the default branch");
    assert_eq!(says(&sandbox, "origin.git", "rev-parse main"), before);
    // One that stands for a branch that is not there yet, and one for a branch that a pattern names.
    says(&sandbox, "origin.git", "config tenantry.ref release/*");
    says(&sandbox, "origin.git", "symbolic-ref refs/heads/latest refs/heads/release/1");
    push(&sandbox, "main:latest").exits(1).says("`latest`, which stands for `release/1` on the server, is refused");
    // Nor is a default branch that is no branch left out.
    says(&sandbox, "origin.git", "update-ref refs/other/main main");
    says(&sandbox, "origin.git", "symbolic-ref HEAD refs/other/main");
    push(&sandbox, "main:refs/other/main").exits(1).says("the push to `refs/other/main` is refused");
    says(&sandbox, "origin.git", "symbolic-ref HEAD refs/heads/main");
    // What is packed is no symbolic reference, and is judged by its own name.
    says(&sandbox, ".", "checkout --quiet -b work HEAD~1");
    push(&sandbox, "work:release/2").exits(0);
    says(&sandbox, "origin.git", "pack-refs --all");
    wrong(&sandbox);
    push(&sandbox, "work:release/2").exits(1).says("the push to `release/2` is refused");
    push(&sandbox, "work:elsewhere").exits(0).says_no("remote:");
}

fn patterns_are_for_more_branches() {
    let sandbox = pair();
    says(&sandbox, "origin.git", "config tenantry.ref release/*");
    wrong(&sandbox);
    push(&sandbox, "main").exits(1).says("the push to `main` is refused");
    push(&sandbox, "main:release/1").exits(1).says("the push to `release/1` is refused");
    push(&sandbox, "main:work").exits(0).says_no("remote:");
    for pattern in ["refs/tags/*", "main/refs/heads"] {
        hook(&sandbox, "origin.git/hooks/pre-receive", &PRE_RECEIVE.replace("\"$@\"", &format!("--ref '{pattern}'")));
        let run = push(&sandbox, "main").exits(1);
        match pattern {
            "refs/tags/*" => run.says("`refs/tags/*` is no pattern for branches, and nothing else is judged"),
            _ => run.says("the push to `main` is refused"),
        };
    }
}

fn a_default_branch_that_is_not_there() {
    let sandbox = pair();
    says(&sandbox, ".", "init --quiet --bare --initial-branch=master new.git");
    hook(&sandbox, "new.git/hooks/pre-receive", PRE_RECEIVE);
    says(&sandbox, ".", "remote set-url origin new.git");
    let says_so = "HEAD of this repository names `refs/heads/master`, which is not there, so every branch is judged";
    let run = push(&sandbox, "main").exits(0).says(says_so).says("git symbolic-ref HEAD refs/heads/main`");
    run.says("no commit → main (");
    wrong(&sandbox);
    push(&sandbox, "main").exits(1).says(says_so).says("the push to `main` is refused");
    push(&sandbox, "main:a main:b").exits(1).says("symbolic-ref HEAD refs/heads/BRANCH");
    push(&sandbox, "main:refs/tags/v1").exits(0).says_no("remote:");
    // Said and done.
    says(&sandbox, "new.git", "symbolic-ref HEAD refs/heads/main");
    push(&sandbox, "main").exits(1).says_no("HEAD of this repository");
    push(&sandbox, "main:a").exits(0).says_no("remote:");
    // A push that brings the default branch mends it, too.
    says(&sandbox, "new.git", "symbolic-ref HEAD refs/heads/next");
    push(&sandbox, "main~1:refs/heads/next main:c").exits(0).says_no("HEAD of this repository");
}

fn names_that_are_no_text() {
    let sandbox = pair();
    wrong(&sandbox);
    let id = says(&sandbox, ".", "rev-parse HEAD");
    // A name that nobody judges stops nothing, and one that is judged is judged.
    let lines = |name: &[u8]| [format!("{} {id} refs/heads/", "0".repeat(40)).as_bytes(), name, b"\n"].concat();
    says(&sandbox, "origin.git", "fetch --quiet .. main:elsewhere");
    let judged = |words: &[&str], name: &[u8]| super::server::feed_bytes(&sandbox, words, &lines(name));
    judged(&[], b"e\xff").exits(0).says_nothing();
    judged(&["--ref", "*"], b"e\xff").exits(2).says(r"the push to `e\xff` is refused");
    judged(&[], b"main\xff").exits(0).says_nothing();
}

fn output_without_inventory() {
    let sandbox = pair();
    says(&sandbox, "origin.git", "config tenantry.ref *");
    says(&sandbox, ".", "checkout --quiet --orphan other");
    says(&sandbox, ".", "rm --quiet -r --cached .");
    sandbox.write("output/prod/tenants/extra.yaml", BINDING);
    says(&sandbox, ".", "add output/prod/tenants/extra.yaml");
    commit(&sandbox).exits(0);
    let run = push(&sandbox, "other").exits(1);
    let run = run.says(") brings files to `output`, and has no inventory in `input` that compiles to them");
    run.says("git config tenantry.input DIR");
    // What lies there already is nobody's change, and neither is what goes.
    git(&sandbox, "origin.git", &["-c", "protocol.file.allow=always", "fetch", "--quiet", "..", "other:other"])
        .exits(0);
    sandbox.write("README.md", "Read me.\n");
    says(&sandbox, ".", "add README.md");
    commit(&sandbox).exits(0);
    push(&sandbox, "other").exits(0).says_no("remote:");
    says(&sandbox, ".", "rm --quiet -r output");
    commit(&sandbox).exits(0);
    push(&sandbox, "other").exits(0).says("has no inventory in `input`, so there was nothing to judge");
    // What takes the inventory away says so.
    says(&sandbox, ".", "checkout --quiet --force main");
    says(&sandbox, ".", "rm --quiet -r input output");
    commit(&sandbox).exits(0);
    let run = push(&sandbox, "main").exits(1).says(") has no inventory in `input`, and ");
    run.says("every namespace with it")
        .says("if a folder is called otherwise")
        .says("state: retired")
        .says_no("permissions");
    let run = super::judged(&sandbox, "--all");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}
