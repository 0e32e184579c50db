//! tenantry as a function: `tenantry fn`, the bare binary with something on stdin, and the legacy plugin of kustomize.

use std::ffi::OsString;
use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;
use tenantry::diag::catalog::krm as catalog;
use tenantry::diag::{Diagnostic, Severity};
use tenantry::driver::analyse;
use tenantry::krm::{self, Call, Finding, Mode, Origin, Source};
use tenantry::report::escape;
use tenantry::source::SourceMap;

use super::clock::{self, AsOf};
use super::exit::Exit;
use super::read::{self, Input, reason, shown_path};

/// Largest input. It is held in memory, and so is the answer.
const LIMIT: u64 = 256 << 20;

/// What kustomize tells a legacy plugin: the folder of the kustomization.
const ROOT: &str = "KUSTOMIZE_PLUGIN_CONFIG_ROOT";

/// The configuration file, if kustomize calls us as a legacy plugin. It may add words of its own, so this is looked at
/// before anything else.
pub fn plugin_config(arguments: &[OsString], commands: &[&str]) -> Option<PathBuf> {
    std::env::var_os(ROOT).filter(|root| !root.is_empty())?;
    let first = arguments.first()?;
    let known = first.to_str().is_some_and(|word| commands.contains(&word) || word.starts_with('-'));
    let path = PathBuf::from(first);
    (!known && path.is_file()).then_some(path)
}

/// Answers as a legacy plugin.
pub fn plugin(config: &Path) -> Exit {
    let root = std::env::var_os(ROOT).map(PathBuf::from).unwrap_or_default();
    let text = match fs::read_to_string(config) {
        Ok(text) => text,
        Err(error) => return refuse(&format!("{}: {}", config.display(), reason(&error))),
    };
    // A generator gets nothing. By hand, nobody is waited for.
    let stdin = if io::stdin().is_terminal() { Ok(String::new()) } else { stdin() };
    let stream = match stdin {
        Ok(stream) => SourceMap::new(vec![("stdin".to_owned(), stream)]),
        Err(diagnostic) => return finish(String::new(), &[host(&diagnostic)]),
    };
    match Call::stream(&stream, text) {
        Ok(call) => reply(&call, Some(root), None),
        Err(finding) => finish(String::new(), &[finding]),
    }
}

/// Answers a ResourceList on stdin, if anything comes: with nothing at all, nobody is there who waits for an answer.
pub fn bare() -> Option<Exit> {
    match stdin() {
        Ok(text) if text.is_empty() => None,
        stdin => Some(answer(stdin, None)),
    }
}

/// Answers a ResourceList on stdin.
pub fn run(as_of: Option<&str>) -> Exit {
    answer(stdin(), as_of)
}

fn answer(stdin: Result<String, Box<Diagnostic>>, as_of: Option<&str>) -> Exit {
    let text = match stdin {
        Ok(text) => text,
        Err(diagnostic) => {
            let finding = host(&diagnostic);
            return finish(krm::empty(std::slice::from_ref(&finding)), &[finding]);
        }
    };
    let sources = SourceMap::new(vec![("stdin".to_owned(), text)]);
    match Call::resource_list(&sources) {
        Ok(call) => reply(&call, None, as_of),
        Err(finding) => finish(krm::empty(std::slice::from_ref(&finding)), &[finding]),
    }
}

fn reply(call: &Call<'_>, root: Option<PathBuf>, as_of: Option<&str>) -> Exit {
    let as_of = match as_of_call(call, as_of) {
        Ok(as_of) => as_of,
        Err(error) => return refuse(&format!("{error:#}")),
    };
    // What is wrong with the configuration makes the inventory a guess.
    if call.findings.iter().any(|finding| finding.severity == Severity::Error) {
        return finish(call.refusal(&call.findings), &call.findings);
    }
    let (sources, found) = match &call.config.source {
        Source::Folder(folder) => match inventory_folder(call, folder, root) {
            Ok(path) => {
                let Input { sources, found, .. } = read::read(&path);
                (sources, found)
            }
            Err(diagnostic) => {
                let finding = [Finding::new(&diagnostic, &SourceMap::default(), Origin::Config)];
                return finish(call.refusal(&finding), &finding);
            }
        },
        _ => (call.inventory(), Vec::new()),
    };
    let (text, findings) = analyse(&sources, found, as_of.date, |outcome| krm::answer(call, outcome, &sources));
    let exit = finish(text, &findings);
    let asked = call.config.mode == Mode::Validate;
    let differs = findings
        .iter()
        .all(|finding| finding.severity == Severity::Warning || finding.code == tenantry::diag::Code::NotAsWanted);
    if exit == Exit::Wrong && asked && differs { Exit::Different } else { exit }
}

