//! The state of a channel as the manager saves and loads it: everything but the history.

use bytes::Bytes;

use super::{
    records::{self, Pieces},
    wire::decode_stored,
    writer::Writer,
};
use crate::protocol::{
    Channel, Error, HistoryEntry, HistoryUpdate, MessageId, Millis, RepairRequest, RepairResponse, Snapshot,
    Unacknowledged, Waiting,
};

pub use super::records::SCHEMA_VERSION;

/// What a message takes in a snapshot beside its bytes, and a snapshot beside its messages; more makes it grow.
const ROOM: usize = 64;

/// Encodes the state of a channel, with its `pending` changes of the history: the ChannelMeta of nim-sds, and two
/// fields more that nim-sds skips.
pub fn encode(channel: &Channel, pending: &HistoryUpdate) -> Bytes {
    let own = channel.outgoing().map(|own| &own.message);
    let messages = own.chain(channel.incoming().map(|waiting| &waiting.message)).chain(&pending.append);
    let room =
        messages.map(|message| message.bytes.len().saturating_add(ROOM)).fold(ROOM, usize::saturating_add);
    let mut writer = Writer::new(SCHEMA_VERSION, channel.lamport_timestamp(), room);
    for own in channel.outgoing() {
        writer.outgoing(&own.message.bytes, own.send_time, own.resend_attempts);
    }
    for waiting in channel.incoming() {
        writer.incoming(&waiting.message.bytes, &mut waiting.missing.keys());
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
pub fn decode(bytes: &Bytes) -> Result<Snapshot, Error> {
    let mut snapshot = Snapshot::default();
    snapshot.lamport_timestamp = records::read(bytes, &mut snapshot)?;
    Ok(snapshot)
}

impl Pieces for Snapshot {
    fn outgoing(&mut self, message: Bytes, send_time: Millis, resend_attempts: u32) -> Result<(), Error> {
        let (message, _) = decode_stored(&message)?;
        self.outgoing.push(Unacknowledged { message, send_time, resend_attempts });
        Ok(())
    }

    fn incoming(&mut self, message: Bytes, missing: Vec<MessageId>) -> Result<(), Error> {
        let (message, causal_history) = decode_stored(&message)?;
        let missing = missing.into_iter().map(|id| (id.clone(), find(id, &causal_history)));
        self.incoming.push(Waiting { missing: missing.collect(), message });
        Ok(())
    }

    fn outgoing_repair(&mut self, _: MessageId, entry: HistoryEntry, request_at: Millis) {
        self.repair_requests.push(RepairRequest { entry, request_at });
    }

    fn incoming_repair(&mut self, _: MessageId, entry: HistoryEntry, cached: Bytes, respond_at: Millis) {
        // A slice would keep the whole snapshot in memory.
        let cached = Bytes::copy_from_slice(&cached);
        self.repair_responses.push(RepairResponse { entry, cached, respond_at });
    }

    fn pending_append(&mut self, message: Bytes) -> Result<(), Error> {
        self.pending.append.push(decode_stored(&message)?.0);
        Ok(())
    }

    fn pending_evict(&mut self, id: MessageId) {
        self.pending.evict.push(id);
    }
}

/// The entry that names an id, with hint and sender if the message knew them.
fn find(id: MessageId, causal_history: &[HistoryEntry]) -> HistoryEntry {
    let named = causal_history.iter().find(|entry| entry.message_id == id);
    named.cloned().unwrap_or_else(|| HistoryEntry { message_id: id, ..HistoryEntry::default() })
}
