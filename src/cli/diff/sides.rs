//! Both sides of a review: two folders, or one folder at two times.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tenantry::meter::{Meter, Phase};
use tenantry::render::layout;
use walkdir::WalkDir;

use super::strays::{self, Strays};
use crate::cli::args::Diff;
use crate::cli::path::text_of;
use crate::cli::read::{self, Input, shown_path};
use crate::cli::revision::{Commit, Entries, Folder, Listing, Repository};

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
    /// Files that decide how changes are reviewed or what Flux leaves out, and that differ between commits or from what is
    /// staged, by path.
    pub judges: Vec<String>,
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
pub fn sides(options: &Diff, meter: &dyn Meter) -> Result<Sides> {
    if let Some(base) = &options.base {
        let input = match &options.paths[..] {
            [] => Path::new("input"),
            [input] => input,
            _ => bail!("name either two folders or one inventory and a revision with --base"),
        };
        return revisions(options, base, input, meter);
    }
    let [old, new] = &options.paths[..] else {
        bail!("name two folders, as in `tenantry diff OLD NEW`, or a revision with `--base`");
    };
    let folder = |path: &PathBuf| Loaded { input: read::read(path, meter), name: shown_path(path) };
    let base_output = options.base_output.clone().map_or(BaseOutput::Unknown, BaseOutput::Folder);
    Ok(Sides {
        base: folder(old),
        base_output,
        head: folder(new),
        strays: None,
        judges: Vec::new(),
        authors: BTreeSet::new(),
    })
}

/// Reads one folder at two times.
fn revisions(options: &Diff, base: &str, input: &Path, meter: &dyn Meter) -> Result<Sides> {
    meter.begin(Phase::ReadingGit, 0);
    let repository = Repository::open(input)?;
    if options.head.is_none() && repository.is_bare()? {
        bail!(
            "`{}` is a bare repository, which has no working tree; name the revision to compare with --head",
            repository.shown()
        );
    }
    let [base, tip] = repository.resolve_both([base, options.head.as_deref().unwrap_or("HEAD")])?;
    let (folder, output) = (repository.folder(input), repository.folder(&options.output).ok());
    let hiding = output.as_ref().map(hiding_above).unwrap_or_default();
    // What git is asked for does not depend on what else it is asked for, and most of the time goes by until it starts.
    let (was, is) = rayon::join(
        || {
            let base = if options.no_merge_base { base } else { repository.merge_base(&base, &tip)? };
            let listed =
                folder.as_ref().ok().map(|folder| Listed::of(&repository, &base, folder, output.as_ref(), &hiding));
            Ok((base, listed.transpose()?))
        },
        || {
            // Of a working tree, the output is on the disk.
            let output = output.as_ref().filter(|_| options.head.is_some());
            folder.as_ref().ok().map(|folder| Listed::of(&repository, &tip, folder, output, &hiding)).transpose()
        },
    );
    let (base, was) = was.map_err(|error: anyhow::Error| error)?;
    let folder = folder?;
    let (Some(was), Some(tip_listed)) = (was, is?) else { bail!("`{}` was not listed", folder.shown) };
    let (is, is_staged_alike) = if options.head.is_none() && options.staged {
        let staged = Listed::staged(&repository, &folder, output.as_ref(), &hiding)?;
        let is_alike = staged.input.entries == tip_listed.input.entries;
        (staged, is_alike)
    } else {
        (tip_listed, true)
    };
    let (inputs, rest) = rayon::join(
        || repository.read_inventories([&was.input, &is.input]),
        || {
            let strays = strays(&repository, (&was, &is), options)?;
            Ok((strays, judges(&was, &is), repository.authors(&base, &tip)?))
        },
    );
    let [base_input, read] = inputs?;
    let (strays, judges, mut authors) = rest.map_err(|error: anyhow::Error| error)?;
    let (head, is_committed) = match (&options.head, options.staged) {
        (Some(_), _) => (Loaded { input: read, name: tip.shown() }, true),
        (None, true) => (Loaded { input: read, name: "what is staged".to_owned() }, is_staged_alike),
        (None, false) => {
            let input = Input { prefix: folder.shown.clone(), ..read::read(input, meter) };
            let same = texts(&input).eq(texts(&read));
            (Loaded { input, name: "the working tree".to_owned() }, same)
        }
    };
    if !is_committed {
        authors.extend(repository.whoever_commits()?);
    }
    let name = base.shown();
    let base_output = BaseOutput::Commit {
        repository: Box::new(repository),
        commit: Box::new(base),
        folder: options.output.clone(),
        is_new: !was.input.is_there(),
    };
    Ok(Sides { base: Loaded { input: base_input, name }, base_output, head, strays, judges, authors })
}

