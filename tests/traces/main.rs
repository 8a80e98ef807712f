//! Scripted runs of real nim-sds nodes under a set clock, repeated step by step with our channels. After each step
//! the reply, the events, the bytes and the whole state must be those of nim-sds, except where [`differences`] says
//! that we differ and why. A difference that is not listed fails the test, and so does a listed one that is gone.
//!
//! A channel that differs in its state goes on from the state of nim-sds, so that one difference doesn't hide others.
#![cfg(not(target_arch = "wasm32"))]

mod differences;
#[allow(dead_code)] // Shared with the tests of single functions, which use all of it.
#[path = "../vectors/golden.rs"]
mod golden;
mod node;
mod outcome;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use serde_json::Value;

use differences::{DIFFERENCES, Difference, Place};
use golden::{bytes, items, number, text};
use node::{Messages, Node};
use outcome::{Aspect, Outcome};

static TRACES: LazyLock<Value> = LazyLock::new(|| {
    let mut data: Value = serde_json::from_str(include_str!("../vectors/nim-sds.json")).unwrap();
    data["traces"]["list"].take()
});

/// Steps that change no channel: an unknown channel is an affair of the manager.
fn is_for_the_manager(command: &Value) -> bool {
    command["channel"] == "nope"
}

/// The nodes of one trace.
#[derive(Default)]
struct Run {
    nodes: BTreeMap<String, Node>,
    now: u64,
    seen: Messages,
}

impl Run {
    /// Does one step, and says in what ours differs from nim-sds then.
    fn step(&mut self, step: &Value) -> BTreeSet<Aspect> {
        let (command, reply) = (&step["cmd"], &step["reply"]);
        match command["op"].as_str() {
            None => {}
            Some("setClock") => self.now = number(&command["ms"]),
            Some("advanceClock") => self.now += number::<u64>(&command["ms"]),
            Some("new") => {
                let name = text(&command["node"]).to_owned();
                self.nodes.insert(name, Node::new(command));
            }
            Some(_) if command.get("contentLen").is_some() => self.wrap_of_size(command, reply),
            Some(_) if is_for_the_manager(command) => {}
            Some("setHint") => self.node(command).set_hint(command),
            Some("bloom") => self.node(command).filter = Some(bytes(&reply["hex"])),
            // Nothing to do: ours rolls whenever an id is added.
            Some("cleanBloom") => return self.compare(step, Outcome::default()),
            Some("meta") => self.node(command).assert_snapshot(reply),
            Some(_) => {
                let now = self.now;
                let outcome = self.node(command).run(command, now);
                return self.compare(step, outcome);
            }
        }
        BTreeSet::new()
    }

    fn node(&mut self, command: &Value) -> &mut Node {
        self.nodes.get_mut(text(&command["node"])).unwrap()
    }

    /// Of a wrap of the greatest size, and one byte more, the trace has the sizes only.
    fn wrap_of_size(&mut self, command: &Value, reply: &Value) {
        let node = self.nodes.values_mut().next().unwrap();
        let wrapped = node.wrap_of_size(number(&command["contentLen"]), self.now);
        let hex_digits = wrapped.map_or(0, |bytes| 2 * bytes.len());
        assert_eq!(hex_digits, number::<usize>(&reply["hexLen"]));
    }

    fn compare(&mut self, step: &Value, mut ours: Outcome) -> BTreeSet<Aspect> {
        self.seen.remember(step);
        let (command, now) = (&step["cmd"], self.now);
        let seen = &self.seen;
        let node = self.nodes.get_mut(text(&command["node"])).unwrap();
        ours.state = Some(node.state());
        let theirs = Outcome::of_reference(step);
        let differences = ours.differences(&theirs, node.is_resynchronised);
        if differences.iter().any(|aspect| aspect.is_of_the_state()) {
            node.resynchronise(theirs.state.as_ref().unwrap(), seen, now);
        }
        differences
    }
}

/// The steps of a trace in which ours differs, and the aspects in which it does.
fn replay(trace: &Value) -> Differing {
    let mut run = Run::default();
    let steps = items(&trace["steps"]).iter().enumerate();
    let differing = steps.map(|(at, step)| (at, run.step(step)));
    let differing = differing.filter(|(_, aspects)| !aspects.is_empty()).collect();
    for (name, node) in run.nodes {
        node.assert_filter(&format!("{name} in {}", trace["name"]), run.now);
    }
    differing
}

/// The aspects in which each step of a trace differs; steps that don't are left out.
type Differing = BTreeMap<usize, BTreeSet<Aspect>>;

/// Takes what is listed for one trace out of what was found in it.
fn take_listed(trace: &str, differing: &mut Differing) {
    let listed: Vec<_> = DIFFERENCES.iter().filter(|listed| listed.trace == trace).collect();
    for Difference { rule, place, aspects, .. } in &listed {
        if let Place::Steps(steps) = place {
            for step in *steps {
                let found = differing.get_mut(step);
                let gone = found.is_none_or(|found| aspects.iter().any(|aspect| !found.remove(aspect)));
                assert!(!gone, "{trace}, step {step}: no longer {aspects:?} by the rule {:?}", rule.name);
            }
        }
    }
    differing.retain(|_, rest| !rest.is_empty());
    // What remains after single steps are taken out is counted.
    for Difference { rule, place, aspects, .. } in &listed {
        if let Place::Count(expected) = place {
            let before = differing.len();
            differing.retain(|_, rest| *rest != BTreeSet::from_iter(aspects.iter().copied()));
            let count = before - differing.len();
            assert_eq!(count, *expected, "{trace}: {aspects:?} by the rule {:?}", rule.name);
        }
    }
}

#[test]
fn every_step_ends_as_in_nim_sds_except_where_listed() {
    let traces = items(&TRACES);
    for trace in traces {
        let name = text(&trace["name"]);
        let mut differing = replay(trace);
        take_listed(name, &mut differing);
        if std::env::var("DUMP").is_ok() {
            for (s, a) in &differing {
                println!("{name} {s} {a:?}");
            }
            continue;
        }
        assert!(differing.is_empty(), "{name}: not listed: {differing:#?}");
    }
    for listed in DIFFERENCES {
        assert!(traces.iter().any(|trace| trace["name"] == listed.trace), "{}", listed.trace);
        assert!(!listed.rule.reason.is_empty());
    }
}
