//! A review as one page to look at: it needs no other file and asks for none.
//!
//! Everything is in the document as text and tables, so that it can be read without scripts; the script only hides what
//! a reader does not look for. The policy of the page names style and script by their digests and allows nothing else.

mod access;
mod findings;
mod manifests;
mod matrix;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::change::{Change, Kind};
use super::{Options, approval, group, words};
use crate::diff::{ChangeSet, RiskSeverity, Verdict};
use crate::report::escape;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// How much of a name is shown.
const NAME: usize = 330;

/// The page.
pub fn render(changes: &ChangeSet, options: &Options<'_>) -> String {
    let (effects, rest) = group::roll_up(Change::all(changes));
    let people = access::people(&rest);
    let mut page = head(changes);
    page.push_str(&header(changes));
    page.push_str("<main>\n");
    page.push_str(&notes(changes));
    page.push_str(&findings::section(changes, options));
    if changes.counts.gained + changes.counts.lost + changes.counts.changed > 0 {
        page.push_str(&access::tools(changes, &effects, &people));
        page.push_str(&matrix::section(&effects, &people));
        page.push_str(&access::groups(&effects, options));
        page.push_str(&access::section(&people, options));
    }
    page.push_str(&manifests::objects(changes));
    page.push_str(&manifests::files(changes));
    page.push_str("</main>\n");
    page.push_str(&format!(
        "<footer><p>Made by tenantry from two sides of an inventory, as of {}. This page holds all it shows and asks \
         for nothing from elsewhere.</p></footer>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        changes.as_of
    ));
    page
}

fn head(changes: &ChangeSet) -> String {
    let digest = |text: &str| STANDARD.encode(Sha256::digest(text));
    let (style, script) = (digest(STYLE), digest(SCRIPT));
    let title = words::verdict(changes.verdict);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{style}'; \
         script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>Access review: {title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    )
}

fn header(changes: &ChangeSet) -> String {
    let class = match changes.verdict {
        Verdict::None | Verdict::Refactor => "quiet",
        Verdict::Narrowing => "narrowing",
        Verdict::Widening | Verdict::Mixed => "widening",
        Verdict::Destructive => "destructive",
    };
    let counts = &changes.counts;
    let destructive = words::severity(changes, RiskSeverity::Destructive);
    let opened = words::severity(changes, RiskSeverity::Widening);
    let tiles = [
        ("bad", destructive, "destructive"),
        ("bad", changes.guards.len(), "refused"),
        ("warn", opened, "opened"),
        ("gained", counts.gained, "gained"),
        ("lost", counts.lost, "lost"),
        ("changed", counts.changed, "changed"),
        ("", counts.people, "people"),
        ("", counts.tenants, "tenants"),
    ];
    let tiles = tiles.into_iter().filter(|&(_, count, _)| count > 0);
    let tiles: String = tiles
        .map(|(class, count, what)| {
            format!("<div class=\"{class}\"><dt>{what}</dt><dd>{}</dd></div>\n", words::number(count))
        })
        .collect();
    let tiles = if tiles.is_empty() { tiles } else { format!("<dl class=\"tiles\">\n{tiles}</dl>\n") };
    let owners = approval::line(changes, |it| format!("<b>{}</b>", name(it)));
    let owners = owners.map_or_else(String::new, |it| format!("<p class=\"owners\">Owners to ask: {it}</p>\n"));
    format!(
        "<header class=\"{class}\">\n<p class=\"overline\">Access review <span>{} → {}</span> <span>as of {}</span></p>\n\
         <h1>{}</h1>\n<p class=\"lede\">{}</p>\n{owners}{tiles}</header>\n",
        code(&changes.base),
        code(&changes.head),
        changes.as_of,
        words::capitalised(words::verdict(changes.verdict)),
        words::sentence(changes),
    )
}

fn notes(changes: &ChangeSet) -> String {
    let notes = changes.notes.iter().map(|note| format!("<p class=\"note\">{}</p>\n", escape::html_prose(note)));
    notes.collect()
}

/// A section with a heading, if it has something in it.
fn section(id: &str, title: &str, count: &str, body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    format!(
        "<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{title} <small>{count}</small></h2>\n\
         {body}</section>\n"
    )
}

/// A name as text or in a quoted attribute.
fn name(text: &str) -> String {
    escape::html(&words::clip(text, NAME)).into_owned()
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", name(text))
}

/// Names as an attribute of several lines.
fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(name).collect::<Vec<_>>().join("\n")
}

/// The sign of a kind, so that colour is not all there is.
fn sign(kind: Kind) -> &'static str {
    match kind {
        Kind::Gained => "+",
        Kind::Lost => "−",
        Kind::Changed => "→",
    }
}
