//! One channel: the state machine that ties the buffers together. Sending, receiving, sweeps and loading have a
//! file each; this one holds the state, what they share, and the views.

mod deliver;
mod receive;
mod restore;
mod send;
mod sweep;
#[cfg(test)]
mod tests;

pub use receive::check_timestamp;
pub use restore::Saved;
pub use send::{check_id, check_outgoing};

use std::sync::Arc;

use bytes::Bytes;

use super::{
    ChannelId, Config, Format, HistoryUpdate, IdHash, MessageId, ParticipantId, RepairRequest,
    RepairResponse, RollingBloomFilter, StoredMessage, Unacknowledged, Waiting, history::History,
    incoming::Incoming, known::KnownIds, outgoing::Outgoing, repair::Repair,
};

/// The state of one channel of one participant.
pub struct Channel {
    id: ChannelId,
    me: ParticipantId,
    config: Arc<Config>,
    format: &'static dyn Format,
    clock: u64,
    filter: RollingBloomFilter,
    history: History,
    outgoing: Outgoing,
    incoming: Incoming,
    repair: Repair,
    known: KnownIds,
}

impl Channel {
    /// An empty channel. `me` is this participant; empty disables SDS-R.
    pub fn new(id: ChannelId, me: ParticipantId, config: Arc<Config>, format: &'static dyn Format) -> Self {
        Self {
            id,
            me,
            format,
            clock: 0,
            filter: RollingBloomFilter::new(
                config.dialect,
                config.bloom_filter_capacity,
                config.bloom_filter_error_rate,
            ),
            history: History::new(config.max_message_history, config.remembered_ids()),
            outgoing: Outgoing::default(),
            incoming: Incoming::default(),
            repair: Repair::default(),
            known: KnownIds::new(config.remembered_ids()),
            config,
        }
    }

    /// The Lamport clock: that of the newest message sent or received, or later.
    pub fn lamport_timestamp(&self) -> u64 {
        self.clock
    }

    /// The delivered messages in the order of the history.
    pub fn history(&self) -> impl DoubleEndedIterator<Item = &StoredMessage> {
        self.history.messages()
    }

    /// A delivered message.
    pub fn message(&self, id: &MessageId) -> Option<&StoredMessage> {
        self.history.get(id)
    }

    /// Own messages that nobody has acknowledged, in the order of sending.
    pub fn outgoing(&self) -> impl Iterator<Item = &Unacknowledged> {
        self.outgoing.iter()
    }

    /// Received messages that wait for dependencies, in the order of the history.
    pub fn incoming(&self) -> impl Iterator<Item = &Waiting> {
        self.incoming.iter()
    }

    /// The outgoing repair buffer: dependencies to ask for.
    pub fn repair_requests(&self) -> impl Iterator<Item = &RepairRequest> {
        self.repair.requests.iter()
    }

    /// The incoming repair buffer: requests to answer.
    pub fn repair_responses(&self) -> impl Iterator<Item = &RepairResponse> {
        self.repair.responses.iter()
    }

    /// The changes of the history that storage has not confirmed, with the mark for
    /// [`confirm_history`](Self::confirm_history).
    pub fn pending_history(&self) -> (HistoryUpdate, u64) {
        self.history.pending()
    }

    /// Whether storage has something to catch up with.
    pub fn has_pending_history(&self) -> bool {
        self.history.has_pending()
    }

    /// Storage has written what was pending when `mark` was handed out.
    pub fn confirm_history(&mut self, mark: u64) {
        self.history.confirm(mark);
    }

    /// Messages of the next causal history that have no retrieval hint yet, newest first.
    pub fn without_hint(&self) -> Vec<MessageId> {
        self.history.without_hint(self.config.max_causal_history).cloned().collect()
    }

    /// Attaches a retrieval hint to a message of the history, to be sent in causal histories from now on. Returns
    /// whether the message is in the history.
    pub fn set_hint(&mut self, id: &MessageId, hint: Bytes) -> bool {
        self.history.set_hint(id, hint)
    }

    fn is_own(&self, sender: &ParticipantId) -> bool {
        !self.me.is_empty() && *sender == self.me
    }

    /// Sees to it that our filter holds an id.
    fn know(&mut self, id: &MessageId) {
        let hash = self.hash(id);
        if !self.filter.contains(hash) {
            self.filter.add(hash);
        }
    }

    /// The hash of an id for our own filter.
    fn hash(&self, id: &MessageId) -> IdHash {
        IdHash::of(self.config.dialect, id.as_str())
    }
}
