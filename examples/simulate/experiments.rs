//! The runs that docs/scale.md is about.

use crate::{rules::Rule, scenario::Scenario};

pub const SIZES: [usize; 3] = [10, 100, 1000];
pub const LOSSES: [f64; 5] = [0.01, 0.05, 0.1, 0.25, 0.5];
/// The loss at which settings and rules are compared.
pub const COMPARED_AT: f64 = 0.1;

/// One at a time instead of the default.
pub const SETTINGS: [(&str, f64); 11] = [
    ("bloomFilterCapacity", 1000.0),
    ("maxCausalHistory", 5.0),
    ("maxCausalHistory", 20.0),
    ("maxCausalHistory", 50.0),
    ("repairTMin", 5000.0),
    ("repairTMax", 60_000.0),
    ("repairTMax", 600_000.0),
    ("numResponseGroups", 8.0),
    ("syncMessageInterval", 120_000.0),
    ("possibleAcksThreshold", 5.0),
    ("maxRepairRequests", 20.0),
];

/// One after the other on top of each other; the last with the settings that are advised.
pub const RULES: [&[Rule]; 4] = [&[], &[Rule::OnlyIfDue], &[Rule::Heads], &[Rule::OnlyIfDue, Rule::Heads]];

/// What docs/scale.md advises for a group of this size.
pub fn advised(participants: usize) -> &'static [(&'static str, f64)] {
    match participants {
        ..30 => &[
            ("bloomFilterCapacity", 1000.0),
            ("maxCausalHistory", 20.0),
            ("repairTMin", 1000.0),
            ("repairTMax", 10_000.0),
            ("syncMessageInterval", 10_000.0),
        ],
        30..300 => &[
            ("bloomFilterCapacity", 1000.0),
            ("maxCausalHistory", 20.0),
            ("repairTMin", 2000.0),
            ("repairTMax", 20_000.0),
        ],
        _ => &[
            ("bloomFilterCapacity", 1000.0),
            ("maxCausalHistory", 20.0),
            ("repairTMin", 5000.0),
            ("repairTMax", 60_000.0),
            ("numResponseGroups", 8.0),
        ],
    }
}

/// Every size and every loss, with the settings that are the defaults and with those that are advised.
pub fn groups(sizes: &[usize], losses: &[f64]) -> Vec<Scenario> {
    let mut scenarios = Vec::new();
    for &participants in sizes {
        for &loss in losses {
            let group = Scenario { participants, loss, ..Scenario::default() };
            scenarios.push(group.clone());
            scenarios.push(group.with(advised(participants)));
        }
    }
    scenarios
}

/// All that docs/scale.md shows.
pub fn figures() -> Vec<Scenario> {
    let mut scenarios = groups(&SIZES, &LOSSES);
    for participants in SIZES {
        let group = Scenario { participants, loss: COMPARED_AT, ..Scenario::default() };
        scenarios.extend(SETTINGS.map(|setting| group.clone().with(&[setting])));
        for rules in RULES {
            scenarios.push(group.clone().ruled(rules));
            scenarios.push(group.clone().with(advised(participants)).ruled(rules));
        }
    }
    let mut known: Vec<Scenario> = Vec::new();
    for scenario in scenarios {
        if !known.contains(&scenario) {
            known.push(scenario);
        }
    }
    known
}

/// How many runs, with successive seeds, a figure is made of: small groups differ more from run to run, and cost less.
pub fn runs(participants: usize) -> u64 {
    match participants {
        ..30 => 20,
        30..300 => 5,
        _ => 1,
    }
}
