//! What a run is like: drawn from its seed.

use fastrand::Rng;
use sds_wasm::protocol::{Config, Dialect};

/// The kinds of runs. The remainder of a seed decides, so that a seed says all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Calm,
    Lossy,
    Partitioned,
    Crashing,
    FailingStorage,
    TornPairs,
    Everything,
    /// Messages name so few others that some are never missed by those who lost them.
    FewDependencies,
    /// A history that is too short for the run.
    Evicting,
    /// Buffers that are too small for the run.
    SmallBuffers,
    /// Everything that can go wrong, in groups of the dialect that is not the default.
    OtherDialect,
    /// The same, in groups whose members have either.
    BothDialects,
    /// The same, and who starts again may come back with the other one.
    ChangingDialects,
}

use Profile::*;

impl Profile {
    pub const ALL: [Self; 13] = [
        Calm,
        Lossy,
        Partitioned,
        Crashing,
        FailingStorage,
        TornPairs,
        Everything,
        FewDependencies,
        Evicting,
        SmallBuffers,
        OtherDialect,
        BothDialects,
        ChangingDialects,
    ];

    pub fn of(seed: u64) -> Self {
        Self::ALL[(seed % Self::ALL.len() as u64) as usize]
    }

    pub fn seed(self, number: u64) -> u64 {
        number * Self::ALL.len() as u64 + self as u64
    }

    fn is(self, profiles: &[Self]) -> bool {
        self == Everything || self.has_other_dialect() || profiles.contains(&self)
    }

    fn has_other_dialect(self) -> bool {
        matches!(self, OtherDialect | BothDialects | ChangingDialects)
    }

    /// The dialect of a participant that starts; `before` is what it had when it ran the last time.
    pub fn dialect(self, before: Option<Dialect>, rng: &mut Rng) -> Dialect {
        match (self, before) {
            (OtherDialect, _) => Dialect::Rfc,
            (BothDialects, Some(before)) => before,
            (BothDialects | ChangingDialects, _) => {
                if rng.bool() {
                    Dialect::NimSds
                } else {
                    Dialect::Rfc
                }
            }
            _ => Dialect::NimSds,
        }
    }

    /// Whether nothing falls out of a buffer, so that nothing is forgotten.
    pub fn keeps_all(self) -> bool {
        !matches!(self, Evicting | SmallBuffers)
    }

    /// Whether every loss is noticed, so that all logs become equal.
    pub fn converges(self) -> bool {
        self.keeps_all() && self != FewDependencies
    }
}

/// Chances are per step, per packet or per call.
#[derive(Debug, Clone)]
pub struct Settings {
    pub profile: Profile,
    pub participants: usize,
    pub messages: usize,
    pub send: f64,
    pub network: NetworkFaults,
    pub storage: StorageFaults,
    pub partition: f64,
    pub crash: f64,
    /// Chance of a crash while a pair of calls is under way.
    pub tear: f64,
    pub burst: f64,
    /// How far the clock of a machine may be ahead, in milliseconds. It is set anew when the participant starts again, and
    /// with this chance at any time.
    pub ahead: u64,
    pub set_clock: f64,
    /// With what is the same in both dialects.
    pub config: Config,
}

#[derive(Debug, Clone, Default)]
pub struct NetworkFaults {
    pub loss: f64,
    pub duplication: f64,
    /// The longest delay of a packet in milliseconds. Packets of different delay overtake each other.
    pub latency: u64,
}

#[derive(Debug, Clone, Default)]
pub struct StorageFaults {
    pub failure: f64,
    /// Chance that a call which fails has done its work nevertheless.
    pub failed_but_written: f64,
    /// Chance that a call which is under way is still so after the step.
    pub delay: f64,
}

impl Settings {
    pub fn draw(profile: Profile, rng: &mut Rng) -> Self {
        let mut chance = |profiles: &[Profile], most: f64| {
            let drawn = rng.f64() * most;
            if profile.is(profiles) { drawn } else { 0.0 }
        };
        let small = [FewDependencies, Evicting, SmallBuffers];
        let network = NetworkFaults {
            loss: chance(&[Lossy, Crashing, TornPairs, FewDependencies, Evicting, SmallBuffers], 0.6),
            duplication: chance(&[Lossy, Evicting, SmallBuffers], 0.4),
            latency: 1 + chance(&Profile::ALL, 300.0) as u64,
        };
        let storage = StorageFaults {
            failure: chance(&[FailingStorage, TornPairs], 0.4),
            failed_but_written: chance(&[FailingStorage, TornPairs], 1.0),
            delay: chance(&Profile::ALL, 0.8),
        };
        Self {
            profile,
            participants: rng.usize(2..=8),
            messages: rng.usize(10..=50),
            send: 0.02 + rng.f64() * 0.15,
            partition: if profile.is(&[Partitioned]) { 0.02 } else { 0.0 },
            crash: if profile.is(&[Crashing, Evicting]) { 0.01 } else { 0.0 },
            tear: if profile.is(&[TornPairs]) { 0.02 } else { 0.0 },
            burst: if profile.is(&[FailingStorage]) { 0.01 } else { 0.0 },
            // Seconds, hours or years: so, too, it goes back.
            ahead: [3000, 10_000_000, 100_000_000_000][rng.usize(0..3)],
            set_clock: if rng.bool() { 0.002 } else { 0.0 },
            config: config(profile, small.contains(&profile), rng),
            network,
            storage,
        }
    }

    /// The settings for a dialect: its own thresholds, times and filter.
    pub fn config_of(&self, dialect: Dialect) -> Config {
        let (default, own, drawn) = (Config::default(), Config::of(dialect), self.config.clone());
        let config = Config {
            dialect,
            possible_acks_threshold: own.possible_acks_threshold,
            repair_t_max: drawn.repair_t_max * own.repair_t_max / default.repair_t_max,
            ..drawn
        };
        match dialect {
            Dialect::NimSds => config,
            Dialect::Rfc => Config {
                bloom_filter_capacity: own.bloom_filter_capacity,
                bloom_filter_error_rate: own.bloom_filter_error_rate,
                ..config
            },
        }
    }
}

/// Short intervals. Unless something is to fall out, every message names the whole history: one that comes late is
/// not among the newest, and would have no other way to be missed by those who lost it.
fn config(profile: Profile, small: bool, rng: &mut Rng) -> Config {
    let mut config = Config {
        bloom_filter_capacity: 400,
        bloom_filter_error_rate: 0.000_001,
        max_causal_history: 1000,
        resend_interval: rng.u64(100..600),
        max_resend_attempts: rng.u32(0..5),
        sync_message_interval: 250,
        buffer_sweep_interval: 200,
        repair_t_min: rng.u64(0..50),
        repair_t_max: rng.u64(300..600),
        max_repair_requests: rng.usize(1..8),
        repair_sweep_interval: 50,
        ..Config::default()
    };
    if profile.has_other_dialect() {
        // The rfc dialect has two fifths of it, which must be longer than the interval of sync messages.
        config.repair_t_max = rng.u64(750..1500);
    }
    if small {
        config.max_causal_history = rng.usize(1..10);
    }
    if profile == Evicting {
        config.max_message_history = rng.usize(1..12);
    }
    if profile == SmallBuffers {
        config.max_incoming_buffer = rng.usize(1..5);
        config.max_repair_buffer = rng.usize(1..4);
    }
    config
}
