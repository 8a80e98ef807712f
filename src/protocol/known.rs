//! Ids that satisfy a dependency though they are not in the history.

use std::collections::VecDeque;

use super::{IdMap, MessageId};

/// Why an id is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// Delivered, then evicted from a full history.
    Evicted,
    /// A sync message, sent or received. It never enters the history, but participants that run nim-sds log it and
    /// may depend on it.
    Sync,
    /// Met by the application, or given up after `lostMessageTimeout`. The message itself may still arrive.
    Met,
}

/// A bounded set, kept in memory only; the oldest ids are forgotten first.
#[derive(Debug)]
pub(super) struct KnownIds {
    reasons: IdMap<Reason>,
    oldest_first: VecDeque<MessageId>,
    limit: usize,
}

impl KnownIds {
    pub fn new(limit: usize) -> Self {
        Self { reasons: IdMap::default(), oldest_first: VecDeque::new(), limit }
    }

    pub fn contains(&self, id: &MessageId) -> bool {
        self.reasons.get(id).is_some()
    }

    /// Whether the message with this id was delivered: if it arrives again, it is a duplicate.
    pub fn contains_evicted(&self, id: &MessageId) -> bool {
        self.reasons.get(id) == Some(&Reason::Evicted)
    }

    /// Whether a sync message with this id was here before.
    pub fn contains_sync(&self, id: &MessageId) -> bool {
        self.reasons.get(id) == Some(&Reason::Sync)
    }

    /// Adds an id. Of one that is known already only a delivery changes the reason: nobody can make a message a duplicate
    /// by sending another under its id.
    pub fn insert(&mut self, id: MessageId, reason: Reason) {
        match self.reasons.get_mut(&id) {
            Some(known) if reason == Reason::Evicted => *known = reason,
            Some(_) => (),
            None => {
                self.reasons.insert(&id, reason);
                self.oldest_first.push_back(id);
            }
        }
        if self.oldest_first.len() > self.limit
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.reasons.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_ids_are_forgotten_beyond_the_limit() {
        let mut known = KnownIds::new(2);
        known.insert("a".into(), Reason::Met);
        known.insert("b".into(), Reason::Sync);
        known.insert("a".into(), Reason::Evicted);
        known.insert("b".into(), Reason::Met);
        assert!(known.contains_evicted(&"a".into()) && known.contains_sync(&"b".into()));
        known.insert("c".into(), Reason::Met);
        assert!(!known.contains(&"a".into()));
        assert!(known.contains(&"c".into()) && !known.contains_evicted(&"c".into()));
    }
}
