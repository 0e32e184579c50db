//! Names of others in the messages of risks: quoted, cut and counted, so that none fills a screen or leaves its marks.

use crate::diag::catalog::{self, list};

/// Most names of one list that are shown.
const NAMES: usize = 5;

/// A text of somebody else between backticks: cut, and without any of its own.
pub fn shown(text: &str) -> String {
    catalog::shown(&text.replace('`', "'"))
}

/// The first names of a list, each between backticks, and how many more there are.
pub fn bounded(names: &[String]) -> String {
    match names.get(..NAMES) {
        Some(first) if names.len() > NAMES => {
            let first: Vec<String> = first.iter().map(|name| format!("`{}`", shown(name))).collect();
            format!("{} and {} more", first.join(", "), names.len() - NAMES)
        }
        _ => list(&names.iter().map(|name| shown(name)).collect::<Vec<_>>()),
    }
}

/// Phrases that hold their own marks, as one list.
pub fn phrases(words: &[String]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) if words.len() <= NAMES => format!("{} and {last}", rest.join(", ")),
        Some(_) => format!("{} and {} more", words[..NAMES].join(", "), words.len() - NAMES),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_counted() {
        let names = |count: usize| (0..count).map(|at| format!("n{at}")).collect::<Vec<_>>();
        assert_eq!(bounded(&names(1)), "`n0`");
        assert_eq!(bounded(&names(5)), "`n0`, `n1`, `n2`, `n3` and `n4`");
        assert_eq!(bounded(&names(6)), "`n0`, `n1`, `n2`, `n3`, `n4` and 1 more");
        assert_eq!(phrases(&names(0)), "");
        assert_eq!(phrases(&names(1)), "n0");
        assert_eq!(phrases(&names(5)), "n0, n1, n2, n3 and n4");
        assert_eq!(phrases(&names(7)), "n0, n1, n2, n3, n4 and 2 more");
    }

    #[test]
    fn marks_of_others_do_not_end_ours() {
        assert_eq!(bounded(&["a`b".to_owned()]), "`a'b`");
    }
}
