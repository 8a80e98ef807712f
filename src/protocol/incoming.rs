//! Received messages that wait for their dependencies.

use std::collections::{BTreeMap, BTreeSet};

use super::{HistoryEntry, MessageId, Millis, StoredMessage, Waiting, timeline::Timeline};

#[derive(Debug)]
struct Waiter {
    message: StoredMessage,
    missing: BTreeMap<MessageId, HistoryEntry>,
    since: Millis,
}

/// The incoming buffer, indexed by the dependencies that messages wait for: a delivered message is looked up once,
/// however many wait.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    waiting: Timeline<Waiter>,
    dependents: BTreeMap<MessageId, BTreeSet<MessageId>>,
}

impl Incoming {
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    pub fn contains(&self, id: &MessageId) -> bool {
        self.waiting.contains(id)
    }

    /// The waiting messages in the order of the history.
    pub fn iter(&self) -> impl Iterator<Item = Waiting> {
        self.waiting.values().map(Waiter::describe)
    }

    /// Adds a message that waits for `missing`, which must not be empty.
    pub fn insert(&mut self, Waiting { message, missing }: Waiting, now: Millis) {
        let id = message.message_id.clone();
        for entry in &missing {
            self.dependents.entry(entry.message_id.clone()).or_default().insert(id.clone());
        }
        let missing = missing.into_iter().map(|entry| (entry.message_id.clone(), entry)).collect();
        self.waiting.insert(id, message.lamport_timestamp, Waiter { message, missing, since: now });
    }

    /// Takes a dependency off all that wait for it; returns those that wait for nothing more.
    pub fn meet(&mut self, dependency: &MessageId) -> Vec<StoredMessage> {
        let mut ready = Vec::new();
        for id in self.dependents.remove(dependency).unwrap_or_default() {
            let Some(waiter) = self.waiting.get_mut(&id) else {
                continue;
            };
            waiter.missing.remove(dependency);
            if waiter.missing.is_empty() {
                ready.extend(self.waiting.remove(&id).map(|waiter| waiter.message));
            }
        }
        ready
    }

    /// The dependency as a waiting message names it, if one waits for it.
    pub fn awaited(&self, dependency: &MessageId) -> Option<&HistoryEntry> {
        let dependent = self.dependents.get(dependency)?.first()?;
        self.waiting.get(dependent)?.missing.get(dependency)
    }

    /// All that some message waits for.
    pub fn awaited_ids(&self) -> impl Iterator<Item = &MessageId> {
        self.dependents.keys()
    }

    /// Gives up the message that stands last in the order of the history: the others may be needed for it, it is
    /// needed for none of them.
    pub fn give_up_last(&mut self) -> Option<Waiting> {
        let id = self.waiting.ids().next_back().cloned()?;
        self.give_up(&id)
    }

    /// Gives up the messages that have waited longer than `timeout`.
    pub fn give_up_expired(&mut self, timeout: Millis, now: Millis) -> Vec<Waiting> {
        let expired = |waiter: &&Waiter| now.saturating_sub(waiter.since) > timeout;
        let ids: Vec<_> =
            self.waiting.values().filter(expired).map(|waiter| waiter.message.message_id.clone()).collect();
        ids.iter().filter_map(|id| self.give_up(id)).collect()
    }

    fn give_up(&mut self, id: &MessageId) -> Option<Waiting> {
        let waiting = self.waiting.remove(id)?.describe();
        for entry in &waiting.missing {
            if let Some(dependents) = self.dependents.get_mut(&entry.message_id) {
                dependents.remove(id);
                if dependents.is_empty() {
                    self.dependents.remove(&entry.message_id);
                }
            }
        }
        Some(waiting)
    }
}

impl Waiter {
    fn describe(&self) -> Waiting {
        Waiting { message: self.message.clone(), missing: self.missing.values().cloned().collect() }
    }
}
