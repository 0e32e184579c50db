//! Paths below a folder, for files that are written.

use super::rule::{InvalidName, NameProblem};

/// The rule of [`RelPath`] in words.
const RULE: &str = "a relative path with `/` between its parts, none of them empty, `.` or `..` or with a dot or blank \
                    at its end, and without control characters and any of `\\:*?\"<>|`";

name_type! {
    /// A relative path with `/` between its parts, which stays below the folder that it is joined to on every system.
    ///
    /// Refused are an empty part (and so a leading, trailing or double `/`), the parts `.` and `..`, a part that ends
    /// with a dot or a blank (Windows drops them), control characters, and what Windows reads as a separator or cannot
    /// have in a name: `\ : * ? " < > |`. Paths order as text.
    RelPath, InvalidName, check
}

impl RelPath {
    /// The parts, from the outermost folder to the file.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.as_str().split('/')
    }

    /// The last part.
    pub fn file_name(&self) -> &str {
        self.as_str().rsplit('/').next().unwrap_or(self.as_str())
    }

    /// This path with one or more parts below it.
    ///
    /// # Errors
    ///
    /// What is wrong with the longer path; spans are places in it.
    pub fn join(&self, below: &str) -> Result<RelPath, InvalidName> {
        RelPath::parse(&format!("{self}/{below}"))
    }
}

fn check(text: &str) -> Result<(), InvalidName> {
    let found = |problem, span| Err(InvalidName::new(problem, span, RULE));
    if text.is_empty() {
        return found(NameProblem::Empty, 0..0);
    }
    if let Some((at, c)) = text.char_indices().find(|&(_, c)| is_bad(c)) {
        return found(NameProblem::BadCharacter(c), at..at + c.len_utf8());
    }
    let mut start = 0;
    for part in text.split('/') {
        let end = start + part.len();
        match part {
            "" => return found(NameProblem::EmptyPart, start.saturating_sub(1)..(end + 1).min(text.len())),
            "." | ".." => return found(NameProblem::DotPart, start..end),
            _ if part.ends_with('.') => return found(NameProblem::BadEnd('.'), end - 1..end),
            _ if part.ends_with(' ') => return found(NameProblem::BadEnd(' '), end - 1..end),
            _ => start = end + 1,
        }
    }
    Ok(())
}

fn is_bad(c: char) -> bool {
    c.is_control() || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::{Component, Path};

    #[test]
    fn only_paths_below_the_folder() {
        let path = RelPath::parse("prod-eu/tenants/vision.yaml").expect("well formed");
        assert_eq!((path.file_name(), path.parts().count()), ("vision.yaml", 3));
        assert!([".tenantry-shard", "a/.b", "é", "...a"].iter().all(|path| RelPath::parse(path).is_ok()));
        let problem = |text| RelPath::parse(text).map_err(|found| (found.problem, found.span));
        assert_eq!(problem(""), Err((NameProblem::Empty, 0..0)));
        assert_eq!(problem("/a"), Err((NameProblem::EmptyPart, 0..1)));
        assert_eq!(problem("a//b"), Err((NameProblem::EmptyPart, 1..3)));
        assert_eq!(problem("a/"), Err((NameProblem::EmptyPart, 1..2)));
        assert_eq!(problem("a/../b"), Err((NameProblem::DotPart, 2..4)));
        assert_eq!(problem("./a"), Err((NameProblem::DotPart, 0..1)));
        assert_eq!(problem("a./b"), Err((NameProblem::BadEnd('.'), 1..2)));
        assert_eq!(problem("a/b "), Err((NameProblem::BadEnd(' '), 3..4)));
        assert_eq!(problem("a\\b"), Err((NameProblem::BadCharacter('\\'), 1..2)));
        assert_eq!(problem("C:a"), Err((NameProblem::BadCharacter(':'), 1..2)));
        assert_eq!(problem("a\nb"), Err((NameProblem::BadCharacter('\n'), 1..2)));
        assert!(path.join("x/y").is_ok() && path.join("../x").is_err());
    }

    proptest! {
        #[test]
        fn every_part_is_a_plain_one(text in "[a./\\\\ :é]{0,10}") {
            match RelPath::parse(&text) {
                Ok(path) => {
                    let parts = Path::new(path.as_str()).components();
                    prop_assert!(parts.clone().all(|part| matches!(part, Component::Normal(_))));
                    prop_assert_eq!(parts.count(), path.parts().count());
                }
                Err(found) => prop_assert!(text.get(found.span).is_some()),
            }
        }
    }
}
