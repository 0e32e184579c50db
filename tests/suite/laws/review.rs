//! What a review says of two random inventories.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use libtest_mimic::Failed;
use proptest::prelude::*;
use tenantry::access::{self, AccessFact};
use tenantry::diff::{ChangeSet, Content, Declared, Options, RiskCode, Side, Verdict, compare};
use tenantry::driver::{Floors, Program, analyse_side};
use tenantry::guard::Allowed;
use tenantry::meter::Unmetered;
use tenantry::parse::value::parse_date;
use tenantry::plan::Via;
use tenantry::render::layout;
use tenantry::source::{Places, SourceMap};

use super::compile::{compile, text};
use super::data::{Contributor, Group, Inventory, Subject};
use super::generate::{TODAY, inventories};
use super::print::{Files, arrange};
use super::tape::Tape;
use super::{Verdict as Law, ensure, hold, same};

/// Cluster, namespace, kind, name, role.
type Fact = (String, String, String, String, String);

/// What two inventories come to.
struct Reviewed {
    changes: ChangeSet,
    base: Vec<AccessFact>,
    head: Vec<AccessFact>,
}

fn review(base: Files, head: Files) -> Result<Reviewed, String> {
    review_with(base, head, None)
}

/// With the files that the base was compiled to, in place of its inventory.
fn review_with(base: Files, head: Files, output: Option<&BTreeMap<String, String>>) -> Result<Reviewed, String> {
    let day = parse_date(TODAY).map_err(|reason| reason.to_string())?;
    let (base, head) = (SourceMap::new(base), SourceMap::new(head));
    analyse_side(&head, Vec::new(), day, &Floors::new(), &Unmetered, |is| {
        analyse_side(&base, Vec::new(), day, &Floors::new(), &Unmetered, |was| {
            let (was, is) = (was.program.as_ref().ok_or("the base is broken")?, is.program.as_ref());
            let (was, is) = (was.get(), is.ok_or("the head is broken")?.get());
            let (none, nothing) = (BTreeSet::new(), Allowed::default());
            let options = Options {
                as_of: day,
                clusters: &none,
                allowed: &nothing,
                actors: &[],
                manifests: true,
                strays: None,
                judges: &[],
                notes: Vec::new(),
                meter: &Unmetered,
            };
            let (was, is) = (declared(was, &base), declared(is, &head));
            let facts = |side: &Declared<'_>| {
                side.plans.iter().flat_map(|plan| access::facts(plan, side.places)).collect::<Vec<_>>()
            };
            let (base, head) = (facts(&was), facts(&is));
            let was = match output {
                Some(files) => Content::Compiled(files),
                None => Content::Declared(was),
            };
            let (was, is) =
                (Side { name: "base", content: was }, Side { name: "head", content: Content::Declared(is) });
            Ok(Reviewed { changes: compare(&was, &is, options), base, head })
        })
    })
}

/// A side of a review.
pub fn declared<'s>(program: &'s Program<'s>, sources: &'s SourceMap) -> Declared<'s> {
    Declared {
        inventory: program.inventory,
        plans: &program.plans,
        templates: &program.templates,
        places: Places { sources, prefix: "" },
    }
}

/// An inventory, and the same after somebody worked on it: access moves, tenants and people come and go.
fn pairs() -> impl Strategy<Value = (Inventory, Inventory)> {
    let edits = proptest::collection::vec(any::<u16>(), 1..40);
    let edited = (inventories(), edits).prop_map(|(base, edits)| {
        let mut head = base.clone();
        edit(&mut head, &mut Tape::new(&edits));
        (base, head)
    });
    prop_oneof![4 => edited, 1 => (inventories(), inventories())]
}

