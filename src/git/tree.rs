//! What a revision, or the index, has below a folder: names, kinds and object ids, without contents.

use std::collections::BTreeMap;
use std::ops::Bound;

/// The name of an object, in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectId {
    /// In place, since a repository has many. What is not a digit is zero.
    digits: [u8; 64],
    length: u8,
}

impl ObjectId {
    /// An id as git prints it.
    pub fn parse(text: &[u8]) -> Option<ObjectId> {
        let sound = matches!(text.len(), 40 | 64) && text.iter().all(u8::is_ascii_hexdigit);
        let length = u8::try_from(text.len()).ok().filter(|_| sound)?;
        let mut digits = [0; 64];
        digits[..text.len()].copy_from_slice(text);
        Some(ObjectId { digits, length })
    }

    /// Whether it is the id that git gives to nothing.
    pub fn is_zero(&self) -> bool {
        self.as_str().bytes().all(|digit| digit == b'0')
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.digits[..usize::from(self.length)]).unwrap_or_default()
    }
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A symbolic link.
    Link,
    /// A commit of another repository.
    Submodule,
}

/// One entry of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// Its object. Equal ids are equal contents.
    pub id: ObjectId,
}

/// Everything that is not a folder, by path. Paths are bytes, with `/` between parts, as git keeps them.
pub type Entries = BTreeMap<Vec<u8>, Entry>;

/// A folder of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Its path below the root of the repository, without `/` at the end; empty for the root.
    pub path: Vec<u8>,
    /// Its path as people name it.
    pub shown: String,
}

/// What is at a folder's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A folder.
    Folder,
    /// Nothing: the revision does not have it.
    Nothing,
    /// Something else.
    NoFolder(&'static str),
}

/// A folder as a revision or the index has it.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The folder, as people name it.
    pub shown: String,
    /// Where it really is, once links on the way are followed.
    pub path: Vec<u8>,
    /// Whether it is there.
    pub found: Found,
    /// Everything in it, hidden files too, by path below it.
    pub entries: Entries,
    /// Where it was listed from.
    pub source: Source,
}

/// Where entries come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A commit, by its id.
    Commit(ObjectId),
    /// The index: what the next commit would have.
    Index,
}

impl Listing {
    /// Whether there is anything at the path.
    pub fn is_there(&self) -> bool {
        self.found != Found::Nothing
    }

    /// Whether another listing has the very same at a path.
    pub fn agrees(&self, other: &Listing, path: &[u8]) -> bool {
        let entry = self.entries.get(path);
        entry.is_some() && entry == other.entries.get(path)
    }
}

/// Reads what `ls-tree -z` prints, or `ls-files --stage -z`. Both have the mode first, and a tab before the path; in
/// between, one has type and id, the other id and stage.
///
/// # Errors
///
/// What is no such list, names a path twice, or is in the middle of a merge.
pub fn parse(printed: &[u8]) -> Result<Entries, String> {
    let mut listed: Vec<(Vec<u8>, Entry)> = Vec::new();
    for record in printed.split(|&byte| byte == 0).filter(|record| !record.is_empty()) {
        let unknown = || format!("git lists {:?}", String::from_utf8_lossy(record));
        let tab = record.iter().position(|&byte| byte == b'\t').ok_or_else(unknown)?;
        let (head, path) = (&record[..tab], &record[tab + 1..]);
        let mut words = head.split(|&byte| byte == b' ');
        let (Some(mode), Some(one), Some(two), None) = (words.next(), words.next(), words.next(), words.next()) else {
            return Err(unknown());
        };
        let id = ObjectId::parse(two).or_else(|| ObjectId::parse(one)).ok_or_else(unknown)?;
        let kind = match mode {
            b"120000" => Kind::Link,
            b"160000" => Kind::Submodule,
            b"040000" => continue,
            _ => Kind::File,
        };
        // Of two halves of a merge, none is what would be committed.
        if matches!(two, b"1" | b"2" | b"3") {
            return Err(format!("`{}` is in conflict; finish the merge first", String::from_utf8_lossy(path)));
        }
        listed.push((path.to_owned(), Entry { kind, id }));
    }
    // Git lists them in order, and a map that is made of all of them at once is made fast.
    listed.sort_by(|(a, _), (b, _)| a.cmp(b));
    if let Some([(path, _), ..]) = listed.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(format!("`{}` is there twice: the repository is damaged", String::from_utf8_lossy(path)));
    }
    Ok(listed.into_iter().collect())
}

/// The entries below a folder, with their paths below it.
pub fn below<'a>(entries: &'a Entries, folder: &[u8]) -> impl Iterator<Item = (&'a [u8], &'a Entry)> {
    let mut start = folder.to_owned();
    if !start.is_empty() {
        start.push(b'/');
    }
    let from = entries.range::<[u8], _>((Bound::Included(start.as_slice()), Bound::Unbounded));
    let inside: Vec<_> = from.take_while(|(path, _)| path.starts_with(&start)).collect();
    let length = start.len();
    inside.into_iter().map(move |(path, entry)| (&path[length..], entry))
}

/// Whether any entry is below a folder.
pub fn is_folder(entries: &Entries, folder: &[u8]) -> bool {
    let start = [folder, b"/"].concat();
    let next = entries.range::<[u8], _>((Bound::Included(start.as_slice()), Bound::Unbounded)).next();
    folder.is_empty() || next.is_some_and(|(path, _)| path.starts_with(&start))
}

/// Two paths one behind the other.
pub fn join(folder: &[u8], below: &[u8]) -> Vec<u8> {
    match (folder.is_empty(), below.is_empty()) {
        (true, _) => below.to_owned(),
        (_, true) => folder.to_owned(),
        _ => [folder, b"/", below].concat(),
    }
}
