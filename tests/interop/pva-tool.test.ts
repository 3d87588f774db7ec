/** The command line tool against a server of another stack: what it finds, and what it tells of the conversation. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Outcome, runPva } from "../pva-tool/run.ts";
import { findPython, freeUdpPort, type Peer, startPeer } from "../support/python.ts";
import { requireTool } from "../support/tools.ts";

const python = findPython(["p4p", "numpy"]);
const absent = requireTool("Python with p4p and numpy", python !== undefined);

describe.skipIf(absent)("bun run pva and a p4p camera (pvxs stack)", () => {
  let camera: Peer;
  let server: string;
  let searchPort: number;

  beforeAll(async () => {
    searchPort = await freeUdpPort();
    const env = { EPICS_PVAS_SERVER_PORT: "0", EPICS_PVAS_BROADCAST_PORT: String(searchPort) };
    camera = await startPeer([python!, "p4p_camera.py", "uint8:mono"], { env });
    server = `127.0.0.1:${camera.ready}`;
  });
  afterAll(() => camera.kill());

  /** The tool, searching this host alone. */
  function pva(...words: readonly string[]): Promise<Outcome> {
    return runPva(words, { EPICS_PVA_ADDR_LIST: `127.0.0.1:${searchPort}`, EPICS_PVA_NAME_SERVERS: server });
  }

  test("search tells of one server, by UDP and by TCP", async () => {
    const { out, err, code } = await pva("search", "P4P:uint8:mono");
    expect([err, code]).toEqual(["", 0]);
    for (const way of [`UDP from 127.0.0.1:${searchPort}`, `TCP from ${server}`])
      expect(out).toMatch(
        new RegExp(
          `^P4P:uint8:mono {2}${server} tcp, guid [0-9a-f]{24}, answered by ${way} after [0-9.]+ ms$`,
          "m",
        ),
      );
    expect(out).not.toContain("servers claim this name");
  });

  test("report tells server, type and image", async () => {
    const { out, code } = await pva("report", "P4P:uint8:mono");
    expect(code).toBe(0);
    expect(out).toContain(`  info of ${server}\n    implLang "cpp"`);
    expect(out).toContain("  type\n    epics:nt/NTNDArray:1.0\n        union value\n");
    expect(out).toMatch(/^ {4}277 × 150 uint8 mono, uniqueId 0, 41550 bytes, pixels \d+ … \d+/m);
    expect(out).not.toContain("failed");
  });

  test("a hexdump tells the whole conversation, and the answer alone is on standard output", async () => {
    const { out, err, code } = await pva("--server", server, "get", "--hexdump", "P4P:scalar");
    expect(out).toMatch(/^P4P:scalar {2}.*1\.5\n$/);
    expect(code).toBe(0);
    for (const command of ["CONNECTION_VALIDATION", "CONNECTION_VALIDATED", "CREATE_CHANNEL", "GET"])
      expect(err).toMatch(new RegExp(`\\b${command}\\b`));
    expect(err).toContain("epics:nt/NTScalar:1.0");
    expect(err).toContain("value 1.5");
    expect(err).not.toContain("cannot be read");
    expect(err).not.toContain("not decoded");
  });
});
