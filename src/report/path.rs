//! Paths of the inventory as the reader knows them.

use crate::source::path_below;

/// The folder of the inventory, for what is said about all of it.
pub(super) fn folder(prefix: &str) -> String {
    let path = path_below(prefix, "");
    match path.trim_end_matches('/') {
        "" if path.is_empty() => ".".to_owned(),
        "" => path,
        folder => folder.to_owned(),
    }
}
