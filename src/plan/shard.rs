//! Which of several folders a namespace belongs to: a stable hash of its name, and nothing else.

use sha2::{Digest, Sha256};

/// The shard of a namespace, from 0 to `shards - 1`.
///
/// It depends on the name and the number alone, so another tenant never moves this one. The first eight bytes of the
/// name's SHA-256 go through jump consistent hashing (Lamping and Veach, 2014), in whole numbers: when the number grows
/// from n to m, a namespace stays where it is or moves to one of the m - n new shards.
///
/// Invariant: `shards` is at least 1; 0 counts as 1.
pub fn shard_of(namespace: &str, shards: u16) -> u16 {
    if shards <= 1 { 0 } else { shard_of_key(shard_key(namespace), shards) }
}

/// What [`shard_of`] knows of a name: for who asks for several numbers of shards.
pub fn shard_key(namespace: &str) -> u64 {
    let digest: [u8; 32] = Sha256::digest(namespace.as_bytes()).into();
    let [a, b, c, d, e, f, g, h, ..] = digest;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// The shard of a namespace by what [`shard_key`] says of its name. The same invariant holds.
pub fn shard_of_key(mut key: u64, shards: u16) -> u16 {
    if shards <= 1 {
        return 0;
    }
    let mut jump: u64 = 0;
    loop {
        let bucket = jump;
        key = key.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(1);
        jump = ((bucket + 1) << 31) / ((key >> 33) + 1);
        if jump >= u64::from(shards) {
            // `bucket` is below `shards`, which is a u16.
            return u16::try_from(bucket).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> impl Iterator<Item = String> {
        (0..20_000).map(|at| format!("tenant-{at}"))
    }

    #[test]
    fn names_are_spread_evenly() {
        for shards in [2_u16, 3, 16, 64] {
            let mut counts = vec![0_usize; usize::from(shards)];
            names().for_each(|name| counts[usize::from(shard_of(&name, shards))] += 1);
            let mean = 20_000 / usize::from(shards);
            assert!(counts.iter().all(|&count| count > mean / 2 && count < mean * 2), "{shards}: {counts:?}");
        }
    }

    #[test]
    fn growing_moves_names_to_new_shards_only() {
        for (before, after) in [(1, 2), (2, 4), (4, 5), (16, 32), (256, 4096)] {
            for name in names() {
                let (was, is) = (shard_of(&name, before), shard_of(&name, after));
                assert!(is == was || is >= before, "{name}: {was} of {before}, {is} of {after}");
            }
        }
    }

    /// What a key comes to is divided by, and may be nothing.
    #[test]
    fn every_key_has_a_place() {
        // The multiplier times this is -1, to which 1 is added.
        let key = (0..6).fold(1_u64, |inverse, _| {
            inverse.wrapping_mul(2_u64.wrapping_sub(inverse.wrapping_mul(2_862_933_555_777_941_757)))
        });
        assert_eq!(key.wrapping_mul(2_862_933_555_777_941_757), 1);
        assert_eq!(shard_of_key(key.wrapping_neg(), 4096), 0);
    }

    /// Output in repositories depends on these: they never change.
    #[test]
    fn places_are_fixed() {
        let places = ["vision", "audio", "perception", "a"].map(|name| shard_of(name, 256));
        assert_eq!(places, [193, 195, 212, 233]);
        assert_eq!(shard_of("vision", 1), 0);
        assert_eq!(shard_of("vision", 0), 0);
    }
}
