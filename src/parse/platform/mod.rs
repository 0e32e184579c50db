//! Documents of kind Platform.

mod fields;

pub use fields::SPEC;

use fields::{DEFAULTS, ECP, IDENTIFIERS, IDENTITY, MESH, NAMESPACE, PERSONAL, REMOVAL};

use super::data;
use super::decl::{
    Broken, IdentifiersDecl, IdentityDecl, Isolation, MeshDecl, MeshMode, Permission, PersonalFor,
    PersonalProfilesDecl, PlatformDecl, Presence, Slot, Switch,
};
use super::field::{Entries, Given, Object, Shape};
use super::gitops;
use super::tenant::{quota, slot};
use super::value;
use super::yaml::{Node, Value};
use crate::diag::{Sink, catalog::shape as catalog};
use crate::name::{self, AddOnName, ClusterName, GroupName, QuotaClassName, UserName};
use crate::release::Distribution;
use crate::source::Spanned;

/// Pod Security levels (Kubernetes Pod Security Standards); the empty text is no label.
const POD_SECURITY: &[(&str, &str)] =
    &[("privileged", "privileged"), ("baseline", "baseline"), ("restricted", "restricted"), ("", "")];
const SWITCH: &[(&str, Switch)] = &[("enabled", Switch::Enabled), ("disabled", Switch::Disabled)];
const PRESENCE: &[(&str, Presence)] = &[("present", Presence::Present), ("absent", Presence::Absent)];

/// Reads a Platform. `None` if it has no usable name or distribution; its quota classes are then remembered as broken.
pub fn decode(
    name: Option<Spanned<ClusterName>>,
    spec: Option<&Node<'_>>,
    broken: &mut Broken,
    sink: &mut Sink,
) -> Option<PlatformDecl> {
    let entries = spec.and_then(|spec| Entries::open(spec, &SPEC, sink))?;
    let distribution = entries.get("distribution").and_then(|given| value::one_of(given, Distribution::WORDS, sink));
    let namespace = namespace(&entries, sink);
    let defaults = defaults(&entries, sink);
    let removal = removal(&entries, sink);
    let quota_classes = quota_classes(&entries, broken, sink);
    let decl = PlatformDecl {
        isolation: entries
            .get("isolation")
            .and_then(|given| isolation(given, sink))
            .unwrap_or(Spanned::new(Isolation::MultiUser, entries.span)),
        version: slot(&entries, "version", |given| value::text(given, sink)),
        registration_flow: entries.get("registrationFlow").and_then(|given| value::one_of(given, SWITCH, sink)),
        self_service: entries
            .get("selfService")
            .and_then(|given| value::one_of(given, &[("allow", Permission::Allow), ("deny", Permission::Deny)], sink)),
        identity: identity(&entries, sink),
        mesh: mesh(&entries, sink),
        admins: entries
            .get("admins")
            .map(|given| value::names(given, "a user", UserName::parse, sink))
            .unwrap_or_default(),
        owner: slot(&entries, "owner", |given| value::named(given.node, "owner", "a user", UserName::parse, sink)),
        namespace_prefix: namespace.prefix,
        namespace_labels: namespace.labels,
        namespace_annotations: namespace.annotations,
        pod_security: namespace.pod_security,
        quota_classes,
        default_quota_class: defaults.0,
        default_add_ons: defaults.1,
        values: entries.get("values").map(|given| data::values(given, sink)).unwrap_or_default(),
        personal_profiles: personal(&entries, sink),
        max_removed_percent: removal.0,
        min_admins: removal.1,
        gitops: gitops::decode(&entries, sink),
        profile_controller: entries.get("profileController").and_then(|given| value::one_of(given, PRESENCE, sink)),
        ecp_integration: object(&entries, "ecp", &ECP, sink)
            .and_then(|ecp| ecp.get("integration"))
            .and_then(|given| value::one_of(given, PRESENCE, sink)),
        identifiers: identifiers(&entries, sink),
        name: name?,
        distribution: distribution?,
    };
    Some(decl)
}

/// A nested map with known keys.
pub fn object<'n, 't>(
    entries: &Entries<'n, 't>,
    name: &'static str,
    object: &'static Object,
    sink: &mut Sink,
) -> Option<Entries<'n, 't>> {
    entries.get(name).and_then(|given| Entries::open(given.node, object, sink))
}

