//! Words for what goes wrong where a host calls tenantry as a function.

use std::fmt::Display;

use crate::diag::{Code, Diagnostic, Place};
use crate::source::Span;

use super::shown;

/// Nothing where a ResourceList belongs.
pub fn nothing_came(span: Span) -> Diagnostic {
    Diagnostic::at(Code::HostInput, span, "nothing came in where a ResourceList was expected")
        .with_help("hosts such as kustomize and kpt send one on stdin; for the command line, see `tenantry --help`")
}

/// Bytes that are no text.
pub fn not_utf8(line: usize) -> Diagnostic {
    Diagnostic::new(Code::HostInput, Place::Inventory, format!("line {line} of what came in is not UTF-8"))
        .with_help("save the file that the host read as UTF-8")
}

/// A stream that the system does not give.
pub fn unreadable(reason: &str) -> Diagnostic {
    Diagnostic::new(Code::HostInput, Place::Inventory, format!("stdin cannot be read: {reason}"))
        .with_help("send a ResourceList, as kustomize and kpt do")
}

/// More than can be looked at.
pub fn too_large(limit: u64) -> Diagnostic {
    let message = format!("what came in is larger than {} MiB", limit >> 20);
    Diagnostic::new(Code::HostInput, Place::Inventory, message)
        .with_help("compile to files instead: kustomize and kpt are not made for inputs of this size")
}

/// A line that ends with a carriage return and nothing else.
pub fn lone_return(span: Span) -> Diagnostic {
    Diagnostic::at(Code::HostInput, span, "a carriage return stands without a line feed")
        .with_help("end lines with a line feed; inside of a text, write it as `\\r` in double quotes")
}

/// A second document.
pub fn several_documents(span: Span) -> Diagnostic {
    Diagnostic::at(Code::HostInput, span, "a second document came in where one ResourceList was expected")
        .with_help("put all objects into the `items` of one ResourceList, as `kpt fn source` does")
}

/// Something that is no map where an object belongs.
pub fn not_an_object(span: Span) -> Diagnostic {
    Diagnostic::at(Code::HostInput, span, "something that is no map stands where an object belongs")
        .with_help("every item is an object with `apiVersion`, `kind` and `metadata`")
}

/// Something that is no map where an item belongs, named by its place such as `items[1]`.
pub fn not_an_item(span: Span, place: &str) -> Diagnostic {
    Diagnostic::at(Code::HostInput, span, format!("`{place}` is no map, and an object belongs there"))
        .with_help("every item is an object with `apiVersion`, `kind` and `metadata`")
}

/// An alias where an item belongs, named by its place.
pub fn alias_as_item(span: Span, place: &str) -> Diagnostic {
    Diagnostic::at(Code::HostInput, span, format!("`{place}` is an alias, and an object belongs there"))
        .with_help("write the object out in its place")
}

/// Another document than a ResourceList.
pub fn not_a_resource_list(span: Span, api_version: &str, kind: &str) -> Diagnostic {
    let message = format!("`{} {}` came in where a ResourceList was expected", shown(api_version), shown(kind));
    Diagnostic::at(Code::HostInput, span, message)
        .with_help("send `apiVersion: config.kubernetes.io/v1`, `kind: ResourceList`, as `kpt fn source` does")
}

/// Keys that are there twice.
pub fn double_key(span: Span, key: &str) -> Diagnostic {
    Diagnostic::at(Code::DuplicateKey, span, format!("the key `{}` stands twice", shown(key)))
        .with_help("remove one of the two, or merge them")
}

/// An item whose name comes through an alias.
pub fn hidden_identity(span: Span) -> Diagnostic {
    Diagnostic::at(Code::HostInput, span, "an alias or a merge key hides which object an item is")
        .with_help("write `apiVersion`, `kind` and `metadata` out")
}

/// A list among the items that cannot be looked into.
pub fn opaque_list(span: Span) -> Diagnostic {
    Diagnostic::at(Code::HostInput, span, "this list cannot be read by itself, and may hold an object of a tenant")
        .with_help("give its objects as items, and write out what an alias stands for")
}

/// YAML that is written in a form that nobody writes.
pub fn unusual_form(span: Span, key: &str) -> Diagnostic {
    Diagnostic::at(Code::HostInput, span, format!("`{key}` is written in a form that cannot be edited in place"))
        .with_help(format!("write `{key}:` at the start of a line, and one item per dash"))
}

/// A function configuration that is no object of ours.
pub fn other_configuration(span: Span, api_version: &str, kind: &str) -> Diagnostic {
    let message = format!("the function's configuration is `{} {}`", shown(api_version), shown(kind));
    Diagnostic::at(Code::UnknownKind, span, message)
        .with_help("write `apiVersion: tenantry.dev/v1alpha1`, `kind: Tenantry`, or a ConfigMap with the same settings")
}

