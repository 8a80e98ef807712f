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
        Command::Run { scenarios, runs } => drop(run(&scenarios, runs)),
        Command::Figures => {
            let summaries = run(&experiments::figures(), None);
            fs::write(FIGURES, serde_json::to_string_pretty(&summaries)? + "\n")?;
            charts::draw(&summaries, IMAGES)?;
        }
        Command::Charts => {
            charts::draw(&serde_json::from_str::<Vec<Summary>>(&fs::read_to_string(FIGURES)?)?, IMAGES)?
        }
    }
    Ok(())
}

/// Runs every scenario with its seed and those that follow, and prints a line for each.
fn run(scenarios: &[Scenario], runs: Option<u64>) -> Vec<Summary> {
    let seeds = |scenario: &Scenario| runs.unwrap_or_else(|| experiments::runs(scenario.participants));
    let (first, most) = (scenarios[0].seed, scenarios.iter().map(seeds).max().unwrap_or(1));
    println!("seeds from {first} on, up to {most}; {}\n\n{}", table::LEGEND, table::head());
    pool::run(scenarios, seeds, |summary| println!("{}", table::row(summary)))
}
