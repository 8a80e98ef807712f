//! How groups of 10 to 1000 participants fare over networks that lose 1 to 50 % of all messages: `npm run simulate`.
//! Each participant is a channel of the package, with the sync schedule of `ReliableChannel` around it, in virtual time;
//! a run follows from its scenario and seed alone. What came out is in docs/scale.md.
#![cfg_attr(target_arch = "wasm32", no_main)]
#![cfg(not(target_arch = "wasm32"))]

mod charts;
mod experiments;
mod format;
mod heads;
mod measures;
mod options;
mod participant;
mod plan;
mod pool;
mod rules;
mod scenario;
mod summary;
mod sync;
mod table;
#[cfg(test)]
mod tests;
mod world;

use std::{error::Error, fs, process::ExitCode};

use options::{Command, HELP};
use scenario::Scenario;
use summary::Summary;

const FIGURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/scale.json");
const IMAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/images");

fn main() -> ExitCode {
    match options::parse(lexopt::Parser::from_env()).map_err(Into::into).and_then(execute) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("simulate: {error}\n\n{HELP}");
            ExitCode::FAILURE
        }
    }
}

fn execute(command: Command) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Help => println!("{HELP}"),
        Command::Run { scenarios, runs } => run(&scenarios, runs, |_| {}),
        Command::Figures { sizes } => {
            let mut summaries = read().unwrap_or_default();
            summaries.retain(|summary| !sizes.contains(&summary.scenario.participants));
            let scenarios: Vec<_> = sizes.into_iter().flat_map(experiments::figures).collect();
            run(&scenarios, None, |summary| {
                summaries.push(summary);
                summaries.sort_by_key(|summary| summary.scenario.participants);
                // What is there is kept if the rest is not waited for. A failure is told at the end.
                let _ = write(&summaries);
            });
            write(&summaries)?;
            charts::draw(&summaries, IMAGES)?;
        }
        Command::Charts => charts::draw(&read()?, IMAGES)?,
    }
    Ok(())
}

fn read() -> Result<Vec<Summary>, Box<dyn Error>> {
    let text = fs::read_to_string(FIGURES).map_err(|error| format!("{FIGURES}: {error}"))?;
    Ok(serde_json::from_str(&text)
        .map_err(|error| format!("{FIGURES}: {error}; make it anew with --figures"))?)
}

fn write(summaries: &[Summary]) -> Result<(), Box<dyn Error>> {
    let lines = summaries.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    Ok(fs::write(FIGURES, format!("[\n{}\n]\n", lines.join(",\n")))?)
}

/// Runs every scenario with its seed and those that follow, and prints a line for each.
fn run(scenarios: &[Scenario], runs: Option<u64>, mut tell: impl FnMut(Summary)) {
    let seeds = |scenario: &Scenario| runs.unwrap_or_else(|| experiments::runs(scenario.participants));
    println!("seeds from {} on, as many as runs; {}\n\n{}", scenarios[0].seed, table::LEGEND, table::head());
    pool::run(scenarios, seeds, |summary| {
        println!("{}", table::row(&summary));
        tell(summary);
    });
}
