//! Bloom filters: our own rolling summary of known message ids, and those that others send.

use std::collections::VecDeque;

use bytes::Bytes;

use super::{Config, Dialect, IdHash};

/// The most bits a filter may have: 512 MiB, far above what fits into a message.
const MAX_BITS: u64 = 1 << 32;

/// The most positions per id that a received filter may ask for. nim-sds uses 10 at the default error rate.
const MAX_HASHES: u64 = 64;

/// The bytes of a filter of `m` bits: nim-sds keeps 1 + m / 64 words of 64 bits.
fn byte_length(m: u64) -> u64 {
    (m / 64).saturating_add(1).saturating_mul(8)
}

/// Where a position is in words of 64 bits, seen as bytes: the index of the byte, and the bit in it. Words are
/// little-endian in nim-sds and in memory, big-endian in @waku/sds.
fn locate(order: Dialect, position: u64) -> (usize, u8) {
    let byte = match order {
        Dialect::NimSds => position / 8,
        // The last byte of a word comes first.
        Dialect::Rfc => (position / 8) ^ 7,
    };
    // Too large only where no byte array is that long either.
    (usize::try_from(byte).unwrap_or(usize::MAX), 1 << (position % 8))
}

/// Whether all bits of an id are set.
fn contains(order: Dialect, bits: &[u8], k: u64, m: u64, id: IdHash) -> bool {
    id.positions(k, m).all(|position| {
        let (index, bit) = locate(order, position);
        bits.get(index).is_some_and(|byte| byte & bit != 0)
    })
}

/// A filter that ids can be added to. Never says no to an id that was added; says yes to others at about its error
/// rate, once it holds as many ids as it has capacity for.
#[derive(Debug, Clone, PartialEq)]
pub struct BloomFilter {
    capacity: usize,
    error_rate: f64,
    k: u64,
    m: u64,
    bits: Vec<u8>,
}

impl BloomFilter {
    /// An empty filter for `capacity` ids. Sizes as in nim-sds: `b = ceil(-ln p / ln² 2)` bits per id, `m = n * b`
    /// bits, `k = round(b * ln 2)` positions per id. A capacity of 0 or an error rate that is not between 0 and 1
    /// is replaced by the default of [`Config`].
    pub fn new(capacity: usize, error_rate: f64) -> Self {
        let (capacity, error_rate) = sane(capacity, error_rate);
        let ln2 = std::f64::consts::LN_2;
        let bits_per_id = (-error_rate.ln() / (ln2 * ln2)).ceil();
        let m = (capacity as u64).saturating_mul(bits_per_id as u64).min(MAX_BITS);
        Self {
            capacity,
            error_rate,
            k: (bits_per_id * ln2).round() as u64,
            m,
            bits: vec![0; usize::try_from(byte_length(m)).unwrap_or(0)],
        }
    }

    /// Adds an id.
    pub fn insert(&mut self, id: IdHash) {
        for (index, bit) in id.positions(self.k, self.m).map(|at| locate(Dialect::NimSds, at)) {
            if let Some(byte) = self.bits.get_mut(index) {
                *byte |= bit;
            }
        }
    }

    /// Whether the id was added, or looks as if.
    pub fn contains(&self, id: IdHash) -> bool {
        contains(Dialect::NimSds, &self.bits, self.k, self.m, id)
    }

    /// The number of ids the filter is sized for.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// The rate of false positives when filled to capacity.
    pub fn error_rate(&self) -> f64 {
        self.error_rate
    }

    /// Positions per id.
    pub fn k(&self) -> u64 {
        self.k
    }

    /// Size in bits.
    pub fn m(&self) -> u64 {
        self.m
    }

    /// The bits as little-endian words, that is, bit `i` is bit `i % 8` of byte `i / 8`.
    pub fn bits(&self) -> &[u8] {
        &self.bits
    }
}

