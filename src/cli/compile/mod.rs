//! `tenantry compile`: plan, compare with what is there, judge, write.

mod report;
mod status;
mod stdout;
mod survey;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;
use tenantry::diag::catalog::{counted, read as read_catalog, resolve as resolve_catalog};
use tenantry::diag::{self, Diagnostic};
use tenantry::driver::{Outcome, Program, analyse_above};
use tenantry::guard::Allowed;
use tenantry::inventory::Inventory;
use tenantry::meter::{Meter, Phase};
use tenantry::plan::Plan;
use tenantry::render::layout::Layout;
use tenantry::render::part::{Part, Share};
use tenantry::report::reshard;
use tenantry::source::SourceMap;

pub use self::report::lines;
pub use self::status::Status;
pub use self::survey::{Wanted, Work, survey};
use super::args::{Common, Compile};
use super::check::name_day;
use super::clock::{self, AsOf};
use super::console::Console;
use super::exit::Exit;
use super::output::{Lock, Output, Tree};
use super::read::{self, Input, shown_path};
use super::removal;

/// Who asks for the manifests of one cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// `compile --stdout`.
    Stdout,
    /// An Application of Argo CD.
    Argocd,
}

/// Compiles an inventory.
pub fn run(options: &Compile, common: &Common, console: &Console) -> Result<Exit> {
    at(options, clock::as_of(common.as_of.as_deref())?, Asked::Stdout, console)
}

/// Compiles an inventory for a day.
pub fn at(options: &Compile, as_of: AsOf, asked: Asked, console: &Console) -> Result<Exit> {
    // Whoever was overtaken reads again, and finds the folder there, so that nobody overtakes twice.
    loop {
        if let Some(exit) = attempt(options, as_of, asked, console)? {
            return Ok(exit);
        }
    }
}

/// The same, or nothing if another run wrote to the folder after the inventory was read.
fn attempt(options: &Compile, as_of: AsOf, asked: Asked, console: &Console) -> Result<Option<Exit>> {
    let waiting = || console.warning(WAITING);
    // What is waited for may change what there is to read.
    let mut place = if options.stdout { None } else { Some(Place::take(options, &waiting)?) };
    let Input { mut sources, mut found, prefix } = read::read(&options.input, console.meter());
    if !options.stdout && contain_one_another(&options.input, &options.output) {
        found.push(read_catalog::overlapping(&prefix, &shown_path(&options.output)));
        // What was compiled is no inventory; the overlap is the one mistake.
        if let Some(folder) = folder_below(&options.input, &options.output) {
            sources = sources.without_folder(&folder);
        }
    }
    let floors = place.as_ref().map(|place| place.output.shards()).unwrap_or_default();
    analyse_above(&sources, found, as_of.date, &floors, console.meter(), |outcome| {
        if let (Some(_), Some(place)) = (&outcome.program, &mut place)
            && place.is_overtaken()?
        {
            return Ok(None);
        }
        name_day(&outcome, as_of, console);
        let Outcome { inventory, program, mut diagnostics } = outcome;
        let clusters = clusters(options, inventory, &mut diagnostics);
        let screen = Screen { console, sources: &sources, prefix: &prefix };
        let Some(program) = program.filter(|_| Exit::of(&diagnostics) == Exit::Done) else {
            return Ok(Some(screen.show(diagnostics)));
        };
        let removal = options.allow_removal.iter().cloned().collect();
        let job = Job {
            program: program.get(),
            clusters,
            all: options.cluster.is_empty(),
            allowed: Allowed { removal, reshard: options.allow_reshard },
            layout: options.layout(),
            part: options.part,
            meter: console.meter(),
        };
        match &place {
            Some(place) => files(&job, options, &place.output, diagnostics, &screen),
            None => stdout::print(&job, asked, diagnostics, &screen),
        }
        .map(Some)
    })
}

/// What to compile.
pub struct Job<'j> {
    /// The program.
    pub program: &'j Program<'j>,
    /// Names of the clusters that were asked for.
    pub clusters: BTreeSet<String>,
    /// Whether those are all that there are.
    pub all: bool,
    /// What is meant, although a guard would refuse it.
    pub allowed: Allowed,
    /// How folders of tenants are read.
    pub layout: Layout,
    /// What of it to compile. Guards judge all of it.
    pub part: Part,
    /// Whom to tell how far it is.
    pub meter: &'j dyn Meter,
}

impl Job<'_> {
    /// What of a cluster to compile, by the place of its plan in the program.
    pub fn share(&self, at: Option<usize>) -> Share {
        let plans = &self.program.plans;
        let first = plans.iter().take(at.unwrap_or(0)).map(|plan| usize::from(plan.shards.max(1))).sum();
        Share::new(self.part, first, at.map_or(1, |at| plans[at].shards))
    }

    /// Says so if there is nothing to compile.
    fn nothing(&self) -> Option<String> {
        let asked = |at: &usize| self.clusters.contains(name(&self.program.plans[*at]));
        let asked: Vec<usize> = (0..self.program.plans.len()).filter(asked).collect();
        let empty = !asked.is_empty() && asked.iter().all(|at| self.share(Some(*at)).is_empty());
        let shards = asked.iter().map(|at| usize::from(self.program.plans[*at].shards.max(1))).sum();
        let part = self.part;
        let verb = if shards == 1 { "is" } else { "are" };
        empty.then(|| format!("the part {part} is empty: there {verb} {} to share", counted(shards, "shard", "shards")))
    }
}

/// Where a compile writes, which is kept from other runs for as long as this is.
struct Place<'o> {
    output: Output,
    /// The lock, from the first moment on if the folder was there; it is not made before there is something to write.
    lock: Option<Lock>,
    waiting: &'o dyn Fn(),
}

