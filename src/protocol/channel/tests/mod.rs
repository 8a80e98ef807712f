mod clock;
mod properties;
mod receiving;
mod repairing;
mod restoring;
mod sending;

use std::sync::Arc;

use bytes::Bytes;

use super::{Channel, Saved};
use crate::{
    codec::Protobuf,
    protocol::{Config, Effects, Event, HistoryEntry, Message, MessageId, Millis, Snapshot},
};

/// A time of day at which nothing special happens.
const NOW: Millis = 1_700_000_000_000;

fn channel(me: &str, adjust: impl FnOnce(&mut Config)) -> Channel {
    let mut config = Config { bloom_filter_capacity: 100, ..Config::default() };
    adjust(&mut config);
    Channel::new("c".into(), me.into(), Arc::new(config), &Protobuf)
}

/// What is left of a channel when its process dies after everything was saved.
fn saved(channel: &Channel) -> Saved {
    Saved { snapshot: snapshot(channel), history: channel.history().cloned().collect(), hints: Vec::new() }
}

/// The state as it is saved and loaded.
fn snapshot(channel: &Channel) -> Snapshot {
    let (pending, _) = channel.pending_history();
    crate::codec::snapshot::decode(&crate::codec::snapshot::encode(channel, &pending)).unwrap()
}

fn restore(me: &str, saved: Saved, now: Millis) -> (Channel, Effects) {
    Channel::restore("c".into(), me.into(), Arc::new(Config::default()), &Protobuf, saved, now)
}

fn entry(id: &str) -> HistoryEntry {
    HistoryEntry { message_id: id.into(), sender_id: "alice".into(), ..HistoryEntry::default() }
}

fn message(id: &str, lamport: u64, dependencies: &[&str]) -> Message {
    Message {
        message_id: id.into(),
        channel_id: "c".into(),
        sender_id: "alice".into(),
        lamport_timestamp: Some(lamport),
        causal_history: dependencies.iter().map(|id| entry(id)).collect(),
        content: Bytes::copy_from_slice(id.as_bytes()),
        ..Message::default()
    }
}

fn sync(id: &str, lamport: u64, dependencies: &[&str]) -> Message {
    Message { content: Bytes::new(), ..message(id, lamport, dependencies) }
}

/// Receives a message that is expected to be accepted.
fn receive(channel: &mut Channel, message: Message, now: Millis) -> Vec<Event> {
    channel.receive(message, now).unwrap().1.events
}

fn send(channel: &mut Channel, id: &str, now: Millis) -> Message {
    channel.wrap(Bytes::from_static(b"x"), id.into(), now).unwrap().0
}

fn ready(events: &[Event]) -> Vec<&str> {
    let ids = events.iter().filter_map(|event| match event {
        Event::Ready(message) => Some(message.message_id.as_str()),
        _ => None,
    });
    ids.collect()
}

fn history(channel: &Channel) -> Vec<&str> {
    channel.history().map(|message| message.message_id.as_str()).collect()
}

fn requested(channel: &Channel) -> Vec<String> {
    channel.repair_requests().map(|request| request.entry.message_id.to_string()).collect()
}

fn ids(ids: &[&str]) -> Vec<MessageId> {
    ids.iter().map(|id| MessageId::from(*id)).collect()
}
