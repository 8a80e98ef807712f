//! Several runs of one scenario, with different seeds, taken together.

use serde::{Deserialize, Serialize};

use crate::{measures::Report, scenario::Scenario};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// With the first of the seeds.
    pub scenario: Scenario,
    pub runs: usize,
    /// Runs that ended with equal logs.
    pub converged: usize,
    /// From the last message sent until all logs were equal, in seconds; the median, none if most never were.
    pub convergence: Option<f64>,
    /// The delay of delivery that half, and 99 in 100, stay under, in seconds; medians.
    pub p50: Option<f64>,
    pub p99: Option<f64>,
    // The rest are means, and of buffers the greatest.
    /// The share of deliveries that were never made.
    pub missing: f64,
    pub repairs_per_lost: f64,
    pub redundant_per_lost: f64,
    pub requests_per_lost: f64,
    pub resends: f64,
    pub syncs: f64,
    pub asking_syncs: f64,
    pub bytes_per_delivery: f64,
    pub filter_share: f64,
    pub incoming: usize,
    pub outgoing: usize,
    pub repair_requests: usize,
    pub repair_responses: usize,
}

impl Summary {
    /// # Panics
    /// If there are no reports.
    pub fn of(reports: &[Report]) -> Self {
        let mean = |value: fn(&Report) -> f64| {
            let sum: f64 = reports.iter().map(value).sum();
            (sum / reports.len() as f64 * 10_000.0).round() / 10_000.0
        };
        let most = |value: fn(&Report) -> usize| reports.iter().map(value).max().unwrap_or(0);
        Self {
            scenario: reports[0].scenario.clone(),
            runs: reports.len(),
            converged: reports.iter().filter(|report| report.converged.is_some()).count(),
            convergence: median(reports, |report| report.converged),
            p50: median(reports, |report| report.p50),
            p99: median(reports, |report| report.p99),
            missing: mean(|report| report.missing),
            repairs_per_lost: mean(|report| report.per_lost(report.repairs.broadcasts)),
            redundant_per_lost: mean(|report| report.per_lost(report.redundant_repairs)),
            requests_per_lost: mean(|report| report.per_lost(report.requests)),
            resends: mean(|report| report.resends.broadcasts as f64),
            syncs: mean(|report| report.syncs.broadcasts as f64),
            asking_syncs: mean(|report| report.asking_syncs as f64),
            bytes_per_delivery: mean(|report| report.bytes_per_delivery).round(),
            filter_share: mean(|report| report.filter_share),
            incoming: most(|report| report.incoming),
            outgoing: most(|report| report.outgoing),
            repair_requests: most(|report| report.repair_requests),
            repair_responses: most(|report| report.repair_responses),
        }
    }
}

/// The middle one (of an even number, the earlier of two), where what never came is later than all.
fn median(reports: &[Report], value: fn(&Report) -> Option<f64>) -> Option<f64> {
    let mut values: Vec<_> = reports.iter().filter_map(value).collect();
    values.sort_by(f64::total_cmp);
    values.get((reports.len() - 1) / 2).copied()
}