/// Somebody's work on an inventory.
pub fn edit(inventory: &mut Inventory, tape: &mut Tape) {
    for _ in 0..=tape.below(4) {
        let at = tape.below(inventory.tenants.len());
        let users: Vec<String> = inventory.users.iter().map(|user| user.name.clone()).collect();
        let person = users[tape.below(users.len())].clone();
        let role = tape.pick(&[None, Some("view"), Some("edit"), Some("admin")]);
        match tape.below(9) {
            0 if inventory.tenants.len() > 1 => drop(inventory.tenants.remove(at)),
            1 => inventory.tenants[at].contributors.push(contributor(Subject::User(person), role)),
            2 => drop(inventory.tenants[at].contributors.pop()),
            3 => inventory.groups.iter_mut().for_each(|group| drop(group.members.pop())),
            4 => {
                for group in &mut inventory.groups {
                    if !group.members.contains(&person) {
                        group.members.push(person.clone());
                    }
                }
            }
            5 => inventory.tenants[at].quota.clear(),
            6 => inventory.tenants[at].labels.clear(),
            7 => inventory.users.iter_mut().for_each(|user| user.display_name = None),
            _ => inventory.tenants[at].contributors.iter_mut().for_each(|it| it.role = role),
        }
    }
}

fn contributor(subject: Subject, role: Option<&'static str>) -> Contributor {
    Contributor { subject, role, until: None, review_by: None, reason: None, notebook_access: None }
}

fn short(fact: &AccessFact) -> Fact {
    let (cluster, namespace, kind, identity) = fact.key();
    let texts = [cluster, namespace, kind.name(), identity, fact.role.name()].map(str::to_owned);
    let [cluster, namespace, kind, identity, role] = texts;
    (cluster, namespace, kind, identity, role)
}

fn set<'f>(facts: impl IntoIterator<Item = &'f AccessFact>) -> BTreeSet<Fact> {
    facts.into_iter().map(short).collect()
}

/// What a review adds to and takes from the facts, a change being both.
fn moved(changes: &ChangeSet) -> (BTreeSet<Fact>, BTreeSet<Fact>) {
    let raised = || changes.changed.iter().filter(|change| change.before != change.fact.role);
    let before = raised().map(|change| AccessFact { role: change.before, ..change.fact.clone() });
    let before: Vec<AccessFact> = before.collect();
    let gained = changes.gained.iter().chain(raised().map(|change| &change.fact));
    (set(gained), set(changes.lost.iter().chain(&before)))
}

/// The difference of facts is the difference of what `access` lists, and of what the bindings in the files say.
pub fn facts_law() -> Result<(), Failed> {
    hold(pairs(), 64, |(base, head)| {
        let reviewed = review(arrange(&base, 0), arrange(&head, 0))?;
        let (gained, lost) = moved(&reviewed.changes);
        let (was, is) = (set(&reviewed.base), set(&reviewed.head));
        same("gained, and what access lists", &gained, &is.difference(&was).cloned().collect())?;
        same("lost, and what access lists", &lost, &was.difference(&is).cloned().collect())?;
        let (was, is) = (bindings(&base)?, bindings(&head)?);
        same("gained, and what the files say", &gained, &is.difference(&was).cloned().collect())?;
        same("lost, and what the files say", &lost, &was.difference(&is).cloned().collect())?;
        objects(&reviewed.changes, &base, &head)
    })
}

/// Everybody whom a RoleBinding of the output names.
fn bindings(inventory: &Inventory) -> Result<BTreeSet<Fact>, String> {
    let mut facts = BTreeSet::new();
    let compiled = compile(inventory)?;
    for (path, object) in compiled.objects()? {
        if text(&object, "/kind") != "RoleBinding" {
            continue;
        }
        let cluster = path.split('/').next().unwrap_or_default();
        let role = text(&object, "/roleRef/name").strip_prefix("kubeflow-").ok_or("an unknown role")?;
        for subject in object["subjects"].as_array().ok_or("no subjects")? {
            let name = match text(subject, "/namespace") {
                "" => text(subject, "/name").to_owned(),
                namespace => format!("{namespace}/{}", text(subject, "/name")),
            };
            let texts = [cluster, text(&object, "/metadata/namespace"), text(subject, "/kind")].map(str::to_owned);
            let [cluster, namespace, kind] = texts;
            facts.insert((cluster, namespace, kind, name, role.to_owned()));
        }
    }
    Ok(facts)
}

