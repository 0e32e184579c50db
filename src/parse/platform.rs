//! Documents of kind Platform.

use super::data;
use super::decl::{
    ArgocdDecl, Broken, Engine, FluxDecl, GitopsDecl, IdentifiersDecl, IdentityDecl, Isolation, MeshDecl, MeshMode,
    Permission, PersonalFor, PersonalProfilesDecl, PlatformDecl, Presence, Shards, Slot, Switch,
};
use super::field::Otherwise::{Empty, Is, Words};
use super::field::{Entries, Field, Given, Object, Shape, optional, required};
use super::tenant::{quota, slot};
use super::value;
use super::yaml::{Node, Value};
use crate::diag::{Sink, catalog::shape as catalog};
use crate::name::{self, AddOnName, ClusterName, GroupName, LABEL_PATTERN, QuotaClassName, USER_PATTERN, UserName};
use crate::release::Distribution;
use crate::source::Spanned;

/// `spec` of a Platform.
pub static SPEC: Object =
    Object { title: "the spec of a Platform", doc: "The settings of one cluster.", fields: SPEC_FIELDS };

/// Pod Security levels (Kubernetes Pod Security Standards); the empty text is no label.
const POD_SECURITY: &[(&str, &str)] =
    &[("privileged", "privileged"), ("baseline", "baseline"), ("restricted", "restricted"), ("", "")];
const SWITCH: &[(&str, Switch)] = &[("enabled", Switch::Enabled), ("disabled", Switch::Disabled)];
const PRESENCE: &[(&str, Presence)] = &[("present", Presence::Present), ("absent", Presence::Absent)];

const SPEC_FIELDS: &[Field] = &[
    required(
        "distribution",
        Shape::OneOf(&["kubeflow", "opendataology", "ecp"]),
        "The product that runs on the cluster.",
    ),
    optional(
        "version",
        Shape::Text,
        Words("1.10; 5.6 for ecp"),
        "Version of the distribution. It decides what is emitted.",
    ),
    optional(
        "isolation",
        Shape::OneOf(&["multi-user", "single-user"]),
        Is("multi-user"),
        "How people are told apart. With `single-user` the dashboard lets everybody in as one anonymous user.",
    ),
    optional(
        "registrationFlow",
        Shape::OneOf(&["enabled", "disabled"]),
        Is("disabled"),
        "Whether the dashboard lets people make a namespace of their own at first login.",
    ),
    optional(
        "selfService",
        Shape::OneOf(&["allow", "deny"]),
        Is("deny"),
        "`deny` also closes the dashboard's endpoints that make profiles and manage contributors.",
    ),
    optional("identity", Shape::Object(&IDENTITY), Empty, "How an identity reaches the platform."),
    optional("mesh", Shape::Object(&MESH), Empty, "The service mesh."),
    optional(
        "admins",
        Shape::List(&Shape::Name(USER_PATTERN)),
        Empty,
        "Platform administrators. RBAC gives them nothing here; the dashboard lets them change access.",
    ),
    optional("owner", Shape::Name(USER_PATTERN), Words("none"), "Owner of every tenant that names none."),
    optional("namespace", Shape::Object(&NAMESPACE), Empty, "What every namespace has."),
    optional(
        "quotaClasses",
        Shape::Map(&Shape::Map(&Shape::Quantity)),
        Empty,
        "Quotas by name: quantities by resource.",
    ),
    optional("defaults", Shape::Object(&DEFAULTS), Empty, "What tenants have that do not say otherwise."),
    optional("values", Shape::Map(&Shape::Free), Empty, "Settings of add-ons. A tenant's own win, key by key."),
    optional("personalProfiles", Shape::Object(&PERSONAL), Words("nobody"), "Who gets a profile of their own."),
    optional("removal", Shape::Object(&REMOVAL), Empty, "How much one change may take away."),
    optional("gitops", Shape::Object(&GITOPS), Empty, "How the output is synced."),
    optional(
        "profileController",
        Shape::OneOf(&["present", "absent"]),
        Is("present"),
        "Whether the profile controller runs. With `absent` tenantry emits what it would have made.",
    ),
    optional("ecp", Shape::Object(&ECP), Empty, "Only for distribution `ecp`."),
    optional(
        "identifiers",
        Shape::Object(&IDENTIFIERS),
        Empty,
        "What the product calls its things, where an installation differs from the distribution.",
    ),
];

