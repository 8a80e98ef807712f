//! What is to happen, in the order of time.

use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
};

use sds_wasm::protocol::Millis;

/// Steps by the time at which they are taken; at one instant, those that were planned first come first.
pub struct Plan<Step> {
    steps: BinaryHeap<Reverse<Planned<Step>>>,
    planned: u64,
}

struct Planned<Step> {
    key: (Millis, u64),
    step: Step,
}

impl<Step> Default for Plan<Step> {
    fn default() -> Self {
        Self { steps: BinaryHeap::new(), planned: 0 }
    }
}

impl<Step> Plan<Step> {
    pub fn push(&mut self, at: Millis, step: Step) {
        self.planned += 1;
        self.steps.push(Reverse(Planned { key: (at, self.planned), step }));
    }

    pub fn pop(&mut self) -> Option<(Millis, Step)> {
        let Reverse(Planned { key: (at, _), step }) = self.steps.pop()?;
        Some((at, step))
    }
}

impl<Step> PartialEq for Planned<Step> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl<Step> Eq for Planned<Step> {}

impl<Step> PartialOrd for Planned<Step> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<Step> Ord for Planned<Step> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}
