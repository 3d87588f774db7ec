import { expect, test } from "bun:test";
import { ConnectionPlaces } from "../../../server/pva/server/connection-places.ts";
import { MAX_CONNECTIONS, MAX_CONNECTIONS_PER_HOST } from "../../../server/pva/server/limits.ts";

/** How many places a host gets that asks for all there are. */
function taken(places: ConnectionPlaces, host: string): number {
  let count = 0;
  for (let asked = 0; asked < MAX_CONNECTIONS; asked++) if (places.take(host)) count++;
  return count;
}

test("one host cannot take every place, and has room again for each that it gives back", () => {
  const places = new ConnectionPlaces();
  expect(taken(places, "10.0.0.1")).toBe(MAX_CONNECTIONS_PER_HOST);
  expect(places.take("10.0.0.2")).toBe(true);
  places.free("10.0.0.1");
  expect(taken(places, "10.0.0.1")).toBe(1);
});

test("all hosts together have so many places, and others get those given back", () => {
  const places = new ConnectionPlaces();
  const hosts = Array.from({ length: 5 }, (_, index) => `10.0.0.${index}`);
  const counts = hosts.map((host) => taken(places, host));
  expect(counts.reduce((sum, count) => sum + count)).toBe(MAX_CONNECTIONS);
  expect(counts.at(-1)).toBe(0);
  places.free("10.0.0.0");
  expect(taken(places, "10.0.0.4")).toBe(1);
});
