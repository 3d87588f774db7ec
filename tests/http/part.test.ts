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
  const head = Buffer.from(part).toString("latin1").split("\r\n\r\n")[0]!;
  expect(head).toBe("Content-Type: image/jpeg\r\nContent-Length: 32\r\nX-Unique-Id: 1001\r\nX-Range: 0,4095");
});

test.each([
  ["Mozilla/5.0 (Windows NT 10.0)", true],
  ["curl/8.5.0", false],
  ["Lavf/60.16.100", false],
  [undefined, false],
])("the user agent %p is a browser: %p", (agent, browser) => {
  const headers = agent === undefined ? {} : { "User-Agent": agent };
  expect(isBrowser(new Request("http://pc1/", { headers }))).toBe(browser);
});
