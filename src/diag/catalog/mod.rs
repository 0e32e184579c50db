//! The words of every diagnostic: one constructor each, one file per phase.
//!
//! Callers pass what they have at hand and write no sentence. A message says what is wrong, in lower case and without a
//! final stop, and stands alone; help says what to do.

pub mod capacity;
pub mod folder;
pub mod foreign;
pub mod guard;
pub mod krm;
pub mod lint;
pub mod personal;
pub mod read;
pub mod release;
pub mod resolve;
pub mod shape;
pub mod template;
pub mod yaml;

/// The help line of an unknown name: the nearest known one, or all of them if they are few.
fn did_you_mean<'a>(wrong: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(name) = super::suggest::nearest(wrong, known.clone()) {
        return Some(format!("did you mean `{name}`?"));
    }
    let mut names: Vec<&str> = known.take(MANY).collect();
    if names.is_empty() || names.len() == MANY {
        return None;
    }
    names.sort_unstable();
    Some(format!("known here: {}", list(&names)))
}

/// The help line of a name that is not declared: the nearest known one; else all of them, and how to add one.
fn did_you_mean_or<'a>(wrong: &str, known: Option<impl Iterator<Item = &'a str> + Clone>, add: &str) -> String {
    match known.and_then(|known| did_you_mean(wrong, known)) {
        Some(help) if help.ends_with('?') => help,
        Some(help) => format!("{help}; or {add}"),
        None => add.to_owned(),
    }
}

/// From this number of names on, a list of them is no help.
const MANY: usize = 25;

/// Names in back-ticks, with commas and an `and`.
pub fn list<T: std::fmt::Display>(names: &[T]) -> String {
    let mut text = String::new();
    for (at, name) in names.iter().enumerate() {
        let before = match at {
            0 => "",
            _ if at + 1 == names.len() => " and ",
            _ => ", ",
        };
        text.push_str(before);
        text.push_str(&format!("`{name}`"));
    }
    text
}

/// A text inside a message: cut when it is long, so that a hostile value cannot fill a screen.
pub fn shown(text: &str) -> String {
    const LIMIT: usize = 80;
    match text.char_indices().nth(LIMIT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// `1 file`, `2 files`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
