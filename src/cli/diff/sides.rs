//! Both sides of a review: two folders, or one folder at two times.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use walkdir::WalkDir;

use super::strays::{self, Strays};
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
    /// Files beside ours where engines sync; `None` if there is no output folder to look into.
    pub strays: Option<Strays>,
    /// The e-mail addresses of whoever made the change, if history tells, or for what is not committed git's settings.
    /// Nobody vouches for them.
    pub authors: BTreeSet<String>,
}

/// Where compiled files of the base are. They are many, so they are read only if they are needed.
pub enum BaseOutput {
    /// Nobody said.
    Unknown,
    /// There is no commit to compare with: everything is new.
    Nothing,
    /// In a folder.
    Folder(PathBuf),
    /// In a commit; and whether the commit has no inventory in the folder.
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
    Ok(Sides { base: folder(old), base_output, head: folder(new), strays: None, authors: BTreeSet::new() })
}

/// Reads one folder at two times.
fn revisions(options: &Diff, base: &str, input: &Path) -> Result<Sides> {
    let repository = Repository::open(input)?;
    if options.head.is_none() && repository.is_bare()? {
        bail!(
            "`{}` is a bare repository, which has no working tree; name the revision to compare with --head",
            repository.shown()
        );
    }
    let base = repository.resolve(base)?;
    let tip = repository.resolve(options.head.as_deref().unwrap_or("HEAD"))?;
    let base = if options.no_merge_base { base } else { repository.merge_base(&base, &tip)? };
    let folder = repository.folder(input)?;
    let listing = repository.list(&base, &folder)?;
    let committed = repository.list(&tip, &folder)?;
    let (base_input, head, is_committed) = match (&options.head, options.staged) {
        (Some(_), _) => {
            let [base, input] = repository.read_inventories([&listing, &committed])?;
            (base, Loaded { input, name: tip.shown() }, true)
        }
        (None, true) => {
            let staged = repository.list_staged(&folder)?;
            let [base, input] = repository.read_inventories([&listing, &staged])?;
            (base, Loaded { input, name: "what is staged".to_owned() }, staged.entries == committed.entries)
        }
        (None, false) => {
            let [base, committed] = repository.read_inventories([&listing, &committed])?;
            let input = Input { prefix: folder.shown.clone(), ..read::read(input) };
            let same = texts(&input).eq(texts(&committed));
            (base, Loaded { input, name: "the working tree".to_owned() }, same)
        }
    };
    let strays = strays(&repository, (&base, &tip), options)?;
    let mut authors = repository.authors(&base, &tip)?;
    if !is_committed {
        authors.extend(repository.whoever_commits()?);
    }
    let name = base.shown();
    let base_output = BaseOutput::Commit {
        repository: Box::new(repository),
        commit: Box::new(base),
        folder: options.output.clone(),
        is_new: !listing.is_there(),
    };
    Ok(Sides { base: Loaded { input: base_input, name }, base_output, head, strays, authors })
}

/// What lies beside ours in the output folder at both times. A folder that is in another repository, or in none, has no
/// earlier time that could be seen here.
fn strays(repository: &Repository, (base, tip): (&Commit, &Commit), options: &Diff) -> Result<Option<Strays>> {
    let Ok(folder) = repository.folder(&options.output) else { return Ok(None) };
    let was = repository.list(base, &folder)?;
    let found = match (&options.head, options.staged) {
        (Some(_), _) => strays::of_listings(repository, Some(&was), &repository.list(tip, &folder)?)?,
        (None, true) => strays::of_listings(repository, Some(&was), &repository.list_staged(&folder)?)?,
        (None, false) => strays::of_disk(repository, &was, &options.output)?,
    };
    Ok(Some(found))
}

/// Paths and texts of an inventory, by path.
fn texts(input: &Input) -> impl Iterator<Item = (&str, &str)> {
    input.sources.files().map(|(_, file)| (file.path(), file.text())).collect::<BTreeMap<_, _>>().into_iter()
}

impl BaseOutput {
    /// What there is to say of a base that has no inventory in the folder `inventory`, whose compiled files are `files`;
    /// `None` if it has one.
    pub fn without_inventory(&self, base: &str, inventory: &str, files: &BTreeMap<String, String>) -> Option<String> {
        let output = match self {
            BaseOutput::Nothing => return Some("there is no commit to compare with, so everything is new".to_owned()),
            BaseOutput::Commit { folder, is_new: true, .. } => shown_path(folder),
            BaseOutput::Listed { listing, is_new: true, .. } => listing.shown.clone(),
            BaseOutput::Unknown | BaseOutput::Folder(_) | BaseOutput::Commit { .. } | BaseOutput::Listed { .. } => {
                return None;
            }
        };
        let without = format!("the base `{base}` has no inventory in `{inventory}`");
        Some(if files.is_empty() {
            format!("{without} and nothing compiled in `{output}`, so everything is new")
        } else {
            format!(
                "{without}; compared with what was compiled of it in `{output}`, without evidence (if the inventory was \
                 moved, check the base out and name both folders: `tenantry diff OLD NEW`)"
            )
        })
    }

    /// Whether it would be in the same repository. A folder elsewhere was not meant, or the program runs elsewhere.
    pub fn is_committed(&self) -> bool {
        matches!(self, BaseOutput::Commit { repository, folder, .. } if repository.folder(folder).is_ok())
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
                // A folder elsewhere has nothing of the commit, as when the program runs outside of the repository.
                let files = match repository.folder(folder) {
                    Ok(folder) => repository.read_output(&repository.list(commit, &folder)?)?,
                    Err(_) => BTreeMap::new(),
                };
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
