//! The answer to a call: objects that are wanted, matched with those that came in.

use std::collections::BTreeMap;

use super::compare;
use super::config::Mode;
use super::edit::{Change, Edits};
use super::finding::{Finding, Origin};
use super::host::{CONFIG, INDEX, PATH, PROTECTION, index_of, is_host_annotation, path_of};
use super::{Call, json};
use crate::diag::catalog::{krm as catalog, resolve as resolve_catalog};
use crate::diag::{Diagnostic, Severity};
use crate::driver::{Outcome, Program};
use crate::lower::{Scene, lower};
use crate::manifest::{Manifest, ObjectId};
use crate::parse::outline::Item;
use crate::plan::Plan;
use crate::render::layout;
use crate::source::SourceMap;

/// The answer's text and what there is to say. The text holds the findings too. If one of them is an error, the items
/// are those that came in.
pub fn answer(call: &Call<'_>, outcome: Outcome<'_>, sources: &SourceMap) -> (String, Vec<Finding>) {
    let origin = call.origin();
    let mut findings: Vec<Finding> = call.findings.clone();
    let tell = |diagnostic: &Diagnostic| Finding::new(diagnostic, sources, origin);
    if sources.files().len() == 0 && origin == Origin::Items {
        findings.push(tell(&catalog::no_inventory()));
    } else {
        findings.extend(outcome.diagnostics.iter().map(tell));
    }
    let sound = findings.iter().all(|finding| finding.severity != Severity::Error);
    let mut edits = Edits::default();
    if let Some(program) = outcome.program.as_ref().filter(|_| sound) {
        match plan(call, program.get()) {
            Ok(plan) => findings.extend(work(call, program.get(), plan, &mut edits).iter().map(tell)),
            Err(diagnostic) => findings.push(tell(&diagnostic)),
        }
    }
    super::sort(&mut findings);
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return (call.refusal(&findings), findings);
    }
    edits.results = findings.iter().map(Finding::result).collect();
    match call.host.answer(&edits) {
        Ok(text) => (text, findings),
        Err(diagnostic) => {
            findings.insert(0, tell(&diagnostic));
            (call.refusal(&findings), findings)
        }
    }
}

/// The plan of the cluster that is asked for.
fn plan<'p, 'i>(call: &Call<'_>, program: &'p Program<'i>) -> Result<&'p Plan<'i>, Box<Diagnostic>> {
    let name = |plan: &Plan<'i>| program.inventory.platform(plan.platform).name.as_str();
    let names = || program.plans.iter().map(name);
    let plan = match (&call.config.cluster, &program.plans[..]) {
        (Some(cluster), plans) => {
            let found = plans.iter().find(|plan| name(plan) == cluster);
            found.ok_or_else(|| Box::new(resolve_catalog::unknown_cluster_option(cluster, names())))?
        }
        (None, [plan]) => plan,
        (None, _) => return Err(Box::new(catalog::which_cluster(&names().collect::<Vec<_>>()))),
    };
    if plan.provisions.is_empty() {
        return Err(Box::new(resolve_catalog::no_namespaces(&[&program.inventory.platform(plan.platform).name])));
    }
    Ok(plan)
}

/// An object that is wanted.
struct Wanted<'p> {
    manifest: Manifest<'p>,
    namespace: &'p str,
    /// Whether it is among the items.
    there: bool,
}

