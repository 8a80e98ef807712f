//! Bloom filters inside of messages: in nim-sds with the parameters they were made with, in @waku/sds their words alone.

use bytes::Bytes;
use prost::Message as _;

use super::strict::{self, Field, Schema};
use crate::protocol::{BloomFilter, Dialect, FilterError, ReceivedFilter};

#[derive(Clone, PartialEq, prost::Message)]
struct Filter {
    #[prost(bytes = "bytes", optional, tag = "1")]
    words: Option<Bytes>,
    #[prost(uint64, optional, tag = "2")]
    capacity: Option<u64>,
    /// In millionths.
    #[prost(uint64, optional, tag = "3")]
    error_rate: Option<u64>,
    #[prost(uint64, optional, tag = "4")]
    k: Option<u64>,
    #[prost(uint64, optional, tag = "5")]
    m: Option<u64>,
}

static FILTER: Schema = Schema {
    name: "bloomFilter",
    fields: &[
        Field::bytes(1, "words"),
        Field::number(2, "capacity"),
        Field::number(3, "errorRate"),
        Field::number(4, "kHashes"),
        Field::number(5, "mBits"),
    ],
};

pub(super) fn write(filter: &BloomFilter) -> Bytes {
    let record = Filter {
        words: Some(Bytes::copy_from_slice(filter.bits())),
        capacity: Some(filter.capacity() as u64),
        error_rate: Some((filter.error_rate() * 1e6) as u64),
        k: Some(filter.k()),
        m: Some(filter.m()),
    };
    record.encode_to_vec().into()
}

pub(super) fn read(bytes: &Bytes) -> Result<ReceivedFilter, FilterError> {
    strict::check(bytes, &FILTER).map_err(|error| FilterError::Format(error.to_string()))?;
    // From a clone of the bytes, not of what is in them: the words stay where they are.
    let record = Filter::decode(bytes.clone()).map_err(|error| FilterError::Format(error.to_string()))?;
    let Some(words) = record.words else {
        return Err(FilterError::Format("words are missing".into()));
    };
    // Capacity and error rate don't matter to a lookup. Missing numbers are 0, which is refused.
    ReceivedFilter::new(Dialect::NimSds, words, record.k.unwrap_or(0), record.m.unwrap_or(0))
}

/// The parameters that all of @waku/sds agree on, those of the default configuration: positions per id, and bits.
const AGREED: (u64, u64) = (10, 150_000);

pub(super) fn write_words(filter: &BloomFilter) -> Bytes {
    let mut words = filter.bits().to_vec();
    words.chunks_exact_mut(8).for_each(<[u8]>::reverse);
    words.into()
}

pub(super) fn read_words(bytes: &Bytes) -> Result<ReceivedFilter, FilterError> {
    let (k, m) = AGREED;
    ReceivedFilter::new(Dialect::Rfc, bytes.clone(), k, m)
}
