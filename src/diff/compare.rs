//! Two sides to a [`ChangeSet`]: namespace by namespace, in parallel, keeping only what differs.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rayon::prelude::*;

use super::accounts::Accounts;
use super::actor::Actor;
use super::guards::{self, Judge};
use super::kinds::{self, NewKinds};
use super::objects::{self, Pair};
use super::people::{self, AccessDelta};
use super::space::{Known, Made, Space};
use super::stray::{self, Strays};
use super::total::Total;
use super::{
    ChangeSet, Content, FileChange, ObjectChanges, Risk, RiskCode, Side, add_on, contributors, dormant, metadata,
    outsiders, platform, same, workload,
};
use crate::access::AccessFact;
use crate::facts;
use crate::guard::{Allowed, Before, BeforeNamespace, Moved};
use crate::lower::gitops::GroupKind;
use crate::manifest::Manifest;
use crate::meter::{Meter, Phase};
use crate::render::layout;

/// Most bytes of compiled text that a review carries. A change of a large group rewrites gigabytes, which nobody reads.
const TEXT_LIMIT: usize = 16 << 20;

/// About how many bytes an object is when it is written.
const OBJECT_SIZE: usize = 640;

/// How to compare.
pub struct Options<'o> {
    /// The day that both sides were planned for.
    pub as_of: Date,
    /// Only these clusters; all if there is none.
    pub clusters: &'o BTreeSet<String>,
    /// Tenants whose removal is meant.
    pub allowed: &'o Allowed,
    /// Who makes the change, if that is known.
    pub actors: &'o [Actor<'o>],
    /// Whether somebody wants to see the compiled files.
    pub manifests: bool,
    /// Files beside ours where engines sync, if somebody could look.
    pub strays: Option<Strays<'o>>,
    /// Files that decide how changes are reviewed and that differ, as people name them; by path.
    pub judges: &'o [String],
    /// What the reader has to know of how the sides were made.
    pub notes: Vec<String>,
    /// Whom to tell how far it is.
    pub meter: &'o dyn Meter,
}

/// Compares two sides.
pub fn compare(base: &Side<'_>, head: &Side<'_>, options: Options<'_>) -> ChangeSet {
    let wanted = |name: &str| options.clusters.is_empty() || options.clusters.contains(name);
    let mut names: BTreeSet<&str> = base.clusters().into_iter().chain(head.clusters()).collect();
    names.retain(|name| wanted(name));
    let work = Work { base, head, options: &options, same_templates: same_templates(base, head) };
    let mut total = Total::default();
    let judged = options.judges.iter().map(|path| guards::judge_changed(path));
    total.risks.extend(judged);
    let sides = (base, head);
    let strays = options.strays.map(|strays| stray::risks(strays, sides, &wanted)).unwrap_or_default();
    total.risks.extend(strays.risks);
    total.to_compile = strays.to_compile;
    for cluster in names {
        work.cluster(cluster, &mut total);
    }
    total.finish(base, head, &options)
}

fn same_templates(base: &Side<'_>, head: &Side<'_>) -> bool {
    let sides = base.declared().zip(head.declared());
    sides.is_some_and(|(base, head)| same::templates(base.templates, head.templates))
}

/// A comparison under way.
pub(super) struct Work<'w> {
    pub(super) base: &'w Side<'w>,
    pub(super) head: &'w Side<'w>,
    pub(super) options: &'w Options<'w>,
    same_templates: bool,
}

/// What was found in one namespace.
#[derive(Default)]
pub struct Found {
    pub access: AccessDelta,
    pub risks: Vec<Risk>,
    pub objects: ObjectChanges,
    pub tenants: Vec<String>,
    /// Path, and about how many bytes there are on both sides.
    pub file: Option<(String, usize)>,
    pub before: Option<BeforeNamespace>,
    pub base_place: Option<(String, u32)>,
    /// Kinds of objects that are new in it and that tenantry itself does not write.
    pub kinds: BTreeSet<GroupKind>,
    /// Tenant and name of the owner whom only a compiled base tells.
    pub former: Option<(String, String)>,
    /// Whether it differs in what it gives when it is active again.
    pub dormant: bool,
}

