import type { Refusal } from "./refusal.ts";
import type { Socket } from "./socket.ts";

/** RFC 6455, 5.5: a control frame has 125 bytes, two of them the code. */
const LONGEST_REASON = 123;

/** Closes a socket with a refusal's code and as much of its message as there is room for. */
export function closeRefused(socket: Socket, refusal: Refusal): void {
  socket.close(refusal.closeCode, closeReason(refusal.message));
}

/** As much of `message` as a close frame holds, cut between characters and marked as cut. */
function closeReason(message: string): string {
  if (Buffer.byteLength(message) <= LONGEST_REASON) return message;
  let reason = "";
  for (const character of message) {
    if (Buffer.byteLength(reason + character) > LONGEST_REASON - Buffer.byteLength("…")) break;
    reason += character;
  }
  return `${reason}…`;
}
