//! What makes a finding the same finding after the lines around it have moved.
//!
//! The name is our own: under the name that GitHub uses, its upload action expects a checksum of its own making and
//! warns about every other one. It adds that checksum by itself.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::super::excerpt::boundary;
use super::super::raw_path;
use crate::diag::Diagnostic;
use crate::source::{SourceMap, Span};

/// The name and version of the method. A change of the method must change it.
pub(super) const NAME: &str = "tenantry/v1";

/// How much of a line counts, on either side of the place. Lines of a megabyte exist, with thousands of findings.
const REACH: usize = 512;

/// Hands out fingerprints, all different.
#[derive(Default)]
pub(super) struct Fingerprints {
    given: BTreeMap<[u8; 32], u32>,
}

impl Fingerprints {
    /// The fingerprint of the next finding. Those that are alike in everything are numbered in their order.
    pub(super) fn of(&mut self, diagnostic: &Diagnostic, sources: &SourceMap) -> String {
        let line = diagnostic.span().map_or("", |span| line_around(span, sources));
        let mut hash = Sha256::new();
        for part in [diagnostic.code.name(), raw_path(diagnostic, sources), &diagnostic.message, line] {
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

/// The line that a span begins in, without its indentation, as far as [`REACH`] goes.
fn line_around(span: Span, sources: &SourceMap) -> &str {
    let text = sources.file(span.file).text();
    let at = boundary(text, span.start as usize);
    let from = boundary(text, at.saturating_sub(REACH));
    let to = boundary(text, at.saturating_add(REACH));
    let start = text[from..at].rfind('\n').map_or(from, |newline| from + newline + 1);
    let end = text[at..to].find('\n').map_or(to, |newline| at + newline);
    text[start..end].trim()
}
