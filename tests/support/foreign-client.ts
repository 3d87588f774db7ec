import type { ColourMode, SampleType } from "../../wasm/core/index.ts";
import type { PvaServer } from "../../server/pva/index.ts";
import { type Peer, startPeer } from "./python.ts";

/** What a client saw of an update. */
export interface SeenUpdate {
  /** Names of the fields that the update brought; the old C++ stack does not tell. */
  readonly marked?: readonly string[];
  readonly uniqueId: number | null;
  /** Of the pixels, where the update brought some. */
  readonly sha256?: string;
}

/** Which of the test pictures of tests/support/peers/images.py. */
export interface TestPicture {
  readonly type: SampleType;
  readonly colour: ColourMode;
  readonly n: number;
}

/** A client of another stack: tests/support/peers/p4p_client.py or pvapy_client.py. */
export class ForeignClient {
  readonly #peer: Peer;

  private constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** Starts one that knows this server alone: by name server (TCP) or, where `by` says so, by UDP search. */
  static async start(
    command: readonly string[],
    { address, searchPort }: Pick<PvaServer, "address" | "searchPort">,
    by: "name-server" | "udp",
  ): Promise<ForeignClient> {
    const env =
      by === "udp"
        ? { EPICS_PVA_ADDR_LIST: "127.0.0.1", EPICS_PVA_BROADCAST_PORT: String(searchPort) }
        : { EPICS_PVA_ADDR_LIST: "", EPICS_PVA_NAME_SERVERS: `127.0.0.1:${address.port}` };
    return new ForeignClient(await startPeer(command, { announces: false, env }));
  }

  /** The picture's bytes, as numpy makes them. */
  async make(picture: TestPicture): Promise<Uint8Array> {
    return Buffer.from((await this.#ask({ op: "make", ...picture })) as string, "base64");
  }

  /** Gets the image and says whether it is that picture: same type, same shape, same numbers. */
  async equals(pv: string, picture: TestPicture): Promise<boolean> {
    return (await this.#ask({ op: "equal", pv, ...picture })) as boolean;
  }

  async get(pv: string, request?: string): Promise<{ value: unknown; marked?: readonly string[] }> {
    return (await this.#ask({ op: "get", pv, request })) as { value: unknown };
  }

  /** What the first `count` updates of a fresh subscription brought. */
  async monitor(pv: string, count: number, request?: string): Promise<readonly SeenUpdate[]> {
    return (await this.#ask({ op: "monitor", pv, count, request })) as readonly SeenUpdate[];
  }

  /** Null, or the server's objection. */
  async put(pv: string, value: unknown): Promise<string | null> {
    return (await this.#ask({ op: "put", pv, value })) as string | null;
  }

  /** What a service answers to this query. */
  async call(pv: string, query: Readonly<Record<string, string>>): Promise<unknown> {
    return await this.#ask({ op: "call", pv, query });
  }

  async close(): Promise<void> {
    await this.#peer.kill();
  }

  async #ask(question: object): Promise<unknown> {
    return JSON.parse(await this.#peer.ask(JSON.stringify(question)));
  }
}
