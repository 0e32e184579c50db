//! Access for spreadsheets: RFC 4180, one line per fact with its deciding way.

use super::Listing;
use crate::report::escape;

const HEADER: [&str; 13] = [
    "cluster",
    "tenant",
    "namespace",
    "kind",
    "user",
    "identity",
    "role",
    "notebookAccess",
    "via",
    "path",
    "until",
    "file",
    "line",
];

/// The whole list. Lines end as the RFC asks for.
pub(super) fn render(listing: &Listing) -> String {
    let mut text = String::new();
    record(&mut text, &HEADER.map(str::to_owned));
    for fact in &listing.facts {
        let way = fact.via.first();
        let fields = [
            fact.cluster.to_string(),
            fact.tenant.to_string(),
            fact.namespace.to_string(),
            fact.kind.name().to_owned(),
            fact.user.as_deref().unwrap_or_default().to_owned(),
            fact.identity.to_string(),
            fact.role.name().to_owned(),
            fact.notebook_access.to_string(),
            way.map(|way| way.via.name().to_owned()).unwrap_or_default(),
            way.map(|way| way.groups.join(" → ")).unwrap_or_default(),
            way.and_then(|way| way.until).map(|day| day.to_string()).unwrap_or_default(),
            way.map(|way| way.file.to_string()).unwrap_or_default(),
            way.map(|way| way.line.to_string()).unwrap_or_default(),
        ];
        record(&mut text, &fields);
    }
    text
}

fn record(text: &mut String, fields: &[String]) {
    let fields: Vec<String> = fields.iter().map(|field| escape::csv(field)).collect();
    text.push_str(&fields.join(","));
    text.push_str("\r\n");
}