/// What a commit or the index has of all that a review looks at.
struct Listed {
    input: Listing,
    /// `None` if the folder is in another repository, or in none: it has no earlier time that could be seen here. And for
    /// a working tree, which has it on the disk.
    output: Option<Listing>,
    /// Where files decide how changes are reviewed, in the order of [`JUDGES`].
    judges: [Listing; 3],
    /// The files above the clusters' folders by which Flux leaves others out.
    hiding: Entries,
}

impl Listed {
    fn of(
        repository: &Repository,
        commit: &Commit,
        input: &Folder,
        output: Option<&Folder>,
        hiding: &[Vec<u8>],
    ) -> Result<Listed> {
        Listed::all(input, output, |folders| repository.list_with(commit, folders, hiding))
    }

    fn staged(repository: &Repository, input: &Folder, output: Option<&Folder>, hiding: &[Vec<u8>]) -> Result<Listed> {
        Listed::all(input, output, |folders| repository.list_staged_with(folders, hiding))
    }

    fn all(
        input: &Folder,
        output: Option<&Folder>,
        list: impl FnOnce([&Folder; 5]) -> Result<([Listing; 5], Entries)>,
    ) -> Result<Listed> {
        let judges = JUDGES.map(|(name, _)| Folder { path: name.as_bytes().to_vec(), shown: name.to_owned() });
        let [one, two, three] = &judges;
        let (listings, hiding) = list([input, output.unwrap_or(input), one, two, three])?;
        let [input, listed, one, two, three] = listings;
        Ok(Listed { input, output: output.map(|_| listed), judges: [one, two, three], hiding })
    }
}

/// What lies beside ours in the output folder at both times.
fn strays(repository: &Repository, (was, is): (&Listed, &Listed), options: &Diff) -> Result<Option<Strays>> {
    let Some(was) = &was.output else { return Ok(None) };
    let found = match &is.output {
        Some(is) => strays::of_listings(repository, Some(was), is)?,
        None => strays::of_disk(repository, was, &options.output)?,
    };
    Ok(Some(found))
}

/// Folders whose files decide how changes are reviewed, and what the paths of these begin with.
const JUDGES: [(&str, &[&str]); 3] = [
    (".githooks", &[""]),
    (".github", &["CODEOWNERS", "actions/tenantry/", "workflows/tenantry"]),
    ("ci", &["tenantry.gitlab-ci"]),
];

/// Where Flux looks for lists of what it leaves out, from the root of the repository to the output folder. Those further
/// down lie beside what is compiled, see [`strays`].
fn hiding_above(output: &Folder) -> Vec<Vec<u8>> {
    let slashes = output.path.iter().enumerate().filter(|&(_, &byte)| byte == b'/').map(|(at, _)| at);
    let folders = std::iter::once(0).chain(slashes).chain([output.path.len()]).map(|end| &output.path[..end]);
    let mut files: Vec<Vec<u8>> = folders
        .map(|folder| match folder {
            [] => layout::SOURCE_IGNORE.as_bytes().to_vec(),
            folder => [folder, layout::SOURCE_IGNORE.as_bytes()].join(&b'/'),
        })
        .collect();
    files.dedup();
    files
}

/// What of these differs, and of the lists by which Flux leaves files out. Of a working tree it is what is committed: a
/// forge runs nothing else, and engines sync nothing else.
fn judges(was: &Listed, is: &Listed) -> Vec<String> {
    let paths: BTreeSet<&Vec<u8>> = was.hiding.keys().chain(is.hiding.keys()).collect();
    let differing = paths.into_iter().filter(|&path| was.hiding.get(path) != is.hiding.get(path));
    let mut found: Vec<String> = differing.map(|path| text_of(path)).collect();
    for ((name, beginnings), (was, is)) in JUDGES.iter().zip(was.judges.iter().zip(&is.judges)) {
        let paths: BTreeSet<&Vec<u8>> = was.entries.keys().chain(is.entries.keys()).collect();
        let differing = paths.into_iter().filter(|path| !was.agrees(is, path));
        let differing = differing.map(|path| String::from_utf8_lossy(path).into_owned());
        let wanted = |path: &String| beginnings.iter().any(|beginning| path.starts_with(beginning));
        found.extend(differing.filter(wanted).map(|path| format!("{name}/{path}")));
    }
    found
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
