//! Names of Kubernetes objects, and of what hangs on them.
//!
//! The rules are those of `k8s.io/apimachinery/pkg/util/validation`; where a type is stricter, its documentation says
//! why.

use std::sync::Arc;

use super::rule::{InvalidName, NameProblem, Rule};

/// The RFC 1123 label: namespaces, and whatever becomes a namespace, a host name or a folder.
pub(super) const LABEL: Rule = Rule {
    sentence: "1 to 63 characters: small letters a-z, digits and `-`, and neither first nor last a `-`",
    limit: 63,
    middle: |c| is_lower_alphanumeric(c) || c == '-',
    start: is_lower_alphanumeric,
    end: is_lower_alphanumeric,
};

/// The RFC 1123 subdomain without its rule about dots, which [`check_subdomain`] adds.
const SUBDOMAIN: Rule = Rule {
    sentence: "1 to 253 characters: small letters a-z, digits, `-` and `.`, with a letter or digit at both ends of \
               each part between dots",
    limit: 253,
    middle: |c| is_lower_alphanumeric(c) || c == '-' || c == '.',
    start: is_lower_alphanumeric,
    end: is_lower_alphanumeric,
};

/// The part of a label key or annotation key behind the `/`.
const QUALIFIED_NAME: Rule = Rule {
    sentence: "an optional DNS prefix and `/`, then 1 to 63 characters: letters a-z and A-Z, digits, `-`, `_` and `.`, \
               with a letter or digit at both ends",
    limit: 63,
    middle: |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'),
    start: |c| c.is_ascii_alphanumeric(),
    end: |c| c.is_ascii_alphanumeric(),
};

/// The value of a label that is not empty.
const LABEL_VALUE: Rule = Rule {
    sentence: "at most 63 characters: letters a-z and A-Z, digits, `-`, `_` and `.`, with a letter or digit at both \
               ends; or nothing",
    ..QUALIFIED_NAME
};

/// The rule that [`ServiceAccountRef`] shows.
const SERVICE_ACCOUNT: &str = "`namespace/name` of a service account";

fn is_lower_alphanumeric(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

name_type! {
    /// The name of a Namespace: an RFC 1123 label of at most 63 characters (Kubernetes object names).
    ///
    /// A Profile carries the name of its namespace, so this is its rule too, although the API server would take a
    /// longer Profile name with dots and only the namespace would then fail.
    NamespaceName, InvalidName, |text| LABEL.check(text)
}

name_type! {
    /// The name of a cluster, which is the name of its Platform: an RFC 1123 label of at most 63 characters.
    ///
    /// No object in a cluster carries it. It becomes a folder of the output and a part of the names of sync objects,
    /// and the label is what fits all of them.
    ClusterName, InvalidName, |text| LABEL.check(text)
}

/// A service account, written `namespace/name`.
///
/// The namespace is an RFC 1123 label, the name an RFC 1123 subdomain (Kubernetes object names). It orders like the
/// text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServiceAccountRef {
    text: Arc<str>,
    namespace: NamespaceName,
}

impl ServiceAccountRef {
    /// Reads `namespace/name`.
    ///
    /// # Errors
    ///
    /// [`NameProblem::MissingSlash`] if it is one word, else what is wrong with the first half that is wrong. The span
    /// is a place in the whole text.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        if text.is_empty() {
            return Err(InvalidName::new(NameProblem::Empty, 0..0, SERVICE_ACCOUNT));
        }
        let Some((namespace, name)) = text.split_once('/') else {
            return Err(InvalidName::new(NameProblem::MissingSlash, 0..text.len(), SERVICE_ACCOUNT));
        };
        let with_repair = |mut found: InvalidName, whole: &dyn Fn(&str) -> String| {
            found.repair = found.repair.as_deref().map(whole).filter(|repaired| Self::parse(repaired).is_ok());
            found
        };
        let namespace =
            NamespaceName::parse(namespace).map_err(|found| with_repair(found, &|part| format!("{part}/{name}")))?;
        check_subdomain(name).map_err(|found| {
            with_repair(found.moved(namespace.as_str().len() + 1), &|part| format!("{namespace}/{part}"))
        })?;
        Ok(ServiceAccountRef { text: text.into(), namespace })
    }

    /// The namespace that the account lives in.
    pub fn namespace(&self) -> &NamespaceName {
        &self.namespace
    }

    /// The account's own name.
    pub fn name(&self) -> &str {
        &self.text[self.namespace.as_str().len() + 1..]
    }

    /// `namespace/name`, as it was parsed.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl std::fmt::Display for ServiceAccountRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.text)
    }
}

/// Whether `text` is an RFC 1123 label of at most 63 characters.
pub fn is_dns_label(text: &str) -> bool {
    LABEL.check(text).is_ok()
}

/// Whether `text` is an RFC 1123 subdomain of at most 253 characters: the rule for most object names, custom resources
/// among them. Kubernetes puts no limit on the parts between the dots.
pub fn is_dns_subdomain(text: &str) -> bool {
    check_subdomain(text).is_ok()
}

/// Checks the key of a label: an optional prefix, which is an RFC 1123 subdomain of at most 253 characters, and `/`;
/// then a name of at most 63 characters (`IsQualifiedName` of Kubernetes).
///
/// # Errors
///
/// The first problem; its span is a place in the whole key.
pub fn check_label_key(key: &str) -> Result<(), InvalidName> {
    check_qualified(key, key)
}

