//! Changes of the history that storage has not confirmed.

use std::collections::VecDeque;

use super::{MessageId, id_map::IdSet};

/// The ids that joined or left the history, in the order of the changes. What is to be written for an id, the history
/// tells: only the latest change counts. A change stays until a write that held it succeeds.
#[derive(Debug, Default)]
pub(super) struct Pending {
    changes: VecDeque<Change>,
    next: u64,
}

/// An id, and the number of its change.
pub(super) type Change = (u64, MessageId);

impl Pending {
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    pub fn push(&mut self, id: MessageId) {
        self.changes.push_back((self.next, id));
        self.next = self.next.saturating_add(1);
    }

    /// Each id once, in the order of their latest changes.
    pub fn latest(&self) -> Vec<&Change> {
        let mut seen = IdSet::default();
        let mut latest: Vec<_> = self.changes.iter().rev().filter(|(_, id)| seen.insert(id)).collect();
        latest.reverse();
        latest
    }

    /// Keeps these of the latest changes, and no others.
    pub fn replace(&mut self, changes: VecDeque<Change>) {
        self.changes = changes;
    }

    /// Marks the present end of the queue, for [`confirm`](Self::confirm).
    pub fn mark(&self) -> u64 {
        self.next
    }

    /// Forgets what was queued before `mark` was taken: it has been written. What came since stays.
    pub fn confirm(&mut self, mark: u64) {
        while self.changes.front().is_some_and(|(number, _)| *number < mark) {
            self.changes.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(ids: &str) -> Pending {
        let mut pending = Pending::default();
        ids.split_whitespace().for_each(|id| pending.push(id.into()));
        pending
    }

    fn ids(pending: &Pending) -> String {
        pending.latest().iter().map(|(_, id)| id.as_str()).collect()
    }

    #[test]
    fn an_id_stands_where_it_changed_last() {
        assert_eq!(ids(&pending("a b a c b")), "acb");
    }

    #[test]
    fn a_confirmation_clears_only_what_its_batch_held() {
        let mut pending = pending("a b");
        let batch = pending.mark();
        pending.push("c".into());
        pending.push("a".into());
        pending.confirm(batch);
        assert_eq!(ids(&pending), "ca");
        pending.confirm(pending.mark());
        assert!(pending.is_empty());
    }
}
