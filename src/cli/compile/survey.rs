//! What a compile would do to the output folder, and whether a guard refuses it.
//!
//! Files are judged one by one, in parallel: of each only the verdict is kept, and of what stood there before only what
//! the guards need. A large tree is never in memory as a whole.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use tenantry::diag::catalog::guard::Resharding;
use tenantry::diag::catalog::{counted, folder, resolve as resolve_catalog};
use tenantry::diag::{Code, Diagnostic};
use tenantry::driver::Program;
use tenantry::facts;
use tenantry::guard::{self, Before, BeforeNamespace, Moved};
use tenantry::inventory::State;
use tenantry::meter::Phase;
use tenantry::plan::Plan;
use tenantry::render::freshness::{Leftover, judge_leftover};
use tenantry::render::header::{Digest32, Header, Subject};
use tenantry::render::part::Share;
use tenantry::render::{self, File, layout};

use super::status::{Status, edited, soundness, status, stray};
use super::{Job, name};
use crate::cli::output::{Kind, Listing, Seen, Tree};

/// A file that is to be, by its place in the program.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    plan: usize,
    what: What,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Namespace(usize),
    Platform(usize, layout::Layout),
}

impl Wanted {
    /// The file's path.
    fn path(self, program: &Program<'_>) -> String {
        let plan = &program.plans[self.plan];
        match self.what {
            What::Namespace(at) => {
                layout::namespace_path(name(plan), plan.provisions[at].namespace.name.as_str(), plan.shards)
            }
            What::Platform(at, layout) => program.platform_files_in(self.plan, layout)[at].path.clone(),
        }
    }

    /// Whether it belongs to a share.
    fn is_of(self, share: Share, path: &str, program: &Program<'_>) -> bool {
        match self.what {
            What::Namespace(at) => share.has_namespace(program.plans[self.plan].provisions[at].namespace.name.as_str()),
            What::Platform(..) => share.has_file(path),
        }
    }

    /// The digest of its documents.
    fn body(self, program: &Program<'_>) -> Option<Digest32> {
        Header::parse(&self.render(program).text).map(|(header, _)| header.body)
    }

    /// What a file is that was found in its place.
    fn status(self, found: &str, program: &Program<'_>) -> Status {
        let plan = &program.plans[self.plan];
        status(found, &self.render(program).text, |documents| match self.what {
            What::Namespace(at) => render::is_of_some_day(plan, &plan.provisions[at], &program.templates, documents),
            What::Platform(..) => false,
        })
    }

    /// The file's path and text.
    pub fn render(self, program: &Program<'_>) -> File {
        let plan = &program.plans[self.plan];
        match self.what {
            What::Namespace(at) => render::namespace_file(plan, &plan.provisions[at], &program.templates),
            What::Platform(at, layout) => program.platform_files_in(self.plan, layout)[at].clone(),
        }
    }
}

/// Everything that a compile would do.
#[derive(Default)]
pub struct Work {
    /// Wanted files that are not as wanted, with their paths.
    pub changes: Vec<(String, Wanted, Status)>,
    /// Files of ours that nothing asks for.
    pub removals: Vec<String>,
    /// Number of wanted files that are as wanted.
    pub unchanged: usize,
    /// What was found in the folder and by the guards.
    pub findings: Vec<Diagnostic>,
    /// Leftovers of a killed run.
    pub temporary: Vec<String>,
    /// Clusters with a file of ours, or with something that hides whether there is one.
    pub compiled_before: BTreeSet<String>,
    /// Tenants of the files that were there, if anybody asked for one to go.
    pub tenants: BTreeSet<String>,
    /// Clusters and namespaces that were active and are not any more.
    pub stopped: Vec<(String, String)>,
    /// Plans whose number of shards changes, by their place in the program.
    pub resharded: Vec<(usize, Resharding)>,
}

