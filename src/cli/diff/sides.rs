//! Both sides of a review: two folders, or one folder at two times.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use walkdir::WalkDir;

use crate::cli::args::Diff;
use crate::cli::read::{self, Input, shown_path};
use crate::cli::revision::{Commit, Listing, Repository};

/// What a side is read from.
pub struct Loaded {
    /// The inventory.
    pub input: Input,
    /// How people name the side: a revision or a folder.
    pub name: String,
}

/// Both sides of a review, read.
pub struct Sides {
    /// What the change starts from.
    pub base: Loaded,
    /// What was compiled of the base before. It stands in for an inventory that does not compile.
    pub base_output: BaseOutput,
    /// What the change leads to.
    pub head: Loaded,
    /// The e-mail addresses of whoever made the change, if history tells. Nobody vouches for them.
    pub authors: BTreeSet<String>,
}

/// Where compiled files of the base are. They are many, so they are read only if they are needed.
pub enum BaseOutput {
    /// Nobody said.
    Unknown,
    /// There is no base at all: everything is new.
    Nothing,
    /// In a folder.
    Folder(PathBuf),
    /// In a commit. Where the commit has no inventory at all, everything is new.
    Commit { repository: Box<Repository>, commit: Box<Commit>, folder: PathBuf, is_new: bool },
    /// In a commit, and listed.
    Listed { repository: Box<Repository>, listing: Box<Listing>, is_new: bool },
}

/// Reads both sides.
pub fn sides(options: &Diff) -> Result<Sides> {
    if let Some(base) = &options.base {
        let input = match &options.paths[..] {
            [] => Path::new("input"),
            [input] => input,
            _ => bail!("name either two folders or one inventory and a revision with --base"),
        };
        return revisions(options, base, input);
    }
    let [old, new] = &options.paths[..] else {
        bail!("name two folders, as in `tenantry diff OLD NEW`, or a revision with `--base`");
    };
    let folder = |path: &PathBuf| Loaded { input: read::read(path), name: shown_path(path) };
    let base_output = options.base_output.clone().map_or(BaseOutput::Unknown, BaseOutput::Folder);
    Ok(Sides { base: folder(old), base_output, head: folder(new), authors: BTreeSet::new() })
}

/// Reads one folder at two times.
fn revisions(options: &Diff, base: &str, input: &Path) -> Result<Sides> {
    let repository = Repository::open(input)?;
    let base = repository.resolve(base)?;
    let tip = repository.resolve(options.head.as_deref().unwrap_or("HEAD"))?;
    let base = if options.no_merge_base { base } else { repository.merge_base(&base, &tip)? };
    let folder = repository.folder(input)?;
    let listing = repository.list(&base, &folder)?;
    let later = match (&options.head, options.staged) {
        (Some(_), _) => Some((repository.list(&tip, &folder)?, tip.shown())),
        (None, true) => Some((repository.list_staged(&folder)?, "what is staged".to_owned())),
        (None, false) => None,
    };
    let (base_input, head) = match later {
        Some((later, name)) => {
            let [base, head] = repository.read_inventories([&listing, &later])?;
            (base, Loaded { input: head, name })
        }
        None => {
            let [base] = repository.read_inventories([&listing])?;
            (base, Loaded { input: read::read(input), name: "the working tree".to_owned() })
        }
    };
    let authors = repository.authors(&base, &tip)?;
    let name = base.shown();
    let base_output = BaseOutput::Commit {
        repository: Box::new(repository),
        commit: Box::new(base),
        folder: options.output.clone(),
        is_new: !listing.is_there(),
    };
    Ok(Sides { base: Loaded { input: base_input, name }, base_output, head, authors })
}

impl BaseOutput {
    /// Whether the base has no inventory, so that all of it is new.
    pub fn is_new(&self) -> bool {
        matches!(
            self,
            BaseOutput::Nothing | BaseOutput::Commit { is_new: true, .. } | BaseOutput::Listed { is_new: true, .. }
        )
    }

    /// Every compiled file, by path below the output folder; `None` if there are none to be found.
    pub fn read(&self) -> Result<Option<BTreeMap<String, String>>> {
        match self {
            BaseOutput::Unknown => Ok(None),
            BaseOutput::Nothing => Ok(Some(BTreeMap::new())),
            BaseOutput::Listed { repository, listing, is_new } => {
                let files = repository.read_output(listing)?;
                Ok((*is_new || !files.is_empty()).then_some(files))
            }
            BaseOutput::Folder(folder) => compiled(folder).map(Some),
            BaseOutput::Commit { repository, commit, folder, is_new } => {
                let listing = repository.list(commit, &repository.folder(folder)?)?;
                let files = repository.read_output(&listing)?;
                Ok((*is_new || !files.is_empty()).then_some(files))
            }
        }
    }

    /// What to do when there are none.
    pub fn help(&self) -> String {
        match self {
            BaseOutput::Commit { folder, .. } => format!(
                "nor are there compiled files in `{}` at that commit; name their folder with --output",
                shown_path(folder)
            ),
            BaseOutput::Listed { listing, .. } => {
                format!("nor are there compiled files in `{}` at that commit", listing.shown)
            }
            BaseOutput::Unknown | BaseOutput::Nothing | BaseOutput::Folder(_) => {
                "to compare with what was compiled of it before, name that folder with --base-output".to_owned()
            }
        }
    }
}

/// Every compiled file below an output folder, by path.
fn compiled(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.with_context(|| format!("cannot read the folder `{}`", shown_path(folder)))?;
        let path = shown_path(entry.path().strip_prefix(folder).unwrap_or(entry.path()));
        if entry.file_type().is_file() && path.ends_with(".yaml") {
            let text = fs::read_to_string(entry.path());
            files.insert(path, text.with_context(|| format!("cannot read `{}`", shown_path(entry.path())))?);
        }
    }
    Ok(files)
}
