//! Storage that fails.

use super::support::*;
use crate::protocol::Config;

#[test]
fn a_failed_save_is_told_and_healed_by_the_next_operation() {
    let mut alice = Setup::new();
    alice.send("m0");
    alice.backend.fail(&["save"]);
    alice.diary();
    alice.send("m1");
    assert_eq!(alice.diary(), ["save", "update +m1 -", "failed saveChannelMeta", "m1 done"]);
    alice.backend.fail(&[]);
    alice.start("sweep", |m| async move { m.check_unacknowledged(&"c".into(), NOW).await });
    assert_eq!(alice.diary(), ["save", "sweep done"], "even a sweep that finds nothing");
}

#[test]
fn failed_appends_stay_queued_until_a_write_succeeds() {
    let mut alice = Setup::new();
    alice.backend.fail(&["update"]);
    alice.send("m1");
    alice.send("m2");
    assert!(alice.backend.log().is_empty());
    alice.backend.fail(&[]);
    alice.diary();
    alice.start("mark", |m| async move { m.mark_dependencies_met(&["x".into()], &"c".into(), NOW).await });
    assert_eq!(alice.diary(), ["save", "update +m1,m2 -", "mark done"]);
    assert_eq!(alice.backend.log(), ["m1", "m2"]);
}

#[test]
fn the_latest_change_wins_in_the_queue() {
    let config = Config { max_message_history: 1, bloom_filter_capacity: 50, ..Config::default() };
    let mut alice = Setup::with(Backend::default(), config);
    alice.backend.fail(&["update"]);
    for (id, lamport) in [("m1", 1), ("m2", 2), ("m3", 3), ("m4", 4), ("m5", 5), ("m6", 6)] {
        alice.receive(id, lamport, &[]);
    }
    // Five were evicted: the first of them is no longer known, and comes again with a later clock.
    alice.receive("m1", 7, &[]);
    alice.backend.fail(&[]);
    alice.diary();
    alice.start("mark", |m| async move { m.mark_dependencies_met(&[], &"c".into(), NOW).await });
    assert_eq!(alice.diary(), ["save", "update +m1 -m3,m4,m5,m6", "mark done"]);
    assert_eq!(alice.backend.log(), ["m1"]);
}

#[test]
fn a_channel_that_cannot_be_loaded_is_an_error_and_can_be_tried_again() {
    let mut alice = Setup::new();
    alice.backend.fail(&["load"]);
    alice.send("m1");
    assert_eq!(alice.diary(), ["load", "m1: loadChannel of channel \"c\": disk on fire"]);
    assert!(alice.manager.channels().is_empty());
    alice.backend.fail(&[]);
    alice.send("m1");
    assert_eq!(alice.diary().last().unwrap(), "m1 done");
}

#[test]
fn damaged_storage_is_an_error_and_left_as_it_is() {
    let damaged = [(b"\x08\x02\x10\x05".to_vec(), "schema"), (b"\xff".to_vec(), "")];
    for (meta, reason) in damaged {
        let mut alice = Setup::new();
        let saved = crate::persistence::Persistence::save_channel_meta;
        alice.pool.run_until(saved(&alice.backend.memory, &"c".into(), meta.clone().into())).unwrap();
        alice.send("m1");
        let diary = alice.diary();
        assert_eq!(diary.len(), 2, "{diary:?}");
        assert!(diary[1].starts_with("m1: loadChannel of channel \"c\": ") && diary[1].contains(reason));
        assert_eq!(alice.backend.memory.data(&"c".into()).unwrap().meta, Some(meta.into()));
    }
}

#[test]
fn a_history_of_another_channel_is_refused() {
    let mut alice = Setup::new();
    alice.start("other", |m| async move {
        m.wrap_outgoing(b"x"[..].into(), "m1".into(), &"other".into(), NOW).await
    });
    let other = alice.backend.memory.data(&"other".into()).unwrap().message_history[0].clone();
    let stored = crate::codec::wire::decode_stored(other).unwrap().0;
    let update = crate::protocol::HistoryUpdate { append: vec![stored], ..Default::default() };
    let write = crate::persistence::Persistence::update_history;
    alice.pool.run_until(write(&alice.backend.memory, &"c".into(), update)).unwrap();
    alice.diary();
    alice.send("m2");
    assert!(alice.diary()[1].ends_with("message \"m1\" of the history belongs to another channel"));
}

#[test]
fn a_failed_removal_keeps_memory_and_one_that_succeeds_drops_once() {
    let mut alice = Setup::new();
    alice.send("m1");
    alice.backend.fail(&["drop"]);
    alice.diary();
    alice.start("remove", |m| async move { m.remove_channel(&"c".into()).await });
    assert_eq!(alice.diary(), ["drop", "remove: dropChannel of channel \"c\": disk on fire"]);
    assert_eq!(alice.history(), ["m1"]);
    alice.backend.fail(&[]);
    alice.start("remove", |m| async move { m.remove_channel(&"c".into()).await });
    assert_eq!(alice.diary(), ["drop", "remove done"]);
    assert!(alice.manager.channels().is_empty() && alice.backend.memory.data(&"c".into()).is_none());
}

#[test]
fn what_comes_during_a_removal_finds_a_fresh_channel() {
    let mut alice = Setup::new();
    alice.send("old");
    alice.backend.slow.set(true);
    alice.diary();
    alice.send("before");
    alice.start("remove", |m| async move { m.remove_channel(&"c".into()).await });
    alice.send("after");
    assert_eq!(alice.diary(), ["save", "update +before -"]);
    alice.backend.slow.set(false);
    alice.settle();
    assert_eq!(
        alice.diary(),
        ["before done", "drop", "remove done", "load", "save", "update +after -", "after done"]
    );
    assert_eq!(alice.history(), ["after"]);
}
