//! Time as the protocol sees it: passed in by the caller, in milliseconds.

/// An instant since the unix epoch, or a duration, in milliseconds.
pub type Millis = u64;
