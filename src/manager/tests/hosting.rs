//! Hints, ephemeral messages, and the end.

use bytes::Bytes;

use super::support::*;
use crate::codec::wire;

#[test]
fn a_hint_is_asked_for_until_there_is_one_stored_once_and_used_after_a_restart() {
    let mut alice = Setup::new();
    alice.application.hints.borrow_mut().insert("m1".into(), Bytes::from_static(b"where"));
    alice.send("m1");
    alice.diary();
    alice.send("m2");
    assert_eq!(alice.diary(), ["hint for m1?", "save", "update +m2 -", "hint m1", "m2 done"]);
    alice.send("m3");
    assert_eq!(alice.diary(), ["hint for m2?", "save", "update +m3 -", "m3 done"]);

    let again = Setup::over(alice.backend);
    let channel = "c".into();
    let send = again.manager.wrap_outgoing(b"x"[..].into(), "m4".into(), &channel, NOW);
    let sent = wire::decode(futures::executor::block_on(send).unwrap()).unwrap();
    assert_eq!(sent.causal_history[0].retrieval_hint, &b"where"[..]);
    assert!(!again.diary().contains(&"hint for m1?".into()));
}

#[test]
fn a_hint_that_could_not_be_stored_is_stored_later() {
    let mut alice = Setup::new();
    alice.application.hints.borrow_mut().insert("m1".into(), Bytes::from_static(b"where"));
    alice.send("m1");
    alice.backend.fail(&["hint"]);
    alice.send("m2");
    alice.backend.fail(&[]);
    alice.diary();
    alice.start("sweep", |m| async move { m.check_unacknowledged(&"c".into(), NOW).await });
    assert!(alice.diary().contains(&"hint m1".into()));
}

#[test]
fn an_ephemeral_message_is_told_at_once_and_touches_no_channel() {
    let mut alice = Setup::new();
    let wrapped = alice.manager.wrap_ephemeral(b"x"[..].into(), "e".into(), &"c".into()).unwrap();
    assert_eq!(wire::decode(wrapped.clone()).unwrap().lamport_timestamp, None);
    alice.start("e", |m| async move { m.unwrap_received(wrapped, None, NOW).await });
    assert_eq!(alice.diary(), ["ready e", "e done"]);
    assert!(alice.manager.channels().is_empty());
}

#[test]
fn closing_waits_for_what_is_under_way_and_refuses_what_comes() {
    let mut alice = Setup::new();
    alice.send("m0");
    alice.backend.slow.set(true);
    alice.diary();
    alice.send("m1");
    alice.send("m2");
    alice.start("close", |m| async move {
        m.close().await;
        Ok(())
    });
    alice.send("late");
    assert_eq!(alice.diary(), ["save", "update +m1 -", "late: the manager was cleaned up"]);
    alice.settle();
    alice.settle();
    assert_eq!(alice.diary(), ["m1 done", "save", "update +m2 -", "m2 done", "close done"]);
    assert_eq!(alice.backend.log(), ["m0", "m1", "m2"]);
    assert!(alice.manager.channels().is_empty());
}

#[test]
fn an_unknown_channel_has_no_dependencies_to_meet_and_nothing_to_sweep() {
    let mut alice = Setup::new();
    alice.start("mark", |m| async move { m.mark_dependencies_met(&["x".into()], &"c".into()).await });
    alice.start("sweep", |m| async move { m.check_unacknowledged(&"c".into(), NOW).await });
    assert_eq!(alice.diary(), ["mark: channelId \"c\" is not a channel of this manager", "sweep done"]);
}
