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
use crate::plan::{Plan, shard_key, shard_of_key};

/// Most objects of a folder that an engine syncs.
pub const OBJECTS: usize = 1_000;

/// Most bytes of a folder that an engine syncs.
pub const BYTES: usize = 5_000_000;

/// Most entries of a folder.
pub const ENTRIES: usize = 1_000;

/// Most namespaces of a cluster.
pub const NAMESPACES: usize = 10_000;

/// From this part of a limit on, there is a warning: in percent. With `auto` too, for it asks before it grows.
const WARNING: usize = 80;

/// `auto` goes no further than this many times the number that would do if names were spread evenly. Beyond, it would be
/// many folders for a few namespaces that happen to meet.
const SPARE: usize = 4;

/// The number of folders for a cluster: what the platform says or, for `auto`, the smallest power of two that keeps each
/// folder within the limits, and never fewer than `floor`, the number that the cluster has.
pub fn shards(plan: &Plan<'_>, loads: &[Load], floor: u16) -> u16 {
    match plan.inventory.platform(plan.platform).gitops.shards {
        Shards::Number(number, _) => number,
        Shards::Auto(_) => fitting(&keyed(plan, loads), 100).max(floor.min(MAX_SHARDS)),
    }
}

/// The smallest power of two that keeps each folder within this part of the limits, in percent; if that would be far too
/// many, the smallest that keeps each within twice as much.
fn fitting(loads: &[Keyed], percent: usize) -> u16 {
    let mut all = Folder::default();
    loads.iter().for_each(|(_, load)| all.add(*load));
    let parts = [(all.load.objects, OBJECTS), (all.load.bytes, BYTES), (all.entries, ENTRIES)];
    let even = parts.map(|(what, limit)| what.div_ceil(limit)).into_iter().max().unwrap_or(1).next_power_of_two();
    let most = u16::try_from(even * SPARE).unwrap_or(MAX_SHARDS).min(MAX_SHARDS);
    let powers = || std::iter::successors(Some(1_u16), |power| power.checked_mul(2)).take_while(|it| *it <= most);
    let within = |percent: usize| powers().find(|&number| folders(loads, number).iter().all(|it| !it.exceeds(percent)));
    within(percent).or_else(|| within(2 * percent)).unwrap_or(most)
}

/// What a folder holds.
#[derive(Debug, Clone, Copy, Default)]
struct Folder {
    load: Load,
    /// Its namespaces.
    entries: usize,
}

impl Folder {
    fn add(&mut self, load: Load) {
        self.load.objects += load.objects;
        self.load.bytes += load.bytes;
        self.entries += 1;
    }

    /// How full it is by what it has most of, in millionths.
    fn fullness(&self) -> usize {
        let parts = [(self.load.objects, OBJECTS), (self.load.bytes, BYTES), (self.entries, ENTRIES)];
        parts.map(|(what, limit)| what.saturating_mul(1_000_000) / limit).into_iter().max().unwrap_or(0)
    }

    /// Whether it is over this part of the limits. A namespace that is by itself alone is not the folder's fault, and the
    /// file that keeps the folder is an entry too.
    fn exceeds(&self, percent: usize) -> bool {
        let over = |what: usize, limit: usize| what * 100 > limit * percent;
        let load = over(self.load.objects, OBJECTS) || over(self.load.bytes, BYTES);
        self.entries > 1 && (load || over(self.entries + 1, ENTRIES))
    }
}

/// What places a namespace in a folder, and what it brings. Names are hashed once for all the numbers that are tried.
type Keyed = (u64, Load);

fn keyed(plan: &Plan<'_>, loads: &[Load]) -> Vec<Keyed> {
    let keys = plan.provisions.iter().map(|provision| shard_key(provision.namespace.name.as_str()));
    keys.zip(loads.iter().copied()).collect()
}

/// What each of so many folders would hold.
fn folders(loads: &[Keyed], number: u16) -> Vec<Folder> {
    let mut folders = vec![Folder::default(); usize::from(number.max(1))];
    for (key, load) in loads {
        folders[usize::from(shard_of_key(*key, number))].add(*load);
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
    for (provision, load) in plan.provisions.iter().zip(loads) {
        if load.objects > OBJECTS || load.bytes > BYTES {
            let namespace = provision.namespace;
            let name = &namespace.name;
            sink.push(catalog::large_namespace(namespace.span, cluster, name, load.objects, load.bytes));
        }
    }
    let span = platform.gitops.shards.span().unwrap_or(platform.span);
    let keyed = keyed(plan, loads);
    let folders = folders(&keyed, plan.shards);
    let full: Vec<&Folder> = folders.iter().filter(|folder| folder.exceeds(WARNING)).collect();
    let Some(largest) = full.iter().max_by_key(|it| it.fullness()) else { return };
    let better = fitting(&keyed, WARNING);
    let found = catalog::Full {
        folders: full.len(),
        objects: largest.load.objects,
        bytes: largest.load.bytes,
        entries: largest.entries + 1,
    };
    sink.push(catalog::full_folder(span, cluster, plan.shards, found, (better > plan.shards).then_some(better)));
}
