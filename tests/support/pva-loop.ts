import { readdirSync, readlinkSync } from "node:fs";
import { expect } from "bun:test";
import {
  type BulkSink,
  PvaClient,
  type PvaClientOptions,
  type Pv,
  PvaServer,
  type PvaServerOptions,
  type SharedPv,
} from "../../server/pva/index.ts";
import { type Nastiness, nastyDialect, nastySearch } from "../../server/pva/server/nasty/dialect.ts";
import { JumpingClock } from "./jumping-clock.ts";
import { RecordingListener } from "./pva-client.ts";

/** A sink that knows how many of its destinations are out. */
export class CountedSink implements BulkSink {
  readonly #given = new Set<Uint8Array>();
  #abandoned = 0;

  acquire({ byteLength }: { readonly byteLength: number }): Uint8Array {
    const destination = new Uint8Array(byteLength);
    this.#given.add(destination);
    return destination;
  }

  abandon(destination: Uint8Array): void {
    expect(this.#given.delete(destination)).toBe(true);
    this.#abandoned++;
  }

  get abandoned(): number {
    return this.#abandoned;
  }

  /** Destinations given and not abandoned. */
  get given(): number {
    return this.#given.size;
  }

  /** Destinations that came back neither by an update nor by `abandon`. */
  lost(listener: RecordingListener): number {
    const delivered = listener.updates.flatMap(({ bulk }) => bulk?.destination ?? []);
    return this.#given.size - delivered.filter((destination) => this.#given.has(destination)).length;
  }
}

/** Our client and our server on loopback, and what they must have given back in the end. */
export class PvaLoop {
  readonly clock: JumpingClock;
  readonly pvs: Map<string, Pv>;
  readonly client: PvaClient;
  readonly #sinks: (readonly [CountedSink, RecordingListener])[] = [];
  readonly #servers: PvaServer[] = [];
  readonly #socketsBefore: ReadonlySet<string>;

  private constructor(
    parts: Pick<PvaLoop, "clock" | "pvs" | "client"> & { readonly server: PvaServer },
    socketsBefore: ReadonlySet<string>,
  ) {
    this.clock = parts.clock;
    this.pvs = parts.pvs;
    this.client = parts.client;
    this.#servers.push(parts.server);
    this.#socketsBefore = socketsBefore;
  }

  /**
   * @param nastiness how the server talks; plainly if left out
   * @param by how the client searches
   */
  static async start(
    nastiness?: Nastiness,
    options: Partial<PvaClientOptions> = {},
    by: "tcp" | "udp" = "tcp",
  ): Promise<PvaLoop> {
    const sockets = openSockets();
    const [clock, pvs] = [new JumpingClock(), new Map<string, Pv>()];
    const server = await PvaLoop.#listen(pvs, 0, nastiness, by);
    const client = new PvaClient({
      autoAddressList: false,
      ...(by === "tcp"
        ? { nameServers: [server.address] }
        : { addressList: [{ host: server.address.host, port: server.searchPort! }] }),
      clock,
      ...options,
    });
    return new PvaLoop({ clock, pvs, client, server }, sockets);
  }

  get server(): PvaServer {
    return this.#servers.at(-1)!;
  }

  /** A PV under a name. */
  host<Hosted extends SharedPv>(name: string, pv: Hosted): Hosted {
    this.pvs.set(name, pv);
    return pv;
  }

  /** A monitor, and for bulk a sink whose destinations are counted. */
  monitor(
    name: string,
    { pipeline = false, bulk = false }: { pipeline?: boolean; bulk?: boolean } = {},
  ): { readonly listener: RecordingListener; readonly sink: CountedSink; readonly stop: () => void } {
    const [listener, sink] = [new RecordingListener(), new CountedSink()];
    this.#sinks.push([sink, listener]);
    const monitor = this.client.monitor(
      name,
      bulk ? { pipeline, bulk: { field: "value", sink } } : { pipeline },
      listener,
    );
    return { listener, sink, stop: () => monitor.stop() };
  }

  /** The server dies and another one takes its port. */
  async restart(nastiness?: Nastiness): Promise<void> {
    const { port } = this.server.address;
    await this.server.close();
    this.#servers.push(await PvaLoop.#listen(this.pvs, port, nastiness));
  }

  /** Closes both, and fails where a timer, a socket, a watcher or a destination is left. */
  async end(): Promise<void> {
    await this.client.close();
    await this.server.close();
    expect(this.clock.pending).toBe(0);
    expect(this.server.statistics).toMatchObject({ connections: 0, channels: 0, operations: 0 });
    for (const [sink, listener] of this.#sinks) expect(sink.lost(listener)).toBe(0);
    const deadline = performance.now() + 1000;
    while (this.#newSockets().length > 0 && performance.now() < deadline)
      await new Promise((resolve) => setImmediate(resolve));
    expect(this.#newSockets()).toEqual([]);
  }

  #newSockets(): readonly string[] {
    return [...openSockets()].filter((socket) => !this.#socketsBefore.has(socket));
  }

  static #listen(
    pvs: ReadonlyMap<string, Pv>,
    port: number,
    nastiness: Nastiness | undefined,
    by: "tcp" | "udp" = "tcp",
  ): Promise<PvaServer> {
    const options: PvaServerOptions = {
      port,
      provider: (name) => pvs.get(name),
      names: () => pvs.keys(),
      ...(by === "udp" ? { searchPort: 0 } : {}),
    };
    if (nastiness === undefined) return PvaServer.listen(options);
    return PvaServer.listen({
      ...options,
      dialect: nastyDialect(nastiness),
      searchDialect: nastySearch(nastiness),
    });
  }
}

/** Names ("socket:[inode]", none of them given twice) of the sockets this process has open; Linux only. */
function openSockets(): ReadonlySet<string> {
  if (process.platform !== "linux") return new Set();
  const open = readdirSync("/proc/self/fd").map((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`);
    } catch {
      return "closed meanwhile";
    }
  });
  return new Set(open.filter((target) => target.startsWith("socket:")));
}
