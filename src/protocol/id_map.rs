//! Items by message id, and sets of message ids.

use super::{
    MessageId,
    ordered::{Ordered, Tree, key},
};

/// Items in the order of their message ids.
#[derive(Debug, Clone)]
pub struct IdMap<T>(Ordered<T>);

impl<T> Default for IdMap<T> {
    fn default() -> Self {
        Self(Ordered::default())
    }
}

impl<T: PartialEq> PartialEq for IdMap<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().eq(other.0.iter())
    }
}

impl<T: Eq> Eq for IdMap<T> {}

impl<T> IdMap<T> {
    /// How many items there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The item of an id.
    pub fn get(&self, id: &MessageId) -> Option<&T> {
        self.0.get(&key(id))
    }

    /// The item of an id, to be changed.
    pub fn get_mut(&mut self, id: &MessageId) -> Option<&mut T> {
        self.0.get_mut(&key(id))
    }

    /// Adds an item, and returns the one that it replaces.
    pub fn insert(&mut self, id: &MessageId, item: T) -> Option<T> {
        self.0.insert(key(id), item)
    }

    /// Takes out the item of an id.
    pub fn remove(&mut self, id: &MessageId) -> Option<T> {
        self.0.remove(&key(id))
    }

    /// The ids, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &MessageId> {
        self.0.iter().map(|((_, id), _)| id)
    }
}

impl<T> FromIterator<(MessageId, T)> for IdMap<T> {
    fn from_iter<I: IntoIterator<Item = (MessageId, T)>>(items: I) -> Self {
        let mut map = Self::default();
        for (id, item) in items {
            map.insert(&id, item);
        }
        map
    }
}

/// Message ids, each once, in their order.
#[derive(Debug, Default)]
pub(super) struct IdSet(Tree);

impl IdSet {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn contains(&self, id: &MessageId) -> bool {
        self.0.contains_key(&key(id))
    }

    /// Adds an id. Returns whether it is new.
    pub fn insert(&mut self, id: &MessageId) -> bool {
        self.0.insert(key(id), 0).is_none()
    }

    pub fn remove(&mut self, id: &MessageId) {
        self.0.remove(&key(id));
    }

    pub fn first(&self) -> Option<&MessageId> {
        self.0.first_key_value().map(|((_, id), _)| id)
    }

    pub fn pop_first(&mut self) -> Option<MessageId> {
        self.0.pop_first().map(|((_, id), _)| id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_equal_whatever_happened_before() {
        let of = |ids: &[&str]| ids.iter().map(|id| (MessageId::from(*id), id.len())).collect::<IdMap<_>>();
        let mut map = of(&["b", "c", "a"]);
        map.remove(&"c".into());
        assert_eq!(map, of(&["a", "b"]));
        assert_eq!(map.keys().map(MessageId::as_str).collect::<Vec<_>>(), ["a", "b"]);
        assert_ne!(map, of(&["a"]));
        assert_eq!(map.insert(&"b".into(), 2), Some(1));
        assert_ne!(map, of(&["a", "b"]));
    }

    #[test]
    fn an_id_is_in_a_set_once() {
        let mut set = IdSet::default();
        assert!(set.insert(&"b".into()) && set.insert(&"a".into()) && !set.insert(&"b".into()));
        assert_eq!(set.first(), Some(&"a".into()));
        set.remove(&"a".into());
        assert!(set.contains(&"b".into()) && !set.contains(&"a".into()));
        assert_eq!(set.pop_first(), Some("b".into()));
        assert!(set.is_empty());
    }
}
