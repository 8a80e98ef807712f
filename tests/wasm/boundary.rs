//! Bytes and numbers on their way in and out.

use js_sys::{Promise, Uint8Array};
use sds_wasm::wasm::{decode_channel_meta, decode_message, encode_channel_meta};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    CHANNEL, FIRST_CLOCK, NOW, Participant, apply, args, backend, get, idle, js, message, settled, show, text,
};

fn clear(bytes: &JsValue) {
    bytes.unchecked_ref::<Uint8Array>().fill(0, 0, u32::MAX);
}

fn decode(bytes: &JsValue) -> JsValue {
    let bytes = bytes.unchecked_ref::<Uint8Array>().to_vec();
    decode_message(bytes).unwrap_or_else(|error| panic!("{}", show(&error)))
}

#[wasm_bindgen_test]
async fn content_is_copied_when_the_call_is_made() {
    let alice = Participant::new("alice", JsValue::UNDEFINED);
    let content = js("Uint8Array.of(1, 2, 3)");
    let sent = alice.call("wrapOutgoingMessage", args![content.clone(), "m", CHANNEL, NOW]);
    clear(&content);
    let sent = settled(sent).await.unwrap();
    assert_eq!(show(&get(&decode(&sent), "content")), "<1,2,3>");
    let ephemeral = alice.call("wrapEphemeralMessage", args![js("Uint8Array.of(4)"), "e", CHANNEL]);
    assert_eq!(show(&get(&decode(&ephemeral), "content")), "<4>");
}

#[wasm_bindgen_test]
async fn received_bytes_are_copied_when_the_call_is_made() {
    let alice = Participant::new("alice", JsValue::UNDEFINED);
    let bytes = message("m", "content: Uint8Array.of(1, 2, 3)");
    let received = alice.call("unwrapReceivedMessage", args![bytes.clone(), JsValue::UNDEFINED, NOW]);
    clear(&bytes);
    let received = settled(received).await.unwrap();
    assert_eq!(show(&get(&received, "content")), "<1,2,3>");
    // And what is handed out is nobody's state.
    clear(&get(&received, "content"));
    for (_, detail) in alice.take_events() {
        assert_eq!(show(&get(&detail, "content")), "<1,2,3>");
        clear(&get(&detail, "content"));
    }
    let view = || alice.call("getMessage", args![CHANNEL, "m"]);
    clear(&get(&view(), "content"));
    assert_eq!(show(&get(&view(), "content")), "<1,2,3>");
}

#[wasm_bindgen_test]
async fn a_backend_may_do_what_it_likes_with_what_it_was_given() {
    let more = "async saveChannelMeta(channelId, meta) { meta.fill(0); },
        async updateHistory(channelId, { append, evict }) {
            for (const { bytes } of append) bytes.fill(0);
            append.length = 0;
            evict.push('m1');
        },
        async setRetrievalHint(messageId, hint) { hint.fill(0); }";
    let hint = js("() => Uint8Array.of(9)").unchecked_into();
    let alice = Participant::with("alice", JsValue::UNDEFINED, backend(more), Some(hint));
    alice.send("m1").await;
    let second = alice.send("m2").await;
    clear(&second);
    let third = decode(&alice.send("m3").await);
    assert_eq!(alice.history(), "[m1, m2, m3]");
    let history: js_sys::Array = get(&third, "causalHistory").unchecked_into();
    assert_eq!(show(&history.get(0)), "{ messageId: m1, retrievalHint: <9>, senderId: alice }");
    assert_eq!(show(&get(&alice.call("getMessage", args![CHANNEL, "m2"]), "content")), "<109,50>");
}

#[wasm_bindgen_test]
async fn loaded_bytes_are_copied() {
    let storage = backend("");
    Participant::new("alice", storage.clone()).send("m").await;
    let alice = Participant::new("alice", storage.clone());
    alice.ensure().await.unwrap();
    let spoil =
        "(storage) => { storage.meta.fill(0); for (const bytes of storage.history.values()) bytes.fill(0); }";
    apply(spoil, &[&storage]);
    assert_eq!(show(&get(&alice.call("getMessage", args![CHANNEL, "m"]), "content")), "<109>");
    assert!(decode(&alice.send("n").await).is_object());
}

