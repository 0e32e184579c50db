//! `hook`: real commits and pushes, with a real git.

pub mod commit;
pub mod framework;
pub mod install;
pub mod push;
pub mod server;
pub mod stage;

use std::path::Path;
use std::process::Command;

use super::sandbox::{PROGRAM, Run, Sandbox, run};

const PRE_COMMIT: &str = include_str!("../../../../src/cli/init/pre-commit.sh");
const PRE_MERGE_COMMIT: &str = include_str!("../../../../src/cli/init/pre-merge-commit.sh");
const PRE_RECEIVE: &str = include_str!("../../../../src/cli/init/pre-receive.sh");

/// Rights that no inventory gives.
const BINDING: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: extra, namespace: vision}
roleRef: {kind: ClusterRole, name: kubeflow-admin}
subjects: [{kind: User, name: eve@example.org}]
";

/// A command that finds the program, and of the environment nothing else.
fn clean(program: &str, sandbox: &Sandbox, folder: &str) -> Command {
    let mut command = Command::new(program);
    let own = Path::new(PROGRAM).parent().expect("a folder");
    let others = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(own.to_owned()).chain(std::env::split_paths(&others)));
    command.env_clear().env("PATH", path.expect("a PATH")).current_dir(sandbox.path(folder));
    command.env("HOME", sandbox.path("")).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.env("SOURCE_DATE_EPOCH", "1795305600");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Ada").env(format!("GIT_{who}_EMAIL"), "ada@example.org");
        command.env(format!("GIT_{who}_DATE"), "2026-11-22T00:00:00Z");
    }
    command
}

/// Runs git in a folder of the sandbox, hooks and all.
fn git(sandbox: &Sandbox, folder: &str, words: &[&str]) -> Run {
    let mut command = clean("git", sandbox, folder);
    // A file changed within the second of the index is looked at again; the tests need no help with that.
    command.args(["-c", "protocol.file.allow=always", "-c", "gc.auto=0", "-c", "commit.gpgSign=false"]);
    run(command.args(words))
}

/// What git prints, in words, when it has to succeed.
#[track_caller]
fn says(sandbox: &Sandbox, folder: &str, words: &str) -> String {
    git(sandbox, folder, &words.split(' ').collect::<Vec<_>>()).exits(0).stdout.trim_end().to_owned()
}

/// Commits what is staged; the run says what the hook said.
fn commit(sandbox: &Sandbox) -> Run {
    git(sandbox, ".", &["commit", "--quiet", "--message", "change"])
}

/// Writes a hook as `init` does.
fn hook(sandbox: &Sandbox, path: &str, text: &str) {
    sandbox.write(path, text);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(sandbox.path(path), mode).expect("a program");
    }
}

/// A repository with the sandbox's inventory and its output in one commit, and the hooks of commits.
fn repository() -> Sandbox {
    let sandbox = Sandbox::compiled();
    says(&sandbox, ".", "init --quiet --initial-branch=main");
    says(&sandbox, ".", "add --all");
    commit(&sandbox).exits(0);
    hook(&sandbox, ".git/hooks/pre-commit", PRE_COMMIT);
    hook(&sandbox, ".git/hooks/pre-merge-commit", PRE_MERGE_COMMIT);
    sandbox
}

/// Asserts that a commit has the output that its own inventory compiles to.
#[track_caller]
fn is_fresh(sandbox: &Sandbox, revision: &str, input: &str, output: &str) {
    let there = tempfile::tempdir().expect("a folder");
    let there = there.path().to_str().expect("a path").to_owned();
    git(sandbox, ".", &["worktree", "add", "--quiet", "--detach", &format!("{there}/tree"), revision]).exits(0);
    let mut check = clean(PROGRAM, sandbox, ".");
    check.current_dir(format!("{there}/tree")).args(["compile", "--check", input, "--output", output]);
    run(&mut check).exits(0);
    git(sandbox, ".", &["worktree", "remove", "--force", &format!("{there}/tree")]).exits(0);
}
