import { DecodeContext } from "../data/decode-context.ts";
import { asError, PvaError } from "../errors.ts";
import { ByteReader } from "../wire/byte-reader.ts";
import type { MessageHeader } from "../wire/header.ts";
import { printable } from "../text/printable.ts";
import { describeClientMessage } from "./client-message.ts";
import type { Conversation } from "./conversation.ts";
import { describeServerMessage } from "./server-message.ts";

/** What one whole payload says, as lines; a payload that cannot be read says why. Never throws. */
export function messageLines(
  header: MessageHeader,
  payload: Uint8Array,
  conversation: Conversation,
): readonly string[] {
  const describe = (header.fromServer ? describeServerMessage : describeClientMessage).get(header.command);
  if (describe === undefined) return ["not decoded"];
  const registry = header.fromServer ? conversation.types.server : conversation.types.client;
  const context = new DecodeContext(new ByteReader(payload, header.bigEndian), registry);
  try {
    const lines = describe(context, conversation, header.command);
    const { remaining } = context.reader;
    return remaining === 0 ? lines : [...lines, `${remaining} bytes more`];
  } catch (error) {
    const code = error instanceof PvaError ? `${error.code}: ` : "";
    return [`cannot be read: ${code}${printable(asError(error).message)}`];
  }
}
