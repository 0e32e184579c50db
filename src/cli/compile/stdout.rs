//! `compile --stdout`: the manifests of one cluster's tenants.

use anyhow::{Result, bail};
use rayon::prelude::*;
use tenantry::diag::Diagnostic;
use tenantry::diag::catalog::resolve as catalog;
use tenantry::plan::{Plan, Provision};
use tenantry::render;

use super::{Asked, Exit, Job, Screen, name};

/// How many namespaces are rendered at once. A large cluster's manifests do not fit into memory, or need not.
const CHUNK: usize = 512;

/// Prints the manifests. Everything is known to be right before the first byte.
pub fn print(job: &Job<'_>, asked: Asked, mut diagnostics: Vec<Diagnostic>, screen: &Screen<'_>) -> Result<Exit> {
    let program = job.program;
    let is_asked = |(_, plan): &(usize, &Plan<'_>)| job.clusters.contains(name(plan));
    let plans: Vec<(usize, &Plan<'_>)> = program.plans.iter().enumerate().filter(is_asked).collect();
    let &[(at, plan)] = &plans[..] else {
        let names: Vec<&str> = plans.iter().map(|(_, plan)| name(plan)).collect();
        let how = match asked {
            Asked::Stdout => "--stdout gives the manifests of one cluster; choose one with --cluster",
            Asked::Argocd => {
                "an Application gets the manifests of one cluster; choose one with the parameter `cluster`"
            }
        };
        bail!("{how}: {}", names.join(", "));
    };
    if plan.provisions.is_empty() {
        diagnostics.push(catalog::no_namespaces(&[&program.inventory.platform(plan.platform).name]));
    }
    if let Some(note) = job.nothing() {
        screen.console.note(&note);
    }
    let exit = screen.show(diagnostics);
    if exit == Exit::Done {
        let share = job.share(Some(at));
        let own = plan.provisions.iter().filter(|it| share.has_namespace(it.namespace.name.as_str()));
        let own: Vec<&Provision<'_>> = own.collect();
        for chunk in own.chunks(CHUNK) {
            let bodies = chunk.par_iter().map(|provision| render::namespace_body(plan, provision, &program.templates));
            let bodies: Vec<String> = bodies.collect();
            screen.console.result(&bodies.concat())?;
        }
    }
    Ok(exit)
}
