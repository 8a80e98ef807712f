use super::*;

fn repairing(me: &str) -> Channel {
    channel(me, |config| {
        config.repair_t_min = 1000;
        config.repair_t_max = 5000;
        config.max_repair_requests = 2;
    })
}

/// A message without content of its own interest that asks for `id`.
fn asking(id: &str, of: &str) -> Message {
    Message { sender_id: "dave".into(), repair_request: vec![entry(of)], ..message(id, 3, &[]) }
}

fn repaired(events: &[Event]) -> Vec<&str> {
    let ids = events.iter().filter_map(|event| match event {
        Event::RepairReady { message_id, .. } => Some(message_id.as_str()),
        _ => None,
    });
    ids.collect()
}

#[test]
fn due_requests_travel_with_messages_the_earliest_first() {
    let mut bob = repairing("bob");
    receive(&mut bob, message("a4", 4, &["a1", "a2", "a3"]), NOW);
    assert!(send(&mut bob, "b1", NOW).repair_request.is_empty(), "none is due yet");
    let mut due: Vec<_> = bob.repair_requests().map(|r| (r.request_at, r.entry.clone())).collect();
    due.sort_by_key(|(at, _)| *at);
    let due: Vec<_> = due.into_iter().map(|(_, entry)| entry).collect();
    assert_eq!(send(&mut bob, "b2", NOW + 5000).repair_request, due[..2]);
    let (sync, effects) = bob.wrap_sync("s".into(), NOW + 5000).unwrap();
    assert_eq!(sync.repair_request, due[2..]);
    assert!(effects.changed && requested(&bob).is_empty());
}

#[test]
fn a_dependency_that_is_received_but_waits_is_not_asked_for() {
    let mut bob = repairing("bob");
    receive(&mut bob, message("b", 2, &["a"]), NOW);
    receive(&mut bob, message("c", 3, &["b"]), NOW);
    assert_eq!(requested(&bob), ["a"]);
}

#[test]
fn a_request_whose_answer_is_lost_is_asked_again() {
    let mut bob = repairing("bob");
    receive(&mut bob, message("b", 2, &["a"]), NOW);
    assert_eq!(send(&mut bob, "b1", NOW + 5000).repair_request, [entry("a")]);
    assert!(!bob.sweep_repairs(NOW + 9999).changed);
    assert!(bob.sweep_repairs(NOW + 10_000).changed);
    let again_at = bob.repair_requests().next().unwrap().request_at;
    assert!(again_at >= NOW + 11_000, "with a new T_req");
    receive(&mut bob, message("a", 1, &[]), NOW + 10_001);
    assert!(requested(&bob).is_empty());
    assert!(!bob.sweep_repairs(NOW + 90_000).changed, "nothing is asked for once it is here");
}

#[test]
fn a_gap_that_only_a_sync_message_named_is_asked_for_until_it_is_filled() {
    let mut bob = repairing("bob");
    receive(&mut bob, sync("s", 2, &["a"]), NOW);
    let asked = |bob: &mut Channel, seconds: std::ops::Range<u64>| {
        let requests = seconds.map(|second| {
            let now = NOW + second * 1000;
            let _ = bob.sweep_repairs(now);
            bob.wrap_sync(format!("s{second}").as_str().into(), now).unwrap().0.repair_request.len()
        });
        requests.sum::<usize>()
    };
    assert!(asked(&mut bob, 0..60) >= 3);
    receive(&mut bob, message("a", 1, &[]), NOW + 60_000);
    assert_eq!(asked(&mut bob, 60..120), 0);
}

#[test]
fn a_request_that_no_message_carried_in_time_is_dropped_and_asked_again() {
    let mut bob = repairing("bob");
    receive(&mut bob, message("b", 2, &["a"]), NOW);
    let request_at = bob.repair_requests().next().unwrap().request_at;
    assert!(!bob.sweep_repairs(request_at + 5000).changed);
    assert!(bob.sweep_repairs(request_at + 5001).changed);
    assert!(requested(&bob).is_empty());
    let _ = bob.sweep_repairs(request_at + 5001 + 5000);
    assert_eq!(requested(&bob), ["a"]);
}

