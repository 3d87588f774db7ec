import { Page } from "../../server/http/page.ts";
import type { ViewerInfo } from "../../server/http/protocol.ts";
import { ScriptedPv } from "./scripted-pv.ts";
import { SharedSeats } from "./shared-seats.ts";
import { VIEWER_PAGE } from "./viewer-page.ts";

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
