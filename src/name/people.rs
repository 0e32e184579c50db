//! Who somebody is: the short ids of the inventory, and the strings that RBAC and the user header carry.

use std::fmt;
use std::ops::Range;

use super::rule::{InvalidName, Rule, Shown};
use super::text::is_unsafe;

/// The identity that the Kubeflow dashboard gives to a request without a user header.
pub const ANONYMOUS: &str = "anonymous@kubeflow.org";

/// The rule for the ids of people and groups.
const ID: Rule = Rule {
    sentence: "1 to 128 characters: letters a-z and A-Z, digits, `.`, `_`, `-` and `+`, with a letter or digit first",
    limit: 128,
    middle: |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+'),
    start: |c| c.is_ascii_alphanumeric(),
    end: |_| true,
};

name_type! {
    /// The short id of a person in the inventory: 1 to 128 ASCII letters, digits, `.`, `_`, `-` and `+`, with a letter
    /// or digit first.
    ///
    /// That takes the login names of Unix and directory services and the local parts of common e-mail addresses, and it
    /// keeps an id a word that needs no quotes on a command line. Letter case is kept and counts.
    UserName, InvalidName, |text| ID.check(text)
}

name_type! {
    /// The name of a group of the inventory; the rule of [`UserName`].
    GroupName, InvalidName, |text| ID.check(text)
}

name_type! {
    /// The string that RBAC compares and that the user header carries, normally an e-mail address.
    ///
    /// Kubernetes takes any text that is not empty and compares it byte for byte; Istio takes any text and reads `*` at
    /// an end as a wildcard. Both limits are far beyond any login. The rule here keeps out what would give access to
    /// somebody else than the reader believes: blanks at the ends, `*` anywhere, what starts with `system:` in any
    /// letter case (Kubernetes' own users), and characters that cannot be seen. The length is that of the longest
    /// e-mail address (64 + 1 + 255 characters); the subject of an OpenID token has at most 255.
    Identity, InvalidIdentity, check_identity
}

name_type! {
    /// A group as the identity provider spells it, opaque to the inventory; the rule of [`Identity`].
    IdpGroup, InvalidIdentity, check_identity
}

impl Identity {
    /// The identity in lower case, for a platform whose proxy folds the header (`identity.case: lower`).
    pub fn to_lower(&self) -> Identity {
        Identity(fold_case(&self.0).into())
    }
}

impl UserName {
    /// The id of somebody who is in no Directory: the login itself, whatever characters it has. Nothing that is written
    /// in an inventory can be confused with one that breaks the rule for ids.
    pub fn of_login(identity: &Identity) -> UserName {
        UserName(identity.0.clone())
    }
}

impl From<&UserName> for Identity {
    /// A person without e-mail and identity is known by the short id, which follows the stricter rule.
    fn from(name: &UserName) -> Self {
        Identity(name.0.clone())
    }
}

/// What is wrong with an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityProblem {
    /// Nothing is written.
    Empty,
    /// A blank at the start or the end, which is part of the name to Kubernetes and invisible to people.
    Blank,
    /// A `*`, which Istio reads as a wildcard.
    Wildcard,
    /// It starts with `system:`, which Kubernetes keeps for itself.
    System,
    /// A control, bidirectional or invisible character.
    Unsafe(char),
    /// It is longer than an e-mail address can be.
    TooLong {
        /// How many characters are allowed.
        limit: usize,
        /// How many there are.
        len: usize,
    },
}

/// Why a text is no identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidIdentity {
    /// What is wrong.
    pub problem: IdentityProblem,
    /// The bytes of the text that are wrong; always on character boundaries.
    pub span: Range<usize>,
    /// The identity that was probably meant: without the blanks around it, if that is all.
    pub repair: Option<String>,
}

impl InvalidIdentity {
    /// The rule that the text breaks, as one plain sentence without a final stop.
    pub fn rule(&self) -> &'static str {
        match self.problem {
            IdentityProblem::Empty => "an identity has at least one character",
            IdentityProblem::Blank => "an identity has no blank at its start or end",
            IdentityProblem::Wildcard => "an identity has no `*`, because the mesh reads it as a wildcard",
            IdentityProblem::System => "names that start with `system:` belong to Kubernetes",
            IdentityProblem::Unsafe(_) => "an identity has no control, bidirectional or invisible character",
            IdentityProblem::TooLong { .. } => "an identity has at most 320 characters, like an e-mail address",
        }
    }
}

impl fmt::Display for InvalidIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problem {
            IdentityProblem::Empty => f.write_str("is empty"),
            IdentityProblem::Blank => f.write_str("has a blank at an end"),
            IdentityProblem::Wildcard => f.write_str("has a `*`"),
            IdentityProblem::System => f.write_str("starts with `system:`"),
            IdentityProblem::Unsafe(c) => write!(f, "has the character {}", Shown(c)),
            IdentityProblem::TooLong { limit, len } => write!(f, "has {len} characters, and {limit} are allowed"),
        }
    }
}

impl std::error::Error for InvalidIdentity {}

const IDENTITY_LIMIT: usize = 320;

