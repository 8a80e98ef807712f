//! What nim-sds saves, as plain values that hide nothing: for tools that look into storage or move it. Order and
//! duplicates are kept, and messages have all they came with.

use bytes::Bytes;
use prost::Message as _;

use super::{
    records::{self, Data, Incoming, IncomingRepair, Meta, Outgoing, OutgoingRepair, Update},
    wire::{self, copy, decode_at_rest},
    writer::Writer,
};
use crate::protocol::{Error, HistoryEntry, Message, MessageId, Millis};

/// The state of a channel without its history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChannelMeta {
    /// Must be [`SCHEMA_VERSION`](super::snapshot::SCHEMA_VERSION) to be decoded again.
    pub schema_version: u32,
    pub lamport_timestamp: u64,
    pub outgoing_buffer: Vec<UnacknowledgedMessage>,
    pub incoming_buffer: Vec<IncomingMessage>,
    pub outgoing_repair_buffer: Vec<OutgoingRepairEntry>,
    pub incoming_repair_buffer: Vec<IncomingRepairEntry>,
    /// Delivered messages that storage has not confirmed. Unknown to nim-sds.
    pub pending_append: Vec<Message>,
    /// Ids to be removed from the history that storage has not confirmed. Unknown to nim-sds.
    pub pending_evict: Vec<MessageId>,
}

/// An own message that nobody has acknowledged yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnacknowledgedMessage {
    pub message: Message,
    /// When it was sent last.
    pub send_time: Millis,
    pub resend_attempts: u32,
}

/// A received message that waits for dependencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingMessage {
    pub message: Message,
    pub missing_dependencies: Vec<MessageId>,
}

/// A dependency to ask the group for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingRepairEntry {
    /// The id under which nim-sds keeps the entry.
    pub message_id: MessageId,
    pub entry: HistoryEntry,
    /// T_req.
    pub request_at: Millis,
}

/// Somebody's request that may be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingRepairEntry {
    /// The id under which nim-sds keeps the entry.
    pub message_id: MessageId,
    pub entry: HistoryEntry,
    /// The encoded message; empty if it is to be taken from the history.
    pub cached_message: Bytes,
    /// T_resp.
    pub respond_at: Millis,
}

/// Everything about a channel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChannelData {
    pub meta: ChannelMeta,
    pub message_history: Vec<Message>,
}

/// A batch of changes of the history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryUpdate {
    pub append: Vec<Message>,
    pub evict: Vec<MessageId>,
}

/// Encodes a ChannelMeta, byte for byte like nim-sds.
pub fn encode_meta(meta: &ChannelMeta) -> Bytes {
    let mut writer = Writer::new(meta.schema_version, meta.lamport_timestamp);
    for own in &meta.outgoing_buffer {
        writer.outgoing(&wire::encode(&own.message), own.send_time, own.resend_attempts);
    }
    for waiting in &meta.incoming_buffer {
        writer.incoming(&wire::encode(&waiting.message), &waiting.missing_dependencies);
    }
    for request in &meta.outgoing_repair_buffer {
        writer.outgoing_repair(&request.message_id, &request.entry, request.request_at);
    }
    for response in &meta.incoming_repair_buffer {
        let cached = &response.cached_message;
        writer.incoming_repair(&response.message_id, &response.entry, cached, response.respond_at);
    }
    meta.pending_append.iter().for_each(|message| writer.pending_append(&wire::encode(message)));
    meta.pending_evict.iter().for_each(|id| writer.pending_evict(id));
    writer.finish()
}

/// Decodes a ChannelMeta.
///
/// # Errors
/// `Deserialization` for another schema version, and for bytes that are no ChannelMeta or lack something; a message
/// in it must have a clock.
pub fn decode_meta(bytes: Bytes) -> Result<ChannelMeta, Error> {
    let (record, lamport_timestamp) = Meta::read(bytes)?;
    Ok(ChannelMeta {
        // Checked: there is no other.
        schema_version: records::SCHEMA_VERSION,
        lamport_timestamp,
        outgoing_buffer: records::each(record.outgoing, UnacknowledgedMessage::try_from)?,
        incoming_buffer: records::each(record.incoming, IncomingMessage::try_from)?,
        outgoing_repair_buffer: records::each(record.outgoing_repairs, OutgoingRepairEntry::try_from)?,
        incoming_repair_buffer: records::each(record.incoming_repairs, IncomingRepairEntry::try_from)?,
        pending_append: records::each(record.pending_append, decode_at_rest)?,
        pending_evict: records::ids(&record.pending_evict, "channelMeta.pendingEvict")?,
    })
}

/// Encodes a ChannelData, byte for byte like nim-sds.
pub fn encode_channel_data(data: &ChannelData) -> Bytes {
    let record = Data { meta: Some(encode_meta(&data.meta)), history: messages(&data.message_history) };
    record.encode_to_vec().into()
}

/// Decodes a ChannelData.
///
/// # Errors
/// As [`decode_meta`].
pub fn decode_channel_data(bytes: Bytes) -> Result<ChannelData, Error> {
    let (meta, history) = Data::read(bytes)?;
    Ok(ChannelData { meta: decode_meta(meta)?, message_history: records::each(history, decode_at_rest)? })
}

/// Encodes a HistoryUpdate, byte for byte like nim-sds, which can't write an empty one; ours is no bytes.
pub fn encode_update(update: &HistoryUpdate) -> Bytes {
    let record = Update { append: messages(&update.append), evict: texts(&update.evict) };
    record.encode_to_vec().into()
}

/// Decodes a HistoryUpdate.
///
/// # Errors
/// `Deserialization` for bytes that are none; a message in it must have a clock.
pub fn decode_update(bytes: Bytes) -> Result<HistoryUpdate, Error> {
    let record = Update::read(bytes)?;
    Ok(HistoryUpdate {
        append: records::each(record.append, decode_at_rest)?,
        evict: records::ids(&record.evict, "historyUpdate.evict")?,
    })
}

fn messages(list: &[Message]) -> Vec<Bytes> {
    list.iter().map(wire::encode).collect()
}

fn texts(list: &[MessageId]) -> Vec<Bytes> {
    list.iter().map(|id| copy(id.as_str())).collect()
}

impl TryFrom<Outgoing> for UnacknowledgedMessage {
    type Error = Error;

    fn try_from(record: Outgoing) -> Result<Self, Error> {
        let (bytes, send_time, resend_attempts) = record.parts()?;
        let message = decode_at_rest(bytes)?;
        Ok(Self { message, send_time, resend_attempts })
    }
}

impl TryFrom<Incoming> for IncomingMessage {
    type Error = Error;

    fn try_from(record: Incoming) -> Result<Self, Error> {
        let (bytes, missing_dependencies) = record.parts()?;
        let message = decode_at_rest(bytes)?;
        Ok(Self { message, missing_dependencies })
    }
}

impl TryFrom<OutgoingRepair> for OutgoingRepairEntry {
    type Error = Error;

    fn try_from(record: OutgoingRepair) -> Result<Self, Error> {
        let (message_id, entry, request_at) = record.parts()?;
        Ok(Self { message_id, entry, request_at })
    }
}

impl TryFrom<IncomingRepair> for IncomingRepairEntry {
    type Error = Error;

    fn try_from(record: IncomingRepair) -> Result<Self, Error> {
        let (message_id, entry, cached_message, respond_at) = record.parts()?;
        Ok(Self { message_id, entry, cached_message, respond_at })
    }
}
