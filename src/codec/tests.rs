//! Properties of encoders and decoders, and their limits.

use bytes::Bytes;
use proptest::{collection::vec, prelude::*};

use super::{Protobuf, arbitrary::*, meta::*, snapshot, wire::*};
use crate::protocol::{Dialect, Error, Format, HistoryEntry, IdHash, MAX_CONTENT, Message, StoredMessage};

proptest! {
    #[test]
    fn decoders_are_total(bytes in hostile()) {
        if let Ok((stored, _)) = decode_stored(&bytes) {
            content_of(&stored);
            assert_bare(&stored);
        }
        if let Ok(message) = decode(bytes.clone()) {
            // What was taken once is taken again, and then doesn't change any more.
            let again = decode(encode(&message)).unwrap();
            prop_assert_eq!(encode(&again), encode(&message));
        }
        if let Ok(state) = snapshot::decode(&bytes) {
            prop_assert_eq!(snapshot::decode(&encode_state(&state)).unwrap(), state);
        }
        for dialect in [Dialect::NimSds, Dialect::Rfc] {
            if let Ok(filter) = Protobuf.read_filter(dialect, &bytes) {
                filter.contains(IdHash::of(dialect, "m1"));
            }
        }
        drop((decode_meta(&bytes), decode_channel_data(&bytes), decode_update(&bytes)));
        let stored = StoredMessage {
            message_id: "m1".into(), sender_id: "alice".into(), lamport_timestamp: 1, bytes,
        };
        content_of(&stored);
    }

    #[test]
    fn messages_survive(message in message()) {
        prop_assert_eq!(decode(encode(&message)).unwrap(), message);
    }

    #[test]
    fn messages_survive_in_the_other_dialect(message in message()) {
        let bloom_filter = message.bloom_filter.clone().filter(|filter| !filter.is_empty());
        let message = Message { dialect: Dialect::Rfc, bloom_filter, ..message };
        prop_assert_eq!(decode(encode(&message)).unwrap(), message);
    }

    #[test]
    fn a_message_is_kept_in_one_form_and_broadcast_again_in_either(message in kept()) {
        let stored = Protobuf.store(&message);
        let other = Message { dialect: Dialect::Rfc, ..message.clone() };
        prop_assert_eq!(&Protobuf.store(&other), &stored);
        for dialect in [Dialect::NimSds, Dialect::Rfc] {
            let filter = Some(Bytes::from_static(b"filter"));
            let again = decode(Protobuf.rebroadcast(dialect, &stored.bytes, filter.clone())).unwrap();
            let expected =
                Message { dialect, bloom_filter: filter, repair_request: Vec::new(), ..message.clone() };
            prop_assert_eq!(again, expected);
        }
        prop_assert_eq!(Protobuf.rebroadcast(Dialect::NimSds, &stored.bytes, None), stored.bytes.clone());
        let bare = decode(Protobuf.rebroadcast(Dialect::Rfc, &stored.bytes, None)).unwrap();
        prop_assert_eq!(bare.bloom_filter, None);
    }

    #[test]
    fn kept_messages_survive_without_filter_and_requests(message in kept()) {
        let stored = Protobuf.store(&message);
        assert_bare(&stored);
        prop_assert_eq!(content_of(&stored), &message.content);
        let bare = Message { bloom_filter: Some(Bytes::new()), repair_request: Vec::new(), ..message.clone() };
        prop_assert_eq!(decode(stored.bytes.clone()).unwrap(), bare);
        // As we keep it, and as it was broadcast.
        for bytes in [stored.bytes.clone(), encode(&message)] {
            let (again, history) = decode_stored(&bytes).unwrap();
            prop_assert_eq!(&again, &stored);
            prop_assert_eq!(history, message.causal_history.clone());
        }
    }

    #[test]
    fn plain_values_survive(meta in channel_meta(), message_history in vec(kept(), 0..3), evict in ids()) {
        prop_assert_eq!(decode_meta(&encode_meta(&meta)).unwrap(), meta.clone());
        let update = HistoryUpdate { append: message_history.clone(), evict };
        prop_assert_eq!(decode_update(&encode_update(&update)).unwrap(), update);
        let data = ChannelData { meta, message_history };
        prop_assert_eq!(decode_channel_data(&encode_channel_data(&data)).unwrap(), data);
    }

    #[test]
    fn snapshots_survive_and_are_what_tools_read(state in state()) {
        let bytes = encode_state(&state);
        prop_assert_eq!(snapshot::decode(&bytes).unwrap(), state);
        prop_assert_eq!(encode_meta(&decode_meta(&bytes).unwrap()), bytes);
    }

    #[test]
    fn snapshots_of_others_lose_filters_and_requests(meta in channel_meta()) {
        let state = snapshot::decode(&encode_meta(&meta)).unwrap();
        let waiting = state.incoming.iter().map(|waiting| &waiting.message);
        let own = state.outgoing.iter().map(|own| &own.message);
        waiting.chain(own).chain(&state.pending.append).for_each(assert_bare);
    }
}

fn assert_bare(stored: &StoredMessage) {
    let message = decode(stored.bytes.clone()).unwrap();
    assert!(message.bloom_filter.is_none_or(|filter| filter.is_empty()));
    assert!(message.repair_request.is_empty());
    // Nor anywhere else in the bytes: whatever is there has been decoded.
    let filters = super::strict::fields(&stored.bytes).filter(|field| matches!(field, Ok((6 | 13, _))));
    assert!(filters.count() <= 1);
}

