/** Who is let in and what is shown, through the whole service. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "bun:test";
import type { StreamWords } from "../../server/http/streams-words.ts";
import { JumpingClock } from "../support/jumping-clock.ts";
import { readParts } from "../support/multipart.ts";
import { type Service, startService } from "../support/service.ts";

const ALICE = "alice-token-0123456789";
const BOB = "bob-token-9876543210";
const CAMERA = "SIM:beam:64x48@50";

/** Frames of a camera that could not be taken so far; 0 before it is known. */
async function failedFrames(service: Service, pv: string): Promise<number> {
  const answer = await fetch(service.url(`/api/streams/${pv}`));
  const { frames } = (await answer.json()) as Partial<StreamWords>;
  return frames?.lost.failed ?? 0;
}

test("a token taken out of its file ends the streams it had opened, and no others, while the service runs", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pva-to-video-access-"));
  const path = join(folder, "tokens");
  writeFileSync(path, `${ALICE} Alice\n${BOB} Bob\n`);
  chmodSync(path, 0o600);
  const clock = new JumpingClock();
  const service = await startService({ nameServers: "", flags: ["--sim", "--token-file", path], clock });
  try {
    expect((await fetch(service.url(`/mjpg/${CAMERA}`))).status).toBe(401);
    const headers = { Authorization: `Bearer ${ALICE}` };
    const ofAlice = await fetch(service.url(`/mjpg/${CAMERA}`), { headers });
    const ofBob = await fetch(service.url(`/mjpg/${CAMERA}?token=${BOB}`));
    expect([ofAlice.status, ofBob.status]).toEqual([200, 200]);
    const bobs = readParts(ofBob);
    await bobs.next();
    let pictures = 0;
    for await (const { body } of readParts(ofAlice)) {
      expect(Buffer.from(body).subarray(-2).toString("hex")).toBe("ffd9");
      if (++pictures === 1) {
        writeFileSync(path, `# Alice has left\n${BOB} Bob\n`);
        utimesSync(path, 1, 1);
      }
      // Two looks a second apart see that it is whole.
      clock.jump(1000);
    }
    expect(pictures).toBeLessThan(20);
    expect((await fetch(service.url(`/mjpg/${CAMERA}`), { headers })).status).toBe(401);
    const next = await bobs.next();
    expect(next.done).toBe(false);
    await bobs.return();
  } finally {
    await service.close();
    rmSync(folder, { recursive: true });
  }
}, 20_000);

test("no search is sent for a PV that is not allowed, and it is answered as one that nobody serves", async () => {
  const ears = createSocket("udp4");
  const heard: string[] = [];
  ears.on("message", (datagram) => heard.push(datagram.toString("latin1")));
  ears.bind(0, "127.0.0.1");
  await once(ears, "listening");
  const { port } = ears.address();
  const service = await startService({
    nameServers: "",
    flags: ["--connect-timeout", "0.3", "--allow", "OPEN:*", "--deny", "*:SECRET"],
    environment: { EPICS_PVA_ADDR_LIST: `127.0.0.1:${port}` },
  });
  try {
    const ask = async (pv: string): Promise<unknown> => {
      const answer = await fetch(service.url(`/mjpg/${pv}`));
      expect(answer.status).toBe(404);
      return answer.json();
    };
    const denied = await ask("OPEN:SECRET");
    const others = await ask("CLOSED:CAM");
    expect((await fetch(service.url("/snapshot/CLOSED:CAM.jpg"))).status).toBe(404);
    expect((await fetch(service.url("/api/streams/CLOSED:CAM"))).status).toBe(404);
    const missing = await ask("OPEN:NOBODY");
    const searches = (name: string): number => heard.filter((datagram) => datagram.includes(name)).length;
    expect([searches("OPEN:SECRET"), searches("CLOSED:CAM")]).toEqual([0, 0]);
    expect(searches("OPEN:NOBODY")).toBeGreaterThan(0);
    const renamed = (answer: unknown, pv: string): unknown =>
      JSON.parse(JSON.stringify(answer).replaceAll(pv, "OPEN:NOBODY"));
    expect(renamed(denied, "OPEN:SECRET")).toEqual(missing);
    expect(renamed(others, "CLOSED:CAM")).toEqual(missing);
    expect(JSON.stringify(await (await fetch(service.url("/api/streams"))).json())).not.toContain("CLOSED");
  } finally {
    await service.close();
    ears.close();
  }
});

test("a camera for which memory is short is refused in words, while the one that is watched goes on", async () => {
  const clock = new JumpingClock();
  // One image of 1000 × 1000 uint16 is 2 MB: two fit, and not a third.
  const service = await startService({
    nameServers: "",
    flags: ["--sim", "--memory", "4M"],
    clock,
  });
  try {
    const shown = readParts(await fetch(service.url("/mjpg/SIM:beam:1000x1000:uint16@20")));
    for (let count = 0; count < 3; count++) expect((await shown.next()).done).toBe(false);
    const camera = "SIM:noise:1000x1000:uint16@20";
    const refusing = fetch(service.url(`/mjpg/${camera}`));
    // Not before an image of it has come; the connect timeout is not waited for.
    while ((await failedFrames(service, camera)) === 0) await Bun.sleep(5);
    clock.jump(3000);
    const refused = await refusing;
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ error: "server-full" });
    expect((await shown.next()).done).toBe(false);
    await shown.return();
  } finally {
    await service.close();
  }
}, 20_000);

test("cameras that nobody watches any more make room in memory for one that is asked for", async () => {
  const service = await startService({ nameServers: "", flags: ["--sim", "--memory", "4M"] });
  try {
    const left = readParts(await fetch(service.url("/mjpg/SIM:beam:1000x1000:uint16@20")));
    for (let count = 0; count < 3; count++) expect((await left.next()).done).toBe(false);
    await left.return();
    const shown = await fetch(service.url("/mjpg/SIM:noise:1000x1000:uint16@20"));
    expect(shown.status).toBe(200);
    const pictures = readParts(shown);
    expect((await pictures.next()).done).toBe(false);
    await pictures.return();
  } finally {
    await service.close();
  }
}, 20_000);
