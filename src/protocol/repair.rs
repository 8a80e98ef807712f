//! What to ask the group for, and what to answer (SDS-R).

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::{HistoryEntry, MessageId, Millis};

/// Entries by message id, each due at an instant.
#[derive(Debug)]
pub(super) struct Schedule<T> {
    entries: BTreeMap<MessageId, (Millis, T)>,
    by_time: BTreeSet<(Millis, MessageId)>,
}

impl<T> Default for Schedule<T> {
    fn default() -> Self {
        Self { entries: BTreeMap::new(), by_time: BTreeSet::new() }
    }
}

impl<T> Schedule<T> {
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn contains(&self, id: &MessageId) -> bool {
        self.entries.contains_key(id)
    }

    pub fn insert(&mut self, id: MessageId, at: Millis, entry: T) {
        self.remove(&id);
        self.by_time.insert((at, id.clone()));
        self.entries.insert(id, (at, entry));
    }

    pub fn remove(&mut self, id: &MessageId) -> Option<T> {
        let (at, entry) = self.entries.remove(id)?;
        self.by_time.remove(&(at, id.clone()));
        Some(entry)
    }

    /// Takes the earliest entry if it was due at `latest` or before.
    pub fn pop_due(&mut self, latest: Millis) -> Option<(MessageId, T)> {
        let (at, _) = self.by_time.first()?;
        if *at > latest {
            return None;
        }
        let (_, id) = self.by_time.pop_first()?;
        let (_, entry) = self.entries.remove(&id)?;
        Some((id, entry))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&MessageId, Millis, &T)> {
        self.entries.iter().map(|(id, (at, entry))| (id, *at, entry))
    }
}

/// A request that we may answer.
#[derive(Debug)]
pub(super) struct Response {
    pub entry: HistoryEntry,
    /// The message as a loaded snapshot had it; empty: it is taken from the history.
    pub cached: Bytes,
}

/// The repair buffers of a channel.
#[derive(Debug, Default)]
pub(super) struct Repair {
    /// The outgoing repair buffer: dependencies to ask for, due at T_req.
    pub requests: Schedule<HistoryEntry>,
    /// The incoming repair buffer: messages to send again, due at T_resp.
    pub responses: Schedule<Response>,
    /// Dependencies asked for once, to be asked for again if they are still missing when due. Memory only.
    pub asked: Schedule<HistoryEntry>,
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
