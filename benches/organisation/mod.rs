//! Makes inventories of organisations that do not exist, of any size.
//!
//! The same shape gives the same files, everywhere: the numbers come from the seed alone. What is promised of an
//! organisation:
//!
//! - two clusters, each tenant on one of them, and one file per tenant;
//! - sizes by Zipf's law: a tenant with k contributors is k^-1.6 times as likely as one with a single one, up to 170;
//! - 8 contributors on average, a third of them through groups, and groups of 16 and more made of smaller ones;
//! - nothing to complain about, apart from what `check` says once per cluster.
//!
//! Sizes are dealt out instead of drawn, so that even a hundred tenants have the promised mean.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The clusters of every organisation.
pub const CLUSTERS: [&str; 2] = ["east", "west"];

/// Most contributors of a tenant.
pub const LARGEST: usize = 170;

/// How much rarer larger tenants are.
const EXPONENT: f64 = 1.6;

/// Sizes of groups. Those from the third on are made of two of the size before.
const GROUPS: [usize; 5] = [4, 8, 16, 32, 64];

/// People per block: the largest group. Only the people of every fourth block are in groups.
const BLOCK: usize = 64;

/// Entries of a file of people or groups, and tenants of a folder.
const PER_FILE: usize = 1_000;

/// What tenants are about.
const TOPICS: [&str; 12] = [
    "audio", "churn", "fraud", "graph", "maps", "pricing", "ranking", "search", "speech", "supply", "vision", "weather",
];

/// What an organisation is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Number of tenants.
    pub tenants: usize,
    /// Where the numbers come from.
    pub seed: u64,
}

/// A file of an inventory: its path with `/` between parts, and its text.
pub type File = (String, String);

/// The files of an organisation's inventory, in no particular order.
pub fn files(shape: Shape) -> Vec<File> {
    let people = people(shape);
    let mut random = Random(shape.seed);
    let mut files: Vec<File> = CLUSTERS.iter().map(|cluster| platform(cluster)).collect();
    files.extend(users(people));
    files.extend(groups(people));
    let sizes = sizes(shape.tenants, &mut random);
    let mut owed = 0;
    for (at, size) in sizes.into_iter().enumerate() {
        // A third of everybody, paid in groups: what is too little for a group is left for the next tenant.
        owed += size;
        let through_groups = largest_groups((owed / 3).min(size));
        owed -= 3 * through_groups;
        files.push(tenant(at, size, through_groups, people, &mut random));
    }
    files
}

/// The path of a tenant's file.
pub fn tenant_path(at: usize) -> String {
    format!("tenants/{:03}/{}.yaml", at / PER_FILE, tenant_name(at))
}

/// The same tenant with one more contributor: the smallest change that there is, as a pull request would bring it.
pub fn with_newcomer(text: &str) -> String {
    text.replacen("  contributors:\n", "  contributors:\n    - {user: newcomer, role: view}\n", 1)
}

/// Number of people, in whole blocks.
fn people(shape: Shape) -> usize {
    shape.tenants.max(8 * BLOCK).next_multiple_of(4 * BLOCK)
}

fn platform(cluster: &str) -> File {
    let text = format!(
        "apiVersion: tenantry.dev/v1alpha1\nkind: Platform\nmetadata: {{name: {cluster}}}\nspec:\n  \
         distribution: kubeflow\n  version: \"1.10\"\n  admins: [root]\n  owner: root\n  quotaClasses:\n    \
         small: {{requests.cpu: 8, requests.memory: 32Gi}}\n    large: {{requests.cpu: 64, requests.memory: 256Gi}}\n  \
         gitops: {{repoURL: \"https://git.example.org/platform/tenants.git\", shards: auto}}\n"
    );
    (format!("platforms/{cluster}.yaml"), text)
}

const DIRECTORY: &str = "apiVersion: tenantry.dev/v1alpha1\nkind: Directory\nmetadata: {name: ";

/// Writing to a string cannot fail.
macro_rules! push {
    ($text:expr, $($words:tt)*) => {{
        let _ = write!($text, $($words)*);
    }};
}

fn users(people: usize) -> Vec<File> {
    let root = "    - {name: root, email: root@example.org}\n    - {name: newcomer, email: newcomer@example.org}\n";
    let mut files =
        vec![("people/platform.yaml".to_owned(), format!("{DIRECTORY}platform}}\nspec:\n  users:\n{root}"))];
    for first in (0..people).step_by(PER_FILE) {
        let number = first / PER_FILE;
        let mut text = format!("{DIRECTORY}people-{number}}}\nspec:\n  users:\n");
        for user in first..people.min(first + PER_FILE) {
            push!(text, "    - {{name: u{user}, email: person.{user}@example.org, displayName: Person {user}}}\n");
        }
        files.push((format!("people/{number:03}.yaml"), text));
    }
    files
}

