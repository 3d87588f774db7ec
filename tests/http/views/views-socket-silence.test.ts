import { expect, test } from "bun:test";
import { picture } from "../fake-streams.ts";
import { RawClient } from "../raw-client.ts";
import { serve, type Serving } from "../serving.ts";
import { aTurn, withView } from "./with-view.ts";

const UPGRADE =
  "GET /ws HTTP/1.1\r\nHost: pc1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/** A text message as a client frames it (RFC 6455, 5.2), with a mask of zeros. */
function framed(message: object): Uint8Array {
  const text = Buffer.from(JSON.stringify(message));
  return Buffer.concat([Buffer.from([0x81, 0x80 + text.length, 0, 0, 0, 0]), text]);
}

/** A client that has been greeted, says these messages, and reads nothing any more. */
async function unreading(server: Serving, messages: readonly object[]): Promise<RawClient> {
  const client = await RawClient.ask(server.port, UPGRADE);
  await client.until((text) => text.includes('"hello"'));
  client.pause();
  for (const message of messages) client.send(framed(message));
  return client;
}

test("a client that does not read has one picture waiting, and its other views none", async () => {
  using server = serve();
  const opens = ["a", "b", "c"].map((id) => ({ type: "open", id, pv: id }));
  const client = await unreading(server, opens);
  const viewers = [
    await server.streams.viewer(0),
    await server.streams.viewer(1),
    await server.streams.viewer(2),
  ];
  await aTurn();
  let sequence = 0;
  const round = async (): Promise<void> => {
    sequence++;
    for (const viewer of viewers) viewer.show(picture(sequence, 8_000_000));
    await aTurn();
  };
  for (let count = 0; count < 5; count++) await round();
  const taken = viewers.reduce((sum, viewer) => sum + viewer.sentPictures.length, 0);
  // The kernel's own buffer may hold one; one is half sent, and one view has been asked for the next.
  expect(taken).toBeLessThanOrEqual(2);
  expect(viewers.filter(({ waiting }) => waiting).length).toBeLessThanOrEqual(1);
  client.close();
  await Promise.all(viewers.map((viewer) => viewer.closed));
});

test("a client that answers no ping and reads nothing is cut off after half a minute", async () => {
  using server = serve();
  const client = await unreading(server, [{ type: "open", id: "a", pv: "CAM" }]);
  const viewer = await server.streams.viewer();
  await server.clock.advance(29_999);
  expect(server.clock.pending).toBeGreaterThan(0);
  await server.clock.advance(10_001);
  await viewer.closed;
  expect(server.clock.pending).toBe(0);
  client.close();
});

test("a client that answers pings is kept, however little it says", async () => {
  using server = serve();
  const { client, viewer } = await withView(server);
  for (let count = 0; count < 12; count++) {
    await server.clock.advance(10_000);
    await client.until(() => client.all("state").length >= (count + 1) * 10);
    // The pong has come by now: it was sent before this ping's answer.
    await client.settled();
  }
  expect(viewer.waiting).toBeTrue();
  client.close();
  await viewer.closed;
  expect(server.clock.pending).toBe(0);
});

test("a socket closed in any state of its views leaves nothing behind", async () => {
  using server = serve();
  const { client, viewer } = await withView(server);
  viewer.show(picture(1));
  await client.until(() => client.pictures.length === 1);
  server.streams.searching = true;
  const asked = server.streams.asked();
  client.say({ type: "update", id: "a", options: { map: "jet" } });
  await asked;
  const askedAgain = server.streams.asked();
  client.say({ type: "open", id: "b", pv: "NOWHERE" });
  await askedAgain;
  client.close();
  await viewer.closed;
  await server.streams.left;
  await client.closed;
  await aTurn();
  expect(viewer.listeners).toBeEmpty();
  expect(server.clock.pending).toBe(0);
});
