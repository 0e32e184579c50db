//! The way from texts to a program that can be rendered, in one place, for every command.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::civil::Date;

use crate::capacity;
use crate::diag::{self, Checked, Diagnostic, Draft, Sink};
use crate::guard;
use crate::inventory::Inventory;
use crate::lint::{Look, lint};
use crate::lower::template::{self, Templates};
use crate::meter::{Meter, Phase, Unmetered};
use crate::parse;
use crate::plan::{self, Plan};
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
    run(sources, found, as_of, Guards::Judge, &Floors::new(), &Unmetered, then)
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
    run(sources, found, as_of, Guards::Judge, floors, meter, then)
}

/// The same for one side of a review, where a guard is shown and stops nothing.
pub fn analyse_side<R>(
    sources: &SourceMap,
    found: Vec<Diagnostic>,
    as_of: Date,
    floors: &Floors,
    meter: &dyn Meter,
    then: impl FnOnce(Outcome<'_>) -> R,
) -> R {
    run(sources, found, as_of, Guards::Leave, floors, meter, then)
}

/// Whether the guard that needs no "before" is judged here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guards {
    Judge,
    Leave,
}

fn run<R>(
    sources: &SourceMap,
    found: Vec<Diagnostic>,
    as_of: Date,
    guards: Guards,
    floors: &Floors,
    meter: &dyn Meter,
    then: impl FnOnce(Outcome<'_>) -> R,
) -> R {
    meter.begin(Phase::Parsing, sources.files().count());
    let parsed = parse::parse(sources, found, meter);
    meter.begin(Phase::Resolving, 0);
    let (inventory, findings) = parsed.then(resolve).into_parts();
    let draft = Draft::start(&inventory, findings);
    let draft = draft.then(|inventory, sink| program(inventory, sources, as_of, guards, floors, meter, sink));
    let (program, mut diagnostics) = draft.finish();
    diag::sort(&mut diagnostics, sources);
    then(Outcome { inventory: &inventory, program, diagnostics })
}

fn program<'a>(
    inventory: &'a Inventory,
    sources: &'a SourceMap,
    as_of: Date,
    guards: Guards,
    floors: &Floors,
    meter: &dyn Meter,
    sink: &mut Sink,
) -> Program<'a> {
    meter.begin(Phase::Planning, 0);
    let mut plans: Vec<Plan<'a>> = inventory.platforms().map(|(id, _)| plan::plan(inventory, id, as_of)).collect();
    meter.begin(Phase::Linting, 0);
    lint(&Look { inventory, plans: &plans, as_of }, sink);
    meter.begin(Phase::CheckingAddOns, plans.iter().map(|plan| plan.provisions.len()).sum());
    let templates = Templates::compile(inventory, sources, sink);
    // An admin who is missing may be one who was left out, and that was reported.
    let all_there = !sink.has_errors();
    for plan in &mut plans {
        let loads = template::check(plan, &templates, meter, sink);
        let floor = floors.get(inventory.platform(plan.platform).name.as_str()).copied();
        plan.shards = capacity::shards(plan, &loads, floor.unwrap_or(1));
        if all_there {
            capacity::warn(plan, &loads, sink);
        }
        if all_there && guards == Guards::Judge {
            sink.extend(guard::too_few_admins(plan, inventory.platform(plan.platform).min_admins));
        }
    }
    let platform_files = plans.iter().map(|_| [OnceLock::new(), OnceLock::new()]).collect();
    Program { inventory, plans, templates, platform_files }
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
