//! Running `git`: never through a shell, never with code that a repository's configuration names, never over a network.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail};

use crate::cli::path::os_string;
use crate::cli::read::shown_path;

#[cfg(test)]
mod tests;

/// Variables that bind git to one repository. A hook has them for its own repository.
const LOCAL: [&str; 14] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// Variables that would change what git prints, or start a program.
const UNWANTED: [&str; 7] = [
    "GIT_DIFF_OPTS",
    "GIT_EXTERNAL_DIFF",
    "GIT_GLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_PAGER",
];

/// What is always set. Objects that a partial clone left out are not fetched, and replacement objects do not count:
/// what is judged is what was committed.
const ALWAYS: [(&str, &str); 6] = [
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("LC_ALL", "C"),
];

/// Settings that no repository may give.
const SETTINGS: [&str; 4] =
    ["core.fsmonitor=false", "core.hooksPath=/dev/null", "core.pager=cat", "log.showSignature=false"];

/// Where the program runs, and what its environment says to git.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The current folder.
    pub folder: PathBuf,
    /// Every variable whose name begins with `GIT_`.
    pub variables: BTreeMap<OsString, OsString>,
}

impl Surroundings {
    /// Those of this process.
    pub fn of_process() -> Result<Surroundings> {
        let folder = std::env::current_dir().context("the current folder is gone")?;
        let ours = |name: &OsStr| name.as_encoded_bytes().starts_with(b"GIT_");
        Ok(Surroundings { folder, variables: std::env::vars_os().filter(|(name, _)| ours(name)).collect() })
    }

    /// The value of a variable that is not empty.
    pub fn variable(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(OsStr::new(name)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// The same without what binds git to a repository.
    pub fn unbound(&self) -> Surroundings {
        let mut unbound = self.clone();
        for name in LOCAL {
            unbound.variables.remove(OsStr::new(name));
        }
        unbound
    }
}

/// How to start git.
#[derive(Debug, Clone)]
pub struct Git {
    surroundings: Surroundings,
    directory: Option<PathBuf>,
}

impl Git {
    /// A command that has its surroundings and no arguments yet.
    fn command(&self) -> Command {
        let mut command = Command::new("git");
        command.current_dir(&self.surroundings.folder).stdin(Stdio::null());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"GIT_")) {
            command.env_remove(name);
        }
        for (name, value) in &self.surroundings.variables {
            if !UNWANTED.iter().any(|unwanted| name == unwanted) {
                command.env(name, value);
            }
        }
        command.env_remove("LANGUAGE").envs(ALWAYS).arg("--no-pager");
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        if let Some(directory) = &self.directory {
            let mut option = OsString::from("--git-dir=");
            option.push(directory);
            command.arg(option);
        }
        command
    }

    /// A command whose paths stand for themselves, and whose streams are pipes.
    pub fn piped(&self, arguments: &[&str]) -> Command {
        let mut command = self.command();
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Result<Output> {
        self.command().args(arguments).output().map_err(not_started)
    }

    /// Runs a command that looks at a folder.
    pub fn run_in<S: AsRef<OsStr>>(&self, folder: &Path, arguments: impl IntoIterator<Item = S>) -> Result<Output> {
        self.command().arg("-C").arg(folder).args(arguments).output().map_err(not_started)
    }

    /// What a command prints; a failure of it is an error.
    pub fn bytes<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Result<Vec<u8>> {
        let output = self.run(arguments)?;
        if !output.status.success() {
            bail!("git: {}", complaint(&output.stderr));
        }
        Ok(output.stdout)
    }

    /// Where it works.
    pub fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }
}

/// Why git could not be started.
pub fn not_started(error: std::io::Error) -> anyhow::Error {
    if error.kind() == std::io::ErrorKind::NotFound {
        return anyhow::anyhow!("`git` is not on the PATH; it is needed to read a revision");
    }
    anyhow::Error::new(error).context("cannot start `git`, which is needed to read a revision")
}

/// The last thing that git complained about, without its `fatal:`.
pub fn complaint(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let line = lines().find(|line| line.starts_with("fatal: ")).or_else(|| lines().next_back());
    line.map_or("it failed and said nothing".to_owned(), |line| line.trim_start_matches("fatal: ").to_owned())
}

/// A path and a line end, quoted as git quotes and reads paths, whatever is in it.
pub fn c_quoted(path: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'"'];
    for &byte in path {
        match byte {
            b'"' | b'\\' => quoted.extend([b'\\', byte]),
            b' '..=b'~' => quoted.push(byte),
            _ => quoted.extend(format!("\\{byte:03o}").bytes()),
        }
    }
    quoted.extend(b"\"\n");
    quoted
}

/// What a command printed as one path: everything before the last line end.
pub fn path_of(stdout: &[u8]) -> PathBuf {
    let line = stdout.strip_suffix(b"\n").unwrap_or(stdout);
    PathBuf::from(os_string(line.strip_suffix(b"\r").filter(|_| cfg!(windows)).unwrap_or(line)))
}

/// A repository that was found.
pub struct Discovered {
    /// Git, bound to it.
    pub git: Git,
    /// Its own folder.
    pub directory: PathBuf,
    /// Where its files are checked out, if anywhere.
    pub top: Option<PathBuf>,
}

