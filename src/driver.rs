//! The way from texts to a program that can be rendered, in one place, for every command.

use jiff::civil::Date;

use crate::diag::catalog::guard as catalog;
use crate::diag::{self, Checked, Diagnostic, Draft, Sink};
use crate::inventory::{Inventory, State};
use crate::lint::lint;
use crate::lower::template::{self, Templates};
use crate::parse;
use crate::plan::{self, Plan};
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
    let (inventory, findings) = parse::parse(sources, found).then(resolve).into_parts();
    let draft = Draft::start(&inventory, findings).then(|inventory, sink| program(inventory, sources, as_of, sink));
    let (program, mut diagnostics) = draft.finish();
    diag::sort(&mut diagnostics, sources);
    then(Outcome { inventory: &inventory, program, diagnostics })
}

fn program<'a>(inventory: &'a Inventory, sources: &'a SourceMap, as_of: Date, sink: &mut Sink) -> Program<'a> {
    lint(inventory, as_of, sink);
    let templates = Templates::compile(inventory, sources, sink);
    let plans: Vec<Plan<'a>> = inventory.platforms().map(|(id, _)| plan::plan(inventory, id, as_of)).collect();
    for plan in &plans {
        template::check(plan, &templates, sink);
        check_admins(plan, sink);
    }
    Program { inventory, plans, templates }
}

/// The guard that needs no "before": every active namespace has enough admins.
fn check_admins(plan: &Plan<'_>, sink: &mut Sink) {
    let platform = plan.inventory.platform(plan.platform);
    for provision in plan.provisions.iter().filter(|provision| provision.state() == State::Active) {
        let admins = plan::admins(Some(provision.owner), &provision.grants);
        if admins < usize::from(platform.min_admins) {
            let namespace = provision.namespace;
            let cluster = platform.name.as_str();
            sink.push(catalog::too_few_admins(namespace.span, cluster, &namespace.name, admins, platform.min_admins));
        }
    }
}
