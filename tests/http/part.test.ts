import { expect, test } from "bun:test";
import { isBrowser, PartBuffers } from "../../server/http/part.ts";
import { picture } from "./fake-streams.ts";

test("a part is built once for a picture and layout, however often it is sent, and also when it is sent again", () => {
  const parts = new PartBuffers();
  const first = picture(1);
  const part = parts.of(first, "length");
  expect(parts.of(first, "length")).toBe(part);
  expect(parts.of({ ...first, repeat: true }, "length")).toBe(part);
  expect(parts.of(first, "advance")).not.toBe(part);
  expect(parts.of(picture(1), "length")).not.toBe(part);
});

test("a picture without an IOC time has no X-Timestamp", () => {
  const part = new PartBuffers().of({ ...picture(1), iocTime: undefined }, "length");
  expect(headOf(part)).toEqual([
    "Content-Type: image/jpeg",
    "Content-Length: 32",
    "X-Unique-Id: 1001",
    "X-Range: 0,4095",
    "X-Region: 0,0,8,8",
  ]);
});

test("a part tells which region is shown, and what is odd about the picture", () => {
  const region = { x: 60, y: 40, width: 4, height: 8, plane: 0, pictureWidth: 4, pictureHeight: 8 };
  const range = { low: 7, high: 8, issues: ["constant-image"] } as const;
  const part = new PartBuffers().of({ ...picture(1), region, range, issues: ["roi-clamped"] }, "length");
  expect(headOf(part).slice(-2)).toEqual(["X-Region: 60,40,4,8", "X-Issues: roi-clamped constant-image"]);
});

function headOf(part: Uint8Array): string[] {
  return Buffer.from(part).toString("latin1").split("\r\n\r\n")[0]!.split("\r\n");
}

test.each([
  ["Mozilla/5.0 (Windows NT 10.0)", true],
  ["curl/8.5.0", false],
  ["Lavf/60.16.100", false],
  [undefined, false],
])("the user agent %p is a browser: %p", (agent, browser) => {
  const headers = agent === undefined ? {} : { "User-Agent": agent };
  expect(isBrowser(new Request("http://pc1/", { headers }))).toBe(browser);
});
