//! The command line.

use std::{fmt::Display, str::FromStr};

use lexopt::prelude::*;
use sds_wasm::protocol::Config;

use crate::{
    experiments::{self, LOSSES, SIZES},
    rules::Rule,
    scenario::Scenario,
};

pub const HELP: &str = "\
npm run simulate                          groups of 10, 100 and 1000, loss 1 to 50 %, default and advised settings
npm run simulate -- OPTION…               one scenario, or one for each size and loss of a list
npm run simulate -- --figures             the figures of docs/scale.md: writes docs/scale.json and draws the charts
                                          (with --participants only of these sizes, the others stay as they are)
npm run simulate -- --charts              draws the charts from docs/scale.json

  --participants 10,100   sizes of the group         --seed 1       the first seed
  --loss 0.1,0.5          shares of receivers        --runs 1       runs, with successive seeds
  --messages 50           messages sent              --rate 1       of these per second, on average
  --content 200           bytes in each              --patience 1800  seconds to wait for equal logs
  --set name=value        a setting, as in defaultConfig(); can be given again
  --rule name             heads or bareSyncs, which the package doesn't have, or askAnyway, which it
                          no longer has; can be given again";

#[derive(Debug, PartialEq)]
pub enum Command {
    Run { scenarios: Vec<Scenario>, runs: Option<u64> },
    Figures { sizes: Vec<usize> },
    Charts,
    Help,
}

pub fn parse(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut base = Scenario::default();
    let (mut sizes, mut losses) = (SIZES.to_vec(), LOSSES.to_vec());
    let mut runs = None;
    let (mut is_own, mut makes_figures) = (false, false);
    while let Some(argument) = parser.next()? {
        is_own = true;
        match argument {
            Long("figures") => makes_figures = true,
            Long("charts") => return Ok(Command::Charts),
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("participants") => sizes = list("--participants", &text(&mut parser)?, 2..=100_000)?,
            Long("loss") => losses = list("--loss", &text(&mut parser)?, 0.0..=0.99)?,
            Long("seed") => base.seed = number("--seed", &text(&mut parser)?, 0..=u64::MAX)?,
            Long("runs") => runs = Some(number("--runs", &text(&mut parser)?, 1..=1000)?),
            Long("messages") => base.messages = number("--messages", &text(&mut parser)?, 1..=1_000_000)?,
            Long("rate") => base.rate = number("--rate", &text(&mut parser)?, 0.001..=1000.0)?,
            Long("content") => base.content = number("--content", &text(&mut parser)?, 1..=1_048_576)?,
            Long("patience") => base.patience = number("--patience", &text(&mut parser)?, 0..=1_000_000)?,
            Long("rule") => base.rules.push(rule(&text(&mut parser)?)?),
            Long("set") => base.settings.push(setting(&text(&mut parser)?)?),
            _ => return Err(argument.unexpected()),
        }
    }
    if makes_figures {
        return Ok(Command::Figures { sizes });
    }
    if !is_own {
        return Ok(Command::Run { scenarios: experiments::groups(&sizes, &losses), runs: None });
    }
    let sizes = sizes.into_iter();
    let scenarios = sizes.flat_map(|participants| {
        let base = &base;
        losses.iter().map(move |&loss| Scenario { participants, loss, ..base.clone() })
    });
    Ok(Command::Run { scenarios: scenarios.collect(), runs: runs.or(Some(1)) })
}

fn text(parser: &mut lexopt::Parser) -> Result<String, lexopt::Error> {
    parser.value()?.string()
}

fn list<T>(name: &str, text: &str, range: std::ops::RangeInclusive<T>) -> Result<Vec<T>, String>
where
    T: FromStr + PartialOrd + Display,
{
    let (least, most) = range.into_inner();
    let parse = |part: &str| match part.parse() {
        Ok(value) if value >= least && value <= most => Ok(value),
        _ => Err(format!("{name} takes numbers from {least} to {most}, got {part:?}")),
    };
    text.split(',').map(parse).collect()
}

fn number<T>(name: &str, text: &str, range: std::ops::RangeInclusive<T>) -> Result<T, String>
where
    T: FromStr + PartialOrd + Display,
{
    let (least, most) = range.into_inner();
    match text.parse() {
        Ok(value) if value >= least && value <= most => Ok(value),
        _ => Err(format!("{name} takes a number from {least} to {most}, got {text:?}")),
    }
}

fn rule(name: &str) -> Result<Rule, String> {
    Rule::ALL.into_iter().find(|rule| rule.name() == name).ok_or_else(|| {
        let names = Rule::ALL.map(Rule::name).join(", ");
        format!("--rule takes one of {names}, got {name:?}")
    })
}

fn setting(text: &str) -> Result<(String, f64), String> {
    let (name, value) =
        text.split_once('=').ok_or_else(|| format!("--set takes name=value, got {text:?}"))?;
    let value = value.parse().map_err(|_| format!("--set {name} takes a number, got {value:?}"))?;
    Config::default().set(name, value).map_err(|error| format!("--set: {error}"))?;
    Ok((name.to_owned(), value))
}
