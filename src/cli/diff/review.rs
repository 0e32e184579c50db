//! Compares two sides that were looked at, or says why that cannot be.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use tenantry::diag::catalog::{counted, resolve as resolve_catalog};
use tenantry::diag::{Diagnostic, Severity};
use tenantry::diff::{Actor, ChangeSet, Content, Declared, Options, Side, Strays, compare, knows};
use tenantry::driver::{Outcome, Program};
use tenantry::guard::Allowed;
use tenantry::source::{Places, SourceMap};

use super::sides::BaseOutput;
use super::strays;
use crate::cli::check::name_day;
use crate::cli::clock::AsOf;
use crate::cli::console::Console;
use crate::cli::removal;

/// The texts of a side.
#[derive(Clone, Copy)]
pub struct Texts<'t> {
    /// How people name the side.
    pub name: &'t str,
    /// Its files.
    pub sources: &'t SourceMap,
    /// The folder that they are in, as people name it.
    pub prefix: &'t str,
}

impl<'t> Texts<'t> {
    fn declared<'s>(self, program: &'s Program<'s>) -> Declared<'s>
    where
        't: 's,
    {
        Declared {
            inventory: program.inventory,
            plans: &program.plans,
            templates: &program.templates,
            places: Places { sources: self.sources, prefix: self.prefix },
        }
    }
}

/// What a review is made of, beside what the two sides mean.
pub struct Review<'r> {
    /// Where to speak.
    pub console: &'r Console,
    /// The day, for both sides.
    pub as_of: AsOf,
    /// What the change starts from.
    pub base: Texts<'r>,
    /// What it leads to.
    pub head: Texts<'r>,
    /// What was compiled of the base.
    pub base_output: &'r BaseOutput,
    /// Who makes the change, if somebody vouches for it.
    pub actor: Option<&'r str>,
    /// Who seems to have made it.
    pub authors: &'r BTreeSet<String>,
    /// Files beside ours where engines sync; `None` if nobody could look.
    pub strays: Option<&'r strays::Strays>,
    /// Files that decide how changes are reviewed and that differ.
    pub judges: &'r [String],
    /// How people name the output folder.
    pub output: &'r str,
    /// Whether anybody looks at manifests.
    pub manifests: bool,
    /// The clusters to compare; empty for all.
    pub clusters: &'r BTreeSet<String>,
    /// What is meant, although a guard would refuse it.
    pub allowed: &'r Allowed,
}

impl Review<'_> {
    /// Compares, or says why that cannot be.
    pub fn compare(&self, base: &Outcome<'_>, head: &Outcome<'_>) -> Result<Option<ChangeSet>> {
        name_day(head, self.as_of, self.console);
        let Some(program) = &head.program else {
            self.console.diagnostics(&head.diagnostics, self.head.sources, self.head.prefix);
            return Ok(None);
        };
        let mut notes = Vec::new();
        let mut files = if base.program.is_some() { None } else { self.base_output.read()? };
        if base.program.is_none() && files.is_none() && self.base_output.is_committed() {
            // A base that is broken does not keep its own repair from being reviewed.
            self.console.diagnostics(&base.diagnostics, self.base.sources, self.base.prefix);
            notes.push(self.broken(base, &format!("{}; everything is shown as new", self.base_output.help())));
            files = Some(BTreeMap::new());
        }
        let nothing_tells = !notes.is_empty();
        let content = match (&base.program, &files) {
            (Some(program), _) => Content::Declared(self.base.declared(program.get())),
            (None, Some(files)) => {
                let without = self.base_output.without_inventory(self.base.name, self.base.prefix, files);
                let is_new = without.is_some() && files.is_empty();
                if !nothing_tells {
                    notes.push(without.unwrap_or_else(|| {
                        self.broken(base, "compared with what was compiled of it before, without evidence")
                    }));
                }
                if is_new { Content::Nothing } else { Content::Compiled(files) }
            }
            (None, None) => {
                self.console.diagnostics(&base.diagnostics, self.base.sources, self.base.prefix);
                self.console.note(&self.broken(base, &self.base_output.help()));
                return Ok(None);
            }
        };
        let (base_side, head_side) = (
            Side { name: self.base.name, content },
            Side { name: self.head.name, content: Content::Declared(self.head.declared(program.get())) },
        );
        if self.has_unknown_cluster(&base_side, &head_side) {
            return Ok(None);
        }
        let inventories = [base.inventory, head.inventory];
        let known = |name: &str| inventories.iter().any(|inventory| knows(inventory, name));
        let mut actors: Vec<Actor<'_>> = self.actor.into_iter().map(|name| Actor { name, verified: true }).collect();
        if !self.actor.is_some_and(known) {
            actors.extend(self.authors.iter().map(|name| Actor { name, verified: false }));
        }
        if let Some(name) = self.actor.filter(|name| !known(name)) {
            notes.push(format!(
                "nobody in the inventory is called `{name}`, as --actor says; the commits' authors count instead"
            ));
        }
        let asked = &self.allowed.removal;
        let compiled = if asked.is_empty() { BTreeSet::new() } else { base_side.tenants() };
        for warning in removal::unknown(asked, inventories, compiled, "neither side has") {
            self.console.warning(&warning);
        }
        let options = Options {
            as_of: self.as_of.date,
            clusters: self.clusters,
            allowed: self.allowed,
            actors: &actors,
            manifests: self.manifests,
            strays: self.strays.map(|found| Strays {
                folder: self.output,
                base: &found.base,
                head: &found.head,
                in_progress: found.in_progress,
            }),
            judges: self.judges,
            notes,
            meter: self.console.meter(),
        };
        Ok(Some(compare(&base_side, &head_side, options)))
    }

    /// That the base does not compile, and what follows.
    pub fn broken(&self, base: &Outcome<'_>, how: &str) -> String {
        let errors = base.diagnostics.iter().filter(|it| it.severity == Severity::Error).count();
        let errors = counted(errors, "error", "errors");
        format!("the inventory of the base `{}` does not compile ({errors}); {how}", self.base.name)
    }

    fn has_unknown_cluster(&self, base: &Side<'_>, head: &Side<'_>) -> bool {
        let known: BTreeSet<&str> = base.clusters().into_iter().chain(head.clusters()).collect();
        let unknown = self.clusters.iter().filter(|name| !known.contains(name.as_str()));
        let known = || known.iter().copied();
        let found: Vec<Diagnostic> =
            unknown.map(|name| resolve_catalog::unknown_cluster_option(name, known())).collect();
        self.console.diagnostics(&found, self.head.sources, self.head.prefix);
        !found.is_empty()
    }
}
