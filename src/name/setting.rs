//! Texts of a platform's settings, and which texts may be passed on at all.

use super::kube::{LABEL, is_dns_subdomain};
use super::rule::{InvalidName, NameProblem};

/// Regular expression of an RFC 1123 label, for schemas.
pub const LABEL_PATTERN: &str = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$";

/// Regular expression of a user's or group's id, for schemas.
pub const USER_PATTERN: &str = "^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$";

/// Regular expression of an identity, for schemas. The compiler is stricter than a pattern can be.
pub const IDENTITY_PATTERN: &str = "^[^* ]([^*]{0,318}[^* ])?$";

/// Regular expression of a label's value, for schemas.
pub const LABEL_VALUE_PATTERN: &str = "^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$";

/// Regular expression of a service account, for schemas.
pub const SERVICE_ACCOUNT_PATTERN: &str =
    "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?/[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

/// Regular expression of a quantity that is not negative, for schemas.
pub const QUANTITY_PATTERN: &str = "^\\+?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,2})?$";

/// Regular expression of the name of a request header, for schemas.
pub const HEADER_PATTERN: &str = "^[A-Za-z0-9-]{1,128}$";

/// Regular expression of a mesh identity, for schemas.
pub const PRINCIPAL_PATTERN: &str = "^[A-Za-z0-9._:-]*/[A-Za-z0-9._:/-]*$";

/// Regular expression of what stands before an identity, for schemas.
pub const IDENTITY_PREFIX_PATTERN: &str = "^[^*\\s]{0,128}$";

/// Regular expression of the prefix of namespace names, for schemas.
pub const NAMESPACE_PREFIX_PATTERN: &str = "^([a-z0-9][-a-z0-9]{0,39})?$";

/// Regular expression of a folder in a repository, for schemas.
pub const REPOSITORY_PATH_PATTERN: &str = "^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$";

/// The text that makes Argo CD skip a file, wherever in it it stands (argoproj/argo-cd, `skipFileRenderingMarker`).
pub const ARGOCD_SKIP_MARKER: &str = "+argocd:skip-file-rendering";

/// Levels of Pod Security, the weakest first.
pub const POD_SECURITY_LEVELS: [&str; 3] = ["privileged", "baseline", "restricted"];

/// The label of a namespace whose level is enforced.
pub const POD_SECURITY_ENFORCE: &str = "pod-security.kubernetes.io/enforce";

/// The label that says by which version's rules that level is judged; the newest without it.
pub const POD_SECURITY_ENFORCE_VERSION: &str = "pod-security.kubernetes.io/enforce-version";

/// Whether the value of this label has to be one of [`POD_SECURITY_LEVELS`]: the API server refuses another.
pub fn is_pod_security_key(key: &str) -> bool {
    let mode = key.strip_prefix("pod-security.kubernetes.io/");
    matches!(mode, Some("enforce" | "audit" | "warn"))
}

/// The first character of a text that may not be passed on: a control character, or one that turns the direction of
/// writing and so makes a text look like another.
pub fn unsafe_character(text: &str) -> Option<char> {
    if text.bytes().all(|byte| (b' '..0x7F).contains(&byte)) {
        return None;
    }
    text.chars().find(|&c| c.is_control() || is_bidirectional(c))
}

/// Marks that turn the direction of writing (Unicode property `Bidi_Control`).
fn is_bidirectional(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

const HEADER: &str = "1 to 128 letters, digits and `-`";

/// The name of a request header: an RFC 9110 token, kept to letters, digits and `-`.
///
/// # Errors
///
/// An empty name, one that is too long, or another character.
pub fn parse_header_name(text: &str) -> Result<String, InvalidName> {
    check(text, 128, HEADER, |c| c.is_ascii_alphanumeric() || c == '-')?;
    Ok(text.to_owned())
}

const PRINCIPAL: &str = "a mesh identity such as `cluster.local/ns/kubeflow/sa/ml-pipeline-ui`, without `*`";

/// The identity of a work load in the mesh (Istio `source.principals`), written out: a `*` would be a wildcard.
///
/// # Errors
///
/// An empty text, one that is too long, or a character that no principal has.
pub fn parse_principal(text: &str) -> Result<String, InvalidName> {
    check(text, 512, PRINCIPAL, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '/' | '_' | ':'))?;
    if !text.contains('/') {
        return Err(InvalidName::new(NameProblem::MissingSlash, 0..text.len(), PRINCIPAL));
    }
    Ok(text.to_owned())
}

