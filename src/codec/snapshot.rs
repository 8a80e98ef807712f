//! The state of a channel as the manager saves and loads it: everything but the history.

use bytes::Bytes;
use prost::Message as _;

use super::{
    records::{self, Incoming, IncomingRepair, Meta, Outgoing, OutgoingRepair},
    wire::{copy, decode_stored},
};
use crate::protocol::{
    Error, HistoryEntry, HistoryUpdate, MessageId, RepairRequest, RepairResponse, Snapshot, StoredMessage,
    Unacknowledged, Waiting,
};

pub use super::records::SCHEMA_VERSION;

/// Encodes a snapshot: the ChannelMeta of nim-sds, and two fields more that nim-sds skips. Messages go in as they are
/// kept, so the only copy is the one into the result.
pub fn encode(snapshot: &Snapshot) -> Bytes {
    let pending = &snapshot.pending;
    let meta = Meta {
        schema_version: Some(SCHEMA_VERSION.into()),
        lamport_timestamp: Some(snapshot.lamport_timestamp),
        outgoing: snapshot.outgoing.iter().map(Outgoing::from).collect(),
        incoming: snapshot.incoming.iter().map(Incoming::from).collect(),
        outgoing_repairs: snapshot.repair_requests.iter().map(OutgoingRepair::from).collect(),
        incoming_repairs: snapshot.repair_responses.iter().map(IncomingRepair::from).collect(),
        pending_append: pending.append.iter().map(|message| message.bytes.clone()).collect(),
        pending_evict: pending.evict.iter().map(|id| copy(id.as_str())).collect(),
    };
    meta.encode_to_vec().into()
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
        outgoing: each(meta.outgoing, Unacknowledged::try_from)?,
        incoming: each(meta.incoming, Waiting::try_from)?,
        repair_requests: each(meta.outgoing_repairs, RepairRequest::try_from)?,
        repair_responses: each(meta.incoming_repairs, RepairResponse::try_from)?,
        pending: HistoryUpdate {
            append: each(meta.pending_append, stored)?,
            evict: records::ids(&meta.pending_evict, "channelMeta.pendingEvict")?,
        },
    })
}

fn each<T, U>(list: Vec<T>, convert: impl Fn(T) -> Result<U, Error>) -> Result<Vec<U>, Error> {
    list.into_iter().map(convert).collect()
}

fn stored(bytes: Bytes) -> Result<StoredMessage, Error> {
    decode_stored(bytes).map(|(message, _)| message)
}

impl From<&Unacknowledged> for Outgoing {
    fn from(own: &Unacknowledged) -> Self {
        Self::new(own.message.bytes.clone(), own.send_time, own.resend_attempts)
    }
}

impl TryFrom<Outgoing> for Unacknowledged {
    type Error = Error;

    fn try_from(record: Outgoing) -> Result<Self, Error> {
        let (bytes, send_time, resend_attempts) = record.parts()?;
        let message = stored(bytes)?;
        Ok(Self { message, send_time, resend_attempts })
    }
}

impl From<&Waiting> for Incoming {
    fn from(waiting: &Waiting) -> Self {
        let missing = waiting.missing.iter().map(|entry| &entry.message_id);
        Self::new(waiting.message.bytes.clone(), missing)
    }
}

impl TryFrom<Incoming> for Waiting {
    type Error = Error;

    fn try_from(record: Incoming) -> Result<Self, Error> {
        let (bytes, missing) = record.parts()?;
        let (message, causal_history) = decode_stored(bytes)?;
        let missing = missing.into_iter().map(|id| find(id, &causal_history)).collect();
        Ok(Self { message, missing })
    }
}

/// The entry that names an id, with hint and sender if the message knew them.
fn find(id: MessageId, causal_history: &[HistoryEntry]) -> HistoryEntry {
    let named = causal_history.iter().find(|entry| entry.message_id == id);
    named.cloned().unwrap_or_else(|| HistoryEntry { message_id: id, ..HistoryEntry::default() })
}

impl From<&RepairRequest> for OutgoingRepair {
    fn from(request: &RepairRequest) -> Self {
        Self::new(&request.entry.message_id, &request.entry, request.request_at)
    }
}

impl TryFrom<OutgoingRepair> for RepairRequest {
    type Error = Error;

    fn try_from(record: OutgoingRepair) -> Result<Self, Error> {
        let (_, entry, request_at) = record.parts()?;
        Ok(Self { entry, request_at })
    }
}

impl From<&RepairResponse> for IncomingRepair {
    fn from(response: &RepairResponse) -> Self {
        let RepairResponse { entry, cached, respond_at } = response;
        Self::new(&entry.message_id, entry, cached.clone(), *respond_at)
    }
}

impl TryFrom<IncomingRepair> for RepairResponse {
    type Error = Error;

    fn try_from(record: IncomingRepair) -> Result<Self, Error> {
        let (_, entry, cached, respond_at) = record.parts()?;
        Ok(Self { entry, cached, respond_at })
    }
}
