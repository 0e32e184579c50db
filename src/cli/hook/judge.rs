//! Judges a change of git's objects: is the inventory right, may it follow the one before, and is the output its own?

use std::collections::BTreeSet;

use anyhow::Result;
use tenantry::diag::catalog::counted;
use tenantry::diag::{Code, Diagnostic, Place, Severity};
use tenantry::diff::{Stray, knows};
use tenantry::driver::{Advice, Given, Outcome, Program, analyse_sides};
use tenantry::guard;
use tenantry::render::part::Part;
use tenantry::report::escape;
use tenantry::report::review::brief;
use tenantry::source::SourceMap;

use super::settings::{Settings, word};
use crate::cli::args::Fresh;
use crate::cli::clock::AsOf;
use crate::cli::compile::{Job, Status, Work, lines, survey};
use crate::cli::console::Console;
use crate::cli::diff::{BaseOutput, Review, Strays, Texts, strays_between};
use crate::cli::exit::Exit;
use crate::cli::output::{Stored, Tree};
use crate::cli::path::bytes_of;
use crate::cli::read::Input;
use crate::cli::revision::{Found, Listing, Repository};

/// Most risks of a severity, refusals and stale files that are shown.
const MOST: usize = 10;

/// Both folders at one time.
pub struct Side {
    /// How people name the time.
    pub name: String,
    /// The inventory.
    pub input: Listing,
    /// The compiled output.
    pub output: Listing,
}

impl Side {
    /// Whether both folders have the very same contents.
    pub fn is_same(&self, other: &Side) -> bool {
        let same = |one: &Listing, other: &Listing| {
            (one.found, &one.path, &one.entries) == (other.found, &other.path, &other.entries)
        };
        same(&self.input, &other.input) && same(&self.output, &other.output)
    }
}

/// What is judged.
pub struct Change<'c> {
    /// The repository.
    pub repository: &'c Repository,
    /// What the hook goes by.
    pub settings: &'c Settings,
    /// What the change starts from; nothing before the first commit.
    pub base: Option<&'c Side>,
    /// What it leads to.
    pub head: &'c Side,
    /// Who makes the change, as somebody said who has to know.
    pub actor: Option<&'c str>,
    /// Who makes the change, as the server says; it counts if the inventory knows the address.
    pub pusher: Option<&'c str>,
    /// Who seems to have made the change.
    pub authors: &'c BTreeSet<String>,
    /// The day.
    pub as_of: AsOf,
    /// Whether warnings are shown, or only counted.
    pub warnings: bool,
}

/// What a change comes to, for whoever goes on with it.
pub struct Judged<'j> {
    /// The program of the new inventory.
    pub program: &'j Program<'j>,
    /// What a compile would do to the output.
    pub work: Work,
    /// The output as the change has it.
    pub output: &'j Stored,
    /// The exit status so far.
    pub exit: Exit,
}

