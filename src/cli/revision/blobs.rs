//! The contents of many blobs, from one process of git.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};

use anyhow::{Context, Result, bail};

use super::git::{Git, complaint, not_started};
use super::tree::ObjectId;
use crate::cli::read::FILE_LIMIT;

/// What git has for an id.
#[derive(Debug, Clone)]
pub enum Blob {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// More than may be read: how much.
    TooLarge(u64),
    /// Nothing: a clone that leaves blobs out.
    Missing,
}

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
        let read = ids.iter().try_for_each(|id| next(&mut contents, id).map(|blob| each(id, blob)));
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

/// The next answer: a line with id, type and size, then the contents and a line end; or that there is none.
fn next(contents: &mut impl BufRead, id: &ObjectId) -> io::Result<Blob> {
    let mut head = String::new();
    contents.take(256).read_line(&mut head)?;
    let mut words = head.trim_end_matches('\n').split(' ');
    let wrong = || io::Error::new(io::ErrorKind::InvalidData, format!("it answers {head:?}"));
    if words.next() != Some(id.as_str()) {
        return Err(wrong());
    }
    let size: u64 = match (words.next(), words.next()) {
        (Some("missing"), _) => return Ok(Blob::Missing),
        (Some("blob"), Some(size)) => size.parse().map_err(|_| wrong())?,
        _ => return Err(wrong()),
    };
    let blob = if size > FILE_LIMIT {
        io::copy(&mut contents.take(size), &mut io::sink())?;
        Blob::TooLarge(size)
    } else {
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        contents.take(size).read_to_end(&mut bytes)?;
        if bytes.len() as u64 != size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Blob::Bytes(bytes)
    };
    let mut end = [0];
    contents.read_exact(&mut end)?;
    if end == *b"\n" { Ok(blob) } else { Err(wrong()) }
}

/// Every blob in memory, for the few that links are.
pub fn read_all(git: &Git, ids: &[&ObjectId]) -> Result<BTreeMap<ObjectId, Blob>> {
    let mut blobs = BTreeMap::new();
    read(git, ids, |id, blob| {
        blobs.insert(id.clone(), blob);
    })?;
    Ok(blobs)
}
