//! `tenantry diff`: what a change means.

mod sides;
mod strays;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use tenantry::diag::catalog::{counted, resolve as resolve_catalog};
use tenantry::diag::{Diagnostic, Severity};
use tenantry::diff::{
    Actor, ChangeSet, Content, Declared, Options, RiskCode, RiskSeverity, Side, Strays, Verdict, compare, knows,
};
use tenantry::driver::{Floors, Outcome, Program, analyse_side};
use tenantry::guard::Allowed;
use tenantry::plan::Plan;
use tenantry::report::review::{self, Format, Terminal, render};
use tenantry::source::{Places, SourceMap};

use super::args::{Common, Diff};
use super::check::name_day;
use super::clock::{self, AsOf};
use super::console::Console;
use super::exit::Exit;
use super::read::{Input, shown_path};
use super::removal;
use sides::{BaseOutput, Sides, sides};

/// Compares two sides and shows what the change means.
pub fn run(options: &Diff, common: &Common, console: &Console) -> Result<Exit> {
    let as_of = clock::as_of(common.as_of.as_deref())?;
    let targets = targets(&options.format)?;
    let conditions: Vec<Condition> =
        options.fail_on.iter().map(|name| Condition::parse(name)).collect::<Result<_>>()?;
    let Sides { base, base_output, head, strays, authors } = sides(options)?;
    let Input { sources: head_sources, found: head_found, prefix: head_prefix } = head.input;
    let Input { sources: base_sources, found: base_found, prefix: base_prefix } = base.input;
    if options.actor.as_deref().is_some_and(|name| name.trim().is_empty()) {
        bail!("`--actor` is empty: say who makes the change, or leave it out");
    }
    let review = Review {
        options,
        console,
        as_of,
        base: Texts { name: &base.name, sources: &base_sources, prefix: &base_prefix },
        head: Texts { name: &head.name, sources: &head_sources, prefix: &head_prefix },
        base_output: &base_output,
        actor: options.actor.as_deref().map(str::trim),
        authors: &authors,
        strays: strays.as_ref(),
        output: &shown_path(&options.output),
        manifests: targets.iter().any(|target| target.shows_manifests()),
    };
    let changes = analyse_side(&base_sources, base_found, as_of.date, &Floors::new(), |base| {
        analyse_side(&head_sources, head_found, as_of.date, &shards(&base), |head| review.compare(&base, &head))
    })?;
    let Some(changes) = changes else { return Ok(Exit::Wrong) };
    let shown =
        Terminal { colour: console.colours_results(), width: console.result_width(), manifests: options.manifests };
    let page = review::Options { folder: &head_prefix, ..review::Options::default() };
    for target in &targets {
        target.write(&changes, &shown, &page, console)?;
    }
    let reasons: Vec<String> = conditions.iter().flat_map(|condition| condition.reasons(&changes)).collect();
    let reasons: BTreeSet<&String> = reasons.iter().collect();
    for reason in &reasons {
        console.error(reason);
    }
    Ok(match (reasons.is_empty(), options.exit_code && changes.verdict != Verdict::None) {
        (false, _) => Exit::Refused,
        (true, true) => Exit::Different,
        (true, false) => Exit::Done,
    })
}

/// The texts of a side.
#[derive(Clone, Copy)]
struct Texts<'t> {
    name: &'t str,
    sources: &'t SourceMap,
    prefix: &'t str,
}

impl<'t> Texts<'t> {
    fn declared<'s>(self, program: &'s Program<'s>) -> Declared<'s>
    where
        't: 's,
    {
        Declared {
            inventory: program.inventory,
            plans: &program.plans,
            templates: &program.templates,
            places: Places { sources: self.sources, prefix: self.prefix },
        }
    }
}

struct Review<'r> {
    options: &'r Diff,
    console: &'r Console,
    as_of: AsOf,
    base: Texts<'r>,
    head: Texts<'r>,
    base_output: &'r BaseOutput,
    actor: Option<&'r str>,
    authors: &'r BTreeSet<String>,
    strays: Option<&'r strays::Strays>,
    output: &'r str,
    manifests: bool,
}