impl<'o> Place<'o> {
    /// Waits until no other run is writing there.
    fn take(options: &Compile, waiting: &'o dyn Fn()) -> Result<Self> {
        let output = Output::new(&options.output);
        let lock = match options.check {
            true => Some(output.lock_for_reading(waiting)),
            false => output.is_there().then(|| output.lock(waiting)).transpose()?,
        };
        Ok(Place { output, lock, waiting })
    }

    /// Makes the folder if it was not there, and tells whether another run did so meanwhile and wrote to it: what was read
    /// may be older than what is there now.
    fn is_overtaken(&mut self) -> Result<bool> {
        if self.lock.is_some() {
            return Ok(false);
        }
        self.lock = Some(self.output.lock(self.waiting)?);
        Ok(!self.output.entries("")?.is_empty())
    }
}

/// What is said, however quiet a run is to be: it may wait for ever.
pub const WAITING: &str = "waiting for another run of tenantry that writes to the same folder";

/// Where findings go.
struct Screen<'s> {
    console: &'s Console,
    sources: &'s SourceMap,
    prefix: &'s str,
}

impl Screen<'_> {
    /// Shows findings, and says what they come to.
    fn show(&self, mut diagnostics: Vec<Diagnostic>) -> Exit {
        diag::sort(&mut diagnostics, self.sources);
        self.console.diagnostics(&diagnostics, self.sources, self.prefix);
        Exit::of(&diagnostics)
    }
}

/// Compares with the output folder, and writes what differs unless only that was asked for.
fn files(
    job: &Job<'_>,
    options: &Compile,
    output: &Output,
    mut diagnostics: Vec<Diagnostic>,
    screen: &Screen<'_>,
) -> Result<Exit> {
    let console = screen.console;
    let mut work = survey(job, output)?;
    if let Some(note) = report::without_before(&work, &job.clusters) {
        console.note(&note);
    }
    if let Some(note) = job.nothing() {
        console.note(&note);
    }
    if let Some(note) = report::without_repository(job.program.inventory, &job.clusters) {
        console.note(&note);
    }
    let (asked, inventory) = (&job.allowed.removal, job.program.inventory);
    let compiled = std::mem::take(&mut work.tenants);
    for warning in removal::unknown(asked, [inventory], compiled, "neither the inventory nor the output has") {
        console.warning(&warning);
    }
    for (cluster, namespace) in &work.stopped {
        console.note(&report::still_running(cluster, namespace));
    }
    diagnostics.append(&mut work.findings);
    let exit = screen.show(diagnostics);
    if options.check {
        return Ok(exit.max(report::differences(&work, job, output, console)?));
    }
    if exit == Exit::Done {
        write(&work, job, output)?;
        for note in report::to_apply(&work, output) {
            console.note(&note);
        }
        for (at, change) in &work.resharded {
            let plan = &job.program.plans[*at];
            console.note(&reshard::steps(plan.inventory.platform(plan.platform), change, &output.shown(name(plan))));
        }
        // Everything is written; that nobody can be told does not undo it.
        let _ = console.result(&format!("{}{}\n", report::of_part(job.part), work.summary()));
    }
    Ok(exit)
}

fn write(work: &Work, job: &Job<'_>, output: &Output) -> Result<()> {
    output.clear(&work.temporary)?;
    job.meter.begin(Phase::Writing, work.changes.len());
    let mut writes: Vec<(&str, Wanted)> =
        work.changes.iter().map(|(path, wanted, _)| (path.as_str(), *wanted)).collect();
    // In the order of folders.
    writes.sort_unstable_by_key(|(path, _)| *path);
    let render = |wanted: &Wanted| {
        job.meter.step();
        wanted.render(job.program).text
    };
    output.apply(&writes, render, &work.removals)
}

/// Whether one of two folders lies in the other, as far as they are there.
fn contain_one_another(input: &Path, output: &Path) -> bool {
    match (real(input), real(output)) {
        (Some(input), Some(output)) => input.starts_with(&output) || output.starts_with(&input),
        _ => false,
    }
}

/// Where a path leads, every link followed. What is not there is taken as it is written.
fn real(path: &Path) -> Option<PathBuf> {
    let mut real = PathBuf::new();
    for part in std::path::absolute(path).ok()?.components() {
        match part {
            std::path::Component::ParentDir => drop(real.pop()),
            part => real.push(part),
        }
        if let Ok(followed) = real.canonicalize() {
            real = followed;
        }
    }
    Some(real)
}

/// The path of the output below the inventory, if it lies in there.
fn folder_below(input: &Path, output: &Path) -> Option<String> {
    let (input, output) = (real(input)?, real(output)?);
    let below = output.strip_prefix(&input).ok()?;
    let parts: Option<Vec<&str>> = below.components().map(|part| part.as_os_str().to_str()).collect();
    parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join("/"))
}

/// The clusters to compile: those that were asked for, else all.
fn clusters(options: &Compile, inventory: &Inventory, found: &mut Vec<Diagnostic>) -> BTreeSet<String> {
    let known: BTreeSet<String> = inventory.platforms().map(|(_, platform)| platform.name.to_string()).collect();
    if options.cluster.is_empty() {
        return known;
    }
    let asked: BTreeSet<String> = options.cluster.iter().cloned().collect();
    // With errors, a platform may only seem to be missing.
    if Exit::of(found) == Exit::Done {
        let unknown = asked.difference(&known);
        let known = || known.iter().map(String::as_str);
        found.extend(unknown.map(|name| resolve_catalog::unknown_cluster_option(name, known())));
    }
    asked
}

/// Name of a plan's cluster.
fn name<'p>(plan: &Plan<'p>) -> &'p str {
    plan.inventory.platform(plan.platform).name.as_str()
}
