// The details of events are typed, listeners of a wrong type are refused.

import type { ManagerEvents, ManagerEventListener, Persistence, ReliabilityManager, SdsErrorCode } from "sds-wasm";

export function listen(manager: ReliabilityManager): void {
  manager.addEventListener("messageSent", (event) => {
    const acknowledged: boolean = event.detail.acknowledged;
    return acknowledged;
  });
  manager.addEventListener("missingDependencies", (event) => {
    const hints: (Uint8Array | undefined)[] = event.detail.missingDependencies.map((entry) => entry.retrievalHint);
    return hints;
  });
  manager.addEventListener("messageLost", ({ detail }) => {
    const reason: "timeout" | "overflow" = detail.reason;
    const ids: string[] = detail.missingDependencies;
    return [reason, ids];
  });
  manager.addEventListener("persistenceError", ({ detail }) => {
    const operation: keyof Persistence = detail.operation;
    const code: SdsErrorCode = detail.error.code;
    return [operation, code, detail.error.cause];
  });
  manager.addEventListener("messageResend", { handleEvent: ({ detail }) => detail.attempt + detail.bytes.length });

  const controller = new AbortController();
  const once: ManagerEventListener<"repairReady"> = (event: CustomEvent<ManagerEvents["repairReady"]>) => event.detail.bytes;
  manager.addEventListener("repairReady", once, { once: true, signal: controller.signal });
  manager.removeEventListener("repairReady", once, { capture: false });
  manager.removeEventListener("repairReady", once);

  // Bytes are fit for platform functions as they are.
  const socket = new WebSocket("wss://relay.example");
  manager.addEventListener("messageResend", ({ detail }) => socket.send(detail.bytes));

  // Events of the application's own, as on any EventTarget.
  manager.addEventListener("myOwnEvent", (event: Event) => console.log(event.type));

  manager.addEventListener("messageReady", (event) => {
    // @ts-expect-error: there is no such field
    return event.detail.missingDependencies;
  });
  manager.addEventListener("messageReady", (event) => {
    // @ts-expect-error: undefined on ephemeral messages
    return event.detail.lamportTimestamp + 1n;
  });
  // @ts-expect-error: the detail of another event
  manager.addEventListener("periodicSync", (event: CustomEvent<ManagerEvents["messageResend"]>) => event);
  // @ts-expect-error: no function
  manager.addEventListener("periodicSync", "listener");
}