impl<'w> Work<'w> {
    fn cluster(&self, cluster: &'w str, total: &mut Total) {
        let (base, head) = (self.base.spaces(cluster), self.head.spaces(cluster));
        let same_settings = self.same_settings(cluster);
        let known = self.known(cluster);
        let tenants: BTreeMap<&str, &str> = head.iter().map(|(name, space)| (*name, space.tenant.as_ref())).collect();
        let accounts = Accounts::of(self.head.declared(), cluster, &tenants);
        let outsiders = outsiders::of_either(self.base, self.head);
        let names: BTreeSet<&str> = base.keys().chain(head.keys()).copied().collect();
        let names: Vec<&str> = names.into_iter().collect();
        let look = |name: &&str| {
            let (was, is) = (base.get(name), head.get(name));
            let as_of = self.options.as_of;
            let view = View { as_of, same_settings, known: &known, accounts: &accounts, outsiders: &outsiders };
            let found = view.namespace(was, is);
            self.options.meter.step();
            found
        };
        self.options.meter.begin(Phase::Reviewing, names.len());
        let found: Vec<Found> = names.par_iter().map(look).collect();
        total.expect(&found);
        let mut before = Before::default();
        let mut places = BTreeMap::new();
        let mut differs = false;
        let mut files = Vec::new();
        let mut kinds = NewKinds::new();
        for (name, mut found) in names.iter().zip(found) {
            if let Some(mut was) = found.before.take() {
                was.moved = head.get(name).and_then(|is| {
                    let (from, to) = (layout::folder_of(&was.path).to_owned(), is.path());
                    let to = layout::folder_of(&to).to_owned();
                    (from != to).then(|| Moved { from, to, changes: found.file.is_some() })
                });
                places.extend(found.base_place.take().map(|place| (was.path.clone(), place)));
                before.namespaces.insert((*name).to_owned(), was);
            }
            differs |= found.file.is_some();
            for kind in std::mem::take(&mut found.kinds) {
                kinds.entry(kind).or_default().push(*name);
            }
            files.extend(found.file.take().map(|(path, size)| (*name, path, size)));
            total.add(found);
        }
        total.risks.extend(accounts.passed_on(&base, &head));
        total.risks.extend(self.kinds_admitted(cluster, kinds, &base, &head));
        let changed: Vec<&str> = files.iter().map(|(name, _, _)| *name).collect();
        if self.options.manifests {
            total.files.extend(self.texts(&files, &base, &head, &mut total.text));
        }
        total.differs |= differs;
        if !same_settings || differs && self.may_be_synced_otherwise(cluster, &changed, &base, &head) {
            self.platform_files(cluster, total);
        }
        if let Some(head) = self.head.declared() {
            let judge = Judge { base: self.base, head, allowed: self.options.allowed };
            total.guards.extend(judge.judge(cluster, before, &places));
            match &self.base.content {
                Content::Declared(base) => {
                    let mut found = platform::risks(cluster, Some(base), head);
                    found.extend(outsiders::let_in(cluster, base, head, &outsiders));
                    found.extend(outsiders::in_charge(cluster, Some(base), head, &outsiders));
                    if !same_settings || !found.is_empty() {
                        total.platforms.insert(cluster.to_owned());
                    }
                    total.risks.extend(found);
                }
                Content::Compiled(_) => total.risks.extend(platform::not_compared(cluster, head)),
                Content::Nothing => {
                    total.risks.extend(platform::risks(cluster, None, head));
                    total.risks.extend(outsiders::in_charge(cluster, None, head, &outsiders));
                }
            }
        }
    }

    /// Whether everything that reaches a namespace from outside of its tenant is the same on both sides.
    fn same_settings(&self, cluster: &str) -> bool {
        let Some((base, head)) = self.base.declared().zip(self.head.declared()) else { return false };
        let platforms = base.platform(cluster).zip(head.platform(cluster));
        let same = |(was, is)| same::platforms((base.inventory, was), (head.inventory, is));
        self.same_templates && platforms.is_some_and(same)
    }

