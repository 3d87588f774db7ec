/**
 * One connection, 4096² ushort images as fast as they come, into slots of shared memory: `bun scripts/bench/pva-receive.ts`.
 * In turns with a bare Bun.connect that only copies the same bytes to the same slots. Asked of the client: 3 GB/s, one
 * copy, and 1 ms of blocking at the 99th percentile, which is how long a turn of received data holds the event loop. That
 * timers ring late is told too, beside how late they ring in a process that receives nothing.
 */
import { type BulkSink, PvaClient } from "../../server/pva/index.ts";
import { meterSockets, TurnMeter } from "./measure/turn-meter.ts";
import { startPeer } from "./peers/peer.ts";

const SIDE = 4096;
const FRAME_BYTES = SIDE * SIDE * 2;
const SECONDS = 3;
const ROUNDS = 3;
const WARM_UP_MS = 500;
const BEAT_MS = 2;

interface Figures {
  readonly gigabytesPerSecond: number;
  readonly corePercent: number;
  /** How long a turn held the event loop, 99th percentile, and the longest. */
  readonly turnMs: number;
  readonly longestMs: number;
  /** How late a timer rang, 99th percentile. */
  readonly lateMs: number;
}

/** Three places in turn, as a source has them. */
const slots = Array.from({ length: 3 }, () => new Uint8Array(new SharedArrayBuffer(FRAME_BYTES)));

const meter = new TurnMeter();
meterSockets(meter);

/** Watches `received` for some seconds. */
async function measure(received: () => number): Promise<Figures> {
  await Bun.sleep(WARM_UP_MS);
  const late: number[] = [];
  let due = performance.now() + BEAT_MS;
  const beat = (): void => {
    const now = performance.now();
    late.push(Math.max(0, now - due));
    due = now + BEAT_MS;
    timer = setTimeout(beat, BEAT_MS);
  };
  let timer = setTimeout(beat, BEAT_MS);
  meter.reset();
  const started = performance.now();
  const bytes = received();
  const cpu = process.cpuUsage();
  await Bun.sleep(1000 * SECONDS);
  clearTimeout(timer);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  late.sort((a, b) => a - b);
  return {
    gigabytesPerSecond: (received() - bytes) / seconds / 1e9,
    corePercent: (user + system) / seconds / 1e4,
    turnMs: meter.quantile(0.99),
    longestMs: meter.quantile(1),
    lateMs: late[Math.floor(late.length * 0.99)] ?? 0,
  };
}

async function bare(port: number): Promise<Figures> {
  let received = 0;
  let at = 0;
  let slot = 0;
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      binaryType: "uint8array",
      data: (_, chunk) => {
        received += chunk.length;
        for (let from = 0; from < chunk.length;) {
          const count = Math.min(chunk.length - from, FRAME_BYTES - at);
          slots[slot]!.set(chunk.subarray(from, from + count), at);
          from += count;
          at += count;
          if (at === FRAME_BYTES) {
            at = 0;
            slot = (slot + 1) % slots.length;
          }
        }
      },
    },
  });
  const figures = await measure(() => received);
  socket.terminate();
  return figures;
}

async function client(port: number): Promise<Figures> {
  let received = 0;
  let slot = 0;
  const sink: BulkSink = {
    acquire: () => slots[(slot = (slot + 1) % slots.length)],
    abandon: () => undefined,
  };
  const pva = new PvaClient({ autoAddressList: false, nameServers: [{ host: "127.0.0.1", port }] });
  pva.monitor(
    "IMAGE",
    { bulk: { field: "value", sink } },
    {
      state: () => undefined,
      update: ({ bulk }) => void (received += bulk?.byteLength ?? 0),
      fault: (error) => console.error(error.message),
    },
  );
  const figures = await measure(() => received);
  await pva.close();
  return figures;
}

const best = (runs: readonly Figures[]): Figures =>
  runs.reduce((a, b) => (b.gigabytesPerSecond > a.gigabytesPerSecond ? b : a));
const row = (name: string, ...numbers: readonly (readonly [number, number, number])[]): string =>
  name.padEnd(20) + numbers.map(([value, digits, width]) => value.toFixed(digits).padStart(width)).join("");
const figuresOf = (name: string, figures: Figures): string =>
  row(
    name,
    [figures.gigabytesPerSecond, 2, 7],
    [figures.corePercent, 0, 9],
    [figures.turnMs, 2, 15],
    [figures.longestMs, 2, 14],
    [figures.lateMs, 2, 15],
  );

const server = await startPeer("pva-replay.ts", SIDE);
const runs: { readonly bare: Figures; readonly client: Figures }[] = [];
for (let round = 0; round < ROUNDS; round++)
  runs.push({ bare: await bare(server.raw), client: await client(server.pva) });
await server.stop();
const idle = await measure(() => 0);
const ours = best(runs.map((run) => run.client));
const theirs = best(runs.map((run) => run.bare));
console.log(`${SIDE}² ushort, ${ROUNDS} rounds of ${SECONDS} s in turns, best of each`);
console.log(`${"".padEnd(20)}   GB/s   core %  turn p99 / ms  longest / ms  late p99 / ms`);
console.log(figuresOf("PvaClient", ours));
console.log(figuresOf("Bun.connect + copy", theirs));
console.log(figuresOf("nothing to receive", idle));
console.log(row("asked of PvaClient", [3, 2, 7], [100, 0, 9], [1, 2, 15]));
console.log(
  `share of the bare loop: ${((100 * ours.gigabytesPerSecond) / theirs.gigabytesPerSecond).toFixed(0)} %`,
);
