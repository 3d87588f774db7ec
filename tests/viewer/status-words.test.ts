import { describe, expect, test } from "bun:test";
import { CLOSE_CODE, type StatusMessage } from "../../server/http/protocol.ts";
import { stateWords } from "../../server/viewer/status-words.ts";

const clockTime = (time: number): string => new Date(time).toISOString().slice(11, 19);
const since = Date.UTC(2026, 0, 1, 14, 3, 12);
const drops = { overrun: 0, skipped: 0, paced: 0, slow: 0, failed: 0 };
const quiet = { type: "status", pv: "A:Image", cameraFps: 0, encodedFps: 0, viewers: 1, drops } as const;

function open(state: StatusMessage["state"], reason = "") {
  return stateWords("A:Image", { kind: "open", since, status: { ...quiet, state, reason } }, clockTime);
}

function refused(code: number, reason = "", final = false) {
  return stateWords("A:Image", { kind: "refused", since, code, reason, final }, clockTime);
}

describe("the words for a stream", () => {
  test("are one word when all is well", () => {
    expect(open("live", "images arrive")).toEqual({ tone: "good", title: "Live", detail: "", advice: "" });
  });

  test("say what is being looked for", () => {
    expect(open("connecting").detail).toBe("Looking for A:Image on the EPICS network.");
  });

  test("say since when a camera is silent and where to look", () => {
    const words = open("stalled");
    expect(words).toMatchObject({ tone: "warning", title: "Stalled since 14:03:12" });
    expect(words.advice).toContain("acquiring");
  });

  test("say since when the IOC is gone, why, and that nothing need be done", () => {
    const words = open("disconnected", "172.23.4.5:5075 closed the connection.");
    expect(words).toMatchObject({
      tone: "bad",
      title: "Disconnected since 14:03:12",
      detail: "172.23.4.5:5075 closed the connection.",
    });
    expect(words.advice).toContain("by itself");
  });

  test("tell a gone server from a gone camera", () => {
    const words = stateWords("A:Image", { kind: "lost", since }, clockTime);
    expect(words).toMatchObject({ tone: "bad", title: "Server gone since 14:03:12" });
  });

  test("say plainly that a PV was not found, and what to check", () => {
    const words = refused(CLOSE_CODE.notFound);
    expect(words).toMatchObject({
      tone: "bad",
      title: "PV not found",
      detail: "No EPICS server answers for A:Image.",
    });
    expect(words.advice).toContain("Check the name");
    expect(words.advice).toContain("EPICS addresses");
    expect(words.advice).toEndWith("This page keeps trying.");
  });

  test("prefer the server's own reason", () => {
    expect(refused(CLOSE_CODE.notAnImage, "A:Image is an NTScalar.")).toMatchObject({
      title: "Not an image",
      detail: "A:Image is an NTScalar.",
    });
    expect(refused(CLOSE_CODE.noImageYet, "No image within 3 s.")).toMatchObject({
      tone: "warning",
      title: "No image yet",
      detail: "No image within 3 s.",
    });
  });

  test("say of a picture that stands still though images come whose trouble it is", () => {
    const status = { ...quiet, state: "stalled", reason: "Images come, but …" } as const;
    const failing = (failure: string) =>
      stateWords("A:Image", { kind: "open", since, status: { ...status, failure } }, clockTime);
    expect(failing("bad-recipe")).toMatchObject({
      tone: "warning",
      title: "Not to be shown as asked since 14:03:12",
      detail: "Images come, but …",
    });
    expect(failing("bad-recipe").advice).toContain("picture options");
    expect(failing("bad-frame").title).toBe("Damaged images since 14:03:12");
    expect(failing("timeout")).toMatchObject({ title: "Stalled since 14:03:12", advice: "" });
  });

  test("tell damaged images from what is no image", () => {
    expect(refused(CLOSE_CODE.badImage, "bslz4 data, byte 7")).toMatchObject({
      title: "Damaged images",
      detail: "bslz4 data, byte 7",
    });
  });

  test("promise no further tries where there are none", () => {
    expect(refused(CLOSE_CODE.badOption, "fps=-1", true)).toMatchObject({
      title: "Option not allowed",
      detail: "fps=-1",
    });
    expect(refused(4999, "", true)).toMatchObject({ title: "Refused", advice: "" });
  });
});
