//! Documents of kind Tenant.

use super::data;
use super::decl::{ContributorDecl, NamespaceDecl, QuotaDecl, Role, Slot, State, SubjectDecl, TenantDecl};
use super::field::Otherwise::{Empty, Is, Nothing, Words};
use super::field::{Entries, Field, Given, Object, Shape, one_of_these, optional, required};
use super::plugin;
use super::value;
use super::yaml::{Node, Value};
use crate::diag::{Sink, catalog::shape as catalog};
use crate::name::{
    AddOnName, ClusterName, GroupName, IDENTITY_PATTERN, IdpGroup, LABEL_PATTERN, LABEL_VALUE_PATTERN, NamespaceName,
    QuotaClassName, SERVICE_ACCOUNT_PATTERN, ServiceAccountRef, TenantName, USER_PATTERN, UserName,
};
use crate::source::Spanned;

/// `spec` of a Tenant.
pub static SPEC: Object =
    Object { title: "the spec of a Tenant", doc: "A team and its namespaces.", fields: SPEC_FIELDS };

const STATES: &[(&str, State)] =
    &[("active", State::Active), ("suspended", State::Suspended), ("retired", State::Retired)];
const STATE_WORDS: &[&str] = &["active", "suspended", "retired"];
const ROLE_WORDS: &[&str] = &["admin", "edit", "view"];
const ROLES: &[(&str, Role)] = &[("admin", Role::Admin), ("edit", Role::Edit), ("view", Role::View)];

const SPEC_FIELDS: &[Field] = &[
    optional("displayName", Shape::Text, Nothing, "The name that people say."),
    optional(
        "previously",
        Shape::List(&Shape::Name(LABEL_PATTERN)),
        Empty,
        "Earlier names of the tenant. A rename that keeps the namespaces is then no removal.",
    ),
    optional(
        "clusters",
        Shape::List(&Shape::Name(LABEL_PATTERN)),
        Words("the only cluster there is"),
        "Clusters that the tenant lives on. Needed when the inventory has more than one Platform.",
    ),
    optional(
        "owner",
        Shape::Name(USER_PATTERN),
        Words("the platform's `owner`"),
        "The person who answers for the tenant.",
    ),
    optional(
        "state",
        Shape::OneOf(STATE_WORDS),
        Is("active"),
        "`suspended` revokes access and keeps the data; `retired` also lifts the protection from deletion.",
    ),
    optional("contributors", Shape::Objects(&CONTRIBUTOR), Empty, "Who else has access, with which role."),
    optional(
        "quotaClass",
        Shape::Name(LABEL_PATTERN),
        Words("the platform's default"),
        "A quota class of the platform.",
    ),
    optional(
        "quota",
        Shape::Map(&Shape::Quantity),
        Empty,
        "Quantities by resource. They win over the class, key by key.",
    ),
    optional("plugins", Shape::Objects(&plugin::PLUGIN), Empty, "Plugins of the Profile."),
    optional(
        "addOns",
        Shape::List(&Shape::Name(LABEL_PATTERN)),
        Words("the platform's default"),
        "Add-ons, built in or from `templates/`. The list replaces the platform's.",
    ),
    optional(
        "values",
        Shape::Map(&Shape::Free),
        Empty,
        "Settings of add-ons. They win over the platform's, key by key.",
    ),
    optional(
        "namespaces",
        Shape::Objects(&NAMESPACE),
        Words("one, named <prefix><tenant>"),
        "Namespaces of the tenant, with names as they will be.",
    ),
];

static CONTRIBUTOR: Object = Object {
    title: "a contributor",
    doc: "Who has access. One of `user`, `group`, `serviceAccount` and `idpGroup` names the subject.",
    fields: CONTRIBUTOR_FIELDS,
};

