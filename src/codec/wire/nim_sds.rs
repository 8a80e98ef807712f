//! Messages in the form of nim-sds, on the wire and at rest.

use bytes::Bytes;
use prost::Message as _;

use super::{
    ENTRY, MAX_CAUSAL_HISTORY, MAX_REPAIR_REQUESTS, WireEntry, clock, copy, entries, limited, name, text,
    unless_empty,
};
use crate::{
    codec::strict::{self, Field, Schema, refuse},
    protocol::{Dialect, Error, Message},
};

pub(super) const CHANNEL: u64 = 4;
pub(super) const CONTENT: u64 = 5;

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct WireMessage {
    #[prost(bytes = "bytes", optional, tag = "1")]
    message_id: Option<Bytes>,
    #[prost(uint64, optional, tag = "2")]
    pub lamport_timestamp: Option<u64>,
    #[prost(message, repeated, tag = "3")]
    causal_history: Vec<WireEntry>,
    #[prost(bytes = "bytes", optional, tag = "4")]
    channel_id: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "5")]
    content: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "6")]
    pub bloom_filter: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "7")]
    sender_id: Option<Bytes>,
    #[prost(message, repeated, tag = "13")]
    pub repair_request: Vec<WireEntry>,
}

static MESSAGE: Schema = Schema {
    name: "message",
    fields: &[
        Field::bytes(1, "messageId"),
        Field::number(2, "lamportTimestamp"),
        Field::nested(3, "causalHistory", &ENTRY, MAX_CAUSAL_HISTORY),
        Field::bytes(CHANNEL, "channelId"),
        Field::bytes(CONTENT, "content"),
        Field::bytes(6, "bloomFilter"),
        Field::bytes(7, "senderId"),
        Field::nested(13, "repairRequest", &ENTRY, MAX_REPAIR_REQUESTS),
    ],
};

pub(super) fn parse(bytes: Bytes) -> Result<WireMessage, Error> {
    strict::check(&bytes, &MESSAGE)?;
    WireMessage::decode(bytes).map_err(|error| refuse("message", &error.to_string()))
}

/// Byte for byte like nim-sds: id, channel, content and filter are written even if they are empty, the clock is left
/// out of ephemeral messages only.
impl From<&Message> for WireMessage {
    fn from(message: &Message) -> Self {
        Self {
            bloom_filter: Some(message.bloom_filter.clone().unwrap_or_default()),
            repair_request: message.repair_request.iter().map(WireEntry::from).collect(),
            ..without_filter_and_requests(message)
        }
    }
}

pub(super) fn without_filter_and_requests(message: &Message) -> WireMessage {
    WireMessage {
        message_id: Some(copy(message.message_id.as_str())),
        lamport_timestamp: message.lamport_timestamp,
        causal_history: message.causal_history.iter().map(WireEntry::from).collect(),
        channel_id: Some(copy(message.channel_id.as_str())),
        content: Some(message.content.clone()),
        bloom_filter: Some(Bytes::new()),
        sender_id: unless_empty(copy(message.sender_id.as_str())),
        repair_request: Vec::new(),
    }
}

impl TryFrom<WireMessage> for Message {
    type Error = Error;

    fn try_from(wire: WireMessage) -> Result<Self, Error> {
        Ok(Self {
            dialect: Dialect::NimSds,
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
