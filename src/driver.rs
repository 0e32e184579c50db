//! The way from texts to a program that can be rendered, in one place, for every command.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::civil::Date;

use crate::capacity;
use crate::diag::{self, Checked, Diagnostic, Draft, Sink};
use crate::diff::Unchanged;
use crate::guard;
use crate::inventory::Inventory;
use crate::lint::{Look, lint};
use crate::lower::load::Load;
use crate::lower::template::{self, Demand, Templates};
use crate::meter::{Meter, Phase, Unmetered};
use crate::parse;
use crate::plan::{self, Plan, Provision};
use crate::render::layout::Layout;
use crate::render::{self, File};
use crate::resolve::resolve;
use crate::source::SourceMap;

/// Everything that is decided: a plan for each platform, in the order of their names.
pub struct Program<'a> {
    /// What the plans were made from.
    pub inventory: &'a Inventory,
    /// One plan per platform.
    pub plans: Vec<Plan<'a>>,
    /// The compiled templates.
    pub templates: Templates<'a>,
    platform_files: Vec<[OnceLock<Vec<File>>; 2]>,
}

impl Program<'_> {
    /// The files of the platform of a plan, by the plan's index. They are rendered once: those for the engines know what
    /// kinds of objects the whole cluster has.
    pub fn platform_files(&self, plan: usize) -> &[File] {
        self.platform_files_in(plan, Layout::Plain)
    }

    /// The same in a layout.
    pub fn platform_files_in(&self, plan: usize, layout: Layout) -> &[File] {
        let [plain, kustomize] = &self.platform_files[plan];
        let files = if layout == Layout::Plain { plain } else { kustomize };
        files.get_or_init(|| render::platform_files_in(&self.plans[plan], &self.templates, layout))
    }
}

/// What came of looking at an inventory.
pub struct Outcome<'a> {
    /// The inventory, as far as it could be made out. Only for counting and for messages.
    pub inventory: &'a Inventory,
    /// The program, if nothing is wrong.
    pub program: Option<Checked<Program<'a>>>,
    /// All findings, in the order that they are shown in.
    pub diagnostics: Vec<Diagnostic>,
}

/// Looks at an inventory for a day, and hands what came of it to `then`.
///
/// `found` is what reading the files brought up. The outcome borrows from the inventory, which lives in here; hence the
/// function instead of a value.
pub fn analyse<R>(sources: &SourceMap, found: Vec<Diagnostic>, as_of: Date, then: impl FnOnce(Outcome<'_>) -> R) -> R {
    analyse_above(sources, found, as_of, &Floors::new(), &Unmetered, then)
}

/// Numbers of shards that clusters have already, by the cluster's name. `auto` never goes below them: fewer would move
/// namespaces for nothing, and would hold up whatever else changes.
pub type Floors = BTreeMap<String, u16>;

/// The same as [`analyse`], for an inventory that was compiled before; `meter` is told how far it is.
pub fn analyse_above<R>(
    sources: &SourceMap,
    found: Vec<Diagnostic>,
    as_of: Date,
    floors: &Floors,
    meter: &dyn Meter,
    then: impl FnOnce(Outcome<'_>) -> R,
) -> R {
    alone(Given { sources, found, advice: Advice::Always }, How { as_of, guards: Guards::Judge, floors, meter }, then)
}

/// The same for an inventory of which a guard is shown and stops nothing.
pub fn analyse_side<R>(
    sources: &SourceMap,
    found: Vec<Diagnostic>,
    as_of: Date,
    floors: &Floors,
    meter: &dyn Meter,
    then: impl FnOnce(Outcome<'_>) -> R,
) -> R {
    alone(Given { sources, found, advice: Advice::Always }, How { as_of, guards: Guards::Leave, floors, meter }, then)
}

/// Looks at both sides of a review, and hands what came of each to `then`: the base, and the head.
///
/// What the sides have in common is looked at once. That is a file of one path, one text and one id, so the sources
/// should be [numbered alike](SourceMap::number_alike); and the add-ons of a namespace that is made from the same values.
/// Of either, nothing but these inputs decides what comes of it. A cluster of the head has at least as many shards as the
/// base gives it. A guard is shown and stops nothing.
pub fn analyse_sides<R>(
    base: Given<'_>,
    head: Given<'_>,
    as_of: Date,
    floors: &Floors,
    meter: &dyn Meter,
    then: impl FnOnce(&Outcome<'_>, &Outcome<'_>) -> R,
) -> R {
    meter.begin(Phase::Parsing, base.sources.files().len() + head.sources.files().len());
    let [was, is] = parse::parse_both((base.sources, base.found), (head.sources, head.found), meter);
    meter.begin(Phase::Resolving, 0);
    let resolved = |parsed: Draft<_>| parsed.then(resolve).into_parts();
    let ((was_inventory, was_found), (is_inventory, is_found)) = rayon::join(|| resolved(was), || resolved(is));
    meter.begin(Phase::Planning, 0);
    let (was_plans, is_plans) = rayon::join(|| plans(&was_inventory, as_of), || plans(&is_inventory, as_of));
    let how = How { as_of, guards: Guards::Leave, floors, meter };
    let (mut floors, mut demands) = (floors.clone(), Vec::new());
    let draft = Draft::start(was_plans, was_found).then(|plans, sink| {
        let side = Side { inventory: &was_inventory, sources: base.sources, advice: base.advice };
        let (program, found) = program(side, plans, how, None, sink);
        demands = found;
        program
    });
    let was = outcome(&was_inventory, base.sources, draft);
    let before = was.program.as_ref().map(|program| Before { program: program.get(), demands: &demands });
    for plan in before.iter().flat_map(|before| &before.program.plans) {
        let floor = floors.entry(cluster(plan).to_owned()).or_default();
        *floor = plan.shards.max(*floor);
    }
    let how = How { floors: &floors, ..how };
    let draft = Draft::start(is_plans, is_found).then(|plans, sink| {
        let side = Side { inventory: &is_inventory, sources: head.sources, advice: head.advice };
        program(side, plans, how, before, sink).0
    });
    let is = outcome(&is_inventory, head.sources, draft);
    let result = then(&was, &is);
    // To free so many texts takes a while.
    rayon::join(|| drop(was), || drop(is));
    rayon::join(|| drop(was_inventory), || drop(is_inventory));
    result
}

/// An inventory that nobody has looked at yet.
pub struct Given<'s> {
    /// Its texts.
    pub sources: &'s SourceMap,
    /// What reading them brought up.
    pub found: Vec<Diagnostic>,
    /// When anybody wants advice about it.
    pub advice: Advice,
}

/// When there is advice among the findings. Advice is warnings, and changes nothing else.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// Whenever there is any.
    Always,
    /// Beside errors: of a sound inventory, nobody looks at the findings.
    WithErrors,
}

/// Whether the guard that needs no "before" is judged here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guards {
    Judge,
    Leave,
}

