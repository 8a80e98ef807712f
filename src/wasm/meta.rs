//! The plain object of a snapshot, for tools, and back. Both go from piece to piece, without a form in between.

use bytes::Bytes;
use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::{
    reading::{Read, bytes, each, entry, get, id, ids, instant, message, number, small, text},
    value::{self, Plain, texts},
};
use crate::{
    codec::{
        records::{self, Pieces, SCHEMA_VERSION},
        wire,
        writer::Writer,
    },
    protocol::{Error, HistoryEntry, MessageId, Millis},
};

/// The arrays of the object.
#[derive(Default)]
struct Lists {
    outgoing: Array,
    incoming: Array,
    outgoing_repairs: Array,
    incoming_repairs: Array,
    pending_append: Array,
    pending_evict: Vec<MessageId>,
}

impl Pieces for Lists {
    fn outgoing(&mut self, message: Bytes, send_time: Millis, resend_attempts: u32) -> Result<(), Error> {
        let object = Plain::new().with("message", at_rest(&message)?).with("sendTime", send_time as f64);
        self.outgoing.push(&object.with("resendAttempts", resend_attempts));
        Ok(())
    }

    fn incoming(&mut self, message: Bytes, missing: Vec<MessageId>) -> Result<(), Error> {
        let object = Plain::new().with("message", at_rest(&message)?);
        self.incoming.push(&object.with("missingDependencies", texts(&mut missing.iter())));
        Ok(())
    }

    fn outgoing_repair(&mut self, id: MessageId, entry: HistoryEntry, request_at: Millis) {
        let object = Plain::of(&id).with("entry", value::entry(&entry));
        self.outgoing_repairs.push(&object.with("requestAt", request_at as f64));
    }

    fn incoming_repair(&mut self, id: MessageId, entry: HistoryEntry, cached: Bytes, respond_at: Millis) {
        let object = Plain::of(&id).with("entry", value::entry(&entry));
        let object = object.with("cachedMessage", value::bytes(&cached));
        self.incoming_repairs.push(&object.with("respondAt", respond_at as f64));
    }

    fn pending_append(&mut self, message: Bytes) -> Result<(), Error> {
        let message = at_rest(&message)?;
        self.pending_append.push(&message);
        Ok(())
    }

    fn pending_evict(&mut self, id: MessageId) {
        self.pending_evict.push(id);
    }
}

fn at_rest(bytes: &Bytes) -> Result<Plain, Error> {
    wire::decode_at_rest(bytes).map(|message| value::message(&message))
}

/// The object of a snapshot.
///
/// # Errors
/// As [`codec::meta::decode_meta`](crate::codec::meta::decode_meta).
pub fn to_object(snapshot: &Bytes) -> Result<Plain, Error> {
    let mut lists = Lists::default();
    let clock = records::read(snapshot, &mut lists)?;
    Ok(Plain::new()
        .with_clock(Some(clock))
        // Checked: there is no other.
        .with("schemaVersion", SCHEMA_VERSION)
        .with("outgoingBuffer", lists.outgoing)
        .with("incomingBuffer", lists.incoming)
        .with("outgoingRepairBuffer", lists.outgoing_repairs)
        .with("incomingRepairBuffer", lists.incoming_repairs)
        .with("pendingAppend", lists.pending_append)
        .with("pendingEvict", texts(&mut lists.pending_evict.iter())))
}

/// The snapshot that an object describes.
///
/// # Errors
/// An `InvalidArgument` object that names a field that is missing or of another type.
pub fn from_object(object: &JsValue) -> Read<Bytes> {
    let mut writer = Writer::new(small(object, "schemaVersion")?, number(object, "lamportTimestamp")?, 0);
    each(object, "outgoingBuffer", &mut |item| {
        let message = wire::encode(&message(&get(item, "message"))?);
        writer.outgoing(&message, instant(item, "sendTime")?, small(item, "resendAttempts")?);
        Ok(())
    })?;
    each(object, "incomingBuffer", &mut |item| {
        let message = wire::encode(&message(&get(item, "message"))?);
        writer.incoming(&message, &mut ids(&get(item, "missingDependencies"))?.iter());
        Ok(())
    })?;
    each(object, "outgoingRepairBuffer", &mut |item| {
        let (id, entry) = (text(item, "messageId")?.into(), entry(&get(item, "entry"))?);
        writer.outgoing_repair(&id, &entry, instant(item, "requestAt")?);
        Ok(())
    })?;
    each(object, "incomingRepairBuffer", &mut |item| {
        let (id, entry) = (text(item, "messageId")?.into(), entry(&get(item, "entry"))?);
        writer.incoming_repair(&id, &entry, &bytes(item, "cachedMessage")?, instant(item, "respondAt")?);
        Ok(())
    })?;
    each(object, "pendingAppend", &mut |item| {
        writer.pending_append(&wire::encode(&message(item)?));
        Ok(())
    })?;
    each(object, "pendingEvict", &mut |item| {
        writer.pending_evict(&id(item)?);
        Ok(())
    })?;
    Ok(writer.finish())
}
