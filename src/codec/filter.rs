//! Bloom filters inside of messages: in nim-sds with the parameters they were made with, in @waku/sds their words alone.

use bytes::Bytes;

use super::{
    strict::{self, Field, Schema, Value},
    writer,
};
use crate::protocol::{BloomFilter, Dialect, FilterError, ReceivedFilter};

static FILTER: Schema = Schema {
    name: "bloomFilter",
    fields: &[
        Field::bytes(1, "words"),
        Field::number(2, "capacity"),
        // In millionths.
        Field::number(3, "errorRate"),
        Field::number(4, "kHashes"),
        Field::number(5, "mBits"),
    ],
};

/// What the numbers and the tags take at most.
const HEADER: usize = 64;

pub(super) fn write(filter: &BloomFilter) -> Bytes {
    let mut out = Vec::with_capacity(filter.bits().len().saturating_add(HEADER));
    writer::bytes(&mut out, 1, filter.bits());
    writer::number(&mut out, 2, filter.capacity() as u64);
    writer::number(&mut out, 3, (filter.error_rate() * 1e6) as u64);
    writer::number(&mut out, 4, filter.k());
    writer::number(&mut out, 5, filter.m());
    out.into()
}

pub(super) fn read(bytes: &Bytes) -> Result<ReceivedFilter, FilterError> {
    let (mut words, mut k, mut m) = (None, 0, 0);
    let walked = strict::walk(bytes, &FILTER, &mut |index, value| {
        match (index, value) {
            (0, Value::Bytes(value)) => words = Some(value),
            // Capacity and error rate don't matter to a lookup.
            (3, Value::Number(value)) => k = value,
            (4, Value::Number(value)) => m = value,
            _ => (),
        }
        Ok(())
    });
    walked.map_err(|error| FilterError::Format(error.to_string()))?;
    let Some(words) = words else {
        return Err(FilterError::Format("words are missing".into()));
    };
    // Missing numbers are 0, which is refused.
    ReceivedFilter::new(Dialect::NimSds, bytes.slice_ref(words), k, m)
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
