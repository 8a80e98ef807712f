//! How the protocol's values are written down. The protocol doesn't know any format: the codec provides one.

use bytes::Bytes;

use super::{BloomFilter, FilterError, Message, ReceivedFilter, StoredMessage};

/// A format for messages at rest and for bloom filters.
pub trait Format {
    /// The form in which a message is kept: without bloom filter and repair requests.
    fn store(&self, message: &Message) -> StoredMessage;

    /// Serializes our own filter for an outgoing message.
    fn write_filter(&self, filter: &BloomFilter) -> Bytes;

    /// Reads a received filter without copying it.
    ///
    /// # Errors
    /// When the bytes are no filter, or one whose parameters don't agree with each other.
    fn read_filter(&self, bytes: &Bytes) -> Result<ReceivedFilter, FilterError>;
}
