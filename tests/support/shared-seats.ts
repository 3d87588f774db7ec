import type { ServerWebSocket } from "bun";
import type { ClientMessage, ServerMessage, StatusMessage, ViewId } from "../../server/http/protocol.ts";
import type { ScriptedPv, Seat } from "./scripted-pv.ts";

/** The server's end of a socket of many views (`/ws`), for PVs that do as a test says. */
export class SharedSeats {
  readonly #pvOf: (name: string) => ScriptedPv;
  readonly #views = new Map<ViewId, { readonly pv: ScriptedPv; readonly seat: Seat }>();
  #socket: ServerWebSocket<unknown> | undefined;
  #streams = 0;

  constructor(pvOf: (name: string) => ScriptedPv) {
    this.#pvOf = pvOf;
  }

  open(socket: ServerWebSocket<unknown>): void {
    this.#socket = socket;
    const limits = { views: 64, inFlight: 2, messageBytes: 16384, messagesPerSecond: 100 };
    this.#say({ type: "hello", version: 1, limits });
  }

  message(text: string): void {
    const message = JSON.parse(text) as ClientMessage;
    if (message.type === "open") this.#open(message);
    if (message.type === "update") this.#update(message);
    if (message.type === "close") this.#leave(message.id);
  }

  close(): void {
    for (const id of this.#views.keys()) this.#leave(id);
  }

  #open({ id, pv: name, options = {} }: Extract<ClientMessage, { type: "open" }>): void {
    const pv = this.#pvOf(name);
    const stream = ++this.#streams;
    const seat: Seat = {
      tell: (status) => this.#say({ type: "state", views: [{ id, ...status, statistics: NOTHING(status) }] }),
      show: (jpeg) => void this.#socket?.sendBinary(binaryMessage(jpeg, stream)),
      refuse: (code, message) => {
        this.#leave(id);
        this.#say({ type: "error", request: "open", id, error: "scripted", status: code - 4000, message });
      },
    };
    this.#views.set(id, { pv, seat });
    this.#say({ type: "opened", id, pv: name, format: "jpeg", stream });
    pv.join(seat, queryOf(options));
  }

  #update({ id, options = {} }: Extract<ClientMessage, { type: "update" }>): void {
    const view = this.#views.get(id);
    view?.pv.ask(view.seat, queryOf(options));
  }

  #leave(id: ViewId): void {
    const view = this.#views.get(id);
    this.#views.delete(id);
    view?.pv.leave(view.seat);
  }

  #say(message: ServerMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }
}

function queryOf(options: Readonly<Record<string, string | number>>): string {
  const words = Object.entries(options).map(([option, value]) => `${option}=${value}`);
  return words.length === 0 ? "" : `?${words.join("&")}`;
}

const NOTHING = ({ drops }: StatusMessage) => ({ fps: 0, sent: 0, bytes: 0, drops, inFlight: 0 });

/** A JPEG behind a header that tells version 1, kind 1, length 112, its stream and sequence 1; the rest is zeros. */
function binaryMessage(jpeg: Uint8Array, stream: number): Uint8Array {
  const message = new Uint8Array(112 + jpeg.length);
  const header = new DataView(message.buffer);
  header.setUint8(0, 1);
  header.setUint8(1, 1);
  header.setUint16(2, 112, true);
  header.setUint32(4, stream, true);
  header.setBigUint64(8, 1n, true);
  message.set(jpeg, 112);
  return message;
}
