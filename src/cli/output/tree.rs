//! What a tree of compiled files holds, wherever it is kept: in a folder, or in git. Nothing is followed out of it.

use std::collections::BTreeSet;

use anyhow::Result;
use tenantry::diag::{Diagnostic, catalog::folder as catalog};
use tenantry::driver::Floors;
use tenantry::render::header::Header;
use tenantry::render::{self, layout};

use super::TEMPORARY;

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

/// What an entry of a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A folder.
    Folder,
    /// A file.
    File,
    /// A symbolic link.
    Link,
    /// Something else.
    Other,
}

/// The way to a folder of ours.
#[derive(Debug, PartialEq, Eq)]
pub enum Way {
    /// The folder is there.
    Free,
    /// It is not there, and nothing else is.
    Nothing,
    /// Something else is there: where, and what.
    Blocked(String, &'static str),
}

/// A tree of compiled files. Paths are below its root, with `/` between parts.
pub trait Tree: Sync {
    /// How people name the root.
    fn name(&self) -> &str;

    /// The entries of a folder whose names are text; none if it is not there.
    fn entries(&self, below: &str) -> Result<Vec<(String, Kind)>>;

    /// What is at a path, if anything.
    fn kind(&self, below: &str) -> Option<Kind>;

    /// Looks at a path. The error is what can be said of a file that cannot be read.
    fn look(&self, below: &str) -> Result<Seen, Box<Diagnostic>>;

    /// Whether two paths lead to one file or folder, as they do where letter case does not count.
    fn is_same(&self, one: &str, other: &str) -> bool;

    /// How people name a path below the folder.
    fn shown(&self, path: &str) -> String {
        format!("{}/{path}", self.name().trim_end_matches('/'))
    }

    /// Names of folders that could be a cluster's. Links are none: they may lead anywhere.
    fn clusters(&self) -> Result<Vec<String>> {
        let mut clusters = Vec::new();
        for (name, _) in self.entries("")? {
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
            let names = self.entries(cluster)?.into_iter().map(|(name, _)| name);
            folders.extend(names.filter(|name| layout::may_hold_tenants(name)));
        }
        Ok(folders.into_iter().collect())
    }

    /// The numbers of shards that clusters have, as far as the files say that keep the folders.
    fn shards(&self) -> Floors {
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

    /// What a cluster's folders hold.
    fn list(&self, cluster: &str) -> Result<Listing> {
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
        for (name, kind) in self.entries(folder)? {
            let below = format!("{folder}/{name}");
            // Engines look into folders of folders. A link is followed nowhere.
            if layout::is_synced(&format!("{below}/")) && kind == Kind::Folder {
                self.list_folder(&below, found)?;
            }
            // Ours end in `.yaml`; the engines read the others too.
            if layout::is_read(&name) || name == layout::SHARD_FILE {
                found.paths.insert(below);
            } else if name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1) && kind == Kind::File {
                found.temporary.push(below);
            }
        }
        Ok(())
    }

    /// What is there where a folder of ours belongs. A file is in the way, and so is a link.
    fn in_the_way(&self, folder: &str) -> Way {
        let mut shown = String::new();
        for part in folder.split('/') {
            shown = if shown.is_empty() { part.to_owned() } else { format!("{shown}/{part}") };
            match self.kind(&shown) {
                None => return Way::Nothing,
                Some(Kind::Link) => return Way::Blocked(shown, "a symbolic link"),
                Some(Kind::File | Kind::Other) => return Way::Blocked(shown, "a file"),
                Some(Kind::Folder) => {}
            }
        }
        Way::Free
    }
}
