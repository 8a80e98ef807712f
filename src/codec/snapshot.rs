//! The state of a channel as the manager saves and loads it: everything but the history.

use bytes::Bytes;

use super::{
    records::{self, Incoming, IncomingRepair, Meta, Outgoing, OutgoingRepair},
    wire::decode_stored,
    writer::Writer,
};
use crate::protocol::{
    Channel, Error, HistoryEntry, HistoryUpdate, MessageId, RepairRequest, RepairResponse, Snapshot,
    StoredMessage, Unacknowledged, Waiting,
};

pub use super::records::SCHEMA_VERSION;

/// Encodes the state of a channel, with its `pending` changes of the history: the ChannelMeta of nim-sds, and two
/// fields more that nim-sds skips.
pub fn encode(channel: &Channel, pending: &HistoryUpdate) -> Bytes {
    let mut writer = Writer::new(SCHEMA_VERSION, channel.lamport_timestamp());
    for own in channel.outgoing() {
        writer.outgoing(&own.message.bytes, own.send_time, own.resend_attempts);
    }
    for waiting in channel.incoming() {
        writer.incoming(&waiting.message.bytes, waiting.missing.keys());
    }
    for RepairRequest { entry, request_at } in channel.repair_requests() {
        writer.outgoing_repair(&entry.message_id, entry, *request_at);
    }
    for RepairResponse { entry, cached, respond_at } in channel.repair_responses() {
        writer.incoming_repair(&entry.message_id, entry, cached, *respond_at);
    }
    pending.append.iter().for_each(|message| writer.pending_append(&message.bytes));
    pending.evict.iter().for_each(|id| writer.pending_evict(id));
    writer.finish()
}

/// Decodes a snapshot, one of nim-sds too. Messages lose bloom filter and repair requests. A repair entry goes by the
/// id inside of it; nim-sds writes the same id beside it.
///
/// # Errors
/// `Deserialization` for another schema version, and for bytes that are no snapshot or lack something.
pub fn decode(bytes: Bytes) -> Result<Snapshot, Error> {
    let (meta, lamport_timestamp) = Meta::read(bytes)?;
    Ok(Snapshot {
        lamport_timestamp,
        outgoing: records::each(meta.outgoing, Unacknowledged::try_from)?,
        incoming: records::each(meta.incoming, Waiting::try_from)?,
        repair_requests: records::each(meta.outgoing_repairs, RepairRequest::try_from)?,
        repair_responses: records::each(meta.incoming_repairs, RepairResponse::try_from)?,
        pending: HistoryUpdate {
            append: records::each(meta.pending_append, stored)?,
            evict: records::ids(&meta.pending_evict, "channelMeta.pendingEvict")?,
        },
    })
}

fn stored(bytes: Bytes) -> Result<StoredMessage, Error> {
    decode_copy(&bytes).map(|(message, _)| message)
}

/// A slice would keep the whole snapshot in memory, for as long as the message is in the history.
fn decode_copy(bytes: &Bytes) -> Result<(StoredMessage, Vec<HistoryEntry>), Error> {
    decode_stored(Bytes::copy_from_slice(bytes))
}

impl TryFrom<Outgoing> for Unacknowledged {
    type Error = Error;

    fn try_from(record: Outgoing) -> Result<Self, Error> {
        let (bytes, send_time, resend_attempts) = record.parts()?;
        let message = stored(bytes)?;
        Ok(Self { message, send_time, resend_attempts })
    }
}

impl TryFrom<Incoming> for Waiting {
    type Error = Error;

    fn try_from(record: Incoming) -> Result<Self, Error> {
        let (bytes, missing) = record.parts()?;
        let (message, causal_history) = decode_copy(&bytes)?;
        let missing = missing.into_iter().map(|id| (id.clone(), find(id, &causal_history)));
        Ok(Self { missing: missing.collect(), message })
    }
}

/// The entry that names an id, with hint and sender if the message knew them.
fn find(id: MessageId, causal_history: &[HistoryEntry]) -> HistoryEntry {
    let named = causal_history.iter().find(|entry| entry.message_id == id);
    named.cloned().unwrap_or_else(|| HistoryEntry { message_id: id, ..HistoryEntry::default() })
}

impl TryFrom<OutgoingRepair> for RepairRequest {
    type Error = Error;

    fn try_from(record: OutgoingRepair) -> Result<Self, Error> {
        let (_, entry, request_at) = record.parts()?;
        Ok(Self { entry, request_at })
    }
}

impl TryFrom<IncomingRepair> for RepairResponse {
    type Error = Error;

    fn try_from(record: IncomingRepair) -> Result<Self, Error> {
        let (_, entry, cached, respond_at) = record.parts()?;
        Ok(Self { entry, cached, respond_at })
    }
}
