//! What is done from time to time.

use super::Channel;
use crate::protocol::{
    Config, Effects, Event, HistoryEntry, LostReason, MessageId, Millis, RepairRequest, request_delay,
};

impl Channel {
    /// Sends again what nobody acknowledged within `resendInterval`, gives up what is out of attempts, and gives up
    /// waiting messages after `lostMessageTimeout`. (The filter needs no sweep: it rolls when ids are added.) What seems to have
    /// begun later than now began now: the clock was set back.
    pub fn check_unacknowledged(&mut self, now: Millis) -> Effects {
        let due = self.outgoing.sweep(&self.config, now);
        let mut effects = Effects { changed: due.changed, ..Effects::default() };
        if !due.resend.is_empty() {
            let dialect = self.config.dialect;
            let filter = self.format.write_filter(dialect, self.filter.filter());
            let resends = due.resend.into_iter();
            effects.events.extend(resends.map(|(message, attempt)| Event::Resend {
                bytes: self.format.rebroadcast(dialect, &message.bytes, Some(filter.clone())),
                message_id: message.message_id,
                attempt,
            }));
        }
        let given_up = due.given_up.into_iter();
        effects.events.extend(given_up.map(|message_id| Event::Sent { message_id, acknowledged: false }));
        self.give_up_waiting(now, &mut effects);
        effects
    }

    /// Answers the repair requests that are due, drops own requests that no message carried in time, and asks again
    /// for what is still missing.
    pub fn sweep_repairs(&mut self, now: Millis) -> Effects {
        let longest_delay = self.config.repair_t_min.max(self.config.repair_t_max);
        let changed = self.repair.bring_forward(now.saturating_add(longest_delay));
        let mut effects = Effects { changed, ..Effects::default() };
        self.respond(now, &mut effects);
        self.drop_stale_requests(now, &mut effects);
        self.ask_again(now, &mut effects);
        effects
    }

    /// Enters a dependency into the outgoing repair buffer. Where that is full, it is tried again later.
    pub(super) fn ask(&mut self, entry: HistoryEntry, now: Millis, effects: &mut Effects) {
        if self.me.is_empty() {
            return;
        }
        if self.repair.requests.len() >= self.config.max_repair_buffer {
            return self.ask_again_later(entry, now);
        }
        let id = &entry.message_id;
        self.repair.asked.remove(id);
        let Config { dialect, repair_t_min, repair_t_max, .. } = *self.config;
        let delay = request_delay(dialect, &self.me, id, repair_t_min, repair_t_max);
        self.repair.requests.insert(RepairRequest { entry, request_at: now.saturating_add(delay) });
        effects.changed = true;
    }

    /// Remembers to ask again, `repairTMax` from now: one request lost must not leave a gap for ever. What only a sync
    /// message has named is remembered as long as there is room.
    pub(super) fn ask_again_later(&mut self, entry: HistoryEntry, now: Millis) {
        let id = &entry.message_id;
        let room = self.repair.asked.len() < self.config.max_repair_buffer;
        if self.is_missing(id) && (room || self.incoming.awaited(id).is_some()) {
            let request_at = now.saturating_add(self.config.repair_t_max);
            self.repair.asked.insert(RepairRequest { entry, request_at });
        }
    }

    fn ask_again(&mut self, now: Millis, effects: &mut Effects) {
        // What can't be asked for now is due later than now, unless repairTMax is 0.
        for _ in 0..self.repair.asked.len() {
            let Some(RepairRequest { entry, .. }) = self.repair.asked.pop_due(now) else {
                return;
            };
            if self.is_missing(&entry.message_id) {
                self.ask(entry, now, effects);
            }
        }
    }

    fn respond(&mut self, now: Millis, effects: &mut Effects) {
        while let Some(response) = self.repair.responses.pop_due(now) {
            let message_id = response.entry.message_id;
            effects.changed = true;
            let logged = || self.history.get(&message_id).map(|message| message.bytes.clone());
            let cached = Some(response.cached).filter(|bytes| !bytes.is_empty());
            // Evicted since it was asked for: somebody with a longer history may have it.
            if let Some(bytes) = cached.or_else(logged) {
                let bytes = self.format.rebroadcast(self.config.dialect, &bytes, None);
                effects.events.push(Event::RepairReady { message_id, bytes });
            }
        }
    }

    fn drop_stale_requests(&mut self, now: Millis, effects: &mut Effects) {
        // Dropped when more than repairTMax past due.
        let Some(latest) = now.checked_sub(self.config.repair_t_max.saturating_add(1)) else {
            return;
        };
        while let Some(RepairRequest { entry, .. }) = self.repair.requests.pop_due(latest) {
            effects.changed = true;
            self.ask_again_later(entry, now);
        }
    }

    /// Gives up the messages that waited too long. The dependencies that never came count as met from then on, so
    /// that later messages are not stuck behind them; one that came, and waits itself, does not.
    fn give_up_waiting(&mut self, now: Millis, effects: &mut Effects) {
        let timeout = self.config.lost_message_timeout;
        if timeout == 0 {
            return;
        }
        let lost = self.incoming.give_up_expired(timeout, now);
        let never_came: Vec<MessageId> = lost
            .iter()
            .flat_map(|waiting| waiting.missing.keys())
            .filter(|id| !self.incoming.contains(id))
            .cloned()
            .collect();
        self.give_up(lost, LostReason::Timeout, now, effects);
        for id in &never_came {
            self.meet(id);
        }
        self.release(&never_came, effects);
    }
}
