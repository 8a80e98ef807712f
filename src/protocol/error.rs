//! What can be wrong with a call. A call that fails has changed nothing.

/// A refused operation. The text says what was wrong, which value, and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// An argument has a value that the operation can't take.
    #[error("{0}")]
    InvalidArgument(String),
    /// The operation can't be done in the state things are in.
    #[error("{0}")]
    InvalidState(String),
    /// The content is over [`MAX_CONTENT`](super::MAX_CONTENT).
    #[error("content is {size} bytes, the limit is {limit}")]
    MessageTooLarge { size: usize, limit: usize },
    /// Bytes are not what they should be.
    #[error("{0}")]
    Deserialization(String),
}
