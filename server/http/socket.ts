/** Bun's socket, carrying what its events go to. */
export type Socket = Bun.ServerWebSocket<SocketHandlers>;

/** What one WebSocket does with its events. */
export interface SocketHandlers {
  open(socket: Socket): void;
  /** What the client says: text, or the bytes of a binary message, whole and at most {@link LONGEST_MESSAGE} bytes. */
  message(data: string | Uint8Array): void;
  /** The client has answered a ping. */
  pong(): void;
  drain(): void;
  close(): void;
}

/** Bytes that one message of a client may have; Bun closes the socket at a longer one. */
export const LONGEST_MESSAGE = 16 * 1024;

/** A picture may wait in the socket as a whole, so the limit is one that no JPEG reaches; picture-socket.ts lets only one wait. */
const LARGEST_JPEG = 256 * 1024 * 1024;

/** The part of `Bun.serve` that hands each event to the socket's own handlers. */
export const webSocketEvents: Bun.WebSocketHandler<SocketHandlers> = {
  open: (socket) => socket.data.open(socket),
  drain: (socket) => socket.data.drain(),
  close: (socket) => socket.data.close(),
  message: (socket, data) => socket.data.message(data),
  pong: (socket) => socket.data.pong(),
  maxPayloadLength: LONGEST_MESSAGE,
  // Not who is still there (see socket-pulse.ts, for Bun takes what is sent for a sign of life), only the last resort.
  idleTimeout: 120,
  sendPings: false,
  backpressureLimit: LARGEST_JPEG,
  perMessageDeflate: false,
};
