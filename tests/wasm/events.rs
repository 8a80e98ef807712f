//! The shapes of events' details, as the package's JavaScript dispatches them.

use js_sys::Uint8Array;
use sds_wasm::wasm::decode_message;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{CHANNEL, FIRST_CLOCK, NOW, Participant, args, backend, get, js, message, show};

fn alice(config: &str) -> Participant {
    Participant::with("alice", js(config), JsValue::UNDEFINED, None)
}

fn decode(bytes: &JsValue) -> JsValue {
    decode_message(bytes.unchecked_ref::<Uint8Array>().to_vec()).unwrap()
}

#[wasm_bindgen_test]
async fn message_ready() {
    let alice = alice("{}");
    alice.receive(message("m", "")).await;
    let common = "channelId: room, content: <7>";
    assert_eq!(
        alice.events(),
        [format!("messageReady {{ {common}, lamportTimestamp: 5n, messageId: m, senderId: bob }}")]
    );
    let received = alice.receive(message("e", "lamportTimestamp: undefined")).await;
    assert_eq!(alice.events(), [format!("messageReady {{ {common}, messageId: e, senderId: bob }}")]);
    let rest = "duplicate: false, kind: 2, messageId: e, senderId: bob";
    assert_eq!(show(&received), format!("{{ {common}, delivered: true, {rest} }}"));
}

#[wasm_bindgen_test]
async fn message_sent() {
    let alice = alice("{}");
    alice.send("mine").await;
    alice.receive(message("m", "causalHistory: [{ messageId: 'mine' }]")).await;
    assert_eq!(alice.events()[0], "messageSent { acknowledged: true, channelId: room, messageId: mine }");
}

#[wasm_bindgen_test]
async fn missing_dependencies() {
    let alice = alice("{}");
    let full = "{ messageId: 'd1', retrievalHint: Uint8Array.of(1), senderId: 'carol' }";
    let received =
        alice.receive(message("m", &format!("causalHistory: [{full}, {{ messageId: 'd2' }}]"))).await;
    let missing =
        "missingDependencies: [{ messageId: d1, retrievalHint: <1>, senderId: carol }, { messageId: d2 }]";
    assert_eq!(
        alice.events(),
        [format!("missingDependencies {{ channelId: room, messageId: m, {missing} }}")]
    );
    assert_eq!(
        show(&received),
        format!(
            "{{ channelId: room, content: <7>, delivered: false, duplicate: false, kind: 0, messageId: m, {missing}, senderId: bob }}"
        )
    );
    let waiting: js_sys::Array = alice.call("getIncomingBuffer", args![CHANNEL]).unchecked_into();
    assert_eq!(show(&get(&waiting.get(0), "missingDependencies")), "[d1, d2]");
    let requests: js_sys::Array = alice.call("getOutgoingRepairBuffer", args![CHANNEL]).unchecked_into();
    assert_eq!(show(&get(&requests.get(1), "entry")), "{ messageId: d2 }");
    assert!(get(&requests.get(1), "requestAt").as_f64().is_some_and(|at| at > NOW));
}

#[wasm_bindgen_test]
async fn message_resend_and_giving_up() {
    let alice = alice("{ maxResendAttempts: 1 }");
    alice.send("m").await;
    alice.run("checkUnacknowledgedMessages", args![CHANNEL, NOW + 60_001.0]).await.unwrap();
    let (kind, detail) = alice.take_events().remove(0);
    let bytes = get(&detail, "bytes");
    assert_eq!(show(&get(&decode(&bytes), "lamportTimestamp")), format!("{FIRST_CLOCK}n"));
    let expected = format!("{{ attempt: 1, bytes: {}, channelId: room, messageId: m }}", show(&bytes));
    assert_eq!((kind.as_str(), show(&detail)), ("messageResend", expected));
    alice.run("checkUnacknowledgedMessages", args![CHANNEL, NOW + 120_002.0]).await.unwrap();
    assert_eq!(alice.events(), ["messageSent { acknowledged: false, channelId: room, messageId: m }"]);
}

#[wasm_bindgen_test]
async fn message_lost() {
    let alice = alice("{ maxIncomingBuffer: 1, lostMessageTimeout: 1000 }");
    for id in ["a", "b"] {
        alice.receive(message(id, &format!("causalHistory: [{{ messageId: 'for {id}' }}]"))).await;
    }
    let lost = |id: &str, reason: &str| {
        format!(
            "messageLost {{ channelId: room, messageId: {id}, missingDependencies: [for {id}], reason: {reason} }}"
        )
    };
    assert_eq!(alice.events()[2], lost("a", "overflow"));
    alice.run("checkUnacknowledgedMessages", args![CHANNEL, NOW + 1001.0]).await.unwrap();
    assert_eq!(alice.events(), [lost("b", "timeout")]);
}

#[wasm_bindgen_test]
async fn repair_ready() {
    let alice = alice("{}");
    alice.send("mine").await;
    alice.receive(message("m", "repairRequest: [{ messageId: 'mine', senderId: 'alice' }]")).await;
    let answers = show(&alice.call("getIncomingRepairBuffer", args![CHANNEL]));
    assert_eq!(answers, format!("[{{ entry: {{ messageId: mine, senderId: alice }}, respondAt: {NOW} }}]"));
    alice.take_events();
    alice.run("runRepairSweep", args![NOW]).await.unwrap();
    let (kind, detail) = alice.take_events().remove(0);
    let bytes = get(&detail, "bytes");
    assert_eq!(show(&get(&decode(&bytes), "messageId")), "mine");
    let expected = format!("{{ bytes: {}, channelId: room, messageId: mine }}", show(&bytes));
    assert_eq!((kind.as_str(), show(&detail)), ("repairReady", expected));
}

#[wasm_bindgen_test]
async fn persistence_error() {
    let alice = Participant::new("alice", backend("saveChannelMeta() { throw new Error('no'); }"));
    alice.send("m").await;
    let error =
        "{ cause: Error(no), code: PersistenceError, message: saveChannelMeta of channel \"room\": no }";
    assert_eq!(
        alice.events(),
        [format!("persistenceError {{ channelId: room, error: {error}, operation: saveChannelMeta }}")]
    );
}

#[wasm_bindgen_test]
async fn a_filter_that_is_no_use_is_no_event() {
    let alice = alice("{}");
    alice.send("mine").await;
    alice.receive(message("m", "bloomFilter: Uint8Array.of(1, 2, 3)")).await;
    let events: Vec<String> = alice.take_events().into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(events, ["messageReady"]);
}

#[wasm_bindgen_test]
async fn hints_are_asked_for_by_message_and_channel_and_anything_but_bytes_is_none() {
    for (provider, expected) in [
        (
            "(messageId, channelId) => Uint8Array.of(messageId.length, channelId.length)",
            "retrievalHint: <1,4>, ",
        ),
        ("() => undefined", ""),
        ("() => null", ""),
        ("() => 'text'", ""),
        ("() => ({})", ""),
        ("async () => Uint8Array.of(1)", ""),
        ("() => { throw new Error('no'); }", ""),
    ] {
        let alice = Participant::with(
            "alice",
            JsValue::UNDEFINED,
            JsValue::UNDEFINED,
            Some(js(provider).unchecked_into()),
        );
        alice.send("m").await;
        let next = decode(&alice.send("n").await);
        assert_eq!(
            show(&get(&next, "causalHistory")),
            format!("[{{ messageId: m, {expected}senderId: alice }}]")
        );
    }
}
