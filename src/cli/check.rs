//! `tenantry check`.

use std::path::Path;

use anyhow::Result;
use tenantry::diag::catalog::counted;
use tenantry::driver::{Outcome, analyse};
use tenantry::inventory::Inventory;
use tenantry::report::diagnostics::{self, Format};

use super::args::{CheckFormat, Common};
use super::clock::{self, AsOf};
use super::console::Console;
use super::exit::Exit;
use super::read::{self, Input};

/// Checks an inventory and shows what was found.
pub fn run(input: &Path, format: CheckFormat, common: &Common, console: &Console) -> Result<Exit> {
    let as_of = clock::as_of(common.as_of.as_deref())?;
    let Input { sources, found, prefix } = read::read(input);
    analyse(&sources, found, as_of.date, |outcome| {
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
