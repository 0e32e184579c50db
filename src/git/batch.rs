//! What `git cat-file --batch` answers: one blob after the other.

use std::io::{self, BufRead, Read};

use super::tree::ObjectId;

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

/// The next answer: a line with id, type and size, then the contents and a line end; or that there is none. Of a blob of
/// more than `limit` bytes, only the size is kept.
///
/// # Errors
///
/// An answer that is none, is about another object, or ends too soon.
pub fn next(contents: &mut impl BufRead, id: &ObjectId, limit: u64) -> io::Result<Blob> {
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
    let blob = if size > limit {
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
