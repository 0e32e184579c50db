//! Rules about the project itself that no compiler checks. A failure names the rule, the place and what to do instead.

use std::collections::BTreeSet;
use std::path::Path;

use libtest_mimic::{Failed, Trial};
use tenantry::diag::Code;
use tenantry::diff::RiskCode;
use walkdir::WalkDir;

use crate::case::relative;

/// Modules in their order: each may use those before it, and itself. The command line comes last and is no module of
/// the library.
const ORDER: &[&str] = &[
    "meter",
    "source",
    "name",
    "scalar",
    "release",
    "manifest",
    "diag",
    "parse",
    "git",
    "inventory",
    "resolve",
    "plan",
    "access",
    "facts",
    "guard",
    "lint",
    "lower",
    "capacity",
    "render",
    "diff",
    "report",
    "driver",
    "krm",
    "cli",
];

/// What no source file of the program holds outside of its tests: text, and what to do instead.
const FORBIDDEN: &[(&str, &str)] = &[
    (".unwrap()", "say with `expect` what holds, or hand the mistake on"),
    ("panic!", "a panic is a bug; hand the mistake on"),
    ("todo!", "finish it"),
    ("unimplemented!", "finish it"),
    ("dbg!", "take it out"),
];

/// The same, for the library only.
const FORBIDDEN_IN_LIBRARY: &[(&str, &str)] = &[
    ("HashMap", "its order would reach the output; use `BTreeMap`"),
    ("HashSet", "its order would reach the output; use `BTreeSet`"),
    ("std::env", "only the command line reads its surroundings"),
    ("std::fs", "only the command line touches files"),
    ("std::time", "the day is given; only the command line asks what time it is"),
    ("print!", "the library prints nothing; return the text"),
    ("println!", "the library prints nothing; return the text"),
];

/// Most lines of a source file.
const LINES: usize = 400;

/// Longer files, each with its reason.
const LONG_FILES: &[(&str, &str)] = &[(
    "src/manifest/yaml.rs",
    "the writer and the proof that readers agree with it belong together; half of it is tests",
)];

/// Codes that no inventory in memory can bring up, each with what can.
const SHOWN_ELSEWHERE: &[(Code, &str)] = &[
    (Code::UnreadableFile, "needs a file that the system does not give"),
    (Code::FileTooLarge, "needs a file of more than 64 MiB"),
    (Code::NotUtf8, "needs a file that is no text"),
    (Code::OutsideLink, "needs a symbolic link"),
    (Code::MoreFindings, "needs thousands of mistakes in one file"),
    (Code::OverlappingFolders, "needs an output folder"),
    (Code::NoNamespaces, "only a compile to a folder or stream asks for a result"),
    (Code::ForeignFile, "needs an output folder"),
    (Code::EditedFile, "needs an output folder"),
    (Code::StrayFile, "needs an output folder"),
    (Code::EditedLeftover, "needs an output folder"),
    (Code::UnretiredRemoval, "a guard: needs a before"),
    (Code::NamespaceTakenOver, "a guard: needs a before"),
    (Code::TooLargeRemoval, "a guard: needs a before"),
    (Code::Resharded, "a guard: needs a before"),
    (Code::OwnerChanged, "needs a before"),
    (Code::HostInput, "needs a host"),
    (Code::RewrittenScalar, "needs a host that rewrites what it reads"),
    (Code::OutsideRoot, "needs a host"),
    (Code::ObjectNotOurs, "needs a host that has the object already"),
    (Code::NotAsWanted, "needs a host that has the object already"),
];

/// A rule: looks at the tree, and complains.
type Rule = fn() -> Result<(), Failed>;

/// One trial per rule.
pub fn trials() -> Vec<Trial> {
    let rules: [(&str, Rule); 7] = [
        ("modules-keep-their-order", modules_keep_their_order),
        ("nothing-forbidden-is-used", nothing_forbidden_is_used),
        ("files-are-short", files_are_short),
        ("lines-end-cleanly", lines_end_cleanly),
        ("every-code-is-explained", every_code_is_explained),
        ("every-code-is-shown", every_code_is_shown),
        ("every-risk-is-shown", every_risk_is_shown),
    ];
    rules.into_iter().map(|(name, rule)| Trial::test(format!("tidy/{name}"), rule)).collect()
}

fn modules_keep_their_order() -> Result<(), Failed> {
    let rank = |module: &str| ORDER.iter().position(|known| *known == module);
    let mut complaints = Vec::new();
    for (path, text) in program_sources() {
        let module = module_of(&path);
        if matches!(module, "main" | "lib") {
            continue;
        }
        let Some(own) = rank(module) else {
            complaints.push(format!("{path}: the module `{module}` has no place in `ORDER`"));
            continue;
        };
        for (line, used) in uses(&text) {
            if rank(&used).is_none_or(|used| used > own) {
                complaints.push(format!("{path}:{line}: `{module}` must not use `crate::{used}`"));
            }
        }
    }
    report(complaints)
}

/// Every `crate::name` outside of comments, with its line.
fn uses(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, line) in code_lines(text) {
        for (_, rest) in line.match_indices("crate::").map(|(at, sign)| line.split_at(at + sign.len())) {
            let name = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
            // A star or a brace gives an empty name, which is no module: each `use` names one.
            found.push((at, name.to_owned()));
        }
    }
    found
}

