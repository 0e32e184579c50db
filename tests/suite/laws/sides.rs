//! Two sides that are looked at together: what they share is looked at once, and nothing else comes of it.

use std::collections::BTreeSet;

use libtest_mimic::Failed;
use proptest::prelude::*;
use tenantry::diag::{Diagnostic, Mark, Place, Severity};
use tenantry::diff::{ChangeSet, Content, Options, Side, compare};
use tenantry::driver::{Advice, Floors, Given, Outcome, analyse_side, analyse_sides};
use tenantry::guard::Allowed;
use tenantry::meter::Unmetered;
use tenantry::render::{namespace_file, platform_files};
use tenantry::source::{SourceMap, Span};

use super::compile::day;
use super::generate::{TODAY, inventories};
use super::mutation::{Mutation, mutate, mutations, sample};
use super::print::{Files, arrange};
use super::review::{declared, edit};
use super::tape::Tape;
use super::{Verdict, ensure, hold, same};

/// What came of a side, without ids of files.
#[derive(Debug, PartialEq, Eq)]
struct Looked {
    findings: Vec<String>,
    /// Path and text of every compiled file, if the side is sound.
    files: Option<Vec<(String, String)>>,
}

/// What came of two sides.
#[derive(Debug, PartialEq, Eq)]
struct Both {
    base: Looked,
    head: Looked,
    review: Option<ChangeSet>,
}

fn looked(outcome: &Outcome<'_>, sources: &SourceMap) -> Looked {
    let files = outcome.program.as_ref().map(|program| {
        let program = program.get();
        let files = program.plans.iter().flat_map(|plan| {
            let made = plan.provisions.iter().map(|it| namespace_file(plan, it, &program.templates));
            made.chain(platform_files(plan, &program.templates))
        });
        files.map(|file| (file.path, file.text)).collect()
    });
    Looked { findings: outcome.diagnostics.iter().map(|it| finding(it, sources)).collect(), files }
}

/// A finding with its places as people name them.
fn finding(it: &Diagnostic, sources: &SourceMap) -> String {
    let at = |span: Span| format!("{:?} {:?}", sources.locate(span), sources.slice(span));
    let mark = |mark: &Mark| format!("{} {}", at(mark.span), mark.words);
    let place = match &it.place {
        Place::At(place) => mark(place),
        other => format!("{other:?}"),
    };
    let related: Vec<String> = it.related.iter().map(mark).collect();
    let fix = it.fix.as_ref().map(|fix| (at(fix.span), &fix.replacement));
    format!("{:?} {:?} {} {place} {related:?} {:?} {fix:?}", it.code, it.severity, it.message, it.help)
}

