//! Messages of others.

use bytes::Bytes;

use super::Channel;
use crate::protocol::{
    Effects, Error, Event, HistoryEntry, Kind, MAX_CLOCK, Message, MessageId, Millis, Received,
    ReceivedFilter, RepairResponse, Waiting, id_map::IdSet, in_response_group, known::Reason, response_delay,
};

impl Channel {
    /// Takes in a message of this channel: content is delivered or waits, acknowledgements and repair requests
    /// are reviewed. Duplicates change nothing but the repair buffers, and our filter if it lacks them.
    ///
    /// # Errors
    /// `Deserialization` if the clock is beyond [`MAX_CLOCK`] or the message is ephemeral, which touches no channel.
    pub fn receive(&mut self, message: Message, now: Millis) -> Result<(Received, Effects), Error> {
        let timestamp = check_timestamp(&message)?;
        let mut effects = Effects::default();
        effects.changed |= self.repair.forget(&message.message_id);
        if let Some(delivered) = self.duplicate(&message) {
            // It is sent again because nobody is known to have it. One that waited when the channel was loaded is not in
            // our filter yet, where its sender looks for it.
            if message.kind() == Kind::Content {
                self.know(&message.message_id);
            }
            return Ok((received(message, delivered, Vec::new(), true), effects));
        }
        self.clock = self.config.dialect.received_clock(self.clock, timestamp);
        effects.changed = true;
        self.review_acknowledgements(&message, &mut effects);
        self.review_repair_requests(&message, now);
        let missing = self.unmet_dependencies(&message);
        if !missing.is_empty() {
            effects.events.push(Event::MissingDependencies {
                message_id: message.message_id.clone(),
                missing: missing.clone(),
            });
        }
        match message.kind() {
            Kind::Content => self.take_in(&message, missing.clone(), now, &mut effects),
            Kind::Sync | Kind::Ephemeral => {
                self.known.insert(message.message_id.clone(), Reason::Sync);
                self.release(std::slice::from_ref(&message.message_id), &mut effects);
                self.ask_for(&missing, now, &mut effects);
            }
        }
        Ok((received(message, missing.is_empty(), missing, false), effects))
    }

    /// The application got these messages elsewhere, for example from a store node: they count as met, and what
    /// waited only for them is delivered.
    pub fn mark_dependencies_met(&mut self, ids: &[MessageId]) -> Effects {
        let mut effects = Effects::default();
        for id in ids {
            self.know(id);
            effects.changed |= self.meet(id);
        }
        self.release(ids, &mut effects);
        effects
    }

    /// Counts an id as met from now on. Returns whether a repair buffer changed.
    pub(super) fn meet(&mut self, id: &MessageId) -> bool {
        if !self.is_met(id) {
            self.known.insert(id.clone(), Reason::Met);
        }
        self.repair.forget(id)
    }

    /// Whether a duplicate was delivered, or `None` if the message is none.
    fn duplicate(&self, message: &Message) -> Option<bool> {
        let id = &message.message_id;
        let is_sync = message.kind() == Kind::Sync;
        let again = is_sync && (self.is_own(&message.sender_id) || self.known.contains_sync(id));
        if again || self.history.contains(id) || self.known.contains_evicted(id) {
            return Some(true);
        }
        self.incoming.contains(id).then_some(false)
    }

    fn take_in(&mut self, message: &Message, missing: Vec<HistoryEntry>, now: Millis, effects: &mut Effects) {
        self.know(&message.message_id);
        let stored = self.format.store(message);
        if missing.is_empty() {
            return self.deliver(stored, effects);
        }
        let by_id = missing.iter().map(|entry| (entry.message_id.clone(), entry.clone())).collect();
        self.wait(Waiting { message: stored, missing: by_id }, now, effects);
        self.ask_for(&missing, now, effects);
    }

    /// Own messages that the sender shows to have: named in its causal history, or found in its filter. Our own
    /// messages, coming back after storage was lost, prove nothing.
    fn review_acknowledgements(&mut self, message: &Message, effects: &mut Effects) {
        // The filter is large: it is not looked at when there is nothing to find in it.
        if self.outgoing.is_empty() || self.is_own(&message.sender_id) {
            return;
        }
        let filter = self.received_filter(message, effects);
        let named = message.causal_history.iter().map(|entry| &entry.message_id);
        for message_id in self.outgoing.acknowledge(named, filter, self.config.possible_acks_threshold) {
            effects.changed = true;
            effects.events.push(Event::Sent { message_id, acknowledged: true });
        }
    }

    /// The filter of a message, if it has one that is usable.
    fn received_filter(&self, message: &Message, effects: &mut Effects) -> Option<ReceivedFilter> {
        let bytes = message.bloom_filter.as_ref().filter(|bytes| !bytes.is_empty())?;
        match self.format.read_filter(message.dialect, bytes) {
            Ok(filter) => Some(filter),
            Err(reason) => {
                let message_id = message.message_id.clone();
                effects.events.push(Event::FilterIgnored { message_id, reason });
                None
            }
        }
    }

    /// What others ask for, we need not ask for; what we have, we may answer. A request that doesn't name the
    /// sender is not answered, like in nim-sds: the response time depends on it.
    fn review_repair_requests(&mut self, message: &Message, now: Millis) {
        if self.me.is_empty() {
            return;
        }
        let dialect = self.config.dialect;
        for entry in &message.repair_request {
            let id = &entry.message_id;
            if let Some(own) = self.repair.requests.remove(id) {
                self.ask_again_later(own.entry, now);
            }
            let answerable = !entry.sender_id.is_empty()
                && self.history.contains(id)
                && in_response_group(
                    dialect,
                    &self.me,
                    &entry.sender_id,
                    id,
                    self.config.num_response_groups,
                );
            let room = self.repair.responses.len() < self.config.max_repair_buffer;
            if answerable && room && !self.repair.responses.contains(id) {
                let delay = response_delay(dialect, &self.me, &entry.sender_id, id, self.config.repair_t_max);
                let respond_at = now.saturating_add(delay);
                let response = RepairResponse { entry: entry.clone(), cached: Bytes::new(), respond_at };
                self.repair.responses.insert(response);
            }
        }
    }

    /// The dependencies not met yet, each once, in the order of the message. One that names itself is ignored.
    fn unmet_dependencies(&self, message: &Message) -> Vec<HistoryEntry> {
        let mut seen = IdSet::default();
        let mut is_unmet = |id: &MessageId| *id != message.message_id && !self.is_met(id) && seen.insert(id);
        message.causal_history.iter().filter(|entry| is_unmet(&entry.message_id)).cloned().collect()
    }
}

/// The Lamport timestamp of a message that belongs to a channel.
///
/// # Errors
/// `Deserialization` if it is beyond [`MAX_CLOCK`], or there is none because the message is ephemeral.
pub fn check_timestamp(message: &Message) -> Result<u64, Error> {
    match message.lamport_timestamp {
        Some(timestamp) if timestamp <= MAX_CLOCK => Ok(timestamp),
        Some(timestamp) => {
            let reason = format!("lamportTimestamp {timestamp} is beyond the largest accepted, {MAX_CLOCK}");
            Err(Error::Deserialization(reason))
        }
        None => Err(Error::Deserialization("an ephemeral message belongs to no channel's state".into())),
    }
}

fn received(message: Message, delivered: bool, missing: Vec<HistoryEntry>, duplicate: bool) -> Received {
    Received {
        kind: message.kind(),
        message_id: message.message_id,
        channel_id: message.channel_id,
        sender_id: message.sender_id,
        content: message.content,
        delivered,
        missing,
        duplicate,
    }
}
