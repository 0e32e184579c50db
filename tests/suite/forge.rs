//! What `tenantry init` writes for forges: the scripts of workflows, run here with stand-ins for what a forge offers.
//!
//! They need bash and jq; without them the tests are skipped, or fail with `TENANTRY_REQUIRE_TOOLS=1`. The judges of the
//! files as a whole (actionlint, shellcheck, the forges' schemas) are called by `.ci/run`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Failed, Trial};
use serde_yaml::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// A test of a script.
type Test = (&'static str, fn(&Forge));

const TESTS: &[Test] = &[
    ("the-first-review-is-a-comment", the_first_review_is_a_comment),
    ("a-later-one-takes-its-place", a_later_one_takes_its_place),
    ("what-is-the-same-is-left-alone", what_is_the_same_is_left_alone),
    ("nothing-changed-is-no-comment", nothing_changed_is_no_comment),
    ("a-number-is-digits", a_number_is_digits),
    ("only-the-newest-commit-of-its-own-pull-request", only_the_newest_commit_of_its_own_pull_request),
    ("other-files-are-not-believed", other_files_are_not_believed),
    ("a-review-runs-every-step", a_review_runs_every_step),
    ("a-review-that-cannot-be-made", a_review_that_cannot_be_made),
    ("a-version-is-found", a_version_is_found),
    ("a-release-has-its-checksum", a_release_has_its_checksum),
    ("output-is-committed-once", output_is_committed_once),
];

/// One trial per test.
pub fn trials() -> Vec<Trial> {
    TESTS.iter().map(|&(name, test)| Trial::test(format!("forge/{name}"), move || run(test))).collect()
}

fn run(test: fn(&Forge)) -> Result<(), Failed> {
    // The runners that the workflows ask for are no Windows.
    if cfg!(windows) {
        return Ok(());
    }
    for tool in ["bash", "jq", "git", "tar"] {
        if Command::new(tool).arg("--version").output().is_err() {
            let required = std::env::var_os("TENANTRY_REQUIRE_TOOLS").is_some();
            return if required { Err(format!("{tool} is not on the PATH").into()) } else { Ok(()) };
        }
    }
    test(&Forge::new());
    Ok(())
}

/// `gh`.
const GH: &str = include_str!("../forge/gh");

/// `tenantry`.
const TENANTRY: &str = include_str!("../forge/tenantry");

/// A folder that stands in for a runner and its forge.
struct Forge {
    folder: TempDir,
}

struct Ran {
    code: Option<i32>,
    text: String,
}

impl Forge {
    fn new() -> Forge {
        let forge = Forge { folder: tempfile::tempdir().expect("a folder") };
        forge.program("bin/gh", GH);
        forge.program("bin/tenantry", TENANTRY);
        forge.write("temp/.keep", "");
        forge.write("work/.keep", "");
        forge
    }

    /// With a review of pull request 7, whose newest commit is `c0ffee`.
    fn reviewed(number: &str, verdict: &str, review: &str) -> Forge {
        let forge = Forge::new();
        forge.write("artifact/number", &format!("{number}\n"));
        forge.write("artifact/verdict", &format!("{verdict}\n"));
        forge.write("artifact/review.md", review);
        forge.write("pull-7.json", r#"{"head": {"sha": "c0ffee"}}"#);
        forge.write("comments.json", "[]");
        forge
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    fn write(&self, below: &str, text: &str) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, text).expect("a file");
    }

    fn program(&self, below: &str, text: &str) {
        self.write(below, text);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(self.path(below), fs::Permissions::from_mode(0o755)).expect("a program");
        }
    }

    fn read(&self, below: &str) -> String {
        fs::read_to_string(self.path(below)).unwrap_or_default()
    }

    /// Runs bash as a runner does.
    fn bash(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let mut path = std::ffi::OsString::from(self.path("bin"));
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let mut command = Command::new("bash");
        command.args(arguments).current_dir(self.path("work")).env_clear().env("PATH", path);
        command.env("FORGE", self.folder.path()).env("RUNNER_TEMP", self.path("temp"));
        command.env("GITHUB_OUTPUT", self.path("outputs")).env("GITHUB_STEP_SUMMARY", self.path("summary"));
        command.env("GITHUB_REPOSITORY", "o/r").env("HOME", self.path("temp"));
        command.envs(variables.iter().copied());
        let output = command.output().expect("bash can be started");
        let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        Ran { code: output.status.code(), text: text.into_owned() }
    }

    /// Runs the step that comments.
    fn comment(&self) -> Ran {
        let workflow = source("tenantry-comment.yml");
        let workflow: Value = serde_yaml::from_str(&workflow).expect("YAML");
        let script = workflow["jobs"]["comment"]["steps"][0]["run"].as_str().expect("a script");
        self.bash(&["-c", script], &[("RUN_ID", "1"), ("HEAD_SHA", "c0ffee")])
    }

    /// Runs a script of the action.
    fn script(&self, name: &str, argument: &str, variables: &[(&str, &str)]) -> Ran {
        let path = crate::root().join("src/cli/init/github").join(name);
        let mut arguments = vec![path.to_str().expect("a path")];
        arguments.extend((!argument.is_empty()).then_some(argument));
        self.bash(&arguments, variables)
    }

    /// What was written to the forge.
    fn written(&self) -> Vec<String> {
        self.read("log").lines().filter(|line| !line.starts_with("GET ")).map(str::to_owned).collect()
    }
}

