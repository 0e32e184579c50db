//! What makes a finding the same finding in the next run, after lines around it have moved.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

/// Hands out fingerprints, all different.
#[derive(Default)]
pub(super) struct Fingerprints {
    given: BTreeMap<[u8; 32], u32>,
}

impl Fingerprints {
    /// The fingerprint of the next finding, from what it is known by. Findings that are alike in all of it are numbered
    /// in their order.
    pub(super) fn of(&mut self, parts: &[&str]) -> String {
        let mut hash = Sha256::new();
        for part in parts {
            // The length keeps the parts apart.
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let digest: [u8; 32] = hash.finalize().into();
        let count = self.given.entry(digest).or_insert(0);
        *count += 1;
        let hex: String = digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{hex}:{count}")
    }
}
