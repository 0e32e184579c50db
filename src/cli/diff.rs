//! `tenantry diff`: what a change means.

mod condition;
mod review;
mod sides;
mod strays;

use std::collections::BTreeSet;
use std::fs;
use std::mem;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use tenantry::diff::{ChangeSet, Verdict};
use tenantry::driver::{Advice, Floors, Given, Outcome, analyse_sides};
use tenantry::guard::Allowed;
use tenantry::meter::Phase;
use tenantry::report::review::{self as report, Format, Terminal, render};

use super::args::{Common, Diff};
use super::clock;
use super::console::Console;
use super::exit::Exit;
use super::read::{Input, shown_path};
use sides::{Sides, sides};

pub use condition::Condition;
pub use review::{Review, Texts};
pub use sides::BaseOutput;
pub use strays::{Strays, of_listings as strays_between};

/// Compares two sides and shows what the change means.
pub fn run(options: &Diff, common: &Common, console: &Console) -> Result<Exit> {
    let as_of = clock::as_of(common.as_of.as_deref())?;
    let targets = targets(&options.format)?;
    let conditions: Vec<Condition> =
        options.fail_on.iter().map(|name| Condition::parse(name)).collect::<Result<_>>()?;
    let Sides { base, base_output, head, strays, judges, authors } = sides(options, console.meter())?;
    let Input { sources: mut head_sources, found: head_found, prefix: head_prefix } = head.input;
    let Input { sources: mut base_sources, found: base_found, prefix: base_prefix } = base.input;
    let (base_name, head_name) = (base.name, head.name);
    base_sources.number_alike(&mut head_sources);
    if options.actor.as_deref().is_some_and(|name| name.trim().is_empty()) {
        bail!("`--actor` is empty: say who makes the change, or leave it out");
    }
    let removal = options.allow_removal.iter().cloned().collect();
    let review = Review {
        console,
        as_of,
        base: Texts { name: &base_name, sources: &base_sources, prefix: &base_prefix },
        head: Texts { name: &head_name, sources: &head_sources, prefix: &head_prefix },
        base_output: &base_output,
        actor: options.actor.as_deref().map(str::trim),
        authors: &authors,
        strays: strays.as_ref(),
        judges: &judges,
        output: &shown_path(&options.output),
        manifests: targets.iter().any(|target| target.shows_manifests()),
        clusters: &options.cluster.iter().cloned().collect(),
        allowed: &Allowed { removal, reshard: options.allow_reshard },
    };
    let given = |sources, found| Given { sources, found, advice: Advice::WithErrors };
    let (base, head) = (given(&base_sources, base_found), given(&head_sources, head_found));
    let compare = |base: &Outcome<'_>, head: &Outcome<'_>| review.compare(base, head);
    let changes = analyse_sides(base, head, as_of.date, &Floors::new(), console.meter(), compare)?;
    let Some(changes) = changes else { return Ok(Exit::Wrong) };
    let shown =
        Terminal { colour: console.colours_results(), width: console.result_width(), manifests: options.manifests };
    let page = report::Options { folder: &head_prefix, ..report::Options::default() };
    console.meter().begin(Phase::Reporting, 0);
    for target in &targets {
        target.write(&changes, &shown, &page, console)?;
    }
    let reasons: Vec<String> = conditions.iter().flat_map(|condition| condition.reasons(&changes)).collect();
    let reasons: BTreeSet<&String> = reasons.iter().collect();
    for reason in &reasons {
        console.error(reason);
    }
    let differs = changes.verdict != Verdict::None;
    // The program ends here, and the kernel takes the memory back at once. A million facts freed one by one take longer
    // than some of the formats.
    mem::forget(changes);
    Ok(match (reasons.is_empty(), options.exit_code && differs) {
        (false, _) => Exit::Refused,
        (true, true) => Exit::Different,
        (true, false) => Exit::Done,
    })
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
        page: &report::Options<'_>,
        console: &Console,
    ) -> Result<()> {
        let Some(file) = &self.file else { return console.result(&render(changes, self.format, terminal, page)) };
        let plain = Terminal { colour: false, width: None, ..*terminal };
        let text = render(changes, self.format, &plain, page);
        fs::write(file, text).with_context(|| format!("cannot write `{}`", shown_path(file)))
    }
}