/// A text that a check lets pass, or the table's default.
pub fn checked(
    object: &'static Object,
    entries: Option<&Entries<'_, '_>>,
    field: &'static str,
    what: &str,
    check: fn(&str) -> Result<String, name::InvalidName>,
    sink: &mut Sink,
) -> String {
    let given = entries.and_then(|entries| entries.get(field));
    let text = given.and_then(|given| value::named(given.node, field, what, check, sink));
    text.map_or_else(|| object.field(field).default_text().to_owned(), |text| text.value)
}

fn isolation(given: Given<'_, '_>, sink: &mut Sink) -> Option<Spanned<Isolation>> {
    value::one_of(given, &[("multi-user", Isolation::MultiUser), ("single-user", Isolation::SingleUser)], sink)
}

fn identity(entries: &Entries<'_, '_>, sink: &mut Sink) -> IdentityDecl {
    let entries = object(entries, "identity", &IDENTITY, sink);
    let header = entries.as_ref().and_then(|entries| entries.get("header"));
    let header = header.and_then(|given| value::named(given.node, "header", "a header", name::parse_header_name, sink));
    let prefix = entries.as_ref().and_then(|entries| entries.get("prefix"));
    let prefix =
        prefix.and_then(|given| value::named(given.node, "prefix", "a prefix", name::parse_identity_prefix, sink));
    let case = entries.as_ref().and_then(|entries| entries.get("case"));
    let lower = case.and_then(|given| value::one_of(given, &[("exact", false), ("lower", true)], sink));
    IdentityDecl {
        header: header.map(|text| text.value),
        prefix: prefix.map(|text| text.value).unwrap_or_default(),
        lower: lower.is_some_and(|lower| lower.value),
    }
}

fn mesh(entries: &Entries<'_, '_>, sink: &mut Sink) -> MeshDecl {
    let entries = object(entries, "mesh", &MESH, sink);
    let entries = entries.as_ref();
    let modes = [("sidecar", MeshMode::Sidecar), ("ambient", MeshMode::Ambient), ("none", MeshMode::None)];
    let mode = entries.and_then(|entries| entries.get("mode")).and_then(|given| value::one_of(given, &modes, sink));
    let mut principal = |field: &'static str| {
        let given = entries.and_then(|entries| entries.get(field));
        let parsed =
            given.and_then(|given| value::named(given.node, field, "a principal", name::parse_principal, sink));
        parsed.map(|text| text.value)
    };
    let gateway_principal =
        principal("gatewayPrincipal").unwrap_or_else(|| MESH.field("gatewayPrincipal").default_text().to_owned());
    let pipelines_ui_principal = principal("pipelinesUiPrincipal");
    let extra = entries
        .and_then(|entries| entries.get("extraPrincipals"))
        .map(|given| value::names(given, "a principal", name::parse_principal, sink))
        .unwrap_or_default();
    MeshDecl {
        mode: mode.map_or(MeshMode::Sidecar, |mode| mode.value),
        gateway_principal,
        pipelines_ui_principal,
        extra_principals: extra.into_iter().map(|text| text.value).collect(),
    }
}

fn identifiers(entries: &Entries<'_, '_>, sink: &mut Sink) -> IdentifiersDecl {
    let Some(entries) = object(entries, "identifiers", &IDENTIFIERS, sink) else { return IdentifiersDecl::default() };
    let mut read = |field: &'static str, what: &str, parse: fn(&str) -> Result<String, name::InvalidName>| {
        let given = entries.get(field)?;
        value::named(given.node, field, what, parse, sink).map(|text| text.value)
    };
    let selector = entries.get("dashboardSelector");
    IdentifiersDecl {
        dashboard_parameters: read("dashboardParameters", "a ConfigMap", name::parse_subdomain),
        profiles_config: read("profilesConfig", "a ConfigMap", name::parse_subdomain),
        api_group: read("apiGroup", "an API group", name::parse_subdomain),
        profile_version: read("profileVersion", "an API version", name::parse_label),
        admin_role: read("adminRole", "a ClusterRole", name::parse_role_name),
        edit_role: read("editRole", "a ClusterRole", name::parse_role_name),
        view_role: read("viewRole", "a ClusterRole", name::parse_role_name),
        namespace: read("namespace", "a namespace", name::parse_label),
        dashboard: read("dashboard", "a Deployment", name::parse_label),
        part_of: read("partOf", "a label", name::parse_label),
        dashboard_selector: selector.map(|given| value::metadata(given, true, sink)),
    }
}

/// `namespace`, read.
#[derive(Default)]
struct Namespace {
    prefix: String,
    labels: Vec<(Spanned<String>, String)>,
    annotations: Vec<(Spanned<String>, String)>,
    pod_security: Slot<Spanned<&'static str>>,
}

