//! What the manager tells the application.

use bytes::Bytes;

use super::error::PersistenceError;
use crate::{
    codec::wire,
    protocol::{self, FilterError, HistoryEntry, LostReason, MessageId, ParticipantId},
};

/// Something that happened in a channel, in the form the application gets it: bytes are ready to be broadcast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<E> {
    /// A message was delivered, after all its dependencies. `lamport_timestamp` is `None` on ephemeral messages.
    MessageReady {
        message_id: MessageId,
        sender_id: ParticipantId,
        content: Bytes,
        lamport_timestamp: Option<u64>,
    },
    /// An own message was acknowledged, or given up.
    MessageSent { message_id: MessageId, acknowledged: bool },
    /// A received message waits for these.
    MissingDependencies { message_id: MessageId, missing: Vec<HistoryEntry> },
    /// Nobody acknowledged this own message: broadcast the bytes again.
    MessageResend { message_id: MessageId, bytes: Bytes, attempt: u32 },
    /// A message that waited for dependencies was given up.
    MessageLost { message_id: MessageId, missing: Vec<MessageId>, reason: LostReason },
    /// Somebody asked for this message: broadcast the bytes.
    RepairReady { message_id: MessageId, bytes: Bytes },
    /// State could not be saved. Memory is right; the next operation saves it again.
    PersistenceFailed(PersistenceError<E>),
    /// A message's bloom filter was not usable; the rest of it was.
    FilterIgnored { message_id: MessageId, reason: FilterError },
}

/// Gives a protocol event the form in which the application gets it.
impl<E> From<protocol::Event> for Event<E> {
    fn from(event: protocol::Event) -> Self {
        match event {
            protocol::Event::Ready(message) => Self::MessageReady {
                content: wire::content_of(&message),
                message_id: message.message_id,
                sender_id: message.sender_id,
                lamport_timestamp: Some(message.lamport_timestamp),
            },
            protocol::Event::Sent { message_id, acknowledged } => {
                Self::MessageSent { message_id, acknowledged }
            }
            protocol::Event::MissingDependencies { message_id, missing } => {
                Self::MissingDependencies { message_id, missing }
            }
            protocol::Event::Resend { message_id, bytes, attempt } => {
                Self::MessageResend { message_id, bytes, attempt }
            }
            protocol::Event::Lost { message_id, missing, reason } => {
                Self::MessageLost { message_id, missing, reason }
            }
            protocol::Event::RepairReady { message_id, bytes } => Self::RepairReady { message_id, bytes },
            protocol::Event::FilterIgnored { message_id, reason } => {
                Self::FilterIgnored { message_id, reason }
            }
        }
    }
}
