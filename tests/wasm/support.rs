//! A core behind its JavaScript handle, and values of JavaScript in short.

use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use sds_wasm::wasm::{Core, encode_message};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

pub const CHANNEL: &str = "room";
pub const NOW: f64 = 1_700_000_000_000.0;
/// What `wrapOutgoingMessage` makes of [`NOW`], for the first message of a channel.
pub const FIRST_CLOCK: u64 = 1_700_000_001;

/// The value of a JavaScript expression.
pub fn js(expression: &str) -> JsValue {
    js_sys::eval(&format!("({expression})")).expect("an expression without errors")
}

/// Calls the function that an expression gives.
pub fn apply(function: &str, arguments: &[&JsValue]) -> JsValue {
    let function: Function = js(function).unchecked_into();
    let arguments: Array = arguments.iter().copied().collect();
    function.apply(&JsValue::UNDEFINED, &arguments).expect("a function that doesn't throw")
}

/// A value in writing, with its types: keys in order, bigints as `1n`, bytes as `<1,2>`.
pub fn show(value: &JsValue) -> String {
    let function = "function show(value) {
        if (value instanceof Uint8Array) return `<${value}>`;
        if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
        if (value instanceof Error) return `${value.name}(${value.message})`;
        if (typeof value === 'bigint') return `${value}n`;
        if (typeof value !== 'object' || value === null) return typeof value === 'string' ? value : String(value);
        return `{ ${Object.keys(value).sort().map((key) => `${key}: ${show(value[key])}`).join(', ')} }`;
    }";
    apply(function, &[value]).as_string().expect("text")
}

pub fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).expect("an object")
}

pub fn text(object: &JsValue, key: &str) -> String {
    get(object, key).as_string().unwrap_or_else(|| panic!("{key} of {} is no text", show(object)))
}

/// Runs everything that is ready to run.
pub async fn idle() {
    for _ in 0..50 {
        settled(Promise::resolve(&JsValue::UNDEFINED).into()).await.expect("resolved");
    }
}

pub async fn settled(promise: JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(promise.unchecked_into::<Promise>()).await
}

/// An argument of a method.
pub trait Argument {
    fn into_js(self) -> JsValue;
}

impl Argument for &str {
    fn into_js(self) -> JsValue {
        self.into()
    }
}

impl Argument for f64 {
    fn into_js(self) -> JsValue {
        self.into()
    }
}

impl Argument for &[u8] {
    fn into_js(self) -> JsValue {
        Uint8Array::from(self).into()
    }
}

impl Argument for JsValue {
    fn into_js(self) -> JsValue {
        self
    }
}

/// The arguments of a method, as JavaScript gives them.
macro_rules! args {
    ($($argument:expr),* $(,)?) => { &[$(crate::support::Argument::into_js($argument)),*] };
}
pub(crate) use args;

/// The functions that a core calls: they make objects with these keys, and add events to the list.
fn functions(events: &JsValue) -> JsValue {
    let functions = "(events) => {
        const keys = {
            messageReady: ['channelId', 'messageId', 'senderId', 'content', 'lamportTimestamp'],
            messageSent: ['channelId', 'messageId', 'acknowledged'],
            missingDependencies: ['channelId', 'messageId', 'missingDependencies'],
            messageResend: ['channelId', 'messageId', 'bytes', 'attempt'],
            messageLost: ['channelId', 'messageId', 'missingDependencies', 'reason'],
            repairReady: ['channelId', 'messageId', 'bytes'],
            persistenceError: ['channelId', 'operation', 'error'],
            received: ['channelId', 'messageId', 'senderId', 'content', 'kind', 'delivered', 'duplicate', 'missingDependencies'],
        };
        const copy = (value) => (value instanceof Uint8Array ? value.slice() : value);
        const object = (type, values) => {
            const pairs = values.map((value, index) => [keys[type][index], copy(value)]);
            return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
        };
        const tell = (type) => (...values) => void events.push([type, object(type, values)]);
        const functions = Object.fromEntries(Object.keys(keys).map((type) => [type, tell(type)]));
        return { ...functions, received: (...values) => object('received', values) };
    }";
    apply(functions, &[events])
}

/// A participant's core, and what it tells.
pub struct Participant {
    pub core: JsValue,
    /// `[type, detail]` of each event.
    events: Array,
}

