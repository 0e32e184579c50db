//! One run at a time: a lock on the output folder itself, which leaves no file behind.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::Output;

/// Keeps other runs out of the folder until it is dropped. A folder that was made for it and is still empty then is
/// taken away again, so that a run which was refused leaves nothing behind.
#[derive(Debug)]
pub struct Lock {
    /// The locked folder. Not every system can open a folder, or lock one; then nothing keeps two runs apart.
    _folder: Option<File>,
    /// Folders that were made, the innermost first.
    made: Vec<PathBuf>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        for folder in &self.made {
            // A folder that is not empty stays: removing it fails, and that is all there is to say.
            let _ = fs::remove_dir(folder);
        }
    }
}

impl Output {
    /// Waits until no other run is writing to the folder and keeps them out. Makes the folder if it is not there.
    /// `waiting` is called once if there is something to wait for.
    pub fn lock(&self, mut waiting: impl FnMut()) -> Result<Lock> {
        loop {
            let made = self.make()?;
            let folder = lock(&self.root, File::try_lock, File::lock, &mut waiting);
            // The run that was waited for may have taken the folder away with it.
            if self.root.is_dir() {
                return Ok(Lock { _folder: folder, made });
            }
        }
    }

    /// Waits until no other run is writing to the folder, for a run that only reads.
    pub fn lock_for_reading(&self, mut waiting: impl FnMut()) -> Lock {
        let folder = lock(&self.root, File::try_lock_shared, File::lock_shared, &mut waiting);
        Lock { _folder: folder, made: Vec::new() }
    }

    /// Makes the folder, and says which folders that took.
    fn make(&self) -> Result<Vec<PathBuf>> {
        if self.root.is_dir() {
            return Ok(Vec::new());
        }
        if self.root.symlink_metadata().is_ok() {
            bail!("the output `{}` is not a folder", self.shown);
        }
        let missing = self.root.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists());
        let missing: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        fs::create_dir_all(&self.root).with_context(|| format!("cannot make the folder `{}`", self.shown))?;
        Ok(missing)
    }
}

/// Locks a folder, if the system can.
fn lock(
    folder: &Path,
    try_lock: impl Fn(&File) -> Result<(), TryLockError>,
    lock: impl Fn(&File) -> std::io::Result<()>,
    waiting: &mut impl FnMut(),
) -> Option<File> {
    // Whoever opens a pipe waits until somebody writes to it.
    let folder = folder.is_dir().then(|| File::open(folder).ok())??;
    match try_lock(&folder) {
        Ok(()) => Some(folder),
        Err(TryLockError::WouldBlock) => {
            waiting();
            lock(&folder).ok().map(|()| folder)
        }
        Err(TryLockError::Error(_)) => None,
    }
}
