//! Hashes, filters, timing and bytes against data measured on nim-sds itself.
//!
//! Not used: `bloom_initializeSpecial` and `bloom_getMOverNBitsForK`, which show how nim-sds makes filters from a
//! given k or a table; nothing in the protocol needs either, and we have no such functions. `extractChannelId` in
//! `wire_decode` is a function that we don't have: decoding a message doesn't cost more.
use sds_wasm::{
    codec::{
        Protobuf,
        meta::{self, ChannelData},
        snapshot, wire,
    },
    protocol::{
        BloomFilter, Dialect, Error, Format, IdHash, RollingBloomFilter, farm_hash, in_response_group,
        request_delay, response_delay,
    },
};
use serde_json::Value;

use crate::golden::{bytes, channel_meta, items, list, message, messages, number, text, update};

/// Bytes that nim-sds takes and we refuse.
const FILTERS_REFUSED: &[(&str, &str)] = &[
    ("bits length not multiple of 8 (7 bytes)", "a lookup ends nim-sds: fewer bits than announced"),
    ("bits length 0", "a lookup ends nim-sds: no bits at all"),
    ("kHashes 0", "it would contain everything, and so acknowledge every message"),
];

/// Messages that nim-sds takes and we refuse.
const MESSAGES_REFUSED: &[(&str, &str)] = &[
    ("wrong wiretype bloom varint", "nim-sds skips optional fields of a wrong type; no sender writes them"),
    ("wrong wiretype causal history varint", "the same; skipping it would drop dependencies silently"),
    ("wrong wiretype repairRequest varint", "the same"),
    ("messageId good then wrong wiretype duplicate", "the same"),
    ("invalid utf8 messageId", "ids are text for applications; it could not be named to them"),
];

/// Messages that nim-sds refuses and we take.
const MESSAGES_TAKEN: &[(&str, &str)] =
    &[("missing lamport", "an ephemeral message, which this nim-sds doesn't know")];

fn in_table(table: &[(&str, &str)], name: &str) -> bool {
    table.iter().any(|(listed, _)| *listed == name)
}

/// Every name in a table of differences must be met, or the table is out of date.
fn all_listed(table: &[(&str, &str)], vectors: &str) {
    for (name, _) in table {
        assert!(list(vectors).iter().any(|vector| vector["name"] == *name), "{name}");
    }
}

fn id(prefix: &str, number: usize) -> IdHash {
    IdHash::of(Dialect::NimSds, &format!("{prefix}{number}"))
}

#[test]
fn hashes_and_positions() {
    for vector in list("hash") {
        let bytes = bytes(&vector["utf8Hex"]);
        let Ok(string) = std::str::from_utf8(&bytes) else {
            // Not an id: see MESSAGES_REFUSED.
            assert_eq!(*bytes, [0, 1, 0xff, 0xfe], "the only such vector");
            continue;
        };
        assert_eq!(farm_hash(string, ""), number::<i64>(&vector["hash"]), "{string}");
        assert_eq!(farm_hash(string, " b"), number::<i64>(&vector["hashB"]), "{string}");
        for (m, expected) in vector["hashN"].as_object().unwrap() {
            let expected: Vec<u64> = items(expected).iter().map(number).collect();
            let positions =
                IdHash::of(Dialect::NimSds, string).positions(expected.len() as u64, m.parse().unwrap());
            assert_eq!(positions.collect::<Vec<_>>(), expected, "{string} in {m}");
        }
    }
}

fn assert_size(filter: &BloomFilter, expected: &Value) {
    assert_eq!(filter.capacity(), number::<usize>(&expected["capacity"]));
    assert_eq!(filter.error_rate(), number::<f64>(&expected["errorRate"]));
    assert_eq!(filter.k(), number::<u64>(&expected["kHashes"]));
    assert_eq!(filter.m(), number::<u64>(&expected["mBits"]));
    assert_eq!(filter.bits().len(), 8 * number::<usize>(&expected["numInts"]));
}

#[test]
fn bloom_filters() {
    for vector in list("bloom_filters") {
        let mut filter = BloomFilter::new(number(&vector["capacity"]), number(&vector["errorRate"]));
        assert_size(&filter, vector);
        let mut inserted = 0;
        for step in items(&vector["steps"]) {
            while inserted < number::<usize>(&step["inserted"]) {
                inserted += 1;
                filter.insert(id("m", inserted));
            }
            assert_filter_step(&filter, step, inserted);
        }
        // The rest was measured at capacity.
        let capacity = filter.capacity();
        let mut full = BloomFilter::new(capacity, filter.error_rate());
        (1..=capacity).for_each(|i| full.insert(id("m", i)));
        let wrong = (1..=10_000).filter(|i| full.contains(id("absent-", *i))).count();
        assert_eq!(
            wrong,
            number::<usize>(&vector["falsePositivesAtFullCapacityOf10000(absent-1..absent-10000)"])
        );
    }
}

