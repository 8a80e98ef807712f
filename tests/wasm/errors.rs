//! The errors of refused operations: plain objects with a code and a message.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{CHANNEL, NOW, Participant, args, get, js, message, show, text};

/// Throws synchronously or rejects: one and the same for the package's JavaScript.
fn thrown(alice: &Participant, method: &str, arguments: &[JsValue]) -> JsValue {
    let arguments: js_sys::Array = arguments.iter().collect();
    let method: js_sys::Function = get(&alice.core, method).unchecked_into();
    method.apply(&alice.core, &arguments).expect_err("it was not refused")
}

fn assert_error(error: &JsValue, code: &str, words: &str) {
    let keys = js_sys::Object::keys(error.unchecked_ref::<js_sys::Object>());
    assert_eq!(show(&keys), "[code, message]", "{}", show(error));
    assert_eq!(text(error, "code"), code);
    assert!(text(error, "message").contains(words), "{}", show(error));
}

#[wasm_bindgen_test]
async fn refused_operations_give_plain_objects() {
    let alice = Participant::new("alice", JsValue::UNDEFINED);
    alice.send("used").await;
    let too_large = js("new Uint8Array(1024 * 1024 + 1)");
    let cases = [
        ("wrapOutgoingMessage", args![&b""[..], "m", CHANNEL, NOW] as &[_], "InvalidArgument", "content"),
        ("wrapOutgoingMessage", args![&b"x"[..], "", CHANNEL, NOW], "InvalidArgument", "messageId"),
        (
            "wrapOutgoingMessage",
            args![&b"x"[..], "used", CHANNEL, NOW],
            "InvalidArgument",
            "\"used\" is already used",
        ),
        ("wrapOutgoingMessage", args![too_large.clone(), "m", CHANNEL, NOW], "MessageTooLarge", "1048577"),
        ("markDependenciesMet", args![js("['x']"), "unknown", NOW], "InvalidArgument", "unknown"),
        ("unwrapReceivedMessage", args![&b"noise"[..], JsValue::UNDEFINED, NOW], "DeserializationError", ""),
        ("unwrapReceivedMessage", args![&b""[..], JsValue::UNDEFINED, NOW], "DeserializationError", ""),
        (
            "unwrapReceivedMessage",
            args![message("m", "lamportTimestamp: 2n ** 63n - 1n"), JsValue::UNDEFINED, NOW],
            "DeserializationError",
            "9223372036854775807",
        ),
        (
            "unwrapReceivedMessage",
            args![message("m", "lamportTimestamp: 1n"), "lobby", NOW],
            "InvalidArgument",
            "not to \"lobby\"",
        ),
    ];
    for (method, arguments, code, words) in cases {
        assert_error(&alice.run(method, arguments).await.expect_err(method), code, words);
    }
    assert_error(
        &thrown(&alice, "wrapEphemeralMessage", args![&b""[..], "m", CHANNEL]),
        "InvalidArgument",
        "content",
    );
    assert_error(
        &thrown(&alice, "wrapEphemeralMessage", args![too_large, "m", CHANNEL]),
        "MessageTooLarge",
        "1048576",
    );
    assert_eq!(alice.history(), "[used]");
    assert_eq!(alice.events(), [""; 0]);
}

#[wasm_bindgen_test]
async fn after_close_everything_is_refused() {
    let alice = Participant::new("alice", JsValue::UNDEFINED);
    alice.send("m").await;
    alice.run("close", &[]).await.unwrap();
    for (method, arguments) in [
        ("ensureChannel", args![CHANNEL, NOW] as &[_]),
        ("removeChannel", args![CHANNEL]),
        ("reset", &[]),
        ("wrapOutgoingMessage", args![&b"x"[..], "n", CHANNEL, NOW]),
        ("wrapSyncMessage", args!["s", CHANNEL, NOW]),
        ("unwrapReceivedMessage", args![message("x", ""), JsValue::UNDEFINED, NOW]),
        ("markDependenciesMet", args![js("[]"), CHANNEL, NOW]),
        ("checkUnacknowledgedMessages", args![CHANNEL, NOW]),
        ("runRepairSweep", args![NOW]),
    ] {
        let error = alice.run(method, arguments).await.expect_err(method);
        assert_error(&error, "InvalidState", "cleaned up");
    }
    let error = thrown(&alice, "wrapEphemeralMessage", args![&b"x"[..], "e", CHANNEL]);
    assert_error(&error, "InvalidState", "cleaned up");
    assert_eq!(alice.history(), "[]", "views find nothing");
}

#[wasm_bindgen_test]
fn codec_errors_are_plain_objects_too() {
    use sds_wasm::wasm::{decode_channel_meta, decode_message, encode_channel_meta, encode_message};
    assert_error(&decode_message(vec![1, 2, 3]).unwrap_err(), "DeserializationError", "");
    assert_error(
        &decode_channel_meta(vec![8, 2, 16, 5]).unwrap_err(),
        "DeserializationError",
        "schemaVersion",
    );
    assert_error(&encode_message(js("{}"), "nim-sds".into()).unwrap_err(), "InvalidArgument", "messageId");
    assert_error(&encode_message(js("{}"), "morse".into()).unwrap_err(), "InvalidArgument", "morse");
    for bad in ["5", "null", "undefined", "[]", "{ schemaVersion: -1 }"] {
        let error = encode_channel_meta(js(bad)).expect_err(bad);
        assert_error(&error, "InvalidArgument", "");
    }
}
