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
        self.crashes += other.crashes;
        self.torn += other.torn;
        self.failed_writes += other.failed_writes;
        self.given_up += other.given_up;
        self.not_promised += other.not_promised;
        self.most_under_way = self.most_under_way.max(other.most_under_way);
    }
}
