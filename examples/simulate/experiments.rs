//! The runs that docs/scale.md is about.

use crate::{rules::Rule, scenario::Scenario};

pub const SIZES: [usize; 3] = [10, 100, 1000];
pub const LOSSES: [f64; 4] = [0.01, 0.1, 0.25, 0.5];
/// The loss at which settings and rules are compared.
pub const COMPARED_AT: f64 = 0.1;

/// One at a time instead of the default.
pub const SETTINGS: [(&str, f64); 8] = [
    ("bloomFilterCapacity", 1000.0),
    ("maxCausalHistory", 20.0),
    ("repairTMin", 2000.0),
    ("repairTMax", 60_000.0),
    ("numResponseGroups", 8.0),
    ("syncMessageInterval", 120_000.0),
    ("possibleAcksThreshold", 5.0),
    ("maxRepairRequests", 20.0),
];

/// What the package did once, what it does, and what is proposed: one more at a time.
pub const RULES: [&[Rule]; 4] = [&[Rule::AskAnyway], &[], &[Rule::Heads], &[Rule::Heads, Rule::BareSyncs]];

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
        _ => &[
            ("bloomFilterCapacity", 1000.0),
            ("maxCausalHistory", 20.0),
            ("repairTMin", 2000.0),
            ("repairTMax", 20_000.0),
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

/// All that docs/scale.md shows of a size.
pub fn figures(participants: usize) -> Vec<Scenario> {
    let group = Scenario { participants, loss: COMPARED_AT, ..Scenario::default() };
    let with_rules = RULES.iter().filter(|rules| !rules.is_empty()).flat_map(|rules| {
        let advised = group.clone().with(advised(participants));
        [group.clone().ruled(rules), advised.ruled(rules)]
    });
    let with_settings = SETTINGS.iter().map(|setting| group.clone().with(&[*setting]));
    let mut scenarios = groups(&[participants], &LOSSES);
    scenarios.extend(with_rules.chain(with_settings));
    scenarios
}

/// How many runs, with successive seeds, a figure is made of: small groups differ more from run to run, and cost less.
pub fn runs(participants: usize) -> u64 {
    match participants {
        ..30 => 20,
        _ => 5,
    }
}