fn namespace(entries: &Entries<'_, '_>, sink: &mut Sink) -> Namespace {
    let Some(entries) = object(entries, "namespace", &NAMESPACE, sink) else { return Namespace::default() };
    let prefix = entries.get("prefix");
    let prefix = prefix
        .and_then(|given| value::named(given.node, "prefix", "a namespace prefix", name::parse_namespace_prefix, sink));
    Namespace {
        prefix: prefix.map(|text| text.value).unwrap_or_default(),
        labels: entries.get("labels").map(|given| value::metadata(given, true, sink)).unwrap_or_default(),
        annotations: entries.get("annotations").map(|given| value::metadata(given, false, sink)).unwrap_or_default(),
        pod_security: slot(&entries, "podSecurity", |given| value::one_of(given, POD_SECURITY, sink)),
    }
}

fn defaults(entries: &Entries<'_, '_>, sink: &mut Sink) -> (Slot<Spanned<QuotaClassName>>, Vec<Spanned<AddOnName>>) {
    let Some(entries) = object(entries, "defaults", &DEFAULTS, sink) else { return (Slot::Absent, Vec::new()) };
    let quota_class = slot(&entries, "quotaClass", |given| {
        value::named(given.node, "quotaClass", "a quota class", QuotaClassName::parse, sink)
    });
    let add_ons = entries.get("addOns").map(|given| value::names(given, "an add-on", AddOnName::parse, sink));
    (quota_class, add_ons.unwrap_or_default())
}

fn removal(entries: &Entries<'_, '_>, sink: &mut Sink) -> (i64, i64) {
    let entries = object(entries, "removal", &REMOVAL, sink);
    let mut number = |name: &'static str, default: i64| {
        let given = entries.as_ref().and_then(|entries| entries.get(name));
        given.and_then(|given| value::integer(given, sink)).map_or(default, |number| number.value)
    };
    (number("maxRemovedPercent", 25), number("minAdmins", 1))
}

fn quota_classes(
    entries: &Entries<'_, '_>,
    broken: &mut Broken,
    sink: &mut Sink,
) -> Vec<(Spanned<QuotaClassName>, super::decl::QuotaDecl)> {
    // Under a misspelt key, or as something else than a map, they may be of any name.
    let map = entries.get("quotaClasses").filter(|given| matches!(given.node.value, Value::Map(_)));
    broken.quota_classes_unread |= entries.has("quotaClasses") && map.is_none();
    let Some(given) = entries.get("quotaClasses") else { return Vec::new() };
    let mut classes = Vec::new();
    for (key, node) in value::entries(given, sink) {
        let name = match QuotaClassName::parse(&key.text) {
            Ok(name) => Spanned::new(name, key.span),
            Err(problem) => {
                sink.push(catalog::invalid_name(key.span, "a quota class", &key.text, problem));
                broken.quota_classes.insert(key.text.clone().into_owned());
                continue;
            }
        };
        if node.is_empty() {
            sink.push(catalog::empty_value(key.span, &key.text, Some("{}")));
            broken.quota_classes.insert(key.text.clone().into_owned());
            continue;
        }
        let given = Given { name: "quotaClasses", shape: &Shape::Map(&Shape::Quantity), key: key.span, node };
        classes.push((name, quota(given, sink)));
    }
    classes
}

fn personal(entries: &Entries<'_, '_>, sink: &mut Sink) -> Option<PersonalProfilesDecl> {
    let entries = object(entries, "personalProfiles", &PERSONAL, sink)?;
    let quota_class = slot(&entries, "quotaClass", |given| {
        value::named(given.node, "quotaClass", "a quota class", QuotaClassName::parse, sink)
    });
    let given = entries.get("for")?;
    let whom = match &given.node.value {
        Value::List(_) => PersonalFor::Groups(value::names(given, "a group", GroupName::parse, sink)),
        Value::Scalar { text, .. } if text == "all" => PersonalFor::All,
        Value::Scalar { text, .. } if text == "none" => PersonalFor::None,
        _ => {
            sink.push(catalog::wrong_type(
                given.node.span,
                "for",
                "`none`, `all` or a list of groups",
                given.node.description(),
            ));
            return None;
        }
    };
    let names = [("identity", false), ("user", true)];
    let by_user_name = entries.get("name").and_then(|given| value::one_of(given, &names, sink));
    let also_owners = entries.get("alsoOwners").and_then(|given| value::boolean(given, sink));
    Some(PersonalProfilesDecl {
        whom,
        span: given.node.span,
        quota_class,
        by_user_name: by_user_name.is_some_and(|it| it.value),
        also_owners: also_owners.is_some_and(|it| it.value),
    })
}
