//! Arbitrary values for property tests.

use bytes::Bytes;
use proptest::{collection::vec, option, prelude::*};

use super::{Protobuf, meta::*, snapshot, wire::encode, writer::Writer};
use crate::protocol::{
    BloomFilter, Dialect, Format, HistoryEntry, HistoryUpdate as Pending, Message, MessageId, RepairRequest,
    RepairResponse, Snapshot, StoredMessage, Unacknowledged, Waiting,
};

pub(super) fn some_bytes() -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..40).prop_map(Bytes::from)
}

fn id<T: for<'a> From<&'a str> + std::fmt::Debug>(pattern: &'static str) -> impl Strategy<Value = T> {
    pattern.prop_map(|text| T::from(text.as_str()))
}

/// Also an instant: both are up to what a signed integer holds.
fn clock() -> impl Strategy<Value = u64> {
    prop_oneof![0..=i64::MAX as u64, 0..300_u64, Just(i64::MAX as u64)]
}

prop_compose! {
    fn entry()(message_id in id(".{1,9}"), retrieval_hint in some_bytes(), sender_id in id(".{0,5}")) -> HistoryEntry {
        HistoryEntry { message_id, retrieval_hint, sender_id }
    }
}

prop_compose! {
    fn message_with(clock: impl Strategy<Value = Option<u64>>)(
        lamport_timestamp in clock,
        (message_id, channel_id, sender_id) in (id(".{1,9}"), id(".{1,9}"), id(".{0,5}")),
        causal_history in vec(entry(), 0..5),
        content in some_bytes(),
        bloom_filter in some_bytes().prop_map(Some),
        repair_request in vec(entry(), 0..4),
    ) -> Message {
        Message {
            dialect: Dialect::NimSds,
            message_id, channel_id, sender_id, lamport_timestamp, causal_history, content, bloom_filter, repair_request,
        }
    }
}

/// Any message.
pub(super) fn message() -> impl Strategy<Value = Message> {
    message_with(option::of(clock()))
}

/// A message that may be kept.
pub(super) fn kept() -> impl Strategy<Value = Message> {
    message_with(clock().prop_map(Some))
}

pub(super) fn stored() -> impl Strategy<Value = StoredMessage> {
    kept().prop_map(|message| Protobuf.store(&message))
}

pub(super) fn ids() -> impl Strategy<Value = Vec<MessageId>> {
    vec(id(".{0,9}"), 0..4)
}

prop_compose! {
    pub(super) fn channel_meta()(
        lamport_timestamp in clock(),
        outgoing in vec((kept(), clock(), any::<u32>()), 0..3),
        incoming in vec((kept(), ids()), 0..3),
        requests in vec((id(".{0,9}"), entry(), clock()), 0..3),
        responses in vec((id(".{0,9}"), entry(), some_bytes(), clock()), 0..3),
        pending_append in vec(kept(), 0..3),
        pending_evict in ids(),
    ) -> ChannelMeta {
        ChannelMeta {
            schema_version: snapshot::SCHEMA_VERSION,
            lamport_timestamp,
            outgoing_buffer: outgoing.into_iter().map(|(message, send_time, resend_attempts)| {
                UnacknowledgedMessage { message, send_time, resend_attempts }
            }).collect(),
            incoming_buffer: incoming.into_iter().map(|(message, missing_dependencies)| {
                IncomingMessage { message, missing_dependencies }
            }).collect(),
            outgoing_repair_buffer: requests.into_iter().map(|(message_id, entry, request_at)| {
                OutgoingRepairEntry { message_id, entry, request_at }
            }).collect(),
            incoming_repair_buffer: responses.into_iter().map(|(message_id, entry, cached_message, respond_at)| {
                IncomingRepairEntry { message_id, entry, cached_message, respond_at }
            }).collect(),
            pending_append,
            pending_evict,
        }
    }
}