const CONTRIBUTOR_FIELDS: &[Field] = &[
    one_of_these("user", Shape::Name(USER_PATTERN), "A person of the directory."),
    one_of_these("group", Shape::Name(USER_PATTERN), "A group of the directory. Its members get the role one by one."),
    one_of_these(
        "serviceAccount",
        Shape::Name(SERVICE_ACCOUNT_PATTERN),
        "A service account, as `namespace/name`. It gets a RoleBinding only.",
    ),
    one_of_these(
        "idpGroup",
        Shape::Name(IDENTITY_PATTERN),
        "A group that only the identity provider knows. It gets a RoleBinding only; the dashboard does not show it.",
    ),
    optional("role", Shape::OneOf(ROLE_WORDS), Is("edit"), "What the subject may do."),
    optional("until", Shape::Date, Nothing, "Last day on which the grant holds, as YYYY-MM-DD."),
    optional("reviewBy", Shape::Date, Nothing, "Day by which somebody should look at the grant again, as YYYY-MM-DD."),
    optional("reason", Shape::Text, Nothing, "Why the grant was given, such as a ticket."),
    optional(
        "notebookAccess",
        Shape::Boolean,
        Words("true for admin and edit, false for view"),
        "Whether the subject reaches notebook servers through the gateway. Who reaches one works as editor.",
    ),
];

static NAMESPACE: Object = Object { title: "a namespace", doc: "A namespace of the tenant.", fields: NAMESPACE_FIELDS };

const NAMESPACE_FIELDS: &[Field] = &[
    required("name", Shape::Name(LABEL_PATTERN), "Name of the namespace, taken as written."),
    optional("state", Shape::OneOf(STATE_WORDS), Words("the tenant's"), "Stage of this namespace alone."),
    optional("quotaClass", Shape::Name(LABEL_PATTERN), Words("the tenant's"), "A quota class of the platform."),
    optional("quota", Shape::Map(&Shape::Quantity), Empty, "Quantities by resource, on top of the tenant's."),
    optional("contributors", Shape::Objects(&CONTRIBUTOR), Empty, "Who has access beside the tenant's."),
    optional("labels", Shape::Map(&Shape::Name(LABEL_VALUE_PATTERN)), Empty, "Labels beside the tenant's."),
    optional("annotations", Shape::Map(&Shape::Text), Empty, "Annotations beside the tenant's."),
    optional(
        "addOns",
        Shape::List(&Shape::Name(LABEL_PATTERN)),
        Words("the tenant's"),
        "Add-ons, instead of the tenant's.",
    ),
];

/// `metadata` of a document, as far as it was read.
pub struct Metadata<N> {
    /// `metadata.name`.
    pub name: Option<Spanned<N>>,
    /// `metadata.labels`.
    pub labels: Vec<(Spanned<String>, String)>,
    /// `metadata.annotations`.
    pub annotations: Vec<(Spanned<String>, String)>,
}

/// Reads a Tenant. `None` if it has no usable name or spec; whatever else is wrong with it is reported all the same.
pub fn decode(metadata: Metadata<TenantName>, spec: Option<&Node<'_>>, sink: &mut Sink) -> Option<TenantDecl> {
    let entries = Entries::open(spec?, &SPEC, sink)?;
    let (namespaces, namespaces_broken) = namespaces(&entries, sink);
    let decl = TenantDecl {
        labels: metadata.labels,
        annotations: metadata.annotations,
        display_name: entries.get("displayName").and_then(|given| value::text(given, sink)).map(|text| text.value),
        previously: entries
            .get("previously")
            .map(|given| value::names(given, "a tenant", TenantName::parse, sink))
            .unwrap_or_default(),
        clusters: clusters(&entries, sink),
        owner: slot(&entries, "owner", |given| value::named(given.node, "owner", "a user", UserName::parse, sink)),
        state: entries.get("state").and_then(|given| value::one_of(given, STATES, sink)),
        contributors: contributors(&entries, sink),
        quota_class: quota_class(&entries, sink),
        quota: entries.get("quota").map(|given| quota(given, sink)).unwrap_or_default(),
        plugins: entries
            .get("plugins")
            .map(|given| value::items(given, sink).iter().filter_map(|node| plugin::decode(node, sink)).collect())
            .unwrap_or_default(),
        add_ons: add_ons(&entries, sink),
        values: entries.get("values").map(|given| data::values(given, sink)).unwrap_or_default(),
        namespaces,
        namespaces_broken,
        name: metadata.name?,
    };
    Some(decl)
}

