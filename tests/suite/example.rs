//! The examples in the long text of every code are compiled: the first shows the code, the second does not.
//!
//! A long text (`src/diag/long/<code>.md`) opens with the reason in a few sentences and goes on with two fenced blocks,
//! marked `yaml fails` and `yaml passes`. What no text of an inventory can show (files, the output, guards against what
//! was there before) has one block marked `console` instead.
//!
//! An example is only the part of an inventory that the point is about, as somebody would write it. The rest is added:
//! - `apiVersion` to a document that has none;
//! - a Platform `prod`, the Directory of `ada`, `bob`, `eve` and the group `ml`, or a Tenant `sample`, where the example
//!   has no document of that kind; and always the user `root`, who owns what nobody else does. The word `alone` behind
//!   `fails` or `passes` keeps all of this away.
//! - A comment that is nothing but a path, such as `# templates/badge.yaml.j2`, starts another file. Text before the
//!   first is `example.yaml`.

use jiff::civil::{Date, date};
use libtest_mimic::{Failed, Trial};
use tenantry::diag::{Code, Diagnostic, Severity};
use tenantry::driver;
use tenantry::report::diagnostics::{Format, Options, render};
use tenantry::source::SourceMap;

const AS_OF: Date = date(2026, 11, 22);

/// Most lines of a long text: it should fit on a screen.
const MOST_LINES: usize = 40;

/// Most characters of a line.
const WIDEST: usize = 100;

const PLATFORM: &str = "\
apiVersion: tenantry.dev/v1alpha1
kind: Platform
metadata: {name: prod}
spec: {distribution: kubeflow, owner: root, selfService: allow}
";

const ROOT: &str = "\
apiVersion: tenantry.dev/v1alpha1
kind: Directory
metadata: {name: platform}
spec: {users: [{name: root, email: root@example.org}]}
";

const DIRECTORY: &str = "\
apiVersion: tenantry.dev/v1alpha1
kind: Directory
metadata: {name: people}
spec:
  users:
    - {name: ada, email: ada@example.org}
    - {name: bob, email: bob@example.org}
    - {name: eve, email: eve@example.org}
  groups:
    - {name: ml, members: [bob, eve]}
";

const TENANT: &str = "\
apiVersion: tenantry.dev/v1alpha1
kind: Tenant
metadata: {name: sample}
spec: {owner: root}
";

/// One test per code, named `example::<code>`.
pub fn trials() -> Vec<Trial> {
    let trial = |&code: &Code| Trial::test(format!("example::{}", code.name()), move || check(code));
    Code::ALL.iter().map(trial).collect()
}

fn check(code: Code) -> Result<(), Failed> {
    let text = code.long();
    check_form(text)?;
    let blocks = blocks(text)?;
    match &blocks[..] {
        [console] if console.mark == "console" => check_console(code, &console.text),
        [fails, passes] if fails.is("fails") && passes.is("passes") => {
            check_failing(code, &sources(fails))?;
            check_passing(code, &sources(passes))
        }
        _ => Err("a long text has two blocks, `yaml fails` and `yaml passes`, or one `console`".into()),
    }
}

fn check_form(text: &str) -> Result<(), Failed> {
    let lines = text.lines().count();
    if lines > MOST_LINES {
        return Err(format!("it has {lines} lines, and {MOST_LINES} are allowed").into());
    }
    if let Some(line) = text.lines().find(|line| line.chars().count() > WIDEST) {
        return Err(format!("more than {WIDEST} characters in the line\n{line}").into());
    }
    if let Some(line) = text.lines().find(|line| line.trim_end() != *line) {
        return Err(format!("blanks at the end of the line\n{line}").into());
    }
    let first = text.lines().next().unwrap_or_default();
    if first.is_empty() || first.starts_with('#') || first.starts_with("```") || !text.ends_with('\n') {
        return Err("a long text opens with a paragraph and ends with a newline".into());
    }
    Ok(())
}

/// The run that is shown says the code's name, with its severity.
fn check_console(code: Code, text: &str) -> Result<(), Failed> {
    let title = format!("{}[{}]: ", code.severity().name(), code.name());
    let shown = text.lines().any(|line| line.starts_with(&title)) && text.starts_with("$ ");
    if shown { Ok(()) } else { Err(format!("no `{title}` in the console block").into()) }
}

