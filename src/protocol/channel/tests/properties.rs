//! State invariants under random operations on a small group.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    Send {
        from: usize,
    },
    Sync {
        from: usize,
    },
    /// Any message ever sent, once more, to anybody.
    Deliver {
        which: prop::sample::Index,
        to: usize,
    },
    Mark {
        which: prop::sample::Index,
        at: usize,
    },
    Sweep {
        at: usize,
    },
    Restart {
        at: usize,
    },
    Wait {
        time: Millis,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..3usize;
    let which = any::<prop::sample::Index>();
    prop_oneof![
        4 => who.clone().prop_map(|from| Step::Send { from }),
        1 => who.clone().prop_map(|from| Step::Sync { from }),
        12 => (which.clone(), who.clone()).prop_map(|(which, to)| Step::Deliver { which, to }),
        1 => (which, who.clone()).prop_map(|(which, at)| Step::Mark { which, at }),
        2 => who.clone().prop_map(|at| Step::Sweep { at }),
        1 => who.prop_map(|at| Step::Restart { at }),
        2 => (0..400_000u64).prop_map(|time| Step::Wait { time }),
    ]
}

struct Member {
    channel: Channel,
    /// Delivered to the application, or sent by it, or met as it said.
    told: BTreeSet<String>,
    marked: BTreeSet<String>,
    clock: u64,
}

impl Member {
    fn note(&mut self, effects: &Effects, sent: &[Message]) {
        for id in ready(&effects.events) {
            assert!(self.told.insert(id.into()), "{id} was delivered twice");
            let message = sent.iter().find(|message| message.message_id.as_str() == id).unwrap();
            for dependency in &message.causal_history {
                let id = dependency.message_id.as_str();
                assert!(self.told.contains(id) || self.marked.contains(id), "delivered before {id}");
            }
        }
    }

    fn check(&mut self) {
        let channel = &self.channel;
        assert!(channel.lamport_timestamp() >= self.clock, "the clock went back");
        self.clock = channel.lamport_timestamp();
        assert!(channel.history().is_sorted_by_key(|m| (m.lamport_timestamp, m.message_id.clone())));
        assert!(channel.history().count() <= 1000 && channel.incoming().count() <= 5);
        assert!(channel.repair_requests().count() <= 4 && channel.repair_responses().count() <= 4);
        for waiting in channel.incoming() {
            assert!(!waiting.missing.is_empty(), "waits for nothing");
            assert!(channel.message(&waiting.message.message_id).is_none(), "waits and is delivered");
            for id in waiting.missing.keys() {
                assert!(channel.message(id).is_none(), "waits for what is delivered");
            }
        }
    }
}

fn config(config: &mut Config) {
    config.max_incoming_buffer = 5;
    config.max_repair_buffer = 4;
    config.max_causal_history = 3;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn order_uniqueness_and_limits_hold(steps in prop::collection::vec(step(), 1..120)) {
        let names = ["alice", "bob", "carol"];
        let mut members = names.map(|name| Member {
            channel: channel(name, config),
            told: BTreeSet::new(),
            marked: BTreeSet::new(),
            clock: 0,
        });
        let (mut sent, mut now) = (Vec::<Message>::new(), NOW);
        for (n, step) in steps.into_iter().enumerate() {
            match step {
                Step::Send { from } => {
                    let content = Bytes::from(vec![1; n + 1]);
                    let (message, effects) = members[from].channel.wrap(content, format!("m{n}").into(), now).unwrap();
                    members[from].told.insert(format!("m{n}"));
                    sent.push(message);
                    members[from].note(&effects, &sent);
                }
                Step::Sync { from } => {
                    sent.push(members[from].channel.wrap_sync(format!("s{n}").into(), now).unwrap().0);
                }
                Step::Deliver { which, to } if !sent.is_empty() => {
                    let message = which.get(&sent).clone();
                    let (_, effects) = members[to].channel.receive(message, now).unwrap();
                    members[to].note(&effects, &sent);
                }
                Step::Mark { which, at } if !sent.is_empty() => {
                    let id = which.get(&sent).message_id.clone();
                    members[at].marked.insert(id.to_string());
                    let effects = members[at].channel.mark_dependencies_met(&[id]);
                    members[at].note(&effects, &sent);
                }
                Step::Sweep { at } => {
                    let effects = members[at].channel.check_unacknowledged(now);
                    members[at].note(&effects, &sent);
                    let effects = members[at].channel.sweep_repairs(now);
                    members[at].note(&effects, &sent);
                }
                Step::Restart { at } => {
                    let mut settings = Config { bloom_filter_capacity: 100, ..Config::default() };
                    config(&mut settings);
                    let (channel, effects) = Channel::restore(
                        "c".into(), names[at].into(), Arc::new(settings), &Protobuf, saved(&members[at].channel), now,
                    );
                    members[at].channel = channel;
                    members[at].note(&effects, &sent);
                }
                Step::Wait { time } => now += time,
                Step::Deliver { .. } | Step::Mark { .. } => (),
            }
            members.iter_mut().for_each(Member::check);
        }
    }
}
