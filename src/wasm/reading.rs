//! Plain objects that JavaScript gives. The package's JavaScript has checked them; an error here says which field is missing
//! or of another type.

use bytes::Bytes;
use js_sys::{Array, BigInt, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use super::error;
use crate::protocol::{HistoryEntry, Message, MessageId, Millis};

pub type Read<T> = Result<T, JsValue>;

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
        causal_history: entries(object, "causalHistory")?,
        content: bytes(object, "content")?,
        bloom_filter: optional(object, "bloomFilter", bytes)?,
        repair_request: entries(object, "repairRequest")?,
        ..Message::default()
    })
}

fn entries(object: &JsValue, key: &str) -> Read<Vec<HistoryEntry>> {
    let mut entries = Vec::new();
    each(object, key, &mut |item| {
        entries.push(entry(item)?);
        Ok(())
    })?;
    Ok(entries)
}

pub fn entry(object: &JsValue) -> Read<HistoryEntry> {
    Ok(HistoryEntry {
        message_id: text(object, "messageId")?.into(),
        retrieval_hint: optional(object, "retrievalHint", bytes)?.unwrap_or_default(),
        sender_id: optional(object, "senderId", text)?.unwrap_or_default().into(),
    })
}

/// A list of ids.
pub fn ids(list: &JsValue) -> Read<Vec<MessageId>> {
    let list = list.dyn_ref::<Array>().ok_or_else(|| wrong("ids", "an array"))?;
    list.iter().map(|item| id(&item)).collect()
}

pub fn id(value: &JsValue) -> Read<MessageId> {
    value.as_string().map(MessageId::from).ok_or_else(|| wrong("an id", "a string"))
}

/// A property; undefined if there is none, or nothing that could have one.
pub fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

fn optional<T>(object: &JsValue, key: &str, read: fn(&JsValue, &str) -> Read<T>) -> Read<Option<T>> {
    if get(object, key).is_undefined() { Ok(None) } else { read(object, key).map(Some) }
}

pub fn text(object: &JsValue, key: &str) -> Read<String> {
    get(object, key).as_string().ok_or_else(|| wrong(key, "a string"))
}

pub fn bytes(object: &JsValue, key: &str) -> Read<Bytes> {
    let value = get(object, key).dyn_into::<Uint8Array>();
    value.map(|bytes| bytes.to_vec().into()).map_err(|_| wrong(key, "a Uint8Array"))
}

pub fn number(object: &JsValue, key: &str) -> Read<u64> {
    let value = get(object, key).dyn_into::<BigInt>().ok();
    value.and_then(|value| u64::try_from(value).ok()).ok_or_else(|| wrong(key, "a bigint of 64 bits"))
}

pub fn instant(object: &JsValue, key: &str) -> Read<Millis> {
    get(object, key).as_f64().map(millis).ok_or_else(|| wrong(key, "a number"))
}

pub fn small(object: &JsValue, key: &str) -> Read<u32> {
    let value = get(object, key).as_f64().filter(|value| (0.0..=f64::from(u32::MAX)).contains(value));
    value.map(|value| value as u32).ok_or_else(|| wrong(key, "a number of 32 bits"))
}

/// Visits the items of an array.
pub fn each(object: &JsValue, key: &str, visit: &mut dyn FnMut(&JsValue) -> Read<()>) -> Read<()> {
    let array = get(object, key).dyn_into::<Array>().map_err(|_| wrong(key, "an array"))?;
    array.iter().try_for_each(|item| visit(&item))
}

fn wrong(key: &str, expected: &str) -> JsValue {
    error::invalid_argument(&format!("{key} must be {expected}"))
}
