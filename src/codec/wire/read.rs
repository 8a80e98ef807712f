//! From bytes to a message.

use bytes::Bytes;

use super::{
    layout::{Layout, Part},
    limit,
};
use crate::{
    codec::strict::{self, Field, Schema, Value, refuse},
    protocol::{Error, HistoryEntry, MAX_CONTENT, Message},
};

/// The values of a message, as they stand in its bytes. The message's own ids are not copied before all is
/// known to be well.
#[derive(Default)]
struct Values<'a> {
    message_id: Option<&'a [u8]>,
    channel_id: Option<&'a [u8]>,
    sender_id: &'a [u8],
    lamport_timestamp: Option<u64>,
    causal_history: Vec<HistoryEntry>,
    content: &'a [u8],
    bloom_filter: Option<&'a [u8]>,
    repair_request: Vec<HistoryEntry>,
}

/// Reads a message in a dialect's form, in one pass. Content and filter share `bytes`.
pub(super) fn message(layout: &'static Layout, bytes: &Bytes) -> Result<Message, Error> {
    let mut values = Values::default();
    strict::walk(bytes, &layout.schema, &mut |index, value| {
        match (layout.parts.get(index), value) {
            (Some(Part::LamportTimestamp), Value::Number(clock)) => {
                values.lamport_timestamp = Some(signed(clock, "message.lamportTimestamp")?);
            }
            (Some(Part::CausalHistory), Value::Bytes(inner)) => add_entry(&mut values.causal_history, inner)?,
            (Some(Part::RepairRequest), Value::Bytes(inner)) => add_entry(&mut values.repair_request, inner)?,
            (Some(Part::MessageId), Value::Bytes(id)) => values.message_id = Some(id),
            (Some(Part::ChannelId), Value::Bytes(id)) => values.channel_id = Some(id),
            (Some(Part::SenderId), Value::Bytes(id)) => values.sender_id = id,
            (Some(Part::Content), Value::Bytes(content)) => values.content = content,
            (Some(Part::BloomFilter), Value::Bytes(filter)) => values.bloom_filter = Some(filter),
            // Of another type, which the walk refuses.
            _ => (),
        }
        Ok(())
    })?;
    limit("message.content", values.content.len(), MAX_CONTENT)?;
    Ok(Message {
        dialect: layout.dialect,
        message_id: name(values.message_id, "message.messageId")?,
        channel_id: name(values.channel_id, "message.channelId")?,
        sender_id: text(values.sender_id, "message.senderId")?,
        lamport_timestamp: values.lamport_timestamp,
        causal_history: values.causal_history,
        content: bytes.slice_ref(values.content),
        bloom_filter: values.bloom_filter.map(|filter| bytes.slice_ref(filter)),
        repair_request: values.repair_request,
    })
}

fn add_entry(entries: &mut Vec<HistoryEntry>, bytes: &[u8]) -> Result<(), Error> {
    let entry = entry(bytes, entries.last())?;
    entries.push(entry);
    Ok(())
}

static ENTRY: Schema = Schema {
    name: "historyEntry",
    fields: &[Field::bytes(1, "messageId"), Field::bytes(2, "retrievalHint"), Field::bytes(3, "senderId")],
};

/// Reads a history entry, the same in both dialects. Nothing is shared: an entry may be kept long after the message it came
/// with, which is much larger. Only the sender is, with the entry `before`: few people send many messages.
pub fn entry(bytes: &[u8], before: Option<&HistoryEntry>) -> Result<HistoryEntry, Error> {
    let (mut id, mut hint, mut sender) = (None, &[][..], &[][..]);
    strict::walk(bytes, &ENTRY, &mut |index, value| {
        match (index, value) {
            (0, Value::Bytes(value)) => id = Some(value),
            (1, Value::Bytes(value)) => hint = value,
            (2, Value::Bytes(value)) => sender = value,
            _ => (),
        }
        Ok(())
    })?;
    Ok(HistoryEntry {
        message_id: name(id, "historyEntry.messageId")?,
        retrieval_hint: Bytes::copy_from_slice(hint),
        sender_id: match before {
            Some(HistoryEntry { sender_id, .. }) if sender_id.as_str().as_bytes() == sender => {
                sender_id.clone()
            }
            _ => text(sender, "historyEntry.senderId")?,
        },
    })
}

/// An id that must be there and must not be empty.
fn name<Id: for<'a> From<&'a str>>(value: Option<&[u8]>, place: &str) -> Result<Id, Error> {
    match value {
        None => Err(refuse(place, "is missing")),
        Some([]) => Err(refuse(place, "is empty")),
        Some(bytes) => text(bytes, place),
    }
}

/// An id that may be empty.
pub fn text<Id: for<'a> From<&'a str>>(bytes: &[u8], place: &str) -> Result<Id, Error> {
    utf8(bytes, place).map(Id::from)
}

fn utf8<'a>(bytes: &'a [u8], place: &str) -> Result<&'a str, Error> {
    std::str::from_utf8(bytes).map_err(|error| refuse(place, &format!("is not UTF-8 ({error})")))
}

/// A number that nim-sds keeps as a signed 64-bit integer, and that is never negative.
pub fn signed(number: u64, place: &str) -> Result<u64, Error> {
    if i64::try_from(number).is_err() {
        return Err(refuse(place, &format!("{number}, the limit is {}", i64::MAX)));
    }
    Ok(number)
}
