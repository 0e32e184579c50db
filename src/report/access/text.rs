//! Access for people: a block for each namespace, a line for each subject, and why.

use std::fmt::Write as _;

use super::{Listing, place, subject, way};
use crate::access::{AccessFact, Evidence, SubjectKind};
use crate::diag::catalog::counted;
use crate::report::escape;
use crate::report::paint::{Paint, Tone};

/// The whole list.
pub(super) fn render(listing: &Listing, colour: bool) -> String {
    let paint = Paint(colour);
    let mut text = String::new();
    if let Some(nothing) = &listing.nothing {
        let _ = writeln!(text, "{}", paint.outside(Tone::Strong, nothing));
    }
    for block in listing.facts.chunk_by(|a, b| a.cluster == b.cluster && a.namespace == b.namespace) {
        namespace(&mut text, block, paint);
    }
    for admins in listing.admins.chunk_by(|a, b| a.cluster == b.cluster) {
        let names: Vec<String> = admins.iter().map(|admin| format!("{} ({})", admin.user, admin.identity)).collect();
        let title = escape::terminal(&format!("administrators of the platform {}", admins[0].cluster)).into_owned();
        let names = escape::terminal(&names.join(", ")).into_owned();
        let _ = writeln!(text, "{}\n  {names}\n", paint.own(Tone::Strong, &title));
    }
    if !listing.facts.is_empty() {
        let facts = counted(listing.facts.len(), "access fact", "access facts");
        let _ = writeln!(text, "{facts} as of {}", listing.as_of);
    }
    text
}

fn namespace(text: &mut String, facts: &[AccessFact], paint: Paint) {
    let Some(first) = facts.first() else { return };
    let title = format!("{}/{}", first.cluster, first.namespace);
    let tenant = format!("tenant {}", first.tenant);
    let _ = writeln!(text, "{}  {}", paint.outside(Tone::Strong, &title), paint.outside(Tone::Faint, &tenant));
    let shown: Vec<String> = facts.iter().map(|fact| escape::terminal(&subject(fact)).into_owned()).collect();
    let widest = shown.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    for (fact, name) in facts.iter().zip(&shown) {
        let role = if fact.notebook_access || fact.kind != SubjectKind::User {
            fact.role.name().to_owned()
        } else {
            format!("{}, no notebooks", fact.role.name())
        };
        let mut ways = fact.via.iter();
        let reason = ways.next().map(|deciding| reason(deciding, paint)).unwrap_or_default();
        let _ = writeln!(text, "  {name:widest$}  {role:18} {reason}");
        for other in ways {
            let _ = writeln!(text, "  {:widest$}  {:18} {}", "", "", also(fact, other, paint));
        }
    }
    text.push('\n');
}

fn also(fact: &AccessFact, way: &Evidence, paint: Paint) -> String {
    let role = if way.role == fact.role { String::new() } else { format!("{} ", way.role.name()) };
    format!("also {role}{}", reason(way, paint))
}

fn reason(evidence: &Evidence, paint: Paint) -> String {
    let words = escape::terminal(&way(evidence)).into_owned();
    format!("{words}  {}", paint.outside(Tone::Faint, &place(evidence)))
}
