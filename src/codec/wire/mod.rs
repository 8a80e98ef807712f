//! Messages as they travel, in the form of either dialect, and as they are kept, in the form of nim-sds.

mod layout;
mod read;
mod write;

use bytes::Bytes;

use self::layout::{CHANNEL, CONTENT, Layout, NIM_SDS};
use super::strict::{self, Value, refuse};
use crate::protocol::{Dialect, Error, HistoryEntry, MAX_HINT, MAX_ID, Message, StoredMessage};

pub use self::layout::{MAX_CAUSAL_HISTORY, MAX_REPAIR_REQUESTS};
pub(super) use self::{
    read::{entry, signed, text},
    write::entry as write_entry,
};

/// The largest message that is decoded, in bytes (8 MiB): the largest content with room for everything else.
pub const MAX_MESSAGE: usize = 8 * 1024 * 1024;

/// Encodes a message to be broadcast, in its dialect.
pub fn encode(message: &Message) -> Bytes {
    let filter = message.bloom_filter.as_deref().unwrap_or_default();
    let clock = message.lamport_timestamp;
    write::message(Layout::of(message.dialect), message, clock, filter, &message.repair_request)
}

/// Encodes a message to be kept. It must have a clock; one that has none is kept with 0.
pub(super) fn store(message: &Message) -> StoredMessage {
    let lamport_timestamp = message.lamport_timestamp.unwrap_or_default();
    StoredMessage {
        message_id: message.message_id.clone(),
        sender_id: message.sender_id.clone(),
        lamport_timestamp,
        bytes: write::message(&NIM_SDS, message, Some(lamport_timestamp), &[], &[]),
    }
}

/// Decodes a received message of either dialect. Content and bloom filter are not copied: they keep `bytes` alive.
///
/// A missing content is empty, a missing filter is none, and a missing clock marks an ephemeral message. A clock up
/// to 2^63 - 1 is taken: how far it may be ahead is for the channel to judge.
///
/// # Errors
/// `Deserialization` for everything that isn't a message, and for one that is over a limit. nim-sds is more lenient
/// with optional fields of a wrong type and with ids that are not UTF-8; a clock from 2^63 on ends its process.
pub fn decode(bytes: Bytes) -> Result<Message, Error> {
    limit("message", bytes.len(), MAX_MESSAGE)?;
    let message = read::message(Layout::recognize(&bytes), &bytes)?;
    check_ids(&message)?;
    Ok(message)
}

/// The limits of what others may name: it is kept, and repeated in our own messages.
fn check_ids(message: &Message) -> Result<(), Error> {
    limit("message.messageId", message.message_id.as_str().len(), MAX_ID)?;
    limit("message.channelId", message.channel_id.as_str().len(), MAX_ID)?;
    limit("message.senderId", message.sender_id.as_str().len(), MAX_ID)?;
    for entry in message.causal_history.iter().chain(&message.repair_request) {
        limit("historyEntry.messageId", entry.message_id.as_str().len(), MAX_ID)?;
        limit("historyEntry.senderId", entry.sender_id.as_str().len(), MAX_ID)?;
        limit("historyEntry.retrievalHint", entry.retrieval_hint.len(), MAX_HINT)?;
    }
    Ok(())
}

fn limit(place: &str, size: usize, most: usize) -> Result<(), Error> {
    if size > most {
        return Err(refuse(place, &format!("{size} bytes, the limit is {most}")));
    }
    Ok(())
}

/// Decodes a message that was kept, by us or by nim-sds, to the form in which we keep it, and its causal history.
///
/// # Errors
/// As [`decode`], and for a message without a clock: ephemeral messages are not kept.
pub fn decode_stored(bytes: &Bytes) -> Result<(StoredMessage, Vec<HistoryEntry>), Error> {
    let message = decode_at_rest(bytes)?;
    Ok((store(&message), message.causal_history))
}

/// Decodes a message that was kept, with all that came with it.
pub(crate) fn decode_at_rest(bytes: &Bytes) -> Result<Message, Error> {
    let message = read::message(&NIM_SDS, bytes)?;
    if message.lamport_timestamp.is_none() {
        return Err(refuse("message.lamportTimestamp", "is missing"));
    }
    Ok(message)
}

pub(super) fn rebroadcast(dialect: Dialect, stored: &Bytes, filter: Option<Bytes>) -> Bytes {
    if dialect == Dialect::NimSds && filter.is_none() {
        return stored.clone();
    }
    match read::message(&NIM_SDS, stored) {
        Ok(message) => encode(&Message { dialect, bloom_filter: filter, ..message }),
        // Never so: these bytes are ours, or were read before.
        Err(_) => stored.clone(),
    }
}

/// The content of a message that is kept. Nothing else is parsed, nothing is copied.
pub fn content_of(stored: &StoredMessage) -> Bytes {
    field_of(stored, CONTENT)
}

/// The id of the channel that a message that is kept belongs to, as UTF-8. Nothing is copied.
pub fn channel_of(stored: &StoredMessage) -> Bytes {
    field_of(stored, CHANNEL)
}

fn field_of(stored: &StoredMessage, wanted: u32) -> Bytes {
    let values = strict::fields(&stored.bytes).filter_map(|field| match field {
        Ok((number, Value::Bytes(value))) if number == wanted => Some(value),
        _ => None,
    });
    values.last().map(|value| stored.bytes.slice_ref(value)).unwrap_or_default()
}
