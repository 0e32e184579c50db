//! How far a long run is, and where its time went.

use std::process::{Command, Stdio};

use super::Test;
use super::sandbox::{PROGRAM, Run, Sandbox, run, tools_are_required};

pub const TESTS: &[Test] = &[
    ("timings-are-told-at-the-end", timings_are_told_at_the_end),
    ("timings-change-nothing-else", timings_change_nothing_else),
    ("a-long-run-is-drawn-on-a-terminal-and-wiped-away", a_long_run_is_drawn_on_a_terminal_and_wiped_away),
    ("nothing-is-drawn-for-the-quiet-and-the-dumb", nothing_is_drawn_for_the_quiet_and_the_dumb),
    ("pictures-fit-into-a-narrow-terminal", pictures_fit_into_a_narrow_terminal),
];

/// Takes a line away.
const ERASE: &str = "\r\u{1b}[2K";

/// The first words of the rows of a table of timings.
fn phases(run: &Run) -> Vec<&str> {
    let (_, table) = run.stderr.split_once("timings:\n").unwrap_or_else(|| panic!("no timings: {}", run.stderr));
    table.lines().map(|row| row.split("  ").find(|word| !word.is_empty()).unwrap_or_default()).collect()
}

fn timings_are_told_at_the_end() {
    let sandbox = Sandbox::new();
    let first = ["reading", "parsing", "resolving", "planning", "linting", "checking add-ons"];
    let all = |last: &[&'static str]| [&first[..], last, &["total"]].concat();
    let run = sandbox.run("compile --timings").exits(0);
    assert_eq!(phases(&run), all(&["comparing", "writing"]));
    let run = run.says(" s  4 files\n").says(" s  2 namespaces\n").says(" s  5 files\n");
    assert!(run.stderr.lines().last().is_some_and(|line| line.starts_with("  total ") && line.ends_with(" s")));
    assert_eq!(phases(&sandbox.run("compile --check --timings").exits(0)), all(&["comparing"]));
    assert_eq!(phases(&sandbox.run("check --timings").exits(0)), all(&[]));
    let run = sandbox.run("diff input input --timings").exits(0);
    assert_eq!(phases(&run), all(&["reviewing", "reporting"]));
    // Both sides were read.
    run.says(" s  8 files\n");
    // A run that fails took time, too.
    sandbox.write("input/wrong.yaml", "kind: [\n");
    assert_eq!(phases(&sandbox.run("check --timings").exits(2)), all(&[]));
}

fn timings_change_nothing_else() {
    let sandbox = Sandbox::new();
    let (plain, timed) = (sandbox.run("compile --stdout").exits(0), sandbox.run("compile --stdout --timings").exits(0));
    assert_eq!(plain.stdout, timed.stdout);
    let (rest, _) = timed.stderr.split_once("timings:\n").expect("there is a table");
    assert_eq!(rest, plain.stderr);
}

/// What a compile says on a terminal that has to wait for another run for more than a second.
fn on_a_terminal(sandbox: &Sandbox, words: &[&str], terminal: &str) -> Option<String> {
    on_a_terminal_of(sandbox, words, terminal, 0)
}

/// The same on a terminal of so many columns; one of none does not say how many it has.
fn on_a_terminal_of(sandbox: &Sandbox, words: &[&str], terminal: &str, columns: u16) -> Option<String> {
    if cfg!(windows) || Command::new("python3").args(["-c", "import pty, fcntl"]).status().is_err() {
        assert!(!tools_are_required(), "python3 is missing");
        eprintln!("skipped: no python3, or no terminals");
        return None;
    }
    let script = std::path::absolute("tests/tools/on_a_terminal.py").expect("a path can be made absolute");
    let output = sandbox.path("output");
    std::fs::create_dir_all(&output).expect("a folder can be made");
    let mut command = Command::new("python3");
    command
        .arg(script)
        .arg(columns.to_string())
        .arg(output)
        .args([PROGRAM, "compile"])
        .args(words)
        .current_dir(sandbox.path(""));
    command.env("TERM", terminal).env_remove("NO_COLOR").stdin(Stdio::null());
    Some(run(&mut command).exits(0).stdout.replace("\r\n", "\n"))
}

fn a_long_run_is_drawn_on_a_terminal_and_wiped_away() {
    let Some(said) = on_a_terminal(&Sandbox::new(), &["--color", "never", "--timings"], "xterm") else { return };
    let (waited, rest) = said.split_once("writes to the same folder\n").unwrap_or_else(|| panic!("{said:?}"));
    assert!(waited.starts_with("warning: waiting for another run") && !waited.contains(ERASE), "{said:?}");
    let picture = rest.strip_prefix(ERASE).unwrap_or_else(|| panic!("nothing is drawn: {said:?}"));
    let (picture, after) = picture.split_once('\r').unwrap_or_else(|| panic!("it stays: {said:?}"));
    assert!(picture.starts_with("reading ") && picture.len() < 40, "{picture:?}");
    // Every picture is taken away before anything else is printed.
    let last = format!("\r{after}");
    let (before, after) = last.rsplit_once(ERASE).unwrap_or_else(|| panic!("it stays: {said:?}"));
    assert!(!before.contains('\n') && after.contains("timings:\n"), "{said:?}");
}

fn nothing_is_drawn_for_the_quiet_and_the_dumb() {
    let Some(said) = on_a_terminal(&Sandbox::new(), &[], "dumb") else { return };
    assert!(!said.contains(ERASE), "{said:?}");
    // A wait may last for ever, so it is said all the same.
    let waits = "warning: waiting for another run of tenantry that writes to the same folder\n";
    let said = on_a_terminal(&Sandbox::new(), &["--quiet", "--color", "never"], "xterm");
    assert_eq!(said.as_deref(), Some(waits));
}

fn pictures_fit_into_a_narrow_terminal() {
    let sandbox = Sandbox::new();
    for columns in [20, 38, 60] {
        let Some(said) = on_a_terminal_of(&sandbox, &["--color", "never"], "xterm", columns) else { return };
        let (_, rest) = said.split_once(ERASE).unwrap_or_else(|| panic!("nothing is drawn: {said:?}"));
        for picture in rest.split(ERASE).filter(|text| !text.contains('\n')) {
            assert!(picture.chars().count() < usize::from(columns), "{picture:?} wraps in {columns} columns");
        }
        std::fs::remove_dir_all(sandbox.path("output")).expect("the output can be removed");
    }
    let said = on_a_terminal_of(&sandbox, &["--color", "never"], "xterm", 5).expect("there was one before");
    assert!(said.contains("waiting") && !said.contains(ERASE), "{said:?}");
}
