//! Rules that the package doesn't have, or no longer, simulated around the unchanged core.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rule {
    /// A causal history names first what no message that was received names, and then the newest.
    Heads,
    /// A sync message that was hurried for a request is sent even if no request is due any more: the package's own rule
    /// until it was mended, kept to show the harm.
    AskAnyway,
    /// Sync messages have no filter.
    BareSyncs,
}

impl Rule {
    pub const ALL: [Self; 3] = [Self::Heads, Self::AskAnyway, Self::BareSyncs];

    pub fn name(self) -> &'static str {
        match self {
            Self::Heads => "heads",
            Self::AskAnyway => "askAnyway",
            Self::BareSyncs => "bareSyncs",
        }
    }
}
