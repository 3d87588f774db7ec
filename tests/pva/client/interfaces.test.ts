import { expect, test } from "bun:test";
import { broadcastOf, isShared } from "../../../server/pva/client/interfaces.ts";

test("a broadcast address is the address with its host bits set", () => {
  expect(broadcastOf("172.16.5.9", "255.255.240.0")).toBe("172.16.15.255");
  expect(broadcastOf("127.0.0.1", "255.0.0.0")).toBe("127.255.255.255");
  expect(broadcastOf("10.1.2.3", "255.255.255.255")).toBe("10.1.2.3");
});

test("multicast and broadcast addresses reach several, others one", () => {
  expect(["224.0.0.128", "239.255.0.1", "10.0.0.255"].map(isShared)).toEqual([true, true, true]);
  expect(["10.0.0.1", "127.0.0.1", "240.0.0.1"].map(isShared)).toEqual([false, false, false]);
});
