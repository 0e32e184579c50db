//! `hook pre-receive` as a program: its exit status, what it reads, and whom it believes.

use std::io::Write;
use std::process::{Command, Stdio};

use super::super::Test;
use super::super::sandbox::{PROGRAM, Run, Sandbox, tenant};
use super::push::pair;
use super::{clean, commit, says};

pub const TESTS: &[Test] = &[
    ("the-highest-status-counts", the_highest_status_counts),
    ("what-git-does-not-say", what_git_does_not_say),
    ("an-environment-that-leads-elsewhere", an_environment_that_leads_elsewhere),
    ("who-pushes", who_pushes),
];

const ZERO: &str = "0000000000000000000000000000000000000000";

fn command(sandbox: &Sandbox, words: &str) -> Command {
    let mut command = clean(PROGRAM, sandbox, "origin.git");
    command.args(["hook", "pre-receive"]).args(words.split_whitespace());
    command
}

/// Runs a command with lines on stdin.
fn feed(command: &mut Command, lines: &str) -> Run {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program");
    let _ = child.stdin.take().expect("stdin").write_all(lines.as_bytes());
    Run::of(child.wait_with_output().expect("its end"))
}

/// Brings a change to the bare repository without asking the hook, and says its line of a push.
fn line(sandbox: &Sandbox, branch: &str, change: impl Fn()) -> String {
    says(sandbox, ".", &format!("checkout --quiet -b {branch} main"));
    change();
    says(sandbox, ".", "add --all");
    commit(sandbox).exits(0);
    let id = says(sandbox, ".", &format!("rev-parse {branch}"));
    says(sandbox, "origin.git", &format!("fetch --quiet .. {branch}"));
    format!("{} {id} refs/heads/main\n", says(sandbox, ".", "rev-parse main"))
}

fn the_highest_status_counts() {
    let sandbox = pair();
    let stale = line(&sandbox, "stale", || sandbox.write("input/new.yaml", tenant("new", "{}")));
    let wrong = line(&sandbox, "wrong", || sandbox.write("input/odd.yaml", "kind: Odd\n"));
    let gone = line(&sandbox, "gone", || {
        sandbox.remove("input/audio.yaml");
        sandbox.remove("output/prod/tenants/audio.yaml");
    });
    let judged = |words: &str, lines: &str| feed(&mut command(&sandbox, words), lines);
    judged("", &stale).exits(1).prints_only("");
    judged("", &wrong).exits(2).prints_only("");
    judged("", &gone).exits(3).prints_only("");
    judged("", "").exits(0).says_nothing();
    let all = format!("{gone}{}{}", stale.replace("/main", "/b"), wrong.replace("/main", "/c"));
    let run = judged("--ref main --ref b --ref c", &all).exits(3);
    run.says("push to `main` is refused").says("push to `b` is refused").says("push to `c` is refused");
    judged("--ref b", &all).exits(1);
    judged("--ref refs/heads/c --fail-on any", &all).exits(2);
    judged("--allow-removal audio", &gone).exits(0);
    judged("--quiet --allow-removal audio", &gone).exits(0);
    let many: String = (0..101).map(|at| stale.replace("/main", &format!("/b{at}"))).collect();
    judged("--ref *", &many).exits(2).says("101 branches in one push are too many");
    // Without a branch in HEAD nobody knows which one counts.
    says(&sandbox, "origin.git", "update-ref --no-deref HEAD HEAD");
    let head = says(&sandbox, ".", "rev-parse main");
    sandbox.write("origin.git/HEAD", format!("{head}\n"));
    judged("", &stale).exits(2).says("say with --ref which branches are judged");
    judged("--ref main", &stale).exits(1);
}

fn what_git_does_not_say() {
    let sandbox = pair();
    let judged = |lines: &str| feed(&mut command(&sandbox, ""), lines).exits(2);
    judged("main\n").says("line 1 of stdin is not `OLD NEW REF`").says("\"main\"");
    judged("--output=/etc/passwd -x refs/heads/main\n").says("line 1 of stdin");
    judged(&format!("{ZERO} --help refs/heads/main\n")).says("line 1 of stdin");
    judged(&"x".repeat(17 << 20)).says("more than 16 MiB of references");
    let unknown = format!("{ZERO} {} refs/heads/main\n", "1".repeat(40));
    judged(&unknown).says("there is no revision `1111");
    let from_stdin = feed(&mut command(&sandbox, "--actor  --ref main"), "");
    assert_eq!(from_stdin.code, Some(2));
    feed(command(&sandbox, "").args(["--actor", " "]), "").exits(2).says("`--actor` is empty");
    feed(&mut command(&sandbox, "--fail-on nonsense"), "").exits(2).says("there is no such thing");
}

fn an_environment_that_leads_elsewhere() {
    let sandbox = pair();
    let good = line(&sandbox, "good", || {
        sandbox.write("input/new.yaml", tenant("new", "{}"));
        sandbox.run("compile").exits(0);
    });
    let with = |variables: &[(&str, String)]| {
        feed(command(&sandbox, "").envs(variables.iter().map(|(name, value)| (name, value))), &good)
    };
    let path = |below: &str| sandbox.path(below).to_str().expect("a path").to_owned();
    with(&[]).exits(0);
    with(&[("GIT_DIR", ".".to_owned())]).exits(0).says("1 access fact gained");
    with(&[("GIT_DIR", path(".git"))]).exits(2).says("GIT_DIR names another repository");
    with(&[("GIT_DIR", path("nowhere"))]).exits(2).says("GIT_DIR names another repository");
    let elsewhere = ("GIT_OBJECT_DIRECTORY", path(".git/objects"));
    with(&[("GIT_DIR", ".".to_owned()), elsewhere.clone()])
        .exits(2)
        .says("GIT_OBJECT_DIRECTORY is not in the repository");
    with(&[elsewhere]).exits(2).says("GIT_OBJECT_DIRECTORY is not in the repository");
    let quarantine = ("GIT_QUARANTINE_PATH", path(".git"));
    with(&[("GIT_DIR", ".".to_owned()), quarantine]).exits(2).says("GIT_QUARANTINE_PATH is not in the repository");
    // What would replace an object for git replaces none here.
    let bad = says(&sandbox, "origin.git", "rev-parse main");
    let pushed = good.split(' ').nth(1).expect("an id").to_owned();
    says(&sandbox, "origin.git", &format!("replace {pushed} {bad}"));
    with(&[("GIT_DIR", ".".to_owned())]).exits(0).says("1 access fact gained");
}

fn who_pushes() {
    let sandbox = pair();
    let gain = line(&sandbox, "gain", || {
        sandbox.replace("input/audio.yaml", "role: view}", "role: view}, {user: bob}");
        sandbox.run("compile").exits(0);
    });
    let judged = |pusher: &str, words: &str| feed(command(&sandbox, words).env("GITEA_PUSHER_EMAIL", pusher), &gain);
    // The commit is by Ada, who gains nothing.
    judged("", "--fail-on self-grant").exits(0);
    judged("ada@example.org", "--fail-on self-grant").exits(0);
    let run = judged("bob@example.org", "--fail-on self-grant").exits(3).says("error: self-grant");
    run.says_no("unverified");
    judged("", "--fail-on self-grant --actor bob").exits(3);
    // An address that nobody has says nothing, and a name is no address.
    judged("eve@example.org", "--fail-on self-grant").exits(0).says_no("eve@example.org");
    judged("bob", "--fail-on self-grant").exits(0);
    judged("bob@example.org", "--fail-on self-grant --actor ada").exits(0);
}