static IDENTIFIERS: Object =
    Object { title: "`identifiers`", doc: "What the product calls its things.", fields: IDENTIFIERS_FIELDS };
const IDENTIFIERS_FIELDS: &[Field] = &[
    optional("apiGroup", Shape::Text, Words("kubeflow.org; opendataology.org"), "API group of Profile and PodDefault."),
    optional("profileVersion", Shape::Text, Words("v1; v1beta1 for opendataology"), "API version of Profile."),
    optional("adminRole", Shape::Text, Words("kubeflow-admin; opendataology-admin"), "ClusterRole of admins."),
    optional("editRole", Shape::Text, Words("kubeflow-edit; opendataology-edit"), "ClusterRole of editors."),
    optional("viewRole", Shape::Text, Words("kubeflow-view; opendataology-view"), "ClusterRole of viewers."),
    optional("namespace", Shape::Text, Words("kubeflow; opendataology"), "Namespace of the product's own programs."),
    optional(
        "dashboard",
        Shape::Text,
        Words("the version's"),
        "Name of the dashboard's Deployment and of its container.",
    ),
    optional(
        "dashboardSelector",
        Shape::Map(&Shape::Name(name::LABEL_VALUE_PATTERN)),
        Words("the version's; `app` with the name, if that is set and the version's label is the name"),
        "Labels of the dashboard's pods, by which its self-service is closed.",
    ),
    optional(
        "dashboardParameters",
        Shape::Text,
        Words("the version's"),
        "ConfigMap with the switch of the registration flow, where the version has one.",
    ),
    optional("profilesConfig", Shape::Text, Words("profiles-config"), "ConfigMap with the platform administrators."),
    optional(
        "partOf",
        Shape::Text,
        Words("kubeflow-profile; opendataology-profile"),
        "Value of `app.kubernetes.io/part-of` on a tenant's namespace.",
    ),
];

static IDENTITY: Object =
    Object { title: "`identity`", doc: "How an identity reaches the platform.", fields: IDENTITY_FIELDS };
const IDENTITY_FIELDS: &[Field] = &[
    optional(
        "header",
        Shape::Name(name::HEADER_PATTERN),
        Words("the distribution's, such as kubeflow-userid"),
        "The request header that carries the user.",
    ),
    optional(
        "prefix",
        Shape::Name(name::IDENTITY_PREFIX_PATTERN),
        Is(""),
        "What stands before the identity in the header.",
    ),
    optional("case", Shape::OneOf(&["exact", "lower"]), Is("exact"), "`lower` turns identities into lower case."),
];

static MESH: Object = Object { title: "`mesh`", doc: "The service mesh.", fields: MESH_FIELDS };
const MESH_FIELDS: &[Field] = &[
    optional(
        "mode",
        Shape::OneOf(&["sidecar", "ambient", "none"]),
        Is("sidecar"),
        "How the mesh finds its work loads.",
    ),
    optional("gatewayPrincipal", Shape::Name(name::PRINCIPAL_PATTERN), Is(GATEWAY), "Identity of the ingress gateway."),
    optional(
        "pipelinesUiPrincipal",
        Shape::Name(name::PRINCIPAL_PATTERN),
        Words("`ml-pipeline-ui` in the distribution's namespace"),
        "Identity of the pipelines UI.",
    ),
    optional(
        "extraPrincipals",
        Shape::List(&Shape::Name(name::PRINCIPAL_PATTERN)),
        Empty,
        "Further identities that may act for a user.",
    ),
];
const GATEWAY: &str = "cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account";

static NAMESPACE: Object = Object { title: "`namespace`", doc: "What every namespace has.", fields: NAMESPACE_FIELDS };
const NAMESPACE_FIELDS: &[Field] = &[
    optional("prefix", Shape::Name(name::NAMESPACE_PREFIX_PATTERN), Is(""), "Prefix of the default namespace name."),
    optional("labels", Shape::Map(&Shape::Name(name::LABEL_VALUE_PATTERN)), Empty, "Labels of every namespace."),
    optional("annotations", Shape::Map(&Shape::Text), Empty, "Annotations of every namespace."),
    optional(
        "podSecurity",
        Shape::OneOf(&["privileged", "baseline", "restricted", ""]),
        Words("baseline from 1.10, none before"),
        "Pod Security level to enforce; an empty text for none.",
    ),
];

