//! Many participants over a bad network and bad disks, in virtual time. Each is a real manager. Every run follows from
//! one seed: what is drawn, what fails, and in which order the operations go on.
//!
//! While a run lasts, and after all has healed, these must hold:
//! - all logs are equal, and hold every message whose sender was told that it is sent, unless a crash came before storage
//!   could be written, which was told too;
//! - messages are delivered after those they depend on, and once, also across restarts;
//! - what is sent is in the sender's dialect, and its timestamp is after those of all it depends on;
//! - nothing is acknowledged that nobody has received; clocks don't go back; buffers keep their limits;
//! - storage is called in pairs, one pair at a time, and one pair for an operation alone;
//! - every operation ends, after its events, which come after its writes.
//!
//! `SDS_SIM_SEEDS=10` makes ten times as many runs. A run that fails names its seed, which replays it with a trace.
#![cfg(not(target_arch = "wasm32"))]

mod counts;
mod defect;
mod log;
mod model;
mod network;
mod participant;
mod settings;
mod storage;
mod world;

use counts::Counts;
use defect::Defect;
use log::Log;
use settings::Profile;
use world::World;

/// Runs per profile.
const SEEDS: u64 = 40;

fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap())
}

/// Runs a profile with all its seeds.
fn simulate(profile: Profile) -> Counts {
    let seeds = SEEDS * number_from("SDS_SIM_SEEDS").unwrap_or(1);
    let mut total = Counts::default();
    for number in 0..seeds {
        let seed = profile.seed(number);
        let log = Log::default();
        total += World::new(seed, log.clone(), None).run();
        let violations = log.violations();
        assert!(
            violations.is_empty(),
            "profile {profile:?}, seed {seed}: {violations:#?}\nreplay it with\n  \
             SDS_SIM_SEED={seed} cargo test --test simulation replay -- --nocapture"
        );
    }
    println!("{profile:?}: {total:?}");
    total
}

#[test]
fn calm() {
    let counts = simulate(Profile::Calm);
    assert!(counts.most_under_way > 2, "operations must share flushes: {counts:?}");
    assert_eq!(counts.failed_writes + counts.crashes, 0);
}

#[test]
fn lossy() {
    let counts = simulate(Profile::Lossy);
    assert!(counts.repairs > 0 && counts.resends > 0 && counts.acknowledged > 0, "{counts:?}");
}

#[test]
fn partitioned() {
    assert!(simulate(Profile::Partitioned).repairs > 0);
}

#[test]
fn crashing() {
    let counts = simulate(Profile::Crashing);
    assert!(counts.crashes > 0 && counts.torn > 0, "{counts:?}");
}

#[test]
fn failing_storage() {
    assert!(simulate(Profile::FailingStorage).failed_writes > 0);
}

#[test]
fn torn_pairs() {
    let counts = simulate(Profile::TornPairs);
    assert!(counts.torn > 0 && counts.failed_writes > 0, "{counts:?}");
}

#[test]
fn everything() {
    simulate(Profile::Everything);
}

#[test]
fn few_dependencies() {
    assert!(simulate(Profile::FewDependencies).repairs > 0);
}

#[test]
fn evicting() {
    simulate(Profile::Evicting);
}

#[test]
fn small_buffers() {
    assert!(simulate(Profile::SmallBuffers).given_up > 0);
}

#[test]
fn other_dialect() {
    let counts = simulate(Profile::OtherDialect);
    assert!(counts.repairs > 0 && counts.resends > 0 && counts.by_filter > 0, "{counts:?}");
    assert_eq!(counts.in_other_dialect, 0);
}

#[test]
fn both_dialects() {
    let counts = simulate(Profile::BothDialects);
    assert!(counts.in_other_dialect > 0 && counts.translated > 0 && counts.by_other_filter > 0, "{counts:?}");
    assert_eq!(counts.dialect_changes, 0);
}

#[test]
fn changing_dialects() {
    let counts = simulate(Profile::ChangingDialects);
    assert!(counts.dialect_changes > 0 && counts.translated > 0, "{counts:?}");
}

/// Shows one run: `SDS_SIM_SEED=… cargo test --test simulation replay -- --nocapture`
#[test]
fn replay() {
    let Some(seed) = number_from("SDS_SIM_SEED") else { return };
    let log = Log::traced();
    let counts = World::new(seed, log.clone(), None).run();
    println!("{counts:?}");
    assert!(log.violations().is_empty(), "{:#?}", log.violations());
}

#[test]
fn a_seed_leads_to_the_same_run_every_time() {
    let run = |seed| World::new(seed, Log::default(), None).run();
    let seed = Profile::Everything.seed(7);
    assert_eq!(run(seed), run(seed));
}

#[test]
fn the_checks_find_what_is_wrong() {
    for defect in Defect::ALL {
        for number in 0..5 {
            let log = Log::default();
            let _ = World::new(defect.profile().seed(number), log.clone(), Some(defect)).run();
            let found = log.violations();
            let is_found = found.iter().any(|violation| violation.contains(defect.finding()));
            assert!(is_found, "{defect:?}, run {number}: {found:#?}");
        }
    }
}
