import { expect, test } from "bun:test";
import { silentLog } from "../../../server/log.ts";
import { LE } from "../../support/pva-bytes.ts";
import { clientOf } from "../../support/pva-client.ts";
import { JumpingClock } from "../../support/jumping-clock.ts";
import { ScriptedPeer } from "../../support/pva-peer.ts";

test("a server that floods us with remarks fills no log: a few a minute, cut short", async () => {
  const [clock, peer] = [new JumpingClock(), new ScriptedPeer(LE)];
  const texts: string[] = [];
  const log = {
    ...silentLog,
    warning: (_: string, properties?: Record<string, unknown>) => {
      texts.push(String(properties?.["text"]));
    },
  };
  const client = clientOf(peer, { clock, log });
  const connection = await peer.accept();
  await connection.handshake();
  const remark = LE.message(18, [LE.u32(1), 2, LE.string("x".repeat(1000))]);
  const flood = async (): Promise<void> => {
    const { log: said } = connection;
    const echoes = (): number =>
      said.filter(({ flags, command }) => (flags & 1) === 1 && command === 4).length;
    const before = echoes();
    for (let count = 0; count < 100; count++) connection.send(remark);
    connection.send(LE.control(3));
    while (echoes() === before) await Bun.sleep(1);
  };
  await flood();
  expect(texts).toHaveLength(10);
  expect(texts[0]!.length).toBeLessThanOrEqual(500);
  clock.jump(30_000);
  await flood();
  expect(texts).toHaveLength(10);
  clock.jump(30_000);
  await flood();
  expect(texts).toHaveLength(20);
  await client.close();
  peer.close();
});