fn assert_filter_step(filter: &BloomFilter, step: &Value, inserted: usize) {
    let written = Protobuf.write_filter(Dialect::NimSds, filter);
    assert!(written == bytes(&step["serializedHex"]), "after {inserted} of {}", filter.capacity());
    let received = Protobuf.read_filter(Dialect::NimSds, &written).unwrap();
    let lookups = [("m", "lookup_m1_to_m20(present)"), ("absent-", "lookup_absent-1_to_absent-20")];
    for (prefix, name) in lookups {
        for (i, expected) in (1..).zip(items(&step[name])) {
            let expected = expected.as_bool().unwrap();
            assert_eq!(filter.contains(id(prefix, i)), expected, "{prefix}{i}");
            assert_eq!(received.contains(id(prefix, i)), expected, "{prefix}{i} received");
        }
    }
    if inserted > 0 {
        let positions: Vec<u64> = id("m", inserted).positions(filter.k(), filter.m()).collect();
        let expected: Vec<u64> = items(&step["bitIndexesOfLastInserted"]).iter().map(number).collect();
        assert_eq!(positions, expected);
    }
}

#[test]
fn rolling_filters_start_and_roll_at_the_same_sizes() {
    for vector in list("bloom_rollingInit") {
        let mut rolling = RollingBloomFilter::new(
            Dialect::NimSds,
            number(&vector["capacity"]),
            number(&vector["errorRate"]),
        );
        assert_eq!(rolling.filter().capacity(), number::<usize>(&vector["resultCapacity"]));
        assert_size(rolling.filter(), &vector["filter"]);
        let most = number(&vector["maxCapacity"]);
        (0..most).for_each(|i| rolling.add(id("m", i)));
        assert_eq!(rolling.len(), most);
        rolling.add(id("m", most));
        assert_eq!(rolling.len(), number::<usize>(&vector["minCapacity"]));
        assert_eq!(rolling.filter().capacity(), most);
    }
}

#[test]
fn rolling_filters_hold_the_same_bits_after_every_id() {
    for vector in list("bloom_rollingAdd") {
        let mut rolling = RollingBloomFilter::new(
            Dialect::NimSds,
            number(&vector["capacity"]),
            number(&vector["errorRate"]),
        );
        for step in items(&vector["steps"]) {
            rolling.add(IdHash::of(Dialect::NimSds, text(&step["add"])));
            let filter = rolling.filter();
            assert_eq!(
                Protobuf.write_filter(Dialect::NimSds, filter),
                bytes(&step["serializedHex"]),
                "{}",
                step["add"]
            );
            assert_eq!(filter.capacity(), number::<usize>(&step["filterCapacity"]));
            assert_eq!((filter.k(), filter.m()), (number(&step["kHashes"]), number(&step["mBits"])));
            assert_eq!(rolling.len(), items(&step["messages"]).len());
            for (i, expected) in (1..).zip(items(&step["contains_m1..mi"])) {
                assert_eq!(rolling.contains(id("m", i)), expected.as_bool().unwrap(), "m{i}");
            }
        }
    }
}

#[test]
fn received_filters() {
    for vector in list("bloom_deserialize") {
        let name = text(&vector["name"]);
        let read = Protobuf.read_filter(Dialect::NimSds, &bytes(&vector["hex"]));
        if in_table(FILTERS_REFUSED, name) || vector.get("err").is_some() {
            assert!(read.is_err(), "{name}");
        } else {
            let (filter, expected) = (read.unwrap(), &vector["ok"]);
            assert_eq!(
                (filter.k(), filter.m()),
                (number(&expected["kHashes"]), number(&expected["mBits"])),
                "{name}"
            );
        }
    }
    all_listed(FILTERS_REFUSED, "bloom_deserialize");
}

#[test]
fn messages_are_encoded_to_the_same_bytes() {
    for vector in list("wire_encode") {
        let (name, message) = (text(&vector["name"]), message(&vector["message"]));
        assert_eq!(wire::encode(&message), bytes(&vector["hex"]), "{name}");
        // An empty id can be written but not read.
        if !message.message_id.is_empty() {
            assert_eq!(wire::decode(bytes(&vector["hex"])).unwrap(), message, "{name}");
        }
    }
}

