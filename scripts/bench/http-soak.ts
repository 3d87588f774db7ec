/**
 * A wall of viewers that come and go: `bun scripts/bench/http-soak.ts [MINUTES]`, 0.5 if left out. Streams of changing
 * recipes, snapshots of all kinds, sockets of one PV and of many, eight at a time; memory and descriptors are told at the
 * end of each minute. The camera is small and slow, so that an hour leaves the machine to others. Asked: after an hour
 * memory within 10 % of that after the first minute.
 */
import { descriptors, rssBytes } from "./measure/process-meter.ts";
import { startStage } from "./measure/stage.ts";

const MINUTES = Number(process.argv[2] ?? 0.5);
const AT_ONCE = 8;
const LONGEST_STAY_MS = 2000;
const RECIPES = [
  "",
  "?quality=50",
  "?map=viridis",
  "?width=320",
  "?range=full",
  "?rotate=90",
  "?roi=10,10,200,200",
];

await using stage = await startStage({ kind: "uint16", width: 512, height: 512, fps: 10 });
const { pid, port } = stage.service;
const until = performance.now() + MINUTES * 60_000;
let visits = 0;
let failed = 0;

const recipe = (): string => RECIPES[Math.floor(Math.random() * RECIPES.length)]!;
const SNAPSHOTS = ["CAM", "CAM?width=100", "CAM.png", "CAM.npy"];
const stay = (): Promise<void> => Bun.sleep(Math.random() * LONGEST_STAY_MS);

/** Reads a stream for a while, and leaves in the middle of it. */
async function watchStream(): Promise<void> {
  const leave = new AbortController();
  const response = await fetch(`http://127.0.0.1:${port}/mjpg/CAM${recipe()}`, { signal: leave.signal });
  if (!response.ok) throw new Error(String(response.status));
  await stay();
  leave.abort();
}

async function takeSnapshot(): Promise<void> {
  const file = SNAPSHOTS[(visits >> 2) % SNAPSHOTS.length]!;
  const response = await fetch(`http://127.0.0.1:${port}/snapshot/${file}`);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(String(response.status));
}

async function watchSocket(): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/mjpg/CAM${recipe()}`);
  const opened = Promise.withResolvers<undefined>();
  socket.onopen = () => opened.resolve(undefined);
  socket.onerror = () => opened.reject(new Error("the socket was refused"));
  await opened.promise;
  await stay();
  socket.close();
}

/** Two views, of which one changes its recipe. */
async function watchViews(): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
  const opened = Promise.withResolvers<undefined>();
  socket.onopen = () => opened.resolve(undefined);
  socket.onerror = () => opened.reject(new Error("the socket was refused"));
  await opened.promise;
  const say = (message: object): void => socket.send(JSON.stringify(message));
  say({ type: "open", id: 1, pv: "CAM", format: "jpeg" });
  say({ type: "open", id: 2, pv: "CAM", format: "raw" });
  await stay();
  say({ type: "update", id: 1, options: { width: 100 } });
  await stay();
  socket.close();
}

const VISITS = [watchStream, takeSnapshot, watchSocket, watchViews];
async function comeAndGo(): Promise<void> {
  while (performance.now() < until) {
    visits++;
    await VISITS[visits % VISITS.length]!().catch(() => failed++);
  }
}

const crowd = Array.from({ length: AT_ONCE }, comeAndGo);
let first: number | undefined;
for (let minute = 1; performance.now() < until; minute++) {
  await Bun.sleep(Math.min(60_000, until - performance.now()));
  const rss = rssBytes(pid) / 1e6;
  first ??= rss;
  console.log(
    `minute ${minute}: ${rss.toFixed(0)} MB (${(rss / first).toFixed(2)} of the first), ${descriptors(pid)} descriptors, ${visits} visits, ${failed} failed`,
  );
}
await Promise.all(crowd);
