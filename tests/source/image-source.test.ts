import { describe, expect, test } from "bun:test";
import { silentLog } from "../../server/log.ts";
import {
  AnyValue,
  buildStructure,
  ntScalar,
  NTNDARRAY_PVXS,
  PvaError,
  type StructureValue,
} from "../../server/pva/index.ts";
import {
  type CameraFrame,
  type ImageFault,
  openSource,
  type Source,
  type SourceState,
} from "../../server/source/index.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { type ArrayWords, LAYOUTS, type LayoutName, ndarray, ramp } from "./build-ndarray.ts";
import { FakeClient, type FakeMonitor } from "./fake-client.ts";

/** A source on a fake client, with everything it said. */
class Stage {
  readonly client = new FakeClient();
  readonly clock = new ManualClock();
  readonly states: SourceState[] = [];
  readonly frames: CameraFrame[] = [];
  readonly faults: ImageFault[] = [];
  readonly warnings: unknown[] = [];
  /** Updates for which there was no slot. */
  skipped = 0;
  readonly source: Source;

  constructor(maxFrameBytes = 1_000_000) {
    const log = { ...silentLog, warning: (...words: unknown[]) => void this.warnings.push(words) };
    this.source = openSource(
      "CAM:image",
      { client: this.client, clock: this.clock, log, maxFrameBytes },
      {
        state: (state) => this.states.push(state),
        frame: (frame) => this.frames.push(frame),
        skipped: () => this.skipped++,
        fault: (fault) => this.faults.push(fault),
      },
    );
  }

  get monitor(): FakeMonitor {
    return this.client.only;
  }

  /** A connected source whose PV has the layout of `layout`. */
  connected(layout: LayoutName = "pvxs"): this {
    this.monitor.connected(image({}, layout).type);
    return this;
  }
}

function image(words: Partial<ArrayWords> = {}, layout: LayoutName = "pvxs"): StructureValue {
  return ndarray(layout, { type: "ushort", samples: ramp("ushort", 12), sizes: [4, 3], ...words });
}

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

describe("a compressed image", () => {
  /** A JPEG up to its frame header: that is all this room reads of one. */
  function jpeg(width: number, height: number, components: number): Uint8Array {
    const size = [height >> 8, height & 255, width >> 8, width & 255];
    const tables = Array.from({ length: components }, (_, index) => [index + 1, 0x11, 0]).flat();
    return Uint8Array.from([255, 0xd8, 255, 0xc0, 0, 8 + 3 * components, 8, ...size, components, ...tables]);
  }

  test("is passed on as it came, and as many bytes of it as count", () => {
    const { monitor, frames } = new Stage().connected();
    const samples = Uint8Array.from([9, 8, 7, 6, 5]);
    const words = { type: "ubyte", samples, codec: "bslz4", typeCode: 6, uncompressedSize: 24 } as const;
    monitor.deliver(image({ ...words, compressedSize: 3 }), { bigEndian: true });
    expect(frames[0]).toMatchObject({ width: 4, height: 3, sampleType: "uint16", codec: "bslz4" });
    expect([...frames[0]!.pixels]).toEqual([9, 8, 7]);
    expect(frames[0]?.bigEndian).toBe(false);
  });

  test("has the size and the colours of its file where it is a JPEG", () => {
    const { monitor, frames } = new Stage().connected();
    const words = { type: "ubyte", codec: "jpeg", typeCode: 5 } as const;
    monitor.deliver(image({ ...words, samples: jpeg(40, 30, 3), sizes: [40, 30, 3], colorMode: 4 }));
    monitor.deliver(image({ ...words, samples: jpeg(20, 10, 1), sizes: [40, 30], colorMode: 0 }));
    expect(frames.map(({ width, height, colourMode }) => [width, height, colourMode])).toEqual([
      [40, 30, "rgb1"],
      [20, 10, "mono"],
    ]);
  });

  test("is a fault where its file is none, or becomes more than the limit", () => {
    const { monitor, frames, faults } = new Stage(10_000).connected();
    const words = { type: "ubyte", codec: "jpeg", typeCode: 5, sizes: [4, 3] } as const;
    monitor.deliver(image({ ...words, samples: Uint8Array.from([1, 2, 3, 4]) }));
    monitor.deliver(image({ ...words, samples: jpeg(5000, 5000, 1) }));
    expect(faults.map(({ code, kind }) => [code, kind])).toEqual([
      ["bad-frame", "codec"],
      ["bad-frame", "limit"],
    ]);
    monitor.deliver(image());
    expect(frames.length).toBe(1);
  });
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
