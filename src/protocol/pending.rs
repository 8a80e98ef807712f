//! Changes of the history that storage has not confirmed.

use std::collections::BTreeMap;

use super::MessageId;

/// The queue of appends and evicts to write. The latest change of an id wins: an append cancels an evict of the
/// same id and the reverse. A change stays until a write that held it succeeds.
#[derive(Debug)]
pub(super) struct Pending {
    appends: BTreeMap<u64, MessageId>,
    evicts: BTreeMap<u64, MessageId>,
    place: BTreeMap<MessageId, u64>,
    next: u64,
    max_evicts: usize,
}

impl Pending {
    /// At most `max_evicts` evicts are remembered, the oldest are forgotten first: what stays in storage then is older
    /// than the whole history, and is evicted again when the channel is loaded.
    pub fn new(max_evicts: usize) -> Self {
        Self {
            appends: BTreeMap::new(),
            evicts: BTreeMap::new(),
            place: BTreeMap::new(),
            next: 0,
            max_evicts,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.place.is_empty()
    }

    pub fn append(&mut self, id: MessageId) {
        let place = self.take_place(&id);
        self.appends.insert(place, id);
    }

    pub fn evict(&mut self, id: MessageId) {
        let place = self.take_place(&id);
        self.evicts.insert(place, id);
        if self.evicts.len() > self.max_evicts
            && let Some((_, oldest)) = self.evicts.pop_first()
        {
            self.place.remove(&oldest);
        }
    }

    /// The ids to append, in the order of delivery.
    pub fn appends(&self) -> impl Iterator<Item = &MessageId> {
        self.appends.values()
    }

    pub fn evicts(&self) -> impl Iterator<Item = &MessageId> {
        self.evicts.values()
    }

    /// Marks the present end of the queue, for [`confirm`](Self::confirm).
    pub fn mark(&self) -> u64 {
        self.next
    }

    /// Forgets what was queued before `mark` was taken: it has been written. What came since stays.
    pub fn confirm(&mut self, mark: u64) {
        self.appends = self.appends.split_off(&mark);
        self.evicts = self.evicts.split_off(&mark);
        self.place.retain(|_, place| *place >= mark);
    }

    fn take_place(&mut self, id: &MessageId) -> u64 {
        let place = self.next;
        self.next = self.next.saturating_add(1);
        if let Some(earlier) = self.place.insert(id.clone(), place) {
            self.appends.remove(&earlier);
            self.evicts.remove(&earlier);
        }
        place
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
