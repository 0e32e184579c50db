//! The output folder: what is in it, and who may write to it. Nothing is ever followed out of the folder.

mod lock;
mod write;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tenantry::diag::{Diagnostic, catalog::folder as catalog};
use tenantry::driver::Floors;
use tenantry::render::header::Header;
use tenantry::render::{self, layout};

use super::read::{reason, shown_path};

/// How names of files that are being written begin and end.
const TEMPORARY: (&str, &str) = (".tenantry-", ".tmp");

/// The folders of a cluster that hold files of ours, beside those of tenants.
const FOLDERS: [&str; 3] = [layout::PLATFORM_OBJECTS, layout::PLATFORM_COMPONENT, layout::GITOPS];

/// What a cluster's folders hold, by name. Paths are below the output folder.
#[derive(Debug, Default)]
pub struct Listing {
    /// Everything that the engines would take for a manifest, and the files that keep folders.
    pub paths: BTreeSet<String>,
    /// What stands where a folder belongs.
    pub problems: Vec<Diagnostic>,
    /// Leftovers of a run that was killed.
    pub temporary: Vec<String>,
}

/// What stands at a path.
#[derive(Debug)]
pub enum Seen {
    /// Nothing.
    Nothing,
    /// A file that begins as ours do, and its text.
    Ours(String),
    /// A file that does not.
    Foreign,
    /// No file: what it is.
    NoFile(&'static str),
}

/// The output folder.
#[derive(Debug, Clone)]
pub struct Output {
    root: PathBuf,
    shown: String,
}

impl Output {
    /// The folder at a path; it need not be there.
    pub fn new(root: &Path) -> Output {
        Output { root: root.to_owned(), shown: shown_path(root) }
    }

    /// How people name a path below the folder.
    pub fn shown(&self, path: &str) -> String {
        format!("{}/{path}", self.shown.trim_end_matches('/'))
    }

    /// Names of folders that could be a cluster's. Links are none: they may lead anywhere.
    pub fn clusters(&self) -> Result<Vec<String>> {
        let mut clusters = Vec::new();
        for entry in self.entries("")? {
            let entry = entry.with_context(|| format!("cannot read `{}`", self.shown))?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let ours = |folder: &String| self.in_the_way(&format!("{name}/{folder}")) == Way::Free;
            // What is no folder, or hidden, is no cluster's.
            if !name.starts_with('.') && self.in_the_way(&name) == Way::Free && self.folders(&name)?.iter().any(ours) {
                clusters.push(name);
            }
        }
        clusters.sort_unstable();
        Ok(clusters)
    }

    /// The folders of a cluster that hold files of ours, or could: with another number of shards, there were others.
    fn folders(&self, cluster: &str) -> Result<Vec<String>> {
        let mut folders: BTreeSet<String> = FOLDERS.map(str::to_owned).into();
        folders.insert(layout::TENANTS.to_owned());
        if self.in_the_way(cluster) == Way::Free {
            for entry in self.entries(cluster)? {
                let entry = entry.with_context(|| format!("cannot read `{}`", self.shown(cluster)))?;
                folders.extend(entry.file_name().into_string().ok().filter(|name| layout::may_hold_tenants(name)));
            }
        }
        Ok(folders.into_iter().collect())
    }

    /// The numbers of shards that clusters have, as far as the files say that keep the folders.
    pub fn shards(&self) -> Floors {
        let mut numbers = Floors::new();
        for cluster in self.clusters().unwrap_or_default() {
            for folder in self.folders(&cluster).unwrap_or_default() {
                if let Ok(Seen::Ours(text)) = self.look(&layout::shard_path(&cluster, &folder))
                    && let Some((header, body)) = Header::parse(&text)
                    && header.fits(body)
                    && let Some(number) = render::shards_of_body(body)
                {
                    let most = numbers.entry(cluster.clone()).or_default();
                    *most = number.max(*most);
                }
            }
        }
        numbers
    }

    /// Whether two paths below the folder lead to one file or folder, as they do where letter case does not count.
    pub fn is_same(&self, one: &str, other: &str) -> bool {
        let real = |below: &str| self.root.join(below).canonicalize().ok();
        one.eq_ignore_ascii_case(other) && real(one).is_some_and(|one| real(other) == Some(one))
    }

