//! A collection ordered by a number and then by message id: the Lamport timestamp in the history, an instant in what is
//! to be done.

use super::{
    MessageId,
    ordered::{Places, Tree, key},
};

/// Items in the order of their numbers, found by their message id. All operations are logarithmic.
#[derive(Debug)]
pub(super) struct Timeline<T> {
    by_id: Tree,
    by_number: Tree,
    items: Places<(u64, T)>,
}

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Self { by_id: Tree::new(), by_number: Tree::new(), items: Places::default() }
    }
}

impl<T> Timeline<T> {
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    pub fn contains(&self, id: &MessageId) -> bool {
        self.by_id.contains_key(&key(id))
    }

    pub fn get(&self, id: &MessageId) -> Option<&T> {
        self.at(*self.by_id.get(&key(id))?)
    }

    pub fn get_mut(&mut self, id: &MessageId) -> Option<&mut T> {
        let place = *self.by_id.get(&key(id))?;
        self.items.get_mut(place).map(|(_, item)| item)
    }

    /// Adds an item; one with the same id is replaced.
    pub fn insert(&mut self, id: MessageId, number: u64, item: T) {
        let place = self.items.add((number, item));
        if let Some(replaced) = self.by_id.insert(key(&id), place)
            && let Some((number, _)) = self.items.take(replaced)
        {
            self.by_number.remove(&(number, id.clone()));
        }
        self.by_number.insert((number, id), place);
    }

    pub fn remove(&mut self, id: &MessageId) -> Option<T> {
        let place = self.by_id.remove(&key(id))?;
        let (number, item) = self.items.take(place)?;
        self.by_number.remove(&(number, id.clone()));
        Some(item)
    }

    pub fn pop_first(&mut self) -> Option<(MessageId, T)> {
        let ((_, id), place) = self.by_number.pop_first()?;
        self.by_id.remove(&key(&id));
        let (_, item) = self.items.take(place)?;
        Some((id, item))
    }

    pub fn pop_last(&mut self) -> Option<(MessageId, T)> {
        let ((_, id), place) = self.by_number.pop_last()?;
        self.by_id.remove(&key(&id));
        let (_, item) = self.items.take(place)?;
        Some((id, item))
    }

    /// The least number.
    pub fn first(&self) -> Option<u64> {
        self.by_number.first_key_value().map(|((number, _), _)| *number)
    }

    /// The greatest number.
    pub fn last(&self) -> Option<u64> {
        self.by_number.last_key_value().map(|((number, _), _)| *number)
    }

    pub fn values(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.by_number.values().filter_map(|place| self.at(*place))
    }

    /// The items in the order of their message ids.
    pub fn values_by_id(&self) -> impl Iterator<Item = &T> {
        self.by_id.values().filter_map(|place| self.at(*place))
    }

    /// The items in no particular order.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.items.iter_mut().map(|(_, item)| item)
    }

    fn at(&self, place: usize) -> Option<&T> {
        self.items.get(place).map(|(_, item)| item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_stand_in_the_order_of_number_then_id() {
        let mut timeline = Timeline::default();
        for (id, number) in [("b", 2), ("z", 1), ("a", 2), ("c", 0)] {
            timeline.insert(id.into(), number, id);
        }
        assert_eq!(timeline.values().copied().collect::<Vec<_>>(), ["c", "z", "a", "b"]);
        assert_eq!(timeline.values_by_id().copied().collect::<Vec<_>>(), ["a", "b", "c", "z"]);
        assert_eq!((timeline.first(), timeline.last()), (Some(0), Some(2)));
        assert_eq!(timeline.pop_first(), Some(("c".into(), "c")));
        assert!(!timeline.contains(&"c".into()));
        assert_eq!(timeline.len(), 3);
    }

    #[test]
    fn an_id_stands_once_even_when_its_number_changes() {
        let mut timeline = Timeline::default();
        timeline.insert("a".into(), 5, 1);
        timeline.insert("a".into(), 3, 2);
        assert_eq!(timeline.get(&"a".into()), Some(&2));
        assert_eq!((timeline.len(), timeline.values().count(), timeline.values_mut().count()), (1, 1, 1));
        timeline.insert("a".into(), 3, 2);
        assert_eq!((timeline.len(), timeline.values().count()), (1, 1));
        assert_eq!(timeline.remove(&"a".into()), Some(2));
        assert!(timeline.is_empty());
    }
}
