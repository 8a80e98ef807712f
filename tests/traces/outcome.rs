//! What a step leads to, ours and that of nim-sds in one form, and how the two are compared.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use sds_wasm::{
    codec::wire,
    protocol::{self, Channel, HistoryEntry, Message, MessageId, Millis, StoredMessage},
};
use serde_json::Value;

use crate::golden::{bytes, entry, ids, items, number, text};

/// What of an outcome differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// The result of the call.
    Reply,
    /// The causal history of a sent message.
    SentDependencies,
    /// The bloom filter of a sent message.
    SentFilter,
    /// Anything else of a sent message.
    SentBytes,
    /// Events that only one of the two has.
    Events,
    /// The same events in another order.
    EventOrder,
    /// Bloom filter or repair requests in the bytes of a repairReady event.
    RepairBytes,
    Clock,
    /// Messages that only one of the two histories has.
    History,
    /// The same messages in another order.
    HistoryOrder,
    Outgoing,
    Incoming,
    RepairRequests,
    /// Requests of nim-sds for messages that wait in its incoming buffer; the others are the same.
    RequestsForReceived,
    RepairResponses,
}

impl Aspect {
    /// Whether a channel that differs in this can't go on as it is. (History in another order can: the order
    /// doesn't matter before something is evicted.)
    pub fn is_of_the_state(self) -> bool {
        use Aspect::*;
        matches!(
            self,
            Clock | History | Outgoing | Incoming | RepairRequests | RequestsForReceived | RepairResponses
        )
    }
}

#[derive(Debug, Default, PartialEq)]
pub enum Reply {
    #[default]
    Done,
    Refused,
    Sent(Bytes),
    Received {
        content: Bytes,
        missing: Vec<HistoryEntry>,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    Ready(MessageId),
    Sent(MessageId),
    Missing(MessageId, Vec<HistoryEntry>),
    Repair(Bytes),
}

/// The state of a channel without the bytes of its messages.
#[derive(Debug, PartialEq)]
pub struct State {
    pub clock: u64,
    pub history: Vec<MessageId>,
    /// Attempts and send time.
    pub outgoing: BTreeMap<MessageId, (u32, Millis)>,
    pub incoming: BTreeMap<MessageId, BTreeSet<MessageId>>,
    pub requests: BTreeMap<MessageId, (HistoryEntry, Millis)>,
    pub responses: BTreeMap<MessageId, (HistoryEntry, Millis)>,
}

#[derive(Debug, Default)]
pub struct Outcome {
    pub reply: Reply,
    pub events: Vec<Event>,
    pub state: Option<State>,
}

impl State {
    pub fn of(channel: &Channel) -> Self {
        let requests = channel.repair_requests();
        let responses = channel.repair_responses();
        let place = |message: &StoredMessage| (message.lamport_timestamp, message.message_id.clone());
        assert!(channel.history().is_sorted_by_key(place));
        Self {
            clock: channel.lamport_timestamp(),
            history: channel.history().map(|message| message.message_id.clone()).collect(),
            outgoing: channel
                .outgoing()
                .map(|own| (own.message.message_id.clone(), (own.resend_attempts, own.send_time)))
                .collect(),
            incoming: channel
                .incoming()
                .map(|waiting| {
                    let missing = waiting.missing.keys().cloned();
                    (waiting.message.message_id.clone(), missing.collect())
                })
                .collect(),
            requests: requests
                .map(|request| {
                    (request.entry.message_id.clone(), (request.entry.clone(), request.request_at))
                })
                .collect(),
            responses: responses
                .map(|response| {
                    (response.entry.message_id.clone(), (response.entry.clone(), response.respond_at))
                })
                .collect(),
        }
    }

    fn of_reference(value: &Value) -> Self {
        let id = |item: &Value| text(&item["id"]).into();
        let repair = |item: &Value| (id(item), (entry(&item["entry"]), number(&item["minTimeMs"])));
        Self {
            clock: number(&value["lamport"]),
            history: ids(&value["history"]),
            outgoing: items(&value["outgoing"])
                .iter()
                .map(|own| (id(own), (number(&own["attempts"]), number(&own["sendTimeMs"]))))
                .collect(),
            incoming: items(&value["incoming"])
                .iter()
                .map(|waiting| (id(waiting), ids(&waiting["missing"]).into_iter().collect()))
                .collect(),
            requests: items(&value["outRepair"]).iter().map(repair).collect(),
            responses: items(&value["inRepair"]).iter().map(repair).collect(),
        }
    }

