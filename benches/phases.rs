//! How long each phase of a compile takes, in memory: `cargo bench --bench phases [-- TENANTS]`.
//!
//! Medians of several runs, on all cores. Every figure is of the whole phase for the whole organisation; what a phase
//! needs from those before it is made outside of the measured time.

#![expect(clippy::disallowed_methods, reason = "a program of its own, which measures time")]

#[path = "organisation/mod.rs"]
#[expect(dead_code, reason = "shared with other programs")]
mod organisation;

use std::hint::black_box;
use std::time::Instant;

use jiff::civil::{Date, date};
use rayon::prelude::*;
use tenantry::lower::{Scene, lower};
use tenantry::meter::Unmetered;
use tenantry::source::SourceMap;
use tenantry::{driver, parse, plan, render, resolve};

use organisation::Shape;

const AS_OF: Date = date(2026, 11, 22);
const TENANTS: usize = 2_000;
const RUNS: usize = 7;

fn main() {
    // Cargo adds options of its own, such as `--bench`; a number is ours.
    let tenants = std::env::args().skip(1).find_map(|it| it.parse().ok()).unwrap_or(TENANTS);
    let sources = SourceMap::new(organisation::files(Shape { tenants, seed: 1 }));
    println!("{tenants} tenants, medians of {RUNS} runs");
    measure("parse", || parse::parse(&sources, Vec::new(), &Unmetered));
    let parsed = || parse::parse(&sources, Vec::new(), &Unmetered);
    measure_from("resolve", parsed, |parsed| parsed.then(resolve::resolve));
    let (inventory, _) = parsed().then(resolve::resolve).into_parts();
    measure("plan", || inventory.platforms().map(|(id, _)| plan::plan(&inventory, id, AS_OF)).collect::<Vec<_>>());
    measure("check (all up to here, lint, templates)", || {
        driver::analyse(&sources, Vec::new(), AS_OF, |outcome| outcome.program.is_some())
    });
    driver::analyse(&sources, Vec::new(), AS_OF, |outcome| {
        let Some(program) = &outcome.program else { return println!("the organisation does not compile") };
        let program = program.get();
        let all = || program.plans.iter().flat_map(|plan| plan.provisions.iter().map(move |it| (plan, it)));
        let all: Vec<_> = all().collect();
        measure("lower", || {
            let objects = all.par_iter().map(|(plan, it)| lower(&Scene::today(plan, it), &program.templates).len());
            objects.sum::<usize>()
        });
        measure("lower and render", || {
            let bytes =
                all.par_iter().map(|(plan, it)| render::namespace_file(plan, it, &program.templates).text.len());
            bytes.sum::<usize>()
        });
    });
}

fn measure<R>(name: &str, mut phase: impl FnMut() -> R) {
    measure_from(name, || (), |()| phase());
}

/// Measures a phase that takes something away; what it gives is dropped outside of the measured time.
fn measure_from<T, R>(name: &str, mut input: impl FnMut() -> T, mut phase: impl FnMut(T) -> R) {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let input = input();
            let begin = Instant::now();
            let result = black_box(phase(black_box(input)));
            let time = begin.elapsed().as_secs_f64();
            drop(result);
            time
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{name:42} {:9.2} ms", times[RUNS / 2] * 1e3);
}
