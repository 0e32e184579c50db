//! `.pre-commit-hooks.yaml`, run by the real pre-commit: it clones a repository that has this file, and runs the ids that
//! take the program from the PATH. The other two differ in nothing but their language, which would compile for minutes.
//!
//! Without pre-commit the tests are skipped, or fail with `TENANTRY_REQUIRE_TOOLS=1`.

use std::process::Command;

use super::super::Test;
use super::super::sandbox::{Run, Sandbox, run, tenant, tools_are_required};
use super::{clean, commit, is_fresh, says};

pub const TESTS: &[Test] =
    &[("ids-differ-in-language-alone", ids_differ_in_language_alone), ("check", check), ("compile", compile)];

const MANIFEST: &str = include_str!("../../../../.pre-commit-hooks.yaml");

/// A repository that uses an id, and pre-commit's command in it; `None` if there is none.
fn using(id: &str) -> Option<Sandbox> {
    if Command::new("pre-commit").arg("--version").output().is_err() {
        assert!(!tools_are_required(), "pre-commit is not on the PATH; `bash .ci/run --tools` installs it");
        eprintln!("skipped: pre-commit is not on the PATH");
        return None;
    }
    let sandbox = Sandbox::compiled();
    sandbox.write("hooks/.pre-commit-hooks.yaml", MANIFEST);
    says(&sandbox, "hooks", "init --quiet --initial-branch=main");
    says(&sandbox, "hooks", "add --all");
    says(&sandbox, "hooks", "commit --quiet --message=hooks");
    let (url, revision) = (sandbox.path("hooks"), says(&sandbox, "hooks", "rev-parse HEAD"));
    let url = url.to_str().expect("a path");
    let config = format!("repos:\n  - repo: {url}\n    rev: {revision}\n    hooks:\n      - id: {id}\n");
    sandbox.write(".pre-commit-config.yaml", config);
    sandbox.write(".gitignore", "hooks/\n.cache/\n");
    says(&sandbox, ".", "init --quiet --initial-branch=main");
    says(&sandbox, ".", "add --all");
    commit(&sandbox).exits(0);
    framework(&sandbox, "install --hook-type pre-commit").exits(0);
    Some(sandbox)
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
    commit(&sandbox).exits(0).says("Passed");
    is_fresh(&sandbox, "HEAD", "input", "output");
    assert_eq!(says(&sandbox, ".", "status --short"), "");
    sandbox.replace("input/new.yaml", "{}", "{contributors: [{user: ada}]}");
    says(&sandbox, ".", "add input");
    sandbox.replace("input/new.yaml", "{user: ada}", "{user: ada}, {user: bob}");
    commit(&sandbox).exits(0).says("Passed");
    is_fresh(&sandbox, "HEAD", "input", "output");
    assert!(sandbox.read("input/new.yaml").contains("bob"));
    sandbox.replace("input/new.yaml", "{user: ada}", "{user: eve}");
    says(&sandbox, ".", "add input");
    commit(&sandbox).exits(1).says("exit code: 2").says("unknown-user");
}
