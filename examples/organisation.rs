//! Writes the inventory of an organisation that does not exist, for measuring:
//!
//!     cargo run --release --example organisation -- --tenants 1000 [--seed 1] DIR
//!
//! The folder must be empty or not be there. With `--newcomer`, nothing is made: the first tenant of an organisation
//! that is there gets one more contributor, and the path of its file is printed.

#![expect(clippy::disallowed_methods, reason = "a program of its own, which writes files")]

#[path = "../benches/organisation/mod.rs"]
mod organisation;

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use organisation::Shape;

const USAGE: &str = "usage: organisation [--tenants N] [--seed S] DIR, or organisation --newcomer DIR";

fn main() -> Result<(), Box<dyn Error>> {
    let mut shape = Shape { tenants: 1_000, seed: 1 };
    let mut newcomer = false;
    let mut folder = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--tenants" => shape.tenants = arguments.next().ok_or(USAGE)?.parse()?,
            "--seed" => shape.seed = arguments.next().ok_or(USAGE)?.parse()?,
            "--newcomer" => newcomer = true,
            option if option.starts_with('-') => return Err(USAGE.into()),
            _ if folder.is_some() => return Err(USAGE.into()),
            _ => folder = Some(PathBuf::from(argument)),
        }
    }
    let folder = folder.ok_or(USAGE)?;
    if newcomer { add_newcomer(&folder) } else { write(shape, &folder) }
}

fn write(shape: Shape, folder: &Path) -> Result<(), Box<dyn Error>> {
    if folder.exists() && fs::read_dir(folder)?.next().is_some() {
        return Err(format!("{} is not empty", folder.display()).into());
    }
    let files = organisation::files(shape);
    let folders: BTreeSet<PathBuf> =
        files.iter().filter_map(|(path, _)| Some(folder.join(path).parent()?.into())).collect();
    folders.iter().try_for_each(fs::create_dir_all)?;
    files.iter().try_for_each(|(path, text)| fs::write(folder.join(path), text))?;
    println!("{}: {} tenants in {} files", folder.display(), shape.tenants, files.len());
    Ok(())
}

fn add_newcomer(folder: &Path) -> Result<(), Box<dyn Error>> {
    let path = folder.join(organisation::tenant_path(0));
    let text = fs::read_to_string(&path)?;
    fs::write(&path, organisation::with_newcomer(&text))?;
    println!("{}", path.display());
    Ok(())
}
