//! Inventory documents among the items of a host or the files of a package: taken out as texts, with the host's own
//! annotations blanked, so that lines stay where they are.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::host::{self, CONFIG, Host, index_of, is_host_annotation, path_of};
use crate::diag::Sink;
use crate::diag::suggest::nearest;
use crate::parse::foreign::{USERS_CONFIG_MAP, USERS_SECRET};
use crate::parse::outline::{self, Item};
use crate::parse::template_name;
use crate::parse::yaml::{self, Document, Node, Value};
use crate::source::SourceMap;

/// The file that makes a folder a package of kpt.
pub const KPTFILE: &str = "Kptfile";

/// The group of the inventory's kinds.
const GROUP: &str = "tenantry.dev/";

/// What stands between two documents.
const BETWEEN: &str = "---\n";

/// The inventory among the items: texts by the file that they belong to, or `items[N]`.
pub fn inventory(host: &Host<'_>) -> Vec<(String, String)> {
    let text = |places: Vec<usize>| {
        let texts: Vec<String> = places.into_iter().map(|at| host.document(at)).collect();
        texts.join(BETWEEN)
    };
    chosen(host).into_iter().map(|(path, places)| (path, text(places))).collect()
}

/// Which item each part of those texts is: where it ends and the number of the item, by file.
pub fn places(host: &Host<'_>) -> BTreeMap<String, Vec<(usize, usize)>> {
    let ends = |places: Vec<usize>| {
        let mut end = 0;
        let place = |at| {
            end += host.document(at).len() + BETWEEN.len();
            (end, at)
        };
        places.into_iter().map(place).collect()
    };
    chosen(host).into_iter().map(|(path, places)| (path, ends(places))).collect()
}

/// The items that are inventory, by file.
fn chosen(host: &Host<'_>) -> BTreeMap<String, Vec<usize>> {
    let own: Vec<usize> = indexes(host, is_inventory);
    let mut chosen = own.clone();
    if has_ecp_platform(host) {
        chosen.extend(indexes(host, is_foreign));
    }
    let mut files: BTreeMap<String, Vec<(i64, usize)>> = BTreeMap::new();
    for at in chosen {
        let item = &host.items[at];
        let path = path_of(item).map_or_else(|| format!("items[{at}]"), str::to_owned);
        files.entry(path).or_default().push((index_of(item), at));
    }
    let sorted = |mut places: Vec<(i64, usize)>| {
        places.sort_unstable();
        places.into_iter().map(|(_, at)| at).collect()
    };
    files.into_iter().map(|(path, places)| (path, sorted(places))).collect()
}

/// The annotation that keeps hosts from applying a document.
const LOCAL: &str = "config.kubernetes.io/local-config";

/// The texts of an inventory in a folder, with the annotation blanked that keeps hosts from applying a document: it says
/// nothing to us. Of a package, only what a function would take is left; see [`packaged`].
pub fn of_folder(mut files: Vec<(String, Arc<String>)>, is_package: bool) -> Vec<(String, Arc<String>)> {
    if is_package {
        return packaged(files);
    }
    for (path, text) in files.iter_mut().filter(|(path, text)| text.contains(LOCAL) && template_name(path).is_none()) {
        let sources = SourceMap::shared(vec![(path.clone(), Arc::clone(text))]);
        let Some((id, file)) = sources.files().next() else { continue };
        let Ok(host) = Host::stream(id, file.text()) else { continue };
        let inventory = host.items.iter().filter(|item| is_inventory(item));
        let ranges = inventory.flat_map(|item| annotations(host.text, item, |key| key == LOCAL)).collect();
        *text = Arc::new(blanked(host.text, 0, ranges));
    }
    files
}

/// The inventory in the files of a package: what a function called by kpt takes from the same documents. Everything else
/// is blanked, what was generated and the function's configuration included, so that places stay what they are. Templates
/// and what cannot be taken apart stay as they are, and so does what somebody meant for the inventory, for an error to say
/// so: a tenant must not vanish with a letter.
fn packaged(mut files: Vec<(String, Arc<String>)>) -> Vec<(String, Arc<String>)> {
    let sources = SourceMap::shared(files.clone());
    let texts = sources.files().filter(|(_, file)| template_name(file.path()).is_none());
    let read = texts.filter_map(|(id, file)| {
        let host = Host::stream(id, file.text()).ok()?;
        Some((file.path(), host))
    });
    let hosts: BTreeMap<&str, Host<'_>> = read.collect();
    let ecp = hosts.values().any(has_ecp_platform);
    for (path, text) in &mut files {
        let Some(host) = hosts.get(path.as_str()) else { continue };
        let mut ranges = Vec::new();
        for item in &host.items {
            if is_inventory(item) || is_nearly_inventory(item) || (ecp && is_foreign(item)) {
                ranges.extend(annotations(host.text, item, is_host_annotation));
            } else {
                ranges.push(host::document_range(host.text, item));
            }
        }
        *text = Arc::new(blanked(host.text, 0, ranges));
    }
    files
}