    /// The people of the head by identity: the names of those whom only compiled files know.
    fn known(&self, cluster: &str) -> Known<'w> {
        let Some(head) = self.head.declared() else { return Known::new() };
        if self.base.declared().is_some() {
            return Known::new();
        }
        let platform = head.platform(cluster);
        let users = head.inventory.users().iter();
        let identity = |user: &crate::inventory::User| match platform {
            Some(platform) => platform.identity_of(&user.identity).to_string(),
            None => user.identity.to_string(),
        };
        users.map(|user| (identity(user), user.name.as_str())).collect()
    }

    /// The texts of files, in the order of their paths, until there is more than anybody reads.
    fn texts(
        &self,
        files: &[(&str, String, usize)],
        base: &BTreeMap<&str, Space<'_>>,
        head: &BTreeMap<&str, Space<'_>>,
        text: &mut usize,
    ) -> Vec<FileChange> {
        let mut wanted = Vec::with_capacity(files.len());
        for (name, path, size) in files {
            *text += size;
            wanted.push((*name, path, *text <= TEXT_LIMIT));
        }
        let change = |&(name, path, fits): &(&str, &String, bool)| FileChange {
            path: path.clone(),
            before: base.get(name).filter(|_| fits).map(Space::body),
            after: head.get(name).filter(|_| fits).map(Space::body),
            omitted: !fits,
        };
        wanted.par_iter().map(change).collect()
    }
}

/// What namespaces of one cluster are looked at with.
struct View<'v> {
    as_of: Date,
    same_settings: bool,
    known: &'v Known<'v>,
    accounts: &'v Accounts<'v, 'v>,
    outsiders: &'v BTreeSet<String>,
}

impl View<'_> {
    fn namespace(&self, base: Option<&Space<'_>>, head: Option<&Space<'_>>) -> Found {
        let mut found = self.compared(base, head);
        if let Some((base, head)) = base.zip(head) {
            let dormant =
                dormant::compare(base, head, self.as_of, &|was, is| same_way(Some(base), Some(head), was, is));
            found.former = self.former(base);
            found.risks.extend(dormant.risks);
            found.access.dormant = dormant.gained;
            found.dormant = dormant.differs;
            if dormant.differs {
                found.tenants = vec![base.tenant.to_string(), head.tenant.to_string()];
            }
        }
        found
    }

    /// The owner of a namespace in a compiled base, if the head knows the person.
    fn former(&self, base: &Space<'_>) -> Option<(String, String)> {
        let Made::Written { body, .. } = base.made else { return None };
        let user = self.known.get(&facts::owner_of_text(body).filter(|_| base.is_active())?)?;
        Some((base.tenant.to_string(), (*user).to_owned()))
    }

    fn compared(&self, base: Option<&Space<'_>>, head: Option<&Space<'_>>) -> Found {
        if let Some((base, head)) = base.zip(head) {
            let planned = base.as_planned().zip(head.as_planned()).filter(|_| self.same_settings);
            if let Some((was, is)) = planned.filter(|(was, is)| same::namespaces(was, is)) {
                let access =
                    if same::ways(was, is) { AccessDelta::default() } else { self.access(base, head, &[], &[]) };
                return self.rerouted(base, head, access);
            }
        }
        let sides = || base.into_iter().chain(head);
        let planned = sides().all(|side| side.as_planned().is_some());
        let make = if planned { Space::objects_but_contributors } else { Space::objects };
        let (was, is) = (base.map(make).unwrap_or_default(), head.map(make).unwrap_or_default());
        let had = base.map(|base| base.facts(&was, self.known)).unwrap_or_default();
        let before = base.map(|base| base.before(Some(&had)));
        let has = head.map(|head| head.facts(&is, self.known)).unwrap_or_default();
        let access = AccessDelta::of(had, has, &|was, is| same_way(base, head, was, is));
        let pairs = objects::differing(&was, &is);
        let kinds = kinds::new(&pairs);
        let mut found = Found { before, base_place: base.and_then(Space::place), kinds, ..Found::default() };
        objects::collect(&sides().next().map_or("", |space| space.cluster).into(), &pairs, &mut found.objects);
        let mut size = was.len() + is.len();
        if planned {
            let (base, head) = (base.and_then(Space::as_planned), head.and_then(Space::as_planned));
            size += contributors::compare(base, head, self.same_settings, &mut found.objects);
        }
        // Sorted here, in parallel, there is hardly anything to sort when all of them are together.
        found.objects.sort();
        let state = base.zip(head).is_some_and(|(base, head)| base.state != head.state || base.tenant != head.tenant);
        if !found.objects.is_empty() || state {
            found.file = sides().last().map(|side| (side.path(), size * OBJECT_SIZE));
        }
        self.risks(base, head, &pairs, &access, &mut found.risks);
        if found.file.is_some() || !access.is_empty() || access.rerouted > 0 {
            let tenants = base.into_iter().chain(head).map(|space| space.tenant.to_string());
            found.tenants = tenants.collect();
        }
        found.access = access;
        found
    }

    /// A namespace with the same objects, perhaps with other evidence.
    fn rerouted(&self, base: &Space<'_>, head: &Space<'_>, access: AccessDelta) -> Found {
        let mut found = Found { before: Some(base.before(None)), ..Found::default() };
        self.risks(Some(base), Some(head), &[], &access, &mut found.risks);
        if access.rerouted > 0 {
            found.tenants = vec![base.tenant.to_string(), head.tenant.to_string()];
        }
        found.access = access;
        found
    }

    fn access(&self, base: &Space<'_>, head: &Space<'_>, was: &[Manifest<'_>], is: &[Manifest<'_>]) -> AccessDelta {
        let (had, has) = (base.facts(was, self.known), head.facts(is, self.known));
        AccessDelta::of(had, has, &|was, is| same_way(Some(base), Some(head), was, is))
    }

    fn risks(
        &self,
        base: Option<&Space<'_>>,
        head: Option<&Space<'_>>,
        pairs: &[Pair<'_, '_>],
        access: &AccessDelta,
        risks: &mut Vec<Risk>,
    ) {
        match (base, head) {
            (Some(base), None) => risks.extend(objects::gone(base, pairs)),
            (Some(base), Some(head)) => {
                risks.extend(objects::kept(base, head, pairs));
                risks.extend(workload::risks(head, pairs, true));
                risks.extend(metadata::risks(head, pairs));
                risks.extend(add_on::risks(head, pairs, true));
                risks.extend(life(base, head));
            }
            (None, Some(head)) => {
                risks.extend(objects::new(head, pairs));
                risks.extend(workload::risks(head, pairs, false));
                risks.extend(metadata::risks(head, pairs));
                risks.extend(add_on::risks(head, pairs, false));
            }
            (None, None) => {}
        }
        if let Some(head) = head {
            let scene = people::Scene { head, accounts: self.accounts, outsiders: self.outsiders };
            risks.extend(people::risks(access, &scene));
        }
    }
}