impl Review<'_> {
    /// Compares, or says why that cannot be.
    fn compare(&self, base: &Outcome<'_>, head: &Outcome<'_>) -> Result<Option<ChangeSet>> {
        name_day(head, self.as_of, self.console);
        let Some(program) = &head.program else {
            self.console.diagnostics(&head.diagnostics, self.head.sources, self.head.prefix);
            return Ok(None);
        };
        let mut notes = Vec::new();
        let files = if base.program.is_some() { None } else { self.base_output.read()? };
        let content = match (&base.program, &files) {
            (Some(program), _) => Content::Declared(self.base.declared(program.get())),
            (None, Some(files)) => {
                let without = self.base_output.without_inventory(self.base.name, self.base.prefix, files);
                notes.push(without.unwrap_or_else(|| {
                    self.broken(base, "compared with what was compiled of it before, without evidence")
                }));
                Content::Compiled(files)
            }
            (None, None) => {
                self.console.diagnostics(&base.diagnostics, self.base.sources, self.base.prefix);
                self.console.note(&self.broken(base, &self.base_output.help()));
                return Ok(None);
            }
        };
        let (base_side, head_side) = (
            Side { name: self.base.name, content },
            Side { name: self.head.name, content: Content::Declared(self.head.declared(program.get())) },
        );
        let clusters: BTreeSet<String> = self.options.cluster.iter().cloned().collect();
        if self.has_unknown_cluster(&clusters, &base_side, &head_side) {
            return Ok(None);
        }
        let inventories = [base.inventory, head.inventory];
        let known = |name: &str| inventories.iter().any(|inventory| knows(inventory, name));
        let mut actors: Vec<Actor<'_>> = self.actor.into_iter().map(|name| Actor { name, verified: true }).collect();
        if !self.actor.is_some_and(known) {
            actors.extend(self.authors.iter().map(|name| Actor { name, verified: false }));
        }
        if let Some(name) = self.actor.filter(|name| !known(name)) {
            notes.push(format!(
                "nobody in the inventory is called `{name}`, as --actor says; the commits' authors count instead"
            ));
        }
        let asked = &self.options.allow_removal;
        let compiled = if asked.is_empty() { BTreeSet::new() } else { base_side.tenants() };
        for warning in removal::unknown(asked, [base.inventory, head.inventory], compiled, "neither side has") {
            self.console.warning(&warning);
        }
        let removal = asked.iter().cloned().collect();
        let allowed = Allowed { removal, reshard: self.options.allow_reshard };
        let options = Options {
            as_of: self.as_of.date,
            clusters: &clusters,
            allowed: &allowed,
            actors: &actors,
            manifests: self.manifests,
            strays: self.strays.map(|found| Strays { folder: self.output, base: &found.base, head: &found.head }),
            notes,
        };
        Ok(Some(compare(&base_side, &head_side, options)))
    }

    fn broken(&self, base: &Outcome<'_>, how: &str) -> String {
        let errors = base.diagnostics.iter().filter(|it| it.severity == Severity::Error).count();
        let errors = counted(errors, "error", "errors");
        format!("the inventory of the base `{}` does not compile ({errors}); {how}", self.base.name)
    }

    fn has_unknown_cluster(&self, asked: &BTreeSet<String>, base: &Side<'_>, head: &Side<'_>) -> bool {
        let known: BTreeSet<&str> = base.clusters().into_iter().chain(head.clusters()).collect();
        let unknown = asked.iter().filter(|name| !known.contains(name.as_str()));
        let known = || known.iter().copied();
        let found: Vec<Diagnostic> =
            unknown.map(|name| resolve_catalog::unknown_cluster_option(name, known())).collect();
        self.console.diagnostics(&found, self.head.sources, self.head.prefix);
        !found.is_empty()
    }
}

/// A format, and the file that it goes to; stdout without one.
struct Target {
    format: Format,
    file: Option<PathBuf>,
}

/// Reads `--format F` and `--format F=FILE`. Only one can go to stdout.
fn targets(asked: &[String]) -> Result<Vec<Target>> {
    let mut targets = Vec::new();
    for text in asked {
        let (name, file) = match text.split_once('=') {
            Some((_, "")) => bail!("`--format {text}` names no file"),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text.as_str(), None),
        };
        let format = Format::ALL.iter().copied().find(|format| format.name() == name).with_context(|| {
            let known: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
            format!("`--format {text}`: the formats are {}", known.join(", "))
        })?;
        targets.push(Target { format, file });
    }
    if targets.is_empty() {
        targets.push(Target { format: Format::Text, file: None });
    }
    if targets.iter().filter(|target| target.file.is_none()).count() > 1 {
        bail!("only one format can go to stdout; give the others a file, as in `--format json=review.json`");
    }
    Ok(targets)
}

impl Target {
    /// Whether the format has a use for compiled files.
    fn shows_manifests(&self) -> bool {
        self.format.shows_manifests()
    }

