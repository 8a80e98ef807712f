//! The rule [`Heads`](crate::rules::Rule::Heads): what a participant has that no message it has heard of names.

use std::collections::{BTreeMap, HashSet};

use sds_wasm::protocol::{Channel, HistoryEntry, Message, MessageId, StoredMessage};

#[derive(Debug, Default)]
pub struct Heads {
    named: HashSet<MessageId>,
    unnamed: BTreeMap<(u64, MessageId), HistoryEntry>,
    /// Lamport timestamps, to find those that are named at last.
    at: BTreeMap<MessageId, u64>,
}

impl Heads {
    /// A message with content: what it names is found by all who get it.
    pub fn heard(&mut self, message: &Message) {
        for entry in &message.causal_history {
            let id = &entry.message_id;
            if let Some(lamport) = self.at.remove(id) {
                self.unnamed.remove(&(lamport, id.clone()));
            }
            self.named.insert(id.clone());
        }
    }

    pub fn delivered(&mut self, message: &StoredMessage) {
        let id = &message.message_id;
        if self.named.contains(id) {
            return;
        }
        self.at.insert(id.clone(), message.lamport_timestamp);
        self.unnamed.insert((message.lamport_timestamp, id.clone()), entry(message));
    }

    /// The newest of the log, half of what there is room for, and the oldest of the unnamed; then more of the newest.
    /// Oldest first.
    pub fn dependencies(&self, channel: &Channel, count: usize) -> Vec<HistoryEntry> {
        let key = |message: &StoredMessage| (message.lamport_timestamp, message.message_id.clone());
        let newest = || channel.history().rev().map(|message| (key(message), entry(message)));
        let unnamed = self.unnamed.iter().map(|(key, entry)| (key.clone(), entry.clone()));
        let mut chosen = BTreeMap::new();
        for (key, entry) in newest().take(count.div_ceil(2)).chain(unnamed).chain(newest().take(count)) {
            if chosen.len() < count {
                chosen.insert(key, entry);
            }
        }
        chosen.into_values().collect()
    }
}

fn entry(message: &StoredMessage) -> HistoryEntry {
    HistoryEntry {
        message_id: message.message_id.clone(),
        sender_id: message.sender_id.clone(),
        ..HistoryEntry::default()
    }
}
