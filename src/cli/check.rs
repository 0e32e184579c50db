//! `tenantry check`.

use std::path::Path;

use anyhow::Result;
use rayon::prelude::*;
use tenantry::diag::catalog::counted;
use tenantry::diag::{self, Diagnostic};
use tenantry::driver::{Outcome, Program, analyse_above};
use tenantry::inventory::Inventory;
use tenantry::plan::{Plan, Provision};
use tenantry::render::header::{Header, Subject};
use tenantry::render::layout;
use tenantry::report::diagnostics::{self, Format};
use tenantry::{facts, guard};

use super::args::{CheckFormat, Common};
use super::clock::{self, AsOf};
use super::console::Console;
use super::exit::Exit;
use super::output::{Output, Seen, Tree};
use super::read::{self, Input};

/// Checks an inventory and shows what was found.
pub fn run(input: &Path, output: &Path, format: CheckFormat, common: &Common, console: &Console) -> Result<Exit> {
    let as_of = clock::as_of(common.as_of.as_deref())?;
    let Input { sources, found, prefix } = read::read(input);
    analyse_above(&sources, found, as_of.date, &Output::new(output).shards(), |mut outcome| {
        if let Some(program) = &outcome.program {
            outcome.diagnostics.extend(changed_owners(program.get(), &Output::new(output)));
            diag::sort(&mut outcome.diagnostics, &sources);
        }
        let machine = match format {
            CheckFormat::Text => None,
            CheckFormat::Json => Some(Format::Json),
            CheckFormat::Sarif => Some(Format::Sarif),
            CheckFormat::Github => Some(Format::Github),
        };
        match machine {
            None => {
                console.diagnostics(&outcome.diagnostics, &sources, &prefix);
                if outcome.program.is_some() {
                    console.result(&format!("{}\n", summary(outcome.inventory)))?;
                }
            }
            Some(format) => {
                let options =
                    diagnostics::Options { format, colour: false, width: None, path_prefix: &prefix, limit: None };
                console.result(&diagnostics::render(&outcome.diagnostics, &sources, &options))?;
            }
        }
        name_day(&outcome, as_of, console);
        Ok(Exit::of(&outcome.diagnostics))
    })
}

/// Owners that differ from those in the compiled output. What cannot be read there is left for `compile` to report.
fn changed_owners(program: &Program<'_>, output: &Output) -> Vec<Diagnostic> {
    let provisions: Vec<(&Plan<'_>, &Provision<'_>)> =
        program.plans.iter().flat_map(|plan| plan.provisions.iter().map(move |provision| (plan, provision))).collect();
    let changed = provisions.into_par_iter().filter_map(|(plan, provision)| {
        let cluster = program.inventory.platform(plan.platform).name.as_str();
        let path = layout::namespace_path(cluster, provision.namespace.name.as_str(), plan.shards);
        let Ok(Seen::Ours(text)) = output.look(&path) else { return None };
        let (header, body) = Header::parse(&text)?;
        let Subject::Tenant { state, .. } = header.subject else { return None };
        guard::owner_changed(program.inventory, &state, &facts::owner_of_text(body)?, provision)
    });
    changed.collect()
}

/// Names the day, if anything depends on it.
pub fn name_day(outcome: &Outcome<'_>, as_of: AsOf, console: &Console) {
    if outcome.inventory.depends_on_day() {
        console.note(&format!("grants with an end are judged as of {} ({})", as_of.date, as_of.source));
    }
}

/// What an inventory holds, in a line.
pub fn summary(inventory: &Inventory) -> String {
    let placements = || inventory.tenants().flat_map(|(_, tenant)| &tenant.placements);
    let namespaces: usize = placements().map(|placement| placement.namespaces.len()).sum();
    format!(
        "{}, {} on {}, {}, {}",
        counted(inventory.tenants().len(), "tenant", "tenants"),
        counted(namespaces, "namespace", "namespaces"),
        counted(inventory.platforms().len(), "cluster", "clusters"),
        counted(inventory.users().len(), "user", "users"),
        counted(inventory.groups().len(), "group", "groups"),
    )
}
