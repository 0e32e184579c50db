//! Reads an inventory from a folder.

use std::ffi::OsStr;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use tenantry::diag::{Diagnostic, catalog::read as catalog};
use tenantry::krm::{KPTFILE, of_folder};
use tenantry::meter::{Meter, Phase};
pub use tenantry::parse::is_wanted;
use tenantry::source::SourceMap;
use walkdir::{DirEntry, WalkDir};

/// Largest file of an inventory. A hundred thousand tenants in one file are half of it.
pub const FILE_LIMIT: u64 = 64 << 20;

/// An inventory as it was read.
pub struct Input {
    /// Every file.
    pub sources: SourceMap,
    /// What could not be read.
    pub found: Vec<Diagnostic>,
    /// The folder, as people name it.
    pub prefix: String,
}

/// Reads every YAML file and template below a folder. Hidden files and folders are skipped. Of a package of kpt, only the
/// documents of an inventory are read.
pub fn read(root: &Path, meter: &dyn Meter) -> Input {
    let prefix = shown_path(root);
    let mut found = Vec::new();
    meter.begin(Phase::Reading, 0);
    let paths = match fs::canonicalize(root) {
        Ok(real) if real.is_dir() => walk(root, &real, &mut found),
        Ok(_) => {
            found.push(catalog::unreadable("", "it is not a folder"));
            Vec::new()
        }
        Err(error) => {
            let problem = catalog::unreadable("", &reason(&error));
            let is_inside = error.kind() == ErrorKind::NotFound && root == Path::new(DEFAULT) && holds_inventory();
            found.push(if is_inside { problem.with_help(catalog::IN_THE_INVENTORY) } else { problem });
            Vec::new()
        }
    };
    meter.begin(Phase::Reading, paths.len());
    let read = paths.into_par_iter().map(|(name, path)| {
        let text = file(&name, &path);
        meter.step();
        text.map(|text| (name, text))
    });
    let read: Vec<Result<(String, String), Box<Diagnostic>>> = read.collect();
    let mut files = Vec::with_capacity(read.len());
    for result in read {
        match result {
            Ok(file) => files.push(file),
            Err(diagnostic) => found.push(*diagnostic),
        }
    }
    // As in a revision, a link makes no package: kpt reads none either.
    let is_package = fs::symlink_metadata(root.join(KPTFILE)).is_ok_and(|it| it.is_file());
    let files = files.into_iter().map(|(name, text)| (name, Arc::new(text))).collect();
    Input { sources: SourceMap::shared(of_folder(files, is_package)), found, prefix }
}

/// The folder that is read if nobody names one.
const DEFAULT: &str = "input";

/// Whether the current folder looks like an inventory itself: a file in it, or in a folder of it, says so.
fn holds_inventory() -> bool {
    let files = WalkDir::new(".").max_depth(2).sort_by_file_name().into_iter().filter_map(Result::ok);
    let yaml = files.filter(|entry| entry.file_type().is_file() && is_wanted(&entry.path().to_string_lossy()));
    let says_so = |entry: DirEntry| {
        let mut text = String::new();
        let read = fs::File::open(entry.path()).and_then(|file| file.take(BEGINNING).read_to_string(&mut text));
        read.is_ok() && text.lines().any(|line| line.starts_with("apiVersion: tenantry.dev/"))
    };
    yaml.take(LOOKED_INTO).any(says_so)
}

/// How many bytes of a file say what it is.
const BEGINNING: u64 = 4096;

/// Most files that are looked into.
const LOOKED_INTO: usize = 20;

/// The files to read: the name relative to the root, and the path. Sorted, whatever the file system's order.
fn walk(root: &Path, real_root: &Path, found: &mut Vec<Diagnostic>) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    let mut outside = Vec::new();
    let walk = WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter().filter_entry(|entry| {
        if entry.depth() > 0 && is_hidden(entry.file_name()) {
            return false;
        }
        let leaves = entry.depth() > 0 && entry.path_is_symlink() && !is_inside(entry, real_root);
        let name = relative(entry.path(), root).unwrap_or_else(|lossy| lossy);
        if leaves && (entry.file_type().is_dir() || is_wanted(&name)) {
            outside.push(name);
        }
        !leaves
    });
    for entry in walk {
        match entry {
            Ok(entry) if !entry.file_type().is_dir() => match relative(entry.path(), root) {
                Ok(name) if is_wanted(&name) && entry.file_type().is_file() => files.push((name, entry.into_path())),
                // Nobody knows when a pipe ends, or whether it gives the same text again.
                Ok(name) if is_wanted(&name) => {
                    found.push(catalog::unreadable(&name, "it is a pipe, socket or device"))
                }
                Err(lossy) if is_wanted(&lossy) => found.push(catalog::path_not_utf8(&lossy)),
                Ok(_) | Err(_) => {}
            },
            Ok(_) => {}
            // Links that lead nowhere are how some editors mark a file as open.
            Err(error) if error.depth() > 0 && error.path().and_then(Path::file_name).is_some_and(is_hidden) => {}
            Err(error) => {
                let path = error.path().map(|path| relative(path, root).unwrap_or_else(|lossy| lossy));
                let words = error.io_error().map_or_else(|| "it is a loop of symbolic links".to_owned(), reason);
                found.push(catalog::unreadable(&path.unwrap_or_default(), &words));
            }
        }
    }
    found.extend(outside.iter().map(|path| catalog::outside_link(path)));
    files
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

/// Whether a link leads to something inside the inventory.
fn is_inside(entry: &DirEntry, real_root: &Path) -> bool {
    fs::canonicalize(entry.path()).is_ok_and(|target| target.starts_with(real_root))
}

/// The path below the root with `/` between parts; the error is what can be shown of one that is not UTF-8.
fn relative(path: &Path, root: &Path) -> Result<String, String> {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<&OsStr> = below.components().map(std::path::Component::as_os_str).collect();
    let texts: Option<Vec<&str>> = parts.iter().map(|part| part.to_str()).collect();
    texts.map(|texts| texts.join("/")).ok_or_else(|| below.to_string_lossy().into_owned())
}

fn file(name: &str, path: &Path) -> Result<String, Box<Diagnostic>> {
    let unreadable = |error: std::io::Error| Box::new(catalog::unreadable(name, &reason(&error)));
    let file = fs::File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    if size > FILE_LIMIT {
        return Err(Box::new(catalog::too_large(name, size, FILE_LIMIT)));
    }
    // One byte more than there is, so that the end is seen without growing.
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
    // The file may grow while it is read.
    file.take(FILE_LIMIT + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > FILE_LIMIT {
        return Err(Box::new(catalog::too_large(name, bytes.len() as u64, FILE_LIMIT)));
    }
    text_of(bytes).map_err(|line| Box::new(catalog::not_utf8(name, line)))
}

/// The text of a file's bytes, without a byte order mark. The error is the first line that is no text.
pub fn text_of(bytes: Vec<u8>) -> Result<String, usize> {
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        good.iter().filter(|&&byte| byte == b'\n').count() + 1
    })?;
    // A byte order mark says nothing about UTF-8 and would shift every column.
    if text.starts_with('\u{FEFF}') {
        text.drain(..'\u{FEFF}'.len_utf8());
    }
    Ok(text)
}

/// A path as people name it, with `/` between its parts.
pub fn shown_path(path: &Path) -> String {
    let text = path.to_string_lossy();
    // Elsewhere, a backslash is a letter like any other.
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// An error of the system in its own words, without the number.
pub fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
