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