impl Work {
    /// What was done, in a line.
    pub fn summary(&self) -> String {
        let new = self.changes.iter().filter(|(_, _, status)| *status == Status::Missing).count();
        let changed = self.changes.len() - new;
        let files = counted(self.changes.len() + self.unchanged, "file", "files");
        format!("{files}: {new} new, {changed} changed, {} unchanged; {} removed", self.unchanged, self.removals.len())
    }
}

/// Looks at the output folder, and works out what is to be done. Changes nothing.
pub fn survey(job: &Job<'_>, output: &dyn Tree) -> Result<Work> {
    job.meter.begin(Phase::Comparing, 0);
    let mut work = Work::default();
    let mut names = job.clusters.clone();
    if job.all {
        names.extend(undeclared(&job.clusters, output)?);
    }
    for cluster in &names {
        let mut listing = output.list(cluster)?;
        work.temporary.append(&mut listing.temporary);
        if !listing.problems.is_empty() {
            work.findings.append(&mut listing.problems);
            work.compiled_before.insert(cluster.clone());
            continue;
        }
        let at = job.program.plans.iter().position(|plan| name(plan) == cluster);
        let before = survey_cluster(job, cluster, at, listing, output, &mut work);
        let said = before.namespaces.values().filter(|_| !job.allowed.removal.is_empty());
        work.tenants.extend(said.map(|was| was.tenant.clone()));
        let plan = at.map(|at| &job.program.plans[at]);
        work.findings.extend(guard::judge(job.program.inventory, cluster, plan, &before, &job.allowed));
        let resharding = plan.and_then(|plan| guard::resharding(plan, &before));
        work.resharded.extend(at.zip(resharding));
        let stopped = plan.map(|plan| guard::stopped(plan, &before)).unwrap_or_default();
        work.stopped.extend(stopped.into_iter().map(|namespace| (cluster.clone(), namespace.to_owned())));
    }
    check_empty(job, &mut work);
    Ok(work)
}

/// Clusters that the output folder has and the inventory has not. Where letter case does not count, a folder may be
/// called otherwise than its cluster.
fn undeclared(declared: &BTreeSet<String>, output: &dyn Tree) -> Result<Vec<String>> {
    let mut found = output.clusters()?;
    found.retain(|name| {
        let lower = name.to_ascii_lowercase();
        !(declared.contains(name) || declared.contains(&lower) && output.is_same(name, &lower))
    });
    Ok(found)
}

/// What a look at one path brought up.
#[derive(Default)]
struct Judged {
    change: Option<(Wanted, Status)>,
    removal: bool,
    ours: bool,
    finding: Option<Diagnostic>,
    before: Option<(String, BeforeNamespace)>,
    shards: Option<u16>,
    /// Digest of the documents of a file that is left over.
    body: Option<Digest32>,
}

impl Judged {
    /// Whether the path belongs to a share. A namespace goes with its shard, wherever its file was found.
    fn is_of(&self, share: Share, path: &str, program: &Program<'_>) -> bool {
        match (&self.change, &self.before) {
            (Some((wanted, _)), _) => wanted.is_of(share, path, program),
            (None, Some((namespace, _))) => share.has_namespace(namespace),
            (None, None) => share.has_file(path),
        }
    }
}

