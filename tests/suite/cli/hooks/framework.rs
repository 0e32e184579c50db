//! `.pre-commit-hooks.yaml`, run by the real pre-commit: it clones a repository that has this file, and runs the ids that
//! take the program from the PATH. The other two differ in nothing but their language, which would compile for minutes.
//!
//! Without pre-commit the tests are skipped, or fail with `TENANTRY_REQUIRE_TOOLS=1`.

use std::process::Command;

use super::super::Test;
use super::super::sandbox::{Run, Sandbox, run, tenant, tools_are_required};
use super::{clean, commit, is_fresh, says};

pub const TESTS: &[Test] = &[
    ("ids-differ-in-language-alone", ids_differ_in_language_alone),
    ("check", check),
    ("compile", compile),
    ("work-that-is-not-staged-stays", work_that_is_not_staged_stays),
    ("recipe-of-the-readme-sees-a-deletion", recipe_of_the_readme_sees_a_deletion),
];

const MANIFEST: &str = include_str!("../../../../.pre-commit-hooks.yaml");

const README: &str = include_str!("../../../../README.md");

/// Whether pre-commit is there. Where it has to be, it is.
fn has_framework() -> bool {
    let found = Command::new("pre-commit").arg("--version").output().is_ok();
    if !found {
        assert!(!tools_are_required(), "pre-commit is not on the PATH; `bash .ci/run --tools` installs it");
        eprintln!("skipped: pre-commit is not on the PATH");
    }
    found
}

/// A repository that uses an id, and pre-commit's command in it; `None` if there is none.
fn using(id: &str) -> Option<Sandbox> {
    if !has_framework() {
        return None;
    }
    let sandbox = Sandbox::compiled();
    sandbox.write("hooks/.pre-commit-hooks.yaml", MANIFEST);
    says(&sandbox, "hooks", "init --quiet --initial-branch=main");
    says(&sandbox, "hooks", "add --all");
    says(&sandbox, "hooks", "commit --quiet --message=hooks");
    let (url, revision) = (sandbox.path("hooks"), says(&sandbox, "hooks", "rev-parse HEAD"));
    let url = url.to_str().expect("a path");
    install(&sandbox, &format!("repos:\n  - repo: {url}\n    rev: {revision}\n    hooks:\n      - id: {id}\n"));
    Some(sandbox)
}

/// Makes the folder a repository with a configuration of pre-commit.
fn install(sandbox: &Sandbox, config: &str) {
    sandbox.write(".pre-commit-config.yaml", config);
    sandbox.write(".gitignore", "hooks/\n.cache/\n");
    says(sandbox, ".", "init --quiet --initial-branch=main");
    says(sandbox, ".", "add --all");
    commit(sandbox).exits(0);
    framework(sandbox, "install --hook-type pre-commit").exits(0);
}

fn framework(sandbox: &Sandbox, words: &str) -> Run {
    run(clean("pre-commit", sandbox, ".").args(words.split(' ')))
}

