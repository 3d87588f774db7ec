import { beforeEach, describe, expect, test } from "bun:test";
import { silentLog } from "../../server/log.ts";
import { StreamLife } from "../../server/stream/stream-life.ts";
import { ManualClock } from "../support/manual-clock.ts";

let clock: ManualClock;
let over: string[];
let lines: string[];
let life: StreamLife;

beforeEach(() => {
  clock = new ManualClock();
  over = [];
  lines = [];
  const log = {
    ...silentLog,
    info: (_message: string, { from, to, reason }: Record<string, string>) =>
      lines.push(`${from} → ${to}: ${reason}`),
  } as typeof silentLog;
  life = new StreamLife(
    { pv: "CAM", clock, log, stallMs: 5000, lingerMs: 60_000 },
    { changed: () => undefined, over: (reason) => over.push(reason) },
  );
});

describe("StreamLife", () => {
  test("is connecting until the first image, and says whether a server answers", () => {
    expect([life.state, life.reason]).toEqual(["connecting", "Looking for CAM."]);
    life.answered("10.0.0.7:5075");
    expect([life.state, life.reason]).toEqual([
      "connecting",
      "10.0.0.7:5075 answers; waiting for the first image.",
    ]);
    life.image();
    expect(life.state).toBe("live");
  });

  test("is stalled 5 s after the last image, and live with the next", async () => {
    life.answered("server");
    life.image();
    await clock.advance(3000);
    life.image();
    await clock.advance(4999);
    expect(life.state).toBe("live");
    await clock.advance(1);
    expect([life.state, life.reason]).toEqual(["stalled", "No image for 5 s."]);
    life.image();
    expect(life.state).toBe("live");
  });

  test("sets one alarm for a thousand images", () => {
    life.answered("server");
    for (let image = 0; image < 1000; image++) life.image();
    expect(clock.pending).toBe(1);
  });

  test("is disconnected when the connection is lost, stalled when a server answers again, and live with an image", () => {
    life.answered("server");
    life.image();
    life.disconnected("the IOC closed it");
    expect([life.state, life.reason]).toEqual(["disconnected", "The connection was lost: the IOC closed it"]);
    expect(clock.pending).toBe(0);
    life.answered("server");
    expect(life.state).toBe("stalled");
    life.image();
    expect(life.state).toBe("live");
  });

  test("goes from stalled to disconnected", async () => {
    life.image();
    await clock.advance(5000);
    life.disconnected("gone");
    expect(life.state).toBe("disconnected");
  });

  test("lingers for 60 s after the last viewer, then is over", async () => {
    life.image();
    life.unwatched();
    expect(life.state).toBe("lingering");
    await clock.advance(59_999);
    expect(over).toEqual([]);
    await clock.advance(1);
    expect(over).toEqual(["Nobody has watched for 60 s."]);
  });

  test("takes up the state that holds when a viewer comes back from the linger", async () => {
    life.image();
    life.unwatched();
    await clock.advance(10_000);
    expect(life.state).toBe("lingering");
    life.watched();
    expect(life.state).toBe("stalled");
    await clock.advance(120_000);
    expect(over).toEqual([]);
  });

  test("does not linger when no image ever came", () => {
    life.answered("server");
    life.unwatched();
    expect(over).toEqual(["Nobody waits for a first image any more."]);
  });

  test("keeps no alarm and no ear after its end", () => {
    life.image();
    life.unwatched();
    life.close("over");
    expect(clock.pending).toBe(0);
    life.disconnected("late");
    life.unwatched();
    expect([life.state, life.reason, clock.pending]).toEqual(["closed", "over", 0]);
  });

  test("logs each change of state once, with its reason", async () => {
    life.answered("server");
    life.image();
    life.image();
    await clock.advance(5000);
    life.disconnected("gone");
    life.disconnected("gone");
    life.close("The server is stopping.");
    expect(lines).toEqual([
      "connecting → live: Images are coming.",
      "live → stalled: No image for 5 s.",
      "stalled → disconnected: The connection was lost: gone",
      "disconnected → closed: The server is stopping.",
    ]);
  });
});
