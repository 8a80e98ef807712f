//! The state of a channel in protobuf, schema version 1 of nim-sds, and the checks that both views of it share.
//! For reading only; `writer` writes. Messages are bytes here, which is the same as messages inside of messages.

use bytes::Bytes;

use super::{
    strict::{self, Field, Schema, refuse},
    wire::{ENTRY, WireEntry, signed, text},
};
use crate::protocol::{Error, HistoryEntry, MessageId, Millis};

/// The only version of the snapshot format that there is.
pub const SCHEMA_VERSION: u32 = 1;

/// Snapshots come from our own storage: as many entries as there are.
const ANY: usize = usize::MAX;

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Meta {
    // Wider than the number it is, so that prost can't truncate another version to this one.
    #[prost(uint64, optional, tag = "1")]
    pub schema_version: Option<u64>,
    #[prost(uint64, optional, tag = "2")]
    pub lamport_timestamp: Option<u64>,
    #[prost(message, repeated, tag = "3")]
    pub outgoing: Vec<Outgoing>,
    #[prost(message, repeated, tag = "4")]
    pub incoming: Vec<Incoming>,
    #[prost(message, repeated, tag = "5")]
    pub outgoing_repairs: Vec<OutgoingRepair>,
    #[prost(message, repeated, tag = "6")]
    pub incoming_repairs: Vec<IncomingRepair>,
    // Ours; nim-sds skips both.
    #[prost(bytes = "bytes", repeated, tag = "7")]
    pub pending_append: Vec<Bytes>,
    #[prost(bytes = "bytes", repeated, tag = "8")]
    pub pending_evict: Vec<Bytes>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Outgoing {
    #[prost(bytes = "bytes", optional, tag = "1")]
    message: Option<Bytes>,
    #[prost(uint64, optional, tag = "2")]
    send_time: Option<u64>,
    #[prost(uint64, optional, tag = "3")]
    resend_attempts: Option<u64>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Incoming {
    #[prost(bytes = "bytes", optional, tag = "1")]
    message: Option<Bytes>,
    #[prost(bytes = "bytes", repeated, tag = "2")]
    missing: Vec<Bytes>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct OutgoingRepair {
    #[prost(bytes = "bytes", optional, tag = "1")]
    message_id: Option<Bytes>,
    #[prost(message, optional, tag = "2")]
    request: Option<Request>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Request {
    #[prost(message, optional, tag = "1")]
    entry: Option<WireEntry>,
    #[prost(uint64, optional, tag = "2")]
    request_at: Option<u64>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct IncomingRepair {
    #[prost(bytes = "bytes", optional, tag = "1")]
    message_id: Option<Bytes>,
    #[prost(message, optional, tag = "2")]
    response: Option<Response>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Response {
    #[prost(message, optional, tag = "1")]
    entry: Option<WireEntry>,
    #[prost(bytes = "bytes", optional, tag = "2")]
    cached: Option<Bytes>,
    #[prost(uint64, optional, tag = "3")]
    respond_at: Option<u64>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Data {
    #[prost(bytes = "bytes", optional, tag = "1")]
    pub meta: Option<Bytes>,
    #[prost(bytes = "bytes", repeated, tag = "2")]
    pub history: Vec<Bytes>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Update {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    pub append: Vec<Bytes>,
    #[prost(bytes = "bytes", repeated, tag = "2")]
    pub evict: Vec<Bytes>,
}

static META: Schema = Schema {
    name: "channelMeta",
    fields: &[
        Field::number(1, "schemaVersion"),
        Field::number(2, "lamportTimestamp"),
        Field::nested(3, "outgoingBuffer", &OUTGOING, ANY),
        Field::nested(4, "incomingBuffer", &INCOMING, ANY),
        Field::nested(5, "outgoingRepairBuffer", &OUTGOING_REPAIR, ANY),
        Field::nested(6, "incomingRepairBuffer", &INCOMING_REPAIR, ANY),
        Field::bytes(7, "pendingAppend"),
        Field::bytes(8, "pendingEvict"),
    ],
};

static OUTGOING: Schema = Schema {
    name: "outgoingBuffer",
    fields: &[Field::bytes(1, "message"), Field::number(2, "sendTime"), Field::number(3, "resendAttempts")],
};

static INCOMING: Schema = Schema {
    name: "incomingBuffer",
    fields: &[Field::bytes(1, "message"), Field::bytes(2, "missingDependencies")],
};

static OUTGOING_REPAIR: Schema = Schema {
    name: "outgoingRepairBuffer",
    fields: &[Field::bytes(1, "messageId"), Field::nested(2, "entry", &REQUEST, ANY)],
};

static REQUEST: Schema = Schema {
    name: "outgoingRepairBuffer.entry",
    fields: &[Field::nested(1, "historyEntry", &ENTRY, ANY), Field::number(2, "requestAt")],
};

static INCOMING_REPAIR: Schema = Schema {
    name: "incomingRepairBuffer",
    fields: &[Field::bytes(1, "messageId"), Field::nested(2, "entry", &RESPONSE, ANY)],
};

static RESPONSE: Schema = Schema {
    name: "incomingRepairBuffer.entry",
    fields: &[
        Field::nested(1, "historyEntry", &ENTRY, ANY),
        Field::bytes(2, "cachedMessage"),
        Field::number(3, "respondAt"),
    ],
};

static DATA: Schema =
    Schema { name: "channelData", fields: &[Field::bytes(1, "meta"), Field::bytes(2, "messageHistory")] };

static UPDATE: Schema =
    Schema { name: "historyUpdate", fields: &[Field::bytes(1, "append"), Field::bytes(2, "evict")] };

fn read<T: prost::Message + Default>(bytes: Bytes, schema: &'static Schema) -> Result<T, Error> {
    strict::check(&bytes, schema)?;
    T::decode(bytes).map_err(|error| refuse(schema.name, &error.to_string()))
}

impl Meta {
    /// Reads the record; the version and the clock are checked.
    pub fn read(bytes: Bytes) -> Result<(Self, u64), Error> {
        let meta: Self = read(bytes, &META)?;
        let version = required(meta.schema_version, "channelMeta.schemaVersion")?;
        if version != u64::from(SCHEMA_VERSION) {
            let what = format!("found version {version}, only version {SCHEMA_VERSION} is supported");
            return Err(refuse("channelMeta.schemaVersion", &what));
        }
        let clock = required(meta.lamport_timestamp, "channelMeta.lamportTimestamp")?;
        Ok((meta, signed(clock, "channelMeta.lamportTimestamp")?))
    }
}

impl Data {
    /// Reads the record; also says which bytes are the ChannelMeta in it.
    pub fn read(bytes: Bytes) -> Result<(Bytes, Vec<Bytes>), Error> {
        let data: Self = read(bytes, &DATA)?;
        Ok((required(data.meta, "channelData.meta")?, data.history))
    }
}

impl Update {
    pub fn read(bytes: Bytes) -> Result<Self, Error> {
        read(bytes, &UPDATE)
    }
}

impl Outgoing {
    pub fn parts(self) -> Result<(Bytes, Millis, u32), Error> {
        let attempts = required(self.resend_attempts, "outgoingBuffer.resendAttempts")?;
        let Ok(attempts) = u32::try_from(attempts) else {
            let what = format!("{attempts}, the limit is {}", u32::MAX);
            return Err(refuse("outgoingBuffer.resendAttempts", &what));
        };
        let message = required(self.message, "outgoingBuffer.message")?;
        Ok((message, time(self.send_time, "outgoingBuffer.sendTime")?, attempts))
    }
}

impl Incoming {
    pub fn parts(self) -> Result<(Bytes, Vec<MessageId>), Error> {
        let missing = ids(&self.missing, "incomingBuffer.missingDependencies")?;
        Ok((required(self.message, "incomingBuffer.message")?, missing))
    }
}

impl OutgoingRepair {
    pub fn parts(self) -> Result<(MessageId, HistoryEntry, Millis), Error> {
        let id = text(
            &required(self.message_id, "outgoingRepairBuffer.messageId")?,
            "outgoingRepairBuffer.messageId",
        )?;
        let request = required(self.request, "outgoingRepairBuffer.entry")?;
        let entry = required(request.entry, "outgoingRepairBuffer.entry.historyEntry")?;
        let request_at = time(request.request_at, "outgoingRepairBuffer.entry.requestAt")?;
        Ok((id, entry.try_into()?, request_at))
    }
}

impl IncomingRepair {
    /// The cached message may be missing: ours is always empty.
    pub fn parts(self) -> Result<(MessageId, HistoryEntry, Bytes, Millis), Error> {
        let id = text(
            &required(self.message_id, "incomingRepairBuffer.messageId")?,
            "incomingRepairBuffer.messageId",
        )?;
        let response = required(self.response, "incomingRepairBuffer.entry")?;
        let entry = required(response.entry, "incomingRepairBuffer.entry.historyEntry")?;
        let respond_at = time(response.respond_at, "incomingRepairBuffer.entry.respondAt")?;
        Ok((id, entry.try_into()?, response.cached.unwrap_or_default(), respond_at))
    }
}

/// Converts every item, or fails with the first that can't be.
pub(super) fn each<T, U>(list: Vec<T>, convert: impl Fn(T) -> Result<U, Error>) -> Result<Vec<U>, Error> {
    list.into_iter().map(convert).collect()
}

/// Ids that may be any text.
pub(super) fn ids(list: &[Bytes], place: &str) -> Result<Vec<MessageId>, Error> {
    list.iter().map(|id| text(id, place)).collect()
}

fn required<T>(value: Option<T>, place: &str) -> Result<T, Error> {
    value.ok_or_else(|| refuse(place, "is missing"))
}

fn time(value: Option<u64>, place: &str) -> Result<Millis, Error> {
    signed(required(value, place)?, place)
}
