//! Reading the state of a channel in protobuf, schema version 1 of nim-sds: the counterpart of `writer`. What is read is
//! handed on piece by piece, so that both views of a snapshot, the manager's and that of tools, share one reader.

use bytes::Bytes;

use super::{
    strict::{self, Field, Schema, Value, refuse},
    wire::{entry, signed, text},
};
use crate::protocol::{Error, HistoryEntry, MessageId, Millis};

/// The only version of the snapshot format that there is.
pub const SCHEMA_VERSION: u32 = 1;

/// Takes the pieces of a ChannelMeta, in the order in which they were written.
pub trait Pieces {
    fn outgoing(&mut self, message: Bytes, send_time: Millis, resend_attempts: u32) -> Result<(), Error>;
    fn incoming(&mut self, message: Bytes, missing: Vec<MessageId>) -> Result<(), Error>;
    fn outgoing_repair(&mut self, id: MessageId, entry: HistoryEntry, request_at: Millis);
    /// The cached message may be missing: ours is always empty.
    fn incoming_repair(&mut self, id: MessageId, entry: HistoryEntry, cached: Bytes, respond_at: Millis);
    fn pending_append(&mut self, message: Bytes) -> Result<(), Error>;
    fn pending_evict(&mut self, id: MessageId);
}

static META: Schema = Schema {
    name: "channelMeta",
    fields: &[
        Field::number(1, "schemaVersion"),
        Field::number(2, "lamportTimestamp"),
        Field::bytes(3, "outgoingBuffer"),
        Field::bytes(4, "incomingBuffer"),
        Field::bytes(5, "outgoingRepairBuffer"),
        Field::bytes(6, "incomingRepairBuffer"),
        // Ours; nim-sds skips both.
        Field::bytes(7, "pendingAppend"),
        Field::bytes(8, "pendingEvict"),
    ],
};

/// Reads a ChannelMeta; gives its clock.
pub fn read(bytes: &Bytes, pieces: &mut dyn Pieces) -> Result<u64, Error> {
    let (mut version, mut clock) = (None, None);
    strict::walk(bytes, &META, &mut |index, value| {
        match (index, value) {
            (0, Value::Number(found)) => version = Some(check_version(found)?),
            (1, Value::Number(value)) => clock = Some(signed(value, "channelMeta.lamportTimestamp")?),
            (2, Value::Bytes(inner)) => outgoing(bytes, inner, pieces)?,
            (3, Value::Bytes(inner)) => incoming(bytes, inner, pieces)?,
            (4, Value::Bytes(inner)) => {
                let repair = repair(bytes, inner, &OUTGOING_REPAIR)?;
                pieces.outgoing_repair(repair.id, repair.entry, repair.at);
            }
            (5, Value::Bytes(inner)) => {
                let repair = repair(bytes, inner, &INCOMING_REPAIR)?;
                pieces.incoming_repair(repair.id, repair.entry, repair.cached, repair.at);
            }
            (6, Value::Bytes(message)) => pieces.pending_append(bytes.slice_ref(message))?,
            (7, Value::Bytes(id)) => pieces.pending_evict(text(id, "channelMeta.pendingEvict")?),
            _ => (),
        }
        Ok(())
    })?;
    required(version, "channelMeta.schemaVersion")?;
    required(clock, "channelMeta.lamportTimestamp")
}

/// Read as the wide number that it is, so that another version can't be truncated to this one.
fn check_version(found: u64) -> Result<(), Error> {
    if found == u64::from(SCHEMA_VERSION) {
        return Ok(());
    }
    let what = format!("found version {found}, only version {SCHEMA_VERSION} is supported");
    Err(refuse("channelMeta.schemaVersion", &what))
}

static OUTGOING: Schema = Schema {
    name: "outgoingBuffer",
    fields: &[Field::bytes(1, "message"), Field::number(2, "sendTime"), Field::number(3, "resendAttempts")],
};

fn outgoing(all: &Bytes, bytes: &[u8], pieces: &mut dyn Pieces) -> Result<(), Error> {
    let (mut message, mut send_time, mut attempts) = (None, None, None);
    strict::walk(bytes, &OUTGOING, &mut |index, value| {
        match (index, value) {
            (0, Value::Bytes(value)) => message = Some(all.slice_ref(value)),
            (1, Value::Number(value)) => send_time = Some(signed(value, "outgoingBuffer.sendTime")?),
            (2, Value::Number(value)) => attempts = Some(value),
            _ => (),
        }
        Ok(())
    })?;
    let attempts = required(attempts, "outgoingBuffer.resendAttempts")?;
    let Ok(attempts) = u32::try_from(attempts) else {
        let what = format!("{attempts}, the limit is {}", u32::MAX);
        return Err(refuse("outgoingBuffer.resendAttempts", &what));
    };
    let message = required(message, "outgoingBuffer.message")?;
    pieces.outgoing(message, required(send_time, "outgoingBuffer.sendTime")?, attempts)
}

static INCOMING: Schema = Schema {
    name: "incomingBuffer",
    fields: &[Field::bytes(1, "message"), Field::bytes(2, "missingDependencies")],
};

