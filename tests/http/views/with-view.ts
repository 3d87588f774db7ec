import type { Serving } from "../serving.ts";
import { ViewsClient } from "./views-client.ts";

/** Lets everything that is under way in this process happen. */
export const aTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A connected client with one open view, `a` of CAM. */
export async function withView(server: Serving, more: object = {}) {
  const client = await ViewsClient.of(server);
  const stream = await client.show("a", "CAM", more);
  const viewer = await server.streams.viewer(server.streams.opened.length - 1);
  return { client, stream, viewer };
}
