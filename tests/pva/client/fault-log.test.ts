import { expect, test } from "bun:test";
import { silentLog } from "../../../server/log.ts";
import { LE } from "../../support/pva-bytes.ts";
import { clientOf, RecordingListener } from "../../support/pva-client.ts";
import { ScriptedPeer } from "../../support/pva-peer.ts";

test("a message that cannot be read makes one log line, with code, offset, field and the bytes", async () => {
  const peer = new ScriptedPeer(LE);
  const logged = Promise.withResolvers<readonly [string, Record<string, unknown> | undefined]>();
  let lines = 0;
  const client = clientOf(peer, {
    log: {
      ...silentLog,
      warning: (message, properties) => {
        lines++;
        logged.resolve([message, properties]);
      },
    },
  });
  const listener = new RecordingListener();
  client.monitor("X", {}, listener);
  const connection = await peer.accept();
  await connection.handshake();
  await connection.answerSearch();
  await connection.answerCreate(1);
  const type = [0x80, LE.string("top"), 1, LE.string("label"), 0x60];
  connection.send(LE.message(13, [LE.u32(1), 0x08, 0xff, type]));
  connection.send(LE.message(13, [LE.u32(1), 0x00, [1, 2], 40, [0x68, 0x69]]));
  const [template, properties] = await logged.promise;
  expect(template).toBe("{server} sent what cannot be read, closing: {code}: {message}\n{bytes}");
  expect(properties).toMatchObject({ code: "short-data", field: "label" });
  expect(properties?.["message"]).toContain("in label");
  expect(properties?.["offset"]).toBe(8);
  expect(properties?.["bytes"]).toBe(
    "00000000  01 00 00 00 00 01 02 28  68 69                    |.......(hi|",
  );
  await connection.closed.promise;
  expect(lines).toBe(1);
  await client.close();
  peer.close();
});
