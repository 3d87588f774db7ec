/**
 * Cameras for benches, in a process of their own: `bun scripts/bench/peers/pva-cameras.ts COUNT SIDE FPS`. PVs CAM0,
 * CAM1 … hold ubyte images with a uniqueId that counts up; their frames are spread over the period. Prints {"pva": port}.
 */
import { NTNDARRAY_PVXS, PvaServer, SharedPv } from "../../../server/pva/index.ts";

const [count = 1, side = 512, fps = 10] = process.argv.slice(2).map(Number);
const pixels = new Uint8Array(side * side);
const dimension = [{ size: side }, { size: side }];
const cameras = Array.from(
  { length: count },
  () => new SharedPv(NTNDARRAY_PVXS, { initial: { value: { ubyteValue: pixels }, dimension, uniqueId: 0 } }),
);
const server = await PvaServer.listen({
  port: 0,
  provider: (name) => cameras[Number(/^CAM(\d+)$/.exec(name)?.[1] ?? -1)],
});
console.log(JSON.stringify({ pva: server.address.port }));

const started = performance.now();
let posted = 0;
setInterval(() => {
  const due = Math.floor(((performance.now() - started) / 1000) * fps * count);
  for (; posted < due; posted++) {
    const uniqueId = Math.floor(posted / count) + 1;
    cameras[posted % count]!.post({ value: { ubyteValue: pixels }, dimension, uniqueId }, [
      "value",
      "uniqueId",
    ]);
  }
}, 2);
