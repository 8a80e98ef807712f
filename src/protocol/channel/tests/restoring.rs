use super::*;
use crate::protocol::{Dialect, HistoryUpdate};

#[test]
fn everything_saved_comes_back() {
    let mut bob = channel("bob", |_| ());
    send(&mut bob, "b1", NOW);
    receive(&mut bob, message("a1", 1, &[]), NOW);
    receive(&mut bob, message("a3", 3, &["a2"]), NOW);
    let request = Message { repair_request: vec![entry("a1")], ..message("q", 9, &[]) };
    receive(&mut bob, Message { sender_id: "dave".into(), ..request }, NOW);
    let before = snapshot(&bob);
    let (mark, saved) = (bob.pending_history().1, saved(&bob));
    bob.confirm_history(mark);
    let (again, effects) = restore("bob", saved, NOW);
    assert!(effects.events.is_empty());
    assert_eq!(Snapshot { pending: HistoryUpdate::default(), ..before }, snapshot(&again));
    assert_eq!(history(&again), history(&bob));
}

#[test]
fn when_only_the_snapshot_was_written_the_pending_appends_are_in_it() {
    let mut bob = channel("bob", |_| ());
    send(&mut bob, "b1", NOW);
    receive(&mut bob, message("a1", 1, &[]), NOW);
    let (again, effects) = restore("bob", Saved { history: Vec::new(), ..saved(&bob) }, NOW);
    assert_eq!(history(&again), ["a1", "b1"]);
    assert_eq!(again.pending_history().0.append.len(), 2, "still to be written");
    assert!(effects.changed && effects.events.is_empty(), "delivered before, not again");
}

#[test]
fn when_only_the_history_was_written_own_messages_are_sent_again_and_nothing_is_lost() {
    let mut bob = channel("bob", |_| ());
    receive(&mut bob, message("b", 2, &["a"]), NOW);
    let older = snapshot(&bob);
    receive(&mut bob, message("a", 1, &[]), NOW);
    let sent = send(&mut bob, "b1", NOW);
    let (mut again, effects) = restore("bob", Saved { snapshot: older, ..saved(&bob) }, NOW);
    assert!(effects.events.is_empty() && effects.changed);
    assert_eq!(history(&again), ["a", "b", "b1"]);
    assert_eq!(again.incoming().count(), 0, "b was delivered");
    assert!(requested(&again).is_empty());
    assert_eq!(again.outgoing().map(|m| m.message.message_id.as_str()).collect::<Vec<_>>(), ["b1"]);
    assert_eq!(Some(again.lamport_timestamp()), sent.lamport_timestamp);
    assert!(send(&mut again, "b2", 0).lamport_timestamp > sent.lamport_timestamp);
}

#[test]
fn a_waiting_message_whose_dependencies_turn_out_to_be_delivered_is_delivered() {
    let mut bob = channel("bob", |_| ());
    receive(&mut bob, message("c", 3, &["a", "b"]), NOW);
    let snapshot = snapshot(&bob);
    let mut other = channel("bob", |_| ());
    receive(&mut other, message("a", 1, &[]), NOW);
    receive(&mut other, message("b", 2, &[]), NOW);
    let (again, effects) = restore("bob", Saved { snapshot, ..saved(&other) }, NOW);
    assert_eq!(ready(&effects.events), ["c"]);
    assert_eq!(history(&again), ["a", "b", "c"]);
}

#[test]
fn an_evict_that_did_not_reach_the_history_is_made_again() {
    let mut bob = channel("bob", |config| config.max_message_history = 1);
    receive(&mut bob, message("a", 1, &[]), NOW);
    let stale = bob.history().cloned().collect();
    receive(&mut bob, message("b", 2, &[]), NOW);
    let (again, _) = restore("bob", Saved { history: stale, ..saved(&bob) }, NOW);
    assert_eq!(history(&again), ["b"]);
    assert_eq!(again.pending_history().0.evict, ids(&["a"]));
}

#[test]
fn a_history_over_the_limit_is_trimmed_and_comes_in_any_order() {
    let mut bob = channel("bob", |_| ());
    for n in 0..1005 {
        receive(&mut bob, message(&format!("m{n:04}"), n, &[]), NOW);
    }
    let mut history: Vec<_> = (0..1005).rev().map(|n| (n, format!("m{n:04}"))).collect();
    history.sort_by_key(|(n, _)| n * 7 % 1005);
    let stored = history.iter().map(|(n, id)| {
        let mut one = channel("x", |_| ());
        receive(&mut one, message(id, *n, &[]), NOW);
        one.history().next().unwrap().clone()
    });
    let saved = Saved { history: stored.collect(), ..Saved::default() };
    let (again, effects) = restore("bob", saved, NOW);
    assert!(effects.changed);
    assert_eq!(again.history().next().unwrap().message_id.as_str(), "m0005");
    assert_eq!(again.history().count(), 1000);
    assert!(again.history().is_sorted_by_key(|message| message.lamport_timestamp));
}

#[test]
fn what_was_asked_for_before_is_asked_again_later() {
    let mut bob = channel("bob", |config| config.repair_t_max = 300_000);
    receive(&mut bob, message("b", 2, &["a"]), NOW);
    send(&mut bob, "b1", NOW + 300_000);
    assert!(requested(&bob).is_empty());
    let (mut again, _) = restore("bob", saved(&bob), NOW + 400_000);
    assert!(requested(&again).is_empty());
    let _ = again.sweep_repairs(NOW + 400_000 + 300_000);
    assert_eq!(requested(&again), ["a"]);
}

#[test]
fn what_waited_when_it_was_loaded_is_acknowledged_when_it_is_sent_again() {
    let mut alice = channel("alice", |_| ());
    let lost = send(&mut alice, "a1", NOW);
    let waits = Message { causal_history: vec![entry("a1")], ..send(&mut alice, "a2", NOW) };
    let mut bob = channel("bob", |_| ());
    receive(&mut bob, waits.clone(), NOW);
    let (mut bob, _) = restore("bob", saved(&bob), NOW);
    assert_eq!(ready(&receive(&mut bob, lost, NOW)), ["a1", "a2"]);
    // Only the filter tells, as when the message is too old to be named.
    let told = |bob: &mut Channel, id| Message { causal_history: Vec::new(), ..send(bob, id, NOW) };
    receive(&mut alice, told(&mut bob, "b1"), NOW);
    assert_eq!(alice.outgoing().map(|own| own.message.message_id.as_str()).collect::<Vec<_>>(), ["a2"]);
    receive(&mut bob, waits, NOW);
    receive(&mut alice, told(&mut bob, "b2"), NOW);
    assert_eq!(alice.outgoing().count(), 0);
}

#[test]
fn what_waited_in_one_dialect_moves_the_clock_when_it_is_delivered_in_the_other() {
    let mut bob = channel("bob", |config| config.dialect = Dialect::Rfc);
    receive(&mut bob, message("m2", NOW + 5000, &["m1"]), NOW);
    let (mut bob, _) = restore("bob", saved(&bob), NOW);
    assert_eq!(ready(&receive(&mut bob, message("m1", NOW, &[]), NOW)), ["m1", "m2"]);
    assert_eq!(send(&mut bob, "m3", NOW).lamport_timestamp, Some(NOW + 5001));
}
