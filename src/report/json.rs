//! JSON as every report writes it.

use serde::Serialize;

use super::escape;

/// A document as indented JSON that ends in a newline and can be looked at without harm.
pub(super) fn encode(document: &impl Serialize) -> String {
    let mut encoded = serde_json::to_string_pretty(document).expect("texts and numbers are always JSON");
    encoded.push('\n');
    escape::json(&encoded).into_owned()
}
