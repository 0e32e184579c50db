//! `tenantry codeowners`: who answers for the files of which tenant.

use std::fs;
use std::io;
use std::path::{Component, Path};

use anyhow::{Context, Result, bail};
use tenantry::diag::Severity;
use tenantry::diag::catalog::counted;
use tenantry::driver::{Floors, analyse_above};
use tenantry::report::codeowners::{HEADER, LIMIT, Ownership, Places};

use super::args::{Codeowners, CodeownersFormat, Common};
use super::clock;
use super::console::Console;
use super::exit::Exit;
use super::output::{Output, Tree};
use super::read::{self, Input, shown_path};
use super::revision::Repository;

/// Most names that a remark lists.
const NAMED: usize = 5;

/// Shows or writes who answers for what.
pub fn run(options: &Codeowners, common: &Common, console: &Console) -> Result<Exit> {
    let as_of = clock::as_of(common.as_of.as_deref())?;
    let Input { sources, found, prefix } = read::read(&options.input);
    let output = (!options.inventory_only).then_some(options.output.as_path());
    let places = Places { input: in_repository(&options.input)?, output: output.map(in_repository).transpose()? };
    let floors = if options.inventory_only { Floors::new() } else { Output::new(&options.output).shards() };
    analyse_above(&sources, found, as_of.date, &floors, |outcome| {
        let Some(program) = &outcome.program else {
            let errors: Vec<_> =
                outcome.diagnostics.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect();
            console.diagnostics(&errors, &sources, &prefix);
            return Ok(Exit::of(&errors));
        };
        let plans = &program.get().plans;
        let name = |plan: usize| outcome.inventory.platform(plans[plan].platform).name.as_str();
        for wanted in &options.cluster {
            if !(0..plans.len()).any(|plan| name(plan) == wanted) {
                bail!("the inventory `{prefix}` has no cluster `{wanted}`");
            }
        }
        let selected = (0..plans.len())
            .filter(|&plan| options.cluster.is_empty() || options.cluster.iter().any(|it| it == name(plan)));
        let selected: Vec<_> = selected.map(|plan| &plans[plan]).collect();
        let ownership = Ownership::new(&selected, &sources, places, options.admins);
        remark(&ownership, console);
        let text = match options.format {
            CodeownersFormat::Json => ownership.json(),
            CodeownersFormat::Codeowners => within_limit(ownership.codeowners(), options)?,
        };
        match &options.out {
            None => console.result(&text).map(|()| Exit::Done),
            Some(path) if options.check => compare(path, &text, console),
            Some(path) => write(path, &text, options.format).map(|()| Exit::Done),
        }
    })
}

/// A folder from the root of the repository that it is in, or, outside of one, from the current folder.
fn in_repository(folder: &Path) -> Result<String> {
    if let Ok(repository) = Repository::open(folder) {
        let path = repository.folder(folder)?.path;
        return String::from_utf8(path)
            .ok()
            .with_context(|| format!("the name of `{}` is not UTF-8", folder.display()));
    }
    let parts = folder.components().filter(|part| *part != Component::CurDir);
    let relative = parts.clone().all(|part| matches!(part, Component::Normal(_)));
    if !relative {
        bail!("`{}` is in no git repository, so its files have no paths there", folder.display());
    }
    Ok(shown_path(&parts.collect::<std::path::PathBuf>()))
}

/// What a reader of the result should know.
fn remark(ownership: &Ownership, console: &Console) {
    let list = |names: &[&str]| {
        let shown: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
        let more = names.len().saturating_sub(NAMED);
        shown.join(", ") + &if more > 0 { format!(" and {more} more") } else { String::new() }
    };
    let unnamed = ownership.unnamed();
    if !unnamed.is_empty() {
        console.note(&format!("without an e-mail address that a forge takes, and so not named: {}", list(&unnamed)));
    }
    let unprotected = ownership.unprotected();
    if !unprotected.is_empty() {
        let tenants = counted(unprotected.len(), "tenant has", "tenants have");
        console.note(&format!("{tenants} nobody who can be named, and no line: {}", list(&unprotected)));
    }
    if ownership.lacks_admins() {
        console.note("no administrator can be named, so what is no tenant's has no line");
    }
    let mixed = ownership.mixed();
    if !mixed.is_empty() {
        let them = if mixed.len() == 1 { "it is" } else { "they are" };
        console.note(&format!(
            "{} platforms, people or groups beside tenants, so {them} the administrators' alone: {}",
            counted(mixed.len(), "file declares", "files declare"),
            list(&mixed)
        ));
    }
    let unwritable = ownership.unwritable();
    if !unwritable.is_empty() {
        let paths = counted(unwritable.len(), "path has", "paths have");
        console.note(&format!("{paths} characters that no line can hold, and no line: {}", list(&unwritable)));
    }
    let shared = ownership.shared();
    if !shared.is_empty() {
        let paths: Vec<&str> = shared.iter().map(|(path, _)| *path).collect();
        console.note(&format!("every owner in one file may approve a change of all in it: {}", list(&paths)));
    }
}

/// Refuses what a forge would not read.
fn within_limit(text: String, options: &Codeowners) -> Result<String> {
    if text.len() < LIMIT {
        return Ok(text);
    }
    let mut ways = vec!["keep tenants of one owner in a folder of their own, which becomes one line"];
    if !options.inventory_only {
        ways.push("leave out the compiled files with --inventory-only");
    }
    bail!(
        "the file would have {} lines and {:.1} MB, and GitHub ignores one of 3 MB; {}",
        text.lines().count(),
        text.len() as f64 / 1e6,
        ways.join(", or ")
    )
}

fn compare(path: &Path, text: &str, console: &Console) -> Result<Exit> {
    let shown = shown_path(path);
    match fs::read_to_string(path) {
        Ok(there) if there == text => Ok(Exit::Done),
        Ok(_) => {
            console.result(&format!("{shown} is not what this inventory asks for\n"))?;
            Ok(Exit::Different)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            console.result(&format!("{shown} is missing\n"))?;
            Ok(Exit::Different)
        }
        Err(error) => Err(error).with_context(|| format!("cannot read `{shown}`")),
    }
}

/// Writes beside the place first: a forge must not see half a file. What somebody else wrote is kept.
fn write(path: &Path, text: &str, format: CodeownersFormat) -> Result<()> {
    let shown = shown_path(path);
    let failed = || format!("cannot write `{shown}`");
    match fs::read_to_string(path) {
        Ok(there) if there == text => return Ok(()),
        Ok(there) if format == CodeownersFormat::Codeowners && !there.is_empty() && !there.starts_with(HEADER) => {
            bail!("`{shown}` was not written by `tenantry codeowners`; move it away first");
        }
        _ => {}
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(failed)?;
    let mut file = tempfile_in(folder, path).with_context(failed)?;
    let temporary = file.1.clone();
    let written = io::Write::write_all(&mut file.0, text.as_bytes()).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written.with_context(failed)
}

/// A new file beside another.
fn tempfile_in(folder: &Path, path: &Path) -> io::Result<(fs::File, std::path::PathBuf)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = folder.join(format!(".{name}.{}.tmp", std::process::id()));
    Ok((fs::File::create_new(&temporary)?, temporary))
}
