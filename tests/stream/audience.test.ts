import { expect, test } from "bun:test";
import { AT_ONCE } from "../../server/stream/audience.ts";
import { type Follower, Stage } from "./stage.ts";

/** So many viewers that a picture is handed over in several groups: two in the turn in which it is ready, then one a turn. */
const CROWD = 200;

async function crowd(stage: Stage): Promise<Follower[]> {
  const first = await stage.watch();
  const others = await Promise.all(Array.from({ length: CROWD - 1 }, () => stage.watch()));
  const followers = [first, ...others].map((viewer) => stage.follow(viewer));
  await stage.advance(100);
  return followers;
}

/** Calls `task` before each alarm, which is a turn of the event loop of its own. */
function beforeEachAlarm(stage: Stage, task: () => void): void {
  const after = stage.clock.after.bind(stage.clock);
  stage.clock.after = (milliseconds, ring) =>
    after(milliseconds, () => {
      task();
      ring();
    });
}

const has = (sequence: number) => (follower: Follower) =>
  follower.taken.some(({ picture }) => picture.sequence === sequence);

test("a crowd is served in groups, between which others have their turn", async () => {
  const stage = new Stage();
  const followers = await crowd(stage);
  const served: number[] = [];
  beforeEachAlarm(stage, () => served.push(followers.filter(has(2)).length));
  stage.source().publish();
  await stage.advance(100);
  expect(served).toEqual([2 * AT_ONCE, 3 * AT_ONCE]);
  expect(followers.every(has(2))).toBe(true);
});

test("a large picture is handed to one viewer at a time", async () => {
  const stage = new Stage();
  const followers = [await stage.watch(), await stage.watch(), await stage.watch(), await stage.watch()].map(
    (viewer) => stage.follow(viewer),
  );
  await stage.advance(100);
  stage.encoder.jpegBytes = 5_000_000;
  const served: number[] = [];
  beforeEachAlarm(stage, () => served.push(followers.filter(has(2)).length));
  stage.source().publish();
  await stage.advance(100);
  expect(served).toEqual([2, 3]);
  expect(followers.every(has(2))).toBe(true);
});

test("who got no picture before a newer frame came is the first to get that one", async () => {
  const stage = new Stage({ maxFps: 1000 });
  const followers = await crowd(stage);
  let late: Follower[] | undefined;
  const lateOnesServed: number[] = [];
  beforeEachAlarm(stage, () => {
    if (late === undefined) {
      late = followers.filter((follower) => !has(2)(follower));
      stage.source().publish();
    } else if (followers.some(has(3))) lateOnesServed.push(late.filter(has(3)).length);
  });
  stage.source().publish();
  await stage.advance(100);
  expect(late).toHaveLength(CROWD - 2 * AT_ONCE);
  expect(lateOnesServed[0]).toBe(CROWD - 2 * AT_ONCE);
  expect(followers.every(has(3))).toBe(true);
});