/// The path of a file, whatever shard its namespace is in: a namespace that moves is the same namespace.
fn unsharded(path: &str) -> String {
    layout::namespace_of(path).map_or(path.to_owned(), |at| layout::namespace_path(at.cluster, at.namespace, 1))
}

/// Files and objects that are said to differ are those that do.
fn objects(changes: &ChangeSet, base: &Inventory, head: &Inventory) -> Law {
    let bodies = |inventory: &Inventory| -> Result<BTreeMap<String, String>, String> {
        let files = compile(inventory)?.files;
        let body = |text: &str| text.find("---\n").map_or_else(String::new, |at| text[at..].to_owned());
        let manifests = files.iter().filter(|(path, _)| layout::shard_file_of(path).is_none());
        Ok(manifests.map(|(path, text)| (unsharded(path), body(text))).collect())
    };
    let (was, is) = (bodies(base)?, bodies(head)?);
    let paths: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let wanted: BTreeSet<&String> = paths.into_iter().filter(|path| was.get(*path) != is.get(*path)).collect();
    let differ = changes.files.iter().filter(|file| file.before != file.after);
    let differ: BTreeSet<String> = differ.map(|file| unsharded(&file.path)).collect();
    same("files that differ", &differ.iter().collect(), &wanted)?;
    for file in &changes.files {
        let path = unsharded(&file.path);
        same(&path, &(file.before.as_ref(), file.after.as_ref()), &(was.get(&path), is.get(&path)))?;
    }
    Ok(())
}

/// An inventory and itself, in whatever arrangement: nothing, and that is said.
pub fn equal_sides() -> Result<(), Failed> {
    hold(inventories(), 24, |inventory| {
        let changes = review(arrange(&inventory, 0), arrange(&inventory, 0))?.changes;
        same("verdict", &changes.verdict, &Verdict::None)?;
        let empty = changes.gained.is_empty() && changes.lost.is_empty() && changes.changed.is_empty();
        let silent = changes.risks.is_empty() && changes.files.is_empty() && changes.counts.rerouted == 0;
        ensure(empty && silent, || format!("something differs: {changes:?}"))
    })
}

/// The way back takes what the way there gives.
pub fn swapped_sides() -> Result<(), Failed> {
    hold(pairs(), 48, |(base, head)| {
        let there = review(arrange(&base, 0), arrange(&head, 0))?.changes;
        let back = review(arrange(&head, 0), arrange(&base, 0))?.changes;
        same("gained and lost", &set(&there.gained), &set(&back.lost))?;
        same("lost and gained", &set(&there.lost), &set(&back.gained))?;
        same("added and removed", &there.objects.added, &back.objects.removed)?;
        same("removed and added", &there.objects.removed, &back.objects.added)?;
        let keys = |changes: &ChangeSet| changes.objects.modified.clone();
        let named = |list: Vec<tenantry::diff::ObjectRef>| -> BTreeSet<(Arc<str>, Arc<str>, String)> {
            list.into_iter().map(|it| (it.cluster, it.kind, format!("{}/{}", it.namespace, it.name))).collect()
        };
        same("modified", &named(keys(&there)), &named(keys(&back)))?;
        let changed =
            |changes: &ChangeSet| changes.changed.iter().map(|it| it.fact.identity.clone()).collect::<Vec<_>>();
        same("changed", &changed(&there), &changed(&back))?;
        // An outsider who becomes an insider is a guard less, with the same objects; the way back is a guard more.
        let loosened = |changes: &ChangeSet| changes.risks.iter().any(|risk| risk.code == RiskCode::GuardLoosened);
        let nothing = |changes: &ChangeSet| {
            let facts = changes.gained.len() + changes.lost.len() + changes.changed.len() + changes.counts.rerouted;
            let risks = changes.risks.iter().filter(|risk| risk.code != RiskCode::GuardLoosened).count();
            // A tenant is touched also by what a suspended namespace will give.
            facts + risks + changes.files.len() + changes.objects.len() + changes.counts.tenants == 0
        };
        same("whether anything differs", &nothing(&there), &nothing(&back))?;
        for changes in [&there, &back] {
            let wanted = nothing(changes) && !loosened(changes);
            same("whether the verdict says so", &(changes.verdict == Verdict::None), &wanted)?;
        }
        Ok(())
    })
}

