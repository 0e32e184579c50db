//! `tenantry compile`: plan, compare with what is there, judge, write.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Result, bail};
use rayon::prelude::*;
use tenantry::diag::catalog::{counted, folder, read as read_catalog, resolve as resolve_catalog};
use tenantry::diag::{self, Diagnostic};
use tenantry::driver::{Outcome, Program, analyse};
use tenantry::facts;
use tenantry::guard::{self, Before, BeforeNamespace};
use tenantry::plan::Plan;
use tenantry::render::freshness::{Freshness, Leftover, judge, judge_leftover};
use tenantry::render::header::{Header, Subject};
use tenantry::render::{self, File, layout};
use tenantry::report::textdiff;

use super::args::{Common, Compile};
use super::check::name_day;
use super::clock;
use super::console::Console;
use super::exit::Exit;
use super::output::{Found, Output};
use super::read::{self, Input};

/// Compiles an inventory.
pub fn run(options: &Compile, common: &Common, console: &Console) -> Result<Exit> {
    let as_of = clock::as_of(common.as_of.as_deref())?;
    let Input { sources, mut found, prefix } = read::read(&options.input);
    if !options.stdout && contain_one_another(&options.input, &options.output) {
        let output = options.output.to_string_lossy();
        found.push(read_catalog::overlapping(&prefix, &output));
    }
    analyse(&sources, found, as_of.date, |outcome| {
        name_day(&outcome, as_of, console);
        let Outcome { inventory, program, mut diagnostics } = outcome;
        let clusters = clusters(options, inventory, &mut diagnostics);
        let Some(program) = program.filter(|_| Exit::of(&diagnostics) == Exit::Done) else {
            diag::sort(&mut diagnostics, &sources);
            console.diagnostics(&diagnostics, &sources, &prefix);
            return Ok(Exit::of(&diagnostics));
        };
        let program = program.get();
        if options.stdout {
            return print(program, &clusters, diagnostics, console, |diagnostics| {
                console.diagnostics(diagnostics, &sources, &prefix);
            });
        }
        let output = Output::new(&options.output);
        if !output.exists() {
            console.note("there is no output yet, so the guards have nothing to compare with");
        }
        let lock = if options.check { None } else { output.lock()? };
        let mut work = survey(program, &clusters, options, &output)?;
        diagnostics.append(&mut work.findings);
        diag::sort(&mut diagnostics, &sources);
        console.diagnostics(&diagnostics, &sources, &prefix);
        let exit = Exit::of(&diagnostics);
        if options.check {
            return Ok(exit.max(report_check(&work, program, &output, console)?));
        }
        if exit == Exit::Done {
            write(&work, program, &output)?;
            console.result(&format!("{}\n", work.summary()))?;
        }
        drop(lock);
        Ok(exit)
    })
}

/// Whether one of two folders lies in the other, as far as they are there.
fn contain_one_another(input: &Path, output: &Path) -> bool {
    let real = |path: &Path| {
        let absolute = std::path::absolute(path).ok()?;
        let mut existing = absolute.as_path();
        let mut rest = Vec::new();
        while !existing.exists() {
            rest.push(existing.file_name()?);
            existing = existing.parent()?;
        }
        let mut real = existing.canonicalize().ok()?;
        real.extend(rest.into_iter().rev());
        Some(real)
    };
    match (real(input), real(output)) {
        (Some(input), Some(output)) => input.starts_with(&output) || output.starts_with(&input),
        _ => false,
    }
}

/// The clusters to compile: those that were asked for, else all.
fn clusters(
    options: &Compile,
    inventory: &tenantry::inventory::Inventory,
    found: &mut Vec<Diagnostic>,
) -> BTreeSet<String> {
    let known: BTreeSet<String> = inventory.platforms().map(|(_, platform)| platform.name.to_string()).collect();
    if options.cluster.is_empty() {
        return known;
    }
    for name in options.cluster.iter().filter(|name| !known.contains(*name)) {
        if Exit::of(found) == Exit::Done {
            found.push(resolve_catalog::unknown_cluster_option(name, known.iter().map(String::as_str)));
        }
    }
    options.cluster.iter().cloned().collect()
}

