//! What `tenantry init` writes: a repository that works, with the sample inventory and all that keeps it compiled.
//!
//! The sample is the repository's own `input/` folder, byte for byte, so that what people start from is what the tests
//! compile. Nothing is ever overwritten.

mod hooks;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use tenantry::diag::catalog::counted;

use super::console::Console;
use super::exit::Exit;

/// A file of the sample: its path below `input/`, and its text.
macro_rules! sample {
    ($($path:literal),* $(,)?) => {
        &[$((concat!("input/", $path), include_str!(concat!("../../input/", $path)))),*]
    };
}

/// The files of the sample inventory. A test fails when one is missing here.
const SAMPLE: &[(&str, &str)] = sample![
    ".schema/tenantry.json",
    "README.md",
    "groups.yaml",
    "people/engineering.yaml",
    "people/operations.yaml",
    "people/partners.yaml",
    "people/research.yaml",
    "platforms/lab.yaml",
    "platforms/prod-eu.yaml",
    "templates/egress-proxy.yaml.j2",
    "templates/tenant-card.yaml.j2",
    "tenants/fleet-analytics.yaml",
    "tenants/gripper.yaml",
    "tenants/navigation.yaml",
    "tenants/orchard-trials.yaml",
    "tenants/perception.yaml",
    "tenants/safety.yaml",
    "tenants/simulation.yaml",
    "tenants/weeding.yaml",
];

/// Writes a new repository into a folder. A file that is there already is left alone, with a note; an inventory that is
/// there already is an error, because a mixture of two would not compile.
pub fn run(dir: &Path, console: &Console) -> Result<Exit> {
    let inventory = dir.join("input");
    if fs::read_dir(&inventory).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("`{}` is there already and not empty; nothing was written", inventory.display());
    }
    let mut written = 0;
    for (path, text) in files() {
        if write(&dir.join(path), text, is_program(path))? {
            written += 1;
        } else {
            console.note(&format!("`{path}` is there already and was left alone"));
        }
    }
    console.result(&format!("{} written to `{}`\n", counted(written, "file", "files"), dir.display()))?;
    let place = if dir == Path::new(".") { String::new() } else { format!("cd {} && ", dir.display()) };
    console.note(&format!("next: {place}tenantry compile; the README that was written says how to go on"));
    Ok(Exit::Done)
}

/// Writes the hooks into a folder that has its inventory already, and says what switches them on.
pub fn hooks(dir: &Path, console: &Console) -> Result<Exit> {
    let mut written = 0;
    for (path, text) in files().into_iter().filter(|(path, _)| is_program(path)) {
        if write(&dir.join(path), text, true)? {
            written += 1;
        } else {
            console.note(&format!("`{path}` is there already and was left alone"));
        }
    }
    console.result(&format!("{} written to `{}`\n", counted(written, "hook", "hooks"), dir.join(HOOKS).display()))?;
    for note in hooks::advice(dir) {
        console.note(&note);
    }
    Ok(Exit::Done)
}

/// Writes a file, unless one is there.
fn write(path: &Path, text: &str, program: bool) -> Result<bool> {
    let failed = || format!("cannot write `{}`", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(failed)?;
    }
    match File::options().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).with_context(failed)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(error).with_context(failed),
    }
    if program {
        make_program(path).with_context(failed)?;
    }
    Ok(true)
}

