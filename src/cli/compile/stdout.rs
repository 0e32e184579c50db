//! `compile --stdout`: the manifests of one cluster's tenants.

use anyhow::{Result, bail};
use rayon::prelude::*;
use tenantry::diag::Diagnostic;
use tenantry::diag::catalog::resolve as catalog;
use tenantry::plan::Plan;
use tenantry::render;

use super::{Asked, Exit, Job, Screen, name};

/// How many namespaces are rendered at once. A large cluster's manifests do not fit into memory, or need not.
const CHUNK: usize = 512;

/// Prints the manifests. Everything is known to be right before the first byte.
pub fn print(job: &Job<'_>, asked: Asked, mut diagnostics: Vec<Diagnostic>, screen: &Screen<'_>) -> Result<Exit> {
    let program = job.program;
    let plans: Vec<&Plan<'_>> = program.plans.iter().filter(|plan| job.clusters.contains(name(plan))).collect();
    let &[plan] = &plans[..] else {
        let names: Vec<&str> = plans.iter().map(|plan| name(plan)).collect();
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
    let exit = screen.show(diagnostics);
    if exit == Exit::Done {
        for chunk in plan.provisions.chunks(CHUNK) {
            let bodies = chunk.par_iter().map(|provision| render::namespace_body(plan, provision, &program.templates));
            let bodies: Vec<String> = bodies.collect();
            screen.console.result(&bodies.concat())?;
        }
    }
    Ok(exit)
}
