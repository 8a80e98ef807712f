use super::*;
use crate::protocol::{Dialect, Error, Kind, LostReason, MAX_CLOCK, ReceivedFilter};

#[test]
fn a_cascade_delivers_parents_before_children() {
    let mut bob = channel("bob", |_| ());
    assert!(ready(&receive(&mut bob, message("c", 3, &["b"]), NOW)).is_empty());
    assert!(ready(&receive(&mut bob, message("b", 2, &["a"]), NOW)).is_empty());
    assert_eq!(ready(&receive(&mut bob, message("a", 1, &[]), NOW)), ["a", "b", "c"]);
    assert_eq!(history(&bob), ["a", "b", "c"]);
    assert_eq!(bob.incoming().count(), 0);
}

#[test]
fn messages_that_are_ready_together_come_in_the_order_of_the_history() {
    let mut bob = channel("bob", |_| ());
    for (id, lamport) in [("z", 7), ("y", 9), ("x", 9)] {
        receive(&mut bob, message(id, lamport, &["a"]), NOW);
    }
    assert_eq!(ready(&receive(&mut bob, message("a", 1, &[]), NOW)), ["a", "z", "x", "y"]);
}

#[test]
fn the_history_is_ordered_by_timestamp_and_id_whatever_the_order_of_arrival() {
    let mut bob = channel("bob", |_| ());
    for (id, lamport) in [("d", 5), ("a", 5), ("b", 1), ("c", 9)] {
        receive(&mut bob, message(id, lamport, &[]), NOW);
    }
    assert_eq!(history(&bob), ["b", "a", "d", "c"]);
}

#[test]
fn a_duplicate_has_no_effect_wherever_the_first_went() {
    let mut bob = channel("bob", |config| config.max_message_history = 1);
    receive(&mut bob, message("evicted", 1, &[]), NOW);
    receive(&mut bob, message("kept", 2, &[]), NOW);
    receive(&mut bob, message("waiting", 3, &["missing"]), NOW);
    let before = snapshot(&bob);
    for (copy, delivered) in [
        (message("evicted", 1, &[]), true),
        (message("kept", 2, &[]), true),
        (message("waiting", 3, &["missing"]), false),
    ] {
        let (received, effects) = bob.receive(copy, NOW).unwrap();
        assert!(received.duplicate && received.missing.is_empty());
        assert_eq!(received.delivered, delivered, "{}", received.message_id);
        assert!(effects.events.is_empty() && !effects.changed);
    }
    assert_eq!(snapshot(&bob), before);
}

#[test]
fn a_message_that_names_itself_does_not_wait_for_itself() {
    let mut bob = channel("bob", |_| ());
    assert_eq!(ready(&receive(&mut bob, message("a", 1, &["a"]), NOW)), ["a"]);
}

#[test]
fn a_dependency_that_is_named_twice_is_reported_once() {
    let mut bob = channel("bob", |_| ());
    let (received, _) = bob.receive(message("b", 2, &["a", "a"]), NOW).unwrap();
    assert_eq!(received.missing, [entry("a")]);
    assert_eq!(ready(&receive(&mut bob, message("a", 1, &[]), NOW)), ["a", "b"]);
}

#[test]
fn marked_dependencies_are_met_for_good_and_the_message_itself_may_still_come() {
    let mut bob = channel("bob", |_| ());
    receive(&mut bob, message("b", 2, &["a"]), NOW);
    assert_eq!(ready(&bob.mark_dependencies_met(&ids(&["a"])).events), ["b"]);
    assert_eq!(ready(&receive(&mut bob, message("c", 3, &["a"]), NOW)), ["c"]);
    assert_eq!(ready(&receive(&mut bob, message("a", 1, &[]), NOW)), ["a"]);
    assert!(requested(&bob).is_empty());
}

#[test]
fn a_message_older_than_a_full_history_is_delivered_and_only_its_evict_is_written() {
    let mut bob = channel("bob", |config| config.max_message_history = 2);
    receive(&mut bob, message("x", 10, &[]), NOW);
    receive(&mut bob, message("y", 11, &[]), NOW);
    let (_, mark) = bob.pending_history();
    bob.confirm_history(mark);
    assert_eq!(ready(&receive(&mut bob, message("old", 1, &[]), NOW)), ["old"]);
    let (pending, _) = bob.pending_history();
    assert_eq!((pending.append.len(), pending.evict), (0, ids(&["old"])));
    assert_eq!(ready(&receive(&mut bob, message("z", 12, &["old"]), NOW)), ["z"], "old is known");
}

