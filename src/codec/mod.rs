//! The bytes on the wire, in the form of either dialect, and at rest, in that of nim-sds; by protobuf.
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
pub(crate) mod records;
pub mod snapshot;
mod strict;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
pub mod wire;
pub(crate) mod writer;

use bytes::Bytes;

use crate::protocol::{BloomFilter, Dialect, FilterError, Format, Message, ReceivedFilter, StoredMessage};

/// How everything is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Protobuf;

impl Format for Protobuf {
    fn store(&self, message: &Message) -> StoredMessage {
        wire::store(message)
    }

    fn rebroadcast(&self, dialect: Dialect, stored: &Bytes, filter: Option<Bytes>) -> Bytes {
        wire::rebroadcast(dialect, stored, filter)
    }

    fn write_filter(&self, dialect: Dialect, filter: &BloomFilter) -> Bytes {
        match dialect {
            Dialect::NimSds => filter::write(filter),
            Dialect::Rfc => filter::write_words(filter),
        }
    }

    fn read_filter(&self, dialect: Dialect, bytes: &Bytes) -> Result<ReceivedFilter, FilterError> {
        match dialect {
            Dialect::NimSds => filter::read(bytes),
            Dialect::Rfc => filter::read_words(bytes),
        }
    }
}
