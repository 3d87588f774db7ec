import { describe, expect, test } from "bun:test";
import { NewestPicture } from "../../server/viewer/newest-picture.ts";
import { settle } from "../support/manual-clock.ts";

/** A decoder whose work ends when the test says so. */
function stage() {
  const started: string[] = [];
  const shown: string[] = [];
  const discarded: string[] = [];
  const ends: { done: () => void; fail: () => void }[] = [];
  const pictures = new NewestPicture<string, string>(
    (encoded) => {
      started.push(encoded);
      return new Promise((resolve, reject) => {
        ends.push({ done: () => resolve(encoded), fail: () => reject(new Error("broken")) });
      });
    },
    (decoded) => shown.push(decoded),
    (decoded) => discarded.push(decoded),
  );
  return { pictures, started, shown, discarded, ends };
}

describe("the newest picture", () => {
  test("is decoded at once when nothing else is", async () => {
    const { pictures, started, shown, ends } = stage();
    pictures.offer("a");
    expect(started).toEqual(["a"]);
    ends[0]!.done();
    await settle();
    expect(shown).toEqual(["a"]);
  });

  test("is done with when it is shown, broken, overtaken, or no longer wanted", async () => {
    const { pictures, ends } = stage();
    const done: string[] = [];
    const offer = (name: string): void => pictures.offer(name, () => done.push(name));
    for (const name of ["shown", "overtaken", "broken"]) offer(name);
    expect(done).toEqual(["overtaken"]);
    ends[0]!.done();
    await settle();
    ends[1]!.fail();
    await settle();
    expect(done).toEqual(["overtaken", "shown", "broken"]);
    for (const name of ["late", "waiting"]) offer(name);
    pictures.close();
    offer("after");
    ends[2]!.done();
    await settle();
    expect(done.slice(3).sort()).toEqual(["after", "late", "waiting"]);
  });

  test("takes the place of those that wait, and decodes run one after another", async () => {
    const { pictures, started, shown, ends } = stage();
    for (const picture of ["a", "b", "c", "d"]) pictures.offer(picture);
    expect(started).toEqual(["a"]);
    ends[0]!.done();
    await settle();
    expect(started).toEqual(["a", "d"]);
    ends[1]!.done();
    await settle();
    expect(shown).toEqual(["a", "d"]);
  });

  test("comes after a broken one as if that had not been", async () => {
    const { pictures, shown, ends } = stage();
    pictures.offer("broken");
    ends[0]!.fail();
    await settle();
    pictures.offer("good");
    ends[1]!.done();
    await settle();
    expect(shown).toEqual(["good"]);
  });

  test("is not shown after the end, and what was being decoded is given back", async () => {
    const { pictures, started, shown, discarded, ends } = stage();
    pictures.offer("a");
    pictures.offer("b");
    pictures.close();
    pictures.offer("c");
    ends[0]!.done();
    await settle();
    expect({ started, shown, discarded }).toEqual({ started: ["a"], shown: [], discarded: ["a"] });
  });
});