/// `inventory` and `documents` at once.
pub fn two_inventories(span: Span, other: Span) -> Diagnostic {
    Diagnostic::at(Code::ConflictingFields, span, "there are both `inventory` and `documents`")
        .with_related(other, "the other one")
        .with_help("keep one of them; with neither, the inventory is taken from the items")
}

/// The same finding about an add-on that does not exist, for an inventory that has no files.
pub fn without_templates(mut diagnostic: Diagnostic) -> Diagnostic {
    let folder = "an inventory among the items or in the configuration has no templates: keep one that has them in a \
                  folder, and name it with `inventory`";
    diagnostic.help = Some(match diagnostic.help.take().filter(|help| help.starts_with("did you mean")) {
        Some(guess) => format!("{guess} {folder}"),
        None => folder.to_owned(),
    });
    diagnostic
}

/// No inventory anywhere.
pub fn no_inventory() -> Diagnostic {
    Diagnostic::new(Code::EmptyInventory, Place::Inventory, "there is no inventory, and nothing would come out")
        .with_help(
            "name a folder with `inventory`, or add Platform, Directory and Tenant documents to the items; with kpt, \
             `-- inventory=DIR` does it",
        )
}

/// Several clusters.
pub fn which_cluster(names: &[&str]) -> Diagnostic {
    let message = format!("the inventory has the clusters {}, and one is needed", super::list(names));
    Diagnostic::new(Code::MissingClusters, Place::Inventory, message).with_help("name one with `cluster`")
}

/// A plain value that may have been another one.
pub fn scalar(span: Span, field: &str, text: &str) -> Diagnostic {
    let message = format!(
        "`{}` is a plain `{}`, and the host may have changed it on its way: inline, `0123` arrives as 83",
        shown(field),
        shown(text)
    );
    Diagnostic::at(Code::RewrittenScalar, span, message).with_help("quote it, or keep the inventory in a file")
}

/// A folder that the configuration must not reach.
pub fn outside_root(folder: &str, root: &str) -> Diagnostic {
    let message = format!("the inventory `{}` lies outside of `{}`", shown(folder), shown(root));
    Diagnostic::new(Code::OutsideRoot, Place::Inventory, message)
        .with_help("keep the inventory below the folder of the kustomization or package")
}

/// A folder that is not there.
pub fn no_folder(folder: &str, tried: &[String], reason: &str) -> Diagnostic {
    let message = format!("the inventory `{}` cannot be read: {reason}", shown(folder));
    Diagnostic::new(Code::UnreadableFile, Place::Inventory, message).with_help(format!(
        "tried {}; with kpt, the folder is taken from where kpt was started, or from the package with `kpt fn render`",
        super::list(tried)
    ))
}

/// An object that somebody else made.
pub fn not_ours(object: &dyn Display, file: &str, other: Option<&str>) -> Diagnostic {
    let owner = match other {
        Some(name) => format!("the configuration `{}`", shown(name)),
        None => "somebody else".to_owned(),
    };
    let message = format!("{object} is there already and belongs to {owner}");
    Diagnostic::new(Code::ObjectNotOurs, place(file), message)
        .with_help("remove it, or take the tenant out of the inventory: two sources of one object cannot both be right")
}

/// A Namespace or Profile that would go although its tenant was not retired.
pub fn unretired(object: &dyn Display, file: &str) -> Diagnostic {
    Diagnostic::new(Code::UnretiredRemoval, place(file), format!("{object} vanishes, and its tenant was not retired"))
        .with_help("write `state: retired` and let that sync first; if it is meant, remove the object by hand")
}

/// An object that is missing.
pub fn missing(object: &dyn Display) -> Diagnostic {
    Diagnostic::new(Code::NotAsWanted, Place::Inventory, format!("{object} is missing"))
        .with_help("run the function with `mode: generate`")
}

/// An object that differs.
pub fn different(object: &dyn Display, file: &str) -> Diagnostic {
    Diagnostic::new(Code::NotAsWanted, place(file), format!("{object} is not what the inventory asks for"))
        .with_help("run the function with `mode: generate`, and change the inventory, not the object")
}

/// An object that nothing asks for.
pub fn unwanted(object: &dyn Display, file: &str) -> Diagnostic {
    Diagnostic::new(Code::NotAsWanted, place(file), format!("{object} is not wanted any more"))
        .with_help("run the function with `mode: generate`")
}

fn place(file: &str) -> Place {
    if file.is_empty() { Place::Inventory } else { Place::File(file.to_owned()) }
}
