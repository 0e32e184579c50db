//! What a distribution and its version decide, as data, in one place.
//!
//! Every difference between the platforms that tenantry writes for is a field of [`Release`]; no other module asks for a
//! distribution or a version by name. The figures come from the sources of each release: profile controller, KFAM and
//! central dashboard of Kubeflow 1.4 to 1.10 (kubeflow/kubeflow) and of the dashboard 2.0 (kubeflow/dashboard).

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

    /// The version of a Platform that names none. Fixed for the life of `v1alpha1`.
    pub fn default_version(self) -> &'static str {
        match self {
            Distribution::Kubeflow | Distribution::OpenDataology => "1.10",
            Distribution::Ecp => "5.6",
        }
    }
}

/// One version of a distribution.
#[derive(Debug)]
pub struct Release {
    /// The version, as it is written in a Platform.
    pub version: &'static str,
    /// Labels that the profile controller puts on a namespace by default (its file of namespace labels), without the one
    /// for Pod Security.
    pub namespace_labels: &'static [(&'static str, &'static str)],
    /// The Pod Security level that the distribution sets by default; empty for none.
    pub pod_security: &'static str,
    /// Whether a contributor's AuthorizationPolicy names the principals that may act for the user (since 1.8), or only
    /// compares the user header.
    pub policy_names_principals: bool,
    /// The DNS labels of the dashboard's pods, in the namespace `kubeflow`.
    pub dashboard_selector: &'static [(&'static str, &'static str)],
}

/// Labels since 1.5. The key for Katib was another one in 1.4.
const LABELS: &[(&str, &str)] = &[
    ("app.kubernetes.io/part-of", "kubeflow-profile"),
    ("katib.kubeflow.org/metrics-collector-injection", "enabled"),
    ("pipelines.kubeflow.org/enabled", "true"),
    ("serving.kubeflow.org/inferenceservice", "enabled"),
];

const LABELS_1_4: &[(&str, &str)] = &[
    ("app.kubernetes.io/part-of", "kubeflow-profile"),
    ("katib-metricscollector-injection", "enabled"),
    ("pipelines.kubeflow.org/enabled", "true"),
    ("serving.kubeflow.org/inferenceservice", "enabled"),
];

/// Pods of the dashboard up to 26.03 (component `centraldashboard`).
const CENTRAL_DASHBOARD: &[(&str, &str)] = &[("app", "centraldashboard")];

/// Pods of the dashboard 2.0.
const DASHBOARD: &[(&str, &str)] = &[("app", "kubeflow-dashboard"), ("app.kubernetes.io/component", "dashboard")];

const fn release(version: &'static str) -> Release {
    Release {
        version,
        namespace_labels: LABELS,
        pod_security: "",
        policy_names_principals: true,
        dashboard_selector: CENTRAL_DASHBOARD,
    }
}

const KUBEFLOW: &[Release] = &[
    Release { namespace_labels: LABELS_1_4, policy_names_principals: false, ..release("1.4") },
    Release { policy_names_principals: false, ..release("1.5") },
    Release { policy_names_principals: false, ..release("1.6") },
    Release { policy_names_principals: false, ..release("1.7") },
    release("1.8"),
    release("1.9"),
    Release { pod_security: "baseline", ..release("1.10") },
    Release { pod_security: "baseline", ..release("1.11") },
    Release { pod_security: "baseline", ..release("26.03") },
    Release { pod_security: "baseline", dashboard_selector: DASHBOARD, ..release("26.03.1") },
];

impl Release {
    /// Every known version of a distribution, oldest first.
    ///
    /// Only Kubeflow is described so far; the other distributions are refused before anybody asks for their releases.
    pub fn all(distribution: Distribution) -> &'static [Release] {
        match distribution {
            Distribution::Kubeflow | Distribution::OpenDataology => KUBEFLOW,
            Distribution::Ecp => &[],
        }
    }

    /// The newest release of Kubeflow.
    pub fn newest_kubeflow() -> &'static Release {
        &KUBEFLOW[KUBEFLOW.len() - 1]
    }

    /// A version of a distribution, if it is known.
    pub fn find(distribution: Distribution, version: &str) -> Option<&'static Release> {
        Release::all(distribution).iter().find(|release| release.version == version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_version_is_known() {
        assert!(Release::find(Distribution::Kubeflow, Distribution::Kubeflow.default_version()).is_some());
    }
}
