//! What a distribution and its version decide, as data, in one place.
//!
//! Every difference between the platforms that tenantry writes for is a field of [`Release`] or [`Identifiers`]; no other
//! module asks for a distribution or a version by name. The figures come from the sources of each release: profile
//! controller, KFAM and central dashboard of Kubeflow 1.4 to 1.10 (kubeflow/kubeflow), the dashboard 2.0
//! (kubeflow/dashboard), and the manuals of OpenDataology and of HPE Ezmeral.

/// The products that tenantry writes for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distribution {
    /// Kubeflow.
    Kubeflow,
    /// OpenDataology: Kubeflow's model under its own name.
    OpenDataology,
    /// HPE Ezmeral Container Platform, with its Tenant-Profile integration.
    Ecp,
}

impl Distribution {
    /// All, as they are written in a Platform.
    pub const WORDS: &[(&'static str, Distribution)] = &[
        ("kubeflow", Distribution::Kubeflow),
        ("opendataology", Distribution::OpenDataology),
        ("ecp", Distribution::Ecp),
    ];

    /// As it is written in a Platform.
    pub fn name(self) -> &'static str {
        match self {
            Distribution::Kubeflow => "kubeflow",
            Distribution::OpenDataology => "opendataology",
            Distribution::Ecp => "ecp",
        }
    }

    /// As people call the product.
    pub fn title(self) -> &'static str {
        match self {
            Distribution::Kubeflow => "Kubeflow",
            Distribution::OpenDataology => "OpenDataology",
            Distribution::Ecp => "HPE Ezmeral",
        }
    }

    /// The version of a Platform that names none. Fixed for the life of `v1alpha1`.
    pub fn default_version(self) -> &'static str {
        match self {
            Distribution::Kubeflow | Distribution::OpenDataology => "1.10",
            Distribution::Ecp => "5.6",
        }
    }

    /// What the product's objects are called, where the platform does not say otherwise.
    pub fn identifiers(self) -> &'static Identifiers {
        match self {
            Distribution::Kubeflow | Distribution::Ecp => &KUBEFLOW_IDENTIFIERS,
            Distribution::OpenDataology => &OPENDATAOLOGY_IDENTIFIERS,
        }
    }

    /// Whether contributors' bindings always carry a suffix, as the Tenant-Profile integration names them.
    pub fn always_suffixes(self) -> bool {
        self == Distribution::Ecp
    }

    /// Whether Tenant resources, ConfigMaps and Secrets of the Tenant-Profile integration are inventory.
    pub fn reads_foreign_documents(self) -> bool {
        self == Distribution::Ecp
    }

    /// Whether a group of the identity provider can be bound.
    pub fn knows_groups(self) -> bool {
        self != Distribution::Ecp
    }
}

/// What a product calls its things. A platform may set each of them.
#[derive(Debug, Clone, Copy)]
pub struct Identifiers {
    /// API group of Profile and PodDefault; also the suffix of the feature labels' prefixes.
    pub group: &'static str,
    /// API version of Profile, without the group.
    pub profile_version: &'static str,
    /// ClusterRole of admins.
    pub admin_role: &'static str,
    /// ClusterRole of editors.
    pub edit_role: &'static str,
    /// ClusterRole of viewers.
    pub view_role: &'static str,
    /// Request header that carries the user.
    pub header: &'static str,
    /// Namespace that the product's own programs run in.
    pub namespace: &'static str,
    /// Value of `app.kubernetes.io/part-of` by which the product knows a tenant's namespace.
    pub part_of: &'static str,
}

const KUBEFLOW_IDENTIFIERS: Identifiers = Identifiers {
    group: "kubeflow.org",
    profile_version: "v1",
    admin_role: "kubeflow-admin",
    edit_role: "kubeflow-edit",
    view_role: "kubeflow-view",
    header: "kubeflow-userid",
    namespace: "kubeflow",
    part_of: "kubeflow-profile",
};

/// From the product's guides to multi-user isolation and to the registration flow, in the lower case that Kubernetes
/// demands of API groups.
const OPENDATAOLOGY_IDENTIFIERS: Identifiers = Identifiers {
    group: "opendataology.org",
    profile_version: "v1beta1",
    admin_role: "opendataology-admin",
    edit_role: "opendataology-edit",
    view_role: "opendataology-view",
    header: "opendataology-userid",
    namespace: "opendataology",
    part_of: "opendataology-profile",
};

/// How the switch of the registration flow reaches the dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistrationSwitch {
    /// A key of a generated ConfigMap, merged by kustomize: the base takes the value from there while it is built (vars,
    /// up to 1.8), or the pods do when they start (2.0).
    Merge {
        /// The ConfigMap.
        config_map: &'static str,
        /// Its key.
        key: &'static str,
    },
    /// A variable of the Deployment: in 1.9 to 26.03 the base has copied the ConfigMap's value before anybody can merge.
    Variable,
}

/// The dashboard's Deployment.
#[derive(Debug, Clone, Copy)]
pub struct Dashboard {
    /// Name of the Deployment and of its container.
    pub name: &'static str,
    /// Labels of its pods.
    pub selector: &'static [(&'static str, &'static str)],
}

/// Where the Tenant-Profile integration of ECP reads users from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserSource {
    /// ConfigMap `kubeflow-users-cm`, one name per line.
    ConfigMap,
    /// Secret `kubeflow-users-secret`, names with commas.
    Secret,
}