#[cfg(unix)]
fn make_program(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_program(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The folder of the hooks.
const HOOKS: &str = ".githooks";

/// The files around the inventory.
const AROUND: &[(&str, &str)] = &[
    (".gitattributes", include_str!("init/gitattributes")),
    (".githooks/pre-commit", include_str!("init/pre-commit.sh")),
    (".githooks/pre-merge-commit", include_str!("init/pre-merge-commit.sh")),
    (".githooks/pre-receive", include_str!("init/pre-receive.sh")),
    (".github/actions/tenantry/action.yml", include_str!("init/github/action.yml")),
    (".github/actions/tenantry/commit.sh", include_str!("init/github/commit.sh")),
    (".github/actions/tenantry/install.sh", include_str!("init/github/install.sh")),
    (".github/actions/tenantry/review.sh", include_str!("init/github/review.sh")),
    (".github/workflows/tenantry-comment.yml", include_str!("init/github/tenantry-comment.yml")),
    (".github/workflows/tenantry.yml", include_str!("init/github/tenantry.yml")),
    ("README.md", include_str!("init/README.md")),
    ("ci/tenantry.gitlab-ci.yml", include_str!("init/gitlab/tenantry.gitlab-ci.yml")),
];

/// Every file of a new repository: its path, with `/` between parts, and its whole text. Sorted by path.
pub fn files() -> Vec<(&'static str, &'static str)> {
    let mut files: Vec<_> = AROUND.iter().chain(SAMPLE).copied().collect();
    files.sort_unstable();
    files
}

/// Whether the file is a program, which git runs only if its mode says so.
pub fn is_program(path: &str) -> bool {
    path.starts_with(".githooks/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "compares what is embedded with the folder that it comes from")]
    fn every_file_of_the_sample_is_embedded_as_it_is() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = Vec::new();
        for entry in walkdir::WalkDir::new(root.join("input")) {
            let entry = entry.expect("a readable folder");
            if entry.file_type().is_file() {
                let path = entry.path().strip_prefix(root).expect("a path below the root");
                let path = path.to_string_lossy().replace('\\', "/");
                found.push((path, fs::read_to_string(entry.path()).expect("a readable file")));
            }
        }
        found.sort();
        let mut embedded: Vec<_> = SAMPLE.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        embedded.sort();
        let paths = |files: &[(String, String)]| files.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
        assert_eq!(paths(&embedded), paths(&found), "add the file to SAMPLE");
        assert!(embedded == found);
    }

    #[test]
    fn no_path_is_written_twice_and_every_text_ends_in_a_line_feed() {
        let files = files();
        assert!(files.is_sorted() && files.windows(2).all(|pair| pair[0].0 != pair[1].0));
        assert!(files.iter().all(|(_, text)| text.ends_with('\n') && !text.contains('\r')));
        assert!(files.iter().any(|(path, text)| is_program(path) && text.starts_with("#!/bin/sh\n")));
    }

    #[test]
    fn actions_are_pinned_by_hash() {
        let (mut pinned, local) = (0, "./.github/actions/tenantry");
        for (path, text) in AROUND.iter().filter(|(path, _)| path.starts_with(".github/")) {
            let uses = text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: "));
            for action in uses.filter(|action| *action != local) {
                let (_, pin) = action.split_once('@').expect("a version");
                let (hash, version) = pin.split_once(" # v").expect("a version in words");
                assert!(hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{path}: {action}");
                assert!(!version.is_empty());
                pinned += 1;
            }
        }
        assert!(pinned > 3);
    }

    /// Scripts are given what people wrote as variables: an expression in a script is text that the shell reads.
    #[test]
    fn no_expression_stands_in_a_script() {
        for (path, text) in AROUND.iter().filter(|(path, _)| path.starts_with(".github/")) {
            let mut script_indent = None;
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                let indent = line.len() - line.trim_start().len();
                if script_indent.is_some_and(|script| indent <= script) {
                    script_indent = None;
                }
                let key = line.trim_start().trim_start_matches("- ");
                if key.starts_with("run:") {
                    script_indent = Some(indent);
                }
                assert!(script_indent.is_none() || !line.contains("${{"), "{path}: {line}");
            }
        }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "compares what is embedded with what this repository runs itself")]
    fn this_repository_runs_the_same_action() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        if !root.join(".github").exists() {
            return;
        }
        let same =
            |path: &str| path.starts_with(".github/actions/") || path == ".github/workflows/tenantry-comment.yml";
        for (path, text) in AROUND.iter().filter(|(path, _)| same(path)) {
            let own = fs::read_to_string(root.join(path)).expect("a copy of the file");
            assert!(own == *text, "copy the file below src/cli/init/ to {path}");
        }
    }
}
