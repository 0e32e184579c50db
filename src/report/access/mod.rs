//! Who has access to what, and why: one file per format, each from the same finished list.

mod csv;
pub(super) mod json;
mod text;

use jiff::civil::Date;

use crate::access::{AccessFact, Evidence, PlatformAdmin, SubjectKind};
use crate::plan::Via;

/// A list of access.
#[derive(Debug)]
pub struct Listing {
    /// The day that it holds for.
    pub as_of: Date,
    /// Administrators of the clusters that were asked for.
    pub admins: Vec<PlatformAdmin>,
    /// The facts that were asked for, sorted by cluster, namespace and identity.
    pub facts: Vec<AccessFact>,
    /// Why there is nothing, if somebody was asked for who has no access.
    pub nothing: Option<String>,
}

/// The formats of a list of access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object.
    Json,
    /// One line per fact, for spreadsheets.
    Csv,
}

/// The list in a format. `colour` is for text.
pub fn render(listing: &Listing, format: Format, colour: bool) -> String {
    match format {
        Format::Text => text::render(listing, colour),
        Format::Json => json::render(listing),
        Format::Csv => csv::render(listing),
    }
}

/// Words for one way: `edit through ml → interns until 2027-01-31`.
pub(super) fn way(evidence: &Evidence) -> String {
    let mut words = match evidence.via {
        Via::Direct => "named directly".to_owned(),
        Via::Group => format!("through {}", evidence.groups.join(" → ")),
        Via::Foreign => "by a document of the integration".to_owned(),
        Via::Owner => "owner".to_owned(),
        Via::Personal => "personal profile".to_owned(),
        Via::StandIn => "stands in for the owner".to_owned(),
    };
    if let Some(until) = evidence.until {
        words.push_str(&format!(", until {until}"));
    }
    words
}

/// File and line of a way.
pub(super) fn place(evidence: &Evidence) -> String {
    format!("{}:{}", evidence.file, evidence.line)
}

/// A subject as people know it.
pub(super) fn subject(fact: &AccessFact) -> String {
    match (&fact.user, fact.kind) {
        (Some(user), _) if *user != fact.identity => format!("{user} ({})", fact.identity),
        (_, SubjectKind::User) => fact.identity.to_string(),
        (_, SubjectKind::ServiceAccount) => format!("service account {}", fact.identity),
        (_, SubjectKind::Group) => format!("IdP group {}", fact.identity),
    }
}
