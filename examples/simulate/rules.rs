//! Rules that the package doesn't have, simulated around the unchanged core.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rule {
    /// A causal history names first what no message that was received names, and then the newest.
    Heads,
    /// A sync message that was hurried for a request is sent only if a request is still due.
    OnlyIfDue,
    /// Sync messages have no filter.
    BareSyncs,
}

impl Rule {
    pub const ALL: [Self; 3] = [Self::Heads, Self::OnlyIfDue, Self::BareSyncs];

    pub fn name(self) -> &'static str {
        match self {
            Self::Heads => "heads",
            Self::OnlyIfDue => "onlyIfDue",
            Self::BareSyncs => "bareSyncs",
        }
    }
}
