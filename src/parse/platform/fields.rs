//! The tables of fields of a Platform.

use super::super::field::Otherwise::{Empty, Is, Words};
use super::super::field::{Field, Object, Shape, optional, required};
use super::super::gitops;
use crate::name::{self, LABEL_PATTERN, USER_PATTERN};

/// `spec` of a Platform.
pub static SPEC: Object =
    Object { title: "the spec of a Platform", doc: "The settings of one cluster.", fields: SPEC_FIELDS };

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
    optional("gitops", Shape::Object(&gitops::GITOPS), Empty, "How the output is synced."),
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

/// `identifiers` of a Platform.
pub static IDENTIFIERS: Object =
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

/// `identity` of a Platform.
pub static IDENTITY: Object =
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

/// `mesh` of a Platform.
pub static MESH: Object = Object { title: "`mesh`", doc: "The service mesh.", fields: MESH_FIELDS };
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

/// `namespace` of a Platform.
pub static NAMESPACE: Object =
    Object { title: "`namespace`", doc: "What every namespace has.", fields: NAMESPACE_FIELDS };
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

/// `defaults` of a Platform.
pub static DEFAULTS: Object =
    Object { title: "`defaults`", doc: "What tenants have that do not say otherwise.", fields: DEFAULTS_FIELDS };
const DEFAULTS_FIELDS: &[Field] = &[
    optional("quotaClass", Shape::Name(LABEL_PATTERN), Words("none"), "Quota class."),
    optional("addOns", Shape::List(&Shape::Name(LABEL_PATTERN)), Empty, "Add-ons."),
];

/// `personalProfiles` of a Platform.
pub static PERSONAL: Object =
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

/// `removal` of a Platform.
pub static REMOVAL: Object =
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

/// `ecp` of a Platform.
pub static ECP: Object = Object { title: "`ecp`", doc: "Only for distribution `ecp`.", fields: ECP_FIELDS };
const ECP_FIELDS: &[Field] = &[optional(
    "integration",
    Shape::OneOf(&["present", "absent"]),
    Is("absent"),
    "Whether the Tenant-Profile integration runs on the cluster.",
)];