impl Ran {
    #[track_caller]
    fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "{}", self.text);
        self
    }

    #[track_caller]
    fn says(self, part: &str) -> Ran {
        assert!(self.text.contains(part), "nothing says {part:?}: {}", self.text);
        self
    }
}

fn source(name: &str) -> String {
    let path: &Path = &crate::root().join("src/cli/init/github").join(name);
    fs::read_to_string(path).expect("a file of init")
}

const REVIEW: &str = "<!-- tenantry-review -->\n### Access review\n\n`$(touch ran)` @everyone\n";

fn the_first_review_is_a_comment(_: &Forge) {
    let forge = Forge::reviewed("7", "widening", REVIEW);
    forge.comment().exits(0);
    assert_eq!(forge.written(), ["POST repos/o/r/issues/7/comments"]);
    assert_eq!(forge.read("body"), REVIEW);
    assert!(!forge.path("work/ran").exists());
}

fn comments(first: &str, second: &str) -> String {
    let comment = |id: u32, who: &str, body: &str| serde_json::json!({"id": id, "user": {"login": who}, "body": body});
    let imitation = comment(1, "somebody", REVIEW);
    serde_json::json!([imitation, comment(2, "github-actions[bot]", first), comment(3, "github-actions[bot]", second)])
        .to_string()
}

fn a_later_one_takes_its_place(_: &Forge) {
    for verdict in ["widening", "none"] {
        let forge = Forge::reviewed("7", verdict, REVIEW);
        forge.write("comments.json", &comments("of another tool", "<!-- tenantry-review -->\nearlier"));
        forge.comment().exits(0);
        assert_eq!(forge.written(), ["PATCH repos/o/r/issues/comments/3"]);
        assert_eq!(forge.read("body"), REVIEW);
    }
}

fn what_is_the_same_is_left_alone(_: &Forge) {
    let forge = Forge::reviewed("7", "widening", REVIEW);
    forge.write("comments.json", &comments("other", &REVIEW.trim_end().replace('\n', "\r\n")));
    forge.comment().exits(0);
    assert_eq!(forge.written(), [""; 0]);
}

fn nothing_changed_is_no_comment(_: &Forge) {
    let forge = Forge::reviewed("7", "none", REVIEW);
    forge.comment().exits(0);
    assert_eq!(forge.written(), [""; 0]);
}

fn a_number_is_digits(_: &Forge) {
    for number in ["", "07", "7/../8", "7; touch ran", "$(touch ran)", "-1", "7\n8", "99999999999", "7 8", "٧"] {
        let forge = Forge::reviewed(number, "widening", REVIEW);
        forge.comment().exits(1).says("names no pull request");
        assert_eq!(forge.read("log"), "", "{number}");
        assert!(!forge.path("work/ran").exists());
    }
}