#[test]
fn a_sync_message_moves_the_clock_and_shows_gaps_but_enters_no_buffer() {
    let mut bob = channel("bob", |_| ());
    let (received, effects) = bob.receive(sync("s", 5, &["a"]), NOW).unwrap();
    assert_eq!((received.kind, received.delivered, received.missing), (Kind::Sync, false, vec![entry("a")]));
    assert!(matches!(&effects.events[..], [Event::MissingDependencies { .. }]));
    assert_eq!((bob.lamport_timestamp(), history(&bob).len(), bob.incoming().count()), (6, 0, 0));
    assert_eq!(requested(&bob), ["a"]);
    // Participants that run nim-sds log sync messages and depend on them.
    receive(&mut bob, message("a", 1, &[]), NOW);
    assert_eq!(ready(&receive(&mut bob, message("b", 7, &["s"]), NOW)), ["b"]);
    assert!(bob.receive(sync("s", 5, &["a"]), NOW).unwrap().0.duplicate);
}

#[test]
fn a_late_sync_message_releases_what_waits_for_it() {
    let mut bob = channel("bob", |_| ());
    receive(&mut bob, message("b", 7, &["s"]), NOW);
    assert_eq!(ready(&receive(&mut bob, sync("s", 5, &[]), NOW)), ["b"]);
}

#[test]
fn an_echo_of_an_own_sync_message_is_ignored() {
    let mut alice = channel("alice", |_| ());
    let (received, effects) = alice.receive(sync("s", 50, &["a"]), NOW).unwrap();
    assert!(received.duplicate && effects.events.is_empty() && !effects.changed);
    assert_eq!(alice.lamport_timestamp(), 0);
}

#[test]
fn a_full_incoming_buffer_gives_up_the_message_that_has_waited_longest() {
    let mut bob = channel("bob", |config| config.max_incoming_buffer = 2);
    receive(&mut bob, message("forged", 0, &["nothing"]), NOW);
    receive(&mut bob, message("first", 5, &["gap"]), NOW);
    let (_, effects) = bob.receive(message("second", 6, &["first"]), NOW).unwrap();
    let lost =
        Event::Lost { message_id: "forged".into(), missing: ids(&["nothing"]), reason: LostReason::Overflow };
    assert_eq!(effects.events.last(), Some(&lost));
    assert_eq!(requested(&bob), ["gap"], "nobody needs what only the lost message waited for");
    assert_eq!(ready(&receive(&mut bob, message("gap", 4, &[]), NOW)), ["gap", "first", "second"]);
}

#[test]
fn a_message_lost_by_overflow_is_asked_for_when_others_wait_for_it() {
    let mut bob = channel("bob", |config| config.max_incoming_buffer = 1);
    receive(&mut bob, message("b", 2, &["a"]), NOW);
    receive(&mut bob, message("c", 3, &["b"]), NOW);
    assert_eq!(bob.incoming().map(|w| w.message.message_id.to_string()).collect::<Vec<_>>(), ["c"]);
    assert_eq!(requested(&bob), ["b"]);
}

#[test]
fn a_message_lost_by_timeout_is_asked_for_when_others_wait_for_it() {
    let mut bob = channel("bob", |config| config.lost_message_timeout = 1000);
    receive(&mut bob, message("b", 2, &["a"]), NOW);
    receive(&mut bob, message("c", 3, &["b"]), NOW + 900);
    let _ = bob.check_unacknowledged(NOW + 1001);
    assert_eq!(requested(&bob), ["b"]);
    assert_eq!(ready(&receive(&mut bob, message("b", 2, &["a"]), NOW + 1002)), ["b", "c"]);
}

#[test]
fn waiting_messages_are_bounded_in_bytes_too() {
    let mut bob = channel("bob", |_| ());
    let large = |n: u64| {
        let content = Bytes::from(vec![0; 1024 * 1024]);
        Message { content, ..message(&format!("m{n}"), n, &["gap"]) }
    };
    let lost: Vec<_> = (1..=64).flat_map(|n| receive(&mut bob, large(n), NOW)).collect();
    assert!(
        lost.iter()
            .any(|event| matches!(event, Event::Lost { message_id, .. } if message_id.as_str() == "m1"))
    );
    assert_eq!(bob.incoming().count(), 63);
}

#[test]
fn a_sync_message_does_not_take_the_id_of_a_content_message_away() {
    let mut bob = channel("bob", |_| ());
    receive(&mut bob, sync("m", 5, &[]), NOW);
    assert_eq!(ready(&receive(&mut bob, message("m", 5, &[]), NOW)), ["m"]);
    assert!(bob.receive(sync("m", 5, &[]), NOW).unwrap().0.duplicate);
}

#[test]
fn waiting_messages_are_given_up_after_the_timeout_and_later_ones_are_not_stuck() {
    let mut bob = channel("bob", |config| config.lost_message_timeout = 1000);
    receive(&mut bob, message("b", 2, &["a"]), NOW);
    receive(&mut bob, message("c", 3, &["a"]), NOW + 500);
    assert!(bob.check_unacknowledged(NOW + 1000).events.is_empty());
    let effects = bob.check_unacknowledged(NOW + 1001);
    let lost = Event::Lost { message_id: "b".into(), missing: ids(&["a"]), reason: LostReason::Timeout };
    assert_eq!(effects.events.first(), Some(&lost));
    assert_eq!(ready(&effects.events), ["c"]);
    assert_eq!(ready(&receive(&mut bob, message("d", 4, &["a"]), NOW + 1002)), ["d"]);
    assert!(requested(&bob).is_empty());
}