/// The manifests of one cluster's tenants, on stdout.
fn print(
    program: &Program<'_>,
    clusters: &BTreeSet<String>,
    mut diagnostics: Vec<Diagnostic>,
    console: &Console,
    show: impl Fn(&[Diagnostic]),
) -> Result<Exit> {
    let plans: Vec<&Plan<'_>> = program.plans.iter().filter(|plan| clusters.contains(name(plan))).collect();
    let &[plan] = &plans[..] else {
        bail!("--stdout gives the manifests of one cluster, and there are {}; choose one with --cluster", plans.len());
    };
    if plan.provisions.is_empty() {
        diagnostics.push(resolve_catalog::no_namespaces(&[&program.inventory.platform(plan.platform).name]));
    }
    show(&diagnostics);
    let exit = Exit::of(&diagnostics);
    if exit == Exit::Done {
        let bodies: Vec<String> = plan
            .provisions
            .par_iter()
            .map(|provision| render::namespace_body(plan, provision, &program.templates))
            .collect();
        console.result(&bodies.concat())?;
    }
    Ok(exit)
}

fn name<'p>(plan: &Plan<'p>) -> &'p str {
    plan.inventory.platform(plan.platform).name.as_str()
}

/// A file that is to be, by its place in the program.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    plan: usize,
    what: What,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Namespace(usize),
    Platform(usize),
}

impl Wanted {
    fn render(self, program: &Program<'_>) -> File {
        let plan = &program.plans[self.plan];
        match self.what {
            What::Namespace(at) => render::namespace_file(plan, &plan.provisions[at], &program.templates),
            What::Platform(at) => render::platform_files(plan).swap_remove(at),
        }
    }
}

/// What a wanted file is compared with what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Fresh,
    Missing,
    Stale,
    Expired,
    Edited,
    Foreign,
}

/// Everything that a compile would do.
#[derive(Default)]
struct Work {
    /// Wanted files that are not as wanted, with their paths.
    changes: Vec<(String, Wanted, Status)>,
    /// Files of ours that nothing asks for.
    removals: Vec<String>,
    /// Number of wanted files that are as wanted.
    unchanged: usize,
    /// What was found in the folder and by the guards.
    findings: Vec<Diagnostic>,
    /// Leftovers of a killed run.
    temporary: Vec<std::path::PathBuf>,
}

impl Work {
    fn summary(&self) -> String {
        let new = self.changes.iter().filter(|(_, _, status)| *status == Status::Missing).count();
        let changed = self.changes.len() - new;
        let files = counted(self.changes.len() + self.unchanged, "file", "files");
        format!("{files}: {new} new, {changed} changed, {} unchanged; {} removed", self.unchanged, self.removals.len())
    }
}

fn survey(program: &Program<'_>, clusters: &BTreeSet<String>, options: &Compile, output: &Output) -> Result<Work> {
    let mut work = Work::default();
    let allowed: BTreeSet<String> = options.allow_removal.iter().cloned().collect();
    let all = options.cluster.is_empty();
    let mut names = clusters.clone();
    if all {
        names.extend(output.clusters()?);
    }
    let mut before_any = false;
    for cluster in &names {
        let mut found = output.survey(cluster)?;
        work.findings.append(&mut found.problems);
        work.temporary.append(&mut found.temporary);
        let plan = program.plans.iter().position(|plan| name(plan) == cluster);
        let before = survey_cluster(program, plan, &mut found, output, &mut work);
        before_any |= !before.namespaces.is_empty();
        let plan = plan.map(|at| &program.plans[at]);
        work.findings.extend(guard::judge(program.inventory, cluster, plan, &before, &allowed));
    }
    check_empty(program, clusters, before_any, &mut work);
    Ok(work)
}

/// Compares a cluster's files with what is wanted. Gives back what they said before.
fn survey_cluster(
    program: &Program<'_>,
    plan: Option<usize>,
    found: &mut Found,
    output: &Output,
    work: &mut Work,
) -> Before {
    let mut before = Before::default();
    for (path, wanted) in plan
        .map(|at| wanted(program, at))
        .unwrap_or_default()
        .into_par_iter()
        .map(|wanted| {
            let file = wanted.render(program);
            let there = found.files.get(&file.path);
            let status = match there {
                None => Status::Missing,
                Some(None) => Status::Foreign,
                Some(Some(text)) => status(text, &file.text),
            };
            (file.path, (wanted, status))
        })
        .collect::<Vec<_>>()
    {
        let (wanted, status) = wanted;
        let there = found.files.remove(&path).flatten();
        if let Some(text) = &there {
            remember(&path, text, status == Status::Fresh, output, &mut before);
        }
        match status {
            Status::Fresh => {
                work.unchanged += 1;
                continue;
            }
            Status::Foreign => work.findings.push(folder::foreign(&output.shown(&path))),
            Status::Edited => work.findings.push(folder::edited(&output.shown(&path))),
            Status::Missing | Status::Stale | Status::Expired => {}
        }
        work.changes.push((path, wanted, status));
    }
    for (path, text) in std::mem::take(&mut found.files) {
        let Some(text) = text else { continue };
        match judge_leftover(&text) {
            Leftover::Foreign => continue,
            Leftover::Ours(_) => work.removals.push(path.clone()),
            Leftover::Edited(_) => work.findings.push(folder::edited_leftover(&output.shown(&path))),
        }
        remember(&path, &text, false, output, &mut before);
    }
    before
}

