//! A temporary folder with an inventory, and the program run in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::SystemTime;

use tempfile::TempDir;

/// The program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_tenantry");

/// A user whom permissions bind.
#[cfg(unix)]
const NOBODY: u32 = 65_534;

/// A platform that gives no warnings with tenants that name no owner.
pub const PLATFORM: &str = "\
apiVersion: tenantry.dev/v1alpha1
kind: Platform
metadata: {name: prod}
spec: {distribution: kubeflow, owner: root, gitops: {engine: none}}
";

/// Its people, and a group of two.
pub const PEOPLE: &str = "\
apiVersion: tenantry.dev/v1alpha1
kind: Directory
metadata: {name: people}
spec:
  users:
    - {name: root, email: root@example.org}
    - {name: ada, email: ada@example.org}
    - {name: bob, email: bob@example.org}
  groups:
    - {name: ml, members: [ada, bob]}
";

/// A folder of its own for one test.
pub struct Sandbox {
    folder: TempDir,
}

/// How a run ended, and what it said.
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Texts of files by their path, with `/` between parts.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// Whether a judge that is missing is an error, as it is in CI.
pub fn tools_are_required() -> bool {
    std::env::var_os("TENANTRY_REQUIRE_TOOLS").is_some_and(|it| it == "1")
}

/// A Tenant document with this `spec`, in flow form.
pub fn tenant(name: &str, spec: &str) -> String {
    format!("apiVersion: tenantry.dev/v1alpha1\nkind: Tenant\nmetadata: {{name: {name}}}\nspec: {spec}\n")
}

/// A Platform document with more settings, in flow form.
pub fn platform(name: &str, more: &str) -> String {
    PLATFORM.replace("prod", name).replace("owner: root", &format!("owner: root, {more}"))
}

impl Sandbox {
    /// Nothing but the folder.
    pub fn empty() -> Sandbox {
        Sandbox { folder: tempfile::tempdir().expect("a temporary folder can be made") }
    }

    /// An inventory of one platform, `prod`, and the tenants `vision` and `audio`.
    pub fn new() -> Sandbox {
        let sandbox = Sandbox::empty();
        sandbox.write("input/platform.yaml", PLATFORM);
        sandbox.write("input/people.yaml", PEOPLE);
        sandbox.write("input/vision.yaml", tenant("vision", "{contributors: [{user: ada}]}"));
        sandbox.write("input/audio.yaml", tenant("audio", "{contributors: [{group: ml, role: view}]}"));
        sandbox
    }

    /// The same, compiled.
    pub fn compiled() -> Sandbox {
        let sandbox = Sandbox::new();
        sandbox.run("compile").exits(0);
        sandbox
    }

