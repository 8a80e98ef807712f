//! The history (local log): the delivered messages of a channel in the order that all participants share.

use bytes::Bytes;

use super::{
    HistoryEntry, HistoryUpdate, MAX_HINT, MessageId, StoredMessage, message::fitting, pending::Pending,
    timeline::Timeline,
};

#[derive(Debug)]
struct Logged {
    message: StoredMessage,
    hint: Option<Bytes>,
}

/// Delivered messages ordered by (Lamport timestamp, message id), and the changes that storage doesn't have yet.
#[derive(Debug)]
pub(super) struct History {
    log: Timeline<Logged>,
    limit: usize,
    pending: Pending,
}

impl History {
    pub fn new(limit: usize) -> Self {
        // As many evicts as there are known ids: enough for any outage that matters, and bounded.
        let pending = Pending::new(limit.saturating_mul(4));
        Self { log: Timeline::default(), limit, pending }
    }

    pub fn contains(&self, id: &MessageId) -> bool {
        self.log.contains(id)
    }

    pub fn get(&self, id: &MessageId) -> Option<&StoredMessage> {
        self.log.get(id).map(|logged| &logged.message)
    }

    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &StoredMessage> {
        self.log.values().map(|logged| &logged.message)
    }

    pub fn newest_timestamp(&self) -> Option<u64> {
        self.log.last()
    }

    /// Adds a message that storage has already. Call [`trim`](Self::trim) after the last.
    pub fn load(&mut self, message: StoredMessage) {
        self.log.insert(
            message.message_id.clone(),
            message.lamport_timestamp,
            Logged { message, hint: None },
        );
    }

    /// Adds a delivered message and queues it for storage.
    pub fn append(&mut self, message: StoredMessage) {
        self.pending.append(message.message_id.clone());
        self.load(message);
    }

    /// Removes the oldest message if there are too many, and queues that for storage.
    pub fn trim(&mut self) -> Option<MessageId> {
        if self.log.len() <= self.limit {
            return None;
        }
        let (id, _) = self.log.pop_first()?;
        self.pending.evict(id.clone());
        Some(id)
    }

    /// Evicts a message again which storage may not have evicted yet.
    pub fn evict(&mut self, id: MessageId) {
        self.log.remove(&id);
        self.pending.evict(id);
    }

    /// The newest `count` messages as dependencies of the next one, oldest first.
    pub fn causal_history(&self, count: usize) -> Vec<HistoryEntry> {
        let newest = self.log.values().rev().take(count).map(Logged::entry);
        let mut size = 0;
        let mut entries: Vec<_> = newest.take_while(|entry| fitting(&mut size, entry)).collect();
        entries.reverse();
        entries
    }

    /// Those of the next causal history that have no retrieval hint, newest first.
    pub fn without_hint(&self, count: usize) -> impl Iterator<Item = &MessageId> {
        let newest = self.log.values().rev().take(count);
        newest.filter(|logged| logged.hint.is_none()).map(|logged| &logged.message.message_id)
    }

    /// Attaches a retrieval hint. Returns whether it was: the message is in the history, and the hint not too large.
    pub fn set_hint(&mut self, id: &MessageId, hint: Bytes) -> bool {
        let logged = self.log.get_mut(id).filter(|_| hint.len() <= MAX_HINT);
        logged.map(|logged| logged.hint = Some(hint)).is_some()
    }

    /// What storage has not confirmed yet, and the mark to confirm it with.
    pub fn pending(&self) -> (HistoryUpdate, u64) {
        let append = self.pending.appends().filter_map(|id| self.get(id).cloned()).collect();
        let evict = self.pending.evicts().cloned().collect();
        (HistoryUpdate { append, evict }, self.pending.mark())
    }

    pub fn has_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Storage has written what was pending when `mark` was taken.
    pub fn confirm(&mut self, mark: u64) {
        self.pending.confirm(mark);
    }
}

impl Logged {
    fn entry(&self) -> HistoryEntry {
        HistoryEntry {
            message_id: self.message.message_id.clone(),
            retrieval_hint: self.hint.clone().unwrap_or_default(),
            sender_id: self.message.sender_id.clone(),
        }
    }
}