impl Participant {
    pub fn new(name: &str, persistence: JsValue) -> Self {
        Self::with(name, JsValue::UNDEFINED, persistence, None)
    }

    pub fn with(name: &str, config: JsValue, persistence: JsValue, hint: Option<Function>) -> Self {
        let events = Array::new();
        let core = Core::new(name, config, persistence, functions(&events).unchecked_into(), hint);
        let core = core.unwrap_or_else(|error| panic!("{}", show(&error)));
        Self { core: core.into(), events }
    }

    /// Calls a method through the generated glue.
    pub fn call(&self, method: &str, arguments: &[JsValue]) -> JsValue {
        let arguments: Array = arguments.iter().collect();
        let method: Function = get(&self.core, method).unchecked_into();
        method.apply(&self.core, &arguments).unwrap_or_else(|error| panic!("{}", show(&error)))
    }

    /// Calls an asynchronous method and waits for it.
    pub async fn run(&self, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
        settled(self.call(method, arguments)).await
    }

    pub async fn ensure(&self) -> Result<JsValue, JsValue> {
        self.run("ensureChannel", args![CHANNEL, NOW]).await
    }

    /// Sends the message `id`, whose content is its id.
    pub async fn send(&self, id: &str) -> JsValue {
        let sent = self.run("wrapOutgoingMessage", args![id.as_bytes(), id, CHANNEL, NOW]).await;
        sent.unwrap_or_else(|error| panic!("{}", show(&error)))
    }

    pub async fn receive(&self, bytes: JsValue) -> JsValue {
        let received = self.run("unwrapReceivedMessage", args![bytes, JsValue::UNDEFINED, NOW]).await;
        received.unwrap_or_else(|error| panic!("{}", show(&error)))
    }

    /// The ids of the history.
    pub fn history(&self) -> String {
        show(&self.call("getMessageHistory", args![CHANNEL]))
    }

    /// Takes the events since the last call, as `type detail`.
    pub fn events(&self) -> Vec<String> {
        let events = self.take_events().into_iter();
        events.map(|(kind, detail)| format!("{kind} {}", show(&detail))).collect()
    }

    /// Takes the events since the last call.
    pub fn take_events(&self) -> Vec<(String, JsValue)> {
        let taken = self.events.splice(0, self.events.length(), &JsValue::UNDEFINED);
        // Replaced by one undefined: `splice` of js-sys always inserts something.
        self.events.set_length(0);
        let pair = |event: JsValue| {
            let event: Array = event.unchecked_into();
            (event.get(0).as_string().expect("a type"), event.get(1))
        };
        taken.iter().map(pair).collect()
    }
}

/// The bytes of a message of Bob's; `more` are fields of the message object beyond id and channel.
pub fn message(id: &str, more: &str) -> JsValue {
    let object = js(&format!(
        "{{ messageId: '{id}', channelId: '{CHANNEL}', senderId: 'bob', lamportTimestamp: 5n, causalHistory: [],
            content: Uint8Array.of(7), repairRequest: [], ...{{ {more} }} }}"
    ));
    let bytes = encode_message(object, "nim-sds".into()).unwrap_or_else(|error| panic!("{}", show(&error)));
    Uint8Array::from(&*bytes).into()
}

/// A backend in memory for one channel, which records its calls in `calls`; `more` are members that replace its own.
pub fn backend(more: &str) -> JsValue {
    js(&format!(
        "{{
            calls: [],
            history: new Map(),
            hints: {{}},
            async saveChannelMeta(channelId, meta) {{ this.calls.push('saveChannelMeta'); this.meta = meta; }},
            async updateHistory(channelId, update) {{
                this.calls.push('updateHistory');
                this.update = update;
                for (const {{ messageId, bytes }} of update.append) this.history.set(messageId, bytes);
                for (const messageId of update.evict) this.history.delete(messageId);
            }},
            async loadChannel(channelId) {{
                this.calls.push('loadChannel');
                return {{ meta: this.meta, messageHistory: [...this.history.values()], retrievalHints: this.hints }};
            }},
            async dropChannel(channelId) {{ this.calls.push('dropChannel'); }},
            async setRetrievalHint(messageId, hint, channelId) {{
                this.calls.push('setRetrievalHint');
                this.hints[messageId] = hint;
            }},
            ...{{ {more} }},
        }}"
    ))
}
