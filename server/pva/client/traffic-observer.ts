/** Which way bytes went, seen from the client. */
export type Direction = "sent" | "received";

/** Hears the bytes of one TCP connection, in order, cut anywhere. They are the connection's: copy what must stay. */
export type StreamObserver = (direction: Direction, bytes: Uint8Array) => void;

/** Looks on at everything a client says and hears, for people who want to see it. It must not throw, and changes nothing. */
export interface TrafficObserver {
  /** A connection to this server (`host:port`) begins. */
  connection(server: string): StreamObserver;
  /** One datagram, whole. */
  datagram(direction: Direction, peer: string, bytes: Uint8Array): void;
}
