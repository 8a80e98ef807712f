//! What an operation of the manager can fail with.

use crate::protocol;

/// The methods of [`Persistence`](crate::persistence::Persistence), as error reports name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    SaveChannelMeta,
    UpdateHistory,
    LoadChannel,
    DropChannel,
    SetRetrievalHint,
}

impl Operation {
    /// The name of the method in JavaScript.
    pub fn name(self) -> &'static str {
        match self {
            Self::SaveChannelMeta => "saveChannelMeta",
            Self::UpdateHistory => "updateHistory",
            Self::LoadChannel => "loadChannel",
            Self::DropChannel => "dropChannel",
            Self::SetRetrievalHint => "setRetrievalHint",
        }
    }
}

/// A persistence method failed, or gave something unusable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} of channel {channel:?}: {reason}", operation.name())]
pub struct PersistenceError<E> {
    pub channel: protocol::ChannelId,
    pub operation: Operation,
    pub reason: String,
    /// What the backend reported; `None` if what it gave could not be used.
    pub cause: Option<E>,
}

/// A refused or failed operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error<E> {
    /// The protocol refused it; nothing has changed.
    #[error(transparent)]
    Protocol(#[from] protocol::Error),
    /// What was to be loaded or dropped could not be. (A failed save is no error of the operation but an event.)
    #[error(transparent)]
    Persistence(PersistenceError<E>),
}
