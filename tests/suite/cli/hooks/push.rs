//! `hook pre-receive` in real pushes to real bare repositories: what is refused leaves nothing behind.

use super::super::Test;
use super::super::sandbox::{Run, Sandbox, tenant};
use super::{BINDING, PRE_RECEIVE, commit, git, hook, says};

pub const TESTS: &[Test] = &[
    ("a-good-push-is-reviewed", a_good_push_is_reviewed),
    ("a-bad-push-leaves-nothing", a_bad_push_leaves_nothing),
    ("stale-output", stale_output),
    ("files-beside-ours", files_beside_ours),
    ("guards-and-conditions", guards_and_conditions),
    ("branches", branches),
    ("the-default-branch-stays", the_default_branch_stays),
    ("several-at-once", several_at_once),
    ("without-fast-forward", without_fast_forward),
    ("objects-in-quarantine", objects_in_quarantine),
    ("a-grant-that-ended", a_grant_that_ended),
    ("names-from-outside", names_from_outside),
];

/// A repository with its inventory and output, and the bare one that it pushes to, which has the hook.
pub fn pair() -> Sandbox {
    let sandbox = Sandbox::compiled();
    says(&sandbox, ".", "init --quiet --bare --initial-branch=main origin.git");
    says(&sandbox, ".", "init --quiet --initial-branch=main");
    sandbox.write(".gitignore", "*.git\n");
    says(&sandbox, ".", "remote add origin origin.git");
    says(&sandbox, ".", "add --all");
    commit(&sandbox).exits(0);
    hook(&sandbox, "origin.git/hooks/pre-receive", PRE_RECEIVE);
    let run = push(&sandbox, "main").exits(0).says("remote: no commit → main (").says("so everything is new");
    run.says("remote:   cluster-added: the cluster `prod`").says_no("platform-not-compared");
    sandbox
}

/// Pushes; words are what is pushed.
pub fn push(sandbox: &Sandbox, words: &str) -> Run {
    let words = ["push", "--porcelain", "origin"].into_iter().chain(words.split(' ')).collect::<Vec<_>>();
    git(sandbox, ".", &words)
}

/// Everything that the bare repository says and holds, apart from what git notes for itself.
fn state(sandbox: &Sandbox) -> (String, String, Vec<String>) {
    let objects = sandbox.tree("origin.git/objects").into_keys().collect();
    (says(sandbox, "origin.git", "for-each-ref"), says(sandbox, "origin.git", "rev-list --all"), objects)
}

/// Changes the inventory, compiles it and commits both.
fn change(sandbox: &Sandbox, file: &str, text: &str) {
    sandbox.write(file, text);
    sandbox.run("compile --allow-removal audio --allow-removal vision").exits(0);
    says(sandbox, ".", "add --all");
    commit(sandbox).exits(0);
}

fn a_good_push_is_reviewed() {
    let sandbox = pair();
    change(&sandbox, "input/vision.yaml", &tenant("vision", "{contributors: [{user: ada}, {user: bob, role: view}]}"));
    let run = push(&sandbox, "main").exits(0);
    let run = run.says("remote: widening: something is opened").says("remote: 1 access fact gained, 0 lost");
    run.says("→ main (").says_no("\u{1b}").says_no("refused");
    assert_eq!(says(&sandbox, "origin.git", "rev-parse main"), says(&sandbox, ".", "rev-parse main"));
    // What has nothing to do with tenants is nothing to talk of.
    sandbox.write("README.md", "Read me.\n");
    says(&sandbox, ".", "add README.md");
    commit(&sandbox).exits(0);
    push(&sandbox, "main").exits(0).says_no("remote:");
}

