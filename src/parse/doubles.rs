//! Keys that stand twice.

/// For each key the index of an earlier one that is the same. Sorts, so that a map of a million keys is no way to stop
/// us; small maps, which is nearly all of them, are compared pair by pair.
pub fn doubles(keys: &[&str]) -> Vec<Option<usize>> {
    if keys.len() <= 16 {
        return (0..keys.len()).map(|at| keys[..at].iter().position(|key| *key == keys[at])).collect();
    }
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by_key(|&at| (keys[at], at));
    let mut again = vec![None; keys.len()];
    for run in order.chunk_by(|&a, &b| keys[a] == keys[b]) {
        for &at in &run[1..] {
            again[at] = Some(run[0]);
        }
    }
    again
}

#[cfg(test)]
mod tests {
    use super::doubles;

    #[test]
    fn few_and_many_keys_are_compared_alike() {
        let few = ["b", "a", "b", "b"];
        assert_eq!(doubles(&few), [None, None, Some(0), Some(0)]);
        let many: Vec<String> = (0..20).map(|number| format!("k{}", number % 19)).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(doubles(&many).into_iter().flatten().collect::<Vec<_>>(), [0]);
    }
}