fn nothing_forbidden_is_used() -> Result<(), Failed> {
    let mut complaints = Vec::new();
    for (path, text) in program_sources() {
        let command_line = matches!(module_of(&path), "cli" | "main");
        let library = if command_line { &[] } else { FORBIDDEN_IN_LIBRARY };
        for (line, code) in code_lines(&text) {
            for (word, instead) in FORBIDDEN.iter().chain(library).filter(|(word, _)| code.contains(word)) {
                complaints.push(format!("{path}:{line}: `{word}` stands here; {instead}"));
            }
        }
    }
    report(complaints)
}

fn files_are_short() -> Result<(), Failed> {
    let mut complaints = Vec::new();
    let mut long = BTreeSet::new();
    for (path, text) in sources() {
        let lines = text.lines().count();
        if lines > LINES {
            long.insert(path.clone());
            if !LONG_FILES.iter().any(|(known, _)| *known == path) {
                complaints.push(format!("{path} has {lines} lines, and {LINES} are allowed; split it by construct"));
            }
        }
    }
    let outdated = LONG_FILES.iter().filter(|(path, _)| !long.contains(*path));
    complaints.extend(outdated.map(|(path, _)| format!("{path} is short: take it off `LONG_FILES`")));
    report(complaints)
}

fn lines_end_cleanly() -> Result<(), Failed> {
    let mut complaints = Vec::new();
    for (path, text) in sources() {
        for (at, line) in text.split('\n').enumerate().filter(|(_, line)| line.contains('\t') || ends_blank(line)) {
            complaints.push(format!("{path}:{}: a tab, or a blank at the end of {line:?}", at + 1));
        }
        if !text.is_empty() && (!text.ends_with('\n') || text.ends_with("\n\n")) {
            complaints.push(format!("{path} does not end with one line end"));
        }
    }
    report(complaints)
}

fn ends_blank(line: &str) -> bool {
    line.ends_with([' ', '\r'])
}

fn every_code_is_explained() -> Result<(), Failed> {
    let silent = Code::ALL.iter().filter(|code| code.long().trim().is_empty());
    report(silent.map(|code| format!("src/diag/long/{}.md is empty", code.name())).collect())
}

fn every_code_is_shown() -> Result<(), Failed> {
    let shown = crate::ui::codes_shown()?;
    let mut complaints = Vec::new();
    for code in Code::ALL {
        let elsewhere = SHOWN_ELSEWHERE.iter().any(|(other, _)| other == code);
        match (shown.contains(code.name()), elsewhere) {
            (false, false) => complaints.push(format!("no case in tests/ui shows `{}`", code.name())),
            (true, true) => complaints.push(format!("a case shows `{}`: take it off `SHOWN_ELSEWHERE`", code.name())),
            _ => {}
        }
    }
    report(complaints)
}

fn every_risk_is_shown() -> Result<(), Failed> {
    let shown = crate::diffs::risks_shown()?;
    let missing = RiskCode::ALL.iter().filter(|code| !shown.contains(code.name()));
    report(missing.map(|code| format!("no case in tests/ui/diff shows `{}`", code.name())).collect())
}

fn report(complaints: Vec<String>) -> Result<(), Failed> {
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n").into()) }
}

/// The module that a file of `src/` belongs to: the first part of its path.
fn module_of(path: &str) -> &str {
    let below = path.strip_prefix("src/").unwrap_or(path);
    below.split(['/', '.']).next().unwrap_or(below)
}

/// Numbered lines without comments.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line.trim_start())).filter(|(_, line)| !line.starts_with("//"))
}

/// The sources of the program and of its tests.
fn sources() -> Vec<(String, String)> {
    let mut sources = texts("src", ".rs");
    sources.extend(texts("tests/suite", ".rs"));
    sources
}

/// The sources of the program, without the tests in them.
fn program_sources() -> Vec<(String, String)> {
    let sources = texts("src", ".rs");
    let mut test_files = BTreeSet::new();
    for (path, text) in &sources {
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let module = (line == "#[cfg(test)]").then(|| lines.next()).flatten();
            let module = module.and_then(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
            test_files.extend(module.map(|module| below(path, module)));
        }
    }
    let program = sources.into_iter().filter(|(path, _)| !test_files.contains(path));
    program
        .map(|(path, text)| (path, text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("").to_owned()))
        .collect()
}

/// The file of a module that another file declares.
fn below(path: &str, module: &str) -> String {
    let folder = path.strip_suffix("/mod.rs").or(path.strip_suffix(".rs")).unwrap_or(path);
    format!("{folder}/{module}.rs")
}

/// Text by path of every file below a folder (or of one file) whose name ends so, sorted.
fn texts(folder: &str, suffix: &str) -> Vec<(String, String)> {
    let files = WalkDir::new(crate::root().join(folder)).sort_by_file_name().into_iter().filter_map(Result::ok);
    let text = |path: &Path| Some((relative(path, crate::root()), std::fs::read_to_string(path).ok()?));
    let texts = files.filter(|entry| entry.file_type().is_file()).filter_map(|entry| text(entry.path()));
    texts.filter(|(path, _)| path.ends_with(suffix)).collect()
}