/// How to look at an inventory.
#[derive(Clone, Copy)]
struct How<'h> {
    as_of: Date,
    guards: Guards,
    floors: &'h Floors,
    meter: &'h dyn Meter,
}

/// An inventory that is resolved.
#[derive(Clone, Copy)]
struct Side<'a> {
    inventory: &'a Inventory,
    sources: &'a SourceMap,
    advice: Advice,
}

/// The other side of a review, which was looked at first and is sound.
#[derive(Clone, Copy)]
struct Before<'b> {
    program: &'b Program<'b>,
    /// What each namespace of each plan asks for.
    demands: &'b [Vec<Demand>],
}

fn alone<R>(given: Given<'_>, how: How<'_>, then: impl FnOnce(Outcome<'_>) -> R) -> R {
    let Given { sources, found, advice } = given;
    how.meter.begin(Phase::Parsing, sources.files().len());
    let parsed = parse::parse(sources, found, how.meter);
    how.meter.begin(Phase::Resolving, 0);
    let (inventory, findings) = parsed.then(resolve).into_parts();
    how.meter.begin(Phase::Planning, 0);
    let side = Side { inventory: &inventory, sources, advice };
    let draft = Draft::start(plans(&inventory, how.as_of), findings);
    then(outcome(&inventory, sources, draft.then(|plans, sink| program(side, plans, how, None, sink).0)))
}

fn outcome<'a>(inventory: &'a Inventory, sources: &SourceMap, draft: Draft<Program<'a>>) -> Outcome<'a> {
    let (program, mut diagnostics) = draft.finish();
    diag::sort(&mut diagnostics, sources);
    Outcome { inventory, program, diagnostics }
}

fn plans(inventory: &Inventory, as_of: Date) -> Vec<Plan<'_>> {
    inventory.platforms().map(|(id, _)| plan::plan(inventory, id, as_of)).collect()
}

fn cluster<'p>(plan: &Plan<'p>) -> &'p str {
    plan.inventory.platform(plan.platform).name.as_str()
}

