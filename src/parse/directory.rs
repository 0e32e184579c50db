//! Documents of kind Directory: people and groups.

use super::decl::{Broken, GroupDecl, Slot, UserDecl};
use super::field::Otherwise::{Empty, Is, Nothing, Words};
use super::field::{Entries, Field, Object, Shape, optional, required};
use super::value;
use super::yaml::{Node, Value};
use crate::diag::{Sink, catalog::shape as catalog};
use crate::name::{GroupName, IDENTITY_PATTERN, Identity, USER_PATTERN, UserName};
use crate::source::Spanned;

/// `spec` of a Directory.
pub static SPEC: Object = Object {
    title: "the spec of a Directory",
    doc: "People and groups. Any number of Directory documents are merged.",
    fields: SPEC_FIELDS,
};

const SPEC_FIELDS: &[Field] = &[
    optional("users", Shape::Objects(&USER), Empty, "People."),
    optional("groups", Shape::Objects(&GROUP), Empty, "Groups of people and of other groups."),
];

static USER: Object = Object { title: "a user", doc: "A person.", fields: USER_FIELDS };

const USER_FIELDS: &[Field] = &[
    required("name", Shape::Name(USER_PATTERN), "Short id, by which the rest of the inventory names the person."),
    optional("email", Shape::Text, Nothing, "E-mail address. It is the identity, unless `identity` says otherwise."),
    optional(
        "identity",
        Shape::Name(IDENTITY_PATTERN),
        Words("`email`, else `name`"),
        "What RBAC subjects and the user header carry, byte for byte.",
    ),
    optional("displayName", Shape::Text, Nothing, "The name that people say."),
    optional(
        "status",
        Shape::OneOf(&["active", "departed"]),
        Is("active"),
        "`departed` drops every grant and membership of the person.",
    ),
    optional("successor", Shape::Name(USER_PATTERN), Nothing, "Who takes over the tenants of a departed person."),
    optional(
        "previously",
        Shape::List(&Shape::Name(IDENTITY_PATTERN)),
        Empty,
        "Earlier identities of the person. They explain a change of identity in a review and grant nothing.",
    ),
];

static GROUP: Object = Object { title: "a group", doc: "A group.", fields: GROUP_FIELDS };

const GROUP_FIELDS: &[Field] = &[
    required("name", Shape::Name(USER_PATTERN), "Name of the group."),
    optional("members", Shape::List(&Shape::Name(USER_PATTERN)), Empty, "People in the group, by their `name`."),
    optional("groups", Shape::List(&Shape::Name(USER_PATTERN)), Empty, "Groups whose members are in this one too."),
    optional(
        "external",
        Shape::Boolean,
        Is("false"),
        "Whether the people are outsiders: grants should then have an `until`.",
    ),
];

/// Reads the spec of a Directory into users and groups.
pub fn decode(
    spec: &Node<'_>,
    users: &mut Vec<UserDecl>,
    groups: &mut Vec<GroupDecl>,
    broken: &mut Broken,
    sink: &mut Sink,
) {
    let Some(entries) = Entries::open(spec, &SPEC, sink) else {
        broken.directory_unread = true;
        return;
    };
    // A list that stands under another name, or under none, may hold everybody.
    broken.directory_unread |= entries.has_unknown();
    for field in ["users", "groups"] {
        let list = entries.get(field).is_some_and(|given| matches!(given.node.value, Value::List(_)));
        broken.directory_unread |= entries.has(field) && !list;
    }
    if let Some(given) = entries.get("users") {
        for node in value::items(given, sink) {
            match user(node, sink) {
                Some(decl) => users.push(decl),
                None => match written_name(node).filter(|name| UserName::parse(name).is_ok()) {
                    Some(name) => drop(broken.users.insert(name.to_owned())),
                    None => broken.directory_unread = true,
                },
            }
        }
    }
    if let Some(given) = entries.get("groups") {
        for node in value::items(given, sink) {
            match group(node, sink) {
                Some(decl) => groups.push(decl),
                None => match written_name(node).filter(|name| GroupName::parse(name).is_ok()) {
                    Some(name) => drop(broken.groups.insert(name.to_owned())),
                    None => broken.directory_unread = true,
                },
            }
        }
    }
}

/// The name of an entry that was refused, if it has one. Without it, nobody knows who the entry declares.
fn written_name<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    let Value::Map(entries) = &node.value else { return None };
    match &entries.iter().find(|(key, _)| key.text == "name")?.1.value {
        Value::Scalar { text, .. } => Some(text),
        _ => None,
    }
}

fn user(node: &Node<'_>, sink: &mut Sink) -> Option<UserDecl> {
    let entries = Entries::open(node, &USER, sink)?;
    let name = entries.get("name").and_then(|given| value::named(given.node, "name", "a user", UserName::parse, sink));
    let email = entries.get("email").and_then(|given| value::text(given, sink));
    let identity = identity(&entries, name.as_ref(), email.as_ref(), sink);
    let display_name = entries.get("displayName").and_then(|given| value::text(given, sink));
    let status = entries.get("status").and_then(|given| {
        let words = [("active", false), ("departed", true)];
        value::one_of(given, &words, sink)
    });
    let successor = match entries.get("successor") {
        Some(given) => {
            value::named(given.node, "successor", "a user", UserName::parse, sink).map_or(Slot::Broken, Slot::Given)
        }
        None if entries.has("successor") => Slot::Broken,
        None => Slot::Absent,
    };
    let departed = status.filter(|status| status.value).map(|status| status.span);
    if departed.is_none()
        && let Slot::Given(successor) = &successor
    {
        sink.push(catalog::successor_of_active(successor.span));
    }
    let previously = entries
        .get("previously")
        .map(|given| value::names(given, "an identity", Identity::parse, sink))
        .unwrap_or_default();
    Some(UserDecl {
        name: name?,
        identity: identity?,
        email,
        display_name: display_name.map(|text| text.value),
        departed,
        successor,
        previously,
        foreign: false,
    })
}

/// Identity = `identity`, else `email`, else `name`. Each has to be fit to be one.
fn identity(
    entries: &Entries<'_, '_>,
    name: Option<&Spanned<UserName>>,
    email: Option<&Spanned<String>>,
    sink: &mut Sink,
) -> Option<Spanned<Identity>> {
    if let Some(given) = entries.get("identity") {
        return value::named(given.node, "identity", "an identity", Identity::parse, sink);
    }
    if let Some(given) = entries.get("email") {
        if let Some(email) = email
            && !crate::name::looks_like_email(&email.value)
        {
            sink.push(catalog::implausible_email(email.span, &email.value));
            return None;
        }
        return value::named(given.node, "email", "an identity", Identity::parse, sink);
    }
    let name = name?;
    let identity = Identity::parse(name.value.as_str()).ok()?;
    (!entries.has("identity") && !entries.has("email")).then(|| Spanned::new(identity, name.span))
}

fn group(node: &Node<'_>, sink: &mut Sink) -> Option<GroupDecl> {
    let entries = Entries::open(node, &GROUP, sink)?;
    let name =
        entries.get("name").and_then(|given| value::named(given.node, "name", "a group", GroupName::parse, sink));
    let members =
        entries.get("members").map(|given| value::names(given, "a user", UserName::parse, sink)).unwrap_or_default();
    let groups =
        entries.get("groups").map(|given| value::names(given, "a group", GroupName::parse, sink)).unwrap_or_default();
    let external = entries.get("external").and_then(|given| value::boolean(given, sink));
    Some(GroupDecl { name: name?, members, groups, external: external.is_some_and(|flag| flag.value) })
}
