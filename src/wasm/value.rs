//! The plain objects of the public contract that JavaScript gets. What it gives is read in `reading`.

use bytes::Bytes;
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::{
    codec::wire,
    protocol::{
        Error, HistoryEntry, HistoryUpdate, Message, MessageId, RepairRequest, RepairResponse,
        Unacknowledged, Waiting,
    },
};

#[wasm_bindgen]
extern "C" {
    /// A plain object in the making. Fields that every message has are set by functions of their own, which is several
    /// times as fast as by name, and small.
    #[wasm_bindgen(extends = Object)]
    #[derive(Clone)]
    pub type Plain;

    #[wasm_bindgen(method, setter, js_name = messageId)]
    fn set_message_id(this: &Plain, id: &str);
    #[wasm_bindgen(method, setter, js_name = channelId)]
    pub fn set_channel_id(this: &Plain, id: &str);
    #[wasm_bindgen(method, setter, js_name = senderId)]
    fn set_sender_id(this: &Plain, id: &str);
    #[wasm_bindgen(method, setter, js_name = lamportTimestamp)]
    fn set_lamport_timestamp(this: &Plain, clock: u64);
    #[wasm_bindgen(method, setter, js_name = content)]
    fn set_content(this: &Plain, bytes: Uint8Array);
    #[wasm_bindgen(method, setter, js_name = bytes)]
    fn set_bytes(this: &Plain, bytes: Uint8Array);
}

impl Plain {
    pub fn new() -> Self {
        Object::new().unchecked_into()
    }

    /// An object about a message.
    pub fn of(id: &MessageId) -> Self {
        let object = Self::new();
        object.set_message_id(id.as_str());
        object
    }

    pub fn with(self, key: &str, value: impl Into<JsValue>) -> Self {
        self.set(key, value.into());
        self
    }

    pub fn with_sender(self, sender: &str) -> Self {
        self.set_sender_id(sender);
        self
    }

    pub fn with_content(self, content: &Bytes) -> Self {
        self.set_content(bytes(content));
        self
    }

    pub fn with_bytes(self, encoded: &Bytes) -> Self {
        self.set_bytes(bytes(encoded));
        self
    }

    /// Absent on ephemeral messages.
    pub fn with_clock(self, clock: Option<u64>) -> Self {
        if let Some(clock) = clock {
            self.set_lamport_timestamp(clock);
        }
        self
    }

    /// A fresh plain object takes any property.
    fn set(&self, key: &str, value: JsValue) {
        _ = Reflect::set(self, &key.into(), &value);
    }
}

pub fn bytes(bytes: &Bytes) -> Uint8Array {
    Uint8Array::from(&**bytes)
}

pub fn entries(entries: &[HistoryEntry]) -> Array {
    let array = Array::new();
    entries.iter().for_each(|item| _ = array.push(&entry(item)));
    array
}

/// The texts of ids.
pub fn texts(ids: &mut dyn Iterator<Item = &MessageId>) -> JsValue {
    // Texts can always be converted.
    serde_wasm_bindgen::to_value(&ids.map(MessageId::as_str).collect::<Vec<_>>()).unwrap_or_default()
}

pub fn entry(entry: &HistoryEntry) -> Plain {
    let mut object = Plain::of(&entry.message_id);
    if !entry.retrieval_hint.is_empty() {
        object = object.with("retrievalHint", bytes(&entry.retrieval_hint));
    }
    if entry.sender_id.is_empty() { object } else { object.with_sender(entry.sender_id.as_str()) }
}

pub fn message(message: &Message) -> Plain {
    let object = Plain::of(&message.message_id)
        .with_sender(message.sender_id.as_str())
        .with_clock(message.lamport_timestamp)
        .with_content(&message.content)
        .with("causalHistory", entries(&message.causal_history))
        .with("repairRequest", entries(&message.repair_request));
    object.set_channel_id(message.channel_id.as_str());
    match &message.bloom_filter {
        Some(filter) => object.with("bloomFilter", bytes(filter)),
        None => object,
    }
}

/// A message that is kept.
pub fn stored(kept: &Bytes) -> Result<Plain, Error> {
    Ok(message(&wire::decode(kept.clone())?))
}

pub fn outgoing(sent: &Unacknowledged) -> Result<Plain, Error> {
    let object = Plain::new().with("message", stored(&sent.message.bytes)?);
    Ok(object.with("sendTime", sent.send_time as f64).with("resendAttempts", sent.resend_attempts))
}

pub fn incoming(waiting: &Waiting) -> Result<Plain, Error> {
    let object = Plain::new().with("message", stored(&waiting.message.bytes)?);
    Ok(object.with("missingDependencies", texts(&mut waiting.missing.keys())))
}

pub fn outgoing_repair(request: &RepairRequest) -> Plain {
    Plain::new().with("entry", entry(&request.entry)).with("requestAt", request.request_at as f64)
}

pub fn incoming_repair(response: &RepairResponse) -> Plain {
    Plain::new().with("entry", entry(&response.entry)).with("respondAt", response.respond_at as f64)
}

pub fn history_update(update: &HistoryUpdate) -> Plain {
    let append = Array::new();
    for message in &update.append {
        let object = Plain::of(&message.message_id).with_clock(Some(message.lamport_timestamp));
        append.push(&object.with_bytes(&message.bytes));
    }
    Plain::new().with("append", append).with("evict", texts(&mut update.evict.iter()))
}
