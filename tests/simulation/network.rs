//! A broadcast network in virtual time: it loses, repeats and delays packets, and falls apart.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use fastrand::Rng;

use crate::settings::NetworkFaults;

pub struct Network {
    faults: NetworkFaults,
    participants: usize,
    /// Who can't reach the others.
    cut_off: BTreeSet<usize>,
    /// By time of arrival.
    under_way: BTreeMap<(u64, u64), (usize, Bytes)>,
    packets: u64,
}

impl Network {
    pub fn new(participants: usize, faults: NetworkFaults) -> Self {
        Self { faults, participants, cut_off: BTreeSet::new(), under_way: BTreeMap::new(), packets: 0 }
    }

    pub fn broadcast(&mut self, from: usize, bytes: &Bytes, now: u64, rng: &mut Rng) {
        for to in 0..self.participants {
            let is_cut = self.cut_off.contains(&from) != self.cut_off.contains(&to);
            if is_cut || rng.f64() < self.faults.loss {
                continue;
            }
            // One's own messages come back on many transports.
            if to == from && rng.bool() {
                continue;
            }
            let copies = 1 + usize::from(rng.f64() < self.faults.duplication);
            for _ in 0..copies {
                let arrival = now + rng.u64(0..=self.faults.latency);
                self.packets += 1;
                self.under_way.insert((arrival, self.packets), (to, bytes.clone()));
            }
        }
    }

    /// What arrives up to now, in the order of arrival.
    pub fn arrivals(&mut self, now: u64) -> Vec<(usize, Bytes)> {
        let later = self.under_way.split_off(&(now + 1, 0));
        std::mem::replace(&mut self.under_way, later).into_values().collect()
    }

    /// Cuts off some of the participants from the others, or ends that.
    pub fn divide(&mut self, rng: &mut Rng) {
        self.cut_off = match self.cut_off.is_empty() {
            true => (0..self.participants).filter(|_| rng.bool()).collect(),
            false => BTreeSet::new(),
        };
    }

    pub fn heal(&mut self) {
        self.faults = NetworkFaults { latency: self.faults.latency, ..NetworkFaults::default() };
        self.cut_off.clear();
    }
}