fn reason<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let Err(Error::Deserialization(text)) = result else { panic!("{result:?}") };
    text
}

fn minimal() -> Message {
    Message {
        message_id: "m1".into(),
        channel_id: "c".into(),
        lamport_timestamp: Some(7),
        bloom_filter: Some(Bytes::new()),
        ..Message::default()
    }
}

#[test]
fn limits_are_kept_to_the_byte() {
    let with_content = |size| encode(&Message { content: vec![1; size].into(), ..minimal() });
    assert!(decode(with_content(MAX_CONTENT)).is_ok());
    assert_eq!(
        reason(decode(with_content(MAX_CONTENT + 1))),
        "message.content: 1048577 bytes, the limit is 1048576"
    );

    let entries = |count| vec![HistoryEntry { message_id: "m0".into(), ..HistoryEntry::default() }; count];
    let with_history = |count| encode(&Message { causal_history: entries(count), ..minimal() });
    let with_requests = |count| encode(&Message { repair_request: entries(count), ..minimal() });
    assert!(decode(with_history(MAX_CAUSAL_HISTORY)).is_ok());
    assert!(decode(with_requests(MAX_REPAIR_REQUESTS)).is_ok());
    assert_eq!(reason(decode(with_history(1001))), "message.causalHistory: more than 1000 entries");
    assert_eq!(reason(decode(with_requests(1001))), "message.repairRequest: more than 1000 entries");

    let with_filter = |size| encode(&Message { bloom_filter: Some(vec![0; size].into()), ..minimal() });
    let room = 2 * MAX_MESSAGE - with_filter(MAX_MESSAGE).len();
    assert!(decode(with_filter(room)).is_ok());
    assert_eq!(reason(decode(with_filter(room + 1))), "message: 8388609 bytes, the limit is 8388608");
}

#[test]
fn errors_name_the_field_and_the_value() {
    let messages: [(&[u8], &str); 8] = [
        (b"", "message.messageId: is missing"),
        (b"\x0a\x00", "message.messageId: is empty"),
        (b"\x0a\x01m", "message.channelId: is missing"),
        (b"\x0a\x01\xff", "message.messageId: is not UTF-8 (invalid utf-8 sequence of 1 bytes from index 0)"),
        (b"\x15\x01\x00\x00\x00", "message.lamportTimestamp: found a fixed-size value, expected a varint"),
        (
            b"\x12\x01m\x1a\x01c\x52\x01m",
            "message.lamportTimestamp: found a length-delimited value, expected a varint",
        ),
        (b"\x0a\x01m\x22\x01c\x1a\x02\x0a\x00", "historyEntry.messageId: is empty"),
        (b"\x1a\x05", "message: a value of 5 bytes where 0 are left"),
    ];
    for (bytes, expected) in messages {
        assert_eq!(reason(decode(Bytes::from_static(bytes))), expected);
    }
    let late = encode(&Message { lamport_timestamp: Some(1 << 63), ..minimal() });
    let expected = "message.lamportTimestamp: 9223372036854775808, the limit is 9223372036854775807";
    assert_eq!(reason(decode(late)), expected);
    let ephemeral = encode(&Message { lamport_timestamp: None, ..minimal() });
    assert_eq!(reason(decode_stored(&ephemeral)), "message.lamportTimestamp: is missing");
}

#[test]
fn another_schema_version_is_refused_and_never_truncated() {
    for version in [0, 2, u32::MAX] {
        let bytes = encode_meta(&ChannelMeta { schema_version: version, ..ChannelMeta::default() });
        let expected =
            format!("channelMeta.schemaVersion: found version {version}, only version 1 is supported");
        assert_eq!(reason(decode_meta(&bytes)), expected);
        assert_eq!(reason(snapshot::decode(&bytes)), expected);
    }
    // 2^32 + 1 is 1 to who reads 32 bits.
    let wide = Bytes::from_static(b"\x08\x81\x80\x80\x80\x10\x10\x00");
    assert!(reason(snapshot::decode(&wide)).contains("found version 4294967297"));
}

#[test]
fn negative_times_are_refused() {
    let own = |send_time| UnacknowledgedMessage { message: minimal(), send_time, resend_attempts: 0 };
    let meta = |send_time| ChannelMeta {
        schema_version: 1,
        outgoing_buffer: vec![own(send_time)],
        ..ChannelMeta::default()
    };
    assert!(snapshot::decode(&encode_meta(&meta(i64::MAX as u64))).is_ok());
    let text = reason(snapshot::decode(&encode_meta(&meta(u64::MAX))));
    assert!(text.starts_with("outgoingBuffer.sendTime: 18446744073709551615"), "{text}");
}

proptest! {
    #[test]
    fn what_is_kept_has_no_spare_memory(message in message()) {
        for bytes in [Protobuf.store(&message).bytes, encode(&message), encode(&Message { dialect: Dialect::Rfc, ..message })] {
            let size = bytes.len();
            prop_assert_eq!(Vec::from(bytes).capacity(), size);
        }
    }
}

#[test]
fn content_and_filter_of_a_message_are_not_copied() {
    let bytes = encode(&Message {
        content: Bytes::from_static(b"hello"),
        bloom_filter: Some(Bytes::from_static(b"filter")),
        ..minimal()
    });
    let inside = bytes.as_ptr_range();
    let message = decode(bytes.clone()).unwrap();
    assert!(inside.contains(&message.content.as_ptr()));
    assert!(inside.contains(&message.bloom_filter.unwrap().as_ptr()));
}
