//! What nim-sds saves, as plain values that hide nothing: for tools that look into storage or move it. Order and
//! duplicates are kept, and messages have all they came with.

use bytes::Bytes;

use super::{
    records::{self, Pieces},
    wire::{self, decode_at_rest, text},
    writer::{self, Writer},
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
    let mut writer = Writer::new(meta.schema_version, meta.lamport_timestamp, 0);
    for own in &meta.outgoing_buffer {
        writer.outgoing(&wire::encode(&own.message), own.send_time, own.resend_attempts);
    }
    for waiting in &meta.incoming_buffer {
        writer.incoming(&wire::encode(&waiting.message), &mut waiting.missing_dependencies.iter());
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
pub fn decode_meta(bytes: &Bytes) -> Result<ChannelMeta, Error> {
    // Checked: there is no other version.
    let mut meta = ChannelMeta { schema_version: records::SCHEMA_VERSION, ..ChannelMeta::default() };
    meta.lamport_timestamp = records::read(bytes, &mut meta)?;
    Ok(meta)
}

impl Pieces for ChannelMeta {
    fn outgoing(&mut self, message: Bytes, send_time: Millis, resend_attempts: u32) -> Result<(), Error> {
        let message = decode_at_rest(&message)?;
        self.outgoing_buffer.push(UnacknowledgedMessage { message, send_time, resend_attempts });
        Ok(())
    }

    fn incoming(&mut self, message: Bytes, missing_dependencies: Vec<MessageId>) -> Result<(), Error> {
        let message = decode_at_rest(&message)?;
        self.incoming_buffer.push(IncomingMessage { message, missing_dependencies });
        Ok(())
    }

    fn outgoing_repair(&mut self, message_id: MessageId, entry: HistoryEntry, request_at: Millis) {
        self.outgoing_repair_buffer.push(OutgoingRepairEntry { message_id, entry, request_at });
    }

    fn incoming_repair(&mut self, message_id: MessageId, entry: HistoryEntry, cached: Bytes, at: Millis) {
        let (cached_message, respond_at) = (cached, at);
        self.incoming_repair_buffer.push(IncomingRepairEntry {
            message_id,
            entry,
            cached_message,
            respond_at,
        });
    }

    fn pending_append(&mut self, message: Bytes) -> Result<(), Error> {
        self.pending_append.push(decode_at_rest(&message)?);
        Ok(())
    }

    fn pending_evict(&mut self, id: MessageId) {
        self.pending_evict.push(id);
    }
}

/// Encodes a ChannelData, byte for byte like nim-sds.
pub fn encode_channel_data(data: &ChannelData) -> Bytes {
    let mut out = Vec::new();
    writer::bytes(&mut out, 1, &encode_meta(&data.meta));
    data.message_history.iter().for_each(|message| writer::bytes(&mut out, 2, &wire::encode(message)));
    out.into()
}

/// Decodes a ChannelData.
///
/// # Errors
/// As [`decode_meta`].
pub fn decode_channel_data(bytes: &Bytes) -> Result<ChannelData, Error> {
    let (meta, history) = records::read_data(bytes)?;
    Ok(ChannelData { meta: decode_meta(&meta)?, message_history: messages(&history)? })
}

/// Encodes a HistoryUpdate, byte for byte like nim-sds, which can't write an empty one; ours is no bytes.
pub fn encode_update(update: &HistoryUpdate) -> Bytes {
    let mut out = Vec::new();
    update.append.iter().for_each(|message| writer::bytes(&mut out, 1, &wire::encode(message)));
    update.evict.iter().for_each(|id| writer::bytes(&mut out, 2, id.as_str().as_bytes()));
    out.into()
}

/// Decodes a HistoryUpdate.
///
/// # Errors
/// `Deserialization` for bytes that are none; a message in it must have a clock.
pub fn decode_update(bytes: &Bytes) -> Result<HistoryUpdate, Error> {
    let [append, evict] = records::read_update(bytes)?;
    let evict = evict.iter().map(|id| text(id, "historyUpdate.evict"));
    Ok(HistoryUpdate { append: messages(&append)?, evict: evict.collect::<Result<_, _>>()? })
}

fn messages(list: &[Bytes]) -> Result<Vec<Message>, Error> {
    list.iter().map(decode_at_rest).collect()
}