#[test]
fn a_request_of_somebody_else_cancels_ours_for_a_while() {
    let mut bob = repairing("bob");
    receive(&mut bob, message("b", 2, &["a"]), NOW);
    receive(&mut bob, asking("q", "a"), NOW + 10);
    assert!(requested(&bob).is_empty());
    let _ = bob.sweep_repairs(NOW + 5010);
    assert_eq!(requested(&bob), ["a"]);
}

#[test]
fn what_was_marked_as_met_is_not_asked_for_again() {
    let mut bob = repairing("bob");
    receive(&mut bob, message("b", 2, &["a"]), NOW);
    send(&mut bob, "b1", NOW + 5000);
    let _ = bob.mark_dependencies_met(&ids(&["a"]));
    let _ = bob.sweep_repairs(NOW + 20_000);
    assert!(requested(&bob).is_empty());
}

#[test]
fn requests_are_answered_from_the_history_once_and_without_filter() {
    let mut alice = repairing("alice");
    let sent = send(&mut alice, "a1", NOW);
    receive(&mut alice, asking("q", "a1"), NOW);
    let effects = alice.sweep_repairs(NOW);
    assert_eq!(repaired(&effects.events), ["a1"], "the sender itself answers at once");
    let [Event::RepairReady { bytes, .. }] = &effects.events[..] else { panic!() };
    let resent = crate::codec::wire::decode(bytes.clone()).unwrap();
    assert_eq!(resent, Message { bloom_filter: Some(Bytes::new()), ..sent });
    assert!(!alice.sweep_repairs(NOW + 90_000).changed);
}

#[test]
fn an_answer_overheard_cancels_our_own() {
    let mut carol = repairing("carol");
    receive(&mut carol, message("a1", 1, &[]), NOW);
    receive(&mut carol, asking("q", "a1"), NOW);
    assert_eq!(carol.repair_responses().count(), 1);
    let (_, effects) = carol.receive(message("a1", 1, &[]), NOW + 1).unwrap();
    assert!(effects.changed && effects.events.is_empty());
    assert!(repaired(&carol.sweep_repairs(NOW + 90_000).events).is_empty());
}

#[test]
fn requests_that_name_no_sender_or_an_unknown_message_are_not_answered() {
    let mut alice = repairing("alice");
    send(&mut alice, "a1", NOW);
    let nameless = HistoryEntry { sender_id: "".into(), ..entry("a1") };
    let request = Message { repair_request: vec![nameless, entry("unknown")], ..message("q", 3, &[]) };
    receive(&mut alice, Message { sender_id: "dave".into(), ..request }, NOW);
    assert_eq!(alice.repair_responses().count(), 0);
}

#[test]
fn without_a_name_nothing_is_asked_or_answered() {
    let mut nobody = repairing("");
    receive(&mut nobody, message("a1", 1, &[]), NOW);
    receive(&mut nobody, message("b", 2, &["a"]), NOW);
    receive(&mut nobody, asking("q", "a1"), NOW);
    assert!(requested(&nobody).is_empty());
    assert_eq!(nobody.repair_responses().count(), 0);
}

#[test]
fn full_repair_buffers_postpone_requests_and_leave_answers_to_others() {
    let mut bob = channel("bob", |config| {
        config.max_repair_buffer = 1;
        config.repair_t_max = 5000;
    });
    receive(&mut bob, message("c", 5, &["a", "b"]), NOW);
    assert_eq!(requested(&bob), ["a"]);
    receive(&mut bob, message("a", 1, &[]), NOW);
    let _ = bob.sweep_repairs(NOW + 5000);
    assert_eq!(requested(&bob), ["b"], "its turn has come");
    for id in ["x", "y"] {
        receive(&mut bob, message(id, 1, &[]), NOW);
        receive(&mut bob, asking(&format!("ask-{id}"), id), NOW);
    }
    assert_eq!(bob.repair_responses().count(), 1);
}
