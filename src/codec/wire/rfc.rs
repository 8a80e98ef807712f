//! Messages in the form of the public specification, as @waku/sds has it.

use bytes::Bytes;
use prost::Message as _;

use super::{
    ENTRY, MAX_CAUSAL_HISTORY, MAX_REPAIR_REQUESTS, WireEntry, clock, copy, entries, limited, name, text,
    unless_empty,
};
use crate::{
    codec::strict::{self, Field, Schema, Value, refuse},
    protocol::{Dialect, Error, Message},
};

/// The clock of nim-sds has the number that the id has here: a varint there, text here. What has neither is an
/// ephemeral message of nim-sds.
const MESSAGE_ID: u64 = 2;

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct WireMessage {
    #[prost(bytes = "bytes", optional, tag = "1")]
    sender_id: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "2")]
    message_id: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "3")]
    channel_id: Option<Bytes>,
    #[prost(uint64, optional, tag = "10")]
    lamport_timestamp: Option<u64>,
    #[prost(message, repeated, tag = "11")]
    causal_history: Vec<WireEntry>,
    #[prost(bytes = "bytes", optional, tag = "12")]
    bloom_filter: Option<Bytes>,
    #[prost(message, repeated, tag = "13")]
    repair_request: Vec<WireEntry>,
    #[prost(bytes = "bytes", optional, tag = "20")]
    content: Option<Bytes>,
}

static MESSAGE: Schema = Schema {
    name: "message",
    fields: &[
        Field::bytes(1, "senderId"),
        Field::bytes(MESSAGE_ID, "messageId"),
        Field::bytes(3, "channelId"),
        Field::number(10, "lamportTimestamp"),
        Field::nested(11, "causalHistory", &ENTRY, MAX_CAUSAL_HISTORY),
        Field::bytes(12, "bloomFilter"),
        Field::nested(13, "repairRequest", &ENTRY, MAX_REPAIR_REQUESTS),
        Field::bytes(20, "content"),
    ],
};

/// Whether bytes are in this form, as far as that can be told without parsing them.
pub(super) fn recognize(bytes: &[u8]) -> bool {
    let mut fields = strict::fields(bytes).map_while(Result::ok);
    fields.any(|(number, value)| number == MESSAGE_ID && matches!(value, Value::Bytes(_)))
}

pub(super) fn parse(bytes: Bytes) -> Result<WireMessage, Error> {
    strict::check(&bytes, &MESSAGE)?;
    WireMessage::decode(bytes).map_err(|error| refuse("message", &error.to_string()))
}

/// Byte for byte like @waku/sds: what is absent or empty is left out. An empty filter would make it throw.
impl From<&Message> for WireMessage {
    fn from(message: &Message) -> Self {
        Self {
            sender_id: unless_empty(copy(message.sender_id.as_str())),
            message_id: Some(copy(message.message_id.as_str())),
            channel_id: Some(copy(message.channel_id.as_str())),
            lamport_timestamp: message.lamport_timestamp,
            causal_history: message.causal_history.iter().map(WireEntry::from).collect(),
            bloom_filter: message.bloom_filter.clone().and_then(unless_empty),
            repair_request: message.repair_request.iter().map(WireEntry::from).collect(),
            content: unless_empty(message.content.clone()),
        }
    }
}

impl TryFrom<WireMessage> for Message {
    type Error = Error;

    fn try_from(wire: WireMessage) -> Result<Self, Error> {
        Ok(Self {
            dialect: Dialect::Rfc,
            message_id: name(wire.message_id, "message.messageId")?,
            channel_id: name(wire.channel_id, "message.channelId")?,
            sender_id: text(&wire.sender_id.unwrap_or_default(), "message.senderId")?,
            lamport_timestamp: wire.lamport_timestamp.map(clock).transpose()?,
            causal_history: entries(wire.causal_history)?,
            content: limited(wire.content.unwrap_or_default())?,
            bloom_filter: wire.bloom_filter,
            repair_request: entries(wire.repair_request)?,
        })
    }
}
