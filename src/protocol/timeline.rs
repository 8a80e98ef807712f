//! A collection ordered by (Lamport timestamp, message id), the order of the history.

use std::collections::BTreeMap;

use super::MessageId;

/// Items in the order of the history, found by their message id. All operations are logarithmic.
#[derive(Debug)]
pub(super) struct Timeline<T> {
    lamport_of: BTreeMap<MessageId, u64>,
    items: BTreeMap<(u64, MessageId), T>,
}

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Self { lamport_of: BTreeMap::new(), items: BTreeMap::new() }
    }
}

impl<T> Timeline<T> {
    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub fn contains(&self, id: &MessageId) -> bool {
        self.lamport_of.contains_key(id)
    }

    pub fn get(&self, id: &MessageId) -> Option<&T> {
        self.items.get(&self.key(id)?)
    }

    pub fn get_mut(&mut self, id: &MessageId) -> Option<&mut T> {
        let key = self.key(id)?;
        self.items.get_mut(&key)
    }

    /// Adds an item; one with the same id is replaced.
    pub fn insert(&mut self, id: MessageId, lamport: u64, item: T) {
        self.remove(&id);
        self.lamport_of.insert(id.clone(), lamport);
        self.items.insert((lamport, id), item);
    }

    pub fn remove(&mut self, id: &MessageId) -> Option<T> {
        let lamport = self.lamport_of.remove(id)?;
        self.items.remove(&(lamport, id.clone()))
    }

    pub fn pop_first(&mut self) -> Option<(MessageId, T)> {
        let ((_, id), item) = self.items.pop_first()?;
        self.lamport_of.remove(&id);
        Some((id, item))
    }

    /// The greatest Lamport timestamp.
    pub fn newest(&self) -> Option<u64> {
        self.items.keys().next_back().map(|(lamport, _)| *lamport)
    }

    pub fn values(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.items.values()
    }

    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut T> {
        self.items.values_mut()
    }

    fn key(&self, id: &MessageId) -> Option<(u64, MessageId)> {
        Some((*self.lamport_of.get(id)?, id.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_stand_in_the_order_of_lamport_timestamp_then_id() {
        let mut timeline = Timeline::default();
        for (id, lamport) in [("b", 2), ("z", 1), ("a", 2), ("c", 0)] {
            timeline.insert(id.into(), lamport, id);
        }
        assert_eq!(timeline.values().copied().collect::<Vec<_>>(), ["c", "z", "a", "b"]);
        assert_eq!(timeline.newest(), Some(2));
        assert_eq!(timeline.pop_first(), Some(("c".into(), "c")));
        assert!(!timeline.contains(&"c".into()));
        assert_eq!(timeline.len(), 3);
    }

    #[test]
    fn an_id_stands_once_even_when_its_timestamp_changes() {
        let mut timeline = Timeline::default();
        timeline.insert("a".into(), 5, 1);
        timeline.insert("a".into(), 3, 2);
        assert_eq!(timeline.get(&"a".into()), Some(&2));
        assert_eq!(timeline.len(), 1);
        assert_eq!(timeline.remove(&"a".into()), Some(2));
        assert!(timeline.is_empty());
    }
}