/// A label with a feature's name: `<prefix>.<group>/<name>`, or a plain key.
#[derive(Debug, Clone, Copy)]
pub struct FeatureLabel {
    /// What stands before the group, such as `pipelines`; empty for a key without the group.
    pub prefix: &'static str,
    /// What stands behind the slash, or the whole key.
    pub name: &'static str,
    /// The value.
    pub value: &'static str,
}

/// One version of a distribution.
#[derive(Debug, Clone, Copy)]
pub struct Release {
    /// The version, as it is written in a Platform.
    pub version: &'static str,
    /// Feature labels that the profile controller puts on a namespace by default (its file of namespace labels), beside
    /// `app.kubernetes.io/part-of` and the one for Pod Security.
    pub feature_labels: &'static [FeatureLabel],
    /// The Pod Security level that the distribution sets by default; empty for none.
    pub pod_security: &'static str,
    /// Whether policies name the principals that may act for the user (since 1.8), or only compare the user header.
    pub policy_names_principals: bool,
    /// Whether the owner's policy lets the notebook controller look for idle kernels (since 1.5).
    pub owner_policy_lets_culler: bool,
    /// Whether the dashboard shows the role of a viewer (since 1.9).
    pub shows_viewers: bool,
    /// Whether several platform administrators can be named (since 2.0).
    pub admin_list: bool,
    /// The dashboard's Deployment.
    pub dashboard: Dashboard,
    /// How the registration flow is switched.
    pub registration: RegistrationSwitch,
    /// Where the Tenant-Profile integration reads users from.
    pub user_source: UserSource,
}

const fn feature(prefix: &'static str, name: &'static str, value: &'static str) -> FeatureLabel {
    FeatureLabel { prefix, name, value }
}

/// Labels since 1.5. The key for Katib was another one in 1.4.
const FEATURES: &[FeatureLabel] = &[
    feature("katib", "metrics-collector-injection", "enabled"),
    feature("pipelines", "enabled", "true"),
    feature("serving", "inferenceservice", "enabled"),
];

const FEATURES_1_4: &[FeatureLabel] = &[
    feature("", "katib-metricscollector-injection", "enabled"),
    feature("pipelines", "enabled", "true"),
    feature("serving", "inferenceservice", "enabled"),
];

/// Up to 26.03 (component `centraldashboard`).
const CENTRAL_DASHBOARD: Dashboard = Dashboard { name: "centraldashboard", selector: &[("app", "centraldashboard")] };

/// The dashboard 2.0.
const DASHBOARD: Dashboard = Dashboard {
    name: "dashboard",
    selector: &[("app", "kubeflow-dashboard"), ("app.kubernetes.io/component", "dashboard")],
};

/// The oldest release; later ones say what changed.
const R1_4: Release = Release {
    version: "1.4",
    feature_labels: FEATURES_1_4,
    pod_security: "",
    policy_names_principals: false,
    owner_policy_lets_culler: false,
    shows_viewers: false,
    admin_list: false,
    dashboard: CENTRAL_DASHBOARD,
    registration: RegistrationSwitch::Merge { config_map: "centraldashboard-parameters", key: "CD_REGISTRATION_FLOW" },
    user_source: UserSource::ConfigMap,
};
const R1_5: Release = Release { version: "1.5", feature_labels: FEATURES, owner_policy_lets_culler: true, ..R1_4 };
const R1_6: Release = Release { version: "1.6", ..R1_5 };
const R1_7: Release = Release { version: "1.7", ..R1_6 };
const R1_8: Release = Release { version: "1.8", policy_names_principals: true, ..R1_7 };
const R1_9: Release =
    Release { version: "1.9", shows_viewers: true, registration: RegistrationSwitch::Variable, ..R1_8 };
const R1_10: Release = Release { version: "1.10", pod_security: "baseline", ..R1_9 };
const R1_11: Release = Release { version: "1.11", ..R1_10 };
const R26_03: Release = Release { version: "26.03", ..R1_11 };
const R26_03_1: Release = Release {
    version: "26.03.1",
    admin_list: true,
    dashboard: DASHBOARD,
    registration: RegistrationSwitch::Merge { config_map: "dashboard-parameters", key: "REGISTRATION_FLOW" },
    ..R26_03
};

const KUBEFLOW: &[Release] = &[R1_4, R1_5, R1_6, R1_7, R1_8, R1_9, R1_10, R1_11, R26_03, R26_03_1];

/// The integration's own versions. What runs below is a Kubeflow from before 1.8.
const ECP: &[Release] = &[
    Release { version: "1.2", ..R1_4 },
    Release { version: "5.6", user_source: UserSource::Secret, ..R1_7 },
    Release { version: "5.7", user_source: UserSource::Secret, ..R1_7 },
];

impl Release {
    /// Every known version of a distribution, oldest first. Never empty.
    pub fn all(distribution: Distribution) -> &'static [Release] {
        match distribution {
            Distribution::Kubeflow | Distribution::OpenDataology => KUBEFLOW,
            Distribution::Ecp => ECP,
        }
    }

    /// A version of a distribution, if it is known.
    pub fn find(distribution: Distribution, version: &str) -> Option<&'static Release> {
        Release::all(distribution).iter().find(|release| release.version == version)
    }

    /// The version of a platform that names none, or one that is not known.
    pub fn default_of(distribution: Distribution) -> &'static Release {
        let all = Release::all(distribution);
        Release::find(distribution, distribution.default_version()).unwrap_or(&all[all.len() - 1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_version_is_known() {
        for &(_, distribution) in Distribution::WORDS {
            assert!(Release::find(distribution, distribution.default_version()).is_some());
        }
    }
}
