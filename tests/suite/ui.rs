//! Cases with an `input/`: an inventory is checked and compiled in memory.

use std::collections::{BTreeMap, BTreeSet};

use libtest_mimic::{Failed, Trial};
use tenantry::diag::{Diagnostic, Severity};
use tenantry::driver::{Outcome as Analysis, Program, analyse};
use tenantry::parse::value::parse_date;
use tenantry::render;
use tenantry::report::diagnostics::{self, Format, Options};
use tenantry::source::SourceMap;

use crate::case::{Case, Outcome};
use crate::laws::compile::check_load;
use crate::marks::Marks;

/// Folder of the cases, below `tests/`.
const FOLDER: &str = "ui";

/// The day that cases are judged by if they have no file `as-of`.
const AS_OF: &str = "2026-11-22";

/// What a case may hold.
const PARTS: [&str; 5] = ["as-of", "input", "marks", "output", "stderr"];

/// One trial per case.
pub fn trials() -> Vec<Trial> {
    let each = cases().into_iter().map(|case| Trial::test(case.name.clone(), move || run(&case)));
    each.chain([Trial::test("ui/inputs-cut-anywhere", survive_cuts)]).collect()
}

/// Half a file is what an editor or a broken download leaves behind: whatever is cut off, there is an answer.
///
/// Every file of every case is cut at so many places.
const CUTS: usize = 4;

/// Files beyond this size are about their size, and not worth the time.
const CUT_LIMIT: usize = 4_000;

fn survive_cuts() -> Result<(), Failed> {
    let day = parse_date(AS_OF)?;
    for case in cases() {
        let files = inventory(&case)?;
        for (path, text) in files.iter().filter(|(_, text)| text.len() < CUT_LIMIT) {
            for cut in 1..CUTS {
                let mut cut_files = files.clone();
                cut_files.insert(path.clone(), text.chars().take(text.chars().count() * cut / CUTS).collect());
                let sources = SourceMap::new(cut_files.into_iter().collect());
                analyse(&sources, Vec::new(), day, |analysis| {
                    report(&analysis.diagnostics, &sources);
                    analysis.program.as_ref().map(|program| compiled(program.get()));
                });
            }
        }
    }
    Ok(())
}

/// Every code that some case shows.
pub fn codes_shown() -> Result<BTreeSet<String>, Failed> {
    let mut codes = BTreeSet::new();
    for case in cases() {
        let marks = Marks::read(&inventory(&case)?, case.read("marks").as_deref())?;
        codes.extend(marks.codes().map(str::to_owned));
    }
    Ok(codes)
}

fn cases() -> Vec<Case> {
    Case::all(FOLDER, &["input"])
}

fn run(case: &Case) -> Result<(), Failed> {
    check_parts(case)?;
    let files = inventory(case)?;
    check_introduction(&files)?;
    let day = case.read("as-of");
    let day = parse_date(day.as_deref().unwrap_or(AS_OF).trim())?;
    let marks = Marks::read(&files, case.read("marks").as_deref())?;
    let sources = SourceMap::new(files.into_iter().collect());
    analyse(&sources, Vec::new(), day, |analysis| {
        let found = Marks::of(&analysis.diagnostics, &sources);
        marks
            .compare(&found)
            .map_err(|complaints| format!("{complaints}\n\n{}", report(&analysis.diagnostics, &sources)))?;
        case.settle(&outcome(case, &analysis, &sources))
    })
}

/// The inventory of a case: the files that the command line would read.
fn inventory(case: &Case) -> Result<BTreeMap<String, String>, Failed> {
    let mut files = case.files("input")?;
    files.retain(|path, _| {
        let template = path.starts_with("templates/");
        if template { path.ends_with(".yaml.j2") } else { path.ends_with(".yaml") || path.ends_with(".yml") }
    });
    Ok(files)
}

/// What came of an inventory, as the files of a case.
///
/// A silent case has to say what it compiles to. One about warnings says so only if it has an `output/` already; one with
/// errors must have none.
fn outcome(case: &Case, analysis: &Analysis<'_>, sources: &SourceMap) -> Outcome {
    let findings = &analysis.diagnostics;
    let mut texts = BTreeMap::new();
    if !findings.is_empty() {
        texts.insert("stderr".to_owned(), report(findings, sources));
    }
    let files = analysis.program.as_ref().map(|program| compiled(program.get())).unwrap_or_default();
    let errors = findings.iter().any(|finding| finding.severity == Severity::Error);
    let compared = findings.is_empty() || errors || case.folder.join("output").exists();
    if !compared {
        return Outcome { texts, expected: vec!["stderr"] };
    }
    texts.extend(files.into_iter().map(|file| (format!("output/{}", file.path), file.text)));
    Outcome { texts, expected: vec!["output", "stderr"] }
}

/// The findings as a person sees them. The other formats are made too, because none may panic.
fn report(findings: &[Diagnostic], sources: &SourceMap) -> String {
    let render = |format| {
        let options = Options { format, colour: false, width: None, path_prefix: "input", limit: None };
        diagnostics::render(findings, sources, &options)
    };
    for format in [Format::Json, Format::Sarif, Format::Github] {
        assert!(findings.is_empty() || !render(format).is_empty(), "{format:?} says nothing");
    }
    render(Format::Text)
}

/// Every file of every cluster. What each namespace was said to ask for has to be true.
fn compiled(program: &Program<'_>) -> Vec<render::File> {
    let mut files = Vec::new();
    for plan in &program.plans {
        for provision in &plan.provisions {
            let file = render::namespace_file(plan, provision, &program.templates);
            check_load(plan, provision, &program.templates, &file.text);
            files.push(file);
        }
        files.extend(render::platform_files(plan, &program.templates));
    }
    files
}

/// A misspelt file name would be an expectation that nobody looks at.
fn check_parts(case: &Case) -> Result<(), Failed> {
    for entry in std::fs::read_dir(&case.folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !PARTS.contains(&name.as_str()) {
            return Err(format!("`{name}` is not a part of a case; these are: {}", PARTS.join(", ")).into());
        }
    }
    Ok(())
}

/// Some file opens with what the case shows.
fn check_introduction(files: &BTreeMap<String, String>) -> Result<(), Failed> {
    let introduced = files.values().any(|text| text.trim_start_matches('\u{feff}').starts_with(['#', '{']));
    if introduced { Ok(()) } else { Err("no input file opens with a comment that says what the case shows".into()) }
}
