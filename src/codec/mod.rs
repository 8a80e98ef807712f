//! The bytes on the wire and at rest, in the format of nim-sds, by protobuf.
//!
//! - [`wire`]: messages as they travel, and as they are kept.
//! - [`snapshot`]: the state of a channel, for the manager.
//! - [`meta`]: the same bytes as plain values that hide nothing, for tools.
//!
//! Decoders are total: whatever the bytes, the answer is a value or an error that says what is wrong.

#[cfg(all(test, not(target_arch = "wasm32")))]
mod arbitrary;
mod filter;
pub mod meta;
mod records;
pub mod snapshot;
mod strict;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
pub mod wire;
mod writer;

use bytes::Bytes;

use crate::protocol::{BloomFilter, FilterError, Format, Message, ReceivedFilter, StoredMessage};

/// The format of nim-sds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NimSds;

impl Format for NimSds {
    fn store(&self, message: &Message) -> StoredMessage {
        wire::store(message)
    }

    fn write_filter(&self, filter: &BloomFilter) -> Bytes {
        filter::write(filter)
    }

    fn read_filter(&self, bytes: &Bytes) -> Result<ReceivedFilter, FilterError> {
        filter::read(bytes)
    }
}
