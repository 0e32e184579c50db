//! Marks: what a case says about its diagnostics in the input itself.
//!
//! `#~ unknown-user` at the end of a line says that this line brings up that code; several are separated by blanks. What
//! has no line, or a line on which no comment can stand, goes into the file `marks` of the case: `path:line code`, `path
//! code` for a file as a whole, and `- code` for the inventory as a whole. Marks are what keeps an expectation from being
//! accepted unread.

use std::collections::BTreeMap;

use tenantry::diag::{Code, Diagnostic, Place};
use tenantry::source::SourceMap;

/// How many times a code is expected, or was found, at a place: `path:line`, `path`, or `-`.
#[derive(Default)]
pub struct Marks(BTreeMap<(String, String), usize>);

const SIGN: &str = "#~ ";

impl Marks {
    /// The marks of input files and of the file `marks`.
    ///
    /// # Errors
    ///
    /// A mark that cannot be read, or that names no code.
    pub fn read(files: &BTreeMap<String, String>, beside: Option<&str>) -> Result<Marks, String> {
        let mut marks = Marks::default();
        for (path, text) in files {
            for (at, line) in text.split('\n').enumerate() {
                let Some((_, codes)) = line.rsplit_once(SIGN) else { continue };
                let codes = codes.trim_end().trim_end_matches("-#}").trim_end_matches("#}");
                for code in codes.split_whitespace() {
                    marks.add(format!("{path}:{}", at + 1), code)?;
                }
            }
        }
        for line in beside.unwrap_or_default().lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (place, codes) = line.split_once(' ').ok_or_else(|| format!("`{line}` in `marks` has no code"))?;
            for code in codes.split_whitespace() {
                marks.add(place.to_owned(), code)?;
            }
        }
        Ok(marks)
    }

    /// Where diagnostics really are.
    pub fn of(diagnostics: &[Diagnostic], sources: &SourceMap) -> Marks {
        let mut marks = Marks::default();
        for diagnostic in diagnostics {
            let place = match &diagnostic.place {
                Place::At(mark) => {
                    let at = sources.locate(mark.span);
                    format!("{}:{}", at.path, at.line)
                }
                Place::File(path) => path.clone(),
                Place::Inventory => "-".to_owned(),
            };
            *marks.0.entry((place, diagnostic.code.name().to_owned())).or_default() += 1;
        }
        marks
    }

    /// Names of the codes that are marked.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|(_, code)| code.as_str())
    }

    /// Both ways: nothing is marked that was not found, and nothing found that is not marked.
    ///
    /// # Errors
    ///
    /// All that does not match.
    pub fn compare(&self, found: &Marks) -> Result<(), String> {
        let mut complaints = missing(self, found, "marked, and not reported");
        complaints.extend(missing(found, self, "reported, and not marked"));
        if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n")) }
    }

    fn add(&mut self, place: String, code: &str) -> Result<(), String> {
        if !Code::ALL.iter().any(|known| known.name() == code) {
            return Err(format!("{place}: the mark `{code}` is no code"));
        }
        *self.0.entry((place, code.to_owned())).or_default() += 1;
        Ok(())
    }
}

/// What the one has and the other has not, or not as often.
fn missing(one: &Marks, other: &Marks, words: &str) -> Vec<String> {
    let fewer = one.0.iter().filter(|(key, count)| other.0.get(*key).unwrap_or(&0) < *count);
    fewer.map(|((place, code), _)| format!("{words}: {place} {code}")).collect()
}
