//! Everything that looks at tenantry from outside, as one program: each case and each rule is a test with a name.
//!
//! There is no list of cases: a folder in `tests/ui` is one. A module that has tests gives them as trials; add it to
//! [`main`].

#![expect(clippy::disallowed_methods, reason = "tests read and write the files of their cases")]

mod case;
mod cli;
mod diffs;
mod example;
mod forge;
mod fuzz;
mod hosts;
mod krm;
mod kustomize;
mod laws;
mod limits;
mod marks;
mod organisation;
mod recipes;
mod release;
mod review;
mod tidy;
mod ui;

use libtest_mimic::{Arguments, Trial};

fn main() {
    let modules: [fn() -> Vec<Trial>; 16] = [
        cli::trials,
        diffs::trials,
        example::trials,
        forge::trials,
        fuzz::trials,
        hosts::trials,
        krm::trials,
        kustomize::trials,
        laws::trials,
        organisation::trials,
        recipes::trials,
        limits::trials,
        release::trials,
        review::trials,
        tidy::trials,
        ui::trials,
    ];
    let trials = modules.into_iter().flat_map(|trials| trials()).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// The folder of the package.
fn root() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
}