/// The day of `--as-of`, else of the configuration, else as for every command.
fn as_of_call(call: &Call<'_>, option: Option<&str>) -> Result<AsOf> {
    match (option, call.config.as_of) {
        (None, Some(date)) => Ok(AsOf { date, source: "asOf" }),
        (option, _) => clock::as_of(option),
    }
}

/// The folder of the inventory, which lies below the root: kustomize's, else the package of kpt, else the working
/// directory. Links are followed before this is judged.
fn inventory_folder(call: &Call<'_>, folder: &str, root: Option<PathBuf>) -> Result<PathBuf, Box<Diagnostic>> {
    let mut candidates = Vec::new();
    match (root, &call.config.package) {
        (Some(root), _) => candidates.push((root.clone(), root.join(folder))),
        (None, package) => {
            // Anybody can write the annotation onto an object; where there is no package of kpt, it says nothing.
            if let Some(package) = package.as_ref().map(PathBuf::from).filter(|it| it.join("Kptfile").is_file()) {
                let below = call.config.path.as_deref().and_then(|path| Path::new(path).parent());
                candidates.push((package.clone(), package.join(below.unwrap_or(Path::new(""))).join(folder)));
            }
            candidates.push((PathBuf::from("."), PathBuf::from(folder)));
        }
    }
    let mut tried = Vec::new();
    let mut words = "it is not there".to_owned();
    for (root, path) in &candidates {
        match path.canonicalize() {
            Ok(real) => {
                let inside = root.canonicalize().is_ok_and(|root| real.starts_with(root));
                return if inside {
                    Ok(path.clone())
                } else {
                    Err(Box::new(catalog::outside_root(folder, &shown_path(root))))
                };
            }
            Err(error) => {
                tried.push(shown_path(&std::path::absolute(path).unwrap_or_else(|_| path.clone())));
                words = reason(&error);
            }
        }
    }
    Err(Box::new(catalog::no_folder(folder, &tried, &words)))
}

/// Everything on stdin, as text.
fn stdin() -> Result<String, Box<Diagnostic>> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(LIMIT + 1).read_to_end(&mut bytes);
    if let Err(error) = read {
        return Err(Box::new(catalog::unreadable(&reason(&error))));
    }
    if bytes.len() as u64 > LIMIT {
        return Err(Box::new(catalog::too_large(LIMIT)));
    }
    // A byte order mark says nothing about UTF-8, and readers stumble over it.
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        Box::new(catalog::not_utf8(good.iter().filter(|&&byte| byte == b'\n').count() + 1))
    })
}

fn host(diagnostic: &Diagnostic) -> Finding {
    Finding::new(diagnostic, &SourceMap::default(), Origin::Host)
}

/// Prints the answer and what there is to say, and tells what it comes to. Somebody who stops reading the answer does
/// not have it.
fn finish(text: String, findings: &[Finding]) -> Exit {
    for finding in findings {
        say(&finding.line());
    }
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let exit = errors.map(|error| if error.code.is_guard() { Exit::Refused } else { Exit::Wrong }).max();
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => exit.unwrap_or(Exit::Done),
        Err(error) => {
            if error.kind() != io::ErrorKind::BrokenPipe {
                say(&format!("error: cannot write to stdout: {}", reason(&error)));
            }
            exit.unwrap_or(Exit::Wrong)
        }
    }
}

fn refuse(words: &str) -> Exit {
    say(&format!("error: {words}"));
    Exit::Wrong
}

fn say(line: &str) {
    // There is nowhere left to complain to.
    let _ = io::stderr().write_all(format!("{}\n", escape::terminal(line)).as_bytes());
}
