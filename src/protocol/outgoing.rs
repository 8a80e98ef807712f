//! Own messages that nobody has acknowledged yet.

use super::{
    Config, MessageId, Millis, ReceivedFilter, StoredMessage, Unacknowledged, hash::IdHashes, ordered::Tree,
    timeline::Timeline,
};

/// The most own messages that wait for an acknowledgement. Over it, the oldest is given up.
pub const MAX_OUTGOING: usize = 10_000;

#[derive(Debug)]
struct Sent {
    unacknowledged: Unacknowledged,
    hashes: IdHashes,
    possible_acks: u32,
}

/// The outgoing buffer, in the order of sending.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    sent: Timeline<Sent>,
}

/// What a sweep found due.
#[derive(Debug, Default)]
pub(super) struct Due {
    /// To send again, with the number of the attempt.
    pub resend: Vec<(StoredMessage, u32)>,
    /// Out of attempts: these have left the buffer.
    pub given_up: Vec<MessageId>,
    /// Whether anything is other than before.
    pub changed: bool,
}

impl Outgoing {
    pub fn is_empty(&self) -> bool {
        self.sent.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Unacknowledged> {
        self.sent.values().map(|sent| &sent.unacknowledged)
    }

    /// Adds a message; returns the oldest if there are too many.
    pub fn insert(&mut self, unacknowledged: Unacknowledged, hashes: IdHashes) -> Option<MessageId> {
        let (id, lamport) =
            (unacknowledged.message.message_id.clone(), unacknowledged.message.lamport_timestamp);
        self.sent.insert(id, lamport, Sent { unacknowledged, hashes, possible_acks: 0 });
        if self.sent.len() <= MAX_OUTGOING {
            return None;
        }
        self.sent.pop_first().map(|(id, _)| id)
    }

    /// Removes the messages that somebody shows to have, and gives their ids in the order of sending: those it
    /// `named`, and those that its filter holds, as the filters of `threshold` messages do.
    pub fn acknowledge<'a>(
        &mut self,
        named: impl Iterator<Item = &'a MessageId>,
        filter: Option<ReceivedFilter>,
        threshold: u32,
    ) -> Vec<MessageId> {
        let mut acknowledged = Tree::new();
        named.for_each(|id| self.take(id, &mut acknowledged));
        if let Some(filter) = filter {
            self.find(&filter, threshold).iter().for_each(|id| self.take(id, &mut acknowledged));
        }
        acknowledged.into_keys().map(|(_, id)| id).collect()
    }

    fn take(&mut self, id: &MessageId, acknowledged: &mut Tree) {
        if let Some(Sent { unacknowledged, .. }) = self.sent.remove(id) {
            acknowledged.insert(unacknowledged.message.place(), 0);
        }
    }

    /// Counts a possible acknowledgement for every message that the filter holds. Returns those that have enough.
    fn find(&mut self, filter: &ReceivedFilter, threshold: u32) -> Vec<MessageId> {
        let mut acknowledged = Vec::new();
        let holds = |sent: &&mut Sent| filter.contains(sent.hashes.in_dialect(filter.dialect()));
        for sent in self.sent.values_mut().filter(holds) {
            sent.possible_acks = sent.possible_acks.saturating_add(1);
            if sent.possible_acks >= threshold {
                acknowledged.push(sent.unacknowledged.message.message_id.clone());
            }
        }
        acknowledged
    }

    /// Counts an attempt for each message sent longer ago than the resend interval, and removes those that have
    /// none left.
    pub fn sweep(&mut self, config: &Config, now: Millis) -> Due {
        let mut due = Due { changed: self.set_back(now), ..Due::default() };
        let is_due =
            |sent: &&Sent| now.saturating_sub(sent.unacknowledged.send_time) > config.resend_interval;
        let ids =
            self.sent.values().filter(is_due).map(|sent| sent.unacknowledged.message.message_id.clone());
        for id in ids.collect::<Vec<_>>() {
            let Some(Sent { unacknowledged, .. }) = self.sent.get_mut(&id) else {
                continue;
            };
            if unacknowledged.resend_attempts >= config.max_resend_attempts {
                due.given_up.push(id);
                continue;
            }
            unacknowledged.resend_attempts = unacknowledged.resend_attempts.saturating_add(1);
            unacknowledged.send_time = now;
            due.resend.push((unacknowledged.message.clone(), unacknowledged.resend_attempts));
        }
        for id in &due.given_up {
            self.sent.remove(id);
        }
        due.changed |= !due.resend.is_empty() || !due.given_up.is_empty();
        due
    }

    /// What was sent later than now, because the clock was set back, counts as sent now. Returns whether there was any.
    fn set_back(&mut self, now: Millis) -> bool {
        let mut any = false;
        for Sent { unacknowledged, .. } in self.sent.values_mut() {
            any |= unacknowledged.send_time > now;
            unacknowledged.send_time = unacknowledged.send_time.min(now);
        }
        any
    }
}
