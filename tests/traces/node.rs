//! One participant: a channel of ours that does what the node of nim-sds did.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use sds_wasm::{
    codec::{Protobuf, meta, snapshot, wire},
    protocol::{
        self, Channel, Config, Effects, Format, Kind, Message, MessageId, Millis, ParticipantId,
        RepairRequest, RepairResponse, Saved, Snapshot, StoredMessage, Unacknowledged, Waiting,
    },
};
use serde_json::Value;

use crate::{
    golden::{bytes, ids, number, text},
    outcome::{Event, Outcome, Reply, State},
};

/// The messages that a trace has shown on the wire: a state names messages by their ids only.
#[derive(Default)]
pub struct Messages(BTreeMap<MessageId, Message>);

impl Messages {
    pub fn remember(&mut self, step: &Value) {
        let shown = match text(&step["cmd"]["op"]) {
            "wrap" => step["reply"].get("hex"),
            _ => step["cmd"].get("hex"),
        };
        if let Some(hex) = shown {
            let message = wire::decode(bytes(hex)).unwrap();
            // An id that is used twice: the history keeps what was first.
            self.0.entry(message.message_id.clone()).or_insert(message);
        }
    }

    fn stored(&self, id: &MessageId) -> StoredMessage {
        Protobuf.store(&self.0[id])
    }

    fn waiting(&self, id: &MessageId, missing: impl IntoIterator<Item = MessageId>) -> Waiting {
        let named = &self.0[id].causal_history;
        let entry = |id: MessageId| {
            let entry = named.iter().find(|entry| entry.message_id == id).unwrap().clone();
            (id, entry)
        };
        Waiting { message: self.stored(id), missing: missing.into_iter().map(entry).collect() }
    }

    /// What a snapshot and a history in this state would hold.
    fn saved(&self, state: &State) -> Saved {
        let outgoing = state.outgoing.iter().map(|(id, (attempts, send_time))| Unacknowledged {
            message: self.stored(id),
            send_time: *send_time,
            resend_attempts: *attempts,
        });
        let incoming = state.incoming.iter().map(|(id, missing)| self.waiting(id, missing.clone()));
        let requests = state
            .requests
            .values()
            .map(|(entry, at)| RepairRequest { entry: entry.clone(), request_at: *at });
        let responses = state.responses.values().map(|(entry, at)| RepairResponse {
            entry: entry.clone(),
            cached: Bytes::new(),
            respond_at: *at,
        });
        Saved {
            snapshot: Snapshot {
                lamport_timestamp: state.clock,
                outgoing: outgoing.collect(),
                incoming: incoming.collect(),
                repair_requests: requests.collect(),
                repair_responses: responses.collect(),
                ..Snapshot::default()
            },
            history: state.history.iter().map(|id| self.stored(id)).collect(),
            hints: Vec::new(),
        }
    }
}

pub struct Node {
    me: ParticipantId,
    config: Arc<Config>,
    channel: Option<Channel>,
    saved: Option<Bytes>,
    hints: BTreeMap<MessageId, Bytes>,
    /// It went on from a state of nim-sds. That doesn't show the bloom filter, which is rebuilt from the history, as
    /// on every load: it can't be compared from then on.
    pub is_resynchronised: bool,
    /// What the filter must be at the end.
    pub filter: Option<Bytes>,
}

impl Node {
    pub fn new(command: &Value) -> Self {
        let mut config = Config::default();
        for (name, value) in command["config"].as_object().unwrap() {
            config.set(name.trim_end_matches("Ms"), number(value)).unwrap();
        }
        Self {
            me: text(&command["participantId"]).into(),
            config: Arc::new(config),
            channel: None,
            saved: command.get("channels").map(|channels| bytes(&channels["c"])),
            hints: BTreeMap::new(),
            is_resynchronised: false,
            filter: None,
        }
    }

    pub fn set_hint(&mut self, command: &Value) {
        self.hints.insert(text(&command["id"]).into(), bytes(&command["hint"]));
    }

    pub fn state(&self) -> State {
        State::of(self.channel.as_ref().unwrap())
    }

    /// Runs an operation of a channel.
    pub fn run(&mut self, command: &Value, now: Millis) -> Outcome {
        let mut loaded = self.load(now);
        let hints = self.hints.clone();
        let channel = self.channel.as_mut().unwrap();
        let mut reply = Reply::Done;
        let effects = match text(&command["op"]) {
            "ensure" => Effects::default(),
            "wrap" => match wrap(channel, &hints, command, now) {
                Ok((message, effects)) => {
                    reply = Reply::Sent(wire::encode(&message));
                    effects
                }
                Err(_) => {
                    reply = Reply::Refused;
                    Effects::default()
                }
            },
            "unwrap" => {
                let message = wire::decode(bytes(&command["hex"])).unwrap();
                assert_eq!(message.kind(), Kind::Content);
                let (received, effects) = channel.receive(message, now).unwrap();
                reply = Reply::Received { content: received.content, missing: received.missing };
                effects
            }
            "markDeps" => channel.mark_dependencies_met(&ids(&command["ids"])),
            "checkUnacked" => channel.check_unacknowledged(now),
            "repairSweep" => channel.sweep_repairs(now),
            other => panic!("{other}"),
        };
        loaded.events.extend(effects.events);
        assert_order(&loaded.events);
        Outcome { reply, events: loaded.events.into_iter().filter_map(Event::of).collect(), state: None }
    }

