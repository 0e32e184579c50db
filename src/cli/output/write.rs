//! Changes to the output folder.
//!
//! Every file is written beside its place and then renamed, all of them after the last one could be written: a run that
//! fails or is killed leaves whole files behind, and the next one clears up.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use rayon::prelude::*;

use super::{Output, TEMPORARY, Tree};

impl Output {
    /// Puts texts in their places and takes files away: all or, if a text cannot be written, nothing.
    pub fn apply<W>(
        &self,
        writes: &[W],
        text: impl Fn(&W) -> (String, String) + Sync,
        removals: &[String],
    ) -> Result<()>
    where
        W: Sync,
    {
        let written = writes.par_iter().map(|write| {
            let (below, text) = text(write);
            let pending = self.write_beside(&below, &text);
            (below, pending)
        });
        let (touched, pending): (Vec<String>, Vec<Result<Pending>>) = written.unzip();
        let done = pending.into_iter().collect::<Result<Vec<_>>>().and_then(|pending| self.put(pending, removals));
        self.remove_empty_folders(if done.is_ok() { removals } else { &touched });
        done
    }

    /// The part that readers see.
    fn put(&self, pending: Vec<Pending>, removals: &[String]) -> Result<()> {
        let all = pending.len() + removals.len();
        let so_far = |done: usize| match done {
            0 => "nothing was changed".to_owned(),
            _ => format!("{done} of {all} changes were made; when the cause is gone, run the same command again"),
        };
        let written = pending.len();
        let refused: Vec<(String, io::Error)> =
            pending.into_par_iter().filter_map(|pending| pending.put().err()).collect();
        let done = written - refused.len();
        if let Some((below, error)) = refused.into_iter().next() {
            let shown = self.shown(&below);
            return Err(error).with_context(|| format!("cannot replace `{shown}` ({})", so_far(done)));
        }
        for (at, below) in removals.iter().enumerate() {
            fs::remove_file(self.place(below))
                .with_context(|| format!("cannot remove `{}` ({})", self.shown(below), so_far(written + at)))?;
        }
        Ok(())
    }

    fn write_beside(&self, below: &str, text: &str) -> Result<Pending> {
        let target = self.place(below);
        let (folder, name) = match (target.parent(), target.file_name().and_then(|name| name.to_str())) {
            (Some(folder), Some(name)) => (folder, name),
            _ => bail!("`{}` is no place for a file", self.shown(below)),
        };
        let temporary = folder.join(format!("{}{name}{}", TEMPORARY.0, TEMPORARY.1));
        let cannot = || format!("cannot write `{}`", self.shown(below));
        let create = || File::options().write(true).create_new(true).open(&temporary);
        let mut file = match create() {
            // The folder is there already for nearly every file, so it is made only when it turns out to be missing.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let made = fs::create_dir_all(folder);
                made.with_context(|| format!("cannot make the folder of `{}`", self.shown(below)))?;
                create().with_context(cannot)?
            }
            file => file.with_context(cannot)?,
        };
        // From here on, the file is taken away again if anything fails.
        let pending = Pending { temporary, target, below: below.to_owned(), done: false };
        file.write_all(text.as_bytes()).with_context(cannot)?;
        Ok(pending)
    }

    /// Removes what a killed run left behind.
    pub fn clear(&self, temporary: &[String]) -> Result<()> {
        for below in temporary {
            fs::remove_file(self.place(below)).with_context(|| format!("cannot remove `{}`", self.shown(below)))?;
        }
        self.remove_empty_folders(temporary);
        Ok(())
    }

    /// Removes folders of these files that are empty, up to the output folder.
    fn remove_empty_folders(&self, files: &[String]) {
        let folders: BTreeSet<&str> = files.iter().filter_map(|below| Some(below.rsplit_once('/')?.0)).collect();
        for folder in folders {
            let mut folder = folder;
            // A folder that is not empty stays: removing it fails, and that is all there is to say.
            while fs::remove_dir(self.place(folder)).is_ok() {
                match folder.rsplit_once('/') {
                    Some((parent, _)) => folder = parent,
                    None => break,
                }
            }
        }
    }
}

/// A text that is written and not yet in its place. Dropping it takes it away again.
struct Pending {
    temporary: PathBuf,
    target: PathBuf,
    below: String,
    done: bool,
}

impl Pending {
    /// Puts the text in its place. The error names the place.
    fn put(mut self) -> Result<(), (String, io::Error)> {
        let renamed = fs::rename(&self.temporary, &self.target);
        self.done = renamed.is_ok();
        renamed.map_err(|error| (std::mem::take(&mut self.below), error))
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.done {
            // If it cannot be removed, the next run does it.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}
