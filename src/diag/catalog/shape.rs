//! Words for documents that are YAML and not an inventory: wrong kinds, fields, types and values.

use crate::diag::{Code, Diagnostic};
use crate::name::{IdentityProblem, InvalidIdentity, InvalidName, NameProblem};
use crate::source::Span;

use super::{did_you_mean, shown};

/// A map was expected.
pub fn not_a_map(span: Span, title: &str, found: &str) -> Diagnostic {
    Diagnostic::at(Code::WrongType, span, format!("{title} is a map, and {found} stands here"))
        .with_help("write keys and values, such as `key: value`")
}

/// A kind that no inventory has.
pub fn unknown_kind(span: Span, kind: &str, known: &[&str]) -> Diagnostic {
    let help = match kind {
        "Profile" | "Namespace" | "RoleBinding" => {
            "manifests are what comes out; an inventory declares tenants".to_owned()
        }
        _ => did_you_mean(kind, known.iter().copied()).unwrap_or_default(),
    };
    Diagnostic::at(Code::UnknownKind, span, format!("a document has the unknown kind `{}`", shown(kind)))
        .with_help(help)
}

/// Another `apiVersion`.
pub fn unknown_api_version(span: Span, found: &str, known: &str) -> Diagnostic {
    Diagnostic::at(Code::UnknownApiVersion, span, format!("the apiVersion `{}` is not known", shown(found)))
        .with_help(format!("write `{}`", known))
        .with_fix(span, known)
}

/// A key that the object does not have.
pub fn unknown_field(
    span: Span,
    key: &str,
    title: &str,
    known: impl Iterator<Item = &'static str> + Clone,
) -> Diagnostic {
    let nearest = crate::diag::suggest::nearest(key, known.clone());
    let diagnostic = Diagnostic::at(Code::UnknownField, span, format!("{title} has no field `{}`", shown(key)));
    let diagnostic = match did_you_mean(key, known) {
        Some(help) => diagnostic.with_help(help),
        None => diagnostic,
    };
    match nearest {
        Some(name) => diagnostic.with_fix(span, name),
        None => diagnostic,
    }
}

/// A required key that is not there.
pub fn missing_field(span: Span, field: &str, title: &str) -> Diagnostic {
    Diagnostic::at(Code::MissingField, span, format!("{title} lacks the field `{field}`"))
        .with_words(format!("`{field}` is missing here"))
        .with_help(format!("add `{field}:`"))
}

/// `owner:` and nothing behind it.
pub fn empty_value(span: Span, field: &str, empty: Option<&str>) -> Diagnostic {
    let help = match empty {
        Some(form) => format!("give it a value, write `{form}` for none, or remove the line"),
        None => "give it a value, or remove the line".to_owned(),
    };
    Diagnostic::at(Code::EmptyValue, span, format!("`{}` has no value", shown(field))).with_help(help)
}

/// `clusters: []`.
pub fn empty_list(span: Span, field: &str) -> Diagnostic {
    Diagnostic::at(Code::EmptyValue, span, format!("`{field}` is an empty list"))
        .with_help("list at least one, or remove the line")
}

/// A text where a list belongs, and so on.
pub fn wrong_type(span: Span, field: &str, expected: &str, found: &str) -> Diagnostic {
    let message = format!("`{}` is {expected}, and {found} stands here", shown(field));
    let diagnostic = Diagnostic::at(Code::WrongType, span, message);
    match expected {
        "a list" => diagnostic.with_help("write one item per line, each after `- `"),
        "a map" => diagnostic.with_help("write keys and values, such as `key: value`"),
        "a text" => diagnostic.with_help("write one text; quote it if it is meant to hold brackets or braces"),
        _ => diagnostic,
    }
}

/// Something else than `true` or `false`.
pub fn not_boolean(span: Span, field: &str, found: &str) -> Diagnostic {
    Diagnostic::at(Code::WrongType, span, format!("`{field}` is true or false, and {found} stands here"))
        .with_help("write `true` or `false`, without quotes")
}

/// Something else than a number within limits.
pub fn not_integer(span: Span, field: &str, low: i64, high: i64, found: &str) -> Diagnostic {
    let message = format!("`{field}` is a whole number from {low} to {high}, and {found} stands here");
    Diagnostic::at(Code::WrongType, span, message).with_help("write digits only, without quotes")
}

/// A word that is none of those.
pub fn unknown_value(
    span: Span,
    field: &str,
    found: &str,
    known: impl Iterator<Item = &'static str> + Clone,
) -> Diagnostic {
    let nearest = crate::diag::suggest::nearest(found, known.clone());
    let words: Vec<&str> = known.map(|word| if word.is_empty() { "\"\"" } else { word }).collect();
    let message = format!("`{field}` cannot be `{}`", shown(found));
    let diagnostic = Diagnostic::at(Code::UnknownValue, span, message);
    match nearest.filter(|name| !name.is_empty()) {
        Some(name) => diagnostic.with_help(format!("did you mean `{name}`?")).with_fix(span, name),
        None => diagnostic.with_help(format!("it is one of {}", super::list(&words))),
    }
}

