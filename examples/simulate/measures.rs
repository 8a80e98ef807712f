//! What is counted in a run, and what is reported of it.

use std::collections::BTreeSet;

use sds_wasm::protocol::{MessageId, Millis};

use crate::{participant::Buffers, scenario::Scenario};

/// Why something is broadcast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    Content,
    Resend,
    Repair,
    Sync,
}

/// Broadcasts of one cause, and what of them was received, by all participants together.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Traffic {
    pub broadcasts: u64,
    pub received: u64,
    pub bytes: u64,
}

#[derive(Debug, Default)]
pub struct Measures {
    pub traffic: [Traffic; 4],
    /// Bytes of filters among those received.
    pub filter_bytes: u64,
    /// Messages whose first broadcast somebody did not get.
    pub lost: BTreeSet<MessageId>,
    /// Repairs that brought somebody what it lacked.
    pub useful_repairs: u64,
    /// Requests broadcast.
    pub requests: u64,
    /// Sync messages that carried a request.
    pub asking_syncs: u64,
    /// Times from sending to delivery, own messages left out.
    pub delays: Vec<u32>,
    pub incoming: usize,
    pub outgoing: usize,
    pub repair_requests: usize,
    pub repair_responses: usize,
}

/// What came out of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub scenario: Scenario,
    /// From the last message sent until all logs were equal, in seconds.
    pub converged: Option<f64>,
    /// The share of deliveries that were never made.
    pub missing: f64,
    /// The delay of delivery, in seconds: of half of all, of 99 in 100. What was never delivered counts as later than all.
    pub p50: Option<f64>,
    pub p99: Option<f64>,
    /// Messages whose first broadcast somebody did not get.
    pub lost: u64,
    pub content: Traffic,
    pub resends: Traffic,
    pub repairs: Traffic,
    pub syncs: Traffic,
    pub asking_syncs: u64,
    pub requests: u64,
    /// Repairs that brought nobody anything.
    pub redundant_repairs: u64,
    /// Bytes that a participant receives per message that is delivered to it.
    pub bytes_per_delivery: f64,
    pub filter_share: f64,
    /// The fullest buffers of any participant, seen at its repair sweeps.
    pub incoming: usize,
    pub outgoing: usize,
    pub repair_requests: usize,
    pub repair_responses: usize,
}

impl Measures {
    pub fn traffic(&mut self, cause: Cause) -> &mut Traffic {
        &mut self.traffic[cause as usize]
    }

    pub fn look(&mut self, buffers: &Buffers) {
        self.incoming = self.incoming.max(buffers.incoming);
        self.outgoing = self.outgoing.max(buffers.outgoing);
        self.repair_requests = self.repair_requests.max(buffers.requests);
        self.repair_responses = self.repair_responses.max(buffers.responses);
    }

    /// `quiet`: from the last message sent until the end.
    pub fn report(mut self, scenario: Scenario, quiet: Millis) -> Report {
        self.delays.sort_unstable();
        let wanted = scenario.messages * (scenario.participants - 1);
        let delivered = self.delays.len();
        let percentile = |share: f64| {
            let rank = (wanted as f64 * share).ceil() as usize;
            self.delays.get(rank.saturating_sub(1)).map(|delay| seconds((*delay).into()))
        };
        let [content, resends, repairs, syncs] = self.traffic;
        let bytes: u64 = self.traffic.iter().map(|traffic| traffic.bytes).sum();
        Report {
            converged: (delivered == wanted).then(|| seconds(quiet)),
            missing: rounded(1.0 - delivered as f64 / wanted as f64),
            p50: percentile(0.5),
            p99: percentile(0.99),
            lost: self.lost.len() as u64,
            content,
            resends,
            repairs,
            syncs,
            asking_syncs: self.asking_syncs,
            requests: self.requests,
            redundant_repairs: repairs.broadcasts - self.useful_repairs,
            bytes_per_delivery: per(bytes, delivered as u64).round(),
            filter_share: per(self.filter_bytes, bytes),
            incoming: self.incoming,
            outgoing: self.outgoing,
            repair_requests: self.repair_requests,
            repair_responses: self.repair_responses,
            scenario,
        }
    }
}

impl Report {
    pub fn per_lost(&self, count: u64) -> f64 {
        count as f64 / self.lost.max(1) as f64
    }
}

fn seconds(millis: Millis) -> f64 {
    (millis as f64 / 100.0).round() / 10.0
}

fn per(amount: u64, count: u64) -> f64 {
    rounded(amount as f64 / count.max(1) as f64)
}

/// As many places as the committed figures need.
fn rounded(number: f64) -> f64 {
    (number * 10_000.0).round() / 10_000.0
}