    /// What a cluster's folders hold.
    pub fn list(&self, cluster: &str) -> Result<Listing> {
        let mut found = Listing::default();
        for folder in self.folders(cluster)?.into_iter().map(|folder| format!("{cluster}/{folder}")) {
            match self.in_the_way(&folder) {
                Way::Free => self.list_folder(&folder, &mut found)?,
                Way::Nothing => {}
                Way::Blocked(path, what) => found.problems.push(catalog::not_a_folder(&self.shown(&path), what)),
            }
        }
        found.problems.dedup();
        Ok(found)
    }

    fn list_folder(&self, folder: &str, found: &mut Listing) -> Result<()> {
        for entry in self.entries(folder)? {
            let entry = entry.with_context(|| format!("cannot read `{}`", self.shown(folder)))?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let below = format!("{folder}/{name}");
            // Engines look into folders of folders. A link is followed nowhere.
            if layout::is_synced(&format!("{below}/")) && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                self.list_folder(&below, found)?;
            }
            // Ours end in `.yaml`; the engines read the others too.
            if layout::is_read(&name) || name == layout::SHARD_FILE {
                found.paths.insert(below);
            } else if name.starts_with(TEMPORARY.0)
                && name.ends_with(TEMPORARY.1)
                && entry.file_type().is_ok_and(|kind| kind.is_file())
            {
                found.temporary.push(below);
            }
        }
        Ok(())
    }

    /// Looks at a path. The error is what can be said of a file that cannot be read.
    pub fn look(&self, below: &str) -> Result<Seen, Box<Diagnostic>> {
        let path = self.root.join(below);
        let unreadable = |error: &io::Error| Box::new(catalog::unreadable(&self.shown(below), &reason(error)));
        let kind = match path.symlink_metadata() {
            Ok(metadata) => metadata.file_type(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Seen::Nothing),
            Err(error) => return Err(unreadable(&error)),
        };
        match () {
            () if kind.is_symlink() => Ok(Seen::NoFile("a symbolic link")),
            () if kind.is_dir() => Ok(Seen::NoFile("a folder")),
            () if !kind.is_file() => Ok(Seen::NoFile("a pipe, socket or device")),
            () => read(&path).map_err(|error| unreadable(&error)),
        }
    }

    /// What is there where a folder of ours belongs. A file is in the way, and so is a link.
    fn in_the_way(&self, folder: &str) -> Way {
        let mut path = self.root.clone();
        let mut shown = String::new();
        for part in folder.split('/') {
            path.push(part);
            shown = if shown.is_empty() { part.to_owned() } else { format!("{shown}/{part}") };
            match path.symlink_metadata().map(|metadata| metadata.file_type()) {
                Err(_) => return Way::Nothing,
                Ok(kind) if kind.is_symlink() => return Way::Blocked(shown, "a symbolic link"),
                Ok(kind) if !kind.is_dir() => return Way::Blocked(shown, "a file"),
                Ok(_) => {}
            }
        }
        Way::Free
    }

    /// The entries of a folder; none if it is not there.
    fn entries(&self, below: &str) -> Result<Box<dyn Iterator<Item = io::Result<fs::DirEntry>>>> {
        let shown = || if below.is_empty() { self.shown.clone() } else { self.shown(below) };
        match fs::read_dir(self.root.join(below)) {
            Ok(entries) => Ok(Box::new(entries)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Box::new(std::iter::empty())),
            Err(error) => Err(error).with_context(|| format!("cannot read the folder `{}`", shown())),
        }
    }
}

/// The way to a folder of ours.
#[derive(Debug, PartialEq, Eq)]
enum Way {
    /// The folder is there.
    Free,
    /// It is not there, and nothing else is.
    Nothing,
    /// Something else is there: where, and what.
    Blocked(String, &'static str),
}

/// Reads a file. Only the beginning of one that is not ours: it may be of any size.
fn read(path: &Path) -> io::Result<Seen> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    file.by_ref().take(Header::BEGINNING as u64).read_to_end(&mut bytes)?;
    if !Header::begins(&bytes) {
        return Ok(Seen::Foreign);
    }
    file.read_to_end(&mut bytes)?;
    // A byte that is no text is somebody's edit, and the file is still ours.
    let text = String::from_utf8(bytes);
    Ok(Seen::Ours(text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())))
}
