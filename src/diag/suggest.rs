//! The nearest known name to one that is not known.

/// The candidate that a person most likely meant by `wrong`, if one is near enough.
///
/// Near means: equal but for letter case, or at most a third of the letters to change (swapped neighbours count once).
/// Among equally near ones the first in order is taken, so the answer depends on nothing but the names.
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong_length = wrong.chars().count();
    let allowed = (wrong_length / 3).max(1);
    let mut best: Option<(usize, &'a str)> = None;
    for candidate in candidates {
        if candidate.eq_ignore_ascii_case(wrong) {
            return Some(candidate);
        }
        if candidate.len().abs_diff(wrong.len()) > allowed * 4 {
            continue;
        }
        if candidate.chars().count().abs_diff(wrong_length) > allowed {
            continue;
        }
        let distance = strsim::osa_distance(wrong, candidate);
        let better = best.is_none_or(|(least, name)| (distance, candidate) < (least, name));
        if distance <= allowed && better {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_typing_mistakes_and_no_more() {
        let names = ["bob", "ada", "quotaClass", "contributors"];
        assert_eq!(nearest("bobb", names), Some("bob"));
        assert_eq!(nearest("BOB", names), Some("bob"));
        assert_eq!(nearest("qoutaClass", names), Some("quotaClass"));
        assert_eq!(nearest("contributor", names), Some("contributors"));
        assert_eq!(nearest("zoe", names), None);
    }
}
