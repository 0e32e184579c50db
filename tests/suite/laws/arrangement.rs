//! How an inventory is written down does not matter.

use libtest_mimic::Failed;
use proptest::prelude::*;

use super::compile::{compile, compile_files, compile_on};
use super::data::{Contributor, Data, Inventory, Subject};
use super::generate::{TODAY, inventories};
use super::print::arrange;
use super::tape::Tape;
use super::{Verdict, hold, same, same_files, same_findings};

/// Documents in any order, in any files: the same bytes and the same findings.
pub fn any_arrangement() -> Result<(), Failed> {
    hold((inventories(), any::<u64>()), 64, |(inventory, seed)| {
        let plain = compile(&inventory)?;
        let arranged = compile_on(&inventory, seed, TODAY)?;
        same_files(&plain, &arranged)?;
        same_findings(&plain, &arranged)
    })
}

/// The same, for inventories with errors.
pub fn any_arrangement_of_errors() -> Result<(), Failed> {
    let mistakes = proptest::collection::vec(any::<u16>(), 1..12);
    hold((inventories(), mistakes, any::<u64>()), 48, |(mut inventory, mistakes, seed)| {
        spoil(&mut inventory, &mut Tape::new(&mistakes));
        let plain = compile_files(arrange(&inventory, 0), TODAY);
        let arranged = compile_files(arrange(&inventory, seed), TODAY);
        same("soundness", &(plain.sound, arranged.sound), &(false, false))?;
        same_findings(&plain, &arranged)
    })
}

/// The text that makes Argo CD skip a file.
const SKIP_MARKER: &str = "+argocd:skip-file-rendering";

/// Puts some mistakes into an inventory, at least one.
fn spoil(inventory: &mut Inventory, tape: &mut Tape) {
    for _ in 0..=tape.below(3) {
        let at = tape.below(inventory.tenants.len());
        let tenant = &mut inventory.tenants[at];
        match tape.below(12) {
            0 => tenant.contributors.push(contributor(Subject::User("nobody-knows".to_owned()))),
            1 => tenant.contributors.push(contributor(Subject::Group("no.such+group".to_owned()))),
            2 => tenant.quota_class = Some("tiny".to_owned()),
            3 => tenant.add_ons = Some(vec!["limit-rnage".to_owned()]),
            4 => tenant.clusters.push("prod-us".to_owned()),
            5 => tenant.owner = Some("nobody-knows".to_owned()),
            6 => tenant.labels.push(("a b".to_owned(), "x".to_owned())),
            7 => tenant.quota.push(("requests.gpu".to_owned(), "-1x".to_owned())),
            8 => tenant.values.push((SKIP_MARKER.to_owned(), Data::Boolean(true))),
            9 => tenant.plugins.push(("WorkloadIdentity", vec![(SKIP_MARKER.to_owned(), Data::Boolean(true))])),
            10 => tenant.values.push(("a\u{202e}b".to_owned(), Data::Boolean(true))),
            _ => inventory.users[0].successor = Some("nobody-knows".to_owned()),
        }
    }
}

fn contributor(subject: Subject) -> Contributor {
    Contributor { subject, role: None, until: None, review_by: None, reason: None, notebook_access: None }
}

/// Any number of threads: the same bytes and the same findings, in the same order.
pub fn any_number_of_threads() -> Result<(), Failed> {
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pools = [1, 2, 5].map(pool).into_iter().collect::<Result<Vec<_>, _>>()?;
    hold((inventories(), any::<u64>()), 24, |(inventory, seed)| {
        let made = pools.iter().map(|pool| pool.install(|| compile_on(&inventory, seed, TODAY)));
        let made = made.collect::<Result<Vec<_>, _>>()?;
        for other in &made[1..] {
            same_files(&made[0], other)?;
            same_findings(&made[0], other)?;
        }
        Ok(())
    })
}

/// Comments, blank lines, quotes, blocks, order of keys and of documents: the same bytes, of the sample too.
pub fn any_style() -> Result<(), Failed> {
    let sample = super::mutation::sample();
    let plain = compile_files(sample.clone(), TODAY);
    hold(any::<u64>(), 12, |seed| same_files(&plain, &compile_files(restyle(&sample, seed), TODAY)))
}

/// The same files with other comments, blank lines and order of documents.
fn restyle(files: &[(String, String)], seed: u64) -> Vec<(String, String)> {
    let mut style = Tape::endless(seed);
    let is_yaml = |path: &str| path.ends_with(".yaml");
    let mut line = |line: &str, text: &mut String| {
        if !line.trim_start().starts_with('#') && !line.is_empty() {
            text.push_str(line);
            text.push_str(style.pick(&["\n", "\n", "   # said\n", "\n\n", "\n# said\n   # twice\n"]));
        }
    };
    let restyled = |(path, text): &(String, String)| {
        if !is_yaml(path) {
            return (path.clone(), text.clone());
        }
        let mut found = String::new();
        text.lines().for_each(|it| line(it, &mut found));
        (format!("moved/{path}"), found)
    };
    let mut restyled: Vec<(String, String)> = files.iter().map(restyled).collect();
    let mut all: Vec<String> = Vec::new();
    restyled.retain(|(path, text)| {
        let keep = !is_yaml(path) || style.rarely(2);
        if !keep {
            all.push(text.clone());
        }
        keep
    });
    style.shuffle(&mut all);
    restyled.push(("rest.yaml".to_owned(), all.join("---\n")));
    restyled
}

/// Lists that are sets may be written in any order.
pub fn any_order_in_lists() -> Result<(), Failed> {
    hold((inventories(), any::<u64>()), 40, |(inventory, seed)| {
        let mut turned = inventory.clone();
        shuffle_lists(&mut turned, &mut Tape::endless(seed));
        let verdict: Verdict = same_files(&compile(&inventory)?, &compile(&turned)?);
        verdict
    })
}

fn shuffle_lists(inventory: &mut Inventory, tape: &mut Tape) {
    for group in &mut inventory.groups {
        tape.shuffle(&mut group.members);
        tape.shuffle(&mut group.groups);
    }
    for platform in &mut inventory.platforms {
        tape.shuffle(&mut platform.admins);
        tape.shuffle(&mut platform.extra_principals);
        tape.shuffle(&mut platform.default_add_ons);
    }
    for tenant in &mut inventory.tenants {
        tape.shuffle(&mut tenant.clusters);
        tape.shuffle(&mut tenant.contributors);
        tape.shuffle(&mut tenant.namespaces);
        tenant.add_ons.iter_mut().for_each(|it| tape.shuffle(it));
        for namespace in &mut tenant.namespaces {
            tape.shuffle(&mut namespace.contributors);
            namespace.add_ons.iter_mut().for_each(|it| tape.shuffle(it));
        }
    }
}