const IDENTITY_PREFIX: &str = "at most 128 characters, without blanks and `*`";

/// What stands before the identity in the user header, such as `accounts.google.com:`. May be empty.
///
/// # Errors
///
/// A text that is too long, or one with a blank, a `*` or an invisible character.
pub fn parse_identity_prefix(text: &str) -> Result<String, InvalidName> {
    if !text.is_empty() {
        check(text, 128, IDENTITY_PREFIX, |c| !c.is_whitespace() && c != '*' && !super::is_unsafe(c))?;
    }
    Ok(text.to_owned())
}

const NAMESPACE_PREFIX: &str = "at most 40 lower-case letters, digits and `-`, with a letter or digit first";

/// The prefix of default namespace names. May be empty; with any tenant's name behind it, it has to give a label.
///
/// # Errors
///
/// A text that no label can start with.
pub fn parse_namespace_prefix(text: &str) -> Result<String, InvalidName> {
    if text.is_empty() {
        return Ok(String::new());
    }
    check(text, 40, NAMESPACE_PREFIX, LABEL.middle)?;
    match text.chars().next() {
        Some('-') => Err(InvalidName::new(NameProblem::BadStart('-'), 0..1, NAMESPACE_PREFIX)),
        _ => Ok(text.to_owned()),
    }
}

const SUBDOMAIN: &str = "lower-case letters, digits, `-` and `.`, as in a domain name, at most 253";

/// An RFC 1123 subdomain, such as an API group.
///
/// # Errors
///
/// A text that is none.
pub fn parse_subdomain(text: &str) -> Result<String, InvalidName> {
    check(text, 253, SUBDOMAIN, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.'))?;
    if is_dns_subdomain(text) {
        return Ok(text.to_owned());
    }
    Err(InvalidName::new(NameProblem::EmptyPart, 0..text.len(), SUBDOMAIN))
}

/// An RFC 1123 label.
///
/// # Errors
///
/// A text that is none.
pub fn parse_label(text: &str) -> Result<String, InvalidName> {
    LABEL.check(text).map(|()| text.to_owned())
}

const REPOSITORY_URL: &str =
    "an address such as `https://git.example.org/tenants.git` or `git@git.example.org:tenants.git`";

/// The address of a repository, as git, Argo CD and Flux take it. Kept to characters that no engine interprets: Argo CD
/// reads `{{` in a template and Flux `${` as code. Empty for none.
///
/// # Errors
///
/// A text with other characters, or one that is too long.
pub fn parse_repository_url(text: &str) -> Result<String, InvalidName> {
    if !text.is_empty() {
        let fits = |c: char| {
            c.is_ascii_alphanumeric()
                || matches!(c, '-' | '.' | '_' | '~' | ':' | '/' | '@' | '%' | '+' | '?' | '=' | '&')
        };
        check(text, 1024, REPOSITORY_URL, fits)?;
    }
    Ok(text.to_owned())
}

const REVISION: &str = "a branch, a tag or a full reference: letters, digits, `.`, `_`, `-` and `/`";

/// A revision of a repository that is no option and no expression.
///
/// # Errors
///
/// A text with other characters, or one that starts with `-`.
pub fn parse_revision(text: &str) -> Result<String, InvalidName> {
    check(text, 255, REVISION, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/'))?;
    match text.chars().next() {
        Some(first @ ('-' | '/')) => Err(InvalidName::new(NameProblem::BadStart(first), 0..1, REVISION)),
        _ => Ok(text.to_owned()),
    }
}

const DURATION: &str = "a number and a unit, such as `90s`, `10m` or `1h30m`";

/// A duration as Flux writes it (`^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$`).
///
/// # Errors
///
/// A text that is none.
pub fn parse_duration(text: &str) -> Result<String, InvalidName> {
    check(text, 32, DURATION, |c| c.is_ascii_digit() || matches!(c, '.' | 'm' | 's' | 'h'))?;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let unit = ["ms", "s", "m", "h"].into_iter().find(|unit| rest[digits..].starts_with(unit));
        let (true, Some(unit)) = (digits > 0 && rest[..digits].parse::<f64>().is_ok(), unit) else {
            return Err(InvalidName::new(NameProblem::EmptyPart, 0..text.len(), DURATION));
        };
        rest = &rest[digits + unit.len()..];
    }
    Ok(text.to_owned())
}

/// An RFC 1123 subdomain, such as the name of a Secret; empty for none.
///
/// # Errors
///
/// A text that is neither.
pub fn parse_optional_subdomain(text: &str) -> Result<String, InvalidName> {
    if text.is_empty() { Ok(String::new()) } else { parse_subdomain(text) }
}

const ROLE_NAME: &str = "1 to 253 letters, digits, `-`, `.`, `_` and `:`";

/// The name of a ClusterRole (a path segment, kept to plain characters).
///
/// # Errors
///
/// A text that is none.
pub fn parse_role_name(text: &str) -> Result<String, InvalidName> {
    check(text, 253, ROLE_NAME, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':'))?;
    Ok(text.to_owned())
}

