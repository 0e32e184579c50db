//! The contents of many blobs, from one process of git.

use std::collections::BTreeMap;
use std::io::{BufReader, Read, Write};

use anyhow::{Context, Result, bail};
pub use tenantry::git::batch::Blob;
use tenantry::git::batch::next;

use super::git::{Git, complaint, not_started};
use super::tree::ObjectId;
use crate::cli::read::FILE_LIMIT;

/// Reads every blob once. The order of ids is the order of reading.
///
/// One thread writes ids while this one reads contents: neither pipe may fill up while the other waits.
pub fn read(git: &Git, ids: &[&ObjectId], mut each: impl FnMut(&ObjectId, Blob)) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut child = git.piped(&["cat-file", "--batch", "--buffer"]).spawn().map_err(not_started)?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(mut stdin), Some(stdout), Some(mut stderr)) = (stdin, stdout, stderr) else {
        bail!("git was started without pipes");
    };
    let (read, said) = std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut asked = Vec::with_capacity(ids.len() * 42);
            for id in ids {
                asked.extend_from_slice(id.as_str().as_bytes());
                asked.push(b'\n');
            }
            // Whoever stops listening says why on the other pipes.
            let _ = stdin.write_all(&asked);
        });
        let said = scope.spawn(move || {
            let mut said = Vec::new();
            let _ = stderr.read_to_end(&mut said);
            said
        });
        // The pipe is closed behind this, so that git ends when something here fails.
        let mut contents = BufReader::with_capacity(1 << 18, stdout);
        let read = ids.iter().try_for_each(|id| next(&mut contents, id, FILE_LIMIT).map(|blob| each(id, blob)));
        drop(contents);
        (read, said.join().unwrap_or_default())
    });
    let status = child.wait().context("cannot wait for git")?;
    match read {
        Ok(()) if status.success() => Ok(()),
        Ok(()) => bail!("git cannot read objects: {}", complaint(&said)),
        Err(error) if said.is_empty() => Err(error).context("git stopped in the middle of an object"),
        Err(_) => bail!("git cannot read objects: {}", complaint(&said)),
    }
}

/// Every blob in memory, for the few that links are.
pub fn read_all(git: &Git, ids: &[&ObjectId]) -> Result<BTreeMap<ObjectId, Blob>> {
    let mut blobs = BTreeMap::new();
    read(git, ids, |id, blob| {
        blobs.insert(id.clone(), blob);
    })?;
    Ok(blobs)
}
