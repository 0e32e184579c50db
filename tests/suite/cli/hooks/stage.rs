//! `hook pre-commit --stage`: the commit has its output, and nobody's work is touched.

use super::super::Test;
use super::super::sandbox::{Sandbox, tenant};
use super::{commit, git, is_fresh, repository, says};

pub const TESTS: &[Test] = &[
    ("output-is-staged-with-its-inventory", output_is_staged_with_its_inventory),
    ("a-part-of-the-work", a_part_of_the_work),
    ("nothing-is-staged-when-something-is-wrong", nothing_is_staged_when_something_is_wrong),
    ("all-that-is-tracked", all_that_is_tracked),
    ("named-paths", named_paths),
    ("blanks-and-letters", blanks_and_letters),
    ("links-are-not-followed", links_are_not_followed),
];

fn staging() -> Sandbox {
    let sandbox = repository();
    says(&sandbox, ".", "config tenantry.preCommit stage");
    sandbox
}

fn output_is_staged_with_its_inventory() {
    let sandbox = staging();
    sandbox.write("input/new.yaml", tenant("new", "{}"));
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: ada}, {user: bob}");
    sandbox.replace("input/audio.yaml", "spec: {", "spec: {state: retired, ");
    says(&sandbox, ".", "add input");
    commit(&sandbox).exits(0).says("compiled what is staged, and staged it in `output`: 6 files: 1 new, 2 changed");
    is_fresh(&sandbox, "HEAD", "input", "output");
    assert_eq!(says(&sandbox, ".", "status --short"), "");
    // A file that is no longer wanted goes too, from the index and from the disk.
    says(&sandbox, ".", "rm --quiet input/audio.yaml");
    commit(&sandbox).exits(0).says("1 removed");
    is_fresh(&sandbox, "HEAD", "input", "output");
    assert!(!sandbox.has("output/prod/tenants/audio.yaml"));
    assert_eq!(says(&sandbox, ".", "status --short"), "");
    // Somebody compiled, and forgot to add.
    sandbox.replace("input/new.yaml", "{}", "{contributors: [{user: bob}]}");
    sandbox.run("compile").exits(0);
    says(&sandbox, ".", "add input");
    commit(&sandbox).exits(0).says_no("was left as it is");
    assert_eq!(says(&sandbox, ".", "status --short"), "");
}

fn a_part_of_the_work() {
    let sandbox = staging();
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: ada}, {user: bob}");
    says(&sandbox, ".", "add input");
    // More is on the disk: another change of the same file, a file that is not tracked, and what they compile to.
    sandbox.replace("input/vision.yaml", "{user: bob}", "{user: bob, role: view}");
    sandbox.write("input/new.yaml", tenant("new", "{}"));
    sandbox.run("compile").exits(0);
    sandbox.write("output/notes.txt", "mine\n");
    let before = (sandbox.tree("input"), sandbox.tree("output"), sandbox.times("output"));
    commit(&sandbox)
        .exits(0)
        .says("`output/prod/tenants/vision.yaml` has changes that are not staged, and was left as it is");
    assert!(before == (sandbox.tree("input"), sandbox.tree("output"), sandbox.times("output")));
    is_fresh(&sandbox, "HEAD", "input", "output");
    let status = says(&sandbox, ".", "status --short");
    let wanted = " M input/vision.yaml\n M output/prod/tenants/vision.yaml\n?? input/new.yaml\n?? output/notes.txt\n?? output/prod/tenants/new.yaml";
    assert_eq!(status, wanted);
    // A file that was deleted on the disk only stays deleted there.
    says(&sandbox, ".", "reset --quiet --hard");
    sandbox.remove("input/new.yaml");
    sandbox.remove("output/prod/tenants/new.yaml");
    sandbox.remove("output/prod/tenants/audio.yaml");
    sandbox.replace("input/audio.yaml", "view", "edit");
    says(&sandbox, ".", "add input");
    commit(&sandbox).exits(0).says("`output/prod/tenants/audio.yaml` has changes that are not staged");
    is_fresh(&sandbox, "HEAD", "input", "output");
    assert!(!sandbox.has("output/prod/tenants/audio.yaml"));
}

fn nothing_is_staged_when_something_is_wrong() {
    let sandbox = staging();
    says(&sandbox, ".", "rm --quiet input/audio.yaml");
    let before = (sandbox.tree("output"), says(&sandbox, ".", "ls-files --stage"));
    commit(&sandbox).exits(1).says("unretired-removal");
    sandbox.write("input/audio.yaml", tenant("audio", "{contributors: [{user: eve}]}"));
    says(&sandbox, ".", "add input");
    commit(&sandbox).exits(1).says("unknown-user");
    says(&sandbox, ".", "rm --quiet --cached input/audio.yaml");
    assert!(before == (sandbox.tree("output"), says(&sandbox, ".", "ls-files --stage")));
}

