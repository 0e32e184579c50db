//! How a release is made: that its notes belong to its tag, and that no workflow can do more than it has to. What the
//! files of a release are, `.ci/package` looks at itself.

use std::fs;
use std::process::Command;

use libtest_mimic::{Failed, Trial};
use serde_yaml::{Mapping, Value};

type Test = (&'static str, fn() -> Result<(), Failed>);

const TESTS: &[Test] = &[
    ("a-tag-is-the-version", a_tag_is_the_version),
    ("notes-are-the-part-of-the-version", notes_are_the_part_of_the_version),
    ("this-changelog-can-be-released", this_changelog_can_be_released),
    ("actions-are-pinned", actions_are_pinned),
    ("every-job-says-what-it-may", every_job_says_what_it_may),
    ("what-compiles-may-not-write", what_compiles_may_not_write),
    ("nothing-is-published-untested", nothing_is_published_untested),
];

/// One trial per rule.
pub fn trials() -> Vec<Trial> {
    TESTS.iter().map(|&(name, test)| Trial::test(format!("release/{name}"), test)).collect()
}

/// Runs `.ci/notes` in a folder with this changelog, at version 1.2.3: its exit status and what it says.
fn notes(changelog: &str, tag: &str) -> Result<Option<(Option<i32>, String)>, Failed> {
    if cfg!(windows) || Command::new("bash").arg("--version").output().is_err() {
        let required = std::env::var_os("TENANTRY_REQUIRE_TOOLS").is_some();
        return if required { Err("bash is not on the PATH".into()) } else { Ok(None) };
    }
    let folder = tempfile::tempdir()?;
    fs::create_dir(folder.path().join(".ci"))?;
    fs::copy(crate::root().join(".ci/notes"), folder.path().join(".ci/notes"))?;
    fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"tenantry\"\nversion = \"1.2.3\"\n")?;
    fs::write(folder.path().join("CHANGELOG.md"), changelog)?;
    let output = Command::new("bash").arg(".ci/notes").arg(tag).current_dir(folder.path()).output()?;
    let text = String::from_utf8(output.stdout)? + &String::from_utf8(output.stderr)?;
    Ok(Some((output.status.code(), text)))
}

const CHANGELOG: &str = "\
# Changelog

## Unreleased

- Not yet.

## 1.2.3 (2026-11-22)

### Added

- A thing.

## 1.2.2

- An older thing.
";

fn a_tag_is_the_version() -> Result<(), Failed> {
    for tag in ["v1.2.2", "1.2.3", "v1.2.3-rc.1", "v1.2.3 "] {
        if let Some((code, text)) = notes(CHANGELOG, tag)?
            && (code != Some(1) || !text.contains("Cargo.toml says 1.2.3"))
        {
            return Err(format!("{tag}: {code:?} {text}").into());
        }
    }
    Ok(())
}

fn notes_are_the_part_of_the_version() -> Result<(), Failed> {
    let Some((code, text)) = notes(CHANGELOG, "v1.2.3")? else { return Ok(()) };
    if code != Some(0) || text.trim() != "### Added\n\n- A thing." {
        return Err(format!("{code:?} {text}").into());
    }
    for changelog in
        ["", "## Unreleased\n\n- A thing.\n", "## 1.2.3\n\n## 1.2.2\n\n- A thing.\n", "## 1.2.30\n\n- A thing.\n"]
    {
        let Some((code, text)) = notes(changelog, "v1.2.3")? else { return Ok(()) };
        if code != Some(1) || !text.contains("has nothing under") {
            return Err(format!("{changelog:?}: {code:?} {text}").into());
        }
    }
    Ok(())
}

/// The heading that a release renames is there, so that there will be notes.
fn this_changelog_can_be_released() -> Result<(), Failed> {
    let changelog = fs::read_to_string(crate::root().join("CHANGELOG.md"))?;
    let version = format!("## {}", env!("CARGO_PKG_VERSION"));
    let there = changelog.lines().any(|line| line == "## Unreleased" || line.starts_with(&version));
    if there { Ok(()) } else { Err("CHANGELOG.md has no part for what comes next".into()) }
}

/// Every workflow of this repository, by name.
fn workflows() -> Result<Vec<(String, Value)>, Failed> {
    let mut found = Vec::new();
    for entry in fs::read_dir(crate::root().join(".github/workflows"))? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        found.push((name, serde_yaml::from_str(&fs::read_to_string(&path)?)?));
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(found)
}

