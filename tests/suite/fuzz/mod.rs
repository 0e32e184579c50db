//! The fuzz targets without a fuzzer: each runs on its seeds, and on everything that a fuzzer once broke it with.
//!
//! A finding becomes a file of `tests/fuzz/<target>/`, named for what was wrong. `TENANTRY_SEEDS=DIR` writes the seeds to
//! `DIR/<target>/`, where `cargo fuzz` looks for them.

mod seeds;
mod targets;

use std::collections::BTreeSet;
use std::fs;

use libtest_mimic::{Failed, Trial};

/// A target: any bytes, and a panic where a promise does not hold.
type Target = fn(&[u8]);

/// Every target by its name.
const TARGETS: [(&str, Target); 5] = [
    ("git", targets::git),
    ("inventory", targets::inventory),
    ("output", targets::output),
    ("resource_list", targets::resource_list),
    ("template", targets::template),
];

/// A trial for the seeds of each target, one for its findings, and one for the list of targets.
pub fn trials() -> Vec<Trial> {
    let seeds =
        TARGETS.map(|(name, target)| Trial::test(format!("fuzz/{name}/seeds"), move || run_seeds(name, target)));
    let found =
        TARGETS.map(|(name, target)| Trial::test(format!("fuzz/{name}/findings"), move || replay(name, target)));
    let whole = Trial::test("fuzz/every-target-is-fuzzed", targets_are_complete);
    seeds.into_iter().chain(found).chain([whole]).collect()
}

fn run_seeds(name: &str, target: Target) -> Result<(), Failed> {
    let seeds = seeds::of(name)?;
    if seeds.len() < 5 {
        return Err(format!("only {} seeds", seeds.len()).into());
    }
    let folder = std::env::var_os("TENANTRY_SEEDS").map(|folder| std::path::Path::new(&folder).join(name));
    if let Some(folder) = &folder {
        fs::create_dir_all(folder)?;
    }
    for (file, bytes) in seeds {
        if let Some(folder) = &folder {
            fs::write(folder.join(&file), &bytes)?;
        }
        attempt(&file, &bytes, target)?;
    }
    Ok(())
}

fn replay(name: &str, target: Target) -> Result<(), Failed> {
    let folder = crate::root().join("tests/fuzz").join(name);
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        attempt(&path.display().to_string(), &fs::read(&path)?, target)?;
    }
    Ok(())
}

fn attempt(name: &str, bytes: &[u8], target: Target) -> Result<(), Failed> {
    let done = std::panic::catch_unwind(|| target(bytes));
    done.map_err(|_| format!("{name}: see the panic above").into())
}

/// The fuzzer's own list, the list above, the workflow and the folders of findings name the same targets.
fn targets_are_complete() -> Result<(), Failed> {
    let root = crate::root();
    let known: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    for folder in ["fuzz/fuzz_targets", "tests/fuzz"] {
        let mut found = BTreeSet::new();
        for entry in fs::read_dir(root.join(folder))? {
            found.insert(entry?.file_name().to_string_lossy().trim_end_matches(".rs").to_owned());
        }
        let complete = if folder == "tests/fuzz" { found.is_subset(&known) } else { found == known };
        if !complete {
            return Err(format!("{folder} has {found:?}, and the targets are {known:?}").into());
        }
    }
    let workflow = fs::read_to_string(root.join(".github/workflows/fuzz.yml"))?;
    let listed = format!("target: [{}]", known.into_iter().collect::<Vec<_>>().join(", "));
    if workflow.contains(&listed) { Ok(()) } else { Err(format!("fuzz.yml does not say `{listed}`").into()) }
}