const REPOSITORY_PATH: &str =
    "a folder of the repository: parts of letters, digits, `.`, `_` and `-`, with `/` between them";

/// A folder inside a repository, as the engines take it.
///
/// # Errors
///
/// A path that is absolute, has an empty part, `.` or `..`, or a character that engines and shells do not agree about.
pub fn parse_repository_path(text: &str) -> Result<String, InvalidName> {
    check(text, 512, REPOSITORY_PATH, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/'))?;
    let problem = text.split('/').find_map(|part| match part {
        "" => Some(NameProblem::EmptyPart),
        "." | ".." => Some(NameProblem::DotPart),
        _ => None,
    });
    problem.map_or(Ok(text.to_owned()), |problem| Err(InvalidName::new(problem, 0..text.len(), REPOSITORY_PATH)))
}

fn check(text: &str, limit: usize, rule: &'static str, fits: impl Fn(char) -> bool) -> Result<(), InvalidName> {
    if text.is_empty() {
        return Err(InvalidName::new(NameProblem::Empty, 0..0, rule));
    }
    if let Some((at, c)) = text.char_indices().find(|&(_, c)| !fits(c)) {
        return Err(InvalidName::new(NameProblem::BadCharacter(c), at..at + c.len_utf8(), rule));
    }
    let len = text.chars().count();
    if len > limit {
        return Err(InvalidName::new(NameProblem::TooLong { limit, len }, 0..text.len(), rule));
    }
    Ok(())
}

/// Who a label or annotation key belongs to, if an inventory may not set it.
///
/// These keys decide ownership, tracking, syncing or the mesh; the compiler writes them where they are due. A copy of
/// somebody else's value would take objects over, hide them from a prune or let them out of the mesh.
pub fn reserved_metadata_key(key: &str) -> Option<&'static str> {
    let (prefix, name) = key.split_once('/').unwrap_or(("", key));
    match (prefix, name) {
        ("", "owner" | "user" | "role" | "group") => Some("the profile controller and the dashboard"),
        ("", "istio-injection") | ("sidecar.istio.io", _) => Some("the mesh"),
        ("istio.io", "dataplane-mode") => Some("the mesh"),
        ("app.kubernetes.io", "part-of") => Some("Kubeflow"),
        ("app.kubernetes.io", "instance" | "managed-by") => Some("the engine that syncs"),
        ("kubectl.kubernetes.io", "last-applied-configuration") => Some("kubectl"),
        ("kubernetes.io", "metadata.name") => Some("Kubernetes"),
        ("tenantry.dev", _) => Some("tenantry"),
        ("pipelines.kubeflow.org" | "katib.kubeflow.org" | "serving.kubeflow.org", _) => Some("Kubeflow"),
        (prefix, _) if within(prefix, "argoproj.io") => Some("Argo CD"),
        (prefix, _) if within(prefix, "fluxcd.io") => Some("Flux"),
        // Argo CD obeys Helm's keys in plain manifests too: a hook is deleted after a sync, and `keep` is never pruned.
        ("helm.sh", _) => Some("Helm and Argo CD"),
        // `config.kubernetes.io/local-config` drops an object from what is applied.
        (
            "alpha.config.kubernetes.io" | "config.kubernetes.io" | "internal.config.kubernetes.io" | "config.k8s.io",
            _,
        ) => Some("kustomize"),
        (prefix, _) if within(prefix, "kustomize.config.k8s.io") => Some("kustomize"),
        _ => None,
    }
}

/// Whether a key steers how the mesh takes a namespace's traffic: which waypoint, which revision. A platform may decide so
/// for each of its namespaces; with a label of its own, a tenant would go round the programs that tell users apart.
pub fn is_mesh_steering_key(key: &str) -> bool {
    let (prefix, name) = key.split_once('/').unwrap_or(("", key));
    prefix == "istio.io" && (name.contains("waypoint") || name == "rev")
}

fn within(prefix: &str, domain: &str) -> bool {
    debug_assert!(is_dns_subdomain(domain));
    prefix == domain || prefix.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}
