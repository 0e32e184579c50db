//! The same input gives the same bytes: on every machine, day, and number of threads.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::Test;
use super::sandbox::{Run, Sandbox, Tree, run, tenant};

pub const TESTS: &[Test] = &[
    ("surroundings-do-not-matter", surroundings_do_not_matter),
    ("nobody-but-the-call-decides-about-threads", nobody_but_the_call_decides_about_threads),
    ("threads-do-not-matter", threads_do_not_matter),
    ("two-at-once", two_at_once),
    ("the-day-is-named-if-it-matters", the_day_is_named_if_it_matters),
    ("the-day-from-the-environment", the_day_from_the_environment),
];

/// More than a few tenants, with groups and add-ons.
fn many(count: usize) -> Sandbox {
    let sandbox = Sandbox::new();
    for at in 0..count {
        let spec = "{contributors: [{group: ml}], quota: {requests.cpu: 8}, addOns: [limit-range, network-policy]}";
        sandbox.write(&format!("input/many/{at}.yaml"), tenant(&format!("t{at}"), spec));
    }
    sandbox
}

fn surroundings_do_not_matter() {
    let sandbox = many(20);
    let compile = |variables: &[(&str, &str)]| -> (Tree, Run) {
        if sandbox.has("output") {
            std::fs::remove_dir_all(sandbox.path("output")).expect("the output can be removed");
        }
        let run = run(sandbox.command("compile").envs(variables.iter().copied())).exits(0);
        (sandbox.tree("output"), run)
    };
    let (plain, said) = compile(&[]);
    for variables in [
        &[("TZ", "Pacific/Kiritimati"), ("LC_ALL", "tr_TR.UTF-8"), ("LANG", "tr_TR.UTF-8")][..],
        &[("TZ", "Etc/GMT+12"), ("LC_ALL", "C"), ("HOME", "/nonexistent"), ("TERM", "dumb"), ("COLUMNS", "20")],
        &[("RUST_BACKTRACE", "1"), ("RAYON_NUM_THREADS", "3"), ("CI", "true"), ("TMPDIR", "/nonexistent")],
    ] {
        let (tree, run) = compile(variables);
        assert!(tree == plain, "{variables:?} change the output");
        assert_eq!((run.stdout, run.stderr), (said.stdout.clone(), said.stderr.clone()));
    }
}

/// Thousands of threads would wait for each other for minutes.
fn nobody_but_the_call_decides_about_threads() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.command("check");
    let command = command.env("RAYON_NUM_THREADS", "20000").stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the program can be started");
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child can be asked") {
            break Some(status);
        }
        if started.elapsed() > Duration::from_secs(60) {
            child.kill().expect("a child can be ended");
            break None;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(status.and_then(|status| status.code()), Some(0), "it does not come to an end");
    sandbox.run("check --jobs 1025").exits(2);
}

fn threads_do_not_matter() {
    let sandbox = many(60);
    sandbox.run("compile --jobs 1 --output one").exits(0);
    sandbox.run("compile --jobs 4 --output four").exits(0);
    sandbox.run("compile -j 32 --output many").exits(0);
    let one = sandbox.tree("one");
    assert!(one.len() == 65 && one == sandbox.tree("four") && one == sandbox.tree("many"));
    let printed = |jobs: u8| sandbox.run(&format!("compile --stdout --jobs {jobs}")).exits(0).stdout;
    assert_eq!(printed(1), printed(4));
    sandbox.write(
        "input/wrong.yaml",
        (0..40).map(|at| format!("{}---\n", tenant(&format!("w{at}"), "{owner: nobody}"))).collect::<String>(),
    );
    let said = |jobs: u8| sandbox.run(&format!("check --jobs {jobs}")).exits(2).stderr;
    assert_eq!(said(1), said(4));
}

fn two_at_once() {
    let sandbox = many(150);
    sandbox.run("compile --output alone").exits(0);
    for _ in 0..3 {
        let start = |words| {
            let mut command = sandbox.command(words);
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().expect("the program can be started")
        };
        // One of them only reads, and must never see half of a file.
        let runs = ["compile --jobs 2", "compile --jobs 2", "compile --check"].map(start);
        let [one, two, check] = runs.map(|child| Run::of(child.wait_with_output().expect("it ends")));
        one.exits(0);
        two.exits(0);
        assert!(matches!(check.code, Some(0 | 1)), "{}", check.stderr);
        assert!(!check.stdout.contains("edited") && !check.stdout.contains("foreign"), "{}", check.stdout);
        assert!(sandbox.tree("alone") == sandbox.tree("output"));
        std::fs::remove_dir_all(sandbox.path("output")).expect("the output can be removed");
    }
}

fn the_day_is_named_if_it_matters() {
    let sandbox = Sandbox::new();
    // Nothing depends on the day.
    sandbox.run("check --as-of 2026-01-02").exits(0).says_nothing();
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: ada, until: 2026-06-30}");
    for words in ["check", "compile", "compile --stdout", "compile --check", "explain output/prod/tenants/vision.yaml"]
    {
        let run = sandbox.run(&format!("{words} --as-of 2026-01-02"));
        run.says("note: grants with an end are judged as of 2026-01-02 (--as-of)\n");
    }
    let today = sandbox.run("check").exits(0);
    today.says(" (today)\n");
    sandbox.run("check --as-of 2026-01-02 --quiet").exits(0).says_nothing();
    // A date for a review is a day, too.
    sandbox.replace("input/vision.yaml", "until", "reviewBy");
    sandbox.run("check --as-of 2026-01-02").exits(0).says("2026-01-02 (--as-of)");
    sandbox.run("check --as-of 2026-07-01").exits(0).says("warning[review-due]");
}

fn the_day_from_the_environment() {
    let sandbox = Sandbox::new();
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: ada, until: 2026-06-30}");
    let with = |epoch: &str, words: &str| run(sandbox.command(words).env("SOURCE_DATE_EPOCH", epoch));
    // The last second of the last day, in UTC, and the one after it.
    with("1782863999", "check").exits(0).says("2026-06-30 (SOURCE_DATE_EPOCH)").says_no("expired-grant");
    with("1782864000", "check").exits(0).says("2026-07-01 (SOURCE_DATE_EPOCH)").says("expired-grant");
    with("1782864000", "check --as-of 2026-06-30").exits(0).says("2026-06-30 (--as-of)").says_no("expired-grant");
    with("", "check").exits(0).says("(today)");
    for epoch in ["soon", "-1", "1.5", "99999999999999999999"] {
        with(epoch, "compile").exits(2).says("SOURCE_DATE_EPOCH").prints_only("");
    }
    for day in ["2026-6-30", "30.06.2026", "2026-06-31", "20260630", "today", "0000-00-00"] {
        sandbox.run(&format!("compile --as-of {day}")).exits(2).says("--as-of").says("YYYY-MM-DD").prints_only("");
    }
    assert!(!sandbox.has("output"));
}
