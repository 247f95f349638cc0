//! Chance: everything that a world draws comes from its seed.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

/// One stream of draws.
#[derive(Debug)]
pub struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream of a seed for one purpose, so that more draws of one kind do not move those of another.
    #[must_use]
    pub fn new(seed: u64, purpose: &str) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("jangkau simulator chance");
        hasher
            .update(&seed.to_be_bytes())
            .update(purpose.as_bytes());
        Self(ChaCha8Rng::from_seed(*hasher.finalize().as_bytes()))
    }

    /// The generator itself, for what takes its entropy as an argument.
    pub const fn rng(&mut self) -> &mut ChaCha8Rng {
        &mut self.0
    }

    /// A number below `end`; 0 when there is none.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 {
            return 0;
        }
        // The bias is far below anything that a simulation could notice.
        (self.0.next_u64() % end as u64) as usize
    }

    /// A number from `low` up to and including `high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = high.saturating_sub(low).max(0) as u64;
        low.saturating_add((self.0.next_u64() % (span + 1)) as i64)
    }

    /// True in so many of a thousand cases.
    pub fn per_mille(&mut self, share: u32) -> bool {
        self.below(1_000) < share as usize
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    /// An index, each with its weight; none when all weigh nothing.
    pub fn weighted(&mut self, weights: &[u32]) -> Option<usize> {
        let total: u32 = weights.iter().sum();
        let mut drawn = self.below(total as usize) as u32;
        for (index, weight) in weights.iter().enumerate() {
            if drawn < *weight {
                return Some(index);
            }
            drawn -= weight;
        }
        None
    }

    /// Some bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}