/// One mistake, one message: the code may be reported several times, and no other at all.
fn check_failing(code: Code, sources: &SourceMap) -> Result<(), Failed> {
    let found = compile(sources);
    if !found.iter().any(|diagnostic| diagnostic.code == code) {
        return Err(shown("the failing example does not raise its code", &found, sources));
    }
    if found.iter().any(|diagnostic| diagnostic.code != code) {
        return Err(shown("the failing example raises other codes", &found, sources));
    }
    Ok(())
}

fn check_passing(code: Code, sources: &SourceMap) -> Result<(), Failed> {
    let found = compile(sources);
    if found.iter().any(|diagnostic| diagnostic.code == code || diagnostic.severity == Severity::Error) {
        return Err(shown("the repaired example is not sound", &found, sources));
    }
    Ok(())
}

fn compile(sources: &SourceMap) -> Vec<Diagnostic> {
    driver::analyse(sources, Vec::new(), AS_OF, |outcome| outcome.diagnostics)
}

fn shown(problem: &str, found: &[Diagnostic], sources: &SourceMap) -> Failed {
    let options = Options { format: Format::Text, colour: false, width: Some(100), path_prefix: "", limit: None };
    format!("{problem}\n{}", render(found, sources, &options)).into()
}

/// A fenced block: the words behind the fence, and what is in it.
struct Block<'t> {
    mark: &'t str,
    text: String,
}

impl Block<'_> {
    fn is(&self, verdict: &str) -> bool {
        let mut words = self.mark.split(' ');
        words.next() == Some("yaml") && words.next() == Some(verdict) && matches!(words.next(), None | Some("alone"))
    }

    fn is_alone(&self) -> bool {
        self.mark.ends_with(" alone")
    }
}

fn blocks(text: &str) -> Result<Vec<Block<'_>>, Failed> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        match (line.strip_prefix("```"), blocks.last_mut()) {
            (Some(""), Some(_)) if open => open = false,
            (Some(mark), _) if !open => {
                open = true;
                blocks.push(Block { mark, text: String::new() });
            }
            (None, Some(block)) if open => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            _ => {}
        }
    }
    if open { Err("a fenced block has no end".into()) } else { Ok(blocks) }
}

/// The inventory that an example stands for.
fn sources(block: &Block<'_>) -> SourceMap {
    let mut files: Vec<(String, String)> = Vec::new();
    let mut rest = String::new();
    for line in block.text.lines() {
        match line.strip_prefix("# ").filter(|name| is_path(name)) {
            Some(path) => {
                let done = std::mem::take(&mut rest);
                add(&mut files, &done);
                files.push((path.to_owned(), String::new()));
            }
            None => {
                rest.push_str(line);
                rest.push('\n');
            }
        }
    }
    add(&mut files, &rest);
    if !block.is_alone() {
        let lacks = |kind: &str| !block.text.lines().any(|line| line == format!("kind: {kind}"));
        files.push(("prelude/root.yaml".into(), ROOT.into()));
        for (kind, text) in [("Platform", PLATFORM), ("Directory", DIRECTORY), ("Tenant", TENANT)] {
            if lacks(kind) {
                files.push((format!("prelude/{kind}.yaml").to_lowercase(), text.into()));
            }
        }
    }
    for (path, text) in &mut files {
        if path.ends_with(".yaml") {
            *text = with_api_version(text);
        }
    }
    SourceMap::new(files)
}

fn is_path(text: &str) -> bool {
    !text.contains(' ') && (text.ends_with(".yaml") || text.ends_with(".yaml.j2"))
}

/// Appends text to the file that was named last. The `---` before the next file's name belongs to neither.
fn add(files: &mut Vec<(String, String)>, text: &str) {
    let text = text.strip_suffix("---\n").unwrap_or(text);
    match files.last_mut() {
        Some((_, file)) => file.push_str(text),
        None if text.trim().is_empty() => {}
        None => files.push(("example.yaml".into(), text.to_owned())),
    }
}

/// Examples leave out what every document says.
fn with_api_version(text: &str) -> String {
    let document = |document: &str| match document.lines().any(|line| line.starts_with("apiVersion:")) {
        true => document.to_owned(),
        false => format!("apiVersion: {}\n{document}", tenantry::parse::API_VERSION),
    };
    text.split("---\n").map(document).collect::<Vec<_>>().join("---\n")
}