/// Finds the repository that a folder is in, and what of the environment holds for it.
///
/// The folder decides, and the environment only where it speaks of the same repository, as it does in a hook: a hook may
/// look at another repository, to which its own index and its own objects mean nothing. Where git finds no repository, or
/// refuses one that is another user's, a `GIT_DIR` is taken at its word, as git does.
pub fn discover(folder: &Path, surroundings: Surroundings) -> Result<Discovered> {
    let ask = |surroundings: &Surroundings, folder: &Path, what: &str| {
        Git { surroundings: surroundings.clone(), directory: None }.run_in(folder, ["rev-parse", what])
    };
    let unbound = surroundings.unbound();
    let at_once = match surroundings.variable("GIT_DIR").or(surroundings.variable("GIT_INDEX_FILE")) {
        None => both(&unbound, folder)?,
        Some(_) => None,
    };
    if let Some((directory, top)) = at_once {
        let directory = real(directory)?;
        let git = Git { surroundings, directory: Some(directory.clone()) };
        return Ok(Discovered { git, directory, top: Some(real(top)?) });
    }
    let found = ask(&unbound, folder, "--absolute-git-dir")?;
    let told = match surroundings.variable("GIT_DIR") {
        Some(_) => {
            let told = ask(&surroundings, &surroundings.folder, "--absolute-git-dir")?;
            told.status.success().then(|| path_of(&told.stdout))
        }
        None => None,
    };
    let top = |output: Output| {
        let top = Some(path_of(&output.stdout)).filter(|path| output.status.success() && !path.as_os_str().is_empty());
        top.map(real).transpose()
    };
    if !found.status.success() {
        let Some(told) = told else { bail!(refusal(folder, &found.stderr)) };
        let top = top(ask(&surroundings, &surroundings.folder, "--show-toplevel")?)?;
        let directory = real(told)?;
        return Ok(Discovered { git: Git { surroundings, directory: Some(directory.clone()) }, directory, top });
    }
    let directory = real(path_of(&found.stdout))?;
    let keeps = match (told, surroundings.variable("GIT_INDEX_FILE")) {
        (Some(told), _) => real(told)? == directory,
        // A commit's hook is told of the index alone. One in the folder of another repository is that one's; one that
        // lies elsewhere is the current repository's.
        (None, Some(index)) => {
            let index = surroundings.folder.join(index);
            let place = index.parent().and_then(|place| place.canonicalize().ok());
            let says = |folder: &Path, what: &str| {
                let output = ask(&unbound, folder, what)?;
                Ok::<_, anyhow::Error>(output.status.success().then(|| path_of(&output.stdout)))
            };
            let is_yes = |answer: Option<PathBuf>| answer.is_some_and(|it| it.as_os_str() == "true");
            match place {
                Some(place) if place.starts_with(&directory) => true,
                Some(place) if is_yes(says(&place, "--is-inside-git-dir")?) => false,
                _ => match says(&surroundings.folder, "--absolute-git-dir")? {
                    Some(current) => real(current)? == directory,
                    None => false,
                },
            }
        }
        (None, None) => surroundings.variable("GIT_DIR").is_none(),
    };
    let top = top(ask(&unbound, folder, "--show-toplevel")?)?;
    let surroundings = if keeps { surroundings } else { unbound };
    Ok(Discovered { git: Git { surroundings, directory: Some(directory.clone()) }, directory, top })
}

/// A path without links.
fn real(path: PathBuf) -> Result<PathBuf> {
    path.canonicalize().with_context(|| format!("cannot open `{}`", path.display()))
}

/// The folder of the repository that a folder is in, and the top of its working tree, from one process of git; `None` if
/// that takes a closer look. Git ends each path with a line end, and so can a path: two lines are two paths if the second
/// one is where the folder is.
fn both(surroundings: &Surroundings, folder: &Path) -> Result<Option<(PathBuf, PathBuf)>> {
    let git = Git { surroundings: surroundings.clone(), directory: None };
    let output = git.run_in(folder, ["rev-parse", "--absolute-git-dir", "--show-toplevel"])?;
    let mut lines = output.stdout.split_inclusive(|&byte| byte == b'\n');
    let (Some(directory), Some(top), None, true) = (lines.next(), lines.next(), lines.next(), output.status.success())
    else {
        return Ok(None);
    };
    let (directory, top) = (path_of(directory), path_of(top));
    let is_above = !folder.as_os_str().as_encoded_bytes().contains(&b'\n') && folder.starts_with(&top);
    Ok(is_above.then_some((directory, top)))
}

/// Why there is no repository.
fn refusal(folder: &Path, stderr: &[u8]) -> String {
    let shown = shown_path(folder);
    let text = String::from_utf8_lossy(stderr);
    if text.contains("dubious ownership") {
        let place = text.split('\'').nth(1).unwrap_or(&shown);
        return format!(
            "the repository `{place}` belongs to another user, and git does not read it; if you trust it, run `git config \
             --global --add safe.directory {place}`"
        );
    }
    if text.contains("not a git repository") {
        return format!("`{shown}` is in no git repository, so it has no revisions");
    }
    format!("git cannot look into `{shown}`: {}", complaint(stderr))
}
