import type { StatusMessage } from "../../server/http/protocol.ts";

/** One who watches a PV. */
export interface Seat {
  tell(status: StatusMessage): void;
  show(jpeg: Uint8Array): void;
  refuse(code: number, reason: string): void;
}

/** One PV whose stream does as a test says; words and refusals also hold for whoever joins later. */
export class ScriptedPv {
  /** What was asked for so far, in order, when somebody joined or changed his options: these as a query. */
  readonly queries: string[] = [];
  readonly #seats = new Set<Seat>();
  #status: StatusMessage;
  #refusal: { code: number; reason: string } | undefined;

  constructor(name: string) {
    const drops = { overrun: 0, skipped: 0, paced: 0, slow: 0, failed: 0 };
    const rates = { cameraFps: 0, encodedFps: 0, viewers: 0 };
    this.#status = { type: "status", pv: name, state: "connecting", reason: "", drops, ...rates };
  }

  /** Those who watch now. */
  get viewers(): number {
    return this.#seats.size;
  }

  /** Changes some words of the status and tells everybody. */
  say(status: Partial<StatusMessage>): void {
    this.#status = { ...this.#status, ...status };
    for (const seat of this.#seats) seat.tell(this.#status);
  }

  /** One JPEG to everybody. */
  send(jpeg: Uint8Array): void {
    for (const seat of this.#seats) seat.show(jpeg);
  }

  /** Refuses everybody like this, and all who come until `accept`. */
  refuse(code: number, reason: string): void {
    this.#refusal = { code, reason };
    for (const seat of this.#seats) seat.refuse(code, reason);
  }

  /** Refuses no more. */
  accept(): void {
    this.#refusal = undefined;
  }

  /** For the server: somebody has come. */
  join(seat: Seat, query: string): void {
    this.queries.push(query);
    if (this.#refusal !== undefined) {
      seat.refuse(this.#refusal.code, this.#refusal.reason);
      return;
    }
    this.#seats.add(seat);
    seat.tell(this.#status);
  }

  /** For the server: somebody who is there wants other options. */
  ask(seat: Seat, query: string): void {
    this.queries.push(query);
    if (this.#refusal !== undefined) seat.refuse(this.#refusal.code, this.#refusal.reason);
  }

  /** For the server: somebody has left. */
  leave(seat: Seat): void {
    this.#seats.delete(seat);
  }
}
