//! Every derived object name, for a whole namespace at once, and nothing else.
//!
//! A contributor's RoleBinding and AuthorizationPolicy share one name. It is KFAM's where that is possible, so that the
//! dashboard recognises the pair, and carries a suffix where it is not. This module knows nothing of the objects.

use sha2::{Digest, Sha256};

/// How many characters a custom resource's name may have (RFC 1123 subdomain); the AuthorizationPolicy is one.
const NAME_LIMIT: usize = 253;

/// How many characters [`kustomize_encode`] gives.
const SUFFIX_LEN: usize = 10;

/// Names that the profile controller uses in every namespace.
const CONTROLLER_NAMES: [&str; 4] = ["namespaceAdmin", "default-editor", "default-viewer", "ns-owner-access-istio"];

/// The facts about a contributor that its binding's name depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BindingSubject<'a> {
    /// Kind of the subject: `User`, `Group` or `ServiceAccount`.
    pub kind: &'a str,
    /// The identity, the group, or `namespace/name` of a service account.
    pub name: &'a str,
    /// The short role: `admin`, `edit` or `view`.
    pub role: &'a str,
}

/// The name that KFAM gives to the binding of a contributor (Kubeflow 1.4 to 2.0).
///
/// `kind` is the subject's kind, `name` its name, `role` the short role (`edit`, not `kubeflow-edit`). Every run of
/// characters other than ASCII letters and digits becomes one `-`, and all is in lower case, so different subjects can
/// get one name.
pub fn kfam_binding_name(kind: &str, name: &str, role: &str) -> String {
    let mut binding = String::with_capacity(kind.len() + name.len() + role.len() + "--clusterrole-".len());
    let mut ends_with_dash = false;
    // Bytes of characters outside of ASCII are no letters or digits either.
    for byte in [kind, "-", name, "-clusterrole-", role].into_iter().flat_map(str::bytes) {
        if byte.is_ascii_alphanumeric() {
            binding.push(char::from(byte.to_ascii_lowercase()));
        } else if !ends_with_dash {
            binding.push('-');
        }
        ends_with_dash = !byte.is_ascii_alphanumeric();
    }
    binding
}

/// The first ten characters of a hexadecimal digest in kustomize's alphabet, in which no word can be spelled: `0`→`g`,
/// `1`→`h`, `3`→`k`, `a`→`m`, `e`→`t` (`api/hasher` of kustomize). A shorter text gives fewer characters.
pub fn kustomize_encode(hex: &str) -> String {
    let encode = |c| match c {
        '0' => 'g',
        '1' => 'h',
        '3' => 'k',
        'a' => 'm',
        'e' => 't',
        c => c,
    };
    hex.chars().take(SUFFIX_LEN).map(encode).collect()
}

/// The suffix that tells one identity from every other: the SHA-256 of its bytes, encoded by [`kustomize_encode`]. The
/// Tenant-Profile integration of ECP names its bindings so.
pub fn identity_suffix(identity: &str) -> String {
    kustomize_encode(&sha256_hex(identity))
}

