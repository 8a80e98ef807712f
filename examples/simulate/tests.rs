//! The simulation itself: the same seed leads to the same run, and what is measured follows from what is simulated.

use crate::{
    measures::Report,
    options::{self, Command},
    participant::Participant,
    pool,
    rules::Rule,
    scenario::Scenario,
    world::World,
};

fn small() -> Scenario {
    Scenario { participants: 5, loss: 0.2, messages: 20, ..Scenario::default() }.with(&[
        ("repairTMin", 1000.0),
        ("repairTMax", 10_000.0),
        ("maxCausalHistory", 20.0),
    ])
}

fn run(scenario: Scenario) -> Report {
    World::new(&scenario).run()
}

#[test]
fn a_seed_leads_to_the_same_run_every_time_and_another_to_another() {
    let report = run(small());
    assert_eq!(report, run(small()));
    let other = run(Scenario { seed: 2, ..small() });
    assert_ne!(Report { scenario: small(), ..other }, report);
}

#[test]
fn without_loss_nothing_is_repaired_and_all_is_delivered_at_once() {
    // One message in ten seconds: none overtakes another.
    let report = run(Scenario { loss: 0.0, rate: 0.1, ..small() });
    assert!(report.converged.is_some_and(|seconds| seconds <= 0.5), "{report:?}");
    assert!(report.p99.is_some_and(|seconds| seconds <= 0.5), "{report:?}");
    assert_eq!((report.missing, report.lost, report.requests, report.repairs.broadcasts), (0.0, 0, 0, 0));
    assert_eq!((report.content.broadcasts, report.content.received), (20, 80));
}

#[test]
fn what_is_lost_is_asked_for_and_repaired_until_the_logs_are_equal() {
    let report = run(small());
    assert!(report.converged.is_some() && report.missing == 0.0, "{report:?}");
    assert!(report.lost > 0 && report.requests > 0 && report.repairs.broadcasts > 0, "{report:?}");
    assert!(report.redundant_repairs < report.repairs.broadcasts, "{report:?}");
}

#[test]
fn a_group_that_gets_nothing_ends_with_its_patience() {
    let report = run(Scenario { loss: 1.0, patience: 600, ..small() });
    assert_eq!((report.converged, report.missing, report.p50), (None, 1.0, None));
    assert!(report.resends.broadcasts > 0 && report.resends.received == 0, "{report:?}");
}

#[test]
fn settings_and_rules_change_what_is_sent() {
    let report = run(small());
    let filter = |report: &Report| (report.filter_share * 100.0).round();
    let narrow = run(small().with(&[("bloomFilterCapacity", 100.0)]));
    assert!(filter(&narrow) < 30.0 && filter(&report) > 80.0, "{narrow:?} {report:?}");
    let loud = run(small().ruled(&[Rule::AskAnyway]));
    assert!(loud.syncs.broadcasts > report.syncs.broadcasts, "{loud:?} {report:?}");
    let bare = run(small().ruled(&[Rule::BareSyncs]));
    assert!(bare.filter_share < report.filter_share, "{bare:?} {report:?}");
}

#[test]
fn heads_name_what_is_among_the_newest_of_nobody() {
    // One entry for each message, and hardly any that don't wait.
    let group = Scenario { messages: 60, ..small() }.with(&[("maxCausalHistory", 2.0)]);
    let missing = |rules: &[Rule]| run(group.clone().ruled(rules)).missing;
    assert!(missing(&[]) > 0.0);
    assert_eq!(missing(&[Rule::Heads]), 0.0);
}

#[test]
fn what_a_short_history_has_forgotten_is_never_repaired_and_counts_once() {
    let report = run(Scenario { messages: 200, rate: 10.0, ..small() }.with(&[("maxMessageHistory", 20.0)]));
    assert!(report.missing > 0.0 && report.converged.is_none(), "{report:?}");
    let mut participant = Participant::new(&"p".into(), &small().config().into(), None);
    let deliveries = ["a", "b", "a"].map(|id| participant.is_new(&id.into()));
    assert_eq!(deliveries, [true, true, false]);
}

#[test]
fn summaries_come_in_the_order_of_the_scenarios_whatever_runs_first() {
    let scenarios = [Scenario { participants: 12, ..small() }, small(), small().ruled(&[Rule::Heads])];
    let summaries = |scenarios: &[Scenario]| {
        let mut summaries = Vec::new();
        pool::run(scenarios, |_| 3, |summary| summaries.push(summary));
        summaries
    };
    let together = summaries(&scenarios);
    assert_eq!(
        together,
        scenarios.each_ref().map(|scenario| summaries(std::slice::from_ref(scenario)).remove(0))
    );
    assert_eq!(together[0].runs, 3);
}

#[test]
fn the_command_line_is_checked() {
    let parse = |arguments: &[&str]| {
        options::parse(lexopt::Parser::from_args(arguments)).map_err(|error| error.to_string())
    };
    let Ok(Command::Run { scenarios, runs }) =
        parse(&["--participants", "10,20", "--loss", "0.1", "--set", "repairTMax=5000", "--rule", "heads"])
    else {
        panic!("must be taken");
    };
    let wanted = Scenario { loss: 0.1, ..Scenario::default() }.with(&[("repairTMax", 5000.0)]);
    assert_eq!(scenarios[0], wanted.ruled(&[Rule::Heads]));
    assert_eq!((scenarios[1].participants, runs), (20, Some(1)));
    for (arguments, text) in [
        (["--loss", "2"], "--loss takes numbers from 0 to 0.99, got \"2\""),
        (["--participants", "1"], "--participants takes numbers from 2 to 100000, got \"1\""),
        (["--set", "repairTmax=5"], "--set: config.repairTmax is not a setting"),
        (["--set", "repairTMax"], "--set takes name=value, got \"repairTMax\""),
        (["--rule", "head"], "--rule takes one of heads, askAnyway, bareSyncs, got \"head\""),
    ] {
        let error = parse(&arguments).unwrap_err();
        assert!(error.contains(text), "{error}");
    }
}
