//! Hashes, filters, timing and bytes against data measured on @waku/sds itself.

use std::sync::LazyLock;

use bytes::Bytes;
use sds_wasm::{
    codec::{Protobuf, wire},
    protocol::{
        BloomFilter, Dialect, Format, HistoryEntry, IdHash, Kind, Message, in_response_group, request_delay,
        response_delay,
    },
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::golden::{bytes, items, number, text};

static DATA: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(include_str!("waku-sds.json")).unwrap());

fn id(text: &str) -> IdHash {
    IdHash::of(Dialect::Rfc, text)
}

fn optional(hex: &Value) -> Option<Bytes> {
    (!hex.is_null()).then(|| bytes(hex))
}

fn entry(value: &Value) -> HistoryEntry {
    HistoryEntry {
        message_id: text(&value["messageId"]).into(),
        retrieval_hint: optional(&value["retrievalHint_hex"]).unwrap_or_default(),
        sender_id: value["senderId"].as_str().unwrap_or_default().into(),
    }
}

fn message(value: &Value) -> Message {
    Message {
        dialect: Dialect::Rfc,
        message_id: text(&value["messageId"]).into(),
        channel_id: text(&value["channelId"]).into(),
        sender_id: text(&value["senderId"]).into(),
        lamport_timestamp: value["lamportTimestamp"].as_str().map(|number| number.parse().unwrap()),
        causal_history: items(&value["causalHistory"]).iter().map(entry).collect(),
        content: optional(&value["content_hex"]).unwrap_or_default(),
        bloom_filter: optional(&value["bloomFilter_hex"]),
        repair_request: items(&value["repairRequest"]).iter().map(entry).collect(),
    }
}

#[test]
fn hashes_and_positions() {
    for vector in items(&DATA["hash"]["vectors"]) {
        let string = String::from_utf8(bytes(&vector["utf8_hex"]).to_vec()).unwrap();
        let expected: Vec<u64> = items(&vector["hashN"]).iter().map(number).collect();
        assert_eq!(id(&string).positions(10, 150_000).collect::<Vec<_>>(), expected, "{string:?}");
    }
}

#[test]
fn filters() {
    for vector in items(&DATA["bloom_default"]) {
        let mut filter = BloomFilter::new(10_000, 0.001);
        let ids: Vec<_> = items(&vector["items"]).iter().map(|item| id(text(item))).collect();
        ids.iter().for_each(|id| filter.insert(*id));
        let written = Protobuf.write_filter(Dialect::Rfc, &filter);
        assert_eq!(written.len(), number::<usize>(&vector["bytes_len"]));
        assert_eq!(Sha256::digest(&written)[..], bytes(&vector["sha256"])[..], "{}", vector["name"]);
        let read = Protobuf.read_filter(Dialect::Rfc, &written).unwrap();
        assert!(ids.iter().all(|id| read.contains(*id)));
        assert!(!read.contains(id("nobody has this")));
    }
    let ours = |vector: &&Value| vector["options"]["kHashes"].is_null();
    for vector in items(&DATA["bloom_small"]).iter().filter(ours) {
        let mut filter =
            BloomFilter::new(number(&vector["options"]["capacity"]), number(&vector["options"]["errorRate"]));
        items(&vector["items"]).iter().for_each(|item| filter.insert(id(text(item))));
        assert_eq!(Protobuf.write_filter(Dialect::Rfc, &filter), bytes(&vector["bytes_hex"]));
    }
}

#[test]
fn messages() {
    for vector in items(&DATA["messages"]) {
        let message = message(&vector["input"]);
        let encoded = bytes(&vector["encoded_hex"]);
        assert_eq!(wire::decode(encoded.clone()).unwrap(), message, "{}", vector["name"]);
        // @waku/sds tells an empty hint from none; nim-sds and we don't, and write none.
        if vector["name"] != "content_empty_hint" {
            assert_eq!(wire::encode(&message), encoded, "{}", vector["name"]);
        }
    }
}

#[test]
fn kinds() {
    for vector in items(&DATA["messages"]).iter().filter(|vector| !vector["decoded_class"].is_null()) {
        let kind = match text(&vector["decoded_class"]) {
            "ContentMessage" => Kind::Content,
            "SyncMessage" => Kind::Sync,
            "EphemeralMessage" => Kind::Ephemeral,
            other => panic!("{other}"),
        };
        assert_eq!(wire::decode(bytes(&vector["encoded_hex"])).unwrap().kind(), kind, "{}", vector["name"]);
    }
    for vector in items(&DATA["decode_only"]) {
        let decoded = wire::decode(bytes(&vector["hex"]));
        match text(&vector["name"]) {
            "sync_content_field_empty" => assert_eq!(decoded.unwrap().kind(), Kind::Sync),
            // It drops these. To us the first is an ephemeral message without content, the others are of nim-sds.
            "no_ts_no_content" => assert_eq!(decoded.unwrap().kind(), Kind::Ephemeral),
            "nim_sds_nim_sync" | "nim_sds_nim_eph" => assert_eq!(decoded.unwrap().dialect, Dialect::NimSds),
            name => assert!(decoded.is_err(), "{name}"),
        }
    }
}

#[test]
fn repair_times_and_groups() {
    for vector in items(&DATA["sds_r"]) {
        let (me, sender) = (text(&vector["participantId"]).into(), text(&vector["senderId"]).into());
        let id = text(&vector["messageId"]).into();
        let config = &vector["config"];
        let (t_min, t_max) = (number(&config["tMin"]), number(&config["tMax"]));
        let asked = request_delay(Dialect::Rfc, &me, &id, t_min, t_max);
        assert_eq!(asked, number::<u64>(&vector["T_req_offset"]), "{vector}");
        let answered = response_delay(Dialect::Rfc, &me, &sender, &id, t_max);
        assert_eq!(answered, number::<u64>(&vector["T_resp_offset"]), "{vector}");
        // Nobody's group is not ours: the channel answers no request without a sender.
        let groups = number(&config["numResponseGroups"]);
        let expected = vector["isInResponseGroup"].as_bool().unwrap();
        if !sender.is_empty() {
            assert_eq!(in_response_group(Dialect::Rfc, &me, &sender, &id, groups), expected, "{vector}");
        }
    }
}
