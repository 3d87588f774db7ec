import { expect } from "bun:test";
import {
  type Pv,
  PvaServer,
  type PvaServerOptions,
  scalar,
  scalarArray,
  SharedPv,
  structure,
} from "../../../server/pva/index.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { type ByteList, bytes, hex, hexOf } from "../../support/pva-bytes.ts";
import { RawClient } from "../../support/pva-raw-client.ts";

/** structure "t" { int a; structure "u" { string b; double c } s; ushort[] d }: bits 1, 2 (3, 4), 5. */
const TYPE = structure("t", [
  { name: "a", type: scalar("int") },
  {
    name: "s",
    type: structure("u", [
      { name: "b", type: scalar("string") },
      { name: "c", type: scalar("double") },
    ]),
  },
  { name: "d", type: scalarArray("ushort") },
]);
export const TYPE_BYTES = hex('80 01 "t" 03 01 "a" 22 01 "s" 80 01 "u" 02 01 "b" 60 01 "c" 43 01 "d" 2d');
export const VALUE = { a: 7, s: { b: "hi", c: 1.5 }, d: [1, 2] };
export const VALUE_BYTES = hex('07 00 00 00 02 "hi" 00 00 00 00 00 00 f8 3f 02 01 00 02 00');
/** A pvRequest for all fields, as a definition of type 1 of the connection's registry. */
export const EVERYTHING = hex("fd 01 00 80 00 00");

/** A server with the PVs `PV` (of VALUE) and `EMPTY` (without a value yet), in time that stands still. */
export class Host {
  readonly clock = new ManualClock();
  readonly pv: SharedPv;
  readonly empty = new SharedPv(TYPE);
  /** Resolves when nobody watches `pv` any more. */
  readonly unwatched: Promise<undefined>;
  readonly #clients: RawClient[] = [];
  #server: PvaServer | undefined;

  private constructor() {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.unwatched = promise;
    this.pv = new SharedPv(TYPE, { initial: VALUE, lastWatcher: () => resolve(undefined) });
  }

  /** @param options further options of the server */
  static async start(options: Partial<PvaServerOptions> = {}): Promise<Host> {
    const host = new Host();
    const pvs = new Map<string, Pv>([
      ["PV", host.pv],
      ["EMPTY", host.empty],
    ]);
    const provider = (name: string): Pv | undefined => pvs.get(name);
    host.#server = await PvaServer.listen({ port: 0, clock: host.clock, provider, ...options });
    return host;
  }

  get server(): PvaServer {
    return this.#server!;
  }

  /** A client that has not spoken yet. */
  async connect(): Promise<RawClient> {
    const client = await RawClient.connect(this.server.address.port);
    this.#clients.push(client);
    return client;
  }

  /** A client with the handshake done. */
  async validated(): Promise<RawClient> {
    const client = await RawClient.validated(this.server.address.port);
    this.#clients.push(client);
    return client;
  }

  /** Ends it all; a timer still set is a leak. */
  async end(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.server.close();
    expect(this.clock.pending).toBe(0);
  }
}

/** What the server says next under this command, as text. */
export async function heard(client: RawClient, command: number): Promise<string> {
  return hexOf((await client.next(command)).payload);
}

/** Bytes as text. */
export function text(...list: ByteList): string {
  return hexOf(bytes(...list));
}
