//! Names of files that are no text, or that look like something else: they hide nothing.

use super::super::Test;
use super::super::sandbox::Sandbox;
use super::push::{pair, push};
use super::{BINDING, commit, git, judged, repository, says};

pub const TESTS: &[Test] = &[
    ("no-text-in-a-commit", no_text_in_a_commit),
    ("no-text-in-a-push", no_text_in_a_push),
    ("no-text-on-the-disk", no_text_on_the_disk),
    ("a-line-end", a_line_end),
];

/// Stages a file whose name need not be one that this system's disk takes.
fn stage(sandbox: &Sandbox, quoted: &str, text: &str) {
    sandbox.write("contents", text);
    let id = says(sandbox, ".", "hash-object -w contents");
    sandbox.write("contents", format!("100644 {id}\t\"{quoted}\"\n"));
    let mut command = super::clean("git", sandbox, ".");
    let lines = std::fs::File::open(sandbox.path("contents")).expect("a file");
    super::run(command.args(["update-index", "--add", "--index-info"]).stdin(lines)).exits(0);
    sandbox.remove("contents");
}

fn no_text_in_a_commit() {
    for (quoted, shown) in [
        (r"output/prod/tenants/e\377.yaml", r"output/prod/tenants/e\xff.yaml"),
        (r"output/prod/tenants/\377/e.yaml", r"output/prod/tenants/\xff/e.yaml"),
        (r"output/prod/platform/objects/e\377.json", r"output/prod/platform/objects/e\xff.json"),
    ] {
        let sandbox = repository();
        stage(&sandbox, quoted, BINDING);
        let brought = format!("error: `{shown}` comes with this change and is not compiled from the inventory");
        for words in ["", "--stage", "--all"] {
            judged(&sandbox, words).exits(1).says("warning[stray-file]").says(&brought).says("foreign-manifest");
        }
        commit(&sandbox).exits(1).says(&brought);
        // One that lies there already is only warned of, and one that is another is another.
        says(&sandbox, ".", "commit --quiet --no-verify --message=stray");
        judged(&sandbox, "--all").exits(0).says("stray-file").says_no("comes with this change");
        stage(&sandbox, &quoted.replace("377", "376"), &BINDING.replace("eve", "mallory"));
        let run = judged(&sandbox, "").exits(1).says("mallory").says_no(&brought);
        run.says(&format!("error: `{}` comes with", shown.replace("xff", "xfe")));
    }
}

fn no_text_in_a_push() {
    let sandbox = pair();
    stage(&sandbox, r"output/prod/tenants/e\377.yaml", BINDING);
    says(&sandbox, ".", "commit --quiet --message=stray");
    let run = push(&sandbox, "main").exits(1).says("remote: opens (1)").says("is added where");
    run.says(r"error: `output/prod/tenants/e\xff.yaml` comes with this change");
}

#[cfg(target_os = "linux")]
fn no_text_on_the_disk() {
    use std::os::unix::ffi::OsStrExt;
    let sandbox = repository();
    let path = |name: &[u8]| sandbox.path("output/prod/tenants").join(std::ffi::OsStr::from_bytes(name));
    std::fs::write(path(b"e\xff.yaml"), BINDING).expect("a file");
    let is_warned = |run: super::Run| {
        run.exits(0).says("warning[stray-file]").says(r" --> output/prod/tenants/e\xff.yaml").says_no("\u{fffd}")
    };
    is_warned(sandbox.run("compile --check"));
    is_warned(sandbox.run("compile"));
    assert!(path(b"e\xff.yaml").exists());
    let mut diff = super::clean(super::PROGRAM, &sandbox, ".");
    super::run(diff.args(["diff", "--base", "HEAD"])).exits(0).prints(r"output/prod/tenants/e\xff.yaml:1");
    // What begins as ours is ours, whatever it is called: a copy goes, an edited one stays and is said.
    std::fs::copy(path(b"vision.yaml"), path(b"e\xff.yaml")).expect("a copy");
    std::fs::write(path(b"b\\xff.yaml"), BINDING).expect("a file");
    sandbox.run("compile").exits(3).says(r"the namespace `e\xff` of the tenant `vision` vanishes");
    let run = sandbox.run("compile --allow-removal vision").exits(0).prints("1 removed");
    run.says(r" --> output/prod/tenants/b\\xff.yaml");
    assert!(!path(b"e\xff.yaml").exists() && path(b"b\\xff.yaml").exists());
}

#[cfg(not(target_os = "linux"))]
fn no_text_on_the_disk() {}

fn a_line_end() {
    let sandbox = repository();
    stage(&sandbox, r"output/prod/tenants/e\nerror: all is well.yaml", BINDING);
    let run = judged(&sandbox, "").exits(1).says(r"e\u{a}error: all is well.yaml` comes with this change");
    run.says_no("\nerror: all is well");
    let _ = git(&sandbox, ".", &["status"]);
}