fn sha256_hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The binding names of a whole namespace, in the order of `subjects`, all different.
///
/// A name is KFAM's, unless another subject of the namespace would get the same, it is too long, or it is one of the
/// profile controller's; then, and always if `always_suffix`, it is KFAM's name (cut where it is too long), `-` and
/// [`identity_suffix`]. Every result is an RFC 1123 subdomain of at most 253 characters.
///
/// `subjects` must not hold one subject twice.
pub fn binding_names(subjects: &[BindingSubject<'_>], always_suffix: bool) -> Vec<String> {
    let plain: Vec<String> = subjects.iter().map(|s| kfam_binding_name(s.kind, s.name, s.role)).collect();
    let start = |name: &String| u32::from(always_suffix || name.len() > NAME_LIMIT);
    let mut rounds: Vec<u32> = plain.iter().map(start).collect();
    if rounds.iter().all(|round| *round == 0) && clashing(&plain).is_empty() {
        return plain;
    }
    loop {
        let names: Vec<String> =
            (0..subjects.len()).map(|at| suffixed(&plain[at], &subjects[at], rounds[at], at)).collect();
        let clashing = clashing(&names);
        if clashing.is_empty() {
            return names;
        }
        for at in clashing {
            rounds[at] += 1;
        }
    }
}

/// The name of a subject that has clashed `round` times.
///
/// Round one is the documented suffix. Two identities can be made to share it, since it has 40 bits, so later rounds
/// hash everything that tells subjects apart, and at last the position, which ends the search whatever happens.
fn suffixed(plain: &str, subject: &BindingSubject<'_>, round: u32, at: usize) -> String {
    let BindingSubject { kind, name, role } = subject;
    let suffix = match round {
        0 => return plain.to_owned(),
        1 => identity_suffix(name),
        2 | 3 => identity_suffix(&format!("{round}\n{kind}\n{role}\n{name}")),
        _ => identity_suffix(&format!("{round}\n{kind}\n{role}\n{name}\n{at}")),
    };
    let room = NAME_LIMIT - 1 - SUFFIX_LEN;
    let cut = plain.get(..room).unwrap_or(plain).trim_end_matches('-');
    format!("{cut}-{suffix}")
}

/// The positions of names that another position has too, or that the profile controller uses.
fn clashing(names: &[String]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_unstable_by_key(|&at| (&names[at], at));
    let mut found: Vec<usize> = order
        .chunk_by(|&a, &b| names[a] == names[b])
        .filter(|same| same.len() > 1 || CONTROLLER_NAMES.contains(&names[same[0]].as_str()))
        .flatten()
        .copied()
        .collect();
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::is_dns_subdomain;
    use proptest::prelude::*;

    fn user(name: &str) -> BindingSubject<'_> {
        BindingSubject { kind: "User", name, role: "edit" }
    }

    #[test]
    fn names_are_those_of_kfam() {
        let cases = [
            ("alice@example.com", "user-alice-example-com-clusterrole-edit"),
            ("Alice.Smith@Example.COM", "user-alice-smith-example-com-clusterrole-edit"),
            ("alice-smith@example.com", "user-alice-smith-example-com-clusterrole-edit"),
            ("alice_smith+ml@example.co.uk", "user-alice-smith-ml-example-co-uk-clusterrole-edit"),
            ("a__b@x.io", "user-a-b-x-io-clusterrole-edit"),
            ("-weird-@x", "user-weird-x-clusterrole-edit"),
            ("用户@例子.公司", "user-clusterrole-edit"),
            ("lalith.397401@zq.msds.kp.org", "user-lalith-397401-zq-msds-kp-org-clusterrole-edit"),
        ];
        for (name, expected) in cases {
            assert_eq!(kfam_binding_name("User", name, "edit"), expected);
        }
        assert_eq!(
            kfam_binding_name("ServiceAccount", "ci/builder", "view"),
            "serviceaccount-ci-builder-clusterrole-view"
        );
        assert_eq!(kfam_binding_name("Group", "oidc:ml", "admin"), "group-oidc-ml-clusterrole-admin");
    }

    #[test]
    fn suffixes_are_those_of_ecp() {
        let suffixes = ["dev1", "nkili", "qa1"].map(identity_suffix);
        assert_eq!(suffixes, ["cf4b9chf5t", "27bdgc68b9", "t5m6b85bh8"]);
        assert_eq!(kustomize_encode("0123456789abcdef"), "gh2k456789");
        assert_eq!(kustomize_encode("abcdefabcdef"), "mbcdtfmbcd");
    }

    #[test]
    fn every_colliding_name_gets_a_suffix() {
        let subjects = [user("alice.smith@x.org"), user("bob@x.org"), user("alice-smith@x.org")];
        let names = binding_names(&subjects, false);
        let base = "user-alice-smith-x-org-clusterrole-edit";
        assert_eq!(names[0], format!("{base}-{}", identity_suffix("alice.smith@x.org")));
        assert_eq!(names[1], "user-bob-x-org-clusterrole-edit");
        assert_eq!(names[2], format!("{base}-{}", identity_suffix("alice-smith@x.org")));
        assert_eq!(binding_names(&[user("dev1")], true), ["user-dev1-clusterrole-edit-cf4b9chf5t"]);
    }

    #[test]
    fn long_names_are_cut_first() {
        let fits = "a".repeat(253 - "user--clusterrole-edit".len());
        assert_eq!(binding_names(&[user(&fits)], false), [format!("user-{fits}-clusterrole-edit")]);
        for name in [format!("{fits}a"), "a.".repeat(200), format!("é-b-é{fits}")] {
            let names = binding_names(&[user(&name)], false);
            assert!(
                names[0].ends_with(&format!("-{}", identity_suffix(&name))) && is_dns_subdomain(&names[0]),
                "{names:?}"
            );
        }
        let long = "a".repeat(300);
        let roles = ["edit", "view"].map(|role| BindingSubject { kind: "User", name: &long, role });
        let names = binding_names(&roles, false);
        assert!(names[0] != names[1] && names.iter().all(|name| is_dns_subdomain(name)));
    }

    #[test]
    fn names_of_the_controller_are_left_alone() {
        let clashes = CONTROLLER_NAMES.map(str::to_owned);
        assert_eq!(clashing(&clashes), [0, 1, 2, 3]);
    }

    /// Who else is in a namespace decides only at the very end: a name that changes leaves a binding behind.
    #[test]
    fn a_position_is_the_last_resort() {
        let name = |round, at| suffixed("plain", &user("ada"), round, at);
        assert_eq!((name(0, 1).as_str(), name(1, 1)), ("plain", format!("plain-{}", identity_suffix("ada"))));
        for round in [2, 3] {
            assert_eq!(name(round, 1), name(round, 2));
            assert_ne!(name(round, 1), name(round - 1, 1));
        }
        assert_ne!(name(4, 1), name(4, 2));
    }

    proptest! {
        #[test]
        fn names_of_a_namespace_are_valid_and_distinct(
            people in prop::collection::btree_set(("User|Group|ServiceAccount", "[aA.@é_-]{1,5}|[a.]{230,300}"), 0..12),
            always in any::<bool>(),
        ) {
            let subject = |(kind, name)| BindingSubject { kind, name, role: "edit" };
            let subjects: Vec<_> = people.iter().map(|(kind, name)| subject((kind.as_str(), name.as_str()))).collect();
            let names = binding_names(&subjects, always);
            let distinct: std::collections::BTreeSet<_> = names.iter().collect();
            prop_assert_eq!(distinct.len(), subjects.len());
            prop_assert!(names.iter().all(|name| is_dns_subdomain(name)), "{:?}", names);
            let mut turned: Vec<_> = subjects.iter().rev().copied().collect();
            let mut names_of_turned = binding_names(&turned, always);
            names_of_turned.reverse();
            turned.reverse();
            prop_assert_eq!(names_of_turned, names);
        }
    }
}