fn clusters(entries: &Entries<'_, '_>, sink: &mut Sink) -> Slot<Vec<Spanned<ClusterName>>> {
    slot(entries, "clusters", |given| {
        refuse_empty(given, sink);
        let names = value::names(given, "a cluster", ClusterName::parse, sink);
        (!names.is_empty()).then_some(names)
    })
}

/// Reports a list that would mean "none" where there has to be one.
fn refuse_empty(given: Given<'_, '_>, sink: &mut Sink) {
    if matches!(&given.node.value, Value::List(items) if items.is_empty()) {
        sink.push(catalog::empty_list(given.node.span, given.name));
    }
}

/// The entries of `namespaces` that are sound, and whether that is not all.
fn namespaces(entries: &Entries<'_, '_>, sink: &mut Sink) -> (Vec<NamespaceDecl>, bool) {
    let Some(given) = entries.get("namespaces") else { return (Vec::new(), entries.has("namespaces")) };
    refuse_empty(given, sink);
    let items = value::items(given, sink);
    let sound: Vec<NamespaceDecl> = items.iter().filter_map(|node| namespace(node, sink)).collect();
    let broken = sound.len() < items.len() || items.is_empty();
    (sound, broken)
}

/// An optional field, told apart from one that was refused.
pub fn slot<'n, 't, T>(
    entries: &Entries<'n, 't>,
    name: &'static str,
    decode: impl FnOnce(Given<'n, 't>) -> Option<T>,
) -> Slot<T> {
    match entries.get(name) {
        Some(given) => decode(given).map_or(Slot::Broken, Slot::Given),
        None if entries.has(name) => Slot::Broken,
        None => Slot::Absent,
    }
}

fn quota_class(entries: &Entries<'_, '_>, sink: &mut Sink) -> Slot<Spanned<QuotaClassName>> {
    slot(entries, "quotaClass", |given| {
        value::named(given.node, "quotaClass", "a quota class", QuotaClassName::parse, sink)
    })
}

fn add_ons(entries: &Entries<'_, '_>, sink: &mut Sink) -> Option<Vec<Spanned<AddOnName>>> {
    entries.get("addOns").map(|given| value::names(given, "an add-on", AddOnName::parse, sink))
}

/// A map of quantities by resource. Keys that Kubernetes refuses or never enforces are reported.
pub fn quota(given: Given<'_, '_>, sink: &mut Sink) -> QuotaDecl {
    let mut quota = Vec::new();
    for (key, node) in value::entries(given, sink) {
        if node.is_empty() {
            sink.push(catalog::empty_value(key.span, &key.text, None));
            continue;
        }
        let sound = match crate::name::check_quota_key(&key.text) {
            crate::name::QuotaKey::Good => true,
            crate::name::QuotaKey::Unenforced { use_instead } => {
                sink.push(catalog::unenforced_quota_key(key.span, &key.text, &use_instead));
                false
            }
            crate::name::QuotaKey::Unknown { nearest } => {
                sink.push(catalog::unknown_quota_key(key.span, &key.text, nearest.as_deref()));
                false
            }
        };
        let Some(quantity) = value::quantity(node, key, sink).filter(|_| sound) else { continue };
        if crate::name::is_count_key(&key.text) && !quantity.is_integer() {
            let written = if let Value::Scalar { text, .. } = &node.value { text } else { quantity.as_str() };
            sink.push(catalog::fraction_of_count(node.span, &key.text, written));
        } else {
            quota.push((Spanned::new(key.text.clone().into_owned(), key.span), quantity));
        }
    }
    quota
}