fn wanted(program: &Program<'_>, at: usize) -> Vec<Wanted> {
    let plan = &program.plans[at];
    let namespaces = (0..plan.provisions.len()).map(|index| Wanted { plan: at, what: What::Namespace(index) });
    let objects = render::platform_files(plan).len();
    namespaces.chain((0..objects).map(|index| Wanted { plan: at, what: What::Platform(index) })).collect()
}

fn status(found: &str, wanted: &str) -> Status {
    match judge(found, wanted) {
        Freshness::Fresh => Status::Fresh,
        Freshness::Stale { expired: true } => Status::Expired,
        Freshness::Stale { expired: false } => Status::Stale,
        Freshness::Edited => Status::Edited,
        Freshness::Foreign => Status::Foreign,
    }
}

/// Notes what a tenant's file said, for the guards.
fn remember(path: &str, text: &str, unchanged: bool, output: &Output, before: &mut Before) {
    let (Some((header, body)), Some((_, namespace))) = (Header::parse(text), layout::namespace_of(path)) else {
        return;
    };
    if let Subject::Tenant { name, state } = header.subject {
        let facts = (!unchanged).then(|| facts::of_text(body));
        let was = BeforeNamespace { path: output.shown(path), tenant: name, state, facts };
        before.namespaces.insert(namespace.to_owned(), was);
    }
}

/// A compile that gives nothing for any cluster is a mistake, unless it takes away what there was: then the guards have
/// seen it.
fn check_empty(program: &Program<'_>, clusters: &BTreeSet<String>, before_any: bool, work: &mut Work) {
    let selected: Vec<&Plan<'_>> = program.plans.iter().filter(|plan| clusters.contains(name(plan))).collect();
    if selected.iter().all(|plan| plan.provisions.is_empty()) && !before_any {
        let names: Vec<_> = selected.iter().map(|plan| &program.inventory.platform(plan.platform).name).collect();
        work.findings.push(resolve_catalog::no_namespaces(&names));
    }
}

fn write(work: &Work, program: &Program<'_>, output: &Output) -> Result<()> {
    output.clear(&work.temporary)?;
    let render = |change: &(String, Wanted, Status)| {
        let file = change.1.render(program);
        (file.path, file.text)
    };
    output.apply(&work.changes, render, &work.removals)
}

/// Most files of which `--check` shows the difference, and most lines of each.
const SHOWN: (usize, usize) = (5, 60);

/// Tells what `compile` would change.
fn report_check(work: &Work, program: &Program<'_>, output: &Output, console: &Console) -> Result<Exit> {
    let mut lines: BTreeMap<String, &str> = BTreeMap::new();
    for (path, _, status) in &work.changes {
        let word = match status {
            Status::Missing => "missing",
            Status::Stale => "stale",
            Status::Expired => "stale (a grant expired since)",
            Status::Edited => "edited",
            Status::Foreign => "foreign",
            Status::Fresh => continue,
        };
        lines.insert(output.shown(path), word);
    }
    lines.extend(work.removals.iter().map(|path| (output.shown(path), "left over")));
    if lines.is_empty() {
        console.result(&format!("{} as compiled\n", counted(work.unchanged, "file", "files")))?;
        return Ok(Exit::Done);
    }
    let width = lines.values().map(|word| word.len()).max().unwrap_or_default();
    let mut text: String = lines.iter().map(|(path, word)| format!("{word:width$}  {path}\n")).collect();
    let differing =
        work.changes.iter().filter(|(_, _, status)| matches!(status, Status::Stale | Status::Expired | Status::Edited));
    for (path, wanted, _) in differing.take(SHOWN.0) {
        let there = output.text(path)?;
        text.push('\n');
        text.push_str(&textdiff::unified(&output.shown(path), &there, &wanted.render(program).text, SHOWN.1));
    }
    console.result(&text)?;
    console.note(&format!("{} not as compiled; run `tenantry compile`", counted(lines.len(), "file is", "files are")));
    Ok(Exit::Different)
}
