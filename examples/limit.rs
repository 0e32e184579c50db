//! The physical limit of a compile: writes the bytes of a folder to files of the same names, from memory, with threads.
//!
//!     cargo run --release --example limit -- FROM TO [THREADS]
//!
//! `TO` must not be there. It prints the seconds that making the folders and writing the files took, and nothing of the
//! reading before. No thread waits for the disk: on a file system in memory, this is what the system calls cost.

#![expect(clippy::disallowed_methods, reason = "a program of its own, which copies files and measures")]

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use walkdir::WalkDir;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (from, to, threads) = match &arguments[..] {
        [from, to] => (Path::new(from), Path::new(to), 2),
        [from, to, threads] => (Path::new(from), Path::new(to), threads.parse()?),
        _ => return Err("usage: limit FROM TO [THREADS]".into()),
    };
    if to.exists() || threads == 0 {
        return Err("TO is there already, or there are no threads".into());
    }
    let mut files = Vec::new();
    for entry in WalkDir::new(from) {
        let entry = entry?;
        if entry.file_type().is_file() {
            files.push((to.join(entry.path().strip_prefix(from)?), fs::read(entry.path())?));
        }
    }
    let folders: BTreeSet<&Path> = files.iter().filter_map(|(path, _)| path.parent()).collect();
    let begin = Instant::now();
    folders.iter().try_for_each(fs::create_dir_all)?;
    write(&files, threads)?;
    println!("{:.6}", begin.elapsed().as_secs_f64());
    Ok(())
}

fn write(files: &[(PathBuf, Vec<u8>)], threads: usize) -> std::io::Result<()> {
    let part = files.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let write = |part: &[(PathBuf, Vec<u8>)]| part.iter().try_for_each(|(path, bytes)| fs::write(path, bytes));
        let threads: Vec<_> = files.chunks(part).map(|part| scope.spawn(move || write(part))).collect();
        let failed = |_| Err(std::io::Error::other("a thread failed"));
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(failed))
    })
}
