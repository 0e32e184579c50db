//! Changes to the output folder.
//!
//! Every file is written beside its place and then renamed, all of them after the last one could be written: a run that
//! fails or is killed leaves whole files behind, and the next one clears up.

use std::collections::BTreeSet;
use std::io::{self, Write};

use anyhow::{Context, Result};
use rayon::prelude::*;

use super::folder::{Below, Folder};
use super::{Output, TEMPORARY, Tree};

/// The names within a folder: of a file as it is, and of one that is being written.
const AS_IT_IS: (&str, &str) = ("", "");

impl Output {
    /// Puts texts in their places and takes files away: all or, if a text cannot be written, nothing. A write comes with
    /// its path, and is fast where paths come in order; `text` is what belongs there.
    pub fn apply<W: Sync>(
        &self,
        writes: &[(&str, W)],
        text: impl Fn(&W) -> String + Sync,
        removals: &[String],
    ) -> Result<()> {
        let root = self.open()?;
        let write = |below: &mut Below<'_>, (path, write): &(&str, W)| self.write_beside(below, path, &text(write));
        let written: Vec<Result<()>> = writes.par_iter().map_init(|| Below::new(&root), write).collect();
        let paths: Vec<&str> = writes.iter().map(|(path, _)| *path).collect();
        let done = if written.iter().all(Result::is_ok) {
            self.put(&root, &paths, removals)
        } else {
            let pending = paths.iter().zip(&written).filter(|(_, written)| written.is_ok()).map(|(path, _)| *path);
            discard(&root, pending);
            written.into_iter().collect()
        };
        match done.is_ok() {
            true => remove_empty_folders(&root, removals.iter().map(String::as_str)),
            false => remove_empty_folders(&root, paths.iter().copied()),
        }
        done
    }

    /// Opens the folder, wherever its own path leads.
    fn open(&self) -> Result<Folder> {
        Folder::open(&self.root).with_context(|| format!("cannot open the folder `{}`", self.shown))
    }

    /// The part that readers see.
    fn put(&self, root: &Folder, written: &[&str], removals: &[String]) -> Result<()> {
        let all = written.len() + removals.len();
        let so_far = |done: usize| match done {
            0 => "nothing was changed".to_owned(),
            _ => format!("{done} of {all} changes were made; when the cause is gone, run the same command again"),
        };
        let put = |below: &mut Below<'_>, path: &&str| {
            let put = below.place(path).and_then(|(folder, name)| folder.put(name, TEMPORARY));
            put.err().map(|error| (path.to_string(), error))
        };
        let refused = written.par_iter().map_init(|| Below::new(root), put).flatten_iter();
        let refused: Vec<(String, io::Error)> = refused.collect();
        let done = written.len() - refused.len();
        discard(root, refused.iter().map(|(path, _)| path.as_str()));
        if let Some((path, error)) = refused.into_iter().next() {
            let shown = self.shown(&path);
            return Err(error).with_context(|| format!("cannot replace `{shown}` ({})", so_far(done)));
        }
        let mut below = Below::new(root);
        for (at, path) in removals.iter().enumerate() {
            let removed = below.place(path).and_then(|(folder, name)| folder.remove(name, AS_IT_IS));
            removed.with_context(|| format!("cannot remove `{}` ({})", self.shown(path), so_far(done + at)))?;
        }
        Ok(())
    }

    /// Writes a text beside its place. A file that cannot be written to its end is taken away again.
    fn write_beside(&self, below: &mut Below<'_>, path: &str, text: &str) -> Result<()> {
        let cannot = || format!("cannot write `{}`", self.shown(path));
        let (folder, name) = below.made_place(path).with_context(cannot)?;
        let mut file = match folder.create(name, TEMPORARY) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let beside = temporary(path);
                let beside = self.shown(&beside);
                return Err(error).with_context(|| format!("{}: remove `{beside}`, which is in the way", cannot()));
            }
            file => file.with_context(cannot)?,
        };
        let written = file.write_all(text.as_bytes());
        if written.is_err() {
            // If it cannot be removed, the next run does it.
            let _ = folder.remove(name, TEMPORARY);
        }
        written.with_context(cannot)
    }

    /// Removes what a killed run left behind.
    pub fn clear(&self, temporary: &[String]) -> Result<()> {
        if temporary.is_empty() {
            return Ok(());
        }
        let root = self.open()?;
        let mut below = Below::new(&root);
        for path in temporary {
            let removed = below.place(path).and_then(|(folder, name)| folder.remove(name, AS_IT_IS));
            removed.with_context(|| format!("cannot remove `{}`", self.shown(path)))?;
        }
        remove_empty_folders(&root, temporary.iter().map(String::as_str));
        Ok(())
    }
}