impl Change<'_> {
    /// Judges, and hands what a compile would do to `then` unless nobody asks for fresh output. With an error of the
    /// inventory there is nothing to hand on.
    pub fn judge(&self, console: &Console, then: impl FnOnce(Judged<'_>) -> Result<Exit>) -> Result<Exit> {
        if self.head.input.found == Found::Nothing {
            return Ok(self.without_inventory(console));
        }
        let repository = self.repository;
        let [mut base, mut head] = match self.base {
            Some(base) => repository.read_inventories([&base.input, &self.head.input])?,
            None => {
                let [head] = repository.read_inventories([&self.head.input])?;
                let prefix = head.prefix.clone();
                [Input { sources: SourceMap::new(Vec::<(String, String)>::new()), found: Vec::new(), prefix }, head]
            }
        };
        let output = repository.read_stored(&self.head.output)?;
        let base_output = match self.base {
            None => BaseOutput::Nothing,
            Some(base) => BaseOutput::Listed {
                repository: Box::new(repository.clone()),
                listing: Box::new(base.output.clone()),
                is_new: !base.input.is_there(),
            },
        };
        let strays = strays_between(repository, self.base.map(|base| &base.output), &self.head.output)?;
        base.sources.number_alike(&mut head.sources);
        let (base_sources, head_sources) = (&base.sources, &head.sources);
        let base_name = self.base.map_or("no commit", |base| &base.name);
        let review = Review {
            console,
            as_of: self.as_of,
            base: Texts { name: base_name, sources: base_sources, prefix: &base.prefix },
            head: Texts { name: &self.head.name, sources: head_sources, prefix: &head.prefix },
            base_output: &base_output,
            actor: self.actor,
            authors: self.authors,
            strays: Some(&strays),
            judges: &[],
            output: &self.head.output.shown,
            manifests: false,
            clusters: &BTreeSet::new(),
            allowed: &self.settings.allowed,
        };
        let day = self.as_of.date;
        let base = Given { sources: base_sources, found: base.found, advice: Advice::WithErrors };
        let head = Given { sources: head_sources, found: head.found, advice: Advice::Always };
        analyse_sides(base, head, day, &output.shards(), console.meter(), |base, head| {
            self.show(&head.diagnostics, &review, console);
            let Some(program) = &head.program else { return Ok(Exit::Wrong) };
            let program = program.get();
            let exit = self.review(base, head, program, review, console)?;
            self.compiled(program, (&output, &strays), exit, console, then)
        })
    }

    /// Without an inventory there is nothing to judge, unless the change takes it away, or brings files to where engines
    /// may sync: nobody could say what they are compiled from.
    fn without_inventory(&self, console: &Console) -> Exit {
        let (name, Settings { input, output, .. }) = (&self.head.name, self.settings);
        let is_there = |(path, entry)| self.base.is_some_and(|base| base.output.entries.get(path) == Some(entry));
        let called = "if a folder is called otherwise, say so with `git config tenantry.input DIR` or `tenantry.output DIR` in \
                      the repository of this hook";
        if let Some(base) = self.base.filter(|base| base.input.is_there()) {
            console.error(&format!(
                "{name} has no inventory in `{}`, and {} has one: this takes it away, and every namespace with it\n  help: \
                 {called}; if all tenants are to go, set their `state: retired` and let that sync, and go around this hook \
                 for the last step",
                input.shown, base.name
            ));
            return Exit::Wrong;
        }
        if self.head.output.entries.iter().all(is_there) {
            console.note(&format!("{name} has no inventory in `{}`, so there was nothing to judge", input.shown));
            return Exit::Done;
        }
        console.error(&format!(
            "{name} brings files to `{}`, and has no inventory in `{}` that compiles to them\n  help: {called}",
            output.shown, input.shown
        ));
        Exit::Wrong
    }

    /// Shows what was found in the inventory.
    fn show(&self, found: &[Diagnostic], review: &Review<'_>, console: &Console) {
        let is_shown = |it: &&Diagnostic| self.warnings || it.severity == Severity::Error;
        let shown: Vec<Diagnostic> = found.iter().filter(is_shown).cloned().collect();
        console.diagnostics(&shown, review.head.sources, review.head.prefix);
        if shown.len() < found.len() {
            let warnings = counted(found.len() - shown.len(), "warning", "warnings");
            console.note(&format!("{warnings}; `tenantry check` shows them"));
        }
    }

    /// Shows in short what the change means, and says whether it is refused.
    fn review(
        &self,
        base: &Outcome<'_>,
        head: &Outcome<'_>,
        program: &Program<'_>,
        review: Review<'_>,
        console: &Console,
    ) -> Result<Exit> {
        if base.program.is_none() && review.base_output.read()?.is_none() {
            return self.without_base(base, program, &review, console);
        }
        let known = |name: &&str| knows(base.inventory, name) || knows(head.inventory, name);
        let review = Review { actor: self.actor.or(self.pusher.filter(known)), ..review };
        let Some(changes) = review.compare(base, head)? else { return Ok(Exit::Wrong) };
        console.tell(&brief(&changes, &console.terminal(), MOST));
        let conditions = &self.settings.conditions;
        let reasons: BTreeSet<String> = conditions.iter().flat_map(|condition| condition.reasons(&changes)).collect();
        for reason in reasons.iter().take(MOST) {
            console.error(reason);
        }
        if reasons.len() > MOST {
            console.error(&format!("and {} more reasons to refuse", reasons.len() - MOST));
        }
        if !changes.guards.is_empty() {
            let guards = counted(changes.guards.len(), "guard refuses", "guards refuse");
            console.error(&format!("{guards} this change"));
        }
        Ok(if reasons.is_empty() && changes.guards.is_empty() { Exit::Done } else { Exit::Refused })
    }

    /// A base that does not compile, and of which nothing was compiled either, cannot be compared with. Whoever repairs
    /// it is let through, unless the review was asked to refuse something: then nobody knows whether it would.
    fn without_base(
        &self,
        base: &Outcome<'_>,
        program: &Program<'_>,
        review: &Review<'_>,
        console: &Console,
    ) -> Result<Exit> {
        let plans = program.plans.iter();
        let admins = |plan| guard::too_few_admins(plan, program.inventory.platform(plan.platform).min_admins);
        let refusals: Vec<Diagnostic> = plans.flat_map(admins).collect();
        console.diagnostics(&refusals, review.head.sources, review.head.prefix);
        let exit = Exit::of(&refusals);
        if self.settings.conditions.is_empty() {
            console.note(&review.broken(base, "so nothing tells what this changes"));
            return Ok(exit);
        }
        console.error(&review.broken(base, "so nothing tells whether `--fail-on` would refuse this"));
        Ok(exit.max(Exit::Wrong))
    }

    /// Compares the output with what the inventory compiles to, if it has to be that.
    fn compiled(
        &self,
        program: &Program<'_>,
        (output, strays): (&Stored, &Strays),
        exit: Exit,
        console: &Console,
        then: impl FnOnce(Judged<'_>) -> Result<Exit>,
    ) -> Result<Exit> {
        let is_there = self.head.output.is_there() || self.base.is_some_and(|base| base.output.is_there());
        let asked = match self.settings.fresh {
            Fresh::Auto => is_there || self.settings.stages,
            Fresh::Always => true,
            Fresh::Never => self.settings.stages,
        };
        if !asked {
            return Ok(exit);
        }
        if let Found::NoFolder(what) = self.head.output.found {
            console.error(&format!("`{}` cannot hold the output: {what}", self.settings.output.shown));
            return Ok(exit.max(Exit::Wrong));
        }
        let platforms = program.inventory.platforms();
        let job = Job {
            program,
            clusters: platforms.map(|(_, platform)| platform.name.to_string()).collect(),
            all: true,
            allowed: guard::Allowed::default(),
            layout: self.settings.layout,
            part: Part::WHOLE,
            meter: console.meter(),
        };
        let mut work = survey(&job, output)?;
        // Guards look at the base's inventory here: nobody evades them by taking output away.
        work.findings.retain(|found| !found.code.is_guard() && found.code != Code::OwnerChanged);
        console.diagnostics(&work.findings, &SourceMap::new(Vec::<(String, String)>::new()), "");
        let mut brought = self.stray_files(&work.findings, output);
        brought.extend(unread(strays, &job.clusters));
        for path in brought.iter().take(MOST) {
            let shown = output.shown(path);
            let shown = escape::terminal(&shown);
            console.error(&format!("`{shown}` comes with this change and is not compiled from the inventory"));
        }
        let brings = if brought.is_empty() { Exit::Done } else { Exit::Different };
        let exit = exit.max(Exit::of(&work.findings)).max(brings);
        then(Judged { program, work, output, exit })
    }

    /// Stray files that the change brings or alters: engines would apply what no inventory says. One that lies there
    /// already is only warned of.
    fn stray_files(&self, found: &[Diagnostic], output: &Stored) -> BTreeSet<String> {
        let folder = output.shown("");
        let path = |it: &Diagnostic| match &it.place {
            Place::File(shown) => shown.strip_prefix(&folder).map(str::to_owned),
            _ => None,
        };
        let strays = found.iter().filter(|it| it.code == Code::StrayFile).filter_map(path);
        strays.filter(|path| self.touches(path)).collect()
    }

    /// Says which files are not as compiled, and what mends it.
    ///
    /// A file that is stale only because a grant has ended since, and that the change does not touch, is nobody's mistake:
    /// it is said and not refused, since else a day would stop everybody's work.
    pub fn stale(&self, mut judged: Judged<'_>, mends: &str, console: &Console) -> Exit {
        let before = judged.work.changes.len();
        judged.work.changes.retain(|(path, _, status)| *status != Status::Expired || self.touches(path));
        let expired = before - judged.work.changes.len();
        if expired > 0 {
            let files = counted(expired, "file of the output has", "files of the output have");
            console.note(&format!("{files} a grant that ended since; `{}` takes it away", self.settings.compile()));
        }
        let lines = lines(&judged.work, judged.output);
        if lines.is_empty() {
            return judged.exit;
        }
        let width = lines.values().map(|word| word.len()).max().unwrap_or_default();
        for (path, word) in lines.iter().take(MOST) {
            console.tell(&format!("{word:width$}  {}\n", escape::terminal(path)));
        }
        if lines.len() > MOST {
            console.tell(&format!("and {} more\n", lines.len() - MOST));
        }
        let files = counted(lines.len(), "file of the output is", "files of the output are");
        console.error(&format!("{files} not what the inventory compiles to; {mends}"));
        judged.exit.max(Exit::Different)
    }

    /// Whether the change brings a file of the output that the base has not as it is.
    fn touches(&self, path: &str) -> bool {
        let path = bytes_of(path);
        let entry = |side: &Side| side.output.entries.get(&path).cloned();
        self.base.and_then(entry) != entry(self.head)
    }

    /// The command that compiles and stages.
    pub fn compile_and_add(&self) -> String {
        format!("{} && git add {}", self.settings.compile(), word(&self.settings.output.shown))
    }
}

/// What the change brings besides files where engines sync, such as a link: a compile does not look behind it, and an
/// engine may.
fn unread<'s>(strays: &'s Strays, clusters: &'s BTreeSet<String>) -> impl Iterator<Item = String> + 's {
    let is_declared = |path: &str| path.split_once('/').is_some_and(|(cluster, _)| clusters.contains(cluster));
    let found = strays.head.iter().filter(|(_, stray)| matches!(stray, Stray::Unread { .. }));
    found.map(|(path, _)| path.clone()).filter(move |path| is_declared(path))
}
