import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import packageFile from "../../package.json" with { type: "json" };
import { ntScalar, NTNDARRAY_PVXS, PvaServer, SharedPv } from "../../server/pva/index.ts";
import { type Outcome, runPva } from "./run.ts";

const image = new SharedPv(NTNDARRAY_PVXS, {
  initial: {
    value: { ushortValue: new Uint16Array([1, 2, 3, 4, 5, 6]) },
    dimension: [{ size: 3 }, { size: 2 }],
    uniqueId: 17,
  },
});
const evil = new SharedPv(ntScalar("string"), { initial: { value: "\u001b]0;owned\u0007\u202e" } });
let server: PvaServer;

beforeAll(async () => {
  const pvs = new Map([
    ["CAM", image],
    ["EVIL", evil],
  ]);
  server = await PvaServer.listen({ port: 0, provider: (name) => pvs.get(name), names: () => pvs.keys() });
});
afterAll(async () => await server.close());

function pva(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return runPva(words, { EPICS_PVA_NAME_SERVERS: `127.0.0.1:${server.address.port}`, ...env });
}

describe("report", () => {
  test("tells machine, settings, and of a name its server, type and first update", async () => {
    const { out, err, code } = await pva(["report", "CAM"]);
    expect([err, code]).toEqual(["", 0]);
    expect(out).toContain(`pva-to-video ${packageFile.version}, Bun ${Bun.version}`);
    expect(out).toMatch(/^interfaces\n {2}\S+ .*\/\d+/m);
    expect(out).toContain(`  EPICS_PVA_NAME_SERVERS=127.0.0.1:${server.address.port}\n`);
    expect(out).toContain(`  nameServers [{"host":"127.0.0.1","port":${server.address.port}}]`);
    expect(out).toContain(`  CAM  127.0.0.1:${server.address.port} tcp, guid `);
    expect(out).toContain(`  info of 127.0.0.1:${server.address.port}\n    implLang "typescript"`);
    expect(out).toContain("  type\n    epics:nt/NTNDArray:1.0\n        union value\n");
    expect(out).toContain("3 × 2 uint16, uniqueId 17, 12 bytes, pixels 1 … 6");
  });

  test("has no secrets: other variables are left out, tokens masked", async () => {
    const { out } = await pva(["report"], {
      AWS_SECRET_ACCESS_KEY: "hush-1",
      EPICS_PVA_AUTH_TOKEN: "hush-2",
      PVA_TO_VIDEO_PORT: "8081",
    });
    expect(out).not.toContain("hush");
    expect(out).not.toContain("AWS_SECRET");
    expect(out).toContain("  EPICS_PVA_AUTH_TOKEN=(set, not shown)\n");
    expect(out).toContain("  PVA_TO_VIDEO_PORT=8081\n");
  });

  test("tells what failed, with its code, in bounded time, and ends with 0", async () => {
    const { out, code } = await pva(["report", "-w", "0.3", "NOBODY"], { EPICS_PVA_CONN_TMO: "3" });
    expect(code).toBe(0);
    expect(out).toContain("  NOBODY: no server answered within 0.3 s");
    expect(out).toContain("  type: failed: timeout: NOBODY: no answer within 300 ms");
    expect(out).toContain("  first update: failed: timeout: none within 0.3 s; searching");
  });

  test("tells of settings that cannot be understood, and goes on with the defaults", async () => {
    const { out, code } = await pva(["report"], { EPICS_PVA_BROADCAST_PORT: "many" });
    expect(code).toBe(0);
    expect(out).toContain('defaults: failed: bad-setting: EPICS_PVA_BROADCAST_PORT: "many" is not a port');
  });
});

describe("--hexdump", () => {
  test("tells the messages on standard error and leaves the answer alone", async () => {
    const { out, err, code } = await pva(["get", "CAM", "--hexdump"]);
    expect(out).toBe("CAM  3 × 2 uint16, uniqueId 17, 12 bytes, pixels 1 … 6\n");
    expect(code).toBe(0);
    expect(err).toMatch(
      /sent to 127\.0\.0\.1:\d+ TCP: CREATE_CHANNEL, .*\n {2}cid \d+ "CAM"\n {2}00000000 {2}ca 02/,
    );
    expect(err).toMatch(/received from 127\.0\.0\.1:\d+ TCP: GET, .*\n(.*\n)*.*changed \{/);
  });

  test.each(["monitor -n 1 CAM", "info CAM", "search CAM", "report CAM"])("goes with %s", async (words) => {
    const { err, code } = await pva([...words.split(" "), "-x"]);
    expect(code).toBe(0);
    expect(err).toContain("TCP: SEARCH_RESPONSE");
    expect(err).not.toContain("cannot be read");
  });
});

test.each(["get", "get -v", "monitor -n 1", "get -x", "report"])(
  "what a server sends cannot write on the terminal: %s",
  async (words) => {
    const { out, err } = await pva([...words.split(" "), "EVIL"]);
    expect(out + err).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(out).toContain("\\u{1b}]0;owned\\u{7}\\u{202e}");
  },
);
