//! Choices as a list of numbers, so that shrinking the numbers shrinks what is made of them.
//!
//! Zero is always the simplest choice, and an exhausted tape gives zeros (or, for matters of style, random numbers).

/// A list of choices that is read once.
pub struct Tape {
    values: Vec<u16>,
    at: usize,
    state: u64,
}

impl Tape {
    /// The choices of these numbers, then zeros.
    pub fn new(values: &[u16]) -> Self {
        Tape { values: values.to_vec(), at: 0, state: 0 }
    }

    /// Endless choices. Those of the seed 0 are all zero.
    pub fn endless(seed: u64) -> Self {
        Tape { values: Vec::new(), at: 0, state: seed }
    }

    fn next(&mut self) -> u64 {
        if let Some(&value) = self.values.get(self.at) {
            self.at += 1;
            return value.into();
        }
        if self.state == 0 {
            return 0;
        }
        // SplitMix64: good enough to pick a file name.
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15).max(1);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    /// Yes, once in `odds` times.
    pub fn rarely(&mut self, odds: usize) -> bool {
        self.below(odds) == odds - 1
    }

    /// One of some things; the first is the simplest.
    pub fn pick<T: Clone>(&mut self, things: &[T]) -> T {
        things[self.below(things.len())].clone()
    }

    /// Some of some things, in their order, at most `limit`.
    pub fn some<T: Clone>(&mut self, things: &[T], limit: usize) -> Vec<T> {
        let mut chosen: Vec<usize> = (0..self.below(limit + 1)).map(|_| self.below(things.len())).collect();
        chosen.sort_unstable();
        chosen.dedup();
        chosen.into_iter().filter_map(|at| things.get(at).cloned()).collect()
    }

    /// Another order; that of an exhausted tape is the old one.
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for at in (1..things.len()).rev() {
            let other = at - self.below(at + 1);
            things.swap(at, other);
        }
    }
}
