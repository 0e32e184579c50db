//! A case: a folder that holds what goes in and what has to come out.
//!
//! This module knows how expectations are compared and rewritten. What a kind of case runs is not its business.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use libtest_mimic::Failed;
use similar::TextDiff;
use tenantry::render::layout;
use walkdir::WalkDir;

/// A folder of `tests/`.
pub struct Case {
    /// Its name as a test: the path below `tests/`.
    pub name: String,
    /// Where it is.
    pub folder: PathBuf,
}

/// What a case gave, as files of its folder.
pub struct Outcome {
    /// Text by path below the folder.
    pub texts: BTreeMap<String, String>,
    /// Files and folders of the case that are nothing but expectations. What lies there and is not in `texts` is one
    /// file too many.
    pub expected: Vec<&'static str>,
}

impl Case {
    /// Every case below a folder of `tests/`: the deepest folders that hold one of `markers`.
    pub fn all(below: &str, markers: &[&str]) -> Vec<Case> {
        let tests = crate::root().join("tests");
        let folders = WalkDir::new(tests.join(below)).min_depth(2).max_depth(2).sort_by_file_name();
        let mut cases = Vec::new();
        for entry in folders.into_iter().filter_map(Result::ok) {
            let folder = entry.into_path();
            if markers.iter().any(|marker| folder.join(marker).exists()) {
                cases.push(Case { name: relative(&folder, &tests), folder });
            }
        }
        cases
    }

    /// The text of a file of the case, if it is there.
    pub fn read(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(self.folder.join(path)).ok()
    }

    /// Text by path below a folder of the case. Hidden files are left out, as the command line does.
    ///
    /// # Errors
    ///
    /// A file that is not UTF-8 text.
    pub fn files(&self, below: &str) -> Result<BTreeMap<String, String>, Failed> {
        let root = self.folder.join(below);
        let visible = |entry: &walkdir::DirEntry| {
            let name = entry.file_name().to_string_lossy();
            !name.starts_with('.') || name == layout::SHARD_FILE
        };
        let mut files = BTreeMap::new();
        for entry in WalkDir::new(&root).into_iter().filter_entry(visible).filter_map(Result::ok) {
            if entry.file_type().is_file() {
                let text = std::fs::read_to_string(entry.path())
                    .map_err(|error| format!("{}: {error}", entry.path().display()))?;
                files.insert(relative(entry.path(), &root), text);
            }
        }
        Ok(files)
    }

    /// Holds what came out against what the folder says, or puts it there if `BLESS` is set.
    ///
    /// # Errors
    ///
    /// Every difference, and the command that accepts it.
    pub fn settle(&self, outcome: &Outcome) -> Result<(), Failed> {
        let wanted = self.expectations(outcome)?;
        if std::env::var_os("BLESS").is_some_and(|value| value != "0") {
            return self.bless(outcome, &wanted).map_err(Failed::from);
        }
        let paths: BTreeSet<&String> = wanted.keys().chain(outcome.texts.keys()).collect();
        let differences: Vec<String> =
            paths.into_iter().filter_map(|path| difference(path, wanted.get(path), outcome.texts.get(path))).collect();
        if differences.is_empty() {
            return Ok(());
        }
        let accept = format!("if this is right, accept it with: BLESS=1 cargo test {}", self.name);
        Err(format!("{}\n{accept}", differences.join("\n")).into())
    }

    fn expectations(&self, outcome: &Outcome) -> Result<BTreeMap<String, String>, Failed> {
        let mut wanted = BTreeMap::new();
        for &root in &outcome.expected {
            if self.folder.join(root).is_dir() {
                let files = self.files(root)?;
                wanted.extend(files.into_iter().map(|(path, text)| (format!("{root}/{path}"), text)));
            } else if let Some(text) = self.read(root) {
                wanted.insert(root.to_owned(), text);
            }
        }
        Ok(wanted)
    }

    fn bless(&self, outcome: &Outcome, wanted: &BTreeMap<String, String>) -> std::io::Result<()> {
        for path in wanted.keys().filter(|path| !outcome.texts.contains_key(*path)) {
            std::fs::remove_file(self.folder.join(path))?;
        }
        for (path, text) in outcome.texts.iter().filter(|(path, text)| wanted.get(*path) != Some(text)) {
            let path = self.folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap_or(&self.folder))?;
            std::fs::write(path, text)?;
        }
        Ok(())
    }
}

/// A path below a folder, with `/` between its parts on every system.
pub fn relative(path: &Path, below: &Path) -> String {
    let parts = path.strip_prefix(below).unwrap_or(path).components();
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// What to show for one file; nothing if it is as wanted.
fn difference(path: &str, wanted: Option<&String>, found: Option<&String>) -> Option<String> {
    if wanted == found {
        return None;
    }
    let (wanted, found) = (wanted.map_or("", String::as_str), found.map_or("", String::as_str));
    let diff = TextDiff::from_lines(wanted, found);
    Some(diff.unified_diff().header(&format!("{path} (wanted)"), &format!("{path} (found)")).to_string())
}
