import { expect, test } from "bun:test";
import { picture } from "../fake-streams.ts";
import { serve } from "../serving.ts";
import { ViewsClient } from "./views-client.ts";
import { withView } from "./with-view.ts";

test("a PV that is searched for keeps no other view waiting", async () => {
  using server = serve();
  const client = await ViewsClient.of(server);
  server.streams.searching = true;
  const asked = server.streams.asked();
  client.say({ type: "open", id: "a", pv: "NOWHERE" });
  await asked;
  server.streams.searching = false;
  const stream = await client.show("b", "CAM");
  (await server.streams.viewer()).show(picture(1));
  await client.until(() => client.of(stream).length === 1);
  client.close();
  await server.streams.left;
});

test("a view is told of as soon as it is looked for, and when it is shown", async () => {
  using server = serve();
  server.streams.searching = true;
  const client = await ViewsClient.of(server);
  client.say({ type: "open", id: "a", pv: "CAM" });
  await client.until(() => client.all("state").length === 1);
  expect(client.all("state")[0]!.views).toMatchObject([
    {
      id: "a",
      pv: "CAM",
      state: "connecting",
      reason: "Looking for CAM.",
      statistics: { sent: 0, inFlight: 0 },
    },
  ]);
  server.streams.searching = false;
  await client.show("b", "OTHER");
  await client.until(() => client.stateOf("b")?.state === "live");
  client.close();
});

test("one message a second tells all views, and each change at once those that have changed", async () => {
  using server = serve();
  const { client, viewer } = await withView(server);
  await client.show("b", "OTHER");
  await client.settled();
  const first = client.all("state").length;
  const states = (): ReturnType<typeof client.all<"state">> => client.all("state").slice(first);
  await server.clock.advance(1000);
  await client.until(() => states().length === 1);
  expect(states()[0]!.views.map(({ id, pv }) => [id, pv])).toEqual([
    ["a", "CAM"],
    ["b", "OTHER"],
  ]);
  viewer.change({ state: "stalled", reason: "No frame for 5 s." });
  await client.until(() => states().length === 2);
  expect(states()[1]!.views).toMatchObject([{ id: "a", state: "stalled", reason: "No frame for 5 s." }]);
  viewer.show(picture(1));
  await client.until(() => client.stateOf("a")?.picture !== undefined);
  const told = states().length;
  viewer.show({ ...picture(2), range: { low: 5, high: 6, issues: [] } });
  await client.until(() => client.pictures.length === 2);
  viewer.drops.slow = 4;
  await server.clock.advance(1000);
  await client.until(() => states().length === told + 1);
  expect(client.stateOf("a")).toMatchObject({
    range: { low: 5, high: 6 },
    statistics: { fps: 25, sent: 2, bytes: 2 * 144, inFlight: 2, drops: { slow: 4 } },
  });
  expect(client.stateOf("a")!.statistics.latencyMs).toBeGreaterThan(0);
  client.close();
});

test("a view whose stream has ended is told of, and the socket goes with the last of them", async () => {
  using server = serve();
  const { client, viewer } = await withView(server);
  await client.show("b", "OTHER");
  viewer.close();
  await client.until(() => client.all("closed").length === 1);
  expect(client.all("closed")[0]).toMatchObject({ id: "a", code: 1001 });
  (await server.streams.viewer(1)).close();
  expect((await client.closed).code).toBe(1001);
});
