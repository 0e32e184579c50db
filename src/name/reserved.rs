//! Namespaces that are not for tenants.

/// The namespace of the example profile that the Kubeflow distribution ships (owner `user@example.com`). It is legal as
/// a tenant and probably unwanted.
pub const STOCK_NAMESPACE: &str = "kubeflow-user-example-com";

/// Namespaces of the platform and who they belong to: those of the Kubeflow distribution and of the two engines; and a
/// name that none may have, because both engines would take its file for the settings of the whole folder.
const OWNED: [(&str, &str); 17] = [
    ("argocd", "Argo CD"),
    ("auth", "Dex"),
    ("cert-manager", "cert-manager"),
    ("default", "Kubernetes"),
    ("flux-system", "Flux"),
    ("hpecp", "HPE Ezmeral"),
    ("istio-ingress", "Istio"),
    ("istio-system", "Istio"),
    ("knative-eventing", "Knative"),
    ("knative-operator", "Knative"),
    ("knative-serving", "Knative"),
    ("kubeflow", "Kubeflow"),
    ("oauth2-proxy", "oauth2-proxy"),
    ("profiles-system", "Kubeflow"),
    ("metacontroller", "Kubeflow"),
    ("kserve", "KServe"),
    ("kustomization", "kustomize, which reads a file of that name as its settings"),
];

/// Names of [`OWNED`] namespaces, for lists that keep tenants out of them.
pub const RESERVED_NAMESPACES: [&str; OWNED.len()] = {
    let mut names = [""; OWNED.len()];
    let mut at = 0;
    while at < OWNED.len() {
        names[at] = OWNED[at].0;
        at += 1;
    }
    names
};

/// Whether `name` is the namespace of the stock example profile.
pub fn is_stock_namespace(name: &str) -> bool {
    name == STOCK_NAMESPACE
}

/// Who owns the namespace `name`, if it is not free for a tenant.
///
/// Besides the namespaces of the distribution and of the engines these are `kube-*` (Kubernetes keeps the prefix for
/// itself), `kubeflow-*system`, and those in `extra`, which the platform lists: its engines' namespaces where they are
/// not the usual ones, for example.
pub fn reserved_namespace(name: &str, extra: &[&str]) -> Option<&'static str> {
    if let Some((_, owner)) = OWNED.iter().find(|(owned, _)| *owned == name) {
        return Some(owner);
    }
    if name.starts_with("kube-") {
        return Some("Kubernetes");
    }
    if name.starts_with("kubeflow-") && name.ends_with("system") {
        return Some("Kubeflow");
    }
    extra.contains(&name).then_some("the platform")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platform_namespaces_have_an_owner() {
        let platform =
            ["kube-system", "kube-anything", "kubeflow-trainer-system", "kubeflow-system", "istio-system", "argocd"];
        assert!(platform.iter().all(|name| reserved_namespace(name, &[]).is_some()));
        assert!(OWNED.iter().all(|(name, owner)| reserved_namespace(name, &[]) == Some(owner)));
        assert_eq!(reserved_namespace("monitoring", &["monitoring"]), Some("the platform"));
    }

    #[test]
    fn tenants_keep_theirs() {
        let free = ["vision", "kubeflow-vision", "kubernetes", "kube", "system", "authors", STOCK_NAMESPACE];
        assert!(free.iter().all(|name| reserved_namespace(name, &["monitoring"]).is_none()));
        assert!(is_stock_namespace("kubeflow-user-example-com") && !is_stock_namespace("vision"));
    }
}
