import { expect } from "bun:test";
import {
  type ChannelState,
  type Log,
  NTNDARRAY_PVXS,
  PvaClient,
  type PvaClientOptions,
  PvaServer,
  SharedPv,
} from "../../server/pva/index.ts";
import { JumpingClock } from "./jumping-clock.ts";
import { LE } from "./pva-bytes.ts";
import { RecordingListener } from "./pva-client.ts";
import { type PeerConnection, ScriptedPeer } from "./pva-peer.ts";
import { answerInit, imageType, SID } from "./pva-stage.ts";

/** How long the healthy camera's newest frame may take to its listener while others misbehave, real milliseconds. */
const PATIENCE_MS = 3000;
/** The longest jump of the clock without a frame: far less than any idle limit. */
const STRIDE_MS = 10_000;

/** Counts log lines by level and template. */
export class CountingLog implements Log {
  readonly lines = new Map<string, number>();
  debug = (message: string): void => this.#count("debug", message);
  info = (message: string): void => this.#count("info", message);
  warning = (message: string): void => this.#count("warning", message);
  error = (message: string): void => this.#count("error", message);

  /** How many lines there were whose level and template begin so. */
  count(start: string): number {
    return [...this.lines].reduce((sum, [line, times]) => (line.startsWith(start) ? sum + times : sum), 0);
  }

  #count(level: string, message: string): void {
    const line = `${level}: ${message}`;
    this.lines.set(line, (this.lines.get(line) ?? 0) + 1);
  }
}

/**
 * One client with two servers: a healthy camera, of which every frame must come, and a peer that does as a test says.
 * The clock is the client's alone.
 */
export class FaultStage {
  readonly clock = new JumpingClock();
  readonly log = new CountingLog();
  readonly bad = new ScriptedPeer(LE);
  readonly client: PvaClient;
  readonly healthy = new RecordingListener();
  readonly #server: PvaServer;
  readonly #camera: SharedPv;
  /** Places given out for pixels and neither filled nor given back. */
  readonly #lent = new Set<Uint8Array>();
  readonly #victims: RecordingListener[] = [];
  #posted = 0;

  private constructor(server: PvaServer, camera: SharedPv, options: Partial<PvaClientOptions>) {
    this.#server = server;
    this.#camera = camera;
    this.client = new PvaClient({ autoAddressList: false, clock: this.clock, log: this.log, ...options });
    const { host, port } = server.address;
    this.#monitor(this.healthy, "GOOD", `${host}:${port}`);
  }

  /** @param options of the client */
  static async start(options: Partial<PvaClientOptions> = {}): Promise<FaultStage> {
    const camera = new SharedPv(NTNDARRAY_PVXS);
    const provider = (name: string): SharedPv | undefined => (name === "GOOD" ? camera : undefined);
    const stage = new FaultStage(await PvaServer.listen({ port: 0, provider }), camera, options);
    await stage.healthy.until(() => stage.healthy.kinds.includes("connected"));
    return stage;
  }

  /** Pixels lent at the moment. */
  get lent(): number {
    return this.#lent.size;
  }

  /** A monitor on the peer or another server (`host:port`), its images into counted places. */
  watch(name: string, server = `127.0.0.1:${this.bad.port}`): RecordingListener {
    return this.#watch(name, server);
  }

  /** A monitor whose server is searched for. */
  search(name: string): RecordingListener {
    return this.#watch(name, undefined);
  }

  /** Takes the next connection of the peer up to START. */
  async subscribed(type = imageType(LE)): Promise<{ connection: PeerConnection; ioid: number }> {
    const connection = await this.bad.accept();
    await connection.handshake();
    await connection.answerCreate(SID);
    const { ioid } = await answerInit(connection, type);
    await connection.next(13);
    return { connection, ioid };
  }

  /** The healthy camera takes a picture, which must come soon. */
  async frame(): Promise<void> {
    const uniqueId = ++this.#posted;
    this.#camera.post({
      value: { ubyteValue: new Uint8Array(256).fill(uniqueId & 255) },
      dimension: [{ size: 16 }, { size: 16 }],
      uniqueId,
    });
    const posted = performance.now();
    await this.healthy.until(() => this.healthy.updates.at(-1)?.value.field("uniqueId") === uniqueId);
    expect(performance.now() - posted).toBeLessThan(PATIENCE_MS);
  }

  /** Lets time pass, with a frame of the healthy camera now and then. */
  async pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= STRIDE_MS) {
      await this.frame();
      this.clock.jump(Math.min(left, STRIDE_MS));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Closes everything. Fails unless every healthy frame has come, once, and every place and timer is back. */
  async end(): Promise<void> {
    await this.frame();
    const ids = this.healthy.updates.map(({ value }) => value.field("uniqueId")).filter((id) => id !== 0);
    expect(ids).toEqual(Array.from({ length: this.#posted }, (_, index) => index + 1));
    expect(this.healthy.faults).toEqual([]);
    const ends: readonly ChannelState["kind"][] = ["disconnected", "refused"];
    expect(this.healthy.states.filter(({ kind }) => ends.includes(kind))).toEqual([]);
    for (const { updates } of [this.healthy, ...this.#victims])
      for (const { bulk } of updates) if (bulk !== undefined) this.#lent.delete(bulk.destination);
    expect(this.#lent.size).toBe(0);
    await this.client.close();
    this.bad.close();
    await this.#server.close();
    expect(this.clock.pending).toBe(0);
  }

  #watch(name: string, server: string | undefined): RecordingListener {
    const listener = new RecordingListener();
    this.#victims.push(listener);
    this.#monitor(listener, name, server);
    return listener;
  }

  #monitor(listener: RecordingListener, name: string, server: string | undefined): void {
    const sink = {
      acquire: ({ byteLength }: { byteLength: number }) => {
        const place = new Uint8Array(byteLength);
        this.#lent.add(place);
        return place;
      },
      abandon: (place: Uint8Array) => void this.#lent.delete(place),
    };
    const options = { bulk: { field: "value", sink } };
    this.client.monitor(name, server === undefined ? options : { ...options, server }, listener);
  }
}

/** Bytes of heap that `run` leaves behind. */
export async function growthOf(run: () => Promise<void>): Promise<number> {
  Bun.gc(true);
  const before = process.memoryUsage().heapUsed;
  await run();
  Bun.gc(true);
  return process.memoryUsage().heapUsed - before;
}

/** Few enough for a socket's receive buffer, so that each datagram is known to have been read. */
const BATCH = 100;
const UNREADABLE = "debug: unreadable datagram";

/**
 * Sends `count` datagrams in batches, a healthy frame and a broken datagram after each: when the client has counted that
 * one, it has read the batch.
 * @param unreadable whether each of the datagrams is to be counted as broken
 */
export async function flood(
  stage: FaultStage,
  send: (datagram: Uint8Array) => void,
  {
    count,
    datagram,
    unreadable,
  }: { count: number; datagram: (n: number) => Uint8Array; unreadable: boolean },
): Promise<void> {
  for (let sent = 0; sent < count; sent += BATCH) {
    const before = stage.log.count(UNREADABLE);
    for (let n = sent; n < sent + BATCH; n++) send(datagram(n));
    send(Uint8Array.of(0));
    const wanted = before + 1 + (unreadable ? BATCH : 0);
    while (stage.log.count(UNREADABLE) < wanted) await new Promise((resolve) => setImmediate(resolve));
    expect(stage.log.count(UNREADABLE)).toBe(wanted);
    await stage.frame();
  }
}
