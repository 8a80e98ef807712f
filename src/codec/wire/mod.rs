//! Messages as they travel, in the form of either dialect, and as they are kept, in the form of nim-sds.

mod nim_sds;
mod rfc;

use bytes::Bytes;
use prost::Message as _;

use self::nim_sds::{CHANNEL, CONTENT, without_filter_and_requests};
use super::strict::{self, Field, Schema, Value, refuse};
use crate::protocol::{Dialect, Error, HistoryEntry, MAX_CONTENT, MAX_HINT, MAX_ID, Message, StoredMessage};

/// The largest message that is decoded, in bytes (8 MiB): the largest content with room for everything else.
pub const MAX_MESSAGE: usize = 8 * 1024 * 1024;

/// The most entries that the causal history of a decoded message may have.
pub const MAX_CAUSAL_HISTORY: usize = 1000;

/// The most repair requests that a decoded message may have.
pub const MAX_REPAIR_REQUESTS: usize = 1000;

// Ids are bytes here, not strings: so they are neither copied before they are checked nor checked without being
// named in the error.

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct WireEntry {
    #[prost(bytes = "bytes", optional, tag = "1")]
    message_id: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "2")]
    retrieval_hint: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "3")]
    sender_id: Option<Bytes>,
}

pub(super) static ENTRY: Schema = Schema {
    name: "historyEntry",
    fields: &[Field::bytes(1, "messageId"), Field::bytes(2, "retrievalHint"), Field::bytes(3, "senderId")],
};

/// Encodes a message to be broadcast, in its dialect.
pub fn encode(message: &Message) -> Bytes {
    let encoded = match message.dialect {
        Dialect::NimSds => nim_sds::WireMessage::from(message).encode_to_vec(),
        Dialect::Rfc => rfc::WireMessage::from(message).encode_to_vec(),
    };
    encoded.into()
}

/// Encodes a message to be kept. It must have a clock; one that has none is kept with 0.
pub(super) fn store(message: &Message) -> StoredMessage {
    let mut wire = without_filter_and_requests(message);
    wire.lamport_timestamp.get_or_insert_default();
    keep(message, wire.encode_to_vec().into())
}

fn keep(message: &Message, bytes: Bytes) -> StoredMessage {
    StoredMessage {
        message_id: message.message_id.clone(),
        sender_id: message.sender_id.clone(),
        lamport_timestamp: message.lamport_timestamp.unwrap_or_default(),
        bytes,
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
    let size = bytes.len();
    if size > MAX_MESSAGE {
        return Err(refuse("message", &format!("{size} bytes, the limit is {MAX_MESSAGE}")));
    }
    let message = if rfc::recognize(&bytes) {
        rfc::parse(bytes).and_then(Message::try_from)?
    } else {
        nim_sds::parse(bytes).and_then(Message::try_from)?
    };
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

/// Decodes a message that was kept, and its causal history. The result shares `bytes` if these are in the form in
/// which we keep messages: with a bloom filter, repair requests or unknown fields they are encoded anew.
///
/// # Errors
/// As [`decode`], and for a message without a clock: ephemeral messages are not kept.
pub fn decode_stored(bytes: Bytes) -> Result<(StoredMessage, Vec<HistoryEntry>), Error> {
    let mut wire = nim_sds::parse(bytes.clone())?;
    wire.bloom_filter = wire.bloom_filter.map(|_| Bytes::new());
    wire.repair_request.clear();
    // Numbers have one form only (checked), so an equal length means that nothing is left out.
    let as_kept = wire.encoded_len() == bytes.len();
    let message = at_rest(wire.try_into()?)?;
    let stored = if as_kept { keep(&message, bytes) } else { store(&message) };
    Ok((stored, message.causal_history))
}

/// Decodes a message that was kept, with all that came with it.
pub(super) fn decode_at_rest(bytes: Bytes) -> Result<Message, Error> {
    at_rest(nim_sds::parse(bytes)?.try_into()?)
}

fn at_rest(message: Message) -> Result<Message, Error> {
    if message.lamport_timestamp.is_none() {
        return Err(refuse("message.lamportTimestamp", "is missing"));
    }
    Ok(message)
}

pub(super) fn rebroadcast(dialect: Dialect, stored: &Bytes, filter: Option<Bytes>) -> Bytes {
    if dialect == Dialect::NimSds && filter.is_none() {
        return stored.clone();
    }
    match nim_sds::parse(stored.clone()).and_then(Message::try_from) {
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

fn field_of(stored: &StoredMessage, wanted: u64) -> Bytes {
    let values = strict::fields(&stored.bytes).filter_map(|field| match field {
        Ok((number, Value::Bytes(value))) if number == wanted => Some(value),
        _ => None,
    });
    values.last().map(|value| stored.bytes.slice_ref(value)).unwrap_or_default()
}

fn clock(number: u64) -> Result<u64, Error> {
    signed(number, "message.lamportTimestamp")
}

fn entries(wire: Vec<WireEntry>) -> Result<Vec<HistoryEntry>, Error> {
    wire.into_iter().map(HistoryEntry::try_from).collect()
}

impl TryFrom<WireEntry> for HistoryEntry {
    type Error = Error;

    fn try_from(wire: WireEntry) -> Result<Self, Error> {
        Ok(Self {
            message_id: name(wire.message_id, "historyEntry.messageId")?,
            // Copied: an entry may be kept long after the message it came with, which is much larger.
            retrieval_hint: Bytes::copy_from_slice(&wire.retrieval_hint.unwrap_or_default()),
            sender_id: text(&wire.sender_id.unwrap_or_default(), "historyEntry.senderId")?,
        })
    }
}

impl From<&HistoryEntry> for WireEntry {
    fn from(entry: &HistoryEntry) -> Self {
        Self {
            message_id: Some(copy(entry.message_id.as_str())),
            retrieval_hint: unless_empty(entry.retrieval_hint.clone()),
            sender_id: unless_empty(copy(entry.sender_id.as_str())),
        }
    }
}

pub(super) fn copy(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

fn unless_empty(bytes: Bytes) -> Option<Bytes> {
    (!bytes.is_empty()).then_some(bytes)
}

/// An id that must be there and must not be empty.
fn name<Id: for<'a> From<&'a str>>(value: Option<Bytes>, place: &str) -> Result<Id, Error> {
    match value {
        None => Err(refuse(place, "is missing")),
        Some(bytes) if bytes.is_empty() => Err(refuse(place, "is empty")),
        Some(bytes) => text(&bytes, place),
    }
}

/// An id that may be empty.
pub(super) fn text<Id: for<'a> From<&'a str>>(bytes: &[u8], place: &str) -> Result<Id, Error> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.into()),
        Err(error) => Err(refuse(place, &format!("is not UTF-8 ({error})"))),
    }
}

/// A number that nim-sds keeps as a signed 64-bit integer, and that is never negative.
pub(super) fn signed(number: u64, place: &str) -> Result<u64, Error> {
    if i64::try_from(number).is_err() {
        return Err(refuse(place, &format!("{number}, the limit is {}", i64::MAX)));
    }
    Ok(number)
}

fn limited(content: Bytes) -> Result<Bytes, Error> {
    limit("message.content", content.len(), MAX_CONTENT)?;
    Ok(content)
}
