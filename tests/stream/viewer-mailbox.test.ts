import { beforeEach, describe, expect, test } from "bun:test";
import type { StreamPicture } from "../../server/stream/index.ts";
import { ViewerMailbox } from "../../server/stream/viewer-mailbox.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { wholePicture } from "../support/picture-facts.ts";
import { isPending } from "./stage.ts";

let clock: ManualClock;
let asked: number;
let mailbox: ViewerMailbox<StreamPicture>;

beforeEach(() => {
  clock = new ManualClock();
  asked = 0;
  mailbox = new ViewerMailbox(100, 0, clock, { asked: () => asked++ });
});

const picture = (sequence: number): StreamPicture => ({
  ...wholePicture(4, 2),
  jpeg: Uint8Array.of(sequence),
  width: 4,
  height: 2,
  encoder: "fast",
  encodeMs: 1,
  sequence,
  uniqueId: sequence,
  iocTime: undefined,
  cameraTime: undefined,
  receivedAt: 0,
  repeat: false,
  placeholder: false,
});

describe("ViewerMailbox", () => {
  test("tells its rendition that the viewer waits, and hands the picture itself over", async () => {
    mailbox.admit();
    const next = mailbox.next();
    expect(asked).toBe(1);
    const first = picture(1);
    expect(mailbox.deliver(first, 0)).toBe(true);
    expect(await next).toBe(first);
  });

  test("wants nothing while the viewer is away, nor what it had, nor before it is due", () => {
    mailbox.admit();
    expect(mailbox.wants(1)).toBeUndefined();
    void mailbox.next();
    expect(mailbox.wants(1)).toBe(-Infinity);
    mailbox.deliver(picture(1), 1000);
    void mailbox.next();
    expect(mailbox.wants(1)).toBeUndefined();
    expect(mailbox.wants(2)).toBe(1049);
  });

  test("keeps no picture for a viewer that is away", async () => {
    mailbox.admit();
    expect(mailbox.deliver(picture(1), 0)).toBe(false);
    expect(await isPending(mailbox.next())).toBe(true);
  });

  test("opens with the first picture without using it up", async () => {
    expect(mailbox.wants(1)).toBe(-Infinity);
    mailbox.deliver(picture(1), 0);
    await mailbox.opened;
    const next = mailbox.next();
    expect(mailbox.wants(1)).toBe(-Infinity);
    mailbox.deliver(picture(1), 0);
    expect((await next)?.sequence).toBe(1);
  });

  test("is not interested in frames from before its time", () => {
    const late = new ViewerMailbox(100, 7, clock, { asked: () => undefined });
    expect(late.wants(7)).toBeUndefined();
    expect(late.wants(8)).toBe(-Infinity);
  });

  test("counts a missed frame as paced while the viewer or the rendition is not due, else as slow or skipped", async () => {
    mailbox.admit();
    void mailbox.next();
    mailbox.deliver(picture(1), 0);
    await clock.advance(48);
    expect(mailbox.missed(2, clock.now(), 0)).toBe("paced");
    await clock.advance(1);
    expect(mailbox.missed(3, clock.now(), 60)).toBe("paced");
    expect(mailbox.missed(4, clock.now(), 0)).toBe("slow");
    void mailbox.next();
    expect(mailbox.missed(5, clock.now(), 0)).toBe("skipped");
    expect(mailbox.drops).toEqual({ overrun: 0, skipped: 1, paced: 2, slow: 1, failed: 0 });
  });

  test("does not count a frame that the viewer had, or that came before it was open", () => {
    expect(mailbox.missed(1, 0, 0)).toBeUndefined();
    mailbox.admit();
    void mailbox.next();
    mailbox.deliver(picture(2), 0);
    expect(mailbox.missed(2, 0, 0)).toBeUndefined();
    expect(mailbox.drops).toEqual({ overrun: 0, skipped: 0, paced: 0, slow: 0, failed: 0 });
  });

  test("counts a failed frame once, as failed and nothing else", () => {
    mailbox.admit();
    mailbox.failed(1, new Error("broken"));
    mailbox.failed(1, new Error("broken"));
    mailbox.missed(1, 0, 0);
    expect(mailbox.drops).toEqual({ overrun: 0, skipped: 0, paced: 0, slow: 0, failed: 1 });
  });

  test("gives the last picture again after repeatAfterMs, as often as it is asked", async () => {
    mailbox.admit();
    void mailbox.next();
    const first = picture(1);
    mailbox.deliver(first, 0);
    for (let round = 0; round < 3; round++) {
      const next = mailbox.next({ repeatAfterMs: 5000 });
      await clock.advance(4999);
      expect(await isPending(next)).toBe(true);
      await clock.advance(1);
      const again = await next;
      expect(again).toEqual({ ...first, repeat: true });
      expect(again?.jpeg).toBe(first.jpeg);
    }
  });

  test("does not let a repeat use up the viewer's rate", async () => {
    mailbox.admit();
    void mailbox.next();
    mailbox.deliver(picture(1), 0);
    void mailbox.next({ repeatAfterMs: 1000 });
    await clock.advance(1000);
    void mailbox.next();
    expect(mailbox.wants(2)).toBe(49);
  });

  test("waits on when there is nothing to repeat", async () => {
    mailbox.admit();
    const next = mailbox.next({ repeatAfterMs: 10 });
    await clock.advance(1000);
    expect(await isPending(next)).toBe(true);
    mailbox.deliver(picture(1), 1000);
    expect((await next)?.repeat).toBe(false);
  });

  test("sets one alarm for many pictures, and takes it along at its end", async () => {
    mailbox.admit();
    for (let sequence = 1; sequence <= 3; sequence++) {
      void mailbox.next({ repeatAfterMs: 5000 });
      mailbox.deliver(picture(sequence), clock.now());
      expect(clock.pending).toBe(1);
    }
    const next = mailbox.next({ repeatAfterMs: 5000 });
    mailbox.close();
    expect(await next).toBeUndefined();
    expect(clock.pending).toBe(0);
  });

  test("repeats in time also where its alarm was set for an earlier picture, or for a later moment", async () => {
    mailbox.admit();
    void mailbox.next({ repeatAfterMs: 5000 });
    await clock.advance(3000);
    mailbox.deliver(picture(1), clock.now());
    let repeated: unknown;
    void mailbox.next({ repeatAfterMs: 5000 }).then((again) => (repeated = again));
    await clock.advance(4999);
    expect(repeated).toBeUndefined();
    await clock.advance(1);
    expect(repeated).toMatchObject({ sequence: 1, repeat: true });
    void mailbox.next({ repeatAfterMs: 200 }).then((again) => (repeated = again));
    repeated = undefined;
    await clock.advance(200);
    expect(repeated).toMatchObject({ sequence: 1, repeat: true });
  });

  test("answers undefined at once after its end", async () => {
    mailbox.close();
    expect(await mailbox.next({ repeatAfterMs: 10 })).toBeUndefined();
    expect(clock.pending).toBe(0);
  });

  test("refuses a second call while the first waits", () => {
    mailbox.admit();
    void mailbox.next();
    expect(() => mailbox.next()).toThrow("earlier call still waits");
  });

  test("can be refused only before it is open", async () => {
    mailbox.refuse(new Error("no image"));
    expect(await mailbox.opened.catch((error: unknown) => error)).toEqual(new Error("no image"));
    const other = new ViewerMailbox(100, 0, clock, { asked: () => undefined });
    other.admit();
    other.refuse(new Error("too late"));
    await other.opened;
  });
});