    /// A path below the folder.
    pub fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Writes a file, and the folders that it needs.
    pub fn write(&self, below: &str, text: impl AsRef<[u8]>) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
        fs::write(&path, text).unwrap_or_else(|error| panic!("{below}: {error}"));
    }

    /// The text of a file.
    pub fn read(&self, below: &str) -> String {
        fs::read_to_string(self.path(below)).unwrap_or_else(|error| panic!("{below}: {error}"))
    }

    /// Changes a file by one replacement.
    pub fn replace(&self, below: &str, from: &str, to: &str) {
        let text = self.read(below);
        assert!(text.contains(from), "{below} has no {from:?}:\n{text}");
        self.write(below, text.replacen(from, to, 1));
    }

    /// Removes a file.
    pub fn remove(&self, below: &str) {
        fs::remove_file(self.path(below)).unwrap_or_else(|error| panic!("{below}: {error}"));
    }

    /// Whether something is at a path.
    pub fn has(&self, below: &str) -> bool {
        self.path(below).symlink_metadata().is_ok()
    }

    /// The program in this folder, with words for arguments and nothing in its environment.
    pub fn command(&self, words: &str) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(words.split_whitespace()).env_clear().current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Runs the program with words for arguments.
    pub fn run(&self, words: &str) -> Run {
        run(&mut self.command(words))
    }

    /// Runs the program as somebody whom permissions bind; `None`, with a reason on stderr, if that cannot be.
    #[cfg(unix)]
    pub fn run_bound(&self, words: &str) -> Option<Run> {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        use std::os::unix::process::CommandExt;
        let root = fs::metadata(self.folder.path()).is_ok_and(|folder| folder.uid() == 0);
        if !root {
            return Some(self.run(words));
        }
        // Nobody may not reach the build folder.
        let program = self.path("tenantry");
        let copied = self.has("tenantry") || fs::copy(PROGRAM, &program).is_ok();
        fs::set_permissions(self.folder.path(), fs::Permissions::from_mode(0o777)).expect("permissions can be set");
        let mut command = Command::new(program);
        command.args(words.split_whitespace()).env_clear().current_dir(self.folder.path()).uid(NOBODY).gid(NOBODY);
        let mut output = command.output();
        // Another test that starts a program at this instant holds the copy open for a moment.
        for _ in 0..100 {
            if !output.as_ref().is_err_and(|error| error.kind() == std::io::ErrorKind::ExecutableFileBusy) {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
            output = command.output();
        }
        match output {
            Ok(output) if copied => Some(Run::of(output)),
            other => {
                eprintln!("skipped: cannot run as nobody: {other:?}");
                None
            }
        }
    }

    /// Every file below a folder. What is neither file nor folder is there with the text `special`.
    pub fn tree(&self, below: &str) -> Tree {
        let mut tree = Tree::new();
        collect(&self.path(below), "", &mut tree);
        tree
    }

    /// When every file below a folder was last written.
    pub fn times(&self, below: &str) -> BTreeMap<String, SystemTime> {
        let time =
            |path: &str| fs::symlink_metadata(self.path(below).join(path)).and_then(|metadata| metadata.modified());
        self.tree(below).into_keys().map(|path| (path.clone(), time(&path).expect("files have times"))).collect()
    }

    /// Runs something that must change nothing in the output folder.
    pub fn changes_nothing(&self, words: &str) -> Run {
        let before = (self.tree("output"), self.times("output"), self.has("output"));
        let run = self.run(words);
        assert!(
            before == (self.tree("output"), self.times("output"), self.has("output")),
            "{words} changed the output"
        );
        run
    }
}

fn collect(folder: &Path, prefix: &str, tree: &mut Tree) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.expect("entries can be read");
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().expect("entries have types");
        if kind.is_dir() {
            collect(&entry.path(), &format!("{name}/"), tree);
        } else if kind.is_file() {
            tree.insert(name, fs::read(entry.path()).expect("files can be read"));
        } else {
            tree.insert(name, b"special".to_vec());
        }
    }
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Run {
    Run::of(command.output().expect("the program can be started"))
}

impl Run {
    /// What came of a command.
    pub fn of(output: Output) -> Run {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program speaks UTF-8");
        Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Asserts the exit status. No run may panic.
    #[track_caller]
    pub fn exits(self, code: i32) -> Run {
        let panicked = self.stderr.contains("panicked");
        assert!(self.code == Some(code) && !panicked, "wanted {code}, {}", self.shown());
        self
    }

    /// Asserts that a text is on stderr.
    #[track_caller]
    pub fn says(self, text: &str) -> Run {
        assert!(self.stderr.contains(text), "nothing on stderr says {text:?}, {}", self.shown());
        self
    }

    /// Asserts that a text is not on stderr.
    #[track_caller]
    pub fn says_no(self, text: &str) -> Run {
        assert!(!self.stderr.contains(text), "stderr says {text:?}, {}", self.shown());
        self
    }

    /// Asserts that a text is on stdout.
    #[track_caller]
    pub fn prints(self, text: &str) -> Run {
        assert!(self.stdout.contains(text), "nothing on stdout has {text:?}, {}", self.shown());
        self
    }

    /// Asserts what is on stdout.
    #[track_caller]
    pub fn prints_only(self, text: &str) -> Run {
        assert!(self.stdout == text, "wanted on stdout {text:?}, {}", self.shown());
        self
    }

    /// Asserts that nothing is on stderr.
    #[track_caller]
    pub fn says_nothing(self) -> Run {
        assert!(self.stderr.is_empty(), "stderr is not empty, {}", self.shown());
        self
    }

    fn shown(&self) -> String {
        format!("got {:?}\n--- stdout\n{}\n--- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}
