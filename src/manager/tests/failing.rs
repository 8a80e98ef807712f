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
    alice.start("mark", |m| async move { m.mark_dependencies_met(&["x".into()], &"c".into()).await });
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
    alice.start("mark", |m| async move { m.mark_dependencies_met(&[], &"c".into()).await });
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
    let stored = crate::codec::wire::decode_stored(&other).unwrap().0;
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

#[test]
fn an_operation_that_follows_another_at_once_does_not_overtake_a_removal() {
    let mut alice = Setup::new();
    alice.send("m0");
    alice.backend.slow.set(true);
    alice.diary();
    // The second is made when the first has just left the gate, and before the removal has woken up.
    alice.start("both", |m| async move {
        m.wrap_outgoing(b"x"[..].into(), "m1".into(), &"c".into(), NOW).await?;
        m.wrap_outgoing(b"x"[..].into(), "m2".into(), &"c".into(), NOW).await
    });
    alice.start("remove", |m| async move { m.remove_channel(&"c".into()).await });
    alice.backend.slow.set(false);
    alice.settle();
    let save = |id| ["save".into(), format!("update +{id} -")];
    let [first, second] = [save("m1"), save("m2")];
    let removal = ["drop", "remove done", "load"].map(String::from);
    assert_eq!(alice.diary(), [&first[..], &removal, &second, &["both done".into()]].concat());
    assert_eq!(alice.history(), ["m2"]);
}

#[test]
fn a_removal_that_fails_does_not_open_the_way_for_another_that_waits() {
    let mut alice = Setup::new();
    alice.send("m1");
    alice.backend.slow.set(true);
    for name in ["first", "second"] {
        alice.start(name, |m| async move { m.remove_channel(&"c".into()).await });
    }
    alice.send("m2");
    alice.backend.fail(&["drop"]);
    alice.diary();
    alice.settle();
    assert_eq!(alice.diary(), ["first: dropChannel of channel \"c\": disk on fire", "drop"]);
    alice.backend.fail(&[]);
    alice.backend.slow.set(false);
    alice.settle();
    assert_eq!(alice.diary(), ["second done", "load", "save", "update +m2 -", "m2 done"]);
    assert_eq!(alice.history(), ["m2"]);
}

#[test]
fn a_removal_that_nobody_waits_for_any_more_blocks_nobody() {
    let mut alice = Setup::new();
    alice.send("m1");
    alice.backend.slow.set(true);
    let manager = alice.manager.clone();
    poll_once(manager.remove_channel(&"c".into()));
    alice.backend.slow.set(false);
    alice.send("m2");
    assert_eq!(alice.history(), ["m1", "m2"]);
    alice.diary();
    alice.start("sweep", |m| async move { m.check_unacknowledged(&"c".into(), NOW + 60_001).await });
    assert_eq!(alice.diary().first().unwrap(), "save", "both are sent again");
}

#[test]
fn a_message_that_is_refused_makes_no_channel() {
    let mut alice = Setup::new();
    alice.receive("forged", i64::MAX as u64, &[]);
    let diary = alice.diary();
    assert!(diary[0].starts_with("forged: lamportTimestamp") && diary.len() == 1, "{diary:?}");
    assert!(alice.manager.channels().is_empty());
}

#[test]
fn what_loading_has_changed_is_told_even_if_the_operation_is_refused() {
    let mut alice = Setup::new();
    alice.receive("b", 2, &["a"]);
    alice.receive("a", 1, &[]);
    // As if the snapshot were older than the history: b still waits in it.
    let waiting = meta_of_one_that_waits("b");
    let save = crate::persistence::Persistence::save_channel_meta;
    alice.pool.run_until(save(&alice.backend.memory, &"c".into(), waiting)).unwrap();
    let update = crate::protocol::HistoryUpdate { evict: vec!["b".into()], ..Default::default() };
    let write = crate::persistence::Persistence::update_history;
    alice.pool.run_until(write(&alice.backend.memory, &"c".into(), update)).unwrap();
    let mut again = Setup::over(alice.backend);
    again.diary();
    again.send("a");
    let refused = "a: messageId \"a\" is already used in channel \"c\"";
    assert_eq!(again.diary(), ["load", "save", "update +b -", "ready b", refused]);
}

#[test]
fn a_refusal_does_not_wait_for_the_storage_of_others() {
    let mut alice = Setup::new();
    alice.send("m1");
    alice.backend.slow.set(true);
    alice.send("m2");
    alice.diary();
    alice.send("m1");
    assert_eq!(alice.diary(), ["m1: messageId \"m1\" is already used in channel \"c\""]);
}