/// Checks the key of an annotation: the rule of [`check_label_key`], but capital letters may stand in the prefix, since
/// Kubernetes folds the key before it looks.
///
/// # Errors
///
/// The first problem; its span is a place in the whole key.
pub fn check_annotation_key(key: &str) -> Result<(), InvalidName> {
    check_qualified(key, &key.to_ascii_lowercase())
}

/// Checks the value of a label: empty, or at most 63 characters that start and end with a letter or digit.
///
/// # Errors
///
/// The first problem.
pub fn check_label_value(value: &str) -> Result<(), InvalidName> {
    if value.is_empty() { Ok(()) } else { LABEL_VALUE.check(value) }
}

/// Checks `seen`, the key as Kubernetes looks at it, and repairs `key`. Both have their parts at the same places.
fn check_qualified(key: &str, seen: &str) -> Result<(), InvalidName> {
    let Some((prefix, name)) = seen.split_once('/') else {
        return QUALIFIED_NAME.check(key);
    };
    if prefix.is_empty() {
        return Err(InvalidName::new(NameProblem::EmptyPart, 0..1, QUALIFIED_NAME.sentence));
    }
    let (key_prefix, key_name) = key.split_at(prefix.len() + 1);
    check_subdomain(prefix).map_err(|mut found| {
        let repaired = found.repair.map(|prefix| format!("{prefix}/{key_name}"));
        found.repair = repaired.filter(|key| check_label_key(key).is_ok());
        found
    })?;
    QUALIFIED_NAME.check(name).map_err(|found| {
        let mut found = found.moved(key_prefix.len());
        found.repair = QUALIFIED_NAME.check(key_name).err().and_then(|found| found.repair);
        found.repair = found.repair.map(|name| format!("{key_prefix}{name}"));
        found
    })
}

/// Checks an RFC 1123 subdomain: [`SUBDOMAIN`], and each part between dots starts and ends well.
fn check_subdomain(text: &str) -> Result<(), InvalidName> {
    SUBDOMAIN.check(text)?;
    let mut start = 0;
    for part in text.split('.') {
        let end = start + part.len();
        let problem = match (part.chars().next(), part.chars().next_back()) {
            (None, _) => Some((NameProblem::EmptyPart, start - 1..start + 1)),
            (Some('-'), _) => Some((NameProblem::BadStart('-'), start..start + 1)),
            (_, Some('-')) => Some((NameProblem::BadEnd('-'), end - 1..end)),
            _ => None,
        };
        if let Some((problem, span)) = problem {
            return Err(InvalidName::new(problem, span, SUBDOMAIN.sentence));
        }
        start = end + 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn service_accounts_have_two_halves() {
        let account = ServiceAccountRef::parse("ci/build.er-1").expect("well formed");
        assert_eq!(
            (account.namespace().as_str(), account.name(), account.as_str()),
            ("ci", "build.er-1", "ci/build.er-1")
        );
        let problem = |text: &str| {
            let found = ServiceAccountRef::parse(text).expect_err("malformed");
            (found.problem, found.span, found.repair)
        };
        assert_eq!(problem("builder"), (NameProblem::MissingSlash, 0..7, None));
        assert_eq!(problem("CI/builder"), (NameProblem::BadCharacter('C'), 0..1, Some("ci/builder".into())));
        assert_eq!(problem("ci/Builder"), (NameProblem::BadCharacter('B'), 3..4, Some("ci/builder".into())));
        assert_eq!(problem("ci/"), (NameProblem::Empty, 3..3, None));
        assert_eq!(problem("a/b/c").0, NameProblem::BadCharacter('/'));
    }

    #[test]
    fn subdomains_look_at_each_part() {
        assert!(is_dns_subdomain("a.b-c.0") && is_dns_subdomain(&"a".repeat(253)));
        for bad in ["", "a..b", "a.-b", "a-.b", ".a", "a.", "A", "a_b", &"a".repeat(254)] {
            assert!(!is_dns_subdomain(bad), "{bad}");
        }
        assert_eq!(check_subdomain("a..b").map_err(|found| found.span), Err(1..3));
    }

    #[test]
    fn keys_and_values_follow_kubernetes() {
        assert!(["a", "A.b_c-9", "example.com/Name"].iter().all(|key| check_label_key(key).is_ok()));
        assert!(
            ["", "/a", "a/", "Example.com/a", "a/b/c", "-a", "a b"].iter().all(|key| check_label_key(key).is_err())
        );
        assert!(check_annotation_key("Example.com/A").is_ok() && check_annotation_key("Example.com/-").is_err());
        assert!(["", "A", "4711", "a.b_c"].iter().all(|value| check_label_value(value).is_ok()));
        assert!(
            ["-", "a b", "a/b", "ada@example.org", &"a".repeat(64)]
                .iter()
                .all(|value| check_label_value(value).is_err())
        );
    }

    proptest! {
        #[test]
        fn marks_and_repairs_of_keys_hold(key in "[a-zA-Z0-9._/ é-]{0,12}(/[a-zA-Z_.-]{0,6})?") {
            for (check, name) in [(check_label_key as fn(&str) -> _, "label"), (check_annotation_key, "annotation")] {
                if let Err(InvalidName { span, repair, .. }) = check(&key) {
                    prop_assert!(key.get(span).is_some(), "{} of {}", name, key);
                    prop_assert!(repair.is_none_or(|repaired| check(&repaired).is_ok()), "{} of {}", name, key);
                }
            }
            prop_assert!(!is_dns_label(&key) || is_dns_subdomain(&key) && check_label_value(&key).is_ok());
        }
    }
}
