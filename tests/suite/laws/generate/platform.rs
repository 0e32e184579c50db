//! Platforms, with every setting that is supported.

use super::super::data::{Inventory, Platform, User};
use super::super::tape::Tape;
use super::{DEEP, ECHO, annotations, labels, owner, people, quota, values};

const VERSIONS: [Option<&str>; 11] = [
    None,
    Some("1.4"),
    Some("1.5"),
    Some("1.6"),
    Some("1.7"),
    Some("1.8"),
    Some("1.9"),
    Some("1.10"),
    Some("1.11"),
    Some("26.03"),
    Some("26.03.1"),
];

const EXTRA: [&str; 2] = ["cluster.local/ns/vpn/sa/vpn", "cluster.local/ns/a/sa/b"];

/// The platform with a number.
pub fn platform(at: usize, before: &Inventory, tape: &mut Tape) -> Platform {
    let mut platform = Platform {
        name: ["prod-eu", "lab", "1e3"][at % 3].to_owned(),
        owner: Some(owner(before, tape)),
        version: tape.pick(&VERSIONS),
        isolation: tape.pick(&[None, Some("multi-user"), Some("multi-user"), Some("single-user")]),
        self_service: tape.pick(&[None, Some("deny"), Some("allow")]),
        header: tape.pick(&[None, Some("x-goog-authenticated-user-email")]),
        prefix: tape.pick(&[None, Some(""), Some("accounts.google.com:"), Some("#${p}'")]),
        case: tape.pick(&[None, Some("exact"), Some("lower")]),
        mesh: tape.pick(&[None, Some("sidecar"), Some("ambient"), Some("none")]),
        gateway: tape.pick(&[None, Some("trust.domain/ns/gw/sa/gateway")]),
        pipelines_ui: tape.pick(&[None, Some("trust.domain/ns/kubeflow/sa/ui")]),
        extra_principals: tape.some(&EXTRA, 2),
        namespace_prefix: tape.pick(&["", "lab-", "0"]),
        ..Platform::default()
    };
    if tape.rarely(4) {
        platform.owner = None;
    }
    tape.shuffle(&mut platform.extra_principals);
    platform.admins = people(before, tape, 2);
    platform.admins.retain(|name| !before.users.iter().any(|user| user.name == *name && is_misread(user)));
    platform.labels = labels(tape, "platform");
    platform.annotations = annotations(tape, "platform");
    platform.pod_security = tape.pick(&[None, Some(""), Some("privileged"), Some("baseline"), Some("restricted")]);
    platform.quota_classes = ["small", "0x10"].map(|name| (name.to_owned(), quota(tape))).to_vec();
    platform.default_class = tape.pick(&[None, Some("small".to_owned())]);
    platform.default_add_ons = add_ons(tape);
    platform.values = values(tape);
    platform.min_admins = tape.pick(&[None, Some(0), Some(1)]);
    platform.engine = tape.pick(&[None, Some("argocd"), Some("flux"), Some("both"), Some("none")]);
    platform.repo_url = tape.pick(&[None, Some("https://git.example.org/x.git")]);
    platform.shards = tape.pick(&[None, Some("1"), Some("auto"), Some("2"), Some("7"), Some("300")]);
    platform
}

/// Whether the dashboard or kustomize would read the identity as another one, so that it is refused for an administrator.
fn is_misread(user: &User) -> bool {
    let quote = |c| c == '"' || c == '\'';
    let identity = user.identity.as_deref().unwrap_or_default();
    identity.contains(',') || identity.starts_with(quote) || identity.ends_with(quote)
}

/// Some add-ons.
pub fn add_ons(tape: &mut Tape) -> Vec<String> {
    let known = ["limit-range", "network-policy", "pod-default-pipelines", ECHO, DEEP];
    let mut add_ons = tape.some(&known, 4);
    tape.shuffle(&mut add_ons);
    add_ons.into_iter().map(str::to_owned).collect()
}
