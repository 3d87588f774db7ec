import { ByteWriter, joinBytes } from "./byte-writer.ts";
import { encodeHeader, type Sender } from "./header.ts";

/** One whole application message: header, then what `body` writes. Never segmented; peers need not be sent segments. */
export function frameMessage(
  sender: Sender,
  command: number,
  body?: (writer: ByteWriter) => void,
): Uint8Array {
  return joinBytes(frameMessageParts(sender, command, body));
}

/** As `frameMessage`, in pieces: large arrays stay where they are and must not change until they are written. */
export function frameMessageParts(
  sender: Sender,
  command: number,
  body?: (writer: ByteWriter) => void,
): readonly Uint8Array[] {
  const writer = new ByteWriter(sender.bigEndian);
  body?.(writer);
  return [encodeHeader(sender, command, writer.length), ...writer.parts()];
}

/** A control message: 8 bytes, `data` in place of the length. */
export function frameControl(sender: Sender, command: number, data = 0): Uint8Array {
  return encodeHeader(sender, command, data, { control: true });
}
