use super::*;
use crate::protocol::{Error, MAX_CONTENT, MAX_HINT, MAX_ID, MAX_OUTGOING};

#[test]
fn the_clock_follows_the_wall_clock_and_never_goes_back() {
    let mut alice = channel("alice", |_| ());
    assert_eq!(send(&mut alice, "a1", NOW).lamport_timestamp, Some(NOW / 1000 + 1));
    assert_eq!(send(&mut alice, "a2", NOW).lamport_timestamp, Some(NOW / 1000 + 2));
    assert_eq!(send(&mut alice, "a3", 0).lamport_timestamp, Some(NOW / 1000 + 3));
    assert_eq!(send(&mut alice, "a4", NOW + 60_000).lamport_timestamp, Some(NOW / 1000 + 61));
}

#[test]
fn a_message_names_the_newest_history_and_carries_the_filter_as_it_was_before() {
    let mut alice = channel("alice", |config| config.max_causal_history = 2);
    let filter = |message: &Message| message.bloom_filter.clone().unwrap();
    let first = send(&mut alice, "a1", NOW);
    let second = send(&mut alice, "a2", NOW);
    send(&mut alice, "a3", NOW);
    let fourth = send(&mut alice, "a4", NOW);
    assert_eq!(fourth.causal_history, [entry("a2"), entry("a3")]);
    assert_ne!(filter(&first), filter(&second));
    assert_eq!(first.causal_history, []);
}

#[test]
fn bad_input_is_refused_and_changes_nothing() {
    let mut alice = channel("alice", |_| ());
    send(&mut alice, "used", NOW);
    receive(&mut alice, message("waiting", 3, &["missing"]), NOW);
    let before = snapshot(&alice);
    let big = Bytes::from(vec![0; MAX_CONTENT + 1]);
    let refused = |alice: &mut Channel, content: Bytes, id: &str| {
        alice.wrap(content, id.into(), NOW).map(drop).unwrap_err()
    };
    let too_large = Error::MessageTooLarge { size: MAX_CONTENT + 1, limit: MAX_CONTENT };
    assert_eq!(refused(&mut alice, big.clone(), "a"), too_large);
    for (content, id) in [(Bytes::new(), "a"), (b"x"[..].into(), ""), (b"x"[..].into(), "used")] {
        assert!(matches!(refused(&mut alice, content, id), Error::InvalidArgument(_)));
    }
    assert!(matches!(refused(&mut alice, b"x"[..].into(), "waiting"), Error::InvalidArgument(_)));
    let long = "x".repeat(MAX_ID + 1);
    assert!(matches!(refused(&mut alice, b"x"[..].into(), &long), Error::InvalidArgument(_)));
    assert!(alice.wrap_sync("".into(), NOW).is_err());
    assert_eq!(snapshot(&alice), before);
    assert!(alice.wrap(big.slice(1..), "a".into(), NOW).is_ok(), "the limit itself is allowed");
}

#[test]
fn an_own_message_releases_what_waits_for_its_id() {
    let mut bob = channel("bob", |_| ());
    receive(&mut bob, message("b", 2, &["a"]), NOW);
    let (_, effects) = bob.wrap(Bytes::from_static(b"x"), "a".into(), NOW).unwrap();
    assert_eq!(ready(&effects.events), ["b"]);
    assert!(requested(&bob).is_empty());
}

#[test]
fn a_message_is_sent_again_until_it_is_out_of_attempts() {
    let mut alice = channel("alice", |config| {
        config.resend_interval = 1000;
        config.max_resend_attempts = 2;
    });
    send(&mut alice, "a1", NOW);
    assert!(!alice.check_unacknowledged(NOW + 1000).changed, "due only after the interval");
    for attempt in 1..=2 {
        let now = NOW + u64::from(attempt) * 1001;
        let effects = alice.check_unacknowledged(now);
        assert!(effects.changed);
        let [Event::Resend { message_id, attempt: n, .. }] = &effects.events[..] else {
            panic!("{:?}", effects.events)
        };
        assert_eq!((message_id.as_str(), *n), ("a1", attempt));
    }
    let effects = alice.check_unacknowledged(NOW + 3 * 1001);
    assert_eq!(effects.events, [Event::Sent { message_id: "a1".into(), acknowledged: false }]);
    assert_eq!(alice.outgoing().count(), 0);
    assert_eq!(history(&alice), ["a1"], "given up is not forgotten");
}

#[test]
fn the_outgoing_buffer_is_bounded_and_says_what_it_gives_up() {
    let mut alice = channel("alice", |_| ());
    for n in 0..MAX_OUTGOING {
        send(&mut alice, &format!("m{n}"), NOW);
    }
    let (_, effects) = alice.wrap(Bytes::from_static(b"x"), "last".into(), NOW).unwrap();
    assert_eq!(effects.events, [Event::Sent { message_id: "m0".into(), acknowledged: false }]);
    assert_eq!(alice.outgoing().count(), MAX_OUTGOING);
}

#[test]
fn retrieval_hints_are_data_attached_to_history_entries() {
    let mut alice = channel("alice", |config| config.max_causal_history = 2);
    for id in ["a1", "a2", "a3"] {
        send(&mut alice, id, NOW);
    }
    assert_eq!(alice.without_hint(), ids(&["a3", "a2"]));
    assert!(alice.set_hint(&"a3".into(), Bytes::from_static(b"hint")));
    assert!(!alice.set_hint(&"unknown".into(), Bytes::new()));
    assert_eq!(alice.without_hint(), ids(&["a2"]));
    let sent = send(&mut alice, "a4", NOW);
    assert_eq!(sent.causal_history[1].retrieval_hint, &b"hint"[..]);
    assert!(sent.causal_history[0].retrieval_hint.is_empty());
}

#[test]
fn a_message_is_never_too_large_for_others_whatever_it_names() {
    let mut alice = channel("alice", |config| {
        config.max_causal_history = 1000;
        config.max_repair_requests = 1000;
        config.repair_t_min = 0;
        config.repair_t_max = 0;
    });
    let long = |n: u64| format!("{n:0>width$}", width = MAX_ID);
    for n in 0..200 {
        receive(&mut alice, message(&long(n), n, &[]), NOW);
        alice.set_hint(&long(n).as_str().into(), Bytes::from(vec![0; MAX_HINT]));
        let gap = long(1000 + n);
        receive(&mut alice, message(&format!("waits{n}"), n, &[&gap]), NOW);
    }
    let content = Bytes::from(vec![0; MAX_CONTENT]);
    let (sent, _) = alice.wrap(content, long(5000).into(), NOW).unwrap();
    assert!(sent.causal_history.len() > 20 && sent.repair_request.len() > 20);
    assert_eq!(sent.causal_history.last().unwrap().message_id.as_str(), long(199));
    assert_eq!(crate::codec::wire::decode(crate::codec::wire::encode(&sent)).unwrap(), sent);
    assert!(!alice.set_hint(&long(199).as_str().into(), Bytes::from(vec![0; MAX_HINT + 1])));
}
