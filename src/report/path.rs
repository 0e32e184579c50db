//! Paths of the inventory as the reader knows them.

/// The path of a file of the inventory, which stands in the folder `prefix`. The prefix may be empty.
pub(super) fn below(prefix: &str, path: &str) -> String {
    let folder = prefix.trim_start_matches("./").trim_end_matches('/');
    match folder {
        "" if prefix.starts_with('/') => format!("/{path}"),
        "" | "." => path.to_owned(),
        _ => format!("{folder}/{path}"),
    }
}

/// The folder of the inventory, for what is said about all of it.
pub(super) fn folder(prefix: &str) -> String {
    let path = below(prefix, "");
    match path.trim_end_matches('/') {
        "" if path.is_empty() => ".".to_owned(),
        "" => path,
        folder => folder.to_owned(),
    }
}