    /// Loads the channel when it is first used, as the manager does.
    fn load(&mut self, now: Millis) -> Effects {
        if self.channel.is_some() {
            return Effects::default();
        }
        let saved = self.saved.take().map(read).unwrap_or_default();
        let (channel, effects) = restore(&self.me, &self.config, saved, now);
        self.channel = Some(channel);
        effects
    }

    pub fn wrap_of_size(&mut self, size: usize, now: Millis) -> Option<Bytes> {
        drop(self.load(now));
        let content = vec![0x61; size].into();
        // The trace doesn't name the id; its length follows from that of the bytes.
        let wrapped = self.channel.as_mut().unwrap().wrap(content, "ten--bytes".into(), now);
        wrapped.ok().map(|(message, _)| wire::encode(&message))
    }

    /// Takes over the state of nim-sds, where it is one that ours can be in.
    pub fn resynchronise(&mut self, state: &State, seen: &Messages, now: Millis) {
        let (channel, _) = restore(&self.me, &self.config, seen.saved(state), now);
        if State::of(&channel).differences(state).iter().all(|aspect| !aspect.is_of_the_state()) {
            self.channel = Some(channel);
            self.is_resynchronised = true;
        }
    }

    /// A snapshot of nim-sds holds what ours does.
    pub fn assert_snapshot(&self, reply: &Value) {
        let theirs = snapshot::decode(&bytes(&reply["meta"])).unwrap();
        // Nothing was saved, so ours would have all of the history as pending changes.
        let ours = snapshot::encode(self.channel.as_ref().unwrap(), &theirs.pending);
        assert_eq!(snapshot::decode(&ours).unwrap(), theirs);
    }

    /// The end of a trace: makes a message to see the filter.
    pub fn assert_filter(self, name: &str, now: Millis) {
        let (Some(mut channel), Some(expected)) = (self.channel, self.filter) else {
            return;
        };
        assert!(!self.is_resynchronised);
        let (message, _) = channel.wrap_sync("shows the filter".into(), now).unwrap();
        assert_eq!(message.bloom_filter, Some(expected), "{name}");
    }
}

fn wrap(
    channel: &mut Channel,
    hints: &BTreeMap<MessageId, Bytes>,
    command: &Value,
    now: Millis,
) -> Result<(Message, Effects), protocol::Error> {
    for id in channel.without_hint() {
        if let Some(hint) = hints.get(&id) {
            channel.set_hint(&id, hint.clone());
        }
    }
    channel.wrap(bytes(&command["hex"]), text(&command["id"]).into(), now)
}

fn restore(me: &ParticipantId, config: &Arc<Config>, saved: Saved, now: Millis) -> (Channel, Effects) {
    Channel::restore("c".into(), me.clone(), config.clone(), &Protobuf, saved, now)
}

/// What nim-sds has kept of a channel.
fn read(channel_data: Bytes) -> Saved {
    let data = meta::decode_channel_data(&channel_data).unwrap();
    Saved {
        snapshot: snapshot::decode(&meta::encode_meta(&data.meta)).unwrap(),
        history: data.message_history.iter().map(|message| Protobuf.store(message)).collect(),
        hints: Vec::new(),
    }
}

/// Whatever the order of nim-sds: of what is ready ours tells the first in the order of the history. So what is told
/// before its place in that order was not ready yet: it depends on what was told just before.
fn assert_order(events: &[protocol::Event]) {
    let ready = events.iter().filter_map(|event| match event {
        protocol::Event::Ready(message) => Some(wire::decode(message.bytes.clone()).unwrap()),
        _ => None,
    });
    let ready: Vec<_> = ready.collect();
    let place = |message: &Message| (message.lamport_timestamp, message.message_id.clone());
    let depends = |child: &Message, parent: &Message| {
        let mut dependencies = child.causal_history.iter();
        dependencies.any(|entry| entry.message_id == parent.message_id)
    };
    for (at, message) in ready.iter().enumerate() {
        let is_late = ready[..at].iter().any(|earlier| depends(earlier, message));
        assert!(!is_late, "{:?} is told after what depends on it", message.message_id);
    }
    for pair in ready.windows(2) {
        assert!(place(&pair[0]) < place(&pair[1]) || depends(&pair[1], &pair[0]), "{pair:?}");
    }
}