/// Why a name was refused, whatever its type: what a diagnostic needs to know of it.
pub struct Refusal {
    code: Code,
    clause: String,
    rule: &'static str,
    repair: Option<String>,
}

impl From<InvalidName> for Refusal {
    fn from(found: InvalidName) -> Self {
        let code = match found.problem {
            NameProblem::TooLong { .. } => Code::NameTooLong,
            _ => Code::InvalidName,
        };
        Refusal { code, clause: found.to_string(), rule: found.rule(), repair: found.repair }
    }
}

impl From<InvalidIdentity> for Refusal {
    fn from(found: InvalidIdentity) -> Self {
        let code = match found.problem {
            IdentityProblem::Wildcard => Code::WildcardIdentity,
            IdentityProblem::System => Code::SystemIdentity,
            IdentityProblem::Unsafe(_) => Code::UnsafeCharacter,
            IdentityProblem::TooLong { .. } => Code::NameTooLong,
            IdentityProblem::Empty | IdentityProblem::Blank => Code::InvalidIdentity,
        };
        Refusal { code, clause: found.to_string(), rule: found.rule(), repair: found.repair }
    }
}

/// A name that breaks the rule of its type. `what` is what it names, such as `a user`.
pub fn invalid_name(span: Span, what: &str, text: &str, refusal: impl Into<Refusal>) -> Diagnostic {
    let Refusal { code, clause, rule, repair } = refusal.into();
    let message = match what {
        "an identity" => format!("the identity `{}` {clause}", shown(text)),
        _ => format!("`{}` cannot name {what}: it {clause}", shown(text)),
    };
    let diagnostic = Diagnostic::at(code, span, message);
    if what == "a user" && text.contains('@') {
        return diagnostic.with_help("write the `name` that the Directory gives the person, not the e-mail address");
    }
    match repair {
        // The name of a file stands nowhere in the file.
        Some(repair) if span.start == span.end => diagnostic.with_help(format!("write `{repair}`; the rule: {rule}")),
        Some(repair) => diagnostic.with_help(format!("write `{repair}`; the rule: {rule}")).with_fix(span, repair),
        None => diagnostic.with_help(format!("the rule: {rule}")),
    }
}

/// An e-mail address that cannot be one.
pub fn implausible_email(span: Span, text: &str) -> Diagnostic {
    Diagnostic::at(Code::InvalidIdentity, span, format!("`{}` is not an e-mail address", shown(text)))
        .with_help("write an address with one `@`, or use `identity` for a login that is none")
}

/// A control character or one that turns the direction of writing.
pub fn unsafe_character(span: Span, field: &str, character: char) -> Diagnostic {
    let message = format!("`{}` holds the character U+{:04X}, which cannot be seen", shown(field), character as u32);
    Diagnostic::at(Code::UnsafeCharacter, span, message).with_help("remove it, or type the text anew")
}

/// Argo CD's marker.
pub fn skip_marker(span: Span, field: &str) -> Diagnostic {
    let message = format!("`{}` holds the text that makes Argo CD skip the whole file", shown(field));
    Diagnostic::at(Code::SkipMarker, span, message).with_help("remove the marker `+argocd:skip-file-rendering`")
}

/// A date that is none.
pub fn invalid_date(span: Span, field: &str, text: &str, reason: &str) -> Diagnostic {
    Diagnostic::at(Code::InvalidDate, span, format!("`{field}` cannot be `{}`: {reason}", shown(text)))
        .with_help("write a day as YYYY-MM-DD, such as 2027-01-31")
}

/// A quantity that is none.
pub fn invalid_quantity(span: Span, key: &str, text: &str, found: &crate::name::InvalidQuantity) -> Diagnostic {
    let message = format!("`{}` cannot be `{}`: it is not a quantity of Kubernetes", shown(key), shown(text));
    let diagnostic = Diagnostic::at(Code::InvalidQuantity, span, message);
    match &found.repair {
        Some(repair) => diagnostic.with_help(format!("did you mean `{repair}`?")).with_fix(span, repair.clone()),
        None => diagnostic.with_help(format!("the rule: {}", found.rule())),
    }
}

/// A fraction where objects are counted.
pub fn fraction_of_count(span: Span, key: &str, text: &str) -> Diagnostic {
    let message =
        format!("`{}` cannot be `{}`: it counts objects, of which there are whole ones only", shown(key), shown(text));
    Diagnostic::at(Code::InvalidQuantity, span, message).with_help("write a whole number")
}

