//! `cargo bench`: the core alone, without the boundary to JavaScript and without storage. One message each time, unless the
//! name says otherwise.
#![cfg_attr(target_arch = "wasm32", no_main)]
#![cfg(not(target_arch = "wasm32"))]

use std::{hint::black_box, sync::Arc};

use bytes::Bytes;
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sds_wasm::{
    codec::{Protobuf, snapshot, wire},
    protocol::{BloomFilter, Channel, Config, Dialect, IdHash, MessageId, Saved},
};

const CONTENT: [u8; 200] = [7; 200];
const NOW: u64 = 1_700_000_000_000;

fn channel(me: &str, config: &Arc<Config>) -> Channel {
    Channel::new("room".into(), me.into(), config.clone(), &Protobuf)
}

/// Limits that nothing in here reaches.
fn roomy() -> Arc<Config> {
    let config = Config { max_message_history: 10_000, max_incoming_buffer: 10_000, ..Config::default() };
    Arc::new(config)
}

/// As many characters as @waku/sds gives its ids.
fn id(number: usize) -> MessageId {
    format!("{number:064x}").into()
}

fn send(channel: &mut Channel, number: usize) -> Bytes {
    let (message, _) = channel.wrap(Bytes::from_static(&CONTENT), id(number), NOW).expect("a message");
    wire::encode(&message)
}

fn receive(channel: &mut Channel, bytes: &Bytes) {
    let message = wire::decode(bytes.clone()).expect("a message");
    let received = channel.receive(message, NOW).expect("a message of this channel");
    let _ = black_box(received);
}

fn sent_by_bob(count: usize) -> Vec<Bytes> {
    let mut bob = channel("bob", &roomy());
    (0..count).map(|number| send(&mut bob, number)).collect()
}

/// The 100 messages after so many.
fn sending(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("send 100, unacknowledged before");
    group.throughput(Throughput::Elements(100));
    for before in [0, 1000, 5000] {
        let mut alice = channel("alice", &roomy());
        for number in 0..before {
            send(&mut alice, number);
        }
        let saved = snapshot::encode(&alice, &alice.pending_history().0);
        group.bench_with_input(BenchmarkId::from_parameter(before), &saved, |bencher, saved| {
            let restore = || restore(saved, &[]);
            let send_some = |mut alice: Channel| {
                for number in 0..100 {
                    black_box(send(&mut alice, before + number));
                }
                alice
            };
            bencher.iter_batched(restore, send_some, BatchSize::LargeInput);
        });
    }
    group.finish();
}

fn receiving(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("receive");
    group.sample_size(20);
    for count in [1000, 10_000] {
        let sent = sent_by_bob(count);
        group.throughput(Throughput::Elements(count as u64));
        let receive_all = |messages: &mut dyn Iterator<Item = &Bytes>| {
            let mut alice = channel("alice", &roomy());
            messages.for_each(|bytes| receive(&mut alice, bytes));
            assert_eq!(alice.history().count(), count);
            alice
        };
        group.bench_function(BenchmarkId::new("all in order", count), |bencher| {
            bencher.iter(|| receive_all(&mut sent.iter()));
        });
        group.bench_function(BenchmarkId::new("all in reverse", count), |bencher| {
            bencher.iter(|| receive_all(&mut sent.iter().rev()));
        });
    }
    group.finish();
}

fn encoding(criterion: &mut Criterion) {
    let bytes = sent_by_bob(100).pop().expect("the last message");
    let message = wire::decode(bytes.clone()).expect("a message");
    criterion.bench_function("encode", |bencher| bencher.iter(|| wire::encode(&message)));
    criterion.bench_function("decode", |bencher| bencher.iter(|| wire::decode(bytes.clone())));
    // The floor: what must happen at least twice to the bytes of a message on their way through the boundary.
    criterion.bench_function("copy", |bencher| bencher.iter(|| Bytes::copy_from_slice(black_box(&bytes))));
}

fn filtering(criterion: &mut Criterion) {
    let config = Config::default();
    let mut filter = BloomFilter::new(config.bloom_filter_capacity, config.bloom_filter_error_rate);
    let id = id(1);
    for (name, dialect) in [("nim-sds", Dialect::NimSds), ("rfc", Dialect::Rfc)] {
        criterion.bench_function(&format!("filter, hash an id, {name}"), |bencher| {
            bencher.iter(|| IdHash::of(dialect, black_box(id.as_str())));
        });
    }
    let hash = IdHash::of(Dialect::NimSds, id.as_str());
    criterion.bench_function("filter, insert", |bencher| bencher.iter(|| filter.insert(black_box(hash))));
    criterion.bench_function("filter, contains", |bencher| bencher.iter(|| filter.contains(black_box(hash))));
}

fn restore(saved: &Bytes, history: &[Bytes]) -> Channel {
    let stored = |bytes: &Bytes| wire::decode_stored(bytes).expect("a stored message").0;
    let snapshot = snapshot::decode(saved).expect("a snapshot");
    let saved = Saved { snapshot, history: history.iter().map(stored).collect(), hints: Vec::new() };
    Channel::restore("room".into(), "alice".into(), roomy(), &Protobuf, saved, NOW).0
}

fn saving(criterion: &mut Criterion) {
    for count in [100, 1000] {
        let mut alice = channel("alice", &roomy());
        for number in 0..count {
            send(&mut alice, number);
        }
        let (update, mark) = alice.pending_history();
        alice.confirm_history(mark);
        let nothing = Default::default();
        criterion.bench_function(&format!("write a snapshot, {count} unacknowledged"), |bencher| {
            bencher.iter(|| snapshot::encode(&alice, &nothing));
        });
        let saved = snapshot::encode(&alice, &nothing);
        let history: Vec<_> = update.append.iter().map(|message| message.bytes.clone()).collect();
        criterion.bench_function(&format!("load {count} messages, all unacknowledged"), |bencher| {
            bencher.iter(|| restore(&saved, &history));
        });
    }
}

criterion_group!(benches, sending, receiving, encoding, filtering, saving);
criterion_main!(benches);