/// Whether two facts come about in the same ways, but for lines that moved and the folder that an inventory is in.
fn same_way(base: Option<&Space<'_>>, head: Option<&Space<'_>>, was: &AccessFact, is: &AccessFact) -> bool {
    let prefix = |space: Option<&Space<'_>>| {
        space.and_then(Space::as_planned).map(|it| it.declared.places.shown_folder()).unwrap_or_default()
    };
    let (old, new) = (prefix(base), prefix(head));
    let file = |file: &'_ str, prefix: &str| file.strip_prefix(prefix).unwrap_or(file).to_owned();
    was.via.len() == is.via.len()
        && was.via.iter().zip(&is.via).all(|(a, b)| {
            let same_file = file(&a.file, &old) == file(&b.file, &new);
            let stands_in = a.via == crate::plan::Via::StandIn;
            let says = (a.role, a.notebook_access, a.until) == (b.role, b.notebook_access, b.until);
            (a.via, &a.groups) == (b.via, &b.groups) && says && (same_file || stands_in)
        })
}

/// What a namespace's state and tenant come to.
fn life(base: &Space<'_>, head: &Space<'_>) -> Vec<Risk> {
    let (name, cluster) = (head.name, head.cluster);
    let mut risks = Vec::new();
    let mut say = |code, message| risks.push(Risk::new(code, cluster, Some(name), message).at(head.place()));
    if taken_over(base, head) {
        let (before, after) = (&base.tenant, &head.tenant);
        let message = format!("the namespace `{name}` passes from the tenant `{before}` to `{after}`, data and all");
        say(RiskCode::NamespaceTakenOver, message);
    }
    match (base.is_active(), head.is_active()) {
        (true, false) => {
            let message = format!("the namespace `{name}` is {}: nobody has access, and the data stays", head.state);
            say(RiskCode::NamespaceSuspended, message);
        }
        (false, true) => {
            let message = format!("the namespace `{name}`, which was {}, is active again", base.state);
            say(RiskCode::Reactivated, message);
        }
        _ => {}
    }
    risks
}

/// Whether a namespace passes to another tenant, which is no renaming.
pub fn taken_over(base: &Space<'_>, head: &Space<'_>) -> bool {
    let renamed = head.as_planned().is_some_and(|it| {
        let tenant = it.declared.inventory.tenant(it.provision.tenant);
        tenant.previously.iter().any(|earlier| earlier.as_str() == base.tenant)
    });
    base.tenant != head.tenant && !renamed
}
