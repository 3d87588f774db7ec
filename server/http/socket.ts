/** Bun's socket, carrying what its events go to. */
export type Socket = Bun.ServerWebSocket<SocketHandlers>;

/** What one WebSocket does with its events. */
export interface SocketHandlers {
  open(socket: Socket): void;
  drain(): void;
  close(): void;
}

/** A picture may wait in the socket as a whole, so the limit is one that no JPEG reaches; picture-socket.ts lets only one wait. */
const LARGEST_JPEG = 256 * 1024 * 1024;

/** The part of `Bun.serve` that hands each event to the socket's own handlers. */
export const webSocketEvents: Bun.WebSocketHandler<SocketHandlers> = {
  open: (socket) => socket.data.open(socket),
  drain: (socket) => socket.data.drain(),
  close: (socket) => socket.data.close(),
  // Viewers have nothing to say on this socket; what they say all the same is not stored.
  message: () => {},
  maxPayloadLength: 4096,
  // Bun pings a silent socket within this time (seconds) and closes one that does not answer.
  idleTimeout: 30,
  backpressureLimit: LARGEST_JPEG,
  perMessageDeflate: false,
};
