//! Cases with a `base/` and a `head/`: two inventories are compared in memory.

use std::collections::{BTreeMap, BTreeSet};

use libtest_mimic::{Failed, Trial};
use tenantry::diag::Diagnostic;
use tenantry::diff::{
    Actor, ChangeSet, Content, Declared, Options, RiskCode, Side, Stray, StrayFiles, Strays, compare,
};
use tenantry::driver::{Advice, Floors, Given, Outcome as Analysis, Program, analyse_sides};
use tenantry::guard::Allowed;
use tenantry::meter::Unmetered;
use tenantry::parse::value::parse_date;
use tenantry::render::header::Header;
use tenantry::report::review::{self, Format};
use tenantry::source::{Places, SourceMap};

use crate::case::{Case, Outcome};

/// Folder of the cases, below `tests/`.
const FOLDER: &str = "ui";

/// The day that cases are judged by.
const AS_OF: &str = "2026-11-22";

/// What a case may hold.
const PARTS: [&str; 8] =
    ["base", "base-output", "base-stray", "head", "head-stray", "options", "stdout", "stdout.json"];

/// One trial per case.
pub fn trials() -> Vec<Trial> {
    cases().into_iter().map(|case| Trial::test(case.name.clone(), move || run(&case))).collect()
}

fn cases() -> Vec<Case> {
    Case::all(FOLDER, &["head"])
}

/// Names of the risks that some case shows.
pub fn risks_shown() -> Result<BTreeSet<&'static str>, Failed> {
    let mut shown = BTreeSet::new();
    for case in cases() {
        let report: serde_json::Value = serde_json::from_str(&case.read("stdout.json").unwrap_or_default())?;
        let risks = report["risks"].as_array().into_iter().flatten();
        let codes = risks.filter_map(|risk| RiskCode::find(risk["code"].as_str()?));
        shown.extend(codes.map(RiskCode::name));
    }
    Ok(shown)
}

fn run(case: &Case) -> Result<(), Failed> {
    check_parts(case)?;
    let said = Said::of(case)?;
    let (base, head) = (case.files("base")?, case.files("head")?);
    let introduced = head.values().chain(base.values()).any(|text| text.starts_with('#'));
    if !introduced {
        return Err("no file opens with a comment that says what the case shows".into());
    }
    let output = case.folder.join("base-output").exists().then(|| case.files("base-output")).transpose()?;
    let strays = |side| case.folder.join(side).exists().then(|| case.files(side)).transpose();
    let strays = [strays("base-stray")?, strays("head-stray")?].map(|files| {
        let files = files.unwrap_or_default().into_iter();
        files.map(|(path, text)| (path, stray(text))).collect::<StrayFiles>()
    });
    let changes = changes(base, head, output.as_ref(), &strays, &said)?;
    let render = |format, colour| {
        let terminal = review::Terminal { colour, width: None, manifests: said.manifests };
        review::render(&changes, format, &terminal, &review::Options::default())
    };
    for format in Format::ALL {
        assert!(!render(*format, true).is_empty(), "{format:?} says nothing");
    }
    let texts = [("stdout", Format::Text), ("stdout.json", Format::Json)];
    let texts = texts.map(|(name, format)| (name.to_owned(), render(format, false)));
    case.settle(&Outcome { texts: texts.into_iter().collect(), expected: vec!["stdout", "stdout.json"] })
}

/// A file beside the inventory's. One with a header that fits is compiled, as far as anybody can tell from it alone.
fn stray(text: String) -> Stray {
    let is_ours = Header::parse(&text).is_some_and(|(header, body)| header.fits(body));
    if is_ours { Stray::compiled(text, true) } else { Stray::Text(text) }
}

/// The options of a case, as they stand in its file `options`.
#[derive(Default)]
struct Said {
    actor: Option<String>,
    author: Option<String>,
    allowed: Allowed,
    clusters: BTreeSet<String>,
    judges: Vec<String>,
    manifests: bool,
}

impl Said {
    fn of(case: &Case) -> Result<Said, Failed> {
        let mut said = Said::default();
        let text = case.read("options").unwrap_or_default();
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            let mut value = || words.next().map(str::to_owned).ok_or(format!("`{word}` needs a value"));
            match word {
                "--actor" => said.actor = Some(value()?),
                "--author" => said.author = Some(value()?),
                "--allow-removal" => drop(said.allowed.removal.insert(value()?)),
                "--cluster" => drop(said.clusters.insert(value()?)),
                "--judge-changed" => said.judges.push(value()?),
                "--manifests" => said.manifests = true,
                other => return Err(format!("`{other}` is no option of a case").into()),
            }
        }
        Ok(said)
    }
}

fn changes(
    base: BTreeMap<String, String>,
    head: BTreeMap<String, String>,
    output: Option<&BTreeMap<String, String>>,
    [base_strays, head_strays]: &[StrayFiles; 2],
    said: &Said,
) -> Result<ChangeSet, Failed> {
    let day = parse_date(AS_OF)?;
    let (mut base, mut head) = (SourceMap::new(base.into_iter().collect()), SourceMap::new(head.into_iter().collect()));
    base.number_alike(&mut head);
    let given = |sources| Given { sources, found: Vec::new(), advice: Advice::WithErrors };
    let actor = match (&said.actor, &said.author) {
        (Some(name), _) => Some(Actor { name, verified: true }),
        (None, author) => author.as_ref().map(|name| Actor { name, verified: false }),
    };
    analyse_sides(given(&base), given(&head), day, &Floors::new(), &Unmetered, |was, is| {
        let content = match output {
            Some(files) => Content::Compiled(files),
            None => Content::Declared(declared(program(was)?, &base, "base")),
        };
        let was = Side { name: "base", content };
        let is = Side { name: "head", content: Content::Declared(declared(program(is)?, &head, "head")) };
        let options = Options {
            as_of: day,
            clusters: &said.clusters,
            allowed: &said.allowed,
            actors: actor.as_slice(),
            manifests: true,
            strays: Some(Strays { folder: "output", base: base_strays, head: head_strays, in_progress: false }),
            judges: &said.judges,
            notes: Vec::new(),
            meter: &Unmetered,
        };
        Ok(compare(&was, &is, options))
    })
}

fn declared<'s>(program: &'s Program<'s>, sources: &'s SourceMap, prefix: &'s str) -> Declared<'s> {
    Declared {
        inventory: program.inventory,
        plans: &program.plans,
        templates: &program.templates,
        places: Places { sources, prefix },
    }
}

fn program<'p>(analysis: &'p Analysis<'p>) -> Result<&'p Program<'p>, Failed> {
    let messages = |findings: &[Diagnostic]| findings.iter().map(|it| format!("{}\n", it.message)).collect::<String>();
    let program = analysis.program.as_ref().map(|program| program.get());
    program.ok_or_else(|| messages(&analysis.diagnostics).into())
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
