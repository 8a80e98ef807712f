//! A channel from what was saved of it. Any part of the last writes may be missing.

use std::sync::Arc;

use bytes::Bytes;

use super::Channel;
use crate::protocol::{
    ChannelId, Config, Effects, Format, HistoryUpdate, MessageId, Millis, ParticipantId, RepairRequest,
    RepairResponse, Snapshot, StoredMessage, Unacknowledged, Waiting, hash::IdHashes, id_map::IdSet,
    known::Reason, ordered::Ordered,
};

/// All that storage holds of a channel.
#[derive(Debug, Default)]
pub struct Saved {
    /// Empty if only the history was saved.
    pub snapshot: Snapshot,
    /// In any order.
    pub history: Vec<StoredMessage>,
    pub hints: Vec<(MessageId, Bytes)>,
}

impl Channel {
    /// Loads a channel. Of the snapshot and the history, which are written by separate calls, either may be older
    /// than the other: they are reconciled so that nothing the application was told about is missing.
    pub fn restore(
        id: ChannelId,
        me: ParticipantId,
        config: Arc<Config>,
        format: &'static dyn Format,
        saved: Saved,
        now: Millis,
    ) -> (Self, Effects) {
        let mut channel = Self::new(id, me, config, format);
        let mut effects = Effects::default();
        let snapshot = saved.snapshot;
        channel.load_history(saved.history, snapshot.pending);
        for (id, hint) in saved.hints {
            channel.set_hint(&id, hint);
        }
        channel.load_outgoing(snapshot.outgoing, snapshot.lamport_timestamp, now, &mut effects);
        let newest = channel.history.newest_timestamp().unwrap_or(0);
        channel.clock = snapshot.lamport_timestamp.max(newest);
        channel.load_repairs(snapshot.repair_requests, snapshot.repair_responses);
        channel.load_incoming(snapshot.incoming, now, &mut effects);
        effects.changed |= channel.has_pending_history();
        (channel, effects)
    }

    /// The saved history, with the changes that may not have reached it.
    fn load_history(&mut self, saved: Vec<StoredMessage>, pending: HistoryUpdate) {
        let mut evicted = IdSet::default();
        for id in &pending.evict {
            evicted.insert(id);
        }
        for message in saved {
            if evicted.contains(&message.message_id) {
                self.history.evict(message.message_id.clone());
                self.known.insert(message.message_id, Reason::Evicted);
            } else {
                self.history.load(message);
            }
        }
        for message in pending.append {
            if !self.history.contains(&message.message_id) {
                self.history.append(message);
            }
        }
        while let Some(id) = self.history.trim() {
            self.known.insert(id, Reason::Evicted);
        }
        let hashes: Vec<_> = self.history.messages().map(|message| self.hash(&message.message_id)).collect();
        hashes.into_iter().for_each(|hash| self.filter.add(hash));
    }

    /// The saved outgoing buffer, with own messages that are newer than the snapshot.
    fn load_outgoing(
        &mut self,
        saved: Vec<Unacknowledged>,
        snapshot_clock: u64,
        now: Millis,
        effects: &mut Effects,
    ) {
        let newer = self.history.messages().rev().take_while(|m| m.lamport_timestamp > snapshot_clock);
        let own = newer.filter(|message| self.is_own(&message.sender_id));
        let recovered: Vec<_> = own
            .map(|message| Unacknowledged { message: message.clone(), send_time: now, resend_attempts: 0 })
            .collect();
        effects.changed |= !recovered.is_empty();
        for unacknowledged in saved.into_iter().chain(recovered) {
            let hashes = IdHashes::of(unacknowledged.message.message_id.as_str());
            self.outgoing.insert(unacknowledged, hashes);
        }
    }

    fn load_repairs(&mut self, requests: Vec<RepairRequest>, responses: Vec<RepairResponse>) {
        let limit = self.config.max_repair_buffer;
        for request in requests.into_iter().take(limit) {
            if !self.is_met(&request.entry.message_id) {
                self.repair.requests.insert(request);
            }
        }
        responses.into_iter().take(limit).for_each(|response| self.repair.responses.insert(response));
    }

    /// The saved incoming buffer, less what the history shows to be delivered. What waits for nothing more is
    /// delivered now.
    fn load_incoming(&mut self, saved: Vec<Waiting>, now: Millis, effects: &mut Effects) {
        let mut ready = Ordered::default();
        for Waiting { message, mut missing } in saved {
            if self.history.contains(&message.message_id) {
                continue;
            }
            let met: Vec<_> = missing.keys().filter(|id| self.is_met(id)).cloned().collect();
            for id in &met {
                missing.remove(id);
            }
            if missing.is_empty() {
                ready.insert(message.place(), message);
            } else {
                self.wait(Waiting { message, missing }, now, effects);
            }
        }
        self.deliver_all(ready, effects);
        self.ask_again_for_all(now);
    }

    /// When the snapshot was taken, requests for these may have been under way already.
    fn ask_again_for_all(&mut self, now: Millis) {
        let asked = |id: &&MessageId| !self.incoming.contains(id) && !self.repair.requests.contains(id);
        let entries: Vec<_> = self
            .incoming
            .awaited_ids()
            .filter(asked)
            .filter_map(|id| self.incoming.awaited(id).cloned())
            .collect();
        entries.into_iter().for_each(|entry| self.ask_again_later(entry, now));
    }
}
