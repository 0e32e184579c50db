//! Broken input: whatever the bytes, there are diagnostics, soon, and never a program beside an error.

use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use proptest::prelude::*;
use proptest::sample::Index;
use tenantry::diag::Severity;
use tenantry::driver::analyse;
use tenantry::render::{namespace_file, platform_files};
use tenantry::report::diagnostics::{Format, Options, render};
use tenantry::source::SourceMap;

use super::compile::day;
use super::generate::TODAY;
use super::print::Files;
use super::{Verdict, ensure, hold};

/// Longest time for one look at a mutated sample.
const PATIENCE: Duration = Duration::from_secs(30);

/// The sample inventory.
pub fn sample() -> Files {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/input");
    let mut files = Files::new();
    for entry in walkdir::WalkDir::new(root).sort_by_file_name() {
        let entry = entry.expect("the sample can be read");
        let path = entry.path().strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
        if path.ends_with(".yaml") || path.ends_with(".yaml.j2") {
            files.push((path, std::fs::read_to_string(entry.path()).expect("the sample is text")));
        }
    }
    files
}

/// One act of destruction.
#[derive(Clone, Debug)]
pub struct Mutation {
    file: Index,
    other: Index,
    at: Index,
    length: usize,
    act: Act,
}

#[derive(Clone, Debug)]
enum Act {
    Delete,
    Insert(String),
    Replace(String),
    Duplicate,
    DeleteLine,
    DuplicateLine,
    SwapLines,
    /// Everything from here on is another file's.
    Splice,
}

fn acts() -> impl Strategy<Value = Act> {
    const SNIPPETS: [&str; 31] = [
        ":",
        "-",
        "\n",
        " ",
        "\t",
        "#",
        "\"",
        "'",
        "{",
        "}",
        "[",
        "]",
        ",",
        "&a ",
        "*a",
        "!!str ",
        "---\n",
        "...\n",
        "|\n",
        "? ",
        "%YAML 1.1\n",
        "\0",
        "\r",
        "\u{202e}",
        "\u{feff}",
        "${",
        "{{ x",
        "{% for %}",
        "é",
        "<<: ",
        "+argocd:skip-file-rendering",
    ];
    let snippet = prop_oneof![
        prop::sample::select(&SNIPPETS[..]).prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
        (0..40usize).prop_map(|depth| "[".repeat(depth)),
        (0..40usize).prop_map(|depth| "- ".repeat(depth)),
    ];
    prop_oneof![
        Just(Act::Delete),
        snippet.clone().prop_map(Act::Insert),
        snippet.prop_map(Act::Replace),
        Just(Act::Duplicate),
        Just(Act::DeleteLine),
        Just(Act::DuplicateLine),
        Just(Act::SwapLines),
        Just(Act::Splice),
    ]
}

/// A few of them.
pub fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    let mutation = (any::<Index>(), any::<Index>(), any::<Index>(), 1..40usize, acts())
        .prop_map(|(file, other, at, length, act)| Mutation { file, other, at, length, act });
    prop::collection::vec(mutation, 1..4)
}

/// Does it.
pub fn mutate(files: &mut Files, mutation: &Mutation) {
    let other = files[mutation.other.index(files.len())].1.clone();
    let at = mutation.file.index(files.len());
    let text = &mut files[at].1;
    let at = mutation.at.index(text.len() + 1);
    let end = (at + mutation.length).min(text.len());
    // Bytes, not characters: what is no longer UTF-8 becomes the replacement character.
    let (head, middle, tail) = (&text.as_bytes()[..at], &text.as_bytes()[at..end], &text.as_bytes()[end..]);
    let joined = |parts: &[&[u8]]| String::from_utf8_lossy(&parts.concat()).into_owned();
    *text = match &mutation.act {
        Act::Delete => joined(&[head, tail]),
        Act::Insert(snippet) => joined(&[head, snippet.as_bytes(), middle, tail]),
        Act::Replace(snippet) => joined(&[head, snippet.as_bytes(), tail]),
        Act::Duplicate => joined(&[head, middle, middle, tail]),
        Act::Splice => joined(&[head, &other.as_bytes()[at.min(other.len())..]]),
        act => with_lines(text, at, act),
    };
}

fn with_lines(text: &str, at: usize, act: &Act) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let at = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count();
    if at < lines.len() {
        match act {
            Act::DeleteLine => drop(lines.remove(at)),
            Act::SwapLines if at > 0 => lines.swap(at, at - 1),
            _ => lines.insert(at, lines[at]),
        }
    }
    lines.concat()
}

/// Any mutation of the sample.
pub fn broken_input() -> Result<(), Failed> {
    let sample = sample();
    hold(mutations(), 2000, |mutations| {
        let mut files = sample.clone();
        mutations.iter().for_each(|mutation| mutate(&mut files, mutation));
        let slow = || look(&files).map(|time| time > PATIENCE);
        // A machine that was busy elsewhere gets a second chance.
        ensure(!(slow()? && slow()?), || "it takes too long".to_owned())
    })
}

/// Compiles, renders all that there is to render, and says how long it took.
fn look(files: &Files) -> Result<Duration, String> {
    let started = Instant::now();
    let sources = SourceMap::new(files.clone());
    let verdict = analyse(&sources, Vec::new(), day(TODAY), |outcome| -> Verdict {
        let has_errors = outcome.diagnostics.iter().any(|it| it.severity == Severity::Error);
        ensure(has_errors != outcome.program.is_some(), || "a program beside an error, or neither".to_owned())?;
        for format in [Format::Text, Format::Json, Format::Sarif, Format::Github] {
            let options = Options { format, colour: true, width: Some(100), path_prefix: "input", limit: None };
            let shown = render(&outcome.diagnostics, &sources, &options);
            ensure(!has_errors || !shown.is_empty(), || format!("{format:?} hides an error"))?;
        }
        let Some(program) = &outcome.program else { return Ok(()) };
        for plan in &program.get().plans {
            let made = plan.provisions.iter().map(|it| namespace_file(plan, it, &program.get().templates));
            for file in made.chain(platform_files(plan, &program.get().templates)) {
                ensure(!file.text.contains("+argocd:skip-file-rendering"), || format!("{} is skipped", file.path))?;
            }
        }
        Ok(())
    });
    verdict.map(|()| started.elapsed())
}
