//! The history (local log): the delivered messages of a channel in the order that all participants share.

use bytes::Bytes;

use super::{
    HistoryEntry, HistoryUpdate, MAX_HINT, MessageId, StoredMessage,
    message::fitting,
    pending::{Change, Pending},
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
    max_evicts: usize,
}

impl History {
    /// At most `limit` messages, and as many evicts that storage doesn't know of as `max_evicts`.
    pub fn new(limit: usize, max_evicts: usize) -> Self {
        Self { log: Timeline::default(), limit, pending: Pending::default(), max_evicts }
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
        self.pending.push(message.message_id.clone());
        self.load(message);
    }

    /// Removes the oldest message if there are too many, and queues that for storage.
    pub fn trim(&mut self) -> Option<MessageId> {
        if self.log.len() <= self.limit {
            return None;
        }
        let (id, _) = self.log.pop_first()?;
        self.pending.push(id.clone());
        self.compact();
        Some(id)
    }

    /// Evicts a message again which storage may not have evicted yet.
    pub fn evict(&mut self, id: MessageId) {
        self.log.remove(&id);
        self.pending.push(id);
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
        let mut update = HistoryUpdate::default();
        for (_, id) in self.changes() {
            match self.get(id) {
                Some(message) => update.append.push(message.clone()),
                None => update.evict.push(id.clone()),
            }
        }
        (update, self.pending.mark())
    }

    /// The latest changes. Of the evicts the oldest are forgotten if there are too many: what stays in storage then is
    /// older than the whole history, and evicted again when the channel is loaded.
    fn changes(&self) -> Vec<&Change> {
        let is_evict = |(_, id): &&Change| !self.contains(id);
        let mut changes = self.pending.latest();
        let evicts = changes.iter().filter(|change| is_evict(change)).count();
        let mut excess = evicts.saturating_sub(self.max_evicts);
        changes.retain(|change| {
            let forget = excess > 0 && is_evict(change);
            excess = excess.saturating_sub(usize::from(forget));
            !forget
        });
        changes
    }

    /// Keeps the queue within bounds while storage fails. When it does something, half of the queue goes.
    fn compact(&mut self) {
        let most = self.limit.saturating_add(self.max_evicts).saturating_mul(2);
        if self.pending.len() > most {
            let changes = self.changes().into_iter().cloned().collect();
            self.pending.replace(changes);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn append(history: &mut History, numbers: std::ops::Range<u64>) {
        for number in numbers {
            history.append(StoredMessage {
                message_id: format!("m{number}").as_str().into(),
                sender_id: "alice".into(),
                lamport_timestamp: number,
                bytes: Bytes::new(),
            });
            history.trim();
        }
    }

    fn pending(history: &History) -> String {
        let HistoryUpdate { append, evict } = history.pending().0;
        let append = append.iter().map(|message| format!("+{}", message.message_id));
        let evict = evict.iter().map(|id| format!("-{id}"));
        append.chain(evict).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_message_that_leaves_before_it_was_written_is_only_evicted() {
        let mut history = History::new(2, 8);
        append(&mut history, 0..3);
        assert_eq!(pending(&history), "+m1 +m2 -m0");
    }

    #[test]
    fn while_storage_fails_the_queue_is_bounded_and_the_oldest_evicts_are_forgotten() {
        let mut history = History::new(2, 8);
        append(&mut history, 0..100);
        assert_eq!(pending(&history), "+m98 +m99 -m90 -m91 -m92 -m93 -m94 -m95 -m96 -m97");
        assert!(history.pending.len() <= 20, "{}", history.pending.len());
    }

    #[test]
    fn what_was_queued_after_a_batch_is_still_queued_when_that_is_confirmed() {
        let mut history = History::new(2, 8);
        append(&mut history, 0..95);
        let (_, mark) = history.pending();
        append(&mut history, 95..100);
        history.confirm(mark);
        assert_eq!(pending(&history), "+m98 +m99 -m93 -m94 -m95 -m96 -m97");
    }
}