/// Completes the plans and checks add-ons. Gives back what each namespace of each plan asks for, too.
fn program<'a>(
    side: Side<'a>,
    mut plans: Vec<Plan<'a>>,
    how: How<'_>,
    before: Option<Before<'_>>,
    sink: &mut Sink,
) -> (Program<'a>, Vec<Vec<Demand>>) {
    let Side { inventory, sources, advice } = side;
    let How { as_of, guards, floors, meter } = how;
    meter.begin(Phase::Linting, 0);
    // An admin who is missing may be one who was left out, and that was reported.
    let all_there = !sink.has_errors();
    let mut advised = advice == Advice::Always || !all_there;
    if advised {
        lint(&Look { inventory, plans: &plans, as_of }, sink);
    }
    meter.begin(Phase::CheckingAddOns, plans.iter().map(|plan| plan.provisions.len()).sum());
    let templates = Templates::compile(inventory, sources, sink);
    let mut demands = Vec::with_capacity(plans.len());
    for plan in &mut plans {
        let unchanged = before.and_then(|before| {
            let (was, templates) = ((&before.program.plans[..], &before.program.templates), &templates);
            Some((before.demands, Unchanged::between(was, (plan, templates))?))
        });
        let known = |provision: &Provision<'_>| {
            let (demands, unchanged) = unchanged.as_ref()?;
            let (plan, at) = unchanged.find(provision)?;
            demands.get(plan)?.get(at).copied()
        };
        let found = template::check(plan, &templates, &known, meter, sink);
        plan.shards = capacity::shards(plan, &loads(&found), floors.get(cluster(plan)).copied().unwrap_or(1));
        demands.push(found);
        if all_there && guards == Guards::Judge {
            sink.extend(guard::too_few_admins(plan, inventory.platform(plan.platform).min_admins));
        }
    }
    if !advised && sink.has_errors() {
        meter.begin(Phase::Linting, 0);
        advised = true;
        // What add-ons get wrong keeps no lint from speaking.
        let mut found = Sink::default();
        lint(&Look { inventory, plans: &plans, as_of }, &mut found);
        sink.append(found);
    }
    if all_there && advised {
        plans.iter().zip(&demands).for_each(|(plan, demands)| capacity::warn(plan, &loads(demands), sink));
    }
    let platform_files = plans.iter().map(|_| [OnceLock::new(), OnceLock::new()]).collect();
    (Program { inventory, plans, templates, platform_files }, demands)
}

fn loads(demands: &[Demand]) -> Vec<Load> {
    demands.iter().map(|demand| demand.load).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{API_VERSION, Kind, field};
    use crate::render::namespace_file;

    const PEOPLE: &str = "kind: Directory\nmetadata: {name: people}\nspec:\n  users: [{name: ada}, {name: bob}]\n";
    const TENANT: &str = "kind: Tenant\nmetadata: {name: vision}\n";
    /// Fields of another distribution, and one whose default is a map that is not empty.
    const OTHER: &[&str] = &["ecp", "personalProfiles"];
    const PLATFORM: &str = "kind: Platform\nmetadata: {name: prod}\n";

    /// Writes out all that a table says about fields that are left out, as flow maps below the fields that are needed.
    fn spelt_out(object: &field::Object, needed: &str) -> String {
        let mut entries = vec![needed.to_owned()];
        for field in object.fields.iter().filter(|field| !OTHER.contains(&field.name)) {
            match (&field.shape, field.otherwise) {
                (field::Shape::Object(inner), field::Otherwise::Empty) => {
                    entries.push(format!("{}: {}", field.name, spelt_out(inner, "")));
                }
                (field::Shape::Map(_), field::Otherwise::Empty) => entries.push(format!("{}: {{}}", field.name)),
                (_, field::Otherwise::Empty) => entries.push(format!("{}: []", field.name)),
                (field::Shape::Boolean | field::Shape::Integer(..) | field::Shape::Either(..), _) => {
                    let text = field.default_text();
                    entries.extend((!text.is_empty()).then(|| format!("{}: {text}", field.name)));
                }
                (_, field::Otherwise::Is(text)) => entries.push(format!("{}: \"{text}\"", field.name)),
                (_, field::Otherwise::Nothing | field::Otherwise::Words(_)) => {}
            }
        }
        entries.retain(|entry| !entry.is_empty());
        format!("{{{}}}", entries.join(", "))
    }

    fn compiled(platform: &str, tenant: &str) -> Vec<String> {
        let document = |text: String| format!("---\napiVersion: {API_VERSION}\n{text}");
        let text = document(PEOPLE.into())
            + &document(format!("{PLATFORM}spec: {platform}\n"))
            + &document(format!("{TENANT}spec: {tenant}\n"));
        let sources = SourceMap::new(vec![("all.yaml".to_owned(), text)]);
        analyse(&sources, Vec::new(), jiff::civil::date(2026, 11, 22), |outcome| {
            let program = outcome.program.unwrap_or_else(|| panic!("{:?}", outcome.diagnostics));
            let program = program.get();
            let files = program.plans.iter().flat_map(|plan| {
                plan.provisions.iter().map(|provision| namespace_file(plan, provision, &program.templates).text)
            });
            files.collect()
        })
    }

    /// The tables' defaults are the reader's: a document that spells them out compiles to the same bytes.
    #[test]
    fn spelling_out_every_default_changes_nothing() {
        let platform = "distribution: kubeflow, owner: ada";
        let tenant = "contributors: [{user: bob}]";
        let short = compiled(&format!("{{{platform}}}"), &format!("{{{tenant}}}"));
        let (_, platform_table) = Kind::Platform.tables();
        let (_, tenant_table) = Kind::Tenant.tables();
        let contributors = "contributors: [{user: bob, role: edit, notebookAccess: true}]";
        let long_tenant = spelt_out(tenant_table, "").replace("contributors: []", contributors);
        assert!(long_tenant.contains(contributors) && long_tenant.contains("state: \"active\""));
        assert_eq!(compiled(&spelt_out(platform_table, platform), &long_tenant), short);
        assert_eq!(short.len(), 1);
    }
}
