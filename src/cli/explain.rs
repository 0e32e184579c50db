//! `tenantry explain`: what made each object of a file, or what a code means.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Result, bail};
use tenantry::diag::Code;
use tenantry::diag::suggest::nearest;
use tenantry::driver::{Program, analyse};
use tenantry::inventory::Inventory;
use tenantry::lower::{Cause, Scene, lower, platform};
use tenantry::manifest::Manifest;
use tenantry::plan::{Grant, GrantSubject, Plan, Provision, Way};
use tenantry::render::layout;
use tenantry::report::escape;
use tenantry::source::{SourceMap, Span};

use super::args::Common;
use super::check::name_day;
use super::clock;
use super::console::Console;
use super::exit::Exit;
use super::read::{self, Input};

/// Explains a code, or a compiled file.
pub fn run(subject: &str, input: &Path, common: &Common, console: &Console) -> Result<Exit> {
    if let Some(code) = Code::find(subject) {
        let (name, severity, summary) = (code.name(), code.severity().name(), code.summary());
        console.result(&format!("{name} ({severity}): {summary}\n\n{}", code.long()))?;
        return Ok(Exit::Done);
    }
    // From inside the output folder, the path alone does not name the cluster.
    let path = std::path::absolute(subject).map_or_else(|_| subject.to_owned(), |path| read::shown_path(&path));
    let target = layout::namespace_of(&path).map(|it| (it.cluster, Target::Namespace(it.namespace)));
    let target =
        target.or_else(|| layout::platform_object_of(&path).map(|(cluster, file)| (cluster, Target::Platform(file))));
    let Some((cluster, target)) = target else { bail!("{}", unknown(subject)) };
    let as_of = clock::as_of(common.as_of.as_deref())?;
    let Input { sources, found, prefix } = read::read(input, console.meter());
    analyse(&sources, found, as_of.date, |outcome| {
        name_day(&outcome, as_of, console);
        let Some(program) = &outcome.program else {
            console.diagnostics(&outcome.diagnostics, &sources, &prefix);
            return Ok(Exit::of(&outcome.diagnostics));
        };
        let program = program.get();
        let Some(plan) = find_plan(program, cluster) else {
            bail!("the inventory `{prefix}` has no cluster `{cluster}`");
        };
        let objects = match target {
            Target::Namespace(namespace) => {
                let Some(provision) = find_provision(plan, namespace) else {
                    bail!("the inventory `{prefix}` asks for no namespace `{namespace}` on the cluster `{cluster}`");
                };
                namespace_objects(program, plan, provision)
            }
            Target::Platform(file) => platform_objects(plan, file),
        };
        if objects.is_empty() {
            bail!("the inventory `{prefix}` asks for no such file on the cluster `{cluster}`");
        }
        console.result(&table(&objects, &Places { sources: &sources, prefix: &prefix }))?;
        Ok(Exit::Done)
    })
}