fn ids_differ_in_language_alone() {
    let of = |id: &str| {
        let start = MANIFEST.find(&format!("- id: {id}\n")).expect("an id");
        let entry = MANIFEST[start..].split("\n- id: ").next().expect("an entry").trim_end();
        let lines = entry.lines().filter(|line| !line.contains("description:") && !line.contains("- id:"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    for id in ["tenantry-check", "tenantry-compile"] {
        let (built, system) = (of(id), of(&format!("{id}-system")));
        let built: Vec<String> = built.iter().map(|line| line.replace("language: rust", "language: system")).collect();
        assert_eq!(built, system);
    }
}

fn check() {
    let Some(sandbox) = using("tenantry-check-system") else { return };
    sandbox.write("README.md", "Read me.\n");
    says(&sandbox, ".", "add README.md");
    commit(&sandbox).exits(0).says("Passed");
    // A commit that only deletes gives pre-commit no file to match.
    says(&sandbox, ".", "rm --quiet input/audio.yaml output/prod/tenants/audio.yaml");
    commit(&sandbox).exits(1).says("exit code: 3").says("unretired-removal");
    says(&sandbox, ".", "reset --quiet --hard");
    // What is not staged is put aside, and comes back.
    sandbox.write("input/new.yaml", tenant("new", "{}"));
    says(&sandbox, ".", "add input");
    sandbox.replace("input/vision.yaml", "ada", "nobody");
    commit(&sandbox).exits(1).says("exit code: 1").says("missing  output/prod/tenants/new.yaml").says_no("nobody");
    assert!(sandbox.read("input/vision.yaml").contains("nobody"));
    // As a pipeline runs it, on everything.
    says(&sandbox, ".", "reset --quiet --hard");
    assert!(framework(&sandbox, "run --all-files").exits(0).stdout.contains("Passed"));
    sandbox.write("input/new.yaml", tenant("new", "{}"));
    says(&sandbox, ".", "add input");
    says(&sandbox, ".", "commit --quiet --no-verify --message=stale");
    assert!(framework(&sandbox, "run --all-files").exits(1).stdout.contains("missing  output/prod/tenants/new.yaml"));
}

fn compile() {
    let Some(sandbox) = using("tenantry-compile-system") else { return };
    sandbox.write("input/new.yaml", tenant("new", "{}"));
    says(&sandbox, ".", "add input");
    // As a formatter, it writes and fails; staged, it passes.
    let run = commit(&sandbox).exits(1).says("Failed");
    run.says("error: files were written: compiled what is staged into `output` (6 files: 1 new, 0 changed")
        .says("then `git add output`, and commit again");
    assert_eq!(says(&sandbox, ".", "status --short"), "A  input/new.yaml\n?? output/prod/tenants/new.yaml");
    // Written and not staged is not in the commit.
    commit(&sandbox).exits(1).says("what is staged compiles to more than is staged in `output`");
    says(&sandbox, ".", "add output");
    commit(&sandbox).exits(0).says("Passed");
    is_fresh(&sandbox, "HEAD", "input", "output");
    assert_eq!(says(&sandbox, ".", "status --short"), "");
    // Something wrong is refused before anything is written.
    sandbox.replace("input/new.yaml", "{}", "{contributors: [{user: eve}]}");
    says(&sandbox, ".", "add input");
    commit(&sandbox).exits(1).says("exit code: 2").says("unknown-user");
}

fn work_that_is_not_staged_stays() {
    let Some(sandbox) = using("tenantry-compile-system") else { return };
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: ada, role: view}");
    says(&sandbox, ".", "add input");
    sandbox.replace("input/vision.yaml", "role: view", "role: admin");
    sandbox.write("input/new.yaml", tenant("new", "{}"));
    sandbox.run("compile").exits(0);
    let state = || (sandbox.tree("input"), sandbox.tree("output"), says(&sandbox, ".", "ls-files --stage"));
    let before = state();
    // Both the hook and whoever works here changed the same lines of the output.
    let run = commit(&sandbox).exits(1).says("Rolling back fixes");
    run.says(
        "if pre-commit takes this back, `output` has changes that are not staged: `git restore output` drops them",
    );
    assert!(before == state());
    // What it says helps.
    says(&sandbox, ".", "restore output");
    commit(&sandbox).exits(1).says("files were modified by this hook").says_no("Rolling back");
    assert!(before.0 == sandbox.tree("input") && before.2 == says(&sandbox, ".", "ls-files --stage"));
    says(&sandbox, ".", "add output/prod/tenants/vision.yaml");
    commit(&sandbox).exits(0).says("Passed");
    is_fresh(&sandbox, "HEAD", "input", "output");
    assert!(before.0 == sandbox.tree("input"));
    sandbox.run("compile").exits(0);
    assert!(before.1 == sandbox.tree("output"));
    // A compiled file that is not tracked is made again; one that somebody edited stays.
    says(&sandbox, ".", "add input");
    sandbox.replace("input/new.yaml", "{}", "{contributors: [{user: bob}]}");
    sandbox.run("compile").exits(0);
    says(&sandbox, ".", "restore output/prod/tenants/vision.yaml");
    commit(&sandbox).exits(1).says("1 new, 1 changed").says_no("was left as it is");
    assert!(!sandbox.read("output/prod/tenants/new.yaml").contains("bob"));
    sandbox.replace("output/prod/tenants/new.yaml", "kind: Profile", "kind: Mine");
    commit(&sandbox).exits(1).says("`output/prod/tenants/new.yaml` has changes that are not staged, and was left");
    assert!(sandbox.read("output/prod/tenants/new.yaml").contains("Mine"));
}

/// The first recipe, with the program that is there in place of the wheel.
fn recipe_of_the_readme_sees_a_deletion() {
    let start = README.find("# .pre-commit-config.yaml\n").expect("the recipe is there");
    let recipe = README[start..].split("```").next().unwrap_or_default();
    let wheel = "        language: python\n        additional_dependencies: [tenantry==0.1.0]\n";
    assert!(recipe.contains(wheel), "{recipe}");
    if !has_framework() {
        return;
    }
    let sandbox = Sandbox::compiled();
    install(&sandbox, &recipe.replace(wheel, "        language: system\n"));
    says(&sandbox, ".", "rm --quiet input/people.yaml");
    commit(&sandbox).exits(1).says("unknown-user");
}
