const UPGRADE = [
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
].join("\r\n");

/** Kinds of frames (RFC 6455, 5.2). */
export const OPCODE = { continuation: 0, text: 1, binary: 2, ping: 9 } as const;

/** A request that becomes a WebSocket. */
export function upgradeRequest(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: pc1\r\n${UPGRADE}\r\n\r\n`;
}

/** One frame as a client sends it; its mask is of zeros, so that the payload stands there as it is. */
export function clientFrame(opcode: number, payload: string | Uint8Array, final = true): Uint8Array {
  const bytes = Buffer.from(payload as string);
  const length =
    bytes.length < 126 ? [0x80 | bytes.length] : [0x80 | 126, bytes.length >> 8, bytes.length & 255];
  return Buffer.concat([Buffer.from([(final ? 0x80 : 0) | opcode, ...length, 0, 0, 0, 0]), bytes]);
}