/// What nim-sds makes of parameters that no filter can have.
fn sane(mut capacity: usize, mut error_rate: f64) -> (usize, f64) {
    let default = Config::default();
    if capacity == 0 {
        capacity = default.bloom_filter_capacity;
    }
    let possible = error_rate > 0.0 && error_rate < 1.0;
    if !possible {
        error_rate = default.bloom_filter_error_rate;
    }
    (capacity, error_rate)
}

/// A bloom filter that forgets: past 1.2 times its capacity it is built anew from the newest 0.8 times its capacity
/// ids (SDS, section "Bloom Filter Management"; numbers of nim-sds). It remembers the hashes of ids, not the ids, so
/// that nothing is hashed twice.
#[derive(Debug, Clone)]
pub struct RollingBloomFilter {
    least: usize,
    most: usize,
    /// The capacity after it has rolled.
    rolled: usize,
    filter: BloomFilter,
    newest: VecDeque<IdHash>,
}

impl RollingBloomFilter {
    /// An empty filter. See [`BloomFilter::new`] for parameters that make no sense.
    pub fn new(dialect: Dialect, capacity: usize, error_rate: f64) -> Self {
        let filter = BloomFilter::new(capacity, error_rate);
        // Rounded down, as in nim-sds.
        let part = |share: f64| (filter.capacity() as f64 * share) as usize;
        let most = part(1.2);
        Self {
            least: part(0.8),
            most,
            rolled: match dialect {
                // Sized for what it may hold before it rolls again: larger than the first one.
                Dialect::NimSds => most,
                // Its size is agreed on.
                Dialect::Rfc => filter.capacity(),
            },
            filter,
            newest: VecDeque::new(),
        }
    }

    /// Adds an id. Add each id once: a second time takes up room like another id.
    pub fn add(&mut self, id: IdHash) {
        self.filter.insert(id);
        self.newest.push_back(id);
        if self.newest.len() > self.most {
            self.roll();
        }
    }

    /// Whether the id was added and not forgotten, or looks as if.
    pub fn contains(&self, id: IdHash) -> bool {
        self.filter.contains(id)
    }

    /// How many ids are remembered.
    pub fn len(&self) -> usize {
        self.newest.len()
    }

    /// Whether no id is remembered.
    pub fn is_empty(&self) -> bool {
        self.newest.is_empty()
    }

    /// The filter as it is now.
    pub fn filter(&self) -> &BloomFilter {
        &self.filter
    }

    fn roll(&mut self) {
        while self.newest.len() > self.least {
            self.newest.pop_front();
        }
        self.filter = BloomFilter::new(self.rolled, self.filter.error_rate());
        for id in &self.newest {
            self.filter.insert(*id);
        }
    }
}

/// Why bytes are not a bloom filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// A parameter that a filter can't have, or that we refuse to compute with.
    #[error("bloom filter: {name} is {value}, must be from 1 to {max}")]
    Parameter {
        /// The parameter's name in nim-sds.
        name: &'static str,
        value: u64,
        max: u64,
    },
    /// The number of bytes doesn't fit the number of bits.
    #[error("bloom filter: {found} bytes for {m} bits, must be {expected} bytes")]
    Length { found: usize, expected: u64, m: u64 },
    /// The bytes around the filter can't be read.
    #[error("bloom filter: {0}")]
    Format(String),
}

/// A filter that somebody sent, checked so that it can be asked safely. Shares the bytes it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedFilter {
    dialect: Dialect,
    bits: Bytes,
    k: u64,
    m: u64,
}

impl ReceivedFilter {
    /// A filter of `m` bits with `k` positions per id, in the dialect's words.
    ///
    /// # Errors
    /// When `k` or `m` is 0 or too large, or the length doesn't fit `m`. nim-sds takes some of these, and a lookup
    /// ends its process.
    pub fn new(dialect: Dialect, bits: Bytes, k: u64, m: u64) -> Result<Self, FilterError> {
        in_range("kHashes", k, MAX_HASHES)?;
        in_range("mBits", m, MAX_BITS)?;
        let (found, expected) = (bits.len(), byte_length(m));
        if u64::try_from(found) != Ok(expected) {
            return Err(FilterError::Length { found, expected, m });
        }
        Ok(Self { dialect, bits, k, m })
    }

