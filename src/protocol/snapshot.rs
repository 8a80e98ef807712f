//! The state of a channel as it is saved and loaded.

use bytes::Bytes;

use super::{HistoryEntry, IdMap, MessageId, Millis, StoredMessage};

/// An own message that nobody has acknowledged yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unacknowledged {
    pub message: StoredMessage,
    /// When it was sent last.
    pub send_time: Millis,
    pub resend_attempts: u32,
}

/// A received message that waits for dependencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub message: StoredMessage,
    /// The dependencies not met yet. Only their ids are saved; the rest is found in the message's causal history.
    pub missing: IdMap<HistoryEntry>,
}

/// A dependency to ask the group for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepairRequest {
    pub entry: HistoryEntry,
    /// T_req: the request is attached to the first message sent from then on.
    pub request_at: Millis,
}

/// Somebody's request that we may answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepairResponse {
    pub entry: HistoryEntry,
    /// The encoded message as found in a snapshot of another implementation; empty: take it from the history.
    pub cached: Bytes,
    /// T_resp: the message is sent again then, unless somebody else did so before.
    pub respond_at: Millis,
}

/// Everything about a channel except its history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    pub lamport_timestamp: u64,
    pub outgoing: Vec<Unacknowledged>,
    pub incoming: Vec<Waiting>,
    pub repair_requests: Vec<RepairRequest>,
    pub repair_responses: Vec<RepairResponse>,
    /// Changes of the history that storage has not confirmed.
    pub pending: HistoryUpdate,
}

/// Changes of the history, to be written as one batch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryUpdate {
    /// Delivered messages, oldest first.
    pub append: Vec<StoredMessage>,
    pub evict: Vec<MessageId>,
}

impl HistoryUpdate {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.append.is_empty() && self.evict.is_empty()
    }
}
