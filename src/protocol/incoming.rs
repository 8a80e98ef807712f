//! Received messages that wait for their dependencies.

use super::{
    HistoryEntry, IdMap, MessageId, Millis, StoredMessage, Waiting,
    id_map::IdSet,
    ordered::{Ordered, Tree},
    timeline::Timeline,
};

/// The most bytes of messages that wait (64 MiB): they are written with every snapshot.
const MAX_BYTES: usize = 64 * 1024 * 1024;

#[derive(Debug)]
struct Waiter {
    waiting: Waiting,
    since: Millis,
    arrival: u64,
}

/// The incoming buffer, indexed by the dependencies that messages wait for: a delivered message is looked up once,
/// however many wait.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    waiting: Timeline<Waiter>,
    /// In the order of arrival.
    arrivals: Tree,
    bytes: usize,
    dependents: IdMap<IdSet>,
}

impl Incoming {
    /// Whether there are more than `limit` messages, or too many bytes.
    pub fn is_over(&self, limit: usize) -> bool {
        self.waiting.len() > limit || self.bytes > MAX_BYTES
    }

    pub fn contains(&self, id: &MessageId) -> bool {
        self.waiting.contains(id)
    }

    /// The waiting messages in the order of the history.
    pub fn iter(&self) -> impl Iterator<Item = &Waiting> {
        self.waiting.values().map(|waiter| &waiter.waiting)
    }

    /// Adds a message that waits for something.
    pub fn insert(&mut self, waiting: Waiting, now: Millis) {
        let (id, lamport) = (waiting.message.message_id.clone(), waiting.message.lamport_timestamp);
        for dependency in waiting.missing.keys() {
            self.depend(&id, dependency);
        }
        let last = self.arrivals.last_key_value();
        let arrival = last.map_or(0, |((arrival, _), _)| arrival.saturating_add(1));
        self.arrivals.insert((arrival, id.clone()), 0);
        self.bytes = self.bytes.saturating_add(waiting.message.bytes.len());
        self.waiting.insert(id, lamport, Waiter { waiting, since: now, arrival });
    }

    fn depend(&mut self, id: &MessageId, dependency: &MessageId) {
        if let Some(dependents) = self.dependents.get_mut(dependency) {
            dependents.insert(id);
            return;
        }
        let mut dependents = IdSet::default();
        dependents.insert(id);
        self.dependents.insert(dependency, dependents);
    }

    /// Takes a dependency off all that wait for it. Those that wait for nothing more join the `ready` ones, in the order
    /// of the history.
    pub fn meet(&mut self, dependency: &MessageId, ready: &mut Ordered<StoredMessage>) {
        let mut dependents = self.dependents.remove(dependency).unwrap_or_default();
        while let Some(id) = dependents.pop_first() {
            let Some(Waiter { waiting, .. }) = self.waiting.get_mut(&id) else {
                continue;
            };
            waiting.missing.remove(dependency);
            if waiting.missing.is_empty()
                && let Some(Waiting { message, .. }) = self.remove(&id)
            {
                ready.insert(message.place(), message);
            }
        }
    }

    /// The dependency as a waiting message names it, if one waits for it.
    pub fn awaited(&self, dependency: &MessageId) -> Option<&HistoryEntry> {
        let dependent = self.dependents.get(dependency)?.first()?;
        self.waiting.get(dependent)?.waiting.missing.get(dependency)
    }

    /// All that some message waits for.
    pub fn awaited_ids(&self) -> impl Iterator<Item = &MessageId> {
        self.dependents.keys()
    }

    /// Gives up the message that has waited longest: a flood of messages that wait for nothing real passes through.
    pub fn give_up_oldest(&mut self) -> Option<Waiting> {
        let ((_, id), _) = self.arrivals.first_key_value()?;
        self.give_up(&id.clone())
    }

    /// Gives up the messages that have waited longer than `timeout`.
    pub fn give_up_expired(&mut self, timeout: Millis, now: Millis) -> Vec<Waiting> {
        // The clock may have been set back.
        self.waiting.values_mut().for_each(|waiter| waiter.since = waiter.since.min(now));
        let expired = |waiter: &&Waiter| now.saturating_sub(waiter.since) > timeout;
        let expired = self.waiting.values().filter(expired);
        let ids: Vec<_> = expired.map(|waiter| waiter.waiting.message.message_id.clone()).collect();
        ids.iter().filter_map(|id| self.give_up(id)).collect()
    }

    fn give_up(&mut self, id: &MessageId) -> Option<Waiting> {
        let waiting = self.remove(id)?;
        for dependency in waiting.missing.keys() {
            if let Some(dependents) = self.dependents.get_mut(dependency) {
                dependents.remove(id);
                if dependents.is_empty() {
                    self.dependents.remove(dependency);
                }
            }
        }
        Some(waiting)
    }

    fn remove(&mut self, id: &MessageId) -> Option<Waiting> {
        let Waiter { waiting, arrival, .. } = self.waiting.remove(id)?;
        self.arrivals.remove(&(arrival, id.clone()));
        self.bytes = self.bytes.saturating_sub(waiting.message.bytes.len());
        Some(waiting)
    }
}