fn only_the_newest_commit_of_its_own_pull_request(_: &Forge) {
    let forge = Forge::reviewed("7", "widening", REVIEW);
    forge.write("pull-7.json", r#"{"head": {"sha": "decade"}}"#);
    forge.comment().exits(0).says("not of the newest commit");
    assert_eq!(forge.written(), [""; 0]);
    // A number of no pull request.
    let forge = Forge::reviewed("8", "widening", REVIEW);
    assert_ne!(forge.comment().code, Some(0));
    assert_eq!(forge.written(), [""; 0]);
}

fn other_files_are_not_believed(_: &Forge) {
    let wrong = |number: &str, verdict: &str, review: &str| Forge::reviewed(number, verdict, review);
    let cases = [
        (wrong("7", "fine", REVIEW), 1, "has no verdict"),
        (wrong("7", "widening", "Click here"), 1, "not one of tenantry"),
        (wrong("7", "widening", &format!("{REVIEW}{}", "x".repeat(300_000))), 0, "too large"),
        (Forge::new(), 0, "left no review"),
    ];
    for (forge, code, says) in cases {
        forge.comment().exits(code).says(says);
        assert_eq!(forge.written(), [""; 0]);
    }
    #[cfg(unix)]
    {
        let forge = Forge::reviewed("7", "widening", REVIEW);
        forge.write("secret", REVIEW);
        fs::remove_file(forge.path("artifact/review.md")).expect("a file");
        std::os::unix::fs::symlink(forge.path("secret"), forge.path("artifact/review.md")).expect("a link");
        forge.comment().exits(0).says("not complete");
        assert_eq!(forge.written(), [""; 0]);
    }
}

const REVIEWED: [(&str, &str); 6] = [
    ("PROGRAM", "tenantry"),
    ("INVENTORY", "my input"),
    ("OUTPUT", "output"),
    ("BASE", ""),
    ("COMPILED", "check"),
    ("NUMBER", "7"),
];

fn a_review_runs_every_step(forge: &Forge) {
    let variables =
        [&REVIEWED[..], &[("FAIL_ON", "guards widening"), ("AS_OF", "2026-11-22"), ("ACTOR", "$(x) y")]].concat();
    forge.write("status-compile", "1");
    forge.write("status-diff", "3");
    forge.script("review.sh", "", &variables).exits(3).says("::error title=tenantry::output is not what");
    let log = forge.read("log");
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines[0], "check my input --output output --format github --as-of 2026-11-22");
    assert_eq!(lines[1], "compile my input --output output --check --as-of 2026-11-22");
    assert!(lines[2].starts_with("diff my input --output output --base HEAD^1 --format github --format markdown="));
    assert!(lines[2].ends_with("--actor $(x) y --fail-on guards --fail-on widening --as-of 2026-11-22"));
    assert_eq!(forge.read("outputs"), "verdict=widening\nstatus=3\n");
    assert_eq!(forge.read("temp/tenantry-review/number"), "7\n");
    assert!(forge.read("summary").contains("reviewed"));
    // Nothing to compare with outside of a pull request.
    let forge = Forge::new();
    let mut variables = REVIEWED;
    variables[5].1 = "";
    variables[4].1 = "ignore";
    forge.script("review.sh", "", &variables).exits(0);
    assert_eq!(forge.read("log"), "check my input --output output --format github\n");
    assert_eq!(forge.read("outputs"), "verdict=unknown\nstatus=0\n");
}

fn a_review_that_cannot_be_made(forge: &Forge) {
    forge.write("broken", "");
    forge.write("status-check", "2");
    forge.write("status-diff", "2");
    forge.script("review.sh", "", &REVIEWED).exits(2);
    assert!(!forge.read("log").contains("compile"));
    assert!(forge.read("temp/tenantry-review/review.md").starts_with("<!-- tenantry-review -->\n"));
    assert_eq!(forge.read("temp/tenantry-review/verdict"), "unknown\n");
}

fn a_version_is_found(forge: &Forge) {
    let rev = "0123456789abcdef0123456789abcdef01234567";
    let runner = [("RUNNER_OS", "Linux"), ("RUNNER_ARCH", "X64")];
    forge.script("install.sh", "find", &[&runner[..], &[("REV", rev)]].concat()).exits(0);
    let outputs = forge.read("outputs");
    assert!(outputs.contains("install=true\n") && outputs.contains(&format!("key=tenantry-Linux-X64-{rev}\n")));
    for (name, value) in
        [("REV", "main"), ("REV", "$(touch ran)"), ("VERSION", "../v1"), ("VERSION", "v1;x"), ("PROGRAM", "absent")]
    {
        Forge::new().script("install.sh", "find", &[&runner[..], &[(name, value)]].concat()).exits(2).says("::error");
    }
    let forge = Forge::new();
    let program = forge.path("bin/tenantry").display().to_string();
    forge.script("install.sh", "find", &[("PROGRAM", program.as_str())]).exits(0);
    assert!(!forge.read("outputs").contains("install"));
}