/// Compares a cluster's files with what is wanted. Gives back what they said before.
fn survey_cluster(
    job: &Job<'_>,
    cluster: &str,
    at: Option<usize>,
    mut listing: Listing,
    output: &dyn Tree,
    work: &mut Work,
) -> Before {
    let program = job.program;
    let share = job.share(at);
    let wanted = at.map(|at| wanted(program, at, job.layout)).unwrap_or_default();
    job.meter.begin(Phase::Comparing, wanted.len());
    let judge = |wanted| {
        let judged = judge_wanted(program, wanted, share, output);
        job.meter.step();
        judged
    };
    let mut judged: Vec<(String, Judged)> = wanted.into_par_iter().map(judge).collect();
    let taken: BTreeSet<&str> = judged.iter().map(|(path, _)| path.as_str()).collect();
    listing.paths.retain(|path| !taken.contains(path.as_str()));
    listing.paths.retain(|path| {
        let lower = path.to_ascii_lowercase();
        !(taken.contains(lower.as_str()) && output.is_same(path, &lower))
    });
    let shards = at.map_or(1, |at| program.plans[at].shards);
    judged.par_extend(listing.paths.into_par_iter().map(|path| judge_unwanted(path, shards, output)));
    // A folder that only looks like a cluster's is somebody else's, with all that is in it.
    if at.is_none() && !judged.iter().any(|(_, judged)| judged.ours) {
        judged.iter_mut().for_each(|(_, judged)| {
            judged.finding = judged.finding.take().filter(|finding| finding.code != Code::StrayFile);
        });
    }
    let mut before = Before::default();
    compare_moved(program, &mut judged);
    for (path, judged) in judged {
        if judged.ours {
            work.compiled_before.insert(cluster.to_owned());
        }
        let is_own = judged.is_of(share, &path, program);
        before.shards.extend(judged.shards);
        if let Some((namespace, was)) = judged.before {
            before.add(namespace, was);
        }
        work.findings.extend(judged.finding);
        match judged.change.filter(|_| is_own) {
            Some((_, Status::Fresh)) => work.unchanged += 1,
            Some((wanted, status)) => work.changes.push((path, wanted, status)),
            None if judged.removal && is_own => work.removals.push(path),
            None => {}
        }
    }
    before
}

/// Finds out whether what is left over in another folder is what is wanted here.
fn compare_moved(program: &Program<'_>, judged: &mut [(String, Judged)]) {
    let moved = |judged: &Judged| judged.before.as_ref().is_some_and(|(_, was)| was.moved.is_some());
    if !judged.iter().any(|(_, judged)| moved(judged)) {
        return;
    }
    let namespaces = judged.iter().filter_map(|(path, judged)| {
        let (wanted, _) = judged.change?;
        Some((layout::namespace_of(path)?.namespace.to_owned(), wanted))
    });
    let namespaces: BTreeMap<String, Wanted> = namespaces.collect();
    judged.par_iter_mut().for_each(|(_, judged)| {
        let Judged { before: Some((namespace, was)), body, .. } = judged else { return };
        if let Some(moved) = &mut was.moved {
            moved.changes = namespaces.get(namespace).and_then(|wanted| wanted.body(program)) != *body;
        }
    });
}

fn wanted(program: &Program<'_>, at: usize, layout: layout::Layout) -> Vec<Wanted> {
    let plan = &program.plans[at];
    let namespaces = (0..plan.provisions.len()).map(|index| Wanted { plan: at, what: What::Namespace(index) });
    let objects = program.platform_files_in(at, layout).len();
    namespaces.chain((0..objects).map(|index| Wanted { plan: at, what: What::Platform(index, layout) })).collect()
}

/// Judges the place of a wanted file. One of another part is not rendered: whether it is stale is for that part to say.
fn judge_wanted(program: &Program<'_>, wanted: Wanted, share: Share, output: &dyn Tree) -> (String, Judged) {
    let path = wanted.path(program);
    let shown = output.shown(&path);
    let mut judged = Judged::default();
    let status = match output.look(&path) {
        Ok(Seen::Nothing) => Status::Missing,
        Ok(Seen::Ours(there)) => {
            let is_own = wanted.is_of(share, &path, program);
            let status = if is_own { wanted.status(&there, program) } else { soundness(&there) };
            judged.ours = status != Status::Foreign;
            judged.shards = said_shards(&path, &there);
            judged.before = remember(&path, &there, status == Status::Fresh, output);
            judged.finding = (status == Status::Edited).then(|| edited(&shown, &there));
            status
        }
        Ok(Seen::Foreign) => Status::Foreign,
        Ok(Seen::NoFile(what)) => {
            judged.finding = Some(folder::not_a_file(&shown, what));
            Status::Foreign
        }
        Err(problem) => {
            judged.finding = Some(*problem);
            Status::Foreign
        }
    };
    if judged.finding.is_none() && status == Status::Foreign {
        judged.finding = Some(folder::foreign(&shown));
    }
    judged.change = Some((wanted, status));
    (path, judged)
}

