//! Plain objects that JavaScript gives: messages and snapshots to encode. The package's JavaScript has checked them; an
//! error here says which field is missing or of another type.

use bytes::Bytes;
use js_sys::{Array, BigInt, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use super::error;
use crate::{
    codec::meta::{
        ChannelMeta, IncomingMessage, IncomingRepairEntry, OutgoingRepairEntry, UnacknowledgedMessage,
    },
    protocol::{HistoryEntry, Message, Millis},
};

type Read<T> = Result<T, JsValue>;

/// An instant as JavaScript gives it.
pub fn millis(number: f64) -> Millis {
    // Saturates; the package's JavaScript lets only finite numbers from 0 through.
    number as Millis
}

pub fn message(object: &JsValue) -> Read<Message> {
    Ok(Message {
        message_id: text(object, "messageId")?.into(),
        channel_id: text(object, "channelId")?.into(),
        sender_id: text(object, "senderId")?.into(),
        lamport_timestamp: optional(object, "lamportTimestamp", number)?,
        causal_history: list(object, "causalHistory", entry)?,
        content: bytes(object, "content")?,
        bloom_filter: optional(object, "bloomFilter", bytes)?,
        repair_request: list(object, "repairRequest", entry)?,
        ..Message::default()
    })
}

pub fn channel_meta(object: &JsValue) -> Read<ChannelMeta> {
    Ok(ChannelMeta {
        schema_version: small(object, "schemaVersion")?,
        lamport_timestamp: number(object, "lamportTimestamp")?,
        outgoing_buffer: list(object, "outgoingBuffer", |item| {
            Ok(UnacknowledgedMessage {
                message: message(&get(item, "message"))?,
                send_time: instant(item, "sendTime")?,
                resend_attempts: small(item, "resendAttempts")?,
            })
        })?,
        incoming_buffer: list(object, "incomingBuffer", |item| {
            Ok(IncomingMessage {
                message: message(&get(item, "message"))?,
                missing_dependencies: list(item, "missingDependencies", |id| plain_text(id).map(Into::into))?,
            })
        })?,
        outgoing_repair_buffer: list(object, "outgoingRepairBuffer", |item| {
            Ok(OutgoingRepairEntry {
                message_id: text(item, "messageId")?.into(),
                entry: entry(&get(item, "entry"))?,
                request_at: instant(item, "requestAt")?,
            })
        })?,
        incoming_repair_buffer: list(object, "incomingRepairBuffer", |item| {
            Ok(IncomingRepairEntry {
                message_id: text(item, "messageId")?.into(),
                entry: entry(&get(item, "entry"))?,
                cached_message: bytes(item, "cachedMessage")?,
                respond_at: instant(item, "respondAt")?,
            })
        })?,
        pending_append: list(object, "pendingAppend", message)?,
        pending_evict: list(object, "pendingEvict", |id| plain_text(id).map(Into::into))?,
    })
}

/// A list of ids.
pub fn texts(ids: JsValue) -> Read<Vec<String>> {
    let ids = ids.dyn_into::<Array>().map_err(|_| wrong("ids", "an array"))?;
    ids.iter().map(|id| plain_text(&id)).collect()
}

fn entry(object: &JsValue) -> Read<HistoryEntry> {
    Ok(HistoryEntry {
        message_id: text(object, "messageId")?.into(),
        retrieval_hint: optional(object, "retrievalHint", bytes)?.unwrap_or_default(),
        sender_id: optional(object, "senderId", text)?.unwrap_or_default().into(),
    })
}

/// A property; undefined if there is none, or nothing that could have one.
fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

fn optional<T>(object: &JsValue, key: &str, read: fn(&JsValue, &str) -> Read<T>) -> Read<Option<T>> {
    if get(object, key).is_undefined() { Ok(None) } else { read(object, key).map(Some) }
}

fn text(object: &JsValue, key: &str) -> Read<String> {
    plain_text(&get(object, key)).map_err(|_| wrong(key, "a string"))
}

fn plain_text(value: &JsValue) -> Read<String> {
    value.as_string().ok_or_else(|| wrong("an id", "a string"))
}

fn bytes(object: &JsValue, key: &str) -> Read<Bytes> {
    let value = get(object, key).dyn_into::<Uint8Array>();
    value.map(|bytes| bytes.to_vec().into()).map_err(|_| wrong(key, "a Uint8Array"))
}

fn number(object: &JsValue, key: &str) -> Read<u64> {
    let value = get(object, key).dyn_into::<BigInt>().ok();
    value.and_then(|value| u64::try_from(value).ok()).ok_or_else(|| wrong(key, "a bigint of 64 bits"))
}

fn instant(object: &JsValue, key: &str) -> Read<Millis> {
    get(object, key).as_f64().map(millis).ok_or_else(|| wrong(key, "a number"))
}

fn small(object: &JsValue, key: &str) -> Read<u32> {
    let value = get(object, key).as_f64().filter(|value| (0.0..=f64::from(u32::MAX)).contains(value));
    value.map(|value| value as u32).ok_or_else(|| wrong(key, "a number of 32 bits"))
}

fn list<T>(object: &JsValue, key: &str, read: fn(&JsValue) -> Read<T>) -> Read<Vec<T>> {
    let array = get(object, key).dyn_into::<Array>().map_err(|_| wrong(key, "an array"))?;
    array.iter().map(|item| read(&item)).collect()
}

fn wrong(key: &str, expected: &str) -> JsValue {
    error::invalid_argument(&format!("{key} must be {expected}"))
}
