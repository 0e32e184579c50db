//! What git says of a push, and which branches matter.

use std::io::{BufRead, Read};

use anyhow::{Context, Result, bail};

use crate::cli::revision::ObjectId;

/// Most bytes that a push may say of its references.
const LIMIT: u64 = 16 << 20;

/// One reference of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// What it stands for; nothing if it is new.
    pub old: Option<ObjectId>,
    /// What it will stand for; nothing if it is deleted.
    pub new: Option<ObjectId>,
    /// Its whole name.
    pub reference: String,
}

impl Update {
    /// The name of the branch, if it is one.
    pub fn branch(&self) -> Option<&str> {
        self.reference.strip_prefix("refs/heads/")
    }
}

/// Reads the lines of a push: `OLD NEW REF`, where zeros stand for nothing.
pub fn read(input: impl BufRead) -> Result<Vec<Update>> {
    let mut bytes = Vec::new();
    input.take(LIMIT + 1).read_to_end(&mut bytes).context("cannot read stdin")?;
    if bytes.len() as u64 > LIMIT {
        bail!("stdin has more than {} MiB of references", LIMIT >> 20);
    }
    let lines = bytes.strip_suffix(b"\n").unwrap_or(&bytes).split(|&byte| byte == b'\n').enumerate();
    lines.filter(|_| !bytes.is_empty()).map(|(at, line)| update(line).with_context(|| wrong(at, line))).collect()
}

fn update(line: &[u8]) -> Option<Update> {
    let mut words = line.splitn(3, |&byte| byte == b' ');
    let mut id = || ObjectId::parse(words.next()?).map(|id| Some(id).filter(|id| !id.is_zero()));
    let (old, new) = (id()?, id()?);
    let reference = std::str::from_utf8(words.next()?).ok()?;
    let sound = reference.starts_with("refs/") && !reference.contains(|letter: char| letter.is_control());
    sound.then(|| Update { old, new, reference: reference.to_owned() })
}

fn wrong(at: usize, line: &[u8]) -> String {
    let line: String = String::from_utf8_lossy(line).chars().take(120).collect();
    format!("line {} of stdin is not `OLD NEW REF`, as git gives it to the hook pre-receive: {line:?}", at + 1)
}

/// Whether a pattern is for a reference. A pattern without `refs/` is for branches; `*` is any text without `/`.
pub fn is_for(pattern: &str, reference: &str) -> bool {
    match pattern.strip_prefix("refs/") {
        Some(pattern) => {
            reference.strip_prefix("refs/").is_some_and(|rest| matches(pattern.as_bytes(), rest.as_bytes()))
        }
        None => reference.strip_prefix("refs/heads/").is_some_and(|rest| matches(pattern.as_bytes(), rest.as_bytes())),
    }
}

/// Goes back to the last star only, so that no pattern takes long.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut from) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while from < text.len() {
        match (pattern.get(at), star) {
            (Some(b'*'), _) => {
                star = Some((at, from));
                at += 1;
            }
            (Some(letter), _) if *letter == text[from] => {
                at += 1;
                from += 1;
            }
            (_, Some((place, taken))) if text[taken] != b'/' => {
                star = Some((place, taken + 1));
                at = place + 1;
                from = taken + 1;
            }
            _ => return false,
        }
    }
    pattern[at..].iter().all(|letter| *letter == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "1111111111111111111111111111111111111111";
    const ZERO: &str = "0000000000000000000000000000000000000000";

    fn said(text: &str) -> Result<Vec<Update>> {
        read(text.as_bytes())
    }

    #[test]
    fn zeros_are_nothing() {
        let text = format!("{ZERO} {OLD} refs/heads/main\n{OLD} {ZERO} refs/heads/a b\n");
        let updates = said(&text).expect("two lines");
        assert_eq!((&updates[0].old, updates[0].branch()), (&None, Some("main")));
        assert_eq!((&updates[1].new, updates[1].branch()), (&None, Some("a b")));
        assert_eq!(said("").expect("nothing"), []);
    }

    #[test]
    fn what_git_does_not_say_is_refused() {
        let lines = [
            "\n".to_owned(),
            "main".to_owned(),
            format!("{OLD} {OLD}"),
            format!("--upload-pack=x {OLD} refs/heads/main"),
            format!("{OLD} {OLD} --force"),
            format!("{OLD} {OLD} refs/heads/\u{1b}[31m"),
            format!("{OLD} {} refs/heads/main", &OLD[1..]),
            format!("{OLD} {OLD} refs/heads/main\n\n"),
        ];
        for line in lines {
            let error = said(&line).expect_err(&line).to_string();
            assert!(error.contains("is not `OLD NEW REF`") && !error.contains('\u{1b}'), "{error}");
        }
        let huge = "x".repeat(17 << 20);
        assert!(said(&huge).is_err_and(|error| error.to_string().contains("more than 16 MiB")));
    }

    #[test]
    fn a_star_stays_within_a_part() {
        let cases = [
            ("main", "refs/heads/main", true),
            ("main", "refs/heads/main2", false),
            ("main", "refs/tags/main", false),
            ("refs/heads/main", "refs/heads/main", true),
            ("release/*", "refs/heads/release/1.2", true),
            ("release/*", "refs/heads/release/1/2", false),
            ("*", "refs/heads/a", true),
            ("*", "refs/heads/a/b", false),
            ("*/*", "refs/heads/a/b", true),
            ("a*b*c", "refs/heads/axxbyybc", true),
            ("a*b*c", "refs/heads/axxbyyb", false),
            ("refs/*/main", "refs/heads/main", true),
            ("", "refs/heads/main", false),
        ];
        for (pattern, reference, wanted) in cases {
            assert_eq!(is_for(pattern, reference), wanted, "{pattern} {reference}");
        }
        assert!(!is_for(&"*a".repeat(2_000), &format!("refs/heads/{}", "a".repeat(1_999))));
    }
}