fn a_bad_push_leaves_nothing() {
    let sandbox = pair();
    let before = state(&sandbox);
    sandbox.write("input/odd.yaml", tenant("odd", "{contributors: [{user: eve}]}"));
    says(&sandbox, ".", "add --all");
    commit(&sandbox).exits(0);
    let run = push(&sandbox, "main");
    assert_eq!(run.code, Some(1));
    let run = run.says("remote: error[unknown-user]").says("remote:  --> input/odd.yaml:4:30");
    let run = run.says("known here: `ada`, `bob` and `root`").says("remote: error: the push to `main` is refused");
    run.prints("[remote rejected] (pre-receive hook declined)");
    assert!(before == state(&sandbox));
    says(&sandbox, "origin.git", "fsck --full");
}

fn stale_output() {
    let sandbox = pair();
    let before = state(&sandbox);
    sandbox.write("input/new.yaml", tenant("new", "{}"));
    says(&sandbox, ".", "add --all");
    commit(&sandbox).exits(0);
    let run = push(&sandbox, "main").exits(1).says("remote: missing  output/prod/tenants/new.yaml");
    run.says("run `tenantry compile && git add output`, commit and push again");
    // Taking the output away is no way around it.
    says(&sandbox, ".", "rm --quiet -r output");
    commit(&sandbox).exits(0);
    push(&sandbox, "main").exits(1).says("files of the output are not what the inventory compiles to");
    assert!(before == state(&sandbox));
    // Where output is compiled elsewhere, the server says so.
    hook(
        &sandbox,
        "origin.git/hooks/pre-receive",
        &PRE_RECEIVE.replace("pre-receive \"$@\"", "pre-receive --require-fresh never"),
    );
    push(&sandbox, "main").exits(0).says("gained");
}

fn files_beside_ours() {
    let sandbox = pair();
    let before = state(&sandbox);
    let says_so = "remote:   foreign-manifest: the RoleBinding `extra` in the namespace `vision`";
    sandbox.write("output/prod/tenants/extra.yml", BINDING);
    says(&sandbox, ".", "add output");
    commit(&sandbox).exits(0);
    let run = push(&sandbox, "main").exits(1).says("remote: opens (1)").says(says_so).says("is added where");
    run.says("remote:     output/prod/tenants/extra.yml:1")
        .says("`output/prod/tenants/extra.yml` comes with this change");
    assert!(before == state(&sandbox));
    // Where output need not be fresh, it is reviewed, and refused if that is asked for.
    let with = |options: &str| hook(&sandbox, "origin.git/hooks/pre-receive", &PRE_RECEIVE.replace("\"$@\"", options));
    with("--require-fresh never --fail-on foreign-manifest");
    push(&sandbox, "main").exits(1).says("remote: error: foreign-manifest");
    with("--require-fresh never");
    push(&sandbox, "main").exits(0).says(says_so).says_no("comes with this change");
    // A branch without history in common is compared with nothing, and so all of it is new.
    says(&sandbox, "origin.git", "config tenantry.ref *");
    says(&sandbox, ".", "checkout --quiet --orphan alone");
    commit(&sandbox).exits(0);
    push(&sandbox, "alone").exits(0).says(says_so).says("is added where");
    // What lies there already is no change.
    sandbox.write("input/new.yaml", tenant("new", "{}"));
    says(&sandbox, ".", "add input");
    commit(&sandbox).exits(0);
    push(&sandbox, "alone").exits(0).says("1 access fact gained").says_no("foreign-manifest");
}

fn guards_and_conditions() {
    let sandbox = pair();
    let before = state(&sandbox);
    says(&sandbox, ".", "rm --quiet input/audio.yaml output/prod/tenants/audio.yaml");
    commit(&sandbox).exits(0);
    push(&sandbox, "main").exits(1).says("remote:   unretired-removal").says("1 guard refuses this change");
    // Who pushes cannot allow it, and who runs the server can.
    git(&sandbox, ".", &["-c", "push.default=current", "push", "-o", "tenantry.allowRemoval=audio", "origin", "main"]);
    assert!(before == state(&sandbox));
    says(&sandbox, "origin.git", "config tenantry.allowRemoval audio");
    push(&sandbox, "main").exits(0).says("destructive: data would be lost");
    hook(&sandbox, "origin.git/hooks/pre-receive", &PRE_RECEIVE.replace("\"$@\"", "--fail-on widening"));
    change(&sandbox, "input/vision.yaml", &tenant("vision", "{contributors: [{user: ada}, {user: bob}]}"));
    push(&sandbox, "main").exits(1).says("`bob@example.org` gains `edit` in the namespace `vision`");
}