#[test]
fn a_dependency_that_waits_itself_is_not_skipped_by_the_timeout() {
    let mut bob = channel("bob", |config| config.lost_message_timeout = 1000);
    receive(&mut bob, message("c", 3, &["b"]), NOW);
    receive(&mut bob, message("b", 2, &["a"]), NOW + 900);
    receive(&mut bob, message("d", 4, &["b"]), NOW + 900);
    assert!(ready(&bob.check_unacknowledged(NOW + 1500).events).is_empty(), "d still waits for b");
    assert_eq!(ready(&receive(&mut bob, message("a", 1, &[]), NOW + 1600)), ["a", "b", "d"]);
}

#[test]
fn a_clock_beyond_the_limit_is_refused_and_changes_nothing() {
    let mut bob = channel("bob", |_| ());
    let before = snapshot(&bob);
    let result = bob.receive(message("a", MAX_CLOCK + 1, &[]), NOW);
    assert!(matches!(result, Err(Error::Deserialization(text)) if text.contains("lamportTimestamp")));
    assert_eq!(snapshot(&bob), before);
}

#[test]
fn at_the_largest_clock_messages_still_flow() {
    let mut bob = channel("bob", |_| ());
    receive(&mut bob, message("a", MAX_CLOCK, &[]), NOW);
    let sent = send(&mut bob, "b", NOW);
    assert_eq!(sent.lamport_timestamp, Some(MAX_CLOCK));
    let mut carol = channel("carol", |_| ());
    receive(&mut carol, sent, NOW);
    assert_eq!(ready(&receive(&mut carol, message("a", MAX_CLOCK, &[]), NOW)), ["a", "b"]);
}

#[test]
fn acknowledgements_come_from_the_causal_history_and_from_the_filter() {
    let mut alice = channel("alice", |config| config.possible_acks_threshold = 2);
    let mut bob = channel("bob", |_| ());
    let first = send(&mut alice, "a1", NOW);
    send(&mut alice, "a2", NOW);
    receive(&mut bob, first, NOW);
    let by_history = |events: Vec<Event>| events.contains(&acknowledged("a1"));
    assert!(by_history(receive(&mut alice, send(&mut bob, "b1", NOW), NOW)));

    // Only the filter shows a2 from here on.
    let _ = bob.mark_dependencies_met(&ids(&["a2"]));
    let possible = |bob: &mut Channel, id| Message { causal_history: Vec::new(), ..send(bob, id, NOW) };
    let once = receive(&mut alice, possible(&mut bob, "b2"), NOW);
    assert!(!once.contains(&acknowledged("a2")), "the threshold is 2");
    assert!(receive(&mut alice, possible(&mut bob, "b3"), NOW).contains(&acknowledged("a2")));
    assert_eq!(alice.outgoing().count(), 0);
}

#[test]
fn an_own_message_that_comes_back_acknowledges_nothing_and_is_delivered() {
    let mut alice = channel("alice", |_| ());
    send(&mut alice, "a2", NOW);
    let echo = message("a1", 5, &["a2"]);
    assert_eq!(echo.sender_id.as_str(), "alice");
    assert_eq!(ready(&receive(&mut alice, echo, NOW)), ["a1"]);
    assert_eq!(alice.outgoing().count(), 1, "a1 is not sent again, a2 is not acknowledged");
}

#[test]
fn an_unusable_filter_is_ignored_and_the_rest_counts() {
    let mut alice = channel("alice", |_| ());
    send(&mut alice, "a1", NOW);
    send(&mut alice, "a2", NOW);
    let hostile = Message {
        bloom_filter: Some(Bytes::from_static(b"\x0a\x00\x28\x00")),
        sender_id: "bob".into(),
        ..message("b1", 5, &["a1"])
    };
    let events = receive(&mut alice, hostile, NOW);
    assert!(events.contains(&acknowledged("a1")));
    assert!(events.iter().any(|event| matches!(event, Event::FilterIgnored { .. })));
    assert_eq!(alice.outgoing().count(), 1);
    assert!(ReceivedFilter::new(Dialect::NimSds, Bytes::new(), 10, 0).is_err());
}

fn acknowledged(id: &str) -> Event {
    Event::Sent { message_id: id.into(), acknowledged: true }
}

#[test]
fn by_the_rules_of_the_rfc_what_waits_does_not_move_the_clock() {
    let mut bob = channel("bob", |config| config.dialect = Dialect::Rfc);
    receive(&mut bob, message("b", 50, &["a"]), NOW);
    receive(&mut bob, sync("s", 90, &[]), NOW);
    assert_eq!(bob.lamport_timestamp(), 0);
    receive(&mut bob, message("a", 40, &[]), NOW);
    assert_eq!(bob.lamport_timestamp(), 50);
}
