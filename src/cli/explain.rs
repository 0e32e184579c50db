//! `tenantry explain`: what made each object of a file, or what a code means.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Result, bail};
use tenantry::diag::Code;
use tenantry::driver::{Program, analyse};
use tenantry::lower::{Cause, Scene, lower};
use tenantry::plan::{GrantSubject, Plan, Provision, Way};
use tenantry::render::layout;
use tenantry::report::escape;
use tenantry::source::{SourceMap, Span};

use super::args::Common;
use super::clock;
use super::console::Console;
use super::exit::Exit;
use super::read::{self, Input};

/// Explains a code, or a compiled file.
pub fn run(subject: &str, input: &Path, common: &Common, console: &Console) -> Result<Exit> {
    if let Some(code) = Code::find(subject) {
        console.result(&format!(
            "{} ({}): {}\n\n{}",
            code.name(),
            code.severity().name(),
            code.summary(),
            code.long()
        ))?;
        return Ok(Exit::Done);
    }
    let path = subject.replace('\\', "/");
    let Some((cluster, namespace)) = layout::namespace_of(&path) else {
        bail!(
            "`{subject}` is neither a code nor a compiled file such as `output/prod/{}/vision.yaml`",
            layout::TENANTS
        );
    };
    let as_of = clock::as_of(common.as_of.as_deref())?;
    let Input { sources, found, prefix } = read::read(input);
    analyse(&sources, found, as_of.date, |outcome| {
        let Some(program) = &outcome.program else {
            console.diagnostics(&outcome.diagnostics, &sources, &prefix);
            return Ok(Exit::of(&outcome.diagnostics));
        };
        let program = program.get();
        let Some((plan, provision)) = find(program, cluster, namespace) else {
            bail!("the inventory `{prefix}` asks for no namespace `{namespace}` on a cluster `{cluster}`");
        };
        let places = Places { sources: &sources, prefix: &prefix };
        console.result(&explain(program, plan, provision, &places))?;
        Ok(Exit::Done)
    })
}

fn find<'p, 'a>(program: &'p Program<'a>, cluster: &str, namespace: &str) -> Option<(&'p Plan<'a>, &'p Provision<'a>)> {
    let plan = program.plans.iter().find(|plan| plan.inventory.platform(plan.platform).name.as_str() == cluster)?;
    let provision = plan.provisions.iter().find(|provision| provision.namespace.name.as_str() == namespace)?;
    Some((plan, provision))
}

/// Shows places of the inventory.
struct Places<'s> {
    sources: &'s SourceMap,
    prefix: &'s str,
}

impl Places<'_> {
    fn show(&self, span: Span) -> String {
        let at = self.sources.locate(span);
        escape::terminal(&format!("{}/{}:{}", self.prefix.trim_end_matches('/'), at.path, at.line)).into_owned()
    }
}

fn explain(program: &Program<'_>, plan: &Plan<'_>, provision: &Provision<'_>, places: &Places<'_>) -> String {
    let scene = Scene::today(plan, provision);
    let mut text = String::new();
    for object in lower(&scene, &program.templates) {
        let _ = writeln!(text, "{}", escape::terminal(&object.manifest.id().to_string()));
        for (words, span) in reasons(&scene, object.cause) {
            let _ = writeln!(text, "  {:<44} {}", escape::terminal(&words), places.show(span));
        }
    }
    text
}

/// Why an object is there: words and places.
fn reasons(scene: &Scene<'_>, cause: Cause) -> Vec<(String, Span)> {
    let tenant = scene.inventory.tenant(scene.provision.tenant);
    let owner = (owner(scene), scene.provision.owner_span);
    match cause {
        Cause::Namespace => {
            let mut reasons = vec![(format!("tenant `{}`", tenant.name), tenant.span)];
            if scene.provision.namespace.span != tenant.span {
                reasons.push((format!("namespace `{}`", scene.namespace()), scene.provision.namespace.span));
            }
            reasons.push(owner);
            reasons.push((format!("platform `{}`", scene.platform.name), scene.platform.span));
            reasons
        }
        Cause::Owner => vec![owner],
        Cause::Grant(at) => scene.grants[at].ways.iter().map(|way| (way_words(scene, at, way), way.span)).collect(),
        Cause::AddOn(at) => {
            let name = &scene.provision.namespace.add_ons[at];
            let template = scene.inventory.templates().iter().find(|template| template.name == *name);
            let add_on = format!("add-on `{name}` of tenant `{}`", tenant.name);
            let mut reasons = vec![(add_on, tenant.span)];
            reasons.extend(template.map(|template| (format!("template `{name}`"), template.span)));
            reasons
        }
    }
}

fn owner(scene: &Scene<'_>) -> String {
    let name = &scene.inventory.user(scene.provision.owner).name;
    match scene.provision.owner_via {
        tenantry::plan::Via::StandIn => {
            format!("`{name}` stands in: the namespace is {}", scene.provision.state().name())
        }
        _ => format!("owner `{name}`"),
    }
}

fn way_words(scene: &Scene<'_>, at: usize, way: &Way) -> String {
    let subject = match scene.grants[at].subject {
        GrantSubject::User(user) => scene.inventory.user(user).name.to_string(),
        GrantSubject::ServiceAccount(account) => account.to_string(),
        GrantSubject::IdpGroup(group) => group.to_string(),
    };
    let groups: Vec<&str> = way.groups.iter().map(|&group| scene.inventory.group(group).name.as_str()).collect();
    match groups[..] {
        [] => format!("`{subject}` is {}", way.role.name()),
        _ => format!("`{subject}` is {} through {}", way.role.name(), groups.join(" → ")),
    }
}