#[test]
fn messages_are_decoded_alike() {
    for vector in list("wire_decode") {
        let name = text(&vector["name"]);
        let decoded = wire::decode(bytes(&vector["hex"]));
        if in_table(MESSAGES_TAKEN, name) {
            assert!(vector.get("err").is_some() && decoded.is_ok(), "{name}");
        } else if in_table(MESSAGES_REFUSED, name) {
            assert!(vector.get("ok").is_some() && decoded.is_err(), "{name}");
        } else if let Some(expected) = vector.get("ok") {
            let mut decoded = decoded.unwrap_or_else(|error| panic!("{name}: {error}"));
            // nim-sds doesn't tell a missing filter from an empty one.
            decoded.bloom_filter.get_or_insert_default();
            assert_eq!(decoded, message(expected), "{name}");
        } else {
            // An error of nim-sds, or its end.
            assert!(matches!(decoded, Err(Error::Deserialization(_))), "{name}: {decoded:?}");
        }
    }
    all_listed(MESSAGES_TAKEN, "wire_decode");
    all_listed(MESSAGES_REFUSED, "wire_decode");
}

#[test]
fn channel_states() {
    for vector in list("snapshot_channelMeta") {
        let (name, hex) = (text(&vector["name"]), bytes(&vector["hex"]));
        let decoded = meta::decode_meta(&hex.clone()).unwrap();
        assert_eq!(decoded, channel_meta(&vector["decoded"]), "{name}");
        // nim-sds keeps buffers in tables, so what it decoded may be in another order than what it was given.
        assert_eq!(meta::encode_meta(&decoded), hex, "{name}");
        assert_eq!(meta::encode_meta(&channel_meta(&vector["input"])).len(), hex.len(), "{name}");
        let loaded = snapshot::decode(&hex).unwrap();
        assert_eq!(loaded.lamport_timestamp, decoded.lamport_timestamp);
    }
}

#[test]
fn channels_and_history_updates() {
    for vector in list("snapshot_channelData") {
        let expected = ChannelData {
            meta: channel_meta(&vector["input"]["meta"]),
            message_history: messages(&vector["input"]["messageHistory"]),
        };
        assert_eq!(meta::encode_channel_data(&expected), bytes(&vector["hex"]), "{}", vector["name"]);
        assert_eq!(meta::decode_channel_data(&bytes(&vector["hex"])).unwrap(), expected);
    }
    for vector in list("snapshot_historyUpdate") {
        let expected = update(&vector["input"]);
        let encoded = meta::encode_update(&expected);
        // nim-sds can't write an empty one.
        if let Some(hex) = vector.get("hex") {
            assert_eq!(encoded, bytes(hex), "{}", vector["name"]);
        }
        assert_eq!(meta::decode_update(&encoded).unwrap(), expected);
    }
}

#[test]
fn malformed_states() {
    for vector in list("snapshot_decode") {
        let (name, hex) = (text(&vector["name"]), bytes(&vector["hex"]));
        let expected = vector.get("ok");
        match text(&vector["type"]) {
            "ChannelMeta" => {
                let decoded = meta::decode_meta(&hex.clone());
                assert_eq!(snapshot::decode(&hex).is_ok(), expected.is_some(), "{name}");
                assert_eq!(decoded.ok(), expected.map(channel_meta), "{name}");
            }
            "ChannelData" => {
                assert!(expected.is_none() && meta::decode_channel_data(&hex).is_err(), "{name}");
            }
            "HistoryUpdate" => assert_eq!(meta::decode_update(&hex).ok(), expected.map(update), "{name}"),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn repair_timing() {
    for vector in list("sdsr") {
        let (me, sender) = (text(&vector["participantId"]).into(), text(&vector["senderId"]).into());
        let id = text(&vector["messageId"]).into();
        let (t_min, t_max) = (number(&vector["tMinMs"]), number(&vector["tMaxMs"]));
        assert_eq!(
            request_delay(Dialect::NimSds, &me, &id, t_min, t_max),
            number::<u64>(&vector["tReqMs"]),
            "{vector}"
        );
        assert_eq!(
            response_delay(Dialect::NimSds, &me, &sender, &id, t_max),
            number::<u64>(&vector["tRespMs"]),
            "{vector}"
        );
        let group = in_response_group(Dialect::NimSds, &me, &sender, &id, number(&vector["groups"]));
        assert_eq!(group, vector["inGroup"].as_bool().unwrap(), "{vector}");
    }
}