    pub fn differences(&self, theirs: &Self) -> Vec<Aspect> {
        let sorted = |state: &Self| BTreeSet::from_iter(state.history.clone());
        let history = sorted(self) != sorted(theirs);
        let requests = self.requests != theirs.requests;
        let mut asked = theirs.requests.clone();
        asked.retain(|id, _| self.requests.contains_key(id) || !theirs.incoming.contains_key(id));
        let for_received = self.requests == asked;
        let differs = [
            (self.clock != theirs.clock, Aspect::Clock),
            (history, Aspect::History),
            (!history && self.history != theirs.history, Aspect::HistoryOrder),
            (self.outgoing != theirs.outgoing, Aspect::Outgoing),
            (self.incoming != theirs.incoming, Aspect::Incoming),
            (requests && !for_received, Aspect::RepairRequests),
            (requests && for_received, Aspect::RequestsForReceived),
            (self.responses != theirs.responses, Aspect::RepairResponses),
        ];
        differs.iter().filter(|(yes, _)| *yes).map(|(_, aspect)| *aspect).collect()
    }
}

impl Event {
    /// `None` for events that nim-sds doesn't have. (It sends again without a word: the attempts show in the state.)
    pub fn of(event: protocol::Event) -> Option<Self> {
        Some(match event {
            protocol::Event::Ready(message) => Self::Ready(message.message_id),
            protocol::Event::Sent { message_id, .. } => Self::Sent(message_id),
            protocol::Event::MissingDependencies { message_id, missing } => {
                Self::Missing(message_id, missing)
            }
            protocol::Event::RepairReady { bytes, .. } => Self::Repair(bytes),
            protocol::Event::Resend { .. } => return None,
            other => panic!("{other:?}"),
        })
    }

    /// `None` for calls of persistence, which are another test's.
    fn of_reference(value: &Value) -> Option<Self> {
        let id = || text(&value["id"]).into();
        Some(match text(&value["event"]) {
            "messageReady" => Self::Ready(id()),
            "messageSent" => Self::Sent(id()),
            "missingDependencies" => Self::Missing(id(), entries(&value["missing"])),
            "repairReady" => Self::Repair(bytes(&value["hex"])),
            other if other.starts_with("persist.") => return None,
            other => panic!("{other}"),
        })
    }

    /// As a message at rest would be sent: we keep neither filter nor repair requests.
    fn at_rest(&self) -> Self {
        match self {
            Self::Repair(bytes) => {
                let mut message = wire::decode(bytes.clone()).unwrap();
                message.bloom_filter = None;
                message.repair_request.clear();
                Self::Repair(wire::encode(&message))
            }
            other => other.clone(),
        }
    }
}

fn entries(value: &Value) -> Vec<HistoryEntry> {
    items(value).iter().map(entry).collect()
}

impl Outcome {
    pub fn of_reference(step: &Value) -> Self {
        let (operation, reply) = (text(&step["cmd"]["op"]), &step["reply"]);
        let reply = match operation {
            _ if reply["ok"] != true => Reply::Refused,
            "wrap" => Reply::Sent(bytes(&reply["hex"])),
            "unwrap" => {
                Reply::Received { content: bytes(&reply["content"]), missing: entries(&reply["missing"]) }
            }
            _ => Reply::Done,
        };
        Self {
            reply,
            events: items(&step["events"]).iter().filter_map(Event::of_reference).collect(),
            state: Some(State::of_reference(&step["stateAfter"])),
        }
    }

    /// In what this differs from the outcome of nim-sds. `ignore_filter`: the filter can't be compared.
    pub fn differences(&self, theirs: &Self, ignore_filter: bool) -> BTreeSet<Aspect> {
        let mut found = BTreeSet::new();
        match (&self.reply, &theirs.reply) {
            (Reply::Sent(ours), Reply::Sent(theirs)) => found.extend(sent(ours, theirs, ignore_filter)),
            (ours, theirs) if ours != theirs => found.extend([Aspect::Reply]),
            _ => {}
        }
        found.extend(told(&self.events, &theirs.events));
        found.extend(self.state.as_ref().unwrap().differences(theirs.state.as_ref().unwrap()));
        found
    }
}

/// In what two sent messages differ. What is the same but its bytes would be found: the rest is encoded again.
fn sent(ours: &Bytes, theirs: &Bytes, ignore_filter: bool) -> Vec<Aspect> {
    if ours == theirs {
        return Vec::new();
    }
    let (mut ours, mut reference) = (decode(ours), decode(theirs));
    assert_eq!(wire::encode(&reference), *theirs);
    let mut found = Vec::new();
    if ours.causal_history != reference.causal_history {
        found.push(Aspect::SentDependencies);
    }
    if ours.bloom_filter != reference.bloom_filter && !ignore_filter {
        found.push(Aspect::SentFilter);
    }
    for message in [&mut ours, &mut reference] {
        message.causal_history.clear();
        message.bloom_filter = None;
    }
    if ours != reference {
        found.push(Aspect::SentBytes);
    }
    found
}

fn decode(bytes: &Bytes) -> Message {
    wire::decode(bytes.clone()).unwrap()
}

/// In what two lists of events differ.
fn told(ours: &[Event], theirs: &[Event]) -> Vec<Aspect> {
    if ours == theirs {
        return Vec::new();
    }
    let kept = |events: &[Event]| events.iter().map(Event::at_rest).collect::<Vec<_>>();
    let (ours_kept, theirs_kept) = (kept(ours), kept(theirs));
    let mut found = Vec::new();
    if ours_kept != theirs_kept {
        let sorted =
            |events: &[Event]| events.iter().map(|event| format!("{event:?}")).collect::<BTreeSet<_>>();
        let same = ours.len() == theirs.len() && sorted(&ours_kept) == sorted(&theirs_kept);
        found.push(if same { Aspect::EventOrder } else { Aspect::Events });
    }
    let with_filter = |event: &Event| event.at_rest() != *event;
    if theirs.iter().any(with_filter) {
        found.push(Aspect::RepairBytes);
    }
    found
}
