//! Changes of the history that storage has not confirmed.

use super::{MessageId, timeline::Timeline};

/// The queue of appends and evicts to write. The latest change of an id wins: an append cancels an evict of the
/// same id and the reverse. A change stays until a write that held it succeeds.
#[derive(Debug)]
pub(super) struct Pending {
    appends: Timeline<()>,
    evicts: Timeline<()>,
    next: u64,
    max_evicts: usize,
}

impl Pending {
    /// At most `max_evicts` evicts are remembered, the oldest are forgotten first: what stays in storage then is older
    /// than the whole history, and is evicted again when the channel is loaded.
    pub fn new(max_evicts: usize) -> Self {
        Self { appends: Timeline::default(), evicts: Timeline::default(), next: 0, max_evicts }
    }

    pub fn is_empty(&self) -> bool {
        self.appends.is_empty() && self.evicts.is_empty()
    }

    pub fn append(&mut self, id: MessageId) {
        self.evicts.remove(&id);
        self.appends.insert(id, self.next, ());
        self.next = self.next.saturating_add(1);
    }

    pub fn evict(&mut self, id: MessageId) {
        self.appends.remove(&id);
        self.evicts.insert(id, self.next, ());
        self.next = self.next.saturating_add(1);
        if self.evicts.len() > self.max_evicts {
            self.evicts.pop_first();
        }
    }

    /// The ids to append, in the order of delivery.
    pub fn appends(&self) -> impl Iterator<Item = &MessageId> {
        self.appends.ids()
    }

    pub fn evicts(&self) -> impl Iterator<Item = &MessageId> {
        self.evicts.ids()
    }

    /// Marks the present end of the queue, for [`confirm`](Self::confirm).
    pub fn mark(&self) -> u64 {
        self.next
    }

    /// Forgets what was queued before `mark` was taken: it has been written. What came since stays.
    pub fn confirm(&mut self, mark: u64) {
        for changes in [&mut self.appends, &mut self.evicts] {
            while changes.first().is_some_and(|place| place < mark) {
                changes.pop_first();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(pending: &Pending) -> (Vec<&str>, Vec<&str>) {
        (
            pending.appends().map(MessageId::as_str).collect(),
            pending.evicts().map(MessageId::as_str).collect(),
        )
    }

    #[test]
    fn the_latest_change_of_an_id_wins() {
        let mut pending = Pending::new(10);
        pending.append("a".into());
        pending.append("b".into());
        pending.evict("a".into());
        assert_eq!(state(&pending), (vec!["b"], vec!["a"]));
        pending.append("a".into());
        assert_eq!(state(&pending), (vec!["b", "a"], vec![]));
    }

    #[test]
    fn a_confirmation_clears_only_what_its_batch_held() {
        let mut pending = Pending::new(10);
        pending.append("a".into());
        pending.append("b".into());
        let batch = pending.mark();
        pending.append("c".into());
        pending.evict("a".into());
        pending.confirm(batch);
        assert_eq!(state(&pending), (vec!["c"], vec!["a"]));
        pending.confirm(pending.mark());
        assert!(pending.is_empty());
    }

    #[test]
    fn the_oldest_evicts_are_forgotten_beyond_the_limit() {
        let mut pending = Pending::new(2);
        for id in ["a", "b", "c"] {
            pending.evict(id.into());
        }
        assert_eq!(state(&pending), (vec![], vec!["b", "c"]));
        pending.append("a".into());
        assert_eq!(state(&pending), (vec!["a"], vec!["b", "c"]));
    }
}