fn all_that_is_tracked() {
    let sandbox = staging();
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: ada}, {user: bob}");
    git(&sandbox, ".", &["commit", "--quiet", "--all", "--message", "all"]).exits(0).says("1 changed");
    is_fresh(&sandbox, "HEAD", "input", "output");
    assert_eq!(says(&sandbox, ".", "status --short"), "");
    // A commit that is made again is compared with itself.
    sandbox.replace("input/vision.yaml", "{user: bob}", "{user: bob, role: view}");
    git(&sandbox, ".", &["commit", "--quiet", "--all", "--amend", "--no-edit"]).exits(0).says("1 changed");
    is_fresh(&sandbox, "HEAD", "input", "output");
    assert_eq!(says(&sandbox, ".", "rev-list --count HEAD"), "2");
}

fn named_paths() {
    let sandbox = staging();
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: ada}, {user: bob}");
    sandbox.replace("input/audio.yaml", "view", "edit");
    says(&sandbox, ".", "add input/audio.yaml");
    // Only what is named is judged, and only that is compiled.
    let named = ["commit", "--quiet", "--message", "named", "input/vision.yaml"];
    let run = git(&sandbox, ".", &named).exits(0);
    run.says("a commit of named paths has an index of its own; after it, run `git reset --quiet -- output`");
    is_fresh(&sandbox, "HEAD", "input", "output");
    assert_eq!(
        says(&sandbox, ".", "show --format= --name-only HEAD"),
        "input/vision.yaml\noutput/prod/tenants/vision.yaml"
    );
    says(&sandbox, ".", "reset --quiet -- output");
    assert_eq!(says(&sandbox, ".", "status --short"), "M  input/audio.yaml");
    // What only tells, tells what to name.
    says(&sandbox, ".", "config tenantry.preCommit check");
    let named = ["commit", "--quiet", "--message", "named", "input/audio.yaml"];
    git(&sandbox, ".", &named).exits(1).says("commit both: `git commit input output`");
    sandbox.run("compile").exits(0);
    git(&sandbox, ".", &["commit", "--quiet", "--message", "named", "input", "output"]).exits(0);
    is_fresh(&sandbox, "HEAD", "input", "output");
}

fn blanks_and_letters() {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("Mandanten ü")).expect("a folder");
    std::fs::rename(sandbox.path("input"), sandbox.path("Mandanten ü/ein \"gang\"")).expect("it moves");
    says(&sandbox, ".", "init --quiet --initial-branch=main");
    super::hook(&sandbox, ".git/hooks/pre-commit", super::PRE_COMMIT);
    let set = |name: &str, value: &str| git(&sandbox, ".", &["config", name, value]).exits(0);
    set("tenantry.input", "Mandanten ü/ein \"gang\"/");
    set("tenantry.output", "./aus gäbe's\tx");
    set("core.quotePath", "true");
    set("tenantry.preCommit", "stage");
    says(&sandbox, ".", "add --all");
    let run = commit(&sandbox).exits(0);
    run.says("staged it in `aus gäbe's");
    assert!(sandbox.has("aus gäbe's\tx/prod/tenants/vision.yaml"));
    assert_eq!(says(&sandbox, ".", "status --short"), "");
    is_fresh(&sandbox, "HEAD", "Mandanten ü/ein \"gang\"", "aus gäbe's\tx");
    sandbox.write("Mandanten ü/ein \"gang\"/neu é.yaml", tenant("new", "{contributors: [{user: eve}]}"));
    says(&sandbox, ".", "add --all");
    commit(&sandbox).exits(1).says("Mandanten ü/ein \"gang\"/neu é.yaml:4:30");
    sandbox.write("Mandanten ü/ein \"gang\"/neu é.yaml", tenant("new", "{}"));
    says(&sandbox, ".", "add --all");
    set("tenantry.preCommit", "check");
    let mends = "run `tenantry compile 'Mandanten ü/ein \"gang\"' --output 'aus gäbe'\\''s";
    commit(&sandbox).exits(1).says(mends);
}

#[cfg(unix)]
fn links_are_not_followed() {
    let sandbox = staging();
    // The folder of tenants leads elsewhere on the disk, and not in the commit.
    std::fs::rename(sandbox.path("output/prod"), sandbox.path("elsewhere")).expect("it moves");
    std::os::unix::fs::symlink("../elsewhere", sandbox.path("output/prod")).expect("a link");
    let before = sandbox.tree("elsewhere");
    sandbox.write("input/new.yaml", tenant("new", "{}"));
    says(&sandbox, ".", "add input");
    commit(&sandbox).exits(0).says("`output/prod/tenants/new.yaml` has changes that are not staged");
    assert!(before == sandbox.tree("elsewhere"));
    is_fresh(&sandbox, "HEAD", "input", "output");
    // A link in the commit itself is no folder of output.
    says(&sandbox, ".", "reset --quiet --hard");
    says(&sandbox, ".", "rm --quiet -r output");
    std::os::unix::fs::symlink("/etc", sandbox.path("output")).expect("a link");
    says(&sandbox, ".", "add output");
    commit(&sandbox)
        .exits(1)
        .says("`output` cannot hold the output: it is a symbolic link that leads out of the repository");
}

#[cfg(not(unix))]
fn links_are_not_followed() {}
