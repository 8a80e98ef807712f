//! What is simulated: a group, a network, a workload, the settings and the rules.

use sds_wasm::protocol::{Config, Millis};
use serde::{Deserialize, Serialize};

use crate::rules::Rule;

/// One run. All that happens in it follows from this.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    pub participants: usize,
    /// The share of receivers that a broadcast doesn't reach, each for itself.
    pub loss: f64,
    pub seed: u64,
    /// Messages sent, each by somebody chosen at random.
    pub messages: usize,
    /// Messages per second, on average, of the whole group.
    pub rate: f64,
    /// Bytes of content of each.
    pub content: usize,
    /// How long the group may take after the last message, in seconds.
    pub patience: u64,
    /// Settings that differ from the defaults, by name.
    pub settings: Vec<(String, f64)>,
    /// Rules that differ from those of the package.
    pub rules: Vec<Rule>,
}

/// The least and the most time from sender to receiver, in milliseconds.
pub const LATENCY: std::ops::RangeInclusive<Millis> = 50..=500;

impl Default for Scenario {
    fn default() -> Self {
        Self {
            participants: 10,
            loss: 0.1,
            seed: 1,
            messages: 50,
            rate: 1.0,
            content: 200,
            patience: 1800,
            settings: Vec::new(),
            rules: Vec::new(),
        }
    }
}

impl Scenario {
    /// # Panics
    /// If a setting has no such name or value: checked where the command line is read.
    pub fn config(&self) -> Config {
        let mut config = Config::default();
        for (name, value) in &self.settings {
            config.set(name, *value).expect("settings are checked when they are read");
        }
        config
    }

    pub fn has(&self, rule: Rule) -> bool {
        self.rules.contains(&rule)
    }

    pub fn with(mut self, settings: &[(&str, f64)]) -> Self {
        self.settings.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), *value)));
        self
    }

    pub fn ruled(mut self, rules: &[Rule]) -> Self {
        self.rules.extend(rules);
        self
    }

    /// What differs from the defaults, in words; empty if nothing does.
    pub fn variant(&self) -> String {
        let settings = self.settings.iter().map(|(name, value)| format!("{name}={value}"));
        let rules = self.rules.iter().map(|rule| rule.name().to_owned());
        settings.chain(rules).collect::<Vec<_>>().join(" ")
    }
}
