//! The plain objects of the public contract that JavaScript gets. What it gives is read in `reading`.

use bytes::Bytes;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use crate::{
    codec::wire,
    protocol::{self, Kind},
};

/// A plain JavaScript object: 64-bit integers as bigint, bytes as Uint8Array, absent fields absent.
pub fn to_js(value: &impl Serialize) -> JsValue {
    let serializer =
        Serializer::new().serialize_large_number_types_as_bigints(true).serialize_maps_as_objects(true);
    // Only fails for types that these objects don't contain.
    value.serialize(&serializer).unwrap_or(JsValue::UNDEFINED)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEntry {
    message_id: String,
    #[serde(skip_serializing_if = "Bytes::is_empty")]
    retrieval_hint: Bytes,
    #[serde(skip_serializing_if = "String::is_empty")]
    sender_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    message_id: String,
    channel_id: String,
    sender_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    lamport_timestamp: Option<u64>,
    causal_history: Vec<HistoryEntry>,
    content: Bytes,
    #[serde(skip_serializing_if = "Option::is_none")]
    bloom_filter: Option<Bytes>,
    repair_request: Vec<HistoryEntry>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceivedMessage {
    message_id: String,
    channel_id: String,
    sender_id: String,
    content: Bytes,
    delivered: bool,
    missing_dependencies: Vec<HistoryEntry>,
    kind: &'static str,
    duplicate: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outgoing {
    pub message: Message,
    pub send_time: f64,
    pub resend_attempts: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Incoming {
    pub message: Message,
    pub missing_dependencies: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OutgoingRepair {
    pub entry: HistoryEntry,
    pub request_at: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IncomingRepair {
    pub entry: HistoryEntry,
    pub respond_at: f64,
}

#[derive(Serialize)]
pub struct PendingHistory {
    pub append: Vec<String>,
    pub evict: Vec<String>,
}

#[derive(Serialize)]
pub struct HistoryUpdate {
    append: Vec<StoredMessage>,
    evict: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StoredMessage {
    message_id: String,
    lamport_timestamp: u64,
    bytes: Bytes,
}

/// Converts every item.
pub fn all<T, U: From<T>>(items: impl IntoIterator<Item = T>) -> Vec<U> {
    items.into_iter().map(U::from).collect()
}

/// The texts of ids.
pub fn texts<T: ToString>(ids: impl IntoIterator<Item = T>) -> Vec<String> {
    ids.into_iter().map(|id| id.to_string()).collect()
}

impl From<protocol::HistoryEntry> for HistoryEntry {
    fn from(entry: protocol::HistoryEntry) -> Self {
        Self {
            message_id: entry.message_id.to_string(),
            retrieval_hint: entry.retrieval_hint,
            sender_id: entry.sender_id.to_string(),
        }
    }
}

impl From<protocol::Message> for Message {
    fn from(message: protocol::Message) -> Self {
        Self {
            message_id: message.message_id.to_string(),
            channel_id: message.channel_id.to_string(),
            sender_id: message.sender_id.to_string(),
            lamport_timestamp: message.lamport_timestamp,
            causal_history: all(message.causal_history),
            content: message.content,
            bloom_filter: message.bloom_filter,
            repair_request: all(message.repair_request),
        }
    }
}

impl From<protocol::Received> for ReceivedMessage {
    fn from(received: protocol::Received) -> Self {
        Self {
            message_id: received.message_id.to_string(),
            channel_id: received.channel_id.to_string(),
            sender_id: received.sender_id.to_string(),
            content: received.content,
            delivered: received.delivered,
            missing_dependencies: all(received.missing),
            kind: match received.kind {
                Kind::Content => "content",
                Kind::Sync => "sync",
                Kind::Ephemeral => "ephemeral",
            },
            duplicate: received.duplicate,
        }
    }
}

impl From<protocol::HistoryUpdate> for HistoryUpdate {
    fn from(update: protocol::HistoryUpdate) -> Self {
        let append = update.append.into_iter().map(|message| StoredMessage {
            message_id: message.message_id.to_string(),
            lamport_timestamp: message.lamport_timestamp,
            bytes: message.bytes,
        });
        Self { append: append.collect(), evict: texts(update.evict) }
    }
}

impl Message {
    /// Reads a message that is kept.
    pub fn read_stored(bytes: Bytes) -> Result<Self, protocol::Error> {
        wire::decode(bytes).map(Self::from)
    }
}

impl TryFrom<&protocol::Unacknowledged> for Outgoing {
    type Error = protocol::Error;

    fn try_from(sent: &protocol::Unacknowledged) -> Result<Self, Self::Error> {
        let message = Message::read_stored(sent.message.bytes.clone())?;
        Ok(Self { message, send_time: sent.send_time as f64, resend_attempts: sent.resend_attempts })
    }
}

impl TryFrom<&protocol::Waiting> for Incoming {
    type Error = protocol::Error;

    fn try_from(waiting: &protocol::Waiting) -> Result<Self, Self::Error> {
        let message = Message::read_stored(waiting.message.bytes.clone())?;
        Ok(Self { message, missing_dependencies: texts(waiting.missing.keys()) })
    }
}

impl From<&protocol::RepairRequest> for OutgoingRepair {
    fn from(request: &protocol::RepairRequest) -> Self {
        Self { entry: request.entry.clone().into(), request_at: request.request_at as f64 }
    }
}

impl From<&protocol::RepairResponse> for IncomingRepair {
    fn from(response: &protocol::RepairResponse) -> Self {
        Self { entry: response.entry.clone().into(), respond_at: response.respond_at as f64 }
    }
}