/// Judges something that the engines would sync and that nothing asks for.
fn judge_unwanted(path: String, shards: u16, output: &dyn Tree) -> (String, Judged) {
    let mut judged = Judged::default();
    match output.look(&path) {
        Ok(Seen::Ours(text)) => {
            match judge_leftover(&text) {
                Leftover::Foreign => {
                    judged.finding = stray(&path, output);
                    return (path, judged);
                }
                Leftover::Ours(_) => judged.removal = true,
                Leftover::Edited(_) => judged.finding = Some(folder::edited_leftover(&output.shown(&path))),
            }
            judged.ours = true;
            judged.shards = said_shards(&path, &text);
            judged.body = Header::parse(&text).map(|(_, body)| Sha256::digest(body.as_bytes()).into());
            judged.before = remember(&path, &text, false, output);
            if let (Some((namespace, was)), Some((cluster, _))) = (&mut judged.before, path.split_once('/')) {
                let from = layout::folder_of(&path);
                let to = layout::namespace_path(cluster, namespace, shards);
                let to = layout::folder_of(&to);
                was.moved = (from != to).then(|| Moved { from: from.to_owned(), to: to.to_owned(), changes: true });
            }
        }
        // It could be ours, and then a guard would have to see it.
        Err(problem) => judged.finding = Some(*problem),
        Ok(Seen::Foreign) => judged.finding = stray(&path, output),
        // Of links where engines sync, the hooks speak with what lies there.
        Ok(Seen::NoFile(_)) if !layout::is_synced(&path) && output.kind(&path) == Some(Kind::Link) => {
            judged.finding = stray(&path, output);
        }
        Ok(Seen::Nothing | Seen::NoFile(_)) => {}
    }
    (path, judged)
}

/// What a tenant's file said, for the guards.
fn remember(path: &str, text: &str, unchanged: bool, output: &dyn Tree) -> Option<(String, BeforeNamespace)> {
    let (header, body) = Header::parse(text)?;
    // Where it is does not matter, nor what it is called: engines sync it.
    let namespace = match layout::namespace_of(path) {
        Some(at) => at.namespace.to_owned(),
        None => facts::namespace_of_text(body)?,
    };
    // A state that nothing vouches for was written by hand, and no guard may be passed with it.
    let vouches = header.vouches();
    let Subject::Tenant { name, state } = header.subject else { return None };
    let state = if vouches { state } else { State::Active.name().to_owned() };
    let (facts, owner) = if unchanged {
        (None, None)
    } else {
        let said = facts::of_text(body);
        (Some(said.facts), said.owner)
    };
    Some((namespace, BeforeNamespace { path: output.shown(path), tenant: name, state, facts, moved: None, owner }))
}

/// The number of shards that a file says which keeps a folder of tenants.
fn said_shards(path: &str, text: &str) -> Option<u16> {
    layout::shard_file_of(path)?;
    let (header, body) = Header::parse(text)?;
    header.fits_lines(body).then(|| render::shards_of_body(body)).flatten()
}

/// A compile that gives nothing for any cluster is a mistake, unless there are files of ours: then the guards saw what
/// it takes away, or the last namespaces were taken away before.
fn check_empty(job: &Job<'_>, work: &mut Work) {
    let selected: Vec<&Plan<'_>> = job.program.plans.iter().filter(|plan| job.clusters.contains(name(plan))).collect();
    let nothing = selected.iter().all(|plan| plan.provisions.is_empty());
    if nothing && work.compiled_before.is_empty() {
        let names: Vec<_> = selected.iter().map(|plan| &job.program.inventory.platform(plan.platform).name).collect();
        work.findings.push(resolve_catalog::no_namespaces(&names));
    }
}
