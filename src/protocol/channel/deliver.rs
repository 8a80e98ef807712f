//! Delivery in causal order, and the cascade it sets off.

use super::Channel;
use crate::protocol::{
    Effects, Event, HistoryEntry, LostReason, MessageId, Millis, StoredMessage, Waiting, known::Reason,
    ordered::Ordered,
};

impl Channel {
    /// Delivers a message whose dependencies are met, and every waiting message that this makes ready.
    pub(super) fn deliver(&mut self, message: StoredMessage, effects: &mut Effects) {
        let mut ready = Ordered::default();
        self.deliver_one(message, &mut ready, effects);
        self.deliver_all(ready, effects);
    }

    /// The same for several. Among those that are ready together the order is that of the history.
    pub(super) fn deliver_all(&mut self, mut ready: Ordered<StoredMessage>, effects: &mut Effects) {
        while let Some((_, message)) = ready.pop_first() {
            self.deliver_one(message, &mut ready, effects);
        }
    }

    fn deliver_one(
        &mut self,
        message: StoredMessage,
        ready: &mut Ordered<StoredMessage>,
        effects: &mut Effects,
    ) {
        self.incoming.meet(&message.message_id, ready);
        // Nothing new to nim-sds, unless the message came and waited before the channel changed its dialect.
        self.clock = self.clock.max(message.lamport_timestamp);
        self.log(message.clone());
        effects.events.push(Event::Ready(message));
        effects.changed = true;
    }

    /// Delivers what waited for nothing but these ids, which are in the history or known now.
    pub(super) fn release(&mut self, ids: &[MessageId], effects: &mut Effects) {
        let mut ready = Ordered::default();
        ids.iter().for_each(|id| self.incoming.meet(id, &mut ready));
        self.deliver_all(ready, effects);
    }

    /// Adds a message to the history. One older than all of a full history is evicted again at once.
    pub(super) fn log(&mut self, message: StoredMessage) {
        self.history.append(message);
        if let Some(evicted) = self.history.trim() {
            self.known.insert(evicted, Reason::Evicted);
        }
    }

    /// Lets a message wait for its dependencies; the buffer is kept within its limits.
    pub(super) fn wait(&mut self, waiting: Waiting, now: Millis, effects: &mut Effects) {
        self.incoming.insert(waiting, now);
        effects.changed = true;
        while self.incoming.is_over(self.config.max_incoming_buffer)
            && let Some(lost) = self.incoming.give_up_oldest()
        {
            for id in lost.missing.keys() {
                if self.incoming.awaited(id).is_none() {
                    self.repair.forget(id);
                }
            }
            self.give_up(vec![lost], LostReason::Overflow, now, effects);
        }
    }

    /// Tells that waiting messages, taken from the buffer before, are given up, and asks for those that others wait for.
    pub(super) fn give_up(
        &mut self,
        lost: Vec<Waiting>,
        reason: LostReason,
        now: Millis,
        effects: &mut Effects,
    ) {
        for Waiting { message, missing } in lost {
            effects.changed = true;
            if let Some(entry) = self.incoming.awaited(&message.message_id).cloned() {
                self.ask(entry, now, effects);
            }
            // One that came, and waits itself, is not missing.
            let missing = missing.keys().filter(|id| !self.incoming.contains(id)).cloned().collect();
            effects.events.push(Event::Lost { message_id: message.message_id, missing, reason });
        }
    }

    /// Whether a dependency is met: delivered here, or known. One that itself waits is not.
    pub(super) fn is_met(&self, id: &MessageId) -> bool {
        self.history.contains(id) || self.known.contains(id)
    }

    /// Whether a dependency is not even received.
    pub(super) fn is_missing(&self, id: &MessageId) -> bool {
        !self.is_met(id) && !self.incoming.contains(id)
    }

    /// Asks the group for the dependencies that are not even received. Without a name we can't.
    pub(super) fn ask_for(&mut self, missing: &[HistoryEntry], now: Millis, effects: &mut Effects) {
        for entry in missing {
            let id = &entry.message_id;
            if self.is_missing(id) && !self.repair.requests.contains(id) {
                self.ask(entry.clone(), now, effects);
            }
        }
    }
}
