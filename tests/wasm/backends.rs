//! Backends that fail, in all the ways JavaScript has.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    CHANNEL, NOW, Participant, apply, args, backend, get, idle, js, message, settled, show, text,
};

const SAVES: [&str; 2] = ["saveChannelMeta", "updateHistory"];

/// The error that an operation of a backend without or with this member ends in: thrown by the operation, or told.
async fn failure(method: &str, member: &str) -> JsValue {
    let hint = js("() => Uint8Array.of(1)").unchecked_into();
    let storage = backend(&format!("{method}: {member}"));
    let alice = Participant::with("alice", JsValue::UNDEFINED, storage, Some(hint));
    if method == "loadChannel" {
        return alice.ensure().await.expect_err("nothing was loaded");
    }
    alice.send("m1").await;
    alice.send("m2").await;
    if method == "dropChannel" {
        let error = alice.run("removeChannel", args![CHANNEL]).await.expect_err("nothing was dropped");
        assert_eq!(alice.history(), "[m1, m2]");
        return error;
    }
    assert_eq!(alice.history(), "[m1, m2]", "{method}: the operations went on");
    let (kind, detail) = alice.take_events().into_iter().next().expect("an event");
    assert_eq!((kind.as_str(), text(&detail, "operation").as_str()), ("persistenceError", method));
    assert_eq!(text(&detail, "channelId"), CHANNEL);
    get(&detail, "error")
}

const ALL: [&str; 5] = ["saveChannelMeta", "updateHistory", "loadChannel", "dropChannel", "setRetrievalHint"];

#[wasm_bindgen_test]
async fn a_method_that_is_missing_is_a_failure_of_that_method() {
    for method in ALL {
        for member in ["undefined", "null", "5", "'text'"] {
            let error = failure(method, member).await;
            assert_eq!(text(&error, "code"), "PersistenceError", "{method}: {member}");
            assert!(text(&error, "message").starts_with(&format!("{method} of channel \"room\": ")));
            assert_eq!(text(&get(&error, "cause"), "name"), "TypeError");
        }
    }
}

#[wasm_bindgen_test]
async fn what_is_thrown_and_what_is_rejected_with_is_told_with_its_text() {
    let thrown = [
        ("new Error('disk full')", "disk full"),
        ("new RangeError('too much')", "too much"),
        ("'just text'", "just text"),
        ("''", ""),
        ("42", "42"),
        ("null", "null"),
        ("undefined", "undefined"),
        ("10n", "10"),
        ("Symbol('s')", "Symbol(s)"),
        ("({ reason: 'busy' })", "busy"),
        ("[1, 'two']", "two"),
        ("Object.assign(new Error(), { message: 5 })", ""),
    ];
    for method in ALL {
        for (value, expected) in thrown {
            for member in [format!("() => {{ throw {value}; }}"), format!("() => Promise.reject({value})")] {
                let error = failure(method, &member).await;
                assert_eq!(text(&error, "code"), "PersistenceError", "{method}: {member}");
                let message = text(&error, "message");
                let reason =
                    message.strip_prefix(&format!("{method} of channel \"room\": ")).expect(&message);
                assert!(reason.contains(expected), "{member}: {reason}");
            }
        }
    }
}

#[wasm_bindgen_test]
async fn values_that_fight_back_are_failures_like_others() {
    let nasty = [
        "({ get message() { throw 1; } })",
        "new (class extends Error { get message() { throw 1; } })()",
        "({ toString() { throw 1; }, toJSON() { throw 1; } })",
        "({ get [Symbol.toStringTag]() { throw 1; } })",
        "({ get constructor() { throw 1; }, toJSON() { throw 1; } })",
        "Object.create(null)",
        "new Proxy({}, { get() { throw 1; }, ownKeys() { throw 1; }, getPrototypeOf() { throw 1; } })",
        "new Proxy(new Error('x'), { get() { throw 1; } })",
        "Object.assign(() => {}, { get name() { throw 1; } })",
        "Object.defineProperty(() => {}, 'name', { get() { throw 1; } })",
        "(() => { const circle = {}; circle.self = circle; return circle; })()",
    ];
    for method in ALL {
        for value in nasty {
            // A promise looks at `then` of what it is rejected with only when resolved with it.
            let error = failure(method, &format!("() => {{ throw {value}; }}")).await;
            assert_eq!(text(&error, "code"), "PersistenceError", "{method}: {value}");
            let error = failure(method, &format!("() => Promise.reject({value})")).await;
            assert_eq!(text(&error, "code"), "PersistenceError", "{method}: {value}");
        }
    }
}

#[wasm_bindgen_test]
async fn the_cause_is_the_very_value_that_was_thrown() {
    for thrown in ["new Error('x')", "{ reason: 'busy' }", "'text'", "null", "0", "false"] {
        let more = "saveChannelMeta() { throw this.thrown; }, async loadChannel() { throw this.thrown; }";
        let storage = backend(&format!("thrown: {thrown}, {more}"));
        let alice = Participant::new("alice", storage.clone());
        let error = alice.ensure().await.expect_err("nothing was loaded");
        assert!(js_sys::Object::is(&get(&error, "cause"), &get(&storage, "thrown")), "{thrown}");
        apply("(storage) => { storage.loadChannel = () => undefined; }", &[&storage]);
        alice.send("m").await;
        let (_, detail) = alice.take_events().remove(0);
        assert!(
            js_sys::Object::is(&get(&get(&detail, "error"), "cause"), &get(&storage, "thrown")),
            "{thrown}"
        );
    }
    let error = failure("loadChannel", "() => Promise.reject()").await;
    assert_eq!(
        show(&error),
        "{ code: PersistenceError, message: loadChannel of channel \"room\": undefined }"
    );
}