fn check_identity(text: &str) -> Result<(), InvalidIdentity> {
    let Some((problem, span)) = identity_problem(text) else { return Ok(()) };
    let trimmed = text.trim();
    let repair = (trimmed != text && identity_problem(trimmed).is_none()).then(|| trimmed.to_owned());
    Err(InvalidIdentity { problem, span, repair })
}

/// The first problem. What could hide something from a reader comes before what a reader can see.
fn identity_problem(text: &str) -> Option<(IdentityProblem, Range<usize>)> {
    let one = |at: usize, c: char| at..at + c.len_utf8();
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else {
        return Some((IdentityProblem::Empty, 0..0));
    };
    if let Some((at, c)) = text.char_indices().find(|&(_, c)| is_unsafe(c)) {
        return Some((IdentityProblem::Unsafe(c), one(at, c)));
    }
    if first == ' ' {
        return Some((IdentityProblem::Blank, one(0, first)));
    }
    if last == ' ' {
        return Some((IdentityProblem::Blank, one(text.len() - 1, last)));
    }
    if let Some(at) = text.find('*') {
        return Some((IdentityProblem::Wildcard, at..at + 1));
    }
    const SYSTEM: &str = "system:";
    if text.get(..SYSTEM.len()).is_some_and(|start| start.eq_ignore_ascii_case(SYSTEM)) {
        return Some((IdentityProblem::System, 0..SYSTEM.len()));
    }
    let len = text.chars().count();
    let limit = IDENTITY_LIMIT;
    (len > limit).then_some((IdentityProblem::TooLong { limit, len }, 0..text.len()))
}

/// The text in lower case (Unicode's full mapping), for comparing two spellings of one name.
pub fn fold_case(text: &str) -> String {
    text.to_lowercase()
}

/// Whether `text` could be an e-mail address: one `@`, something on both sides of it, and no blank. Lenient on purpose;
/// whether an address exists is not for an offline program to say.
pub fn looks_like_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    !local.is_empty() && !domain.is_empty() && !domain.contains('@') && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn problem(text: &str) -> Option<(IdentityProblem, Range<usize>)> {
        Identity::parse(text).err().map(|found| (found.problem, found.span))
    }

    #[test]
    fn identities_that_could_mean_somebody_else_are_refused() {
        use IdentityProblem::*;
        for good in
            ["ada@example.org", "nkili", "Ada Lovelace", "uid=ada,ou=x", "用户@例子.公司", "oidc:ada", "syste:m"]
        {
            assert_eq!(problem(good), None, "{good}");
        }
        assert_eq!(problem(""), Some((Empty, 0..0)));
        assert_eq!(problem(" ada"), Some((Blank, 0..1)));
        assert_eq!(problem("ada "), Some((Blank, 3..4)));
        assert_eq!(problem("*@example.org"), Some((Wildcard, 0..1)));
        assert_eq!(problem("a*b"), Some((Wildcard, 1..2)));
        assert_eq!(problem("system:admin"), Some((System, 0..7)));
        assert_eq!(problem("System:masters"), Some((System, 0..7)));
        assert_eq!(problem("é\u{200b}a"), Some((Unsafe('\u{200b}'), 2..5)));
        assert_eq!(problem("ada\n"), Some((Unsafe('\n'), 3..4)));
        assert_eq!(problem(&"é".repeat(321)), Some((TooLong { limit: 320, len: 321 }, 0..642)));
        assert_eq!(Identity::parse(" ada\n").map_err(|found| found.repair), Err(Some("ada".into())));
        assert!(IdpGroup::parse("oidc:auditors").is_ok() && IdpGroup::parse("system:masters").is_err());
    }

    #[test]
    fn ids_are_single_words() {
        assert!(
            ["ada", "A.b_c-d+e", "4711"].iter().all(|id| UserName::parse(id).is_ok() && GroupName::parse(id).is_ok())
        );
        assert!(["", ".ada", "ada@x", "a b", "é", &"a".repeat(129)].iter().all(|id| UserName::parse(id).is_err()));
        assert_eq!(UserName::parse("ada lovelace").map_err(|found| found.repair), Err(Some("ada-lovelace".into())));
    }

    #[test]
    fn addresses_have_two_sides() {
        assert!(looks_like_email("ada@example.org") && looks_like_email("a+b@localhost"));
        assert!(!["", "ada", "@x", "a@", "a@b@c", "a b@c", "a@b\n"].into_iter().any(looks_like_email));
    }

    proptest! {
        #[test]
        fn folding_is_done_once(text in "\\PC{0,20}") {
            prop_assert_eq!(fold_case(&fold_case(&text)), fold_case(&text));
        }

        #[test]
        fn ids_are_identities(id in "[a-zA-Z0-9][a-zA-Z0-9._+-]{0,127}") {
            let name = UserName::parse(&id).expect("the rule");
            prop_assert_eq!(Identity::parse(&id), Ok(Identity::from(&name)));
            prop_assert!(Identity::parse(Identity::from(&name).to_lower().as_str()).is_ok());
        }

        #[test]
        fn identities_are_safe(text in ".{0,30}") {
            match Identity::parse(&text) {
                Ok(identity) => prop_assert!(!text.contains(is_unsafe) && identity.as_str().trim() == text),
                Err(found) => prop_assert!(text.get(found.span).is_some()),
            }
        }
    }
}
