//! What can only be wrong with objects once they are made: every namespace of a plan is looked at here, and what it asks
//! for is added up on the way.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::super::size::{Excess, UNSUSPICIOUS};
use super::super::{ContributorObjects, Scene, addon, controller};
use super::{Templates, whom};
use crate::diag::catalog::template as catalog;
use crate::diag::{Code, Diagnostic, Sink};
use crate::inventory::{Platform, Presence};
use crate::lower::load::{Load, load, own};
use crate::manifest::Manifest;
use crate::meter::Meter;
use crate::name::AddOnName;
use crate::plan::{Plan, Provision};
use crate::source::Span;

/// What a namespace asks for.
#[derive(Debug, Clone, Copy)]
pub struct Demand {
    /// How much it is if no grant ever ends.
    pub load: Load,
    /// Whether nothing is wrong with its objects.
    pub is_sound: bool,
}

/// Runs every add-on of every namespace and reports what is wrong with settings, templates and what they give; also two
/// objects of one name, and objects that are larger than Kubernetes takes. Of one mistake that many namespaces bring up,
/// the first is reported.
///
/// Where it is `known` that a namespace made from the same values is sound, nothing is run. Gives back what each namespace
/// asks for, in the order of the plan.
pub fn check(
    plan: &Plan<'_>,
    templates: &Templates<'_>,
    known: &(impl Fn(&Provision<'_>) -> Option<Demand> + Sync),
    meter: &dyn Meter,
    sink: &mut Sink,
) -> Vec<Demand> {
    let checked = plan.provisions.par_iter().fold(Checked::default, |mut checked, provision| {
        match known(provision).filter(|demand| demand.is_sound) {
            Some(demand) => checked.demands.push(demand),
            None => {
                let (load, found) = check_namespace(plan, provision, templates);
                checked.demands.push(Demand { load, is_sound: found.is_empty() });
                found.into_iter().for_each(|diagnostic| checked.add(diagnostic));
            }
        }
        meter.step();
        checked
    });
    let checked = checked.reduce(Checked::default, Checked::followed_by);
    sink.extend(checked.found);
    checked.demands
}

/// What came of some namespaces that follow one another in the plan.
#[derive(Default)]
struct Checked {
    demands: Vec<Demand>,
    found: Vec<Diagnostic>,
    /// What was found, and where.
    seen: BTreeSet<(Code, Option<Span>)>,
}

impl Checked {
    fn add(&mut self, diagnostic: Diagnostic) {
        if self.seen.insert((diagnostic.code, diagnostic.span())) {
            self.found.push(diagnostic);
        }
    }

    fn followed_by(mut self, next: Checked) -> Checked {
        if self.demands.is_empty() {
            return next;
        }
        self.demands.extend(next.demands);
        next.found.into_iter().for_each(|diagnostic| self.add(diagnostic));
        self
    }
}

fn check_namespace(plan: &Plan<'_>, provision: &Provision<'_>, templates: &Templates<'_>) -> (Load, Vec<Diagnostic>) {
    let scene = &Scene::today(plan, provision);
    let add_ons = &scene.provision.namespace.add_ons;
    let mut findings = Vec::new();
    let mut made = Vec::new();
    let mut makers = Vec::new();
    let mut ids = BTreeMap::new();
    for name in add_ons.iter() {
        match addon::lower(scene, name.as_str(), templates) {
            Ok(manifests) => {
                for manifest in manifests {
                    let id = manifest.id();
                    let text = id.to_string();
                    if let Some(first) = ids.insert(id, name) {
                        findings.push(catalog::duplicate(
                            span_of(name, scene, templates),
                            &whom(scene),
                            &format!("`{text}`"),
                            first.as_str(),
                            name.as_str(),
                        ));
                    }
                    made.push(manifest);
                    makers.push(name);
                }
            }
            Err(diagnostics) => findings.extend(diagnostics),
        }
    }
    let own_objects = own(scene);
    let (today, bytes) = load(scene, &own_objects, &made);
    if bytes >= UNSUSPICIOUS {
        findings.extend(own_objects.iter().filter_map(|manifest| large_own(scene, manifest)));
        let made = made.iter().zip(makers);
        findings.extend(made.filter_map(|(manifest, name)| {
            let help = "let the add-on write less, or spread it over several objects";
            large(scene, manifest, span_of(name, scene, templates), help)
        }));
    }
    if has_large_policies(scene.platform) {
        findings.extend(large_policy(scene));
    }
    if provision.undated_grants.is_none() {
        return (today, findings);
    }
    // How many shards there are must not depend on the day: the end of a grant would have to wait for somebody.
    let undated = Scene::undated(plan, provision);
    let made = add_ons.iter().filter_map(|name| addon::lower(&undated, name.as_str(), templates).ok());
    let (undated, _) = load(&undated, &own(&undated), &made.flatten().collect::<Vec<_>>());
    (undated, findings)
}

/// Where an add-on comes from: its template or, if it is built in, the namespace.
fn span_of(name: &AddOnName, scene: &Scene<'_>, templates: &Templates<'_>) -> Span {
    let span = templates.spans.get(name.as_str()).map(|span| Span { end: span.start, ..*span });
    span.unwrap_or(scene.provision.namespace.span)
}

fn large(scene: &Scene<'_>, manifest: &Manifest<'_>, span: Span, help: &str) -> Option<Diagnostic> {
    Some(Excess::of(manifest)?.finding(span, scene.platform.name.as_str(), manifest, help))
}

/// What there is to say about an object that [`own`] gives.
fn large_own(scene: &Scene<'_>, manifest: &Manifest<'_>) -> Option<Diagnostic> {
    let tenant = scene.inventory.tenant(scene.provision.tenant);
    match manifest.kind.as_ref() {
        "Namespace" => {
            let help = "shorten or remove some: those of the platform, the tenant and the namespace count together";
            large(scene, manifest, span_of_metadata(scene), help)
        }
        "Profile" => large(scene, manifest, tenant.span, "shorten the settings of the tenant's plugins"),
        _ => {
            let help = "give fewer people access, or divide them among several tenants: the integration reads everybody \
                        of a namespace from one object";
            large(scene, manifest, span_of_people(scene), help)
        }
    }
}

/// Who brings most to the labels and annotations of the Namespace.
fn span_of_metadata(scene: &Scene<'_>) -> Span {
    let (platform, namespace) = (scene.platform, scene.provision.namespace);
    let tenant = scene.inventory.tenant(scene.provision.tenant);
    let bytes = |labels: &BTreeMap<String, String>, annotations: &BTreeMap<String, String>| -> usize {
        labels.iter().chain(annotations).map(|(key, value)| key.len() + value.len()).sum()
    };
    let parts = [
        (bytes(&platform.namespace_labels, &platform.namespace_annotations), platform.span),
        (bytes(&tenant.labels, &tenant.annotations), tenant.span),
        (bytes(&namespace.labels, &namespace.annotations), namespace.span),
    ];
    parts.into_iter().max_by_key(|(bytes, _)| *bytes).map_or(namespace.span, |(_, span)| span)
}

/// The entry that brings most of the people.
fn span_of_people(scene: &Scene<'_>) -> Span {
    let mut entries: BTreeMap<Span, usize> = BTreeMap::new();
    for way in scene.grants.iter().filter_map(|grant| grant.ways.first()) {
        *entries.entry(way.span).or_default() += 1;
    }
    let largest = entries.into_iter().rev().max_by_key(|(_, people)| *people);
    largest.map_or(scene.provision.namespace.span, |(span, _)| span)
}

/// Whether policies are worth a look: all of a platform hold the same, but for a name.
fn has_large_policies(platform: &Platform) -> bool {
    let mesh = &platform.mesh;
    platform.has_policies() && mesh.extra_principals.iter().map(String::len).sum::<usize>() >= UNSUSPICIOUS
}

/// The first object of a namespace that the platform's principals make too large.
fn large_policy(scene: &Scene<'_>) -> Option<Diagnostic> {
    let help = "list fewer programs under `extraPrincipals` of the mesh";
    let is_absent = scene.platform.profile_controller == Presence::Absent;
    let made = is_absent.then(|| controller::objects(scene)).into_iter().flatten();
    let contributors = ContributorObjects::of(scene);
    let contributed = contributors.names().flat_map(|(name, index)| contributors.objects(name, index));
    made.chain(contributed).find_map(|manifest| large(scene, &manifest, scene.platform.span, help))
}
