//! How much a cluster's output asks of those who carry it: of engines, of git, and of Kubernetes.
//!
//! An engine keeps one status for all that it syncs from a folder, and that status has to fit into one object of etcd.
//! The limits here are those that the reports of users and the documentation name: about 1,000 objects and 5 MB per
//! Argo CD Application or Flux Kustomization (argoproj/argo-cd#14486, deployKF/deployKF#224), 1,000 entries of a folder
//! (git-sizer), and 10,000 namespaces of a cluster (the thresholds of Kubernetes' SIG Scalability).

use crate::diag::Sink;
use crate::diag::catalog::capacity as catalog;
use crate::inventory::Shards;
use crate::lower::load::Load;
use crate::parse::gitops::MAX_SHARDS;
use crate::plan::{Plan, shard_of};

/// Most objects of a folder that an engine syncs.
pub const OBJECTS: usize = 1_000;

/// Most bytes of a folder that an engine syncs.
pub const BYTES: usize = 5_000_000;

/// Most entries of a folder.
pub const ENTRIES: usize = 1_000;

/// Most namespaces of a cluster.
pub const NAMESPACES: usize = 10_000;

/// From this part of a limit on, there is a warning: in percent.
const WARNING: usize = 80;

fn fits(load: Load) -> bool {
    load.objects <= OBJECTS && load.bytes <= BYTES
}

/// The number of folders for a cluster: what the platform says or, for `auto`, the smallest power of two that keeps each
/// folder within the limits. A namespace that is too large by itself is left out of account: no number helps it.
pub fn shards(plan: &Plan<'_>, loads: &[Load]) -> u16 {
    match plan.inventory.platform(plan.platform).gitops.shards {
        Shards::Number(number, _) => number,
        Shards::Auto(_) => fitting(plan, loads, 100),
    }
}

/// The smallest power of two that keeps each folder within this part of the limits, in percent.
fn fitting(plan: &Plan<'_>, loads: &[Load], percent: usize) -> u16 {
    let powers = std::iter::successors(Some(1_u16), |power| power.checked_mul(2));
    let mut powers = powers.take_while(|power| *power <= MAX_SHARDS);
    powers.find(|&number| folders(plan, loads, number).iter().all(|it| !it.exceeds(percent))).unwrap_or(MAX_SHARDS)
}

/// What a folder holds.
#[derive(Debug, Clone, Copy, Default)]
struct Folder {
    load: Load,
    /// Namespaces, and one file that keeps the folder.
    entries: usize,
}

impl Folder {
    fn exceeds(&self, percent: usize) -> bool {
        let over = |what: usize, limit: usize| what * 100 > limit * percent;
        over(self.load.objects, OBJECTS) || over(self.load.bytes, BYTES) || over(self.entries, ENTRIES)
    }
}

/// What each of so many folders would hold.
fn folders(plan: &Plan<'_>, loads: &[Load], number: u16) -> Vec<Folder> {
    let mut folders = vec![Folder { entries: 1, ..Folder::default() }; usize::from(number.max(1))];
    for (provision, load) in plan.provisions.iter().zip(loads).filter(|(_, load)| fits(**load)) {
        let folder = &mut folders[usize::from(shard_of(provision.namespace.name.as_str(), number))];
        folder.load.objects += load.objects;
        folder.load.bytes += load.bytes;
        folder.entries += 1;
    }
    folders
}

/// Warns about a cluster that comes near what others can carry.
pub fn warn(plan: &Plan<'_>, loads: &[Load], sink: &mut Sink) {
    let platform = plan.inventory.platform(plan.platform);
    let cluster = platform.name.as_str();
    let namespaces = plan.provisions.len();
    if namespaces * 100 >= NAMESPACES * WARNING {
        sink.push(catalog::many_namespaces(platform.span, cluster, namespaces, NAMESPACES));
    }
    for (provision, load) in plan.provisions.iter().zip(loads).filter(|(_, load)| !fits(**load)) {
        let namespace = provision.namespace;
        sink.push(catalog::large_namespace(namespace.span, cluster, &namespace.name, load.objects, OBJECTS));
    }
    // `auto` keeps the limits by itself, as long as there is a number that does.
    let (span, percent) = match platform.gitops.shards {
        Shards::Auto(span) => (span, 100),
        Shards::Number(_, span) => (span.unwrap_or(platform.span), WARNING),
    };
    let shards = plan.shards;
    let folders = folders(plan, loads, shards);
    let full = folders.iter().filter(|folder| folder.exceeds(percent));
    let Some(largest) = full.max_by_key(|it| it.load.objects) else {
        return;
    };
    let better = fitting(plan, loads, WARNING);
    let found = catalog::Full { objects: largest.load.objects, bytes: largest.load.bytes, entries: largest.entries };
    sink.push(catalog::full_folder(span, cluster, shards, found, (better > shards).then_some(better)));
}
