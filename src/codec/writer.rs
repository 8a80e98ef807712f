//! Writes the state of a channel piece by piece, in the order of nim-sds. Nothing is copied but into the result, which
//! matters: a snapshot is written at the end of every operation.

use bytes::Bytes;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint};

use super::wire::write_entry;
use crate::protocol::{HistoryEntry, MessageId, Millis};

/// A ChannelMeta that is being written. The pieces must come in the order of the methods.
pub struct Writer(Vec<u8>);

impl Writer {
    /// `room`: about how many bytes there will be.
    pub fn new(schema_version: u32, lamport_timestamp: u64, room: usize) -> Self {
        let mut out = Vec::with_capacity(room);
        number(&mut out, 1, schema_version.into());
        number(&mut out, 2, lamport_timestamp);
        Self(out)
    }

    pub fn outgoing(&mut self, message: &[u8], send_time: Millis, resend_attempts: u32) {
        let attempts = resend_attempts.into();
        let size = size_of_bytes(message).saturating_add(size_of_number(send_time));
        length(&mut self.0, 3, size.saturating_add(size_of_number(attempts)));
        bytes(&mut self.0, 1, message);
        number(&mut self.0, 2, send_time);
        number(&mut self.0, 3, attempts);
    }

    pub fn incoming(&mut self, message: &[u8], missing: &mut dyn Iterator<Item = &MessageId>) {
        let missing: Vec<&[u8]> = missing.map(|id| id.as_str().as_bytes()).collect();
        let sizes = missing.iter().map(|id| size_of_bytes(id));
        length(&mut self.0, 4, sizes.fold(size_of_bytes(message), usize::saturating_add));
        bytes(&mut self.0, 1, message);
        missing.into_iter().for_each(|id| bytes(&mut self.0, 2, id));
    }

    pub fn outgoing_repair(&mut self, id: &MessageId, entry: &HistoryEntry, request_at: Millis) {
        nested(&mut self.0, 5, &mut |out| {
            bytes(out, 1, id.as_str().as_bytes());
            nested(out, 2, &mut |out| {
                nested(out, 1, &mut |out| write_entry(out, entry));
                number(out, 2, request_at);
            });
        });
    }

    pub fn incoming_repair(
        &mut self,
        id: &MessageId,
        entry: &HistoryEntry,
        cached: &[u8],
        respond_at: Millis,
    ) {
        nested(&mut self.0, 6, &mut |out| {
            bytes(out, 1, id.as_str().as_bytes());
            nested(out, 2, &mut |out| {
                nested(out, 1, &mut |out| write_entry(out, entry));
                bytes(out, 2, cached);
                number(out, 3, respond_at);
            });
        });
    }

    pub fn pending_append(&mut self, message: &[u8]) {
        bytes(&mut self.0, 7, message);
    }

    pub fn pending_evict(&mut self, id: &MessageId) {
        bytes(&mut self.0, 8, id.as_str().as_bytes());
    }

    pub fn finish(self) -> Bytes {
        self.0.into()
    }
}

pub(super) fn number(out: &mut Vec<u8>, field: u32, value: u64) {
    encode_key(field, WireType::Varint, out);
    encode_varint(value, out);
}

pub(super) fn bytes(out: &mut Vec<u8>, field: u32, value: &[u8]) {
    length(out, field, value.len());
    out.extend_from_slice(value);
}

/// Begins a value of this many bytes.
pub(super) fn length(out: &mut Vec<u8>, field: u32, length: usize) {
    if field < 16 && length < 0x80 {
        // Nearly always, and several times as fast.
        return out.extend([(field << 3 | WireType::LengthDelimited as u32) as u8, length as u8]);
    }
    encode_key(field, WireType::LengthDelimited, out);
    encode_varint(length as u64, out);
}

// The sizes of fields whose numbers are up to 15, which makes their tags one byte.

pub(super) fn size_of_bytes(value: &[u8]) -> usize {
    size_of_number(value.len() as u64).saturating_add(value.len())
}

pub(super) fn size_of_number(value: u64) -> usize {
    encoded_len_varint(value).saturating_add(1)
}

/// Writes a small message inside of a message. Its length stands before it and is known after it, so it is moved up.
fn nested(out: &mut Vec<u8>, field: u32, write: &mut dyn FnMut(&mut Vec<u8>)) {
    encode_key(field, WireType::LengthDelimited, out);
    let start = out.len();
    write(out);
    let length = out.len().saturating_sub(start) as u64;
    encode_varint(length, out);
    if let Some(moved) = out.get_mut(start..) {
        moved.rotate_right(encoded_len_varint(length));
    }
}
