//! Runs on all cores. Each run is alone on its thread, so that the number of cores changes nothing but the time.

use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use crate::{scenario::Scenario, summary::Summary, world::World};

/// Runs each scenario with as many successive seeds as it is to have; `tell` gets the summaries in the order of the
/// scenarios, as soon as they are there.
pub fn run(scenarios: &[Scenario], seeds: impl Fn(&Scenario) -> u64, mut tell: impl FnMut(Summary)) {
    let with_seeds = |scenario: &Scenario| {
        let first = scenario.seed;
        let scenario = scenario.clone();
        (first..first + seeds(&scenario)).map(move |seed| Scenario { seed, ..scenario.clone() })
    };
    let jobs: Vec<_> = scenarios.iter().flat_map(with_seeds).collect();
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, Into::into) {
            let (sender, next, jobs) = (sender.clone(), &next, &jobs);
            scope.spawn(move || {
                while let Some((at, job)) = take(next, jobs) {
                    // The receiver lives as long as there are jobs.
                    let _ = sender.send((at, World::new(job).run()));
                }
            });
        }
        drop(sender);
        let mut early = BTreeMap::new();
        let mut in_order = (0..jobs.len()).map_while(|wanted| {
            while !early.contains_key(&wanted) {
                let (at, report) = receiver.recv().ok()?;
                early.insert(at, report);
            }
            early.remove(&wanted)
        });
        for scenario in scenarios {
            let reports: Vec<_> = in_order.by_ref().take(seeds(scenario) as usize).collect();
            tell(Summary::of(&reports));
        }
    });
}

fn take<'a>(next: &AtomicUsize, jobs: &'a [Scenario]) -> Option<(usize, &'a Scenario)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    jobs.get(at).map(|job| (at, job))
}
