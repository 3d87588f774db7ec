import { describe, expect, test } from "bun:test";
import { EncodeError } from "../../server/encode/index.ts";
import { ImageFault } from "../../server/source/index.ts";
import { seededRandom } from "./seeded-random.ts";
import { Stage } from "./stage.ts";

/** What may happen to a camera between two of its frames. */
const EVENTS = ["image", "reshaped", "damaged", "not an image", "lost", "back", "crash", "silence"] as const;

describe("a camera to which anything happens", () => {
  test.each([1, 2, 3, 4, 5])(
    "loses no frame uncounted, ends no viewer, and is shown again a moment after it is well (seed %d)",
    async (seed) => {
      const random = seededRandom(seed);
      const stage = new Stage();
      stage.encoder.duration = () => 4;
      const opening = stage.watch({ placeholder: "lost" });
      await stage.advance(50);
      const { viewer, taken } = stage.follow(await opening);
      let faults = 0;
      for (let event = 0; event < 400; event++) {
        await stage.advance(random() * 120);
        stage.encoder.failure = () => undefined;
        switch (EVENTS[Math.floor(random() * EVENTS.length)]!) {
          case "reshaped":
            stage.source().publish({ width: 1 + Math.floor(random() * 9) });
            break;
          case "damaged":
            faults++;
            stage.source().fault(new ImageFault("bad-frame", "size", "too short"));
            break;
          case "not an image":
            faults++;
            stage.source().fault(new ImageFault("not-an-image", "codec", "packed as nobody knows how"));
            break;
          case "lost":
            stage.source().state({ kind: "disconnected", reason: "gone" });
            break;
          case "back":
            stage.source().connect();
            break;
          case "crash":
            stage.encoder.failure = () => new EncodeError("worker-crashed", "the worker ended");
            stage.source().publish();
            break;
          case "silence":
            await stage.advance(random() * 9000);
            break;
          default:
            stage.source().publish();
        }
      }
      stage.encoder.failure = () => undefined;
      // As long as the longest quarantine.
      await stage.advance(61_000);
      stage.source().connect();
      stage.source().publish({ width: 5 });
      await stage.advance(200);
      expect(taken.at(-1)!.picture).toMatchObject({ placeholder: false, width: 5 });
      expect(viewer.status).toMatchObject({ state: "live", width: 5, viewers: 1 });
      const shown = taken
        .filter(({ picture }) => !picture.placeholder)
        .map(({ picture }) => picture.sequence);
      expect(shown).toEqual([...new Set(shown)].sort((a, b) => a - b));
      const lost = Object.values(viewer.drops).reduce((sum, count) => sum + count, 0);
      expect(lost + shown.length).toBe(stage.source().published + faults);
      viewer.close();
      await stage.registry.close();
      expect([stage.holds.count, stage.clock.pending]).toEqual([0, 0]);
      const { framesIn, framesEncoded, drops } = stage.registry.totals;
      const all = Object.values(drops).reduce((sum, count) => sum + count, framesEncoded);
      expect([framesIn, all]).toEqual([stage.source().published + faults, stage.source().published + faults]);
    },
  );
});
