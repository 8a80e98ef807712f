//! The string hash of nim-sds: FarmHash NA 64, also known as Fingerprint64, unseeded, over the UTF-8 bytes.

/// What a bloom filter appends to an id to get a second hash of it.
const SECOND: &str = " b";

/// Texts up to this length are joined on the stack.
const STACK: usize = 256;

/// The hash of a text, as the signed integer that nim-sds computes with.
pub fn hash(text: &str) -> i64 {
    hash_bytes(text.as_bytes())
}

/// The hash of one text followed by another.
pub(crate) fn hash_joined(first: &str, second: &str) -> i64 {
    let mut stack = [0; STACK];
    let Some(joined) = stack.get_mut(..first.len().saturating_add(second.len())) else {
        return hash_bytes(&[first.as_bytes(), second.as_bytes()].concat());
    };
    if let Some((head, tail)) = joined.split_at_mut_checked(first.len()) {
        head.copy_from_slice(first.as_bytes());
        tail.copy_from_slice(second.as_bytes());
    }
    hash_bytes(joined)
}

fn hash_bytes(bytes: &[u8]) -> i64 {
    farmhash::fingerprint64(bytes) as i64
}

/// All that a bloom filter needs to know of an id: the magnitudes of two hashes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdHash {
    a: u64,
    b: u64,
}

impl IdHash {
    /// Hashes an id. The only expensive step: everything else is derived from the result.
    pub fn of(id: &str) -> Self {
        Self { a: hash(id).unsigned_abs(), b: hash_joined(id, SECOND).unsigned_abs() }
    }

    /// The `k` positions of the id in a filter of `m` bits (double hashing): `(a + j * b) mod m` for j from 0,
    /// with a and b reduced first, as in nim-sds. All positions are below `m`; none exist if `m` is 0.
    pub fn positions(self, k: u64, m: u64) -> impl Iterator<Item = u64> {
        let start = self.a.checked_rem(m);
        let step = self.b.checked_rem(m).unwrap_or(0);
        // What is left to the end of the filter after a step back from it: never overflows, as step < m.
        let wrap = m.wrapping_sub(step);
        let next =
            move |at: &u64| Some(if *at >= wrap { at.wrapping_sub(wrap) } else { at.wrapping_add(step) });
        std::iter::successors(start, next).take(usize::try_from(k).unwrap_or(usize::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joining_on_the_stack_and_on_the_heap_agree_with_joining_first() {
        for length in [0, 1, STACK - 3, STACK - 2, STACK - 1, STACK, 1000] {
            let text = "é".repeat(length / 2) + &"x".repeat(length % 2);
            assert_eq!(hash_joined(&text, " b"), hash(&format!("{text} b")), "{length}");
        }
    }

    #[test]
    fn positions_follow_the_formula_for_every_size() {
        let id = IdHash::of("m1");
        for m in [1, 2, 63, 64, 1000, 150_000, u64::MAX] {
            let (a, b) = (u128::from(id.a % m), u128::from(id.b % m));
            for (j, position) in (0..).zip(id.positions(64, m)) {
                assert_eq!(u128::from(position), (a + j * b) % u128::from(m), "{j} {m}");
            }
            assert_eq!(id.positions(64, m).count(), 64);
        }
        assert_eq!(IdHash::of("m1").positions(10, 0).count(), 0);
    }
}
