//! Which files belong to which of several parts, so that several machines can share the work of a compile.
//!
//! Every file belongs to exactly one part, by its place and the number of shards alone. A namespace goes with its shard
//! wherever its file lies, so one part moves it from folder to folder: at no time is it in none. What is of no shard (the
//! platform's objects, what makes engines sync, leftovers of no folder of now) goes with the cluster's first shard.
//! Shards are counted through over all clusters, so that many small clusters are shared out, too.

use std::fmt;
use std::str::FromStr;

use super::layout;
use crate::plan::shard_of;

/// Most parts: no cluster has more shards.
const MOST: u16 = 4096;

/// One of several parts of a compile: `I/N`.
///
/// Invariant: 1 ≤ I ≤ N ≤ 4096.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    number: u16,
    of: u16,
}

impl Part {
    /// Everything: the one part of one.
    pub const WHOLE: Part = Part { number: 1, of: 1 };

    /// Whether it is everything.
    pub fn is_whole(self) -> bool {
        self.of == 1
    }

    /// Whether a shard belongs to this part, by its place among those of all clusters.
    fn takes(self, shard: usize) -> bool {
        shard % usize::from(self.of) == usize::from(self.number - 1)
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Part, String> {
        let numbers = text.split_once('/').and_then(|(number, of)| Some((whole(number)?, whole(of)?)));
        match numbers {
            Some((number, of)) if (1..=MOST).contains(&of) && (1..=of).contains(&number) => Ok(Part { number, of }),
            Some((_, of)) if of > MOST => Err(format!("there are at most {MOST} parts")),
            Some((_, of)) if of > 0 => Err(format!("the parts are 1/{of} to {of}/{of}")),
            _ => Err("write the I-th of N parts as I/N, as in `--part 2/4`".to_owned()),
        }
    }
}

/// A number that is written with digits alone.
fn whole(text: &str) -> Option<u16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.number, self.of)
    }
}

/// What belongs to a part of one cluster's output.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    part: Part,
    first: usize,
    shards: u16,
}

impl Share {
    /// The share of a part in a cluster with so many shards. `first` is the number of shards that the clusters before it
    /// have together. A cluster that is no longer declared has one shard, and comes first.
    pub fn new(part: Part, first: usize, shards: u16) -> Share {
        Share { part, first, shards }
    }

    /// Whether a namespace belongs to the part.
    pub fn has_namespace(self, namespace: &str) -> bool {
        self.has_shard(shard_of(namespace, self.shards))
    }

    /// Whether a file belongs to the part that is no namespace's, from its path below the output folder.
    pub fn has_file(self, path: &str) -> bool {
        let folder = layout::folder_of(path).split('/').next().unwrap_or_default();
        self.has_shard(layout::shard_of_folder(folder, self.shards).unwrap_or(0))
    }

    /// Whether the part has nothing of the cluster.
    pub fn is_empty(self) -> bool {
        !(0..self.shards.max(1)).any(|shard| self.has_shard(shard))
    }

    fn has_shard(self, shard: u16) -> bool {
        self.part.takes(self.first + usize::from(shard))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_written_as_fractions() {
        let part: Part = "2/4".parse().unwrap();
        assert_eq!((part, part.to_string()), (Part { number: 2, of: 4 }, "2/4".to_owned()));
        assert_eq!("1/1".parse(), Ok(Part::WHOLE));
        for wrong in
            ["", "2", "/", "2/", "/2", "0/4", "5/4", "1/0", "+1/4", "1/4097", "1/70000", "1/2/3", " 1/2", "1 / 2"]
        {
            assert!(wrong.parse::<Part>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_file_belongs_to_one_part() {
        let paths =
            ["c/shard-00/.tenantry-shard", "c/shard-03/kustomization.yaml", "c/shard-ff/x.json", "c/gitops/a.yaml"];
        for of in [1, 2, 3, 5, 9] {
            let shares = || (1..=of).map(|number| Share::new(Part { number, of }, 2, 4));
            for path in paths {
                assert_eq!(shares().filter(|share| share.has_file(path)).count(), 1, "{path} of {of}");
            }
            assert_eq!(shares().filter(|share| share.has_namespace("vision")).count(), 1);
            assert_eq!(shares().filter(|share| share.is_empty()).count(), usize::from(of.saturating_sub(4)));
        }
        let third = Share::new(Part { number: 3, of: 4 }, 2, 4);
        assert!(third.has_file(paths[0]) && third.has_file(paths[2]) && third.has_file(paths[3]));
        assert!(!third.has_file(paths[1]));
    }
}