fn groups(people: usize) -> Vec<File> {
    let mut entries = Vec::new();
    for block in (0..people / BLOCK).step_by(4) {
        for size in GROUPS {
            for part in 0..BLOCK / size {
                let first = block * BLOCK + part * size;
                let name = group_name(size, first);
                if size < 16 {
                    let members: Vec<String> = (first..first + size).map(|user| format!("u{user}")).collect();
                    entries.push(format!("    - {{name: {name}, members: [{}]}}\n", members.join(", ")));
                } else {
                    let halves = [first, first + size / 2].map(|first| group_name(size / 2, first));
                    entries.push(format!("    - {{name: {name}, groups: [{}]}}\n", halves.join(", ")));
                }
            }
        }
    }
    let file = |(number, entries): (usize, &[String])| {
        let text = format!("{DIRECTORY}groups-{number}}}\nspec:\n  groups:\n{}", entries.concat());
        (format!("groups/{number:03}.yaml"), text)
    };
    entries.chunks(PER_FILE).enumerate().map(file).collect()
}

/// A group by its size and its first member.
fn group_name(size: usize, first: usize) -> String {
    format!("team{size}-u{first}")
}

/// As many people as whole groups can give, and no more than that.
fn largest_groups(people: usize) -> usize {
    people - people % GROUPS[0]
}

fn tenant_name(at: usize) -> String {
    format!("{}-{at:06}", TOPICS[at % TOPICS.len()])
}

fn tenant(at: usize, size: usize, through_groups: usize, people: usize, random: &mut Random) -> File {
    let mut known = BTreeSet::new();
    let mut lines = String::new();
    let mut left = through_groups;
    for group in GROUPS.into_iter().rev() {
        while left >= group {
            left -= group;
            let first = free_group(group, people, &known, random);
            known.extend(first..first + group);
            push!(
                lines,
                "    - {{group: {}, role: {}}}\n",
                group_name(group, first),
                ["edit", "view"][random.below(2)]
            );
        }
    }
    while known.len() < size {
        let user = random.below(people);
        if known.insert(user) {
            let role = match random.below(10) {
                0 => ", role: admin",
                1 | 2 => ", role: view",
                3 => ", role: edit, until: 2099-12-31",
                _ => "",
            };
            push!(lines, "    - {{user: u{user}{role}}}\n");
        }
    }
    let mut owner = random.below(people);
    while known.contains(&owner) {
        owner = random.below(people);
    }
    let name = tenant_name(at);
    let mut text = format!("apiVersion: tenantry.dev/v1alpha1\nkind: Tenant\nmetadata: {{name: {name}}}\nspec:\n");
    push!(text, "  displayName: Team {name}\n  clusters: [{}]\n  owner: u{owner}\n", CLUSTERS[random.below(2)]);
    match random.below(10) {
        0 => text.push_str("  quotaClass: large\n  addOns: [limit-range]\n"),
        1..4 => text.push_str("  quotaClass: small\n  addOns: [limit-range]\n"),
        _ => {}
    }
    push!(text, "  contributors:\n{lines}");
    (tenant_path(at), text)
}

/// The first member of a group that has nobody in it who is known already.
fn free_group(size: usize, people: usize, known: &BTreeSet<usize>, random: &mut Random) -> usize {
    loop {
        let block = 4 * random.below(people / BLOCK / 4);
        let first = block * BLOCK + size * random.below(BLOCK / size);
        if known.range(first..first + size).next().is_none() {
            return first;
        }
    }
}

/// Numbers of contributors, by Zipf's law, in an order that says nothing.
fn sizes(tenants: usize, random: &mut Random) -> Vec<usize> {
    let weights: Vec<f64> = (1..=LARGEST).map(|size| (size as f64).powf(-EXPONENT)).collect();
    let all: f64 = weights.iter().sum();
    let mut sizes = Vec::with_capacity(tenants);
    let (mut size, mut so_far) = (1, weights[0] / all);
    for at in 0..tenants {
        let share = (at as f64 + 0.5) / tenants as f64;
        while so_far < share && size < LARGEST {
            so_far += weights[size] / all;
            size += 1;
        }
        sizes.push(size);
    }
    for at in (1..tenants).rev() {
        sizes.swap(at, random.below(at + 1));
    }
    sizes
}

/// SplitMix64 (Steele, Lea and Flood, 2014): a few lines, and the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which is not 0. That some are likelier by 2^-40 does not matter here.
    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}