/// Matches what is wanted with what is there, and works out the changes.
fn work<'p>(call: &Call<'_>, program: &'p Program<'_>, plan: &'p Plan<'_>, edits: &mut Edits<'p>) -> Vec<Diagnostic> {
    let mut wanted: Vec<Wanted<'p>> = Vec::new();
    let mut places: BTreeMap<ObjectId, usize> = BTreeMap::new();
    for provision in &plan.provisions {
        let scene = Scene::today(plan, provision);
        for object in lower(&scene, &program.templates) {
            let mut manifest = object.manifest;
            manifest.annotations.insert(CONFIG, call.config.name.clone());
            places.insert(manifest.id(), wanted.len());
            wanted.push(Wanted { manifest, namespace: scene.namespace(), there: false });
        }
    }
    let mut found = Vec::new();
    let mut paths: BTreeMap<&'p str, String> = BTreeMap::new();
    let check = call.config.mode == Mode::Validate;
    for (at, item) in call.host.items.iter().enumerate() {
        let Some(id) = id(item) else { continue };
        let file = path_of(item).unwrap_or_default();
        let ours = item.annotation(CONFIG) == Some(call.config.name.as_str());
        let place = places.get(&id).copied();
        if let Some(place) = place.filter(|_| ours)
            && let Some(path) = path_of(item)
        {
            paths.entry(wanted[place].namespace).or_insert_with(|| path.to_owned());
        }
        match place {
            Some(_) if !ours => found.push(catalog::not_ours(&id, file, item.annotation(CONFIG))),
            Some(place) if !wanted[place].there => {
                wanted[place].there = true;
                let manifest = &wanted[place].manifest;
                if check {
                    let same = compare::is_same(&call.host.document(at), &json::object(manifest));
                    found.extend((!same).then(|| catalog::different(&id, file)));
                } else {
                    edits.changes.push((at, Change::Replace(with_annotations(manifest.clone(), item))));
                }
            }
            None if !ours => {}
            // No longer wanted, or there a second time.
            Some(_) | None if check => found.push(catalog::unwanted(&id, file)),
            None if is_protected(item) => found.push(catalog::unretired(&id, file)),
            Some(_) | None => edits.changes.push((at, Change::Remove)),
        }
    }
    let missing = wanted.into_iter().filter(|wanted| !wanted.there);
    if check {
        found.extend(missing.map(|wanted| catalog::missing(&wanted.manifest.id())));
    } else {
        let cluster = program.inventory.platform(plan.platform).name.as_str();
        edits.added = add(call, missing, &paths, cluster);
    }
    found
}

/// Says of new objects which file they belong to: one per namespace, behind what is in it.
fn add<'p>(
    call: &Call<'_>,
    missing: impl Iterator<Item = Wanted<'p>>,
    paths: &BTreeMap<&'p str, String>,
    cluster: &str,
) -> Vec<Manifest<'p>> {
    if !call.host.names_files() {
        return missing.map(|wanted| wanted.manifest).collect();
    }
    let mut next: BTreeMap<&str, i64> = BTreeMap::new();
    for item in &call.host.items {
        if let Some(path) = path_of(item) {
            let next = next.entry(path).or_default();
            *next = (*next).max(index_of(item).saturating_add(1));
        }
    }
    let mut next: BTreeMap<String, i64> = next.into_iter().map(|(path, at)| (path.to_owned(), at)).collect();
    let place = |mut wanted: Wanted<'p>| {
        let default = || layout::namespace_path(cluster, wanted.namespace, 1);
        let path = paths.get(wanted.namespace).cloned().unwrap_or_else(default);
        let index = next.entry(path.clone()).or_default();
        wanted.manifest.annotations.insert(INDEX, index.to_string());
        *index += 1;
        wanted.manifest.annotations.insert(PATH, path);
        wanted.manifest
    };
    missing.map(place).collect()
}

/// The same object with what the host says of the item that it takes the place of.
fn with_annotations<'p>(mut manifest: Manifest<'p>, item: &Item<'_>) -> Manifest<'p> {
    for annotation in item.annotations.iter().filter(|annotation| is_host_annotation(&annotation.key)) {
        manifest.annotations.insert(annotation.key.clone().into_owned(), annotation.value.clone().into_owned());
    }
    manifest
}

/// Whether an object of ours is one that no sync deletes: its tenant was not retired.
fn is_protected(item: &Item<'_>) -> bool {
    let holds_data = matches!(item.kind.as_deref(), Some("Namespace" | "Profile"));
    holds_data && PROTECTION.iter().any(|key| item.annotation(key).is_some())
}

/// The identity of an item, if it has one.
fn id(item: &Item<'_>) -> Option<ObjectId> {
    let group = item.api_version.as_deref()?.split_once('/').map_or("", |(group, _)| group);
    let kind = item.kind.as_deref()?;
    // These are in no namespace, and a server takes no notice of one that is written.
    let namespaced = !matches!((group, kind), ("", "Namespace") | (_, "Profile"));
    Some(ObjectId {
        group: group.to_owned(),
        kind: kind.to_owned(),
        namespace: item.namespace.as_deref().filter(|it| namespaced && !it.is_empty()).map(str::to_owned),
        name: item.name.as_deref()?.to_owned(),
    })
}