#[wasm_bindgen_test]
async fn a_method_that_gives_no_promise_is_done_and_one_that_gives_a_thenable_is_waited_for() {
    for result in ["undefined", "5", "{}", "{ then: 5 }", "{ then(resolve) { resolve(); } }"] {
        let members =
            SAVES.map(|method| format!("{method}() {{ this.calls.push('{method}'); return {result}; }}"));
        let storage = backend(&format!("{}, loadChannel() {{}}", members.join(", ")));
        let alice = Participant::new("alice", storage.clone());
        alice.send("m").await;
        assert_eq!(alice.events(), [""; 0], "{result}");
        assert_eq!(show(&get(&storage, "calls")), "[saveChannelMeta, updateHistory]");
        assert_eq!(show(&alice.call("getPendingHistory", args![CHANNEL])), "{ append: [], evict: [] }");
    }
    let late = backend("saveChannelMeta() { return { then: (resolve) => (this.resume = resolve) }; }");
    let alice = Participant::new("alice", late.clone());
    let sent = alice.call("wrapOutgoingMessage", args![&b"x"[..], "m", CHANNEL, NOW]);
    let done =
        apply("(promise) => { const done = []; promise.then(() => done.push(1)); return done; }", &[&sent]);
    idle().await;
    assert_eq!(show(&done), "[]");
    apply("(storage) => storage.resume()", &[&late]);
    settled(sent).await.unwrap();
    let failing = backend("saveChannelMeta() { return { then(_, reject) { reject('no'); } }; }");
    let alice = Participant::new("alice", failing);
    alice.send("m").await;
    assert_eq!(alice.take_events().len(), 1);
}

#[wasm_bindgen_test]
async fn a_method_that_never_settles_stops_its_channel_only() {
    for method in SAVES.into_iter().chain(["loadChannel"]) {
        let kept = "{ messageHistory: [] }";
        let storage = backend(&format!(
            "{method}(channelId) {{ return channelId === 'stuck' ? new Promise(() => {{}}) : {kept}; }}"
        ));
        let alice = Participant::new("alice", storage);
        let stuck = alice.call("wrapOutgoingMessage", args![&b"x"[..], "m", "stuck", NOW]);
        let behind = alice.call("wrapOutgoingMessage", args![&b"x"[..], "n", "stuck", NOW]);
        let note = "(...promises) => { const done = []; promises.map((p) => p.then(() => done.push(1))); return done; }";
        let done = apply(note, &[&stuck, &behind]);
        alice.send("m").await;
        alice.receive(message("n", "")).await;
        idle().await;
        assert_eq!(alice.history(), "[n, m]");
        assert_eq!(show(&done), "[]", "{method}");
        let expected = if method == "loadChannel" { "[]" } else { "[m, n]" };
        assert_eq!(show(&alice.call("getMessageHistory", args!["stuck"])), expected);
    }
}

#[wasm_bindgen_test]
async fn methods_are_looked_up_at_each_call_and_called_on_their_object() {
    let storage = backend("");
    let alice = Participant::new("alice", storage.clone());
    alice.send("m1").await;
    // Through `this`, or nothing would have been recorded.
    assert_eq!(show(&get(&storage, "calls")), "[loadChannel, saveChannelMeta, updateHistory]");
    apply(
        "(storage) => { storage.saveChannelMeta = function () { this.calls.push('another'); }; }",
        &[&storage],
    );
    alice.send("m2").await;
    let calls: js_sys::Array = get(&storage, "calls").unchecked_into();
    assert_eq!(show(&calls.slice(3, 5)), "[another, updateHistory]");
}

#[wasm_bindgen_test]
async fn methods_may_come_from_a_prototype_or_a_proxy() {
    let class = js("new (class {
        #calls = [];
        async saveChannelMeta() { this.#calls.push('saveChannelMeta'); }
        async updateHistory() { this.#calls.push('updateHistory'); }
        async loadChannel() { this.#calls.push('loadChannel'); }
        async dropChannel() {}
        async setRetrievalHint() {}
        get calls() { return this.#calls; }
    })()");
    let alice = Participant::new("alice", class.clone());
    alice.send("m").await;
    assert_eq!(show(&get(&class, "calls")), "[loadChannel, saveChannelMeta, updateHistory]");
    let proxy = js("new Proxy({}, { get: () => async () => undefined })");
    let alice = Participant::new("alice", proxy);
    alice.send("m").await;
    assert_eq!(alice.events(), [""; 0]);
    let trapped = js("new Proxy({}, { get() { throw new Error('trapped'); } })");
    let error = Participant::new("alice", trapped).ensure().await.expect_err("trapped");
    assert_eq!(text(&error, "message"), "loadChannel of channel \"room\": trapped");
}

#[wasm_bindgen_test]
async fn a_backend_may_call_the_core_back() {
    let storage = backend(
        "loadChannel() {},
        saveChannelMeta() { this.seen = this.core.getMessageHistory('room'); return this.core.ensureChannel('other', 1); }",
    );
    let alice = Participant::new("alice", storage.clone());
    apply("(storage, core) => { storage.core = core; }", &[&storage, &alice.core]);
    alice.send("m").await;
    assert_eq!(show(&get(&storage, "seen")), "[m]");
    assert_eq!(show(&alice.call("getChannels", &[])), "[other, room]");
}
