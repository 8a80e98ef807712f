//! What happened in runs.

/// What happened in a run, to see that runs are what they are meant to be.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub runs: usize,
    pub messages: usize,
    pub deliveries: usize,
    pub resends: usize,
    pub repairs: usize,
    pub acknowledged: usize,
    /// Acknowledged by filters of messages that don't name them, of the own dialect and of the other.
    pub by_filter: usize,
    pub by_other_filter: usize,
    /// Messages received in the other dialect.
    pub in_other_dialect: usize,
    /// Resends and repairs in another dialect than that of the first broadcast.
    pub translated: usize,
    pub dialect_changes: usize,
    pub crashes: usize,
    pub torn: usize,
    pub failed_writes: usize,
    pub given_up: usize,
    pub not_promised: usize,
    pub most_under_way: usize,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.runs += other.runs;
        self.messages += other.messages;
        self.deliveries += other.deliveries;
        self.resends += other.resends;
        self.repairs += other.repairs;
        self.acknowledged += other.acknowledged;
        self.by_filter += other.by_filter;
        self.by_other_filter += other.by_other_filter;
        self.in_other_dialect += other.in_other_dialect;
        self.translated += other.translated;
        self.dialect_changes += other.dialect_changes;
        self.crashes += other.crashes;
        self.torn += other.torn;
        self.failed_writes += other.failed_writes;
        self.given_up += other.given_up;
        self.not_promised += other.not_promised;
        self.most_under_way = self.most_under_way.max(other.most_under_way);
    }
}