fn reviewed(
    (base, base_sources): (&Outcome<'_>, &SourceMap),
    (head, head_sources): (&Outcome<'_>, &SourceMap),
) -> Both {
    let sound = base.program.as_ref().zip(head.program.as_ref());
    let review = sound.map(|(was, is)| {
        let (was, is) = (declared(was.get(), base_sources), declared(is.get(), head_sources));
        let (none, nothing) = (BTreeSet::new(), Allowed::default());
        let options = Options {
            as_of: day(TODAY),
            clusters: &none,
            allowed: &nothing,
            actors: &[],
            manifests: true,
            strays: None,
            judges: &[],
            notes: Vec::new(),
            meter: &Unmetered,
        };
        let side = |name, declared| Side { name, content: Content::Declared(declared) };
        compare(&side("base", was), &side("head", is), options)
    });
    Both { base: looked(base, base_sources), head: looked(head, head_sources), review }
}

/// One side after the other, which share nothing.
fn apart(base: &Files, head: &Files) -> Both {
    let (base_sources, head_sources) = (SourceMap::new(base.clone()), SourceMap::new(head.clone()));
    analyse_side(&base_sources, Vec::new(), day(TODAY), &Floors::new(), &Unmetered, |base| {
        let plans = base.program.iter().flat_map(|program| &program.get().plans);
        let floor =
            |plan: &tenantry::plan::Plan<'_>| (plan.inventory.platform(plan.platform).name.to_string(), plan.shards);
        let floors: Floors = plans.map(floor).collect();
        analyse_side(&head_sources, Vec::new(), day(TODAY), &floors, &Unmetered, |head| {
            reviewed((&base, &base_sources), (&head, &head_sources))
        })
    })
}

/// Both sides at once.
fn together(base: &Files, head: &Files, alike: bool, advice: Advice) -> Both {
    let (mut base_sources, mut head_sources) = (SourceMap::new(base.clone()), SourceMap::new(head.clone()));
    if alike {
        base_sources.number_alike(&mut head_sources);
    }
    let given = |sources| Given { sources, found: Vec::new(), advice };
    let (was, is) = (given(&base_sources), given(&head_sources));
    analyse_sides(was, is, day(TODAY), &Floors::new(), &Unmetered, |was, is| {
        reviewed((was, &base_sources), (is, &head_sources))
    })
}

fn hold_together(base: &Files, head: &Files) -> Verdict {
    let apart = apart(base, head);
    for alike in [true, false] {
        same("with all advice", &together(base, head, alike, Advice::Always), &apart)?;
    }
    let together = together(base, head, true, Advice::WithErrors);
    for (one, other) in [(&together.base, &apart.base), (&together.head, &apart.head)] {
        same("files", &one.files, &other.files)?;
        if other.files.is_none() {
            same("findings beside errors", &one.findings, &other.findings)?;
        }
        let is_error = |it: &&String| it.contains(&format!(" {:?} ", Severity::Error));
        ensure(one.findings.iter().filter(is_error).eq(other.findings.iter().filter(is_error)), || {
            format!("errors: {:?} and {:?}", one.findings, other.findings)
        })?;
    }
    same("reviews", &together.review, &apart.review)
}

/// Moves files about, and brings some that were not there.
fn rearrange(files: &mut Files, tape: &mut Tape) {
    for _ in 0..tape.below(4) {
        let at = tape.below(files.len());
        let (path, text) = files[at].clone();
        match tape.below(7) {
            0 => files.push(("!first.yaml".to_owned(), "# nothing\n".to_owned())),
            1 => files.push(("~last.yaml".to_owned(), "kind: Nothing\n".to_owned())),
            // The same text under another path: everything in it is there twice.
            2 => files.push((format!("copy/{path}"), text)),
            3 if files.len() > 1 => drop(files.remove(at)),
            4 if !path.starts_with("templates/") => files[at].0 = format!("moved/{path}"),
            // Every place moves, and no value does.
            5 if !path.starts_with("templates/") => files[at].1 = format!("# a line more\n{text}"),
            // Two files change places.
            _ if files.len() > 1 => {
                let other = tape.below(files.len());
                let text = files[other].1.clone();
                files[other].1 = std::mem::replace(&mut files[at].1, text);
            }
            _ => {}
        }
    }
    let mut seen = BTreeSet::new();
    files.retain(|(path, _)| seen.insert(path.clone()));
}

/// The sample with any damage, before and after any work on it.
pub fn broken_sides() -> Result<(), Failed> {
    let sample = sample();
    let damage = || prop_oneof![Just(Vec::new()), mutations()];
    let moves = prop::collection::vec(any::<u16>(), 0..16);
    hold((damage(), damage(), moves), 160, |(before, after, moves): (Vec<Mutation>, Vec<Mutation>, Vec<u16>)| {
        let mut base = sample.clone();
        before.iter().for_each(|mutation| mutate(&mut base, mutation));
        let mut head = base.clone();
        rearrange(&mut head, &mut Tape::new(&moves));
        after.iter().for_each(|mutation| mutate(&mut head, mutation));
        hold_together(&base, &head)
    })
}

/// Any inventory, written down in two ways, before and after any work on it.
pub fn sound_sides() -> Result<(), Failed> {
    let numbers = || prop::collection::vec(any::<u16>(), 0..24);
    let seeds = prop_oneof![Just(true), Just(false)];
    let cases = (inventories(), any::<u64>(), seeds, numbers(), numbers());
    hold(cases, 24, |(inventory, seed, same_style, edits, moves)| {
        let mut changed = inventory.clone();
        if !edits.is_empty() {
            edit(&mut changed, &mut Tape::new(&edits));
        }
        let base = arrange(&inventory, seed);
        let mut head = arrange(&changed, if same_style { seed } else { seed.wrapping_add(1) });
        rearrange(&mut head, &mut Tape::new(&moves));
        hold_together(&base, &head)
    })
}
