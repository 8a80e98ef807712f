//! How the protocol's values are written down. The protocol doesn't know any format: the codec provides one.

use bytes::Bytes;

use super::{BloomFilter, Dialect, FilterError, Message, ReceivedFilter, StoredMessage};

/// A format for messages at rest and for bloom filters.
pub trait Format {
    /// The form in which a message is kept, the same for all dialects: without bloom filter and repair requests.
    fn store(&self, message: &Message) -> StoredMessage;

    /// The bytes with which a message that is kept is broadcast again: with our filter, or without any.
    fn rebroadcast(&self, dialect: Dialect, stored: &Bytes, filter: Option<Bytes>) -> Bytes;

    /// Serializes our own filter for an outgoing message.
    fn write_filter(&self, dialect: Dialect, filter: &BloomFilter) -> Bytes;

    /// Reads a filter that came in a message of this dialect, without copying it.
    ///
    /// # Errors
    /// When the bytes are no filter, or one whose parameters don't agree with each other.
    fn read_filter(&self, dialect: Dialect, bytes: &Bytes) -> Result<ReceivedFilter, FilterError>;
}