/// What a compiled file is for.
enum Target<'p> {
    Namespace(&'p str),
    Platform(&'p str),
}

/// Words for something that is neither a code nor a compiled file.
fn unknown(subject: &str) -> String {
    let path = layout::namespace_path("prod", "vision", 1);
    let words = format!("`{subject}` is neither a code nor a compiled file such as `output/{path}`");
    match nearest(subject, Code::ALL.iter().map(|code| code.name())) {
        Some(code) => format!("{words}; did you mean `{code}`?"),
        None => words,
    }
}

fn find_plan<'p, 'a>(program: &'p Program<'a>, cluster: &str) -> Option<&'p Plan<'a>> {
    program.plans.iter().find(|plan| plan.inventory.platform(plan.platform).name.as_str() == cluster)
}

fn find_provision<'p, 'a>(plan: &'p Plan<'a>, namespace: &str) -> Option<&'p Provision<'a>> {
    plan.provisions.iter().find(|provision| provision.namespace.name.as_str() == namespace)
}

/// An object, and why it is there: words and places.
struct Explained {
    object: String,
    reasons: Vec<Reason>,
}

/// Words and the place that they are about. What only explains the reason above it is indented.
struct Reason {
    words: String,
    span: Span,
}

impl Reason {
    fn new(words: String, span: Span) -> Reason {
        Reason { words: escape::terminal(&words).into_owned(), span }
    }

    fn indented(self) -> Reason {
        Reason { words: format!("  {}", self.words), ..self }
    }
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

/// Objects, each with its reasons below it, the places in one column.
fn table(objects: &[Explained], places: &Places<'_>) -> String {
    let width = |reason: &Reason| reason.words.chars().count();
    let widest = objects.iter().flat_map(|it| &it.reasons).map(width).max().unwrap_or_default();
    let mut text = String::new();
    for Explained { object, reasons } in objects {
        let _ = writeln!(text, "{object}");
        for reason in reasons {
            let _ = writeln!(text, "  {:widest$}  {}", reason.words, places.show(reason.span));
        }
    }
    text
}

fn namespace_objects(program: &Program<'_>, plan: &Plan<'_>, provision: &Provision<'_>) -> Vec<Explained> {
    let scene = Scene::today(plan, provision);
    let objects = lower(&scene, &program.templates).into_iter();
    objects
        .map(|object| Explained { object: shown(&object.manifest), reasons: reasons(&scene, object.cause) })
        .collect()
}

fn platform_objects(plan: &Plan<'_>, file: &str) -> Vec<Explained> {
    let platform = plan.inventory.platform(plan.platform);
    let objects = platform::objects(platform).into_iter().filter(|(name, _)| *name == file);
    objects
        .map(|(_, manifest)| Explained {
            object: shown(&manifest),
            reasons: vec![Reason::new(format!("platform `{}`", platform.name), platform.span)],
        })
        .collect()
}

fn shown(manifest: &Manifest<'_>) -> String {
    escape::terminal(&manifest.id().to_string()).into_owned()
}

/// Why an object is there.
fn reasons(scene: &Scene<'_>, cause: Cause) -> Vec<Reason> {
    let tenant = scene.inventory.tenant(scene.provision.tenant);
    let owner = Reason::new(owner(scene), scene.provision.owner_span);
    match cause {
        Cause::Namespace => {
            let mut reasons = vec![Reason::new(format!("tenant `{}`", tenant.name), tenant.span)];
            if scene.provision.namespace.span != tenant.span {
                let namespace = format!("namespace `{}`", scene.namespace());
                reasons.push(Reason::new(namespace, scene.provision.namespace.span));
            }
            reasons.push(owner);
            reasons.push(Reason::new(format!("platform `{}`", scene.platform.name), scene.platform.span));
            reasons
        }
        Cause::Owner => vec![owner],
        Cause::Controller => {
            vec![Reason::new("made here, for there is no profile controller".to_owned(), scene.platform.span), owner]
        }
        Cause::Contributors => {
            let ways = scene.grants.iter().flat_map(|grant| grant.ways.iter().map(move |way| (grant, way)));
            ways.flat_map(|(grant, way)| way_reasons(scene.inventory, grant, way)).collect()
        }
        Cause::Grant(at) => {
            let grant = &scene.grants[at];
            grant.ways.iter().flat_map(|way| way_reasons(scene.inventory, grant, way)).collect()
        }
        Cause::AddOn(at) => {
            let name = &scene.provision.namespace.add_ons[at];
            let template = scene.inventory.templates().iter().find(|template| template.name == *name);
            let mut reasons = vec![Reason::new(format!("add-on `{name}` of tenant `{}`", tenant.name), tenant.span)];
            reasons.extend(template.map(|template| Reason::new(format!("template `{name}`"), template.span)));
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

/// The entry that a way begins with and, if it leads through groups, where the last of them names the person.
fn way_reasons(inventory: &Inventory, grant: &Grant<'_>, way: &Way) -> Vec<Reason> {
    let subject = match grant.subject {
        GrantSubject::User(user) => inventory.user(user).name.to_string(),
        GrantSubject::ServiceAccount(account) => account.to_string(),
        GrantSubject::IdpGroup(group) => group.to_string(),
    };
    let entry = format!("`{subject}` is {}", way.role.name());
    let Some(&last) = way.groups.last() else { return vec![Reason::new(entry, way.span)] };
    let groups: Vec<&str> = way.groups.iter().map(|&group| inventory.group(group).name.as_str()).collect();
    let group = inventory.group(last);
    let named = group.members.iter().find(|(user, _)| grant.subject == GrantSubject::User(*user));
    let entry = Reason::new(format!("{entry} through {}", groups.join(" → ")), way.span);
    let member = named.map(|&(_, span)| Reason::new(format!("as a member of `{}`", group.name), span).indented());
    std::iter::once(entry).chain(member).collect()
}
