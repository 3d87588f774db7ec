import type { ServerWebSocket } from "bun";
import { Page } from "../../server/http/page.ts";
import type { StatusMessage, ViewerInfo } from "../../server/http/protocol.ts";
import { VIEWER_PAGE } from "./viewer-page.ts";

interface Seat {
  readonly pv: ScriptedPv;
  readonly query: string;
}

/** One PV whose stream does as a test says; words and refusals also hold for whoever joins later. */
export class ScriptedPv {
  /** The queries of all sockets opened so far, in order. */
  readonly queries: string[] = [];
  readonly #sockets = new Set<ServerWebSocket<Seat>>();
  #status: StatusMessage;
  #refusal: { code: number; reason: string } | undefined;

  constructor(name: string) {
    const drops = { overrun: 0, skipped: 0, paced: 0, slow: 0, failed: 0 };
    const rates = { cameraFps: 0, encodedFps: 0, viewers: 0 };
    this.#status = { type: "status", pv: name, state: "connecting", reason: "", drops, ...rates };
  }

  /** Sockets open now. */
  get viewers(): number {
    return this.#sockets.size;
  }

  /** Changes some words of the status and tells everybody. */
  say(status: Partial<StatusMessage>): void {
    this.#status = { ...this.#status, ...status };
    for (const socket of this.#sockets) this.#tell(socket);
  }

  /** One JPEG to everybody. */
  send(jpeg: Uint8Array): void {
    for (const socket of this.#sockets) socket.sendBinary(jpeg);
  }

  /** Closes every socket like this, and each new one until `accept`. */
  refuse(code: number, reason: string): void {
    this.#refusal = { code, reason };
    for (const socket of this.#sockets) socket.close(code, reason);
  }

  /** Refuses no more. */
  accept(): void {
    this.#refusal = undefined;
  }

  /** For the server: a socket was opened. */
  join(socket: ServerWebSocket<Seat>): void {
    this.queries.push(socket.data.query);
    if (this.#refusal !== undefined) {
      socket.close(this.#refusal.code, this.#refusal.reason);
      return;
    }
    this.#sockets.add(socket);
    this.#tell(socket);
  }

  /** For the server: a socket was closed. */
  leave(socket: ServerWebSocket<Seat>): void {
    this.#sockets.delete(socket);
  }

  #tell(socket: ServerWebSocket<Seat>): void {
    socket.send(JSON.stringify(this.#status));
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
    return Bun.serve<Seat>({
      hostname: "127.0.0.1",
      port,
      development: false,
      // Bun would share the port with another process; a test wants its own server or an error.
      reusePort: false,
      routes: { "/viewer.json": () => Response.json(this.#info) },
      fetch: async (request, server) => {
        const { pathname, search } = new URL(request.url);
        const name = decodeURIComponent(/^\/ws\/mjpg\/(.+)$/u.exec(pathname)?.[1] ?? "");
        const joined = name !== "" && server.upgrade(request, { data: { pv: this.pv(name), query: search } });
        if (joined) return undefined;
        return (await this.#page.answer(request)) ?? new Response("not found", { status: 404 });
      },
      websocket: {
        open: (socket) => socket.data.pv.join(socket),
        message: () => undefined,
        close: (socket) => socket.data.pv.leave(socket),
      },
    });
  }
}
