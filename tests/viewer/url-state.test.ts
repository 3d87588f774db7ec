import { describe, expect, test } from "bun:test";
import {
  formatUrlState,
  imagePath,
  parseUrlState,
  splitPvNames,
  withOption,
} from "../../server/viewer/url-state.ts";

const none = new Map<string, string>();

describe("the page's address", () => {
  test("names several PVs in order, each once", () => {
    expect(parseUrlState("?pv=B&pv=A&pv=B&pv=C%20D").pvs).toEqual(["B", "A", "C", "D"]);
  });

  test("passes every other parameter on, the last of equal ones, and none that is empty", () => {
    const { options } = parseUrlState("?range=1,2&pv=A&quality=50&quality=60&fps=&curve=log");
    expect([...options]).toEqual([
      ["range", "1,2"],
      ["quality", "60"],
      ["curve", "log"],
    ]);
  });

  test("is read back as it was written, whatever the PV is called", () => {
    const state = {
      pvs: ["13SIM1:Pva1:Image", "ä&b=c%2F?#", "a/b+c"],
      options: new Map([["range", "-1.5e3,2"]]),
    };
    expect(parseUrlState(formatUrlState(state))).toEqual(state);
  });

  test("stays readable for a person", () => {
    const state = { pvs: ["SIM:beam@100"], options: new Map([["range", "0,4095"]]) };
    expect(formatUrlState(state)).toBe("?pv=SIM:beam@100&range=0,4095");
  });

  test("is empty when nothing is shown and nothing is wished", () => {
    expect(formatUrlState({ pvs: [], options: none })).toBe("");
  });

  test("loses an option that is set to nothing and leaves the old state alone", () => {
    const before = parseUrlState("?pv=A&range=auto");
    expect(formatUrlState(withOption(before, "range", ""))).toBe("?pv=A");
    expect(formatUrlState(withOption(before, "fps", "5"))).toBe("?pv=A&range=auto&fps=5");
    expect(formatUrlState(before)).toBe("?pv=A&range=auto");
  });
});

describe("what a person types", () => {
  test("is parted at any white space and freed of pva://", () => {
    expect(splitPvNames("  pva://A:Image\tB:Image\n PVA://C ")).toEqual(["A:Image", "B:Image", "C"]);
  });

  test("may be nothing", () => {
    expect(splitPvNames(" ")).toEqual([]);
  });
});

describe("the addresses of a stream", () => {
  test("are relative to the page", () => {
    const options = new Map([["range", "auto"]]);
    expect(imagePath("13SIM1:Pva1:Image", options)).toBe("mjpg/13SIM1:Pva1:Image?range=auto");
    expect(imagePath("A", none)).toBe("mjpg/A");
  });

  for (const pv of ["a/b", "../api/streams", "./x", "a//b", "a?b#c", "50%", "é 100%25"]) {
    test(`survive a browser's reading of the PV ${pv}`, () => {
      const { pathname } = new URL(imagePath(pv, none), "http://host/base/");
      expect(pathname.startsWith("/base/mjpg/")).toBe(true);
      expect(decodeURIComponent(pathname.slice("/base/mjpg/".length))).toBe(pv);
    });
  }
});