/// A message that waits for some of its causal history, and for something it doesn't name.
fn waiting() -> impl Strategy<Value = Waiting> {
    kept().prop_map(|message| {
        let unnamed = HistoryEntry { message_id: "not in any pattern".into(), ..HistoryEntry::default() };
        let missing = message.causal_history.first().cloned().into_iter().chain([unnamed]);
        let missing = missing.map(|entry| (entry.message_id.clone(), entry)).collect();
        Waiting { message: Protobuf.store(&message), missing }
    })
}

prop_compose! {
    pub(super) fn state()(
        lamport_timestamp in clock(),
        outgoing in vec((stored(), clock(), any::<u32>()), 0..3),
        incoming in vec(waiting(), 0..3),
        requests in vec((entry(), clock()), 0..3),
        responses in vec((entry(), some_bytes(), clock()), 0..3),
        append in vec(stored(), 0..3),
        evict in ids(),
    ) -> Snapshot {
        Snapshot {
            lamport_timestamp,
            outgoing: outgoing.into_iter().map(|(message, send_time, resend_attempts)| {
                Unacknowledged { message, send_time, resend_attempts }
            }).collect(),
            incoming,
            repair_requests: requests.into_iter().map(|(entry, request_at)| {
                RepairRequest { entry, request_at }
            }).collect(),
            repair_responses: responses.into_iter().map(|(entry, cached, respond_at)| {
                RepairResponse { entry, cached, respond_at }
            }).collect(),
            pending: Pending { append, evict },
        }
    }
}

/// Bytes that were valid, until some of them were replaced, removed or cut off.
fn mutated(valid: impl Strategy<Value = Bytes>) -> impl Strategy<Value = Bytes> {
    let change = (any::<prop::sample::Index>(), any::<u8>(), 0..4_u8);
    (valid, vec(change, 0..6)).prop_map(|(valid, changes)| {
        let mut bytes = valid.to_vec();
        for (at, byte, kind) in changes.into_iter().filter(|_| !valid.is_empty()) {
            let at = at.index(bytes.len() + 1);
            match kind {
                0 => bytes.insert(at, byte),
                1 if at < bytes.len() => drop(bytes.remove(at)),
                2 => bytes.truncate(at.max(1)),
                _ if at < bytes.len() => bytes[at] = byte,
                _ => {}
            }
        }
        bytes.into()
    })
}

pub(super) fn hostile() -> impl Strategy<Value = Bytes> {
    prop_oneof![
        vec(any::<u8>(), 0..200).prop_map(Bytes::from),
        mutated(message().prop_map(|message| encode(&message))),
        mutated(channel_meta().prop_map(|meta| encode_meta(&meta))),
        mutated(state().prop_map(|state| encode_state(&state))),
        mutated(
            (1..50_usize).prop_map(
                |capacity| Protobuf.write_filter(Dialect::NimSds, &BloomFilter::new(capacity, 0.01))
            )
        ),
    ]
}

/// Encodes a state as `snapshot::encode` does that of a channel.
pub(super) fn encode_state(state: &Snapshot) -> Bytes {
    let mut writer = Writer::new(snapshot::SCHEMA_VERSION, state.lamport_timestamp, 0);
    for own in &state.outgoing {
        writer.outgoing(&own.message.bytes, own.send_time, own.resend_attempts);
    }
    for waiting in &state.incoming {
        writer.incoming(&waiting.message.bytes, &mut waiting.missing.keys());
    }
    for RepairRequest { entry, request_at } in &state.repair_requests {
        writer.outgoing_repair(&entry.message_id, entry, *request_at);
    }
    for RepairResponse { entry, cached, respond_at } in &state.repair_responses {
        writer.incoming_repair(&entry.message_id, entry, cached, *respond_at);
    }
    state.pending.append.iter().for_each(|message| writer.pending_append(&message.bytes));
    state.pending.evict.iter().for_each(|id| writer.pending_evict(id));
    writer.finish()
}
