//! What `loadChannel` may give, and what it may not.

use js_sys::Uint8Array;
use sds_wasm::wasm::encode_channel_meta;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Participant, apply, backend, get, js, message, show, text};

async fn load(given: &str) -> Result<Participant, JsValue> {
    let storage = backend(&format!("async loadChannel() {{ return {given}; }}"));
    let alice = Participant::new("alice", storage.clone());
    let loaded = alice.ensure().await;
    assert_eq!(show(&get(&storage, "calls")), "[]", "{given}: nothing was written");
    loaded.map(|_| alice)
}

#[wasm_bindgen_test]
async fn nothing_and_emptiness_are_new_channels() {
    for given in [
        "undefined",
        "null",
        "{ messageHistory: [] }",
        "{ meta: undefined, messageHistory: [], retrievalHints: undefined }",
        "{ messageHistory: [], retrievalHints: {} }",
        "{ messageHistory: [], retrievalHints: Object.create(null) }",
        "Object.assign(Object.create(null), { messageHistory: [] })",
    ] {
        let alice = load(given).await.unwrap_or_else(|error| panic!("{given}: {}", show(&error)));
        assert_eq!(alice.history(), "[]");
    }
}

#[wasm_bindgen_test]
async fn wrong_shapes_are_failures_that_say_what_is_wrong() {
    for (given, reason) in [
        ("5", "neither an object nor undefined"),
        ("'text'", "neither an object nor undefined"),
        ("true", "neither an object nor undefined"),
        ("{}", "without the array messageHistory"),
        ("[]", "without the array messageHistory"),
        ("{ messageHistory: undefined }", "without the array messageHistory"),
        ("{ messageHistory: null }", "without the array messageHistory"),
        ("{ messageHistory: { length: 0 } }", "without the array messageHistory"),
        ("{ messageHistory: new Map() }", "without the array messageHistory"),
        ("{ messageHistory: ['text'] }", "messageHistory has an element that is not a Uint8Array"),
        ("{ messageHistory: [[1, 2]] }", "messageHistory has an element that is not a Uint8Array"),
        ("{ messageHistory: [,] }", "messageHistory has an element that is not a Uint8Array"),
        (
            "{ messageHistory: [new ArrayBuffer(3)] }",
            "messageHistory has an element that is not a Uint8Array",
        ),
        ("{ messageHistory: [Uint8Array.of(1, 2, 3)] }", "message"),
        ("{ meta: 'text', messageHistory: [] }", "meta is not a Uint8Array"),
        ("{ meta: {}, messageHistory: [] }", "meta is not a Uint8Array"),
        ("{ meta: new Uint16Array(3), messageHistory: [] }", "meta is not a Uint8Array"),
        ("{ meta: Uint8Array.of(1, 2, 3), messageHistory: [] }", "channelMeta"),
        ("{ messageHistory: [], retrievalHints: 5 }", "retrievalHints is not an object"),
        ("{ messageHistory: [], retrievalHints: null }", "retrievalHints is not an object"),
        (
            "{ messageHistory: [], retrievalHints: { m: 'text' } }",
            "retrievalHints has a value that is not a Uint8Array",
        ),
    ] {
        let Err(error) = load(given).await else { panic!("{given} was loaded") };
        assert_eq!(text(&error, "code"), "PersistenceError", "{given}");
        let message = text(&error, "message");
        assert!(message.starts_with("loadChannel of channel \"room\": "), "{message}");
        assert!(message.contains(reason), "{given}: {message}");
        assert!(get(&error, "cause").is_undefined(), "{given}: nothing was thrown");
    }
}

#[wasm_bindgen_test]
async fn getters_that_throw_are_failures_with_their_cause() {
    for member in ["meta", "messageHistory", "retrievalHints"] {
        let given = format!("{{ messageHistory: [], get {member}() {{ throw new Error('no {member}'); }} }}");
        let Err(error) = load(&given).await else { panic!("{given} was loaded") };
        assert_eq!(text(&error, "message"), format!("loadChannel of channel \"room\": no {member}"));
        assert_eq!(show(&get(&error, "cause")), format!("Error(no {member})"));
    }
    for given in [
        "{ messageHistory: [], retrievalHints: { get m() { throw new Error('no'); } } }",
        "{ messageHistory: [], retrievalHints: new Proxy({}, { ownKeys() { throw new Error('no'); } }) }",
        "{ messageHistory: new Proxy([], { get() { throw new Error('no'); } }) }",
        "{ messageHistory: Object.defineProperty([1], 0, { get() { throw new Error('no'); } }) }",
    ] {
        let Err(error) = load(given).await else { panic!("{given} was loaded") };
        assert_eq!(text(&error, "code"), "PersistenceError", "{given}");
    }
}

#[wasm_bindgen_test]
async fn what_was_refused_can_be_loaded_later() {
    let storage = backend("");
    apply(
        "(storage, bytes) => storage.history.set('m', bytes)",
        &[&storage, &Uint8Array::new_with_length(3)],
    );
    let alice = Participant::new("alice", storage.clone());
    assert_eq!(text(&alice.ensure().await.unwrap_err(), "code"), "PersistenceError");
    apply("(storage, bytes) => storage.history.set('m', bytes)", &[&storage, &message("m", "")]);
    alice.ensure().await.unwrap();
    assert_eq!(alice.history(), "[m]");
}

#[wasm_bindgen_test]
async fn a_snapshot_of_another_version_is_refused() {
    let meta = js("{ schemaVersion: 2, lamportTimestamp: 5n, outgoingBuffer: [], incomingBuffer: [],
        outgoingRepairBuffer: [], incomingRepairBuffer: [], pendingAppend: [], pendingEvict: [] }");
    let bytes = Uint8Array::from(&*encode_channel_meta(meta).unwrap());
    let storage = backend("");
    apply("(storage, meta) => { storage.meta = meta; }", &[&storage, &bytes]);
    let error = Participant::new("alice", storage.clone()).ensure().await.unwrap_err();
    assert!(text(&error, "message").contains("schemaVersion"), "{}", show(&error));
    assert_eq!(show(&get(&storage, "calls")), "[loadChannel]");
}

#[wasm_bindgen_test]
async fn hints_come_back_into_causal_histories() {
    let storage = backend("");
    Participant::new("alice", storage.clone()).send("m").await;
    for hints in ["{ m: Uint8Array.of(1) }", "Object.assign(Object.create(null), { m: Uint8Array.of(1) })"] {
        apply("(storage, hints) => { storage.hints = hints; }", &[&storage, &js(hints)]);
        let alice = Participant::new("alice", storage.clone());
        let sync = alice.run("wrapSyncMessage", crate::support::args!["s", "room", 1.0]).await.unwrap();
        let sync = sds_wasm::wasm::decode_message(js_sys::Uint8Array::new(&sync).to_vec()).unwrap();
        assert_eq!(
            show(&get(&sync, "causalHistory")),
            "[{ messageId: m, retrievalHint: <1>, senderId: alice }]"
        );
    }
}
