//! What the collections of the protocol stand on: one type of tree, and places for items of any type.
//!
//! The compiler makes a B-tree anew for every type of key and value, and with a dozen types that was a sixth of the
//! program. Here the tree holds places only. What depends on the type of item is a vector.

use std::collections::BTreeMap;

use super::MessageId;

/// A number, then a message id.
pub(super) type Key = (u64, MessageId);

/// Where items stand in [`Places`], in the order of their keys. (Where there are no items, any number.)
pub(super) type Tree = BTreeMap<Key, usize>;

/// The key of an id alone. In the order of ids, but few comparisons have to read the text: its beginning is the number.
pub(super) fn key(id: &MessageId) -> Key {
    let text = id.as_str().as_bytes();
    let beginning = text.first_chunk().copied().unwrap_or_else(|| {
        let mut padded = [0; 8];
        padded.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
        padded
    });
    (u64::from_be_bytes(beginning), id.clone())
}

/// Items, each in a place of its own until it is taken out.
#[derive(Debug, Clone)]
pub(super) struct Places<T> {
    items: Vec<Option<T>>,
    free: Vec<usize>,
}

impl<T> Default for Places<T> {
    fn default() -> Self {
        Self { items: Vec::new(), free: Vec::new() }
    }
}

impl<T> Places<T> {
    pub fn add(&mut self, item: T) -> usize {
        let free = self.free.pop();
        if let Some(place) = free
            && let Some(slot) = self.items.get_mut(place)
        {
            *slot = Some(item);
            return place;
        }
        self.items.push(Some(item));
        self.items.len().saturating_sub(1)
    }

    pub fn take(&mut self, place: usize) -> Option<T> {
        let item = self.items.get_mut(place)?.take()?;
        self.free.push(place);
        Some(item)
    }

    pub fn get(&self, place: usize) -> Option<&T> {
        self.items.get(place)?.as_ref()
    }

    pub fn get_mut(&mut self, place: usize) -> Option<&mut T> {
        self.items.get_mut(place)?.as_mut()
    }

    /// All items, in no particular order.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.items.iter_mut().flatten()
    }
}

/// Items by a number, then by message id.
#[derive(Debug, Clone)]
pub(super) struct Ordered<T> {
    places: Tree,
    items: Places<T>,
}

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self { places: Tree::new(), items: Places::default() }
    }
}

impl<T> Ordered<T> {
    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub fn get(&self, key: &Key) -> Option<&T> {
        self.items.get(*self.places.get(key)?)
    }

    pub fn get_mut(&mut self, key: &Key) -> Option<&mut T> {
        self.items.get_mut(*self.places.get(key)?)
    }

    /// Adds an item, and returns the one that it replaces.
    pub fn insert(&mut self, key: Key, item: T) -> Option<T> {
        let place = self.items.add(item);
        let replaced = self.places.insert(key, place)?;
        self.items.take(replaced)
    }

    pub fn remove(&mut self, key: &Key) -> Option<T> {
        let place = self.places.remove(key)?;
        self.items.take(place)
    }

    pub fn pop_first(&mut self) -> Option<(Key, T)> {
        let (key, place) = self.places.pop_first()?;
        Some((key, self.items.take(place)?))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Key, &T)> {
        self.places.iter().filter_map(|(key, place)| Some((key, self.items.get(*place)?)))
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    #[derive(Debug, Clone)]
    enum Operation {
        Insert(u8, u32),
        Remove(u8),
        PopFirst,
    }

    fn operations() -> impl Strategy<Value = Vec<Operation>> {
        let operation = prop_oneof![
            3 => (0..20_u8, any::<u32>()).prop_map(|(at, item)| Operation::Insert(at, item)),
            1 => (0..20_u8).prop_map(Operation::Remove),
            1 => Just(Operation::PopFirst),
        ];
        vec(operation, 0..100)
    }

    fn key_of(at: u8) -> Key {
        (u64::from(at % 3), format!("m{at}").into())
    }

    proptest! {
        #[test]
        fn items_are_found_and_stand_in_order_like_in_a_map(operations in operations()) {
            let (mut ordered, mut model) = (Ordered::default(), BTreeMap::new());
            for operation in operations {
                match operation {
                    Operation::Insert(at, item) => {
                        prop_assert_eq!(ordered.insert(key_of(at), item), model.insert(key_of(at), item));
                    }
                    Operation::Remove(at) => {
                        prop_assert_eq!(ordered.remove(&key_of(at)), model.remove(&key_of(at)));
                    }
                    Operation::PopFirst => prop_assert_eq!(ordered.pop_first(), model.pop_first()),
                }
                prop_assert_eq!(ordered.len(), model.len());
                prop_assert!(ordered.iter().eq(model.iter()));
                for at in 0..20 {
                    prop_assert_eq!(ordered.get(&key_of(at)), model.get(&key_of(at)));
                    prop_assert_eq!(ordered.get_mut(&key_of(at)), model.get_mut(&key_of(at)));
                }
                prop_assert!(ordered.items.items.len() <= 20, "a place is taken again");
            }
        }

        #[test]
        fn keys_of_ids_stand_in_the_order_of_the_ids(
            one in "[\0a\u{ff}]{0,10}",
            other in "[\0a\u{ff}]{0,10}",
        ) {
            let (one, other) = (MessageId::from(one), MessageId::from(other));
            prop_assert_eq!(key(&one).cmp(&key(&other)), one.cmp(&other));
        }
    }
}
