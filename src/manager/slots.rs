//! The slots of all channels.

use std::rc::Rc;

use super::slot::Slot;
use crate::protocol::ChannelId;

/// Slots in the order of their ids. A sorted vector: finding one is what counts, and a map of its own is ten times the code.
pub(super) struct Slots<E>(Vec<(ChannelId, Rc<Slot<E>>)>);

impl<E> Default for Slots<E> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<E> Slots<E> {
    pub fn get(&self, id: &ChannelId) -> Option<Rc<Slot<E>>> {
        let index = self.find(id).ok()?;
        self.0.get(index).map(|(_, slot)| slot.clone())
    }

    /// The slot of a channel; an empty one if there was none.
    pub fn get_or_add(&mut self, id: &ChannelId) -> Rc<Slot<E>> {
        self.get(id).unwrap_or_else(|| {
            let slot = Rc::new(Slot::new());
            let index = self.find(id).unwrap_or_else(|index| index);
            self.0.insert(index, (id.clone(), slot.clone()));
            slot
        })
    }

    pub fn remove(&mut self, id: &ChannelId) {
        if let Ok(index) = self.find(id) {
            self.0.remove(index);
        }
    }

    pub fn ids(&self) -> Vec<ChannelId> {
        self.0.iter().map(|(id, _)| id.clone()).collect()
    }

    pub fn all(&self) -> Vec<(ChannelId, Rc<Slot<E>>)> {
        self.0.clone()
    }

    pub fn loaded_ids(&self) -> Vec<ChannelId> {
        self.0.iter().filter(|(_, slot)| slot.is_loaded()).map(|(id, _)| id.clone()).collect()
    }

    fn find(&self, id: &ChannelId) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.cmp(id))
    }
}