fn a_release_has_its_checksum(_: &Forge) {
    let release = |sums: &str, given: &str| {
        let forge = Forge::new();
        // Downloads are files of the same name.
        forge.program(
            "bin/curl",
            "#!/bin/bash\nfor a in \"$@\"; do [ \"$last\" = --output ] && to=$a; last=$a; done\n\
             echo \"$last\" >>\"$FORGE/log\"\nexec cp \"$FORGE/release/${last##*/}\" \"$to\"\n",
        );
        forge.program("release/tenantry", "#!/bin/sh\necho released\n");
        let archive = "cd \"$FORGE/release\" && tar -czf tenantry-x86_64-unknown-linux-musl.tar.gz tenantry";
        forge.bash(&["-c", archive], &[]).exits(0);
        let archive = fs::read(forge.path("release/tenantry-x86_64-unknown-linux-musl.tar.gz")).expect("an archive");
        let digest: String = Sha256::digest(archive).iter().map(|byte| format!("{byte:02x}")).collect();
        forge.write("release/SHA256SUMS", &sums.replace("DIGEST", &digest));
        let variables = [
            ("RUNNER_OS", "Linux"),
            ("RUNNER_ARCH", "X64"),
            ("VERSION", "v1.2.3"),
            ("REPOSITORY", "https://forge.example/o/t"),
            ("SHA256", given),
        ];
        let ran = forge.script("install.sh", "install", &variables);
        (forge, ran)
    };
    let (forge, ran) = release("DIGEST  tenantry-x86_64-unknown-linux-musl.tar.gz\n", "");
    ran.exits(0);
    assert!(forge.read("log").starts_with("https://forge.example/o/t/releases/download/v1.2.3/tenantry-x86_64"));
    let installed = forge.path("temp/tenantry-program/tenantry").display().to_string();
    forge.bash(&["-c", &installed], &[]).exits(0).says("released");
    let other = "0".repeat(64);
    for (sums, given) in [
        (format!("{other}  tenantry-x86_64-unknown-linux-musl.tar.gz\n"), String::new()),
        ("DIGEST  tenantry-x86_64-unknown-linux-musl.tar.gz\n".to_owned(), other.clone()),
        ("DIGEST  another.tar.gz\n".to_owned(), String::new()),
    ] {
        let (forge, ran) = release(&sums, &given);
        ran.exits(2).says("checksum");
        assert!(!forge.path("temp/tenantry-program/tenantry").exists());
    }
}

fn output_is_committed_once(forge: &Forge) {
    let setup = "git init --quiet --bare --initial-branch=main ../origin.git && git init --quiet --initial-branch=main . && \
                 git remote add origin ../origin.git && git add -A && git -c user.name=a -c user.email=a@b commit --quiet -m first \
                 && git push --quiet origin main";
    forge.bash(&["-c", setup], &[]).exits(0);
    forge.write("compiled", "compiled\n");
    let variables = [("PROGRAM", "tenantry"), ("BRANCH", "main")];
    forge.script("commit.sh", "", &variables).exits(0);
    let log = |forge: &Forge| forge.bash(&["-c", "git -C ../origin.git log --format=%s main"], &[]).exits(0).text;
    assert_eq!(log(forge), "Compile the inventory\nfirst\n");
    forge.script("commit.sh", "", &variables).exits(0).says("is compiled already");
    assert_eq!(log(forge), "Compile the inventory\nfirst\n");
    // Somebody else pushes meanwhile.
    let other = "git clone --quiet ../origin.git ../other && cd ../other && git -c user.name=a -c user.email=a@b commit --quiet \
                 --allow-empty -m theirs && git push --quiet origin main";
    forge.bash(&["-c", other], &[]).exits(0);
    forge.write("compiled", "compiled again\n");
    forge.script("commit.sh", "", &variables).exits(0).says("has moved on");
    assert_eq!(log(forge), "theirs\nCompile the inventory\nfirst\n");
    // A forge that refuses.
    forge.bash(&["-c", "git reset --quiet --hard FETCH_HEAD"], &[]).exits(0);
    forge.program("origin.git/hooks/pre-receive", "#!/bin/sh\nexit 1\n");
    forge.script("commit.sh", "", &variables).exits(1).says("cannot be pushed");
}