/// The jobs of a workflow.
fn jobs(workflow: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let jobs = workflow["jobs"].as_mapping().into_iter().flat_map(Mapping::iter);
    jobs.filter_map(|(name, job)| Some((name.as_str()?, job)))
}

/// What a job may write.
fn writes(job: &Value) -> Vec<&str> {
    let permissions = job["permissions"].as_mapping().into_iter().flat_map(Mapping::iter);
    permissions.filter(|(_, may)| may.as_str() == Some("write")).filter_map(|(what, _)| what.as_str()).collect()
}

fn report(complaints: Vec<String>) -> Result<(), Failed> {
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n").into()) }
}

/// A tag can be moved by whoever takes over an action's repository, a commit cannot. And one action has one version.
fn actions_are_pinned() -> Result<(), Failed> {
    let mut complaints = Vec::new();
    let mut pins = std::collections::BTreeMap::new();
    for (name, _) in workflows()? {
        let text = fs::read_to_string(crate::root().join(".github/workflows").join(&name))?;
        for line in text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: ")) {
            if line.starts_with("./") {
                continue;
            }
            let (action, pin) = line.split_once('@').unwrap_or((line, ""));
            let (hash, version) = pin.split_once(" # v").unwrap_or((pin, ""));
            let full = hash.len() == 40 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            if !full || !version.starts_with(|c: char| c.is_ascii_digit()) {
                complaints
                    .push(format!("{name}: pin {action} by the full hash of a commit, with ` # v1.2.3` behind it"));
            }
            if pins.insert(action.to_owned(), pin.to_owned()).is_some_and(|other| other != pin) {
                complaints.push(format!("{name}: {action} has another version elsewhere"));
            }
        }
    }
    report(complaints)
}

fn every_job_says_what_it_may() -> Result<(), Failed> {
    let mut complaints = Vec::new();
    for (name, workflow) in workflows()? {
        if workflow["permissions"].as_mapping().is_none_or(|all| !all.is_empty()) {
            complaints.push(format!("{name}: give no permission to all jobs; write `permissions: {{}}`"));
        }
        for (job, what) in jobs(&workflow) {
            if !what["permissions"].is_mapping() || what["timeout-minutes"].is_null() {
                complaints.push(format!("{name}: the job `{job}` needs `permissions` and `timeout-minutes`"));
            }
        }
    }
    report(complaints)
}

/// Build scripts and tests are other people's programs.
fn what_compiles_may_not_write() -> Result<(), Failed> {
    let mut complaints = Vec::new();
    for (name, workflow) in workflows()? {
        for (job, what) in jobs(&workflow) {
            let steps = what["steps"].as_sequence().into_iter().flatten();
            let compiles = steps.filter_map(|step| step["run"].as_str());
            let compiles =
                compiles.filter(|run| ["cargo ", ".ci/package", ".ci/run", "npm "].iter().any(|it| run.contains(it)));
            if compiles.count() > 0 && !writes(what).is_empty() {
                complaints.push(format!("{name}: the job `{job}` compiles, and may write {}", writes(what).join(", ")));
            }
        }
    }
    report(complaints)
}

fn nothing_is_published_untested() -> Result<(), Failed> {
    let workflows = workflows()?;
    let Some((_, release)) = workflows.iter().find(|(name, _)| name == "release.yml") else {
        return Err("there is no release.yml".into());
    };
    let needs = |job: &str| -> Vec<&str> {
        release["jobs"][job]["needs"].as_sequence().into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let mut complaints = Vec::new();
    for (job, what) in jobs(release).filter(|(_, what)| !writes(what).is_empty()) {
        let mut before = needs(job);
        let mut at = 0;
        while let Some(&next) = before.get(at) {
            before.extend(needs(next));
            at += 1;
        }
        if !["test", "package"].iter().all(|needed| before.contains(needed)) {
            complaints.push(format!(
                "the job `{job}` may write {}, and does not wait for the tests",
                writes(what).join(", ")
            ));
        }
    }
    if jobs(release).all(|(_, what)| writes(what).is_empty()) {
        complaints.push("no job publishes anything".to_owned());
    }
    report(complaints)
}
