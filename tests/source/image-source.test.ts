import { describe, expect, test } from "bun:test";
import { AnyValue, buildStructure, NTNDARRAY_PVXS, PvaError } from "../../server/pva/index.ts";
import { LAYOUTS, ndarray, ramp } from "./build-ndarray.ts";
import { image, Stage } from "./stage.ts";

describe.each(LAYOUTS)("an image as %s publishes it", (layout) => {
  test("becomes a frame with its bytes in shared memory", () => {
    const { monitor, frames, clock } = new Stage().connected(layout);
    monitor.deliver(image({}, layout));
    const [frame] = frames;
    expect(frame).toMatchObject({
      width: 4,
      height: 3,
      sampleType: "uint16",
      colourMode: "mono",
      bigEndian: false,
      sequence: 1,
    });
    expect(frame?.pixels.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([...frame!.pixels]).toEqual([...new Uint8Array(ramp("ushort", 12).buffer)]);
    expect(frame?.receivedAt).toBe(clock.now());
  });
});

test("a frame carries the camera's number, what was missed before it, and both times", () => {
  const { monitor, frames } = new Stage().connected();
  const timeMs = Date.UTC(2026, 10, 22);
  monitor.deliver(image({ uniqueId: 7, timeMs, cameraTimeMs: timeMs - 20 }));
  monitor.deliver(image({ uniqueId: 10 }));
  monitor.deliver(image({ uniqueId: 11 }));
  expect(frames.map(({ sequence, uniqueId, missed }) => [sequence, uniqueId, missed])).toEqual([
    [1, 7, 0],
    [2, 10, 2],
    [3, 11, 0],
  ]);
  expect(frames[0]).toMatchObject({ iocTime: timeMs, cameraTime: timeMs - 20 });
  expect(frames[1]).toMatchObject({ iocTime: undefined, cameraTime: undefined });
});

test("a stack is passed on whole", () => {
  const { monitor, frames } = new Stage().connected();
  monitor.deliver(image({ type: "ubyte", samples: ramp("ubyte", 24), sizes: [4, 3, 2], colorMode: 0 }));
  expect(frames[0]).toMatchObject({ width: 4, height: 3, planes: 2 });
  expect([...frames[0]!.pixels]).toEqual([...ramp("ubyte", 24)] as number[]);
});

test("samples keep the byte order of the connection, and the frame says which", () => {
  const { monitor, frames } = new Stage().connected();
  monitor.deliver(image(), { bigEndian: true });
  expect(frames[0]?.bigEndian).toBe(true);
});

test("an array that was decoded with the structure becomes a frame as well", () => {
  const { monitor, frames } = new Stage().connected();
  monitor.deliverDecoded(image());
  expect([...frames[0]!.pixels]).toEqual([...new Uint8Array(ramp("ushort", 12).buffer)]);
});

test("size, type and colour may change with any frame", () => {
  const { monitor, frames, faults } = new Stage().connected();
  monitor.deliver(image());
  monitor.deliver(image({ type: "double", samples: ramp("double", 60), sizes: [3, 5, 4], colorMode: 2 }));
  monitor.deliver(image({ type: "ubyte", samples: ramp("ubyte", 1), sizes: [1] }));
  expect(
    frames.map(({ width, height, sampleType, colourMode }) => [width, height, sampleType, colourMode]),
  ).toEqual([
    [4, 3, "uint16", "mono"],
    [5, 4, "float64", "rgb1"],
    [1, 1, "uint8", "mono"],
  ]);
  expect(faults).toEqual([]);
});

describe("what is no image yet", () => {
  test.each([
    ["no union member selected", buildStructure(NTNDARRAY_PVXS, {})],
    ["an empty array", ndarray("pvxs", { type: "ubyte", samples: ramp("ubyte", 0), sizes: [] })],
    ["an any that holds nothing", buildStructure(image({}, "group").type, { value: new AnyValue() })],
  ])("%s is neither a frame nor a fault", (_, value) => {
    const stage = new Stage();
    stage.monitor.connected(value.type);
    stage.monitor.deliver(value);
    const { frames, faults, skipped } = stage;
    expect({ frames, faults, skipped }).toEqual({ frames: [], faults: [], skipped: 0 });
    expect(stage.source.newest).toBeUndefined();
  });

  test("an update of other fields alone is passed over", () => {
    const { monitor, frames } = new Stage().connected();
    monitor.deliver(image());
    monitor.deliver(image({ uniqueId: 9 }), { fields: ["alarm.severity", "uniqueId"] });
    expect(frames).toHaveLength(1);
  });
});

describe("the life of a frame", () => {
  test("the newest frame is the source's until the next one", () => {
    const { monitor, frames, source } = new Stage().connected();
    monitor.deliver(image());
    expect(source.newest).toBe(frames[0]);
    monitor.deliver(image());
    expect(source.newest).toBe(frames[1]);
    expect(() => frames[0]!.retain()).toThrow();
  });

  test("a retained frame keeps its pixels however many come after it", () => {
    const { monitor, frames } = new Stage().connected();
    monitor.deliver(image({ type: "ubyte", samples: new Uint8Array(12).fill(42) }));
    frames[0]!.retain();
    for (let round = 0; round < 20; round++)
      monitor.deliver(image({ type: "ubyte", samples: new Uint8Array(12).fill(round) }));
    expect([...frames[0]!.pixels]).toEqual(Array.from({ length: 12 }, () => 42));
    frames[0]!.release();
    expect(frames).toHaveLength(21);
  });

  test("with every slot being read updates are dropped, told as skipped, and not counted as missed", () => {
    const stage = new Stage().connected();
    const { monitor, frames, faults, source } = stage;
    for (let id = 1; id <= 3; id++) {
      monitor.deliver(image({ uniqueId: id }));
      source.newest!.retain();
    }
    monitor.deliver(image({ uniqueId: 4 }));
    monitor.deliver(image({ uniqueId: 5 }));
    expect([frames.length, stage.skipped, faults.length]).toEqual([3, 2, 0]);
    frames[0]!.release();
    monitor.deliver(image({ uniqueId: 6 }));
    expect(frames.at(-1)).toMatchObject({ sequence: 4, uniqueId: 6, missed: 0 });
  });

  test("frames lost before a dropped update are told with the next frame", () => {
    const { monitor, frames, source } = new Stage().connected();
    for (let id = 1; id <= 3; id++) {
      monitor.deliver(image({ uniqueId: id }));
      source.newest!.retain();
    }
    monitor.deliver(image({ uniqueId: 10 }));
    frames[0]!.release();
    monitor.deliver(image({ uniqueId: 12 }));
    expect(frames.at(-1)).toMatchObject({ sequence: 4, missed: 7 });
  });

  test("an update that breaks off half way leaves the newest frame as it was", () => {
    const { monitor, source, frames } = new Stage().connected();
    monitor.deliver(image({ type: "ubyte", samples: new Uint8Array(12).fill(3) }));
    for (let round = 0; round < 5; round++) monitor.breakOff(image());
    expect(source.newest).toBe(frames[0]);
    expect([...frames[0]!.pixels]).toEqual(Array.from({ length: 12 }, () => 3));
  });
});

describe("states", () => {
  test("a PV is connecting until it is connected, and after a loss stays disconnected until it is back", () => {
    const { monitor, states } = new Stage();
    monitor.searching();
    monitor.searching();
    monitor.connected(NTNDARRAY_PVXS);
    monitor.disconnected("the server closed the connection");
    monitor.searching();
    monitor.connected(NTNDARRAY_PVXS);
    expect(states).toEqual([
      { kind: "connecting" },
      { kind: "connected", server: "127.0.0.1:5075" },
      { kind: "disconnected", reason: "the server closed the connection" },
      { kind: "connected", server: "127.0.0.1:5075" },
    ]);
  });

  test("a server that refuses the channel disconnects with its own words", () => {
    const { monitor, states } = new Stage();
    monitor.refused("no such PV");
    expect(states).toEqual([{ kind: "disconnected", reason: "no such PV" }]);
  });

  test("the newest frame outlives a disconnect, and frames go on afterwards without a gap being guessed", () => {
    const { monitor, frames, source } = new Stage().connected();
    monitor.deliver(image({ uniqueId: 5 }));
    monitor.disconnected("gone");
    expect(source.newest).toBe(frames[0]);
    monitor.connected(NTNDARRAY_PVXS);
    monitor.deliver(image({ uniqueId: 500 }));
    expect(frames[1]).toMatchObject({ sequence: 2, missed: 0 });
  });
});

describe("stopping", () => {
  test("ends the monitor, gives up the newest frame, and nothing is said any more", () => {
    const { monitor, source, states, frames, faults } = new Stage().connected();
    monitor.deliver(image());
    source.stop();
    source.stop();
    expect(monitor.stopped).toBe(true);
    expect(source.newest).toBeUndefined();
    const said = [states.length, frames.length, faults.length];
    monitor.disconnected("late");
    monitor.deliver(image());
    monitor.breakOff(image());
    monitor.fault(new PvaError("closed", "late"));
    expect([states.length, frames.length, faults.length]).toEqual(said);
  });

  test("leaves a frame that somebody reads as it is", () => {
    const { monitor, source, frames } = new Stage().connected();
    monitor.deliver(image({ type: "ubyte", samples: new Uint8Array(12).fill(9) }));
    frames[0]!.retain();
    source.stop();
    expect([...frames[0]!.pixels]).toEqual(Array.from({ length: 12 }, () => 9));
    frames[0]!.release();
    expect(() => frames[0]!.release()).toThrow();
  });

  test("leaves no timer behind", () => {
    const { monitor, source, clock } = new Stage().connected();
    monitor.deliver(image());
    source.stop();
    expect(clock.pending).toBe(0);
  });
});