#[wasm_bindgen_test]
async fn clocks_are_exact_bigints_everywhere() {
    let storage = backend("");
    let alice = Participant::new("alice", storage.clone());
    // 2^53 + 1 is no number of JavaScript's.
    let clock = "9007199254740993n";
    alice.receive(message("m", &format!("lamportTimestamp: {clock}"))).await;
    let (_, detail) = alice.take_events().remove(0);
    assert_eq!(show(&get(&detail, "lamportTimestamp")), clock);
    assert_eq!(show(&get(&alice.call("getMessage", args![CHANNEL, "m"]), "lamportTimestamp")), clock);
    assert_eq!(show(&alice.call("getLamportTimestamp", args![CHANNEL])), "9007199254740994n");
    let stored: js_sys::Array = get(&get(&storage, "update"), "append").unchecked_into();
    assert_eq!(show(&get(&stored.get(0), "lamportTimestamp")), clock);
    let meta = get(&storage, "meta").unchecked_into::<Uint8Array>().to_vec();
    let meta = decode_channel_meta(meta).unwrap();
    assert_eq!(show(&get(&meta, "lamportTimestamp")), "9007199254740994n");
    let again = decode_channel_meta(encode_channel_meta(meta.clone()).unwrap()).unwrap();
    assert_eq!(show(&again), show(&meta));
    let sent = decode(&alice.send("n").await);
    assert_eq!(show(&get(&sent, "lamportTimestamp")), "9007199254740995n");
}

#[wasm_bindgen_test]
async fn instants_are_numbers_and_the_clock_follows_them() {
    let alice = Participant::new("alice", JsValue::UNDEFINED);
    let sent = decode(&alice.send("m").await);
    assert_eq!(show(&get(&sent, "lamportTimestamp")), format!("{FIRST_CLOCK}n"));
    let outgoing: js_sys::Array = alice.call("getOutgoingBuffer", args![CHANNEL]).unchecked_into();
    assert_eq!(get(&outgoing.get(0), "sendTime").as_f64(), Some(NOW));
    assert_eq!(get(&outgoing.get(0), "resendAttempts").as_f64(), Some(0.0));
}

#[wasm_bindgen_test]
async fn ids_keep_every_character() {
    let alice = Participant::new("ålice", JsValue::UNDEFINED);
    let id = "a\0b/é漢字😀";
    let sent = alice.run("wrapOutgoingMessage", args![&b"x"[..], id, id, NOW]).await.unwrap();
    let message = decode(&sent);
    assert_eq!(
        [text(&message, "messageId"), text(&message, "channelId"), text(&message, "senderId")],
        [id, id, "ålice"]
    );
    assert_eq!(show(&alice.call("getChannels", &[])), format!("[{id}]"));
}

#[wasm_bindgen_test]
async fn views_of_an_unknown_channel_are_empty() {
    let alice = Participant::new("alice", JsValue::UNDEFINED);
    for view in [
        "getMessageHistory",
        "getOutgoingBuffer",
        "getIncomingBuffer",
        "getOutgoingRepairBuffer",
        "getIncomingRepairBuffer",
    ] {
        assert_eq!(show(&alice.call(view, args![CHANNEL])), "[]", "{view}");
    }
    assert_eq!(show(&alice.call("getPendingHistory", args![CHANNEL])), "{ append: [], evict: [] }");
    assert_eq!(show(&alice.call("getLamportTimestamp", args![CHANNEL])), "0n");
    assert!(alice.call("getMessage", args![CHANNEL, "m"]).is_undefined());
}

#[wasm_bindgen_test]
async fn operations_are_under_way_before_their_promise_is_looked_at() {
    let alice = Participant::new("alice", JsValue::UNDEFINED);
    let promise: Promise = alice.call("ensureChannel", args![CHANNEL, NOW]).unchecked_into();
    idle().await;
    assert_eq!(show(&alice.call("getChannels", &[])), "[room]");
    settled(promise.into()).await.unwrap();
}

#[wasm_bindgen_test]
async fn the_handle_may_be_freed_while_an_operation_is_under_way() {
    let storage = backend("saveChannelMeta() { return new Promise((resolve) => (this.resume = resolve)); }");
    let alice = Participant::new("alice", storage.clone());
    let sent = alice.call("wrapOutgoingMessage", args![&b"x"[..], "m", CHANNEL, NOW]);
    idle().await;
    alice.call("free", &[]);
    apply("(storage) => storage.resume()", &[&storage]);
    assert!(settled(sent).await.unwrap().is_instance_of::<Uint8Array>());
}
