import { describe, expect, test } from "bun:test";
import { AnyValue, buildStructure, ntScalar, PvaError } from "../../server/pva/index.ts";
import { ramp } from "./build-ndarray.ts";
import { image, Stage } from "./stage.ts";

describe("faults", () => {
  test("a PV that is no image is told once for each connection, and its updates are passed over", () => {
    const stage = new Stage();
    const { monitor, faults, frames } = stage;
    const scalar = buildStructure(ntScalar("double"), { value: 1 });
    monitor.connected(scalar.type);
    monitor.deliver(scalar);
    monitor.deliver(scalar);
    expect(faults.map(({ code, kind }) => [code, kind])).toEqual([["not-an-image", "structure"]]);
    expect(faults[0]?.message).toContain("epics:nt/NTScalar:1.0");
    expect([frames.length, stage.skipped]).toEqual([0, 0]);
  });

  test("an image beyond the limit gets no memory, and the fault has both numbers", () => {
    const { monitor, faults, frames } = new Stage(23).connected();
    monitor.deliver(image());
    expect(frames).toEqual([]);
    expect(faults).toMatchObject([
      { code: "bad-frame", kind: "limit", message: expect.stringMatching(/24 bytes.*23/) as string },
    ]);
  });

  test("an image beyond the limit does not make a later one, for which there is no slot, a fault", () => {
    const stage = new Stage(24).connected();
    const { monitor, faults, source } = stage;
    for (let round = 0; round < 3; round++) {
      monitor.deliver(image());
      source.newest!.retain();
    }
    monitor.deliver(image({ samples: ramp("ushort", 20), sizes: [4, 5] }));
    monitor.deliver(image());
    expect(faults).toHaveLength(1);
    expect(stage.skipped).toBe(1);
  });

  test("bad frames between good ones cost nothing but themselves", () => {
    const { monitor, faults, frames, source } = new Stage().connected();
    monitor.deliver(image({ uniqueId: 1 }));
    for (let round = 0; round < 5; round++) monitor.deliver(image({ uniqueId: 2, sizes: [4, 4] }));
    expect(source.newest).toBe(frames[0]);
    monitor.deliver(image({ uniqueId: 3 }));
    expect(frames).toHaveLength(2);
    expect(faults).toHaveLength(5);
    expect(frames.at(-1)!.missed).toBe(0);
  });

  test("an array of strings where the pixels should be is a fault", () => {
    const stage = new Stage().connected("group");
    const value = buildStructure(image({}, "group").type, { value: new AnyValue(null, ["a", "b"]) });
    stage.monitor.deliver(value);
    expect(stage.faults).toMatchObject([{ code: "not-an-image", kind: "sample-type" }]);
  });

  test("trouble of the channel is passed on with its cause", () => {
    const { monitor, faults } = new Stage().connected();
    const error = new PvaError("bad-value", "the update cannot be read");
    monitor.fault(error);
    expect(faults).toMatchObject([{ code: "bad-frame", kind: "channel", cause: error }]);
  });

  test("a fault is logged once however often it happens, and again when good frames had come in between for a minute", async () => {
    const { monitor, warnings, clock } = new Stage().connected();
    const bad = image({ sizes: [4, 4] });
    for (let round = 0; round < 100; round++) {
      monitor.deliver(bad);
      monitor.deliver(image());
    }
    expect(warnings).toHaveLength(1);
    monitor.deliver(image({ codec: "jpeg" }));
    expect(warnings).toHaveLength(2);
    await clock.advance(60_000);
    monitor.deliver(bad);
    expect(warnings).toHaveLength(2);
    monitor.deliver(image());
    monitor.deliver(bad);
    expect(warnings).toHaveLength(3);
  });
});

test("an image without dimensions is a fault, and the next one with them is a frame", () => {
  const { monitor, faults, frames } = new Stage().connected();
  monitor.deliver(image({ sizes: [] }));
  monitor.deliver(image());
  expect(faults).toMatchObject([{ code: "bad-frame", kind: "dimension" }]);
  expect(frames).toHaveLength(1);
});
