//! Names that the dashboard suggests.

/// The profile name that the registration page of the dashboard suggests for a login (Kubeflow 1.4 to 2.0).
///
/// It is the part before the first `@`, in which every character other than ASCII letters, digits and `_` becomes a
/// `-`; then `-` at the ends and all `_` go, and the rest is put in lower case. The result need not be a valid
/// namespace name: it can be empty, too long, or start with a `-` that stood behind a `_`.
pub fn registration_name(email_or_identity: &str) -> String {
    let local = email_or_identity.split('@').next().unwrap_or(email_or_identity);
    let mut dashed = String::with_capacity(local.len());
    for c in local.chars() {
        if c.is_ascii_alphanumeric() || c == '_' {
            dashed.push(c);
        } else {
            // The page replaces UTF-16 code units, of which a character beyond the first plane has two.
            dashed.extend(std::iter::repeat_n('-', c.len_utf16()));
        }
    }
    dashed.trim_matches('-').replace('_', "").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registration_names_are_those_of_the_dashboard() {
        let cases = [
            ("Alice.Smith@example.com", "alice-smith"),
            ("a_b.c@example.com", "ab-c"),
            ("john+ml@example.com", "john-ml"),
            ("nkili", "nkili"),
            ("..a..b..@x", "a--b"),
            ("_-a@x", "-a"),
            ("🙂a🙂b@x", "a--b"),
            ("用户@x", ""),
        ];
        for (identity, expected) in cases {
            assert_eq!(registration_name(identity), expected, "{identity}");
        }
    }
}