fn branches() {
    let sandbox = pair();
    says(&sandbox, ".", "checkout --quiet -b work");
    sandbox.write("input/odd.yaml", tenant("odd", "{contributors: [{user: eve}]}"));
    says(&sandbox, ".", "add --all");
    commit(&sandbox).exits(0);
    // Only the default branch counts, unless the server says more; tags never do.
    push(&sandbox, "work HEAD:refs/tags/v1").exits(0).says_no("remote:");
    says(&sandbox, "origin.git", "config tenantry.ref *");
    push(&sandbox, "work:other").exits(1).says("input/odd.yaml:4:30").says("the push to `other` is refused");
    push(&sandbox, "HEAD:refs/tags/v2").exits(0).says_no("remote:");
    // A new branch is compared with where it left the default branch, whatever came there since.
    says(&sandbox, ".", "checkout --quiet main");
    change(&sandbox, "input/since.yaml", &tenant("since", "{}"));
    push(&sandbox, "main").exits(0);
    says(&sandbox, ".", "checkout --quiet -b fine HEAD~1");
    change(&sandbox, "input/fine.yaml", &tenant("fine", "{}"));
    let run =
        push(&sandbox, "fine").exits(0).says("remote: 1 access fact gained, 0 lost, 0 changed; 1 person, 1 tenant");
    run.says("main...fine (");
    // Without history in common, it is compared with nothing.
    says(&sandbox, ".", "checkout --quiet --orphan alone");
    commit(&sandbox).exits(0);
    push(&sandbox, "alone").exits(0).says("remote: no commit → alone (");
    // Branches come and go.
    push(&sandbox, "--delete fine").exits(0).says_no("remote:");
    // One without any inventory is said to be one.
    says(&sandbox, ".", "rm --quiet -r input output");
    says(&sandbox, ".", "checkout --quiet --orphan bare");
    sandbox.write("README.md", "Read me.\n");
    says(&sandbox, ".", "add README.md");
    commit(&sandbox).exits(0);
    push(&sandbox, "bare").exits(0).says("`bare` has no inventory in `input`, so there was nothing to judge");
}

fn the_default_branch_stays() {
    let sandbox = pair();
    says(&sandbox, "origin.git", "config receive.denyDeleteCurrent ignore");
    let before = state(&sandbox);
    let run = push(&sandbox, "--delete main").exits(1);
    run.says("remote: error: this deletes the default branch, and the whole inventory with it")
        .says("git symbolic-ref HEAD");
    assert!(before == state(&sandbox));
    says(&sandbox, "origin.git", "symbolic-ref HEAD refs/heads/next");
    push(&sandbox, "--delete main").exits(0);
}

fn several_at_once() {
    let sandbox = pair();
    says(&sandbox, "origin.git", "config tenantry.ref *");
    let before = state(&sandbox);
    says(&sandbox, ".", "checkout --quiet -b one");
    sandbox.write("input/odd.yaml", tenant("odd", "{contributors: [{user: eve}]}"));
    says(&sandbox, ".", "add --all");
    commit(&sandbox).exits(0);
    says(&sandbox, ".", "checkout --quiet -b two main");
    change(&sandbox, "input/two.yaml", &tenant("two", "{}"));
    let run = push(&sandbox, "one two").exits(1).says("the push to `one` is refused").says("→ two (");
    run.says_no("the push to `two` is refused");
    assert!(before == state(&sandbox));
}

