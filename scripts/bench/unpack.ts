/**
 * Speed of unpacking in both builds beside the libraries that Python has for it, in milliseconds a frame of 2048 × 2048
 * uint16 like a detector's, best of repeats: `bun scripts/bench/unpack.ts`. Wants $PVA_TEST_PYTHON or python3 with numpy,
 * lz4 and bitshuffle, which also write the payloads; `blosc` takes part if it is there. All use one thread and are timed
 * by turns, so that whatever else the machine does meets everyone.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateSync, zstdDecompressSync } from "node:zlib";
import { JobMemory } from "../../wasm/core/job-memory.ts";
import { instantiate } from "../../wasm/core/module.ts";
import type { CoreBuild } from "../../wasm/core/module.ts";
import { unpack } from "../../wasm/core/unpack.ts";
import type { PackedCodec } from "../../wasm/core/unpack.ts";

const BYTES = 2 * 2048 * 2048;
const ROUNDS = 4;
const MILLISECONDS = 300;

/** Writes the payloads into a folder, or times unpacking one of them and prints milliseconds. */
const PYTHON = `
import sys, time
import numpy as np
import bitshuffle, lz4.block
try:
    import blosc
    blosc.set_nthreads(1)
except ImportError:
    blosc = None
folder, name, milliseconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
side, where = 2048, lambda name: f"{folder}/{name}"

def frame():
    rng = np.random.default_rng(1)
    y, x = np.mgrid[0:side, 0:side]
    r = np.hypot(x - 1000, y - 1050)
    photons = rng.poisson(3 + 200 * np.exp(-(r - 400) ** 2 / 2000) + 40 * np.exp(-r / 300)).astype("u2")
    photons.flat[rng.integers(0, side * side, 400)] = 65535
    return photons

if name == "write":
    array = frame().ravel()
    plain = array.tobytes()
    payloads = {"plain": plain, "bslz4": bytes(bitshuffle.compress_lz4(array)), "lz4": lz4.block.compress(plain, store_size=False)}
    if blosc:
        for cname in ["blosclz", "lz4", "zlib", "zstd"]:
            for shuffle, how in [("byte", blosc.SHUFFLE), ("bit", blosc.BITSHUFFLE)]:
                payloads[f"blosc-{cname}-{shuffle}"] = blosc.compress(plain, 2, 5, how, cname)
    for name, payload in payloads.items():
        open(where(name), "wb").write(payload)
    print(" ".join(payloads))
else:
    payload = open(where(name), "rb").read()
    if name == "lz4":
        task = lambda: lz4.block.decompress(payload, uncompressed_size=2 * side * side)
    elif name == "bslz4":
        packed = np.frombuffer(payload, "u1")
        task = lambda: bitshuffle.decompress_lz4(packed, (side * side,), np.dtype("u2"))
    else:
        task = lambda: blosc.decompress(payload)
    least, end = 1e9, time.perf_counter() + milliseconds / 1e3
    while time.perf_counter() < end:
        started = time.perf_counter()
        task()
        least = min(least, time.perf_counter() - started)
    print(least * 1e3)
`;

type Entrant = (name: string, payload: Uint8Array) => Promise<number>;

async function core(build: CoreBuild, plain: Uint8Array): Promise<Entrant> {
  const exports = await instantiate(build);
  const memory = new JobMemory(exports.memory, exports.freeStart() >>> 0, 2 ** 30);
  const inflaters = {
    zlib: (bytes: Uint8Array, size: number) => inflateSync(bytes, { maxOutputLength: size }),
    zstd: (bytes: Uint8Array, size: number) => zstdDecompressSync(bytes, { maxOutputLength: size }),
  };
  return (name, payload) => {
    const codec = name.split("-")[0] as PackedCodec;
    memory.startJob();
    const packed = { address: memory.take(payload.length), bytes: payload.length };
    memory.view(packed.address, packed.bytes).set(payload);
    let least = Infinity;
    const end = performance.now() + MILLISECONDS;
    while (performance.now() < end) {
      memory.startJob();
      memory.take(payload.length);
      const started = performance.now();
      const { address } = unpack({
        exports,
        memory,
        packed,
        codec,
        decodedBytes: BYTES,
        bytesPerSample: 2,
        inflaters,
      });
      least = Math.min(least, performance.now() - started);
      if (Buffer.compare(memory.view(address, BYTES), plain) !== 0) throw new Error(`${name} came out wrong`);
    }
    return Promise.resolve(least);
  };
}

function findPython(): string | undefined {
  const paths = [process.env["PVA_TEST_PYTHON"], "python3"].filter((path) => path !== undefined);
  return paths.find(
    (path) =>
      Bun.which(path) !== null && Bun.spawnSync([path, "-c", "import numpy, lz4.block, bitshuffle"]).success,
  );
}

async function runPython(python: string, ...args: string[]): Promise<string> {
  const child = Bun.spawn([python, "-c", PYTHON, ...args], {
    env: { ...process.env, OMP_NUM_THREADS: "1" },
  });
  const text = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error("Python failed");
  return text.trim();
}

async function bench(python: string, folder: string): Promise<void> {
  const names = (await runPython(python, folder, "write", "0")).split(" ").filter((name) => name !== "plain");
  const plain = await Bun.file(join(folder, "plain")).bytes();
  const entrants: readonly Entrant[] = [
    await core("simd", plain),
    await core("scalar", plain),
    async (name) => Number(await runPython(python, folder, name, String(MILLISECONDS))),
  ];
  console.log("payload               kB     simd   scalar   Python   simd / Python, speed");
  for (const name of names) {
    const payload = await Bun.file(join(folder, name)).bytes();
    const best = entrants.map(() => Infinity);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, entrant] of entrants.entries())
        best[i] = Math.min(best[i]!, await entrant(name, payload));
    }
    const times = best.map((time) => time.toFixed(2).padStart(9)).join("");
    const size = (payload.length / 1e3).toFixed(0).padStart(6);
    console.log(`${name.padEnd(17)}${size}${times}   ${(best[2]! / best[0]!).toFixed(2)}`);
  }
}

const python = findPython();
if (python === undefined) {
  console.log("no Python with numpy, lz4 and bitshuffle: nothing to unpack, and nobody to compare with");
} else {
  const folder = await mkdtemp(join(tmpdir(), "pva-to-video-unpack-"));
  try {
    await bench(python, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
