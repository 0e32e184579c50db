//! Exit statuses and streams.

use std::fs::File;
use std::process::Stdio;

use super::Test;
use super::sandbox::{Run, Sandbox, run, tenant};

pub const TESTS: &[Test] = &[
    ("help-is-a-result", help_is_a_result),
    ("no-arguments-print-help", no_arguments_print_help),
    ("wrong-calls-exit-with-2", wrong_calls_exit_with_2),
    ("results-and-diagnostics-are-apart", results_and_diagnostics_are_apart),
    ("quiet-leaves-errors-and-warnings", quiet_leaves_errors_and_warnings),
    ("colour-is-asked-for", colour_is_asked_for),
    ("a-closed-stdout-is-no-error", a_closed_stdout_is_no_error),
    ("a-closed-stderr-is-no-error", a_closed_stderr_is_no_error),
    ("a-full-stdout-is-an-error", a_full_stdout_is_an_error),
    ("scripts-and-manual-are-printed", scripts_and_manual_are_printed),
    ("the-highest-status-wins", the_highest_status_wins),
];

fn help_is_a_result() {
    let sandbox = Sandbox::empty();
    for words in ["--help", "-h", "compile --help", "help compile"] {
        sandbox.run(words).exits(0).prints("Usage: tenantry").says_nothing();
    }
    sandbox.run("--version").exits(0).prints(concat!("tenantry ", env!("CARGO_PKG_VERSION"))).says_nothing();
}

fn no_arguments_print_help() {
    let run = Sandbox::empty().run("").exits(2).prints_only("");
    run.says("Usage: tenantry").says("compile").says("check");
}

fn wrong_calls_exit_with_2() {
    let sandbox = Sandbox::new();
    for words in [
        "--bogus",
        "bogus",
        "compile --bogus",
        "compile a b",
        "compile --stdout --check",
        "compile --stdout --allow-removal vision",
        "check --format xml",
        "check --jobs 0",
        "check --jobs many",
        "check --color sometimes",
        "check --as-of 2026-02-30",
        "check --as-of yesterday",
        "explain",
    ] {
        let run = sandbox.run(words).exits(2).prints_only("");
        assert!(!run.stderr.is_empty(), "{words} says nothing");
    }
    assert!(!sandbox.has("output"));
}

fn results_and_diagnostics_are_apart() {
    let sandbox = Sandbox::new();
    let counts = "2 tenants, 2 namespaces on 1 cluster, 3 users, 1 group\n";
    sandbox.run("check").exits(0).prints_only(counts).says_nothing();
    sandbox.write("input/old.yaml", tenant("old", "{contributors: [{user: root}]}"));
    let run = sandbox.run("check").exits(0).says("warning[owner-is-contributor]").says("input/old.yaml:4:");
    assert!(run.stdout.starts_with("3 tenants"), "{}", run.stdout);
    sandbox.write("input/wrong.yaml", tenant("wrong", "{owner: nobody}"));
    sandbox.run("check").exits(2).prints_only("").says("error[unknown-user]").says("input/wrong.yaml:4:");
    sandbox.run("compile").exits(2).prints_only("").says("error[unknown-user]");
    sandbox.run("compile --stdout").exits(2).prints_only("").says("error[unknown-user]");
}

fn quiet_leaves_errors_and_warnings() {
    let sandbox = Sandbox::new();
    sandbox.run("compile --check").exits(1).says("note: there is no output yet").says("run `tenantry compile`");
    sandbox.run("compile --check --quiet").exits(1).says_nothing();
    sandbox.run("compile -q").exits(0).says_nothing().prints("5 files: 5 new");
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: root}");
    sandbox.run("check -q").exits(0).says("warning[owner-is-contributor]");
    sandbox.replace("input/vision.yaml", "{user: root}", "{user: nobody}");
    sandbox.run("check -q").exits(2).says("error[unknown-user]");
}

fn colour_is_asked_for() {
    let sandbox = Sandbox::new();
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: nobody}");
    let coloured = |run: Run| run.exits(2).stderr.contains('\u{1b}');
    assert!(coloured(sandbox.run("check --color always")));
    assert!(!coloured(sandbox.run("check --color never")));
    assert!(!coloured(sandbox.run("check")), "a pipe is no terminal");
    assert!(coloured(run(sandbox.command("check").env("CLICOLOR_FORCE", "1"))));
    assert!(!coloured(run(sandbox.command("check").env("NO_COLOR", "1").env("CLICOLOR_FORCE", "1"))));
    assert!(coloured(run(sandbox.command("check --color always").env("NO_COLOR", "1"))), "the option is nearer");
    // Results are for other programs, whatever the colour.
    let run = sandbox.run("check --color always --format json").exits(2);
    assert!(!run.stdout.contains('\u{1b}'));
}

fn a_closed_stdout_is_no_error() {
    let sandbox = Sandbox::new();
    sandbox.replace("input/platform.yaml", "engine: none", "engine: none, shards: auto");
    // More than a pipe holds, so that the reader is really missed.
    for at in 0..300 {
        sandbox.write(&format!("input/many/{at}.yaml"), tenant(&format!("t{at}"), "{contributors: [{group: ml}]}"));
    }
    for words in
        ["compile --stdout", "check", "check --format json", "man", "completions bash", "--help", "explain yaml-tag"]
    {
        let mut child =
            sandbox.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        drop(child.stdout.take());
        Run::of(child.wait_with_output().expect("it ends")).exits(0).says_nothing();
    }
}

fn a_closed_stderr_is_no_error() {
    let sandbox = Sandbox::new();
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: nobody}");
    for words in ["check", "compile", "bogus", "explain bogus"] {
        let mut child =
            sandbox.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        drop(child.stderr.take());
        Run::of(child.wait_with_output().expect("it ends")).exits(2).prints_only("");
    }
}

fn a_full_stdout_is_an_error() {
    let Ok(full) = File::options().write(true).open("/dev/full") else {
        eprintln!("skipped: there is no /dev/full");
        return;
    };
    let sandbox = Sandbox::new();
    let onto = |words: &str| run(sandbox.command(words).stdout(full.try_clone().expect("it can be cloned")));
    onto("compile --stdout").exits(2).says("error: cannot write to stdout");
    onto("check --format json").exits(2).says("error: cannot write to stdout");
    // Everything was written: exit status 2 would say that nothing was.
    onto("compile").exits(0);
    assert_eq!(sandbox.tree("output").len(), 5);
}

fn scripts_and_manual_are_printed() {
    let sandbox = Sandbox::empty();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        sandbox.run(&format!("completions {shell}")).exits(0).prints("tenantry").says_nothing();
    }
    sandbox
        .run("man")
        .exits(0)
        .prints(".TH tenantry 1")
        .prints(".TH tenantry-compile 1")
        .prints("allow")
        .says_nothing();
    sandbox.run("completions dos").exits(2).prints_only("");
}

fn the_highest_status_wins() {
    let sandbox = Sandbox::compiled();
    // 1: a difference, and somebody asked.
    sandbox.write("input/new.yaml", tenant("new", "{}"));
    sandbox.changes_nothing("compile --check").exits(1);
    // 2 over 1: a foreign file in the way.
    sandbox.write("output/prod/tenants/new.yaml", "kind: Foreign\n");
    sandbox.changes_nothing("compile --check").exits(2);
    // 3 over 2 and 1: a guard.
    sandbox.remove("input/vision.yaml");
    sandbox.changes_nothing("compile --check").exits(3).says("foreign-file").says("unretired-removal");
    sandbox.changes_nothing("compile").exits(3).says("foreign-file").says("unretired-removal");
}