fn contributors(entries: &Entries<'_, '_>, sink: &mut Sink) -> Vec<ContributorDecl> {
    let Some(given) = entries.get("contributors") else { return Vec::new() };
    value::items(given, sink).iter().filter_map(|node| contributor(node, sink)).collect()
}

fn contributor(node: &Node<'_>, sink: &mut Sink) -> Option<ContributorDecl> {
    let entries = Entries::open(node, &CONTRIBUTOR, sink)?;
    let subject = subject(&entries, sink);
    let role = slot(&entries, "role", |given| value::one_of(given, ROLES, sink));
    let until = slot(&entries, "until", |given| value::date(given, sink));
    let review_by = entries.get("reviewBy").and_then(|given| value::date(given, sink));
    let reason = entries.get("reason").and_then(|given| value::paragraph(given, sink));
    let notebook_access = entries.get("notebookAccess").and_then(|given| value::boolean(given, sink));
    let subject = subject?;
    if role.is_broken() || until.is_broken() {
        return None;
    }
    Some(ContributorDecl {
        subject: subject.value,
        span: subject.span,
        role: role.given().map_or(Role::Edit, |role| role.value),
        until: until.given().map(|date| Spanned::new(date.value, date.span)),
        review_by,
        reason: reason.map(|text| text.value),
        notebook_access,
        foreign: None,
    })
}

fn subject(entries: &Entries<'_, '_>, sink: &mut Sink) -> Option<Spanned<SubjectDecl>> {
    let given: Vec<_> = CONTRIBUTOR.alternatives().filter_map(|name| entries.get(name)).collect();
    if given.is_empty() && !CONTRIBUTOR.alternatives().any(|name| entries.has(name)) {
        sink.push(catalog::no_subject(entries.span));
    }
    if let [first, second, ..] = given[..] {
        sink.push(catalog::two_subjects(second.key, first.name, second.name, first.key));
        return None;
    }
    let &given = given.first()?;
    let (node, span) = (given.node, given.node.span);
    let subject = match given.name {
        "user" => SubjectDecl::User(value::named(node, "user", "a user", UserName::parse, sink)?.value),
        "group" => SubjectDecl::Group(value::named(node, "group", "a group", GroupName::parse, sink)?.value),
        "serviceAccount" => SubjectDecl::ServiceAccount(
            value::named(node, "serviceAccount", "a service account", ServiceAccountRef::parse, sink)?.value,
        ),
        _ => SubjectDecl::IdpGroup(
            value::named(node, "idpGroup", "a group of the identity provider", IdpGroup::parse, sink)?.value,
        ),
    };
    Some(Spanned::new(subject, span))
}

fn namespace(node: &Node<'_>, sink: &mut Sink) -> Option<NamespaceDecl> {
    let entries = Entries::open(node, &NAMESPACE, sink)?;
    let name = entries
        .get("name")
        .and_then(|given| value::named(given.node, "name", "a namespace", NamespaceName::parse, sink));
    let state = slot(&entries, "state", |given| value::one_of(given, STATES, sink));
    let decl = NamespaceDecl {
        state: state.given().map(|state| Spanned::new(state.value, state.span)),
        quota_class: quota_class(&entries, sink),
        quota: entries.get("quota").map(|given| quota(given, sink)).unwrap_or_default(),
        contributors: contributors(&entries, sink),
        labels: entries.get("labels").map(|given| value::own_metadata(given, true, sink)).unwrap_or_default(),
        annotations: entries
            .get("annotations")
            .map(|given| value::own_metadata(given, false, sink))
            .unwrap_or_default(),
        add_ons: add_ons(&entries, sink),
        name: name?,
    };
    (!state.is_broken()).then_some(decl)
}