/// A quota below nothing.
pub fn negative_quota(span: Span, key: &str, text: &str) -> Diagnostic {
    Diagnostic::at(Code::NegativeQuota, span, format!("the quota `{}` of `{}` is negative", shown(text), shown(key)))
        .with_help("write `0` if nothing is to be had")
}

/// A quota key that the API server accepts and never enforces.
pub fn unenforced_quota_key(span: Span, key: &str, instead: &str) -> Diagnostic {
    Diagnostic::at(Code::UnenforcedQuotaKey, span, format!("the quota key `{}` is never enforced", shown(key)))
        .with_help(format!("write `{instead}`: Kubernetes counts extended resources by their requests"))
        .with_fix(span, instead)
}

/// A quota key that the API server refuses.
pub fn unknown_quota_key(span: Span, key: &str, nearest: Option<&str>) -> Diagnostic {
    let diagnostic =
        Diagnostic::at(Code::UnknownQuotaKey, span, format!("Kubernetes has no quota for `{}`", shown(key)));
    match nearest {
        Some(name) => diagnostic.with_help(format!("did you mean `{name}`?")).with_fix(span, name),
        None => {
            diagnostic.with_help("use a standard resource, `requests.<domain>/<name>` or `count/<resource>.<group>`")
        }
    }
}

/// A label or annotation that Kubernetes refuses. `what` says what it should be, such as `a key of a label`.
pub fn invalid_label(span: Span, text: &str, what: &str, found: &InvalidName) -> Diagnostic {
    let message = format!("`{}` cannot be {what}: it {found}", shown(text));
    Diagnostic::at(Code::InvalidLabel, span, message).with_help(format!("the rule: {}", found.rule()))
}

/// The key of an annotation that is no text to every reader. kustomize reads such keys again without their quotes, and
/// then fails for the whole folder.
pub fn ambiguous_annotation(span: Span, key: &str) -> Diagnostic {
    let message =
        format!("the key of an annotation, `{}`, is a number, a date or a word of YAML to some readers", shown(key));
    Diagnostic::at(Code::InvalidLabel, span, message)
        .with_help("add a prefix such as `example.org/`, or take another key: kustomize fails over this one")
}

/// A key that the compiler or another program writes.
pub fn reserved_metadata(span: Span, key: &str, owner: &str) -> Diagnostic {
    Diagnostic::at(Code::ReservedMetadata, span, format!("`{}` belongs to {owner}", shown(key)))
        .with_help("remove it; the compiler writes it where it is due")
}

/// A key of a tenant by which the mesh would take its traffic in another way.
pub fn mesh_steering(span: Span, key: &str) -> Diagnostic {
    let message = format!(
        "`{}` belongs to the mesh: it decides which of the mesh's programs see a tenant's traffic, and so whether policies \
         are obeyed",
        shown(key)
    );
    Diagnostic::at(Code::ReservedMetadata, span, message)
        .with_help("remove it; where a whole cluster is to have it, its Platform's `spec.namespace.labels` say so")
}

/// One name twice in a list.
pub fn listed_twice(span: Span, field: &str, first: Span) -> Diagnostic {
    Diagnostic::at(Code::DuplicateKey, span, format!("`{field}` lists the same name twice"))
        .with_related(first, "first here")
        .with_help("remove one of the two")
}

/// A contributor without a subject.
pub fn no_subject(span: Span) -> Diagnostic {
    Diagnostic::at(Code::MissingField, span, "a contributor names nobody")
        .with_help("add one of `user`, `group`, `serviceAccount` and `idpGroup`")
}

/// A contributor with several subjects.
pub fn two_subjects(span: Span, first: &str, second: &str, first_span: Span) -> Diagnostic {
    Diagnostic::at(Code::ConflictingFields, span, format!("a contributor has both `{first}` and `{second}`"))
        .with_related(first_span, "the other one")
        .with_help("write two entries, one for each")
}

/// A successor for somebody who has not left.
pub fn successor_of_active(span: Span) -> Diagnostic {
    Diagnostic::at(Code::ConflictingFields, span, "a person who has not departed has a successor")
        .with_help("add `status: departed`, or remove `successor`")
}

/// Free data that readers disagree about.
pub fn ambiguous_scalar(span: Span, key: &str, text: &str) -> Diagnostic {
    let message =
        format!("`{}` is `{}`, which a YAML reader may take for something else than text", shown(key), shown(text));
    Diagnostic::at(Code::AmbiguousScalar, span, message).with_help(format!(
        "write `\"{}\"` if text is meant, else `true`, `false` or a plain whole number",
        shown(text)
    ))
}

/// A service account that is none of Google Cloud's.
pub fn not_gcp_account(span: Span, text: &str, suffix: &str) -> Diagnostic {
    let message = format!("`{}` is no service account of Google Cloud: it does not end in `{suffix}`", shown(text));
    Diagnostic::at(Code::UnknownValue, span, message)
        .with_help("write the account's e-mail address; the profile controller stops at any other")
}
