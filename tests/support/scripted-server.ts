import { Page } from "../../server/http/page.ts";
import type { StatusMessage, ViewerInfo } from "../../server/http/protocol.ts";
import { SharedSeats } from "./shared-seats.ts";
import { VIEWER_PAGE } from "./viewer-page.ts";

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

/**
 * The viewer page with a server behind it that does as a test says, for states that a real camera takes only by
 * accident. It speaks server/http/protocol.ts over real sockets on loopback.
 */
export class ScriptedServer {
  readonly #pvs = new Map<string, ScriptedPv>();
  readonly #info: ViewerInfo;
  readonly #page = new Page(VIEWER_PAGE);
  #server: ReturnType<ScriptedServer["listen"]>;

  /** Listens at once, on `port` or a free one. */
  constructor(simulated: ViewerInfo["simulated"] = [], port = 0) {
    this.#info = { simulated };
    this.#server = this.listen(port);
  }

  /** The page's address. */
  get url(): string {
    return this.#server.url.href;
  }

  /** The script of one PV; one that says nothing is connecting for ever. */
  pv(name: string): ScriptedPv {
    const known = this.#pvs.get(name) ?? new ScriptedPv(name);
    this.#pvs.set(name, known);
    return known;
  }

  /** Cuts every connection and listens no more, as a killed process does. */
  async vanish(): Promise<void> {
    await this.#server.stop(true);
  }

  /** Listens again where it did before. */
  comeBack(): void {
    this.#server = this.listen(Number(this.#server.url.port));
  }

  private listen(port: number) {
    return Bun.serve<SharedSeats>({
      hostname: "127.0.0.1",
      port,
      development: false,
      // Bun would share the port with another process; a test wants its own server or an error.
      reusePort: false,
      routes: { "/viewer.json": () => Response.json(this.#info) },
      fetch: async (request, server) => {
        const { pathname } = new URL(request.url);
        const shared = new SharedSeats((pv) => this.pv(pv));
        if (pathname === "/ws" && server.upgrade(request, { data: shared })) return undefined;
        return (await this.#page.answer(request)) ?? new Response("not found", { status: 404 });
      },
      websocket: {
        open: (socket) => socket.data.open(socket),
        message: (socket, text) => socket.data.message(String(text)),
        close: (socket) => socket.data.close(),
      },
    });
  }
}
