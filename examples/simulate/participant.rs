//! One participant: a channel of the package, and around it what js/channel/reliable-channel.js does.

use std::{collections::HashSet, sync::Arc};

use bytes::Bytes;
use sds_wasm::protocol::{
    Channel, Config, Effects, Event, HistoryEntry, Kind, Message, MessageId, Millis, ParticipantId, Received,
};

use crate::{format::Shared, heads::Heads, sync::SyncSchedule};

pub struct Participant {
    pub channel: Channel,
    pub sync: SyncSchedule,
    /// Kept only where the rule wants it.
    pub heads: Option<Heads>,
    max_causal_history: usize,
    delivered: HashSet<MessageId>,
}

/// How full the buffers of a participant are.
pub struct Buffers {
    pub incoming: usize,
    pub outgoing: usize,
    pub requests: usize,
    pub responses: usize,
}

impl Participant {
    pub fn new(name: &ParticipantId, config: &Arc<Config>, heads: Option<Heads>) -> Self {
        Self {
            channel: Channel::new("scale".into(), name.clone(), config.clone(), &Shared),
            sync: SyncSchedule::new(config.sync_message_interval),
            heads,
            max_causal_history: config.max_causal_history,
            delivered: HashSet::new(),
        }
    }

    pub fn send(&mut self, id: MessageId, content: Bytes, now: Millis) -> (Message, Effects) {
        let dependencies = self.dependencies();
        if let Some(dependencies) = &dependencies {
            Shared::rename_next(dependencies.clone());
        }
        let (mut message, effects) =
            self.channel.wrap(content, id, now).expect("ids are unique, and contents not empty");
        message.causal_history = dependencies.unwrap_or(message.causal_history);
        if let (Some(heads), Some(sent)) = (&mut self.heads, self.channel.message(&message.message_id)) {
            heads.heard(&message);
            heads.delivered(sent);
        }
        (message, effects)
    }

    pub fn send_sync(&mut self, id: MessageId, now: Millis) -> Message {
        let dependencies = self.dependencies();
        let (mut message, _) = self.channel.wrap_sync(id, now).expect("ids are not empty");
        message.causal_history = dependencies.unwrap_or(message.causal_history);
        message
    }

    pub fn receive(&mut self, message: &Message, now: Millis) -> (Received, Effects) {
        let received = self.channel.receive(message.clone(), now);
        let (received, effects) = received.expect("all messages come from the package");
        if let Some(heads) = &mut self.heads {
            if message.kind() == Kind::Content {
                heads.heard(message);
            }
            for event in &effects.events {
                if let Event::Ready(delivered) = event {
                    heads.delivered(delivered);
                }
            }
        }
        (received, effects)
    }

    /// Whether a message is delivered for the first time.
    pub fn is_new(&mut self, delivered: &MessageId) -> bool {
        self.delivered.insert(delivered.clone())
    }

    /// Whether a sync message names the newest of our log: who lacks it must not keep us from telling.
    pub fn is_told_by(&self, message: &Message) -> bool {
        let newest = self.channel.history().next_back();
        newest.is_none_or(|newest| {
            message.causal_history.iter().any(|entry| entry.message_id == newest.message_id)
        })
    }

    /// When the earliest of its requests is due.
    pub fn earliest_request(&self) -> Option<Millis> {
        self.channel.repair_requests().map(|request| request.request_at).min()
    }

    pub fn buffers(&self) -> Buffers {
        Buffers {
            incoming: self.channel.incoming().count(),
            outgoing: self.channel.outgoing().count(),
            requests: self.channel.repair_requests().count(),
            responses: self.channel.repair_responses().count(),
        }
    }

    fn dependencies(&self) -> Option<Vec<HistoryEntry>> {
        Some(self.heads.as_ref()?.dependencies(&self.channel, self.max_causal_history))
    }
}
