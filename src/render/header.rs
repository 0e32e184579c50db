//! The first lines of a compiled file: whose it is, and digests by which anybody can tell whether it was edited.
//!
//! Nothing in a header changes with a release, a day or a machine.

use sha2::{Digest, Sha256};

/// A SHA-256 digest.
pub type Digest32 = [u8; 32];

const BYTE_ORDER_MARK: char = '\u{FEFF}';
const INTRODUCTION: &str = "# Compiled by tenantry. Change the inventory, not this file.";
const TENANT: &str = "# tenantry.dev/tenant: ";
const STATE: &str = "# tenantry.dev/state: ";
const PLATFORM: &str = "# tenantry.dev/platform: ";
const INPUT: &str = "# tenantry.dev/input: sha256:";
const BODY: &str = "# tenantry.dev/body: sha256:";

/// What a header takes, names included. More is no mistake.
const HEADER_ROOM: usize = 448;

/// Whose file it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A tenant's namespace.
    Tenant {
        /// Name of the tenant.
        name: String,
        /// Stage of the namespace's life.
        state: String,
    },
    /// The platform itself.
    Platform {
        /// Name of the cluster.
        name: String,
    },
}

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Whose file it is.
    pub subject: Subject,
    /// Digest of what the file was made from.
    pub input: Digest32,
    /// Digest of everything behind the header.
    pub body: Digest32,
}

/// The digest of what a file is made from: every resolved value that reaches it, whatever the day. That is whose it is,
/// and the body that there would be if no grant ever ended; comments, places and the as-of date are not in it.
pub fn input_digest(subject: &Subject, undated: &Digest32) -> Digest32 {
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    };
    part("tenantry.dev/input/v1");
    match subject {
        Subject::Tenant { name, state } => {
            part("tenant");
            part(name);
            part(state);
        }
        Subject::Platform { name } => {
            part("platform");
            part(name);
        }
    }
    hash.update(undated);
    hash.finalize().into()
}

impl Header {
    /// The header's lines, and a body behind them.
    pub fn before(&self, body: &str) -> String {
        let mut text = String::with_capacity(HEADER_ROOM + body.len());
        line(&mut text, INTRODUCTION, "");
        match &self.subject {
            Subject::Tenant { name, state } => {
                line(&mut text, TENANT, name);
                line(&mut text, STATE, state);
            }
            Subject::Platform { name } => line(&mut text, PLATFORM, name),
        }
        line(&mut text, INPUT, &hex(&self.input));
        line(&mut text, BODY, &hex(&self.body));
        text.push_str(body);
        text
    }

    /// How many bytes of a file [`Header::begins`] wants to see.
    pub const BEGINNING: usize = INTRODUCTION.len() + BYTE_ORDER_MARK.len_utf8();

    /// Whether a file that begins like this could have a header of ours.
    pub fn begins(bytes: &[u8]) -> bool {
        let mut mark = [0; 4];
        let mark: &[u8] = BYTE_ORDER_MARK.encode_utf8(&mut mark).as_bytes();
        bytes.strip_prefix(mark).unwrap_or(bytes).starts_with(INTRODUCTION.as_bytes())
    }

    /// Reads the header of a file, and gives the body behind it. `None` if the file has no header of ours.
    ///
    /// A byte order mark and line ends of Windows are somebody's edit: the header is still ours, and the body no longer
    /// fits.
    pub fn parse(text: &str) -> Option<(Header, &str)> {
        let rest = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let (_, rest) = field(rest, INTRODUCTION).filter(|(more, _)| more.is_empty())?;
        let (subject, rest) = match field(rest, TENANT) {
            Some((name, rest)) => {
                let (state, rest) = field(rest, STATE)?;
                (Subject::Tenant { name: name.to_owned(), state: state.to_owned() }, rest)
            }
            None => {
                let (name, rest) = field(rest, PLATFORM)?;
                (Subject::Platform { name: name.to_owned() }, rest)
            }
        };
        let (input, rest) = field(rest, INPUT)?;
        let (body, rest) = field(rest, BODY)?;
        Some((Header { subject, input: unhex(input)?, body: unhex(body)? }, rest))
    }

    /// Whether the subject can only be the one that this header was written with. The digest of the input covers it; but
    /// where a grant has ended, that digest is of a body that is in no file, and the answer is no. A namespace that is
    /// not active has no grants.
    pub fn vouches(&self) -> bool {
        self.input == input_digest(&self.subject, &self.body)
    }

    /// Whether a body is the one that this header was written for.
    pub fn fits(&self, body: &str) -> bool {
        self.body == Digest32::from(Sha256::digest(body.as_bytes()))
    }

    /// Whether a body is, line by line, the one that this header was written for. Git may give every line an end of
    /// Windows at checkout, and nobody's work is lost with those.
    pub fn fits_lines(&self, body: &str) -> bool {
        self.fits(body) || (body.contains("\r\n") && self.fits(&body.replace("\r\n", "\n")))
    }
}

fn line(text: &mut String, key: &str, value: &str) {
    text.push_str(key);
    text.push_str(value);
    text.push('\n');
}

/// The value of a line that starts with `key`, and what follows the line.
fn field<'t>(text: &'t str, key: &str) -> Option<(&'t str, &'t str)> {
    let (value, rest) = text.strip_prefix(key)?.split_once('\n')?;
    Some((value.strip_suffix('\r').unwrap_or(value), rest))
}

fn hex(digest: &Digest32) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let halves = digest.iter().flat_map(|byte| [byte >> 4, byte & 0xF]);
    halves.map(|half| char::from(DIGITS[usize::from(half)])).collect()
}

fn unhex(text: &str) -> Option<Digest32> {
    let bytes = text.as_bytes();
    let lower = bytes.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if bytes.len() != 64 || !lower {
        return None;
    }
    let mut digest = [0; 32];
    for (at, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_are_nobodys_work() {
        let subject = Subject::Platform { name: "prod".to_owned() };
        let header = Header { subject, input: [0; 32], body: Sha256::digest(b"a: 1\nb: 2\n").into() };
        assert!(header.fits("a: 1\nb: 2\n") && header.fits_lines("a: 1\nb: 2\n"));
        assert!(!header.fits("a: 1\r\nb: 2\r\n") && header.fits_lines("a: 1\r\nb: 2\r\n"));
        assert!(["a: 1\rb: 2\r", "a: 1\r\nb: 3\r\n", "a: 1\r\r\nb: 2\n"].iter().all(|body| !header.fits_lines(body)));
    }
}
