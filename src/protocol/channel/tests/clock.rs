//! A wall clock that is set back: nothing waits for it to catch up.

use super::*;

/// Three years, as after a wrong date was corrected.
const BACK: Millis = NOW - 3 * 365 * 86_400_000;

#[test]
fn messages_are_sent_again_an_interval_after_the_clock_was_set_back() {
    let mut alice = channel("alice", |config| config.resend_interval = 1000);
    send(&mut alice, "a1", NOW);
    let effects = alice.check_unacknowledged(BACK);
    assert!(effects.changed && effects.events.is_empty());
    assert!(!alice.check_unacknowledged(BACK + 1000).changed);
    assert!(matches!(&alice.check_unacknowledged(BACK + 1001).events[..], [Event::Resend { .. }]));
}

#[test]
fn requests_and_answers_are_due_within_their_longest_delay() {
    let mut bob = channel("bob", |config| config.repair_t_max = 40_000);
    receive(&mut bob, message("b", 2, &["a"]), NOW);
    let asking =
        Message { sender_id: "dave".into(), repair_request: vec![entry("c")], ..message("d", 3, &[]) };
    receive(&mut bob, message("c", 2, &[]), NOW);
    receive(&mut bob, asking, NOW);
    assert!(bob.sweep_repairs(BACK).changed);
    let instants = bob.repair_requests().map(|request| request.request_at);
    let instants: Vec<_> =
        instants.chain(bob.repair_responses().map(|response| response.respond_at)).collect();
    assert_eq!(instants, [BACK + 40_000; 2]);
    assert!(!bob.sweep_repairs(BACK + 1).changed);
    assert!(matches!(&bob.sweep_repairs(BACK + 40_000).events[..], [Event::RepairReady { .. }]));
    assert_eq!(send(&mut bob, "e", BACK + 40_000).repair_request, [entry("a")]);
    assert!(bob.sweep_repairs(BACK + 80_000).changed);
    assert_eq!(bob.repair_requests().count(), 1, "asked again");
}

#[test]
fn waiting_messages_are_given_up_a_timeout_after_the_clock_was_set_back() {
    let mut bob = channel("bob", |config| config.lost_message_timeout = 1000);
    receive(&mut bob, message("b", 2, &["a"]), NOW);
    assert!(bob.check_unacknowledged(BACK).events.is_empty());
    assert!(bob.check_unacknowledged(BACK + 1000).events.is_empty());
    assert!(matches!(&bob.check_unacknowledged(BACK + 1001).events[..], [Event::Lost { .. }]));
}