fn has_ecp_platform(host: &Host<'_>) -> bool {
    indexes(host, is_inventory)
        .iter()
        .any(|&at| host.items[at].kind.as_deref() == Some("Platform") && is_ecp(&host.document(at)))
}

fn indexes(host: &Host<'_>, wanted: fn(&Item<'_>) -> bool) -> Vec<usize> {
    (0..host.items.len()).filter(|&at| wanted(&host.items[at])).collect()
}

/// Whether an item is a document of an inventory. The function's configuration is none.
fn is_inventory(item: &Item<'_>) -> bool {
    let ours = item.api_version.as_deref().is_some_and(|version| version.starts_with(GROUP));
    ours && item.kind.as_deref() != Some(super::config::KIND)
}

/// Whether an item is called like a document of an inventory, and of no group or nearly of ours.
fn is_nearly_inventory(item: &Item<'_>) -> bool {
    let group = item.api_version.as_deref().unwrap_or_default().split('/').next().unwrap_or_default().trim();
    let ours = GROUP.trim_end_matches('/');
    matches!(item.kind.as_deref(), Some("Tenant" | "Platform" | "Directory"))
        && item.annotation(CONFIG).is_none()
        && (group.is_empty() || nearest(group, [ours]).is_some())
}

/// Whether an item is a document of the Tenant-Profile integration, and not made by us.
fn is_foreign(item: &Item<'_>) -> bool {
    let (version, kind) = (item.api_version.as_deref().unwrap_or_default(), item.kind.as_deref().unwrap_or_default());
    let name = item.name.as_deref();
    let wanted = match (version, kind) {
        ("v1", "ConfigMap") => name == Some(USERS_CONFIG_MAP),
        ("v1", "Secret") => name == Some(USERS_SECRET),
        _ => version.starts_with("hpecp.hpe.com/") && kind.to_ascii_lowercase().contains("tenant"),
    };
    wanted && item.annotation(CONFIG).is_none()
}

/// Whether a Platform document says that its distribution is `ecp`.
fn is_ecp(text: &str) -> bool {
    let sources = SourceMap::new(vec![(String::new(), text.to_owned())]);
    let Some((file, source)) = sources.files().next() else { return false };
    let documents = yaml::read(file, source.text(), &mut Sink::default());
    documents.iter().any(|document| match document {
        Document::Read(node) => ["spec", "distribution"].iter().try_fold(node, below).is_some_and(is_text_ecp),
        Document::Broken(_) => false,
    })
}

fn below<'n, 't>(node: &'n Node<'t>, key: &&str) -> Option<&'n Node<'t>> {
    let Value::Map(entries) = &node.value else { return None };
    entries.iter().find(|(known, _)| known.text == **key).map(|(_, value)| value)
}

fn is_text_ecp(node: &Node<'_>) -> bool {
    matches!(&node.value, Value::Scalar { text, .. } if text == "ecp")
}

/// The text of an item, alone, with the annotations of hosts blanked out.
pub fn without_host_annotations(text: &str, item: &Item<'_>) -> String {
    let extent = host::extent(text, item);
    let ranges = annotations(text, item, is_host_annotation);
    let mut alone = outline::dedent(&blanked(&text[extent.clone()], extent.start, ranges), item.column);
    if !alone.ends_with('\n') {
        alone.push('\n');
    }
    alone
}

/// Where some annotations of hosts stand in an item.
fn annotations(text: &str, item: &Item<'_>, wanted: fn(&str) -> bool) -> Vec<Range<usize>> {
    let hosts: Vec<&Range<usize>> =
        item.annotations.iter().filter(|it| wanted(&it.key)).map(|annotation| &annotation.range).collect();
    match &item.annotations_range {
        // Without any left, an inventory document has no such field.
        Some(all) if hosts.len() == item.annotation_count && !hosts.is_empty() => {
            vec![with_comma(text, all, item, item.braces.0)]
        }
        _ => hosts.into_iter().map(|range| with_comma(text, range, item, item.braces.1)).collect(),
    }
}

/// A part of a text that starts at an offset, with ranges of the text blanked out.
fn blanked(part: &str, start: usize, ranges: Vec<Range<usize>>) -> String {
    let mut bytes = part.as_bytes().to_vec();
    for range in ranges {
        let range = range.start - start..range.end - start;
        for byte in bytes[range].iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')) {
            *byte = b' ';
        }
    }
    // Whole characters were replaced, by blanks.
    String::from_utf8(bytes).unwrap_or_default()
}

/// A range and, in braces, the comma that separates it from what follows, or else from what precedes it.
fn with_comma(text: &str, range: &Range<usize>, item: &Item<'_>, braces: bool) -> Range<usize> {
    if !braces {
        return range.clone();
    }
    let rest = &text[range.end..item.range.end];
    if let Some(comma) = rest.find(|c: char| !c.is_whitespace()).filter(|&at| rest[at..].starts_with(',')) {
        return range.start..range.end + comma + 1;
    }
    let before = text[item.range.start..range.start].trim_end();
    match before.strip_suffix(',') {
        Some(before) => item.range.start + before.len()..range.end,
        None => range.clone(),
    }
}
