import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPython, type Peer, startPeer } from "../support/python.ts";
import { type Service, startService } from "../support/service.ts";
import { requireTool } from "../support/tools.ts";

/** What numpy and Pillow make of the files that we serve. */
interface Read {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly mode: string;
  readonly sha256: string;
  readonly least: number;
  readonly most: number;
}

const python = findPython(["numpy", "PIL"]);

describe.skipIf(requireTool("Python with numpy and Pillow", python !== undefined))(
  "a file that is saved",
  () => {
    let service: Service;
    let reader: Peer;
    let folder: string;
    beforeAll(async () => {
      service = await startService({ nameServers: "127.0.0.1:1", flags: ["--sim", "--workers", "1"] });
      reader = await startPeer([python!, "read_snapshot.py"]);
      folder = await mkdtemp(join(tmpdir(), "snapshot-"));
    });
    afterAll(async () => {
      await reader.kill();
      await service.close();
      await rm(folder, { recursive: true });
    });

    /** Saves what the path answers with under the name that the answer suggests, and has it read. */
    async function saved(path: string): Promise<Read> {
      const response = await fetch(service.url(`/snapshot/${path}`));
      expect(response.status).toBe(200);
      const name = /filename="([^"]+)"/u.exec(response.headers.get("content-disposition")!)![1]!;
      const file = join(folder, name);
      await Bun.write(file, await response.bytes());
      return JSON.parse(await reader.ask(JSON.stringify({ path: file }))) as Read;
    }

    test.each([
      ["SIM:beam:64x48:uint8", [48, 64], "|u1"],
      ["SIM:beam:64x48:int16", [48, 64], "<i2"],
      ["SIM:beam:64x48:uint16:lz4", [48, 64], "<u2"],
      ["SIM:beam:64x48:uint32:bslz4", [48, 64], "<u4"],
      ["SIM:beam:64x48:float32", [48, 64], "<f4"],
      ["SIM:beam:64x48:float64:blosc", [48, 64], "<f8"],
      ["SIM:bars:64x48:uint8:rgb1", [48, 64, 3], "|u1"],
      ["SIM:bars:64x48:uint16:rgb3", [3, 48, 64], "<u2"],
    ])("%s is an array of numpy's of shape %p and type %s", async (pv, shape, dtype) => {
      const read = await saved(`${pv}@50.npy`);
      expect({ shape: read.shape, dtype: read.dtype }).toEqual({ shape, dtype });
      expect(read.most).toBeGreaterThan(read.least);
    });

    test.each([
      ["SIM:beam:64x48:uint16@50", "I;16", [48, 64]],
      ["SIM:beam:64x48:uint8@50", "L", [48, 64]],
      ["SIM:bars:64x48:uint8:rgb1@50", "RGB", [48, 64, 3]],
    ])("%s is a PNG of Pillow's mode %s", async (pv, mode, shape) => {
      const read = await saved(`${pv}.png`);
      expect({ mode: read.mode, shape: read.shape }).toEqual({ mode, shape });
    });

    test("a PNG of 16 bits has the numbers of the array of the same frame", async () => {
      // One frame in ten seconds, so that both are of the same one.
      const pv = "SIM:beam:64x48:uint16@0.1";
      const png = await saved(`${pv}.png?maxAge=60000`);
      const npy = await saved(`${pv}.npy?maxAge=60000`);
      expect([png.least, png.most]).toEqual([npy.least, npy.most]);
      expect(png.sha256).toBe(npy.sha256);
    });

    test("a JPEG is one for Pillow, in colours where a map is asked for", async () => {
      expect((await saved("SIM:beam:64x48:uint16@50.jpg?map=viridis")).mode).toBe("RGB");
    });
  },
);