static DEFAULTS: Object =
    Object { title: "`defaults`", doc: "What tenants have that do not say otherwise.", fields: DEFAULTS_FIELDS };
const DEFAULTS_FIELDS: &[Field] = &[
    optional("quotaClass", Shape::Name(LABEL_PATTERN), Words("none"), "Quota class."),
    optional("addOns", Shape::List(&Shape::Name(LABEL_PATTERN)), Empty, "Add-ons."),
];

static PERSONAL: Object =
    Object { title: "`personalProfiles`", doc: "Who gets a profile of their own.", fields: PERSONAL_FIELDS };
const PERSONAL_FIELDS: &[Field] = &[
    required(
        "for",
        Shape::Either(&["none", "all"], &Shape::List(&Shape::Name(USER_PATTERN))),
        "`none`, `all`, or a list of groups.",
    ),
    optional(
        "quotaClass",
        Shape::Name(LABEL_PATTERN),
        Words("the platform's default"),
        "Quota class of these profiles.",
    ),
    optional(
        "name",
        Shape::OneOf(&["identity", "user"]),
        Is("identity"),
        "What they are named by: the identity, as the registration flow does it, or the user's `name`.",
    ),
    optional("alsoOwners", Shape::Boolean, Is("false"), "Whether people who own a tenant on the cluster get one too."),
];

static REMOVAL: Object =
    Object { title: "`removal`", doc: "How much one change may take away.", fields: REMOVAL_FIELDS };
const REMOVAL_FIELDS: &[Field] = &[
    optional(
        "maxRemovedPercent",
        Shape::Integer(0, 100),
        Is("25"),
        "Largest share of the cluster's access facts that one change may take away.",
    ),
    optional(
        "minAdmins",
        Shape::Integer(0, 100),
        Is("1"),
        "Fewest people with role admin in an active namespace, owner included.",
    ),
];

/// Most folders that namespaces can be spread over.
const MAX_SHARDS: i64 = 256;

static GITOPS: Object = Object { title: "`gitops`", doc: "How the output is synced.", fields: GITOPS_FIELDS };
const GITOPS_FIELDS: &[Field] = &[
    optional("engine", Shape::OneOf(&["argocd", "flux", "both", "none"]), Is("both"), "The engine that syncs."),
    optional("repoURL", Shape::Text, Is(""), "Repository that holds the output. Without it no gitops/ is written."),
    optional("revision", Shape::Text, Is("main"), "Branch or tag to sync."),
    optional(
        "path",
        Shape::Name(name::REPOSITORY_PATH_PATTERN),
        Words("output/<name>"),
        "Folder of this cluster's output in the repository.",
    ),
    optional(
        "shards",
        Shape::Either(&["auto"], &Shape::Integer(1, MAX_SHARDS)),
        Is("1"),
        "Number of folders to spread namespaces over, or `auto`.",
    ),
    optional("argocd", Shape::Object(&ARGOCD), Empty, "Argo CD's own settings."),
    optional("flux", Shape::Object(&FLUX), Empty, "Flux's own settings."),
];

static ARGOCD: Object = Object { title: "`gitops.argocd`", doc: "Argo CD's own settings.", fields: ARGOCD_FIELDS };
const ARGOCD_FIELDS: &[Field] = &[
    optional("namespace", Shape::Text, Is("argocd"), "Namespace of Argo CD."),
    optional("project", Shape::Text, Is("tenantry"), "Name of the AppProject."),
    optional("destination", Shape::Object(&DESTINATION), Empty, "The cluster to sync to."),
];
static DESTINATION: Object =
    Object { title: "`gitops.argocd.destination`", doc: "The cluster to sync to.", fields: DESTINATION_FIELDS };
const DESTINATION_FIELDS: &[Field] =
    &[optional("server", Shape::Text, Is("https://kubernetes.default.svc"), "Address of its API server.")];

static FLUX: Object = Object { title: "`gitops.flux`", doc: "Flux's own settings.", fields: FLUX_FIELDS };
const FLUX_FIELDS: &[Field] = &[
    optional("namespace", Shape::Text, Is("flux-system"), "Namespace of Flux."),
    optional("source", Shape::OneOf(&["git", "oci"]), Is("git"), "Kind of the source."),
    optional("interval", Shape::Text, Is("10m"), "How often to look."),
    optional("secretRef", Shape::Text, Is(""), "Secret of the source."),
    optional("serviceAccountName", Shape::Text, Is(""), "ServiceAccount to apply as."),
];

