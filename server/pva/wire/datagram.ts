import { PvaError } from "../errors.ts";
import { decodeHeader, HEADER_BYTES, type MessageHeader } from "./header.ts";

/** One message of a UDP datagram. */
export interface DatagramMessage {
  readonly header: MessageHeader;
  /** A view of the datagram. */
  readonly payload: Uint8Array;
}

/**
 * The messages of one datagram, in order. Datagrams hold whole application messages only: throws `bad-header` for
 * control or segmented ones and `short-data` where a header announces more than there is.
 */
export function decodeDatagram(datagram: Uint8Array): readonly DatagramMessage[] {
  const messages: DatagramMessage[] = [];
  for (let at = 0; at < datagram.length;) {
    const header = decodeHeader(datagram, at);
    if (header.control || header.segment !== "whole")
      throw new PvaError("bad-header", "control or segmented message in a datagram");
    const start = at + HEADER_BYTES;
    if (header.length > datagram.length - start)
      throw new PvaError("short-data", "datagram ends early", {
        need: header.length,
        have: datagram.length - start,
      });
    at = start + header.length;
    messages.push({ header, payload: datagram.subarray(start, at) });
  }
  return messages;
}
