//! What to ask the group for, and what to answer (SDS-R).

use std::collections::{BTreeMap, BTreeSet};

use super::{MessageId, Millis, RepairRequest, RepairResponse};

/// Something to be done about a message at an instant.
pub(super) trait Due {
    fn id(&self) -> &MessageId;
    fn at(&self) -> Millis;
}

impl Due for RepairRequest {
    fn id(&self) -> &MessageId {
        &self.entry.message_id
    }
    fn at(&self) -> Millis {
        self.request_at
    }
}

impl Due for RepairResponse {
    fn id(&self) -> &MessageId {
        &self.entry.message_id
    }
    fn at(&self) -> Millis {
        self.respond_at
    }
}

/// Items by message id and by time.
#[derive(Debug)]
pub(super) struct Schedule<T> {
    items: BTreeMap<MessageId, T>,
    by_time: BTreeSet<(Millis, MessageId)>,
}

impl<T> Default for Schedule<T> {
    fn default() -> Self {
        Self { items: BTreeMap::new(), by_time: BTreeSet::new() }
    }
}

impl<T: Due> Schedule<T> {
    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn contains(&self, id: &MessageId) -> bool {
        self.items.contains_key(id)
    }

    /// Adds an item; one with the same id is replaced.
    pub fn insert(&mut self, item: T) {
        self.remove(item.id());
        self.by_time.insert((item.at(), item.id().clone()));
        self.items.insert(item.id().clone(), item);
    }

    pub fn remove(&mut self, id: &MessageId) -> Option<T> {
        let item = self.items.remove(id)?;
        self.by_time.remove(&(item.at(), id.clone()));
        Some(item)
    }

    /// Takes the earliest item if it was due at `latest` or before.
    pub fn pop_due(&mut self, latest: Millis) -> Option<T> {
        let (at, _) = self.by_time.first()?;
        if *at > latest {
            return None;
        }
        let (_, id) = self.by_time.pop_first()?;
        self.items.remove(&id)
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.items.values()
    }
}

/// The repair buffers of a channel.
#[derive(Debug, Default)]
pub(super) struct Repair {
    /// The outgoing repair buffer: dependencies to ask for, due at T_req.
    pub requests: Schedule<RepairRequest>,
    /// The incoming repair buffer: messages to send again, due at T_resp.
    pub responses: Schedule<RepairResponse>,
    /// Dependencies asked for once, to be asked for again if they are still missing when due. Memory only.
    pub asked: Schedule<RepairRequest>,
}

impl Repair {
    /// Nothing needs to be asked or answered about this id any more. Returns whether a buffer changed.
    pub fn forget(&mut self, id: &MessageId) -> bool {
        self.asked.remove(id);
        let requested = self.requests.remove(id).is_some();
        let responding = self.responses.remove(id).is_some();
        requested || responding
    }
}