static ECP: Object = Object { title: "`ecp`", doc: "Only for distribution `ecp`.", fields: ECP_FIELDS };
const ECP_FIELDS: &[Field] = &[optional(
    "integration",
    Shape::OneOf(&["present", "absent"]),
    Is("absent"),
    "Whether the Tenant-Profile integration runs on the cluster.",
)];

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
        gitops: gitops(&entries, sink),
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
fn object<'n, 't>(
    entries: &Entries<'n, 't>,
    name: &'static str,
    object: &'static Object,
    sink: &mut Sink,
) -> Option<Entries<'n, 't>> {
    entries.get(name).and_then(|given| Entries::open(given.node, object, sink))
}

/// A text of a map that may be left out as a whole; else the default of its table.
fn text_or(object: &Object, entries: Option<&Entries<'_, '_>>, name: &'static str, sink: &mut Sink) -> String {
    let given = entries.and_then(|entries| entries.get(name)).and_then(|given| value::text(given, sink));
    given.map_or_else(|| object.field(name).default_text().to_owned(), |text| text.value)
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

fn gitops(entries: &Entries<'_, '_>, sink: &mut Sink) -> GitopsDecl {
    let span = entries.get("gitops").map(|given| given.key);
    let entries = object(entries, "gitops", &GITOPS, sink);
    let entries = entries.as_ref();
    let engines = [("argocd", Engine::Argocd), ("flux", Engine::Flux), ("both", Engine::Both), ("none", Engine::None)];
    let engine =
        entries.and_then(|entries| entries.get("engine")).and_then(|given| value::one_of(given, &engines, sink));
    let argocd = entries.and_then(|entries| object(entries, "argocd", &ARGOCD, sink));
    let destination = argocd.as_ref().and_then(|argocd| object(argocd, "destination", &DESTINATION, sink));
    let flux = entries.and_then(|entries| object(entries, "flux", &FLUX, sink));
    let source = flux.as_ref().and_then(|flux| flux.get("source"));
    let oci = source.and_then(|given| value::one_of(given, &[("git", false), ("oci", true)], sink));
    let path = entries.and_then(|entries| entries.get("path"));
    let path = path.and_then(|given| value::named(given.node, "path", "a folder", name::parse_repository_path, sink));
    GitopsDecl {
        engine: engine.map_or(Engine::Both, |engine| engine.value),
        span,
        repo_url_span: entries.and_then(|entries| entries.get("repoURL")).map(|given| given.node.span),
        repo_url: text_or(&GITOPS, entries, "repoURL", sink),
        revision: text_or(&GITOPS, entries, "revision", sink),
        path: path.map(|text| text.value),
        shards: shards(entries.and_then(|entries| entries.get("shards")), sink),
        argocd: ArgocdDecl {
            namespace: text_or(&ARGOCD, argocd.as_ref(), "namespace", sink),
            project: text_or(&ARGOCD, argocd.as_ref(), "project", sink),
            server: text_or(&DESTINATION, destination.as_ref(), "server", sink),
        },
        flux: FluxDecl {
            namespace: text_or(&FLUX, flux.as_ref(), "namespace", sink),
            oci: oci.is_some_and(|oci| oci.value),
            interval: text_or(&FLUX, flux.as_ref(), "interval", sink),
            secret_ref: text_or(&FLUX, flux.as_ref(), "secretRef", sink),
            service_account_name: text_or(&FLUX, flux.as_ref(), "serviceAccountName", sink),
        },
    }
}

/// A number from 1 to [`MAX_SHARDS`]; `None` inside is `auto`.
fn shards(given: Option<Given<'_, '_>>, sink: &mut Sink) -> Shards {
    let Some(given) = given else { return Shards::Number(1, None) };
    if matches!(&given.node.value, Value::Scalar { text, .. } if text == "auto") {
        return Shards::Auto(given.node.span);
    }
    let number = value::integer(given, sink);
    number
        .and_then(|number| u16::try_from(number.value).ok())
        .map_or(Shards::Number(1, None), |count| Shards::Number(count, Some(given.node.span)))
}
