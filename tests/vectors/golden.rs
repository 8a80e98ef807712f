//! The data measured on nim-sds, and how its JSON is read.

use std::{fmt::Debug, str::FromStr, sync::LazyLock};

use bytes::Bytes;
use sds_wasm::{
    codec::meta::{self, ChannelMeta, HistoryUpdate},
    protocol::{Dialect, HistoryEntry, Message, MessageId},
};
use serde_json::Value;

static DATA: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(include_str!("nim-sds.json")).unwrap());

pub fn list(name: &str) -> &'static Vec<Value> {
    let list = DATA[name].as_array().unwrap();
    assert!(!list.is_empty(), "{name}");
    list
}

pub fn items(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// A number, or one in a string where it may be larger than a double can hold.
pub fn number<T: FromStr<Err: Debug>>(value: &Value) -> T {
    match value {
        Value::String(digits) => digits.parse().unwrap(),
        other => other.to_string().parse().unwrap(),
    }
}

pub fn bytes(value: &Value) -> Bytes {
    let digits = text(value);
    let pairs = (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

pub fn ids(value: &Value) -> Vec<MessageId> {
    items(value).iter().map(|id| text(id).into()).collect()
}

pub fn entry(value: &Value) -> HistoryEntry {
    HistoryEntry {
        message_id: text(&value["id"]).into(),
        retrieval_hint: bytes(&value["hint"]),
        sender_id: text(&value["senderId"]).into(),
    }
}

pub fn message(value: &Value) -> Message {
    Message {
        dialect: Dialect::NimSds,
        message_id: text(&value["messageId"]).into(),
        channel_id: text(&value["channelId"]).into(),
        sender_id: text(&value["senderId"]).into(),
        lamport_timestamp: Some(number(&value["lamport"])),
        causal_history: items(&value["causalHistory"]).iter().map(entry).collect(),
        content: bytes(&value["contentHex"]),
        bloom_filter: Some(bytes(&value["bloomHex"])),
        repair_request: items(&value["repairRequest"]).iter().map(entry).collect(),
    }
}

pub fn messages(value: &Value) -> Vec<Message> {
    items(value).iter().map(message).collect()
}

pub fn channel_meta(value: &Value) -> ChannelMeta {
    let outgoing = |item: &Value| meta::UnacknowledgedMessage {
        message: message(&item["message"]),
        send_time: number(&item["sendTimeMs"]),
        resend_attempts: number(&item["resendAttempts"]),
    };
    let incoming = |item: &Value| meta::IncomingMessage {
        message: message(&item["message"]),
        missing_dependencies: ids(&item["missingDeps"]),
    };
    let request = |item: &Value| meta::OutgoingRepairEntry {
        message_id: text(&item["messageId"]).into(),
        entry: entry(&item["entry"]["outHistEntry"]),
        request_at: number(&item["entry"]["minTimeRepairReqMs"]),
    };
    let response = |item: &Value| meta::IncomingRepairEntry {
        message_id: text(&item["messageId"]).into(),
        entry: entry(&item["entry"]["inHistEntry"]),
        cached_message: bytes(&item["entry"]["cachedMessageHex"]),
        respond_at: number(&item["entry"]["minTimeRepairRespMs"]),
    };
    ChannelMeta {
        schema_version: number(&value["schemaVersion"]),
        lamport_timestamp: number(&value["lamport"]),
        outgoing_buffer: items(&value["outgoingBuffer"]).iter().map(outgoing).collect(),
        incoming_buffer: items(&value["incomingBuffer"]).iter().map(incoming).collect(),
        outgoing_repair_buffer: items(&value["outgoingRepairBuffer"]).iter().map(request).collect(),
        incoming_repair_buffer: items(&value["incomingRepairBuffer"]).iter().map(response).collect(),
        pending_append: Vec::new(),
        pending_evict: Vec::new(),
    }
}

pub fn update(value: &Value) -> HistoryUpdate {
    HistoryUpdate { append: messages(&value["append"]), evict: ids(&value["evict"]) }
}