/// Where only the base's output is known, access and objects are the same, and only the evidence is missing.
pub fn compiled_base() -> Result<(), Failed> {
    hold(pairs(), 48, |(base, head)| {
        let output = compile(&base)?.files;
        let declared = review(arrange(&base, 0), arrange(&head, 0))?.changes;
        let compiled = review_with(arrange(&base, 0), arrange(&head, 0), Some(&output))?.changes;
        same("gained", &set(&compiled.gained), &set(&declared.gained))?;
        same("lost", &set(&compiled.lost), &set(&declared.lost))?;
        let changed = |changes: &ChangeSet| -> Vec<(Fact, tenantry::inventory::Role, bool)> {
            changes.changed.iter().map(|it| (short(&it.fact), it.before, it.notebook_access_before)).collect()
        };
        same("changed", &changed(&compiled), &changed(&declared))?;
        same("objects", &compiled.objects, &declared.objects)?;
        let differing = |changes: &ChangeSet| -> Vec<String> {
            changes.files.iter().filter(|it| it.before != it.after).map(|it| it.path.clone()).collect()
        };
        same("files", &differing(&compiled), &differing(&declared))
    })
}

/// Other files, another order, people in groups that grant the same: nobody gains and nobody loses.
pub fn refactorings() -> Result<(), Failed> {
    hold((inventories(), any::<u64>(), any::<u64>()), 48, |(inventory, seed, which)| {
        let mut grouped = inventory.clone();
        into_groups(&mut grouped, which);
        let changes = review(arrange(&inventory, 0), arrange(&grouped, seed))?.changes;
        let harmless = matches!(changes.verdict, Verdict::None | Verdict::Refactor);
        ensure(harmless, || format!("verdict {:?}: {:?}", changes.verdict, changes.risks))?;
        let facts = (changes.gained.len(), changes.lost.len(), changes.changed.len());
        same("access facts", &facts, &(0, 0, 0))
    })
}

/// Puts some of the people whom tenants name into groups of their own.
fn into_groups(inventory: &mut Inventory, mut bits: u64) {
    let Inventory { tenants, groups, .. } = inventory;
    for contributor in tenants.iter_mut().flat_map(|tenant| &mut tenant.contributors) {
        let Subject::User(user) = contributor.subject.clone() else { continue };
        if bits & 1 == 0 {
            let name = format!("moved{}", groups.len());
            contributor.subject = Subject::Group(name.clone());
            groups.push(Group { name, members: vec![user], ..Group::default() });
        }
        bits = bits.rotate_right(1);
    }
}

/// What is listed is sorted, has evidence, and has it for the role that it says.
pub fn evidence() -> Result<(), Failed> {
    hold(inventories(), 48, |inventory| {
        let facts = review(arrange(&inventory, 0), arrange(&inventory, 0))?.head;
        for fact in &facts {
            let first = fact.via.first().ok_or_else(|| format!("no evidence for {fact:?}"))?;
            same("role of the deciding way", &first.role, &fact.role)?;
            ensure(fact.via.iter().all(|way| way.role <= fact.role), || format!("a stronger way: {fact:?}"))?;
            ensure(fact.via.iter().all(|way| way.line > 0 && !way.file.is_empty()), || format!("no place: {fact:?}"))?;
            let grouped = fact.via.iter().all(|way| (way.via == Via::Group) != way.groups.is_empty());
            ensure(grouped, || format!("groups where there are none, or none where there are some: {fact:?}"))?;
        }
        let keys: Vec<(&str, &str, &str)> =
            facts.iter().map(|it| (&*it.cluster, &*it.namespace, &*it.identity)).collect();
        ensure(keys.is_sorted(), || "not sorted".to_owned())
    })
}
