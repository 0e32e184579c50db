//! The JSON of `access`, whose entries a review has too. Its shape is a promise to scripts: fields may be added, none may
//! change its meaning.

use serde::Serialize;

use super::Listing;
use crate::access::{AccessFact, Evidence};
use crate::report::json::encode;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    version: u32,
    as_of: String,
    platform_admins: Vec<Admin<'a>>,
    access: Vec<Fact<'a>>,
}

#[derive(Serialize)]
struct Admin<'a> {
    cluster: &'a str,
    user: &'a str,
    identity: &'a str,
}

/// One access fact.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fact<'a> {
    cluster: &'a str,
    tenant: &'a str,
    namespace: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    identity: &'a str,
    kind: &'static str,
    role: &'static str,
    notebook_access: bool,
    via: Vec<Way<'a>>,
}

#[derive(Serialize)]
struct Way<'a> {
    kind: &'static str,
    path: Vec<&'a str>,
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    file: &'a str,
    line: u32,
}

impl<'a> From<&'a AccessFact> for Fact<'a> {
    fn from(fact: &'a AccessFact) -> Self {
        Fact {
            cluster: &fact.cluster,
            tenant: &fact.tenant,
            namespace: &fact.namespace,
            user: fact.user.as_deref(),
            identity: &fact.identity,
            kind: fact.kind.name(),
            role: fact.role.name(),
            notebook_access: fact.notebook_access,
            via: fact.via.iter().map(Way::from).collect(),
        }
    }
}

impl<'a> From<&'a Evidence> for Way<'a> {
    fn from(way: &'a Evidence) -> Self {
        Way {
            kind: way.via.name(),
            path: way.groups.iter().map(|group| &**group).collect(),
            role: way.role.name(),
            until: way.until.map(|day| day.to_string()),
            file: &way.file,
            line: way.line,
        }
    }
}

/// The whole list as one JSON document.
pub(super) fn render(listing: &Listing) -> String {
    let admins = listing.admins.iter().map(|it| Admin { cluster: &it.cluster, user: &it.user, identity: &it.identity });
    encode(&Report {
        version: 1,
        as_of: listing.as_of.to_string(),
        platform_admins: admins.collect(),
        access: listing.facts.iter().map(Fact::from).collect(),
    })
}
