//! Hashes of ids and names. Each dialect has its own; what is computed from them is the same.

mod nim_sds;
mod rfc;

use super::Dialect;

pub use nim_sds::hash as farm_hash;

/// What a bloom filter appends to an id to get a second hash of it.
const SECOND: &str = " b";

/// The hash that spreads repair requests and responses, of one text followed by another.
pub(super) fn spread(dialect: Dialect, first: &str, second: &str) -> u64 {
    match dialect {
        Dialect::NimSds => nim_sds::hash(first, second).unsigned_abs(),
        Dialect::Rfc => rfc::sha(first, second),
    }
}

/// How far two texts are apart: the xor of their hashes.
pub(super) fn distance(dialect: Dialect, one: &str, other: &str) -> u64 {
    match dialect {
        // nim-sds takes the magnitude of the signed xor.
        Dialect::NimSds => (nim_sds::hash(one, "") ^ nim_sds::hash(other, "")).unsigned_abs(),
        Dialect::Rfc => rfc::sha(one, "") ^ rfc::sha(other, ""),
    }
}

/// All that a bloom filter needs to know of an id: the magnitudes of two hashes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdHash {
    a: u64,
    b: u64,
}

impl IdHash {
    /// Hashes an id for the filters of a dialect. The only expensive step: everything else is derived from the result.
    pub fn of(dialect: Dialect, id: &str) -> Self {
        let magnitude = |suffix| match dialect {
            Dialect::NimSds => nim_sds::hash(id, suffix).unsigned_abs(),
            Dialect::Rfc => rfc::murmur(id, suffix).unsigned_abs().into(),
        };
        Self { a: magnitude(""), b: magnitude(SECOND) }
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

/// The hashes of an id in both dialects: a filter of either may be asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct IdHashes {
    nim_sds: IdHash,
    rfc: IdHash,
}

impl IdHashes {
    pub fn of(id: &str) -> Self {
        Self { nim_sds: IdHash::of(Dialect::NimSds, id), rfc: IdHash::of(Dialect::Rfc, id) }
    }

    pub fn in_dialect(self, dialect: Dialect) -> IdHash {
        match dialect {
            Dialect::NimSds => self.nim_sds,
            Dialect::Rfc => self.rfc,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_follow_the_formula_for_every_size() {
        for dialect in [Dialect::NimSds, Dialect::Rfc] {
            let id = IdHash::of(dialect, "m1");
            for m in [1, 2, 63, 64, 1000, 150_000, u64::MAX] {
                let (a, b) = (u128::from(id.a % m), u128::from(id.b % m));
                for (j, position) in (0..).zip(id.positions(64, m)) {
                    assert_eq!(u128::from(position), (a + j * b) % u128::from(m), "{j} {m}");
                }
                assert_eq!(id.positions(64, m).count(), 64);
            }
            assert_eq!(id.positions(10, 0).count(), 0);
        }
    }
}