    fn write(
        &self,
        changes: &ChangeSet,
        terminal: &Terminal,
        page: &review::Options<'_>,
        console: &Console,
    ) -> Result<()> {
        let Some(file) = &self.file else { return console.result(&render(changes, self.format, terminal, page)) };
        let plain = Terminal { colour: false, width: None, ..*terminal };
        let text = render(changes, self.format, &plain, page);
        fs::write(file, text).with_context(|| format!("cannot write `{}`", shown_path(file)))
    }
}

/// The numbers of shards of a side, from which the other one starts.
fn shards(side: &Outcome<'_>) -> Floors {
    let plans = side.program.as_ref().map(|program| &program.get().plans);
    let name = |plan: &Plan<'_>| plan.inventory.platform(plan.platform).name.to_string();
    plans.into_iter().flatten().map(|plan| (name(plan), plan.shards)).collect()
}

/// What `--fail-on` names.
#[derive(Debug, Clone, Copy)]
enum Condition {
    /// Anything that guards say, and what only a review can guard.
    Guards,
    /// Data would be lost.
    Destructive,
    /// Access, or what guards it, is opened.
    Widening,
    /// Any difference.
    Any,
    /// One risk.
    Risk(RiskCode),
}

/// Risks that are guards in all but name: only a review can see them.
const GUARDED: [RiskCode; 3] = [RiskCode::SelfGrant, RiskCode::ExternalWithoutUntil, RiskCode::PlatformNotCompared];

impl Condition {
    const WORDS: [(&'static str, Condition); 4] = [
        ("any", Condition::Any),
        ("destructive", Condition::Destructive),
        ("guards", Condition::Guards),
        ("widening", Condition::Widening),
    ];

    fn parse(name: &str) -> Result<Condition> {
        let word = Condition::WORDS.iter().find(|(word, _)| *word == name).map(|(_, condition)| *condition);
        let Some(condition) = word.or_else(|| RiskCode::find(name).map(Condition::Risk)) else {
            let words = Condition::WORDS.iter().map(|(word, _)| *word);
            let known = words.chain(RiskCode::ALL.iter().map(|code| code.name()));
            let hint = tenantry::diag::suggest::nearest(name, known);
            let hint = hint.map(|name| format!("did you mean `{name}`?"));
            let hint = hint.unwrap_or_else(|| {
                "it takes `any`, `destructive`, `guards`, `widening` or the name of a risk".to_owned()
            });
            bail!("`--fail-on {name}`: there is no such thing; {hint}");
        };
        Ok(condition)
    }

    /// Everything in a review that meets it, a sentence each.
    fn reasons(self, changes: &ChangeSet) -> Vec<String> {
        let risks = |wanted: &dyn Fn(RiskCode, RiskSeverity) -> bool| -> Vec<String> {
            let found = changes.risks.iter().filter(|risk| wanted(risk.code, risk.severity));
            found.map(|risk| format!("{}: {}", risk.code.name(), risk.message)).collect()
        };
        match self {
            Condition::Guards => {
                let refusals = changes.guards.iter().map(|guard| {
                    let help = guard.help.as_deref().map(|help| format!("\n  help: {help}")).unwrap_or_default();
                    format!("{}: {}{help}", guard.code.name(), guard.message)
                });
                refusals.chain(risks(&|code, _| GUARDED.contains(&code))).collect()
            }
            Condition::Destructive => risks(&|_, severity| severity == RiskSeverity::Destructive),
            Condition::Widening => {
                let mut reasons = risks(&|_, severity| severity == RiskSeverity::Widening);
                let gained = changes.gained.iter().filter(|fact| !fact.is_stand_in());
                let gained = gained.map(|fact| (&fact.identity, fact.role, &fact.namespace, &fact.cluster));
                let wider = changes.changed.iter().filter(|change| change.is_wider()).map(|change| &change.fact);
                let wider = wider.filter(|fact| !fact.is_stand_in());
                let wider = wider.map(|fact| (&fact.identity, fact.role, &fact.namespace, &fact.cluster));
                reasons.extend(gained.chain(wider).map(|(who, role, namespace, cluster)| {
                    format!("`{who}` gains `{}` in the namespace `{namespace}` on the cluster `{cluster}`", role.name())
                }));
                reasons
            }
            Condition::Any if changes.verdict == Verdict::None => Vec::new(),
            Condition::Any => vec![format!("there is a difference: {}", changes.verdict.name())],
            Condition::Risk(wanted) => risks(&|code, _| code == wanted),
        }
    }
}