    /// Whether the sender knows the id, hashed in the filter's dialect, or it looks as if.
    pub fn contains(&self, id: IdHash) -> bool {
        contains(self.dialect, &self.bits, self.k, self.m, id)
    }

    /// Whose filter it is: how ids must be hashed for it.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Positions per id.
    pub fn k(&self) -> u64 {
        self.k
    }

    /// Size in bits.
    pub fn m(&self) -> u64 {
        self.m
    }
}

fn in_range(name: &'static str, value: u64, max: u64) -> Result<(), FilterError> {
    if (1..=max).contains(&value) {
        return Ok(());
    }
    Err(FilterError::Parameter { name, value, max })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_filters_whose_parameters_agree_are_taken() {
        let bits = |length| Bytes::from(vec![0xff; length]);
        for (length, k, m) in [(8, 10, 45), (8, 1, 1), (8, 64, 63), (16, 1, 64), (18_752, 10, 150_000)] {
            let filter = ReceivedFilter::new(Dialect::NimSds, bits(length), k, m).unwrap();
            assert!(filter.contains(IdHash::of(Dialect::NimSds, "anything")));
            for wrong in [0, length - 1, length + 1, length + 8] {
                assert!(ReceivedFilter::new(Dialect::NimSds, bits(wrong), k, m).is_err(), "{wrong} {m}");
            }
        }
        let refused = |k, m| ReceivedFilter::new(Dialect::NimSds, bits(8), k, m).unwrap_err().to_string();
        assert_eq!(refused(0, 45), "bloom filter: kHashes is 0, must be from 1 to 64");
        assert_eq!(refused(65, 45), "bloom filter: kHashes is 65, must be from 1 to 64");
        assert_eq!(refused(10, 0), "bloom filter: mBits is 0, must be from 1 to 4294967296");
        assert!(refused(10, u64::MAX).starts_with("bloom filter: mBits is 18446744073709551615"));
        assert_eq!(refused(10, 64), "bloom filter: 8 bytes for 64 bits, must be 16 bytes");
    }

    #[test]
    fn a_received_filter_shares_its_bytes_and_answers_like_the_original() {
        let mut ours = BloomFilter::new(100, 0.01);
        ours.insert(IdHash::of(Dialect::NimSds, "m1"));
        let bytes = Bytes::copy_from_slice(ours.bits());
        let received = ReceivedFilter::new(Dialect::NimSds, bytes.clone(), ours.k(), ours.m()).unwrap();
        assert_eq!(received.bits.as_ptr(), bytes.as_ptr());
        for id in (0..100).map(|i| IdHash::of(Dialect::NimSds, &format!("m{i}"))) {
            assert_eq!(received.contains(id), ours.contains(id));
        }
    }

    #[test]
    fn a_filter_that_has_rolled_keeps_the_size_that_was_agreed_on() {
        for (dialect, capacity) in [(Dialect::NimSds, 12), (Dialect::Rfc, 10)] {
            let mut rolling = RollingBloomFilter::new(dialect, 10, 0.001);
            (0..13).for_each(|id: u32| rolling.add(IdHash::of(dialect, &id.to_string())));
            assert_eq!((rolling.len(), rolling.filter().capacity()), (8, capacity));
        }
    }

    #[test]
    fn parameters_that_make_no_sense_become_the_defaults() {
        for rate in [0.0, -1.0, 1.0, 2.0, f64::NAN, f64::INFINITY] {
            let filter = BloomFilter::new(0, rate);
            assert_eq!((filter.capacity(), filter.error_rate()), (10_000, 0.001), "{rate}");
        }
    }
}
