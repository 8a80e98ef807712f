/** What the core calls: for each event its function, with plain values. Bytes are views of its memory, so they are copied. */

/** As in src/wasm/host.rs. */
const KINDS = ["content", "sync", "ephemeral"];

/** `tell(type, detail)` hands an event to the application. It doesn't throw. */
export function host(tell) {
  return {
    messageReady(channelId, messageId, senderId, content, lamportTimestamp) {
      const detail = { channelId, messageId, senderId, content: content.slice() };
      if (lamportTimestamp !== undefined) detail.lamportTimestamp = lamportTimestamp;
      tell("messageReady", detail);
    },
    messageSent(channelId, messageId, acknowledged) {
      tell("messageSent", { channelId, messageId, acknowledged });
    },
    missingDependencies(channelId, messageId, missingDependencies) {
      tell("missingDependencies", { channelId, messageId, missingDependencies });
    },
    messageResend(channelId, messageId, bytes, attempt) {
      tell("messageResend", { channelId, messageId, bytes: bytes.slice(), attempt });
    },
    messageLost(channelId, messageId, missingDependencies, reason) {
      tell("messageLost", { channelId, messageId, missingDependencies, reason });
    },
    repairReady(channelId, messageId, bytes) {
      tell("repairReady", { channelId, messageId, bytes: bytes.slice() });
    },
    persistenceError(channelId, operation, error) {
      tell("persistenceError", { channelId, operation, error });
    },
    /** The result of receiving. */
    received(channelId, messageId, senderId, content, kind, delivered, duplicate, missingDependencies = []) {
      return {
        channelId,
        messageId,
        senderId,
        content: content.slice(),
        kind: KINDS[kind],
        delivered,
        duplicate,
        missingDependencies,
      };
    },
  };
}
