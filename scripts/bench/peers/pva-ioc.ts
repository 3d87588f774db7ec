/**
 * An IOC for benches, in a process of its own: `bun scripts/bench/peers/pva-ioc.ts COUNT SIDE FPS PORT SEARCH_PORT`. PVs
 * CAM0, CAM1 … hold ubyte images with a uniqueId that counts up. PORT: of TCP, 0 for any; SEARCH_PORT: UDP port of searches
 * and beacons on loopback, 0 for none. Prints {"pva": port} when it listens.
 */
import { NTNDARRAY_PVXS, PvaServer, SharedPv } from "../../../server/pva/index.ts";

const [count = 1, side = 64, fps = 5, port = 0, searchPort = 0] = process.argv.slice(2).map(Number);
const pixels = new Uint8Array(side * side);
const dimension = [{ size: side }, { size: side }];
const cameras = Array.from({ length: count }, () => new SharedPv(NTNDARRAY_PVXS));
const server = await PvaServer.listen({
  port,
  provider: (name) => cameras[Number(/^CAM(\d+)$/.exec(name)?.[1] ?? -1)],
  ...(searchPort === 0 ? {} : { searchPort }),
});
console.log(JSON.stringify({ pva: server.address.port }));

let uniqueId = 0;
setInterval(() => {
  uniqueId++;
  for (const camera of cameras) camera.post({ value: { ubyteValue: pixels }, dimension, uniqueId });
}, 1000 / fps);