/// Where a file is written that belongs at a path.
fn temporary(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("{folder}{slash}{}{name}{}", TEMPORARY.0, TEMPORARY.1)
}

/// Takes away files that were written beside these places. Those that cannot be removed are for the next run.
fn discard<'p>(root: &Folder, paths: impl Iterator<Item = &'p str>) {
    let mut below = Below::new(root);
    for path in paths {
        let _ = below.place(path).and_then(|(folder, name)| folder.remove(name, TEMPORARY));
    }
}

/// Removes folders of these files that are empty, up to the root.
fn remove_empty_folders<'p>(root: &Folder, files: impl Iterator<Item = &'p str>) {
    let folders: BTreeSet<&str> = files.filter_map(|path| Some(path.rsplit_once('/')?.0)).collect();
    let mut below = Below::new(root);
    for mut folder in folders {
        // A folder that is not empty stays: removing it fails, and that is all there is to say.
        while below.place(folder).and_then(|(above, name)| above.remove_folder(name)).is_ok() {
            match folder.rsplit_once('/') {
                Some((above, _)) => folder = above,
                None => break,
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use super::*;

    /// An output folder with a file in each of three folders, and somebody's folder beside it with files of those names.
    fn folders() -> (tempfile::TempDir, Output) {
        let place = tempfile::tempdir().expect("a folder");
        for folder in ["output/a/t", "output/b/t", "output/c/t", "else/t"] {
            fs::create_dir_all(place.path().join(folder)).expect("folders");
            fs::write(place.path().join(folder).join("x.yaml"), "precious").expect("a file");
        }
        let output = Output::new(&place.path().join("output"));
        (place, output)
    }

    /// Puts a link to somebody's folder where a folder of the output was.
    fn swap(place: &Path, folder: &str) {
        fs::rename(place.join("output").join(folder), place.join("gone")).expect("a move");
        symlink(place.join("else"), place.join("output").join(folder)).expect("a link");
    }

    /// Every file of somebody's folder, and its text.
    fn elsewhere(place: &Path) -> Vec<(String, String)> {
        let entries = fs::read_dir(place.join("else/t")).expect("a folder").map(|entry| entry.expect("an entry"));
        let file = |entry: fs::DirEntry| {
            (entry.file_name().to_string_lossy().into_owned(), fs::read_to_string(entry.path()).expect("a text"))
        };
        entries.map(file).collect()
    }

    /// Whatever folder becomes a link while a text is made, one whose files are to be replaced, made or removed: nothing
    /// behind the link changes.
    #[test]
    fn a_folder_that_becomes_a_link_is_not_followed() {
        for folder in ["a", "b", "b/t", "c"] {
            for at in ["a/t/x.yaml", "b/t/new.yaml", "b/t/x.yaml"] {
                let (place, output) = folders();
                if folder == "b/t" {
                    fs::write(place.path().join("else/new.yaml"), "").expect("a file");
                }
                let text = |path: &&str| {
                    if *path == at {
                        swap(place.path(), folder);
                    }
                    "mine".to_owned()
                };
                let writes = ["a/t/x.yaml", "b/t/new.yaml", "b/t/x.yaml"].map(|path| (path, path));
                let threads = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
                let done = threads.install(|| output.apply(&writes, text, &["c/t/x.yaml".to_owned()]));
                done.expect_err("a link is no folder");
                let precious = [("x.yaml".to_owned(), "precious".to_owned())];
                assert_eq!(elsewhere(place.path()), precious, "{folder} at {at}");
                assert_eq!(
                    fs::read_dir(place.path().join("else")).expect("a folder").count(),
                    1 + usize::from(folder == "b/t")
                );
            }
        }
    }

    #[test]
    fn leftovers_behind_a_link_are_somebody_elses() {
        let (place, output) = folders();
        fs::write(place.path().join("else/t/.tenantry-x.yaml.tmp"), "precious").expect("a file");
        swap(place.path(), "a");
        output.clear(&["a/t/.tenantry-x.yaml.tmp".to_owned()]).expect_err("a link is no folder");
        assert_eq!(elsewhere(place.path()).len(), 2);
    }
}