fn without_fast_forward() {
    let sandbox = pair();
    change(&sandbox, "input/new.yaml", &tenant("new", "{}"));
    push(&sandbox, "main").exits(0);
    says(&sandbox, ".", "reset --quiet --hard HEAD~1");
    sandbox.write("README.md", "Read me.\n");
    says(&sandbox, ".", "add README.md");
    commit(&sandbox).exits(0);
    // What the branch had vanishes, whatever the history says.
    push(&sandbox, "--force main").exits(1).says("unretired-removal").says("namespace `new`");
}

fn objects_in_quarantine() {
    for limit in ["1", "1000"] {
        let sandbox = pair();
        says(&sandbox, "origin.git", &format!("config receive.unpackLimit {limit}"));
        change(&sandbox, "input/new.yaml", &tenant("new", "{}"));
        push(&sandbox, "main").exits(0).says("1 access fact gained");
        sandbox.write("input/odd.yaml", tenant("odd", "{contributors: [{user: eve}]}"));
        says(&sandbox, ".", "add --all");
        commit(&sandbox).exits(0);
        push(&sandbox, "main").exits(1).says("input/odd.yaml:4:30");
    }
    // A server may keep its objects elsewhere, by a path of its own or by one from here.
    for relative in [true, false] {
        let sandbox = pair();
        std::fs::create_dir(sandbox.path("all.git")).expect("a folder");
        std::fs::rename(sandbox.path("origin.git/objects"), sandbox.path("all.git/objects")).expect("it moves");
        let absolute = sandbox.path("all.git/objects").to_str().expect("a path").to_owned();
        let place = if relative { "../../all.git/objects" } else { &absolute };
        sandbox.write("origin.git/objects/info/alternates", format!("{place}\n"));
        change(&sandbox, "input/new.yaml", &tenant("new", "{}"));
        push(&sandbox, "main").exits(0).says("1 access fact gained");
    }
}

fn a_grant_that_ended() {
    let sandbox = pair();
    let ends = tenant("vision", "{contributors: [{user: ada}, {user: bob, until: 2026-11-30}]}");
    sandbox.write("input/vision.yaml", &ends);
    sandbox.run("compile --as-of 2026-11-22").exits(0);
    says(&sandbox, ".", "add --all");
    commit(&sandbox).exits(0);
    push(&sandbox, "main").exits(0);
    // Later, somebody changes something else.
    let later = PRE_RECEIVE.replace("\"$@\"", "--as-of 2026-12-24");
    hook(&sandbox, "origin.git/hooks/pre-receive", &later);
    sandbox.write("input/new.yaml", tenant("new", "{}"));
    sandbox.run("compile --as-of 2026-11-22").exits(0);
    says(&sandbox, ".", "add --all");
    commit(&sandbox).exits(0);
    let run = push(&sandbox, "main").exits(0);
    run.says("1 file of the output has a grant that ended since; `tenantry compile` takes it away");
    // Bringing it back is no oversight.
    sandbox.run("compile --as-of 2026-12-24").exits(0);
    says(&sandbox, ".", "add --all");
    commit(&sandbox).exits(0);
    push(&sandbox, "main").exits(0).says_no("ended since");
    sandbox.run("compile --as-of 2026-11-22").exits(0);
    says(&sandbox, ".", "add --all");
    commit(&sandbox).exits(0);
    push(&sandbox, "main").exits(1).says("stale (a grant expired since)  output/prod/tenants/vision.yaml");
}

fn names_from_outside() {
    let sandbox = pair();
    says(&sandbox, "origin.git", "config tenantry.ref *");
    sandbox.write("input/vision.yaml", tenant("vision", "{contributors: [{user: \"e\\u202eve\"}]}"));
    says(&sandbox, ".", "add --all");
    commit(&sandbox).exits(0);
    git(&sandbox, ".", &["push", "origin", "HEAD:refs/heads/a\u{202e}b"])
        .exits(1)
        .says("`a\\u{202e}b`")
        .says_no("\u{202e}b` is");
}