fn incoming(all: &Bytes, bytes: &[u8], pieces: &mut dyn Pieces) -> Result<(), Error> {
    let (mut message, mut missing) = (None, Vec::new());
    strict::walk(bytes, &INCOMING, &mut |index, value| {
        match (index, value) {
            (0, Value::Bytes(value)) => message = Some(all.slice_ref(value)),
            (1, Value::Bytes(id)) => missing.push(text(id, "incomingBuffer.missingDependencies")?),
            _ => (),
        }
        Ok(())
    })?;
    pieces.incoming(required(message, "incomingBuffer.message")?, missing)
}

/// An entry of a repair buffer: a key, and a message that holds the entry itself.
struct RepairSchema {
    outer: Schema,
    inner: Schema,
    /// Where the inner schema has the cached message, if it has one, and where the time.
    cached: Option<usize>,
    at: usize,
    names: [&'static str; 4],
}

static OUTGOING_REPAIR: RepairSchema = RepairSchema {
    outer: Schema {
        name: "outgoingRepairBuffer",
        fields: &[Field::bytes(1, "messageId"), Field::bytes(2, "entry")],
    },
    inner: Schema {
        name: "outgoingRepairBuffer.entry",
        fields: &[Field::bytes(1, "historyEntry"), Field::number(2, "requestAt")],
    },
    cached: None,
    at: 1,
    names: [
        "outgoingRepairBuffer.messageId",
        "outgoingRepairBuffer.entry",
        "outgoingRepairBuffer.entry.historyEntry",
        "outgoingRepairBuffer.entry.requestAt",
    ],
};

static INCOMING_REPAIR: RepairSchema = RepairSchema {
    outer: Schema {
        name: "incomingRepairBuffer",
        fields: &[Field::bytes(1, "messageId"), Field::bytes(2, "entry")],
    },
    inner: Schema {
        name: "incomingRepairBuffer.entry",
        fields: &[
            Field::bytes(1, "historyEntry"),
            Field::bytes(2, "cachedMessage"),
            Field::number(3, "respondAt"),
        ],
    },
    cached: Some(1),
    at: 2,
    names: [
        "incomingRepairBuffer.messageId",
        "incomingRepairBuffer.entry",
        "incomingRepairBuffer.entry.historyEntry",
        "incomingRepairBuffer.entry.respondAt",
    ],
};

struct Repair {
    id: MessageId,
    entry: HistoryEntry,
    cached: Bytes,
    at: Millis,
}

fn repair(all: &Bytes, bytes: &[u8], schema: &RepairSchema) -> Result<Repair, Error> {
    let [id_name, inner_name, entry_name, at_name] = schema.names;
    let (mut id, mut inner, mut named, mut cached, mut at) = (None, None, None, Bytes::new(), None);
    strict::walk(bytes, &schema.outer, &mut |index, value| {
        match (index, value) {
            (0, Value::Bytes(value)) => id = Some(text(value, id_name)?),
            (1, Value::Bytes(value)) => inner = Some(value),
            _ => (),
        }
        Ok(())
    })?;
    strict::walk(required(inner, inner_name)?, &schema.inner, &mut |index, value| {
        match value {
            Value::Bytes(value) if index == 0 => named = Some(entry(value, None)?),
            Value::Bytes(value) if Some(index) == schema.cached => cached = all.slice_ref(value),
            Value::Number(value) if index == schema.at => at = Some(signed(value, at_name)?),
            _ => (),
        }
        Ok(())
    })?;
    Ok(Repair {
        id: required(id, id_name)?,
        entry: required(named, entry_name)?,
        cached,
        at: required(at, at_name)?,
    })
}

static DATA: Schema =
    Schema { name: "channelData", fields: &[Field::bytes(1, "meta"), Field::bytes(2, "messageHistory")] };

/// Reads a ChannelData: the ChannelMeta in it, and the messages of the history.
pub(super) fn read_data(bytes: &Bytes) -> Result<(Bytes, Vec<Bytes>), Error> {
    let [meta, history] = read_lists(bytes, &DATA)?;
    Ok((required(meta.into_iter().last(), "channelData.meta")?, history))
}

static UPDATE: Schema =
    Schema { name: "historyUpdate", fields: &[Field::bytes(1, "append"), Field::bytes(2, "evict")] };

/// Reads a HistoryUpdate: the messages to append, and the ids to evict.
pub(super) fn read_update(bytes: &Bytes) -> Result<[Vec<Bytes>; 2], Error> {
    read_lists(bytes, &UPDATE)
}

fn read_lists(bytes: &Bytes, schema: &Schema) -> Result<[Vec<Bytes>; 2], Error> {
    let mut lists = [Vec::new(), Vec::new()];
    strict::walk(bytes, schema, &mut |index, value| {
        if let (Some(list), Value::Bytes(value)) = (lists.get_mut(index), value) {
            list.push(bytes.slice_ref(value));
        }
        Ok(())
    })?;
    Ok(lists)
}

fn required<T>(value: Option<T>, place: &str) -> Result<T, Error> {
    value.ok_or_else(|| refuse(place, "is missing"))
}
