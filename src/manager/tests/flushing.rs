//! One pair of calls for an operation, one flush for all that came meanwhile.

use super::support::*;

#[test]
fn an_operation_makes_one_pair_of_calls_then_tells_its_events_then_ends() {
    let mut alice = Setup::new();
    alice.receive("b", 2, &["a"]);
    assert_eq!(alice.diary(), ["load", "save", "missing b", "b done"]);
    alice.receive("a", 1, &[]);
    assert_eq!(alice.diary(), ["save", "update +a,b -", "ready a", "ready b", "a done"]);
}

#[test]
fn an_operation_without_effect_makes_no_call() {
    let mut alice = Setup::new();
    alice.receive("a", 1, &[]);
    alice.diary();
    alice.receive("a", 1, &[]);
    alice.start("sweep", |m| async move { m.check_unacknowledged(&"c".into(), NOW).await });
    alice.start("repairs", |m| async move { m.run_repair_sweep(NOW).await });
    alice.start("ensure", |m| async move { m.ensure_channel(&"c".into(), NOW).await });
    assert_eq!(alice.diary(), ["a done", "sweep done", "repairs done", "ensure done"]);
}

#[test]
fn operations_that_come_during_a_flush_share_the_next() {
    let mut alice = Setup::new();
    alice.send("m0");
    alice.backend.slow.set(true);
    alice.diary();
    for id in ["m1", "m2", "m3"] {
        alice.send(id);
    }
    assert_eq!(alice.diary(), ["save", "update +m1 -"], "memory has all three");
    assert_eq!(alice.history(), ["m0", "m1", "m2", "m3"]);
    alice.settle();
    assert_eq!(alice.diary(), ["m1 done", "save", "update +m2,m3 -"]);
    alice.settle();
    assert_eq!(alice.diary(), ["m2 done", "m3 done"]);
}

#[test]
fn events_of_operations_that_share_a_flush_keep_their_order() {
    let mut alice = Setup::new();
    alice.backend.slow.set(true);
    for (id, lamport, dependencies) in [("c", 3, &["b"][..]), ("b", 2, &["a"]), ("a", 1, &[])] {
        alice.receive(id, lamport, dependencies);
    }
    assert_eq!(alice.diary(), ["load"], "the channel is loaded once");
    alice.settle();
    alice.settle();
    alice.settle();
    let told: Vec<_> = alice.diary().into_iter().filter(|line| !line.starts_with('s')).collect();
    assert_eq!(
        told,
        [
            "update +a,b,c -",
            "missing c",
            "missing b",
            "ready a",
            "ready b",
            "ready c",
            "c done",
            "b done",
            "a done"
        ]
    );
}

#[test]
fn what_is_queued_while_a_flush_runs_stays_queued_when_it_ends() {
    let mut alice = Setup::new();
    alice.backend.slow.set(true);
    alice.send("m1");
    alice.settle();
    alice.send("m2");
    alice.settle();
    alice.settle();
    assert_eq!(alice.backend.log(), ["m1", "m2"]);
    assert!(!alice.manager.read(&"c".into(), |channel| channel.has_pending_history()).unwrap());
}

#[test]
fn channels_do_not_wait_for_each_other() {
    let mut alice = Setup::new();
    alice.send("m1");
    alice.backend.slow.set(true);
    alice.send("stuck");
    alice.backend.slow.set(false);
    alice.start("other", |m| async move {
        m.wrap_outgoing(b"x"[..].into(), "o".into(), &"other".into(), NOW).await
    });
    let diary = alice.diary();
    assert!(diary.contains(&"other done".into()) && !diary.contains(&"stuck done".into()));
}

#[test]
fn an_operation_that_nobody_waits_for_any_more_blocks_nobody() {
    let mut alice = Setup::new();
    alice.send("m0");
    alice.backend.slow.set(true);
    let manager = alice.manager.clone();
    poll_once(manager.wrap_outgoing(b"x"[..].into(), "dropped".into(), &"c".into(), NOW));
    alice.backend.slow.set(false);
    alice.diary();
    alice.send("m1");
    assert_eq!(alice.diary(), ["save", "update +dropped,m1 -", "m1 done"]);
}

#[test]
fn channels_that_are_removed_leave_nothing_behind() {
    let mut alice = Setup::new();
    for round in 0..2 {
        for channel in ["c", "d"] {
            alice.start("ensured", move |m| async move { m.ensure_channel(&channel.into(), NOW).await });
        }
        match round {
            0 => alice.start("reset", |m| async move { m.reset().await }),
            _ => alice.start("removed", |m| async move {
                m.remove_channel(&"c".into()).await?;
                m.remove_channel(&"d".into()).await
            }),
        }
        assert!(alice.manager.inner.slots.borrow().ids().is_empty(), "{:?}", alice.diary());
    }
}
