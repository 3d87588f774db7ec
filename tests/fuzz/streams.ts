import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { buildStructure } from "../../server/pva/data/build-value.ts";
import { structure } from "../../server/pva/data/type-description.ts";
import { AnyValue, type StructureValue, UnionValue } from "../../server/pva/data/value.ts";
import { encodeGetData } from "../../server/pva/message/get.ts";
import { encodeMonitorData, encodeMonitorFinish } from "../../server/pva/message/monitor.ts";
import { encodeInitReply, encodeOperationReply, Subcommand } from "../../server/pva/message/operation.ts";
import { NDARRAY_VALUE_TYPE, NTNDARRAY_NDPLUGINPVA, NTNDARRAY_PVXS } from "../../server/pva/nt/nt-ndarray.ts";
import { BitSet } from "../../server/pva/wire/bit-set.ts";
import type { ByteWriter } from "../../server/pva/wire/byte-writer.ts";
import { Command } from "../../server/pva/wire/commands.ts";
import { frameMessage } from "../../server/pva/wire/frame.ts";
import { STATUS_OK } from "../../server/pva/wire/status.ts";
import { BE, type ByteList, bytes, hex, LE, type Wire } from "../support/pva-bytes.ts";
import { types, valuesOf } from "./arbitraries.ts";

/** Operations of the streams below: a monitor whose array goes to a sink (the recordings have that number), and a GET. */
export const MONITOR_IOID = 1;
export const GET_IOID = 6;
/** The one PV that a fuzzed server has. */
export const PV_NAME = "PV";

const SEARCH_TAIL = { address: Array<number>(16).fill(0) };

/** What a server says, from the handshake to the last update. */
export function serverStreams(): readonly Uint8Array[] {
  return [LE, BE].flatMap((wire) => [
    bytes(greeting(wire), channel(wire), session(wire, imageOf(NTNDARRAY_PVXS))),
    bytes(greeting(wire), channel(wire), session(wire, imageOf(NTNDARRAY_NDPLUGINPVA))),
    bytes(greeting(wire), channel(wire), oldStack(wire)),
    ...generated(wire),
  ]);
}

/** Long ones are slow to spoil, and what matters in them is in the short ones too. */
const MAX_RECORDED_BYTES = 8 * 1024;

/** What servers of other stacks said: the recordings of tests/vectors/pva. */
export function recordedStreams(): readonly Uint8Array[] {
  const folder = join(import.meta.dir, "../vectors/pva");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".bin"))
    .sort()
    .map((file) => new Uint8Array(readFileSync(join(folder, file))))
    .filter(({ length }) => length <= MAX_RECORDED_BYTES);
}

/** What a client says: handshake, search, a channel, GET-FIELD, GET, a pipelined MONITOR, and the end of each. */
export function clientStreams(): readonly Uint8Array[] {
  const everything = hex("fd 01 00 80 00 00");
  const options =
    'fd 02 00 80 00 01 06 "record" fd 03 00 80 00 01 08 "_options" 80 00 01 09 "queueSize" 60 01 "8"';
  return [LE].map((wire) => {
    const say = (command: number, payload: ByteList) => wire.message(command, payload, { fromServer: false });
    return bytes(
      say(1, [wire.u32(0x10000), wire.u16(0x7fff), wire.u16(0), wire.string("anonymous"), 0xff]),
      say(3, [
        wire.u32(1),
        1,
        [0, 0, 0],
        SEARCH_TAIL.address,
        wire.u16(0),
        1,
        wire.string("tcp"),
        wire.u16(1),
        wire.u32(1),
        wire.string(PV_NAME),
      ]),
      say(7, [wire.u16(1), wire.u32(1), wire.string(PV_NAME)]),
      say(17, [wire.u32(1), wire.u32(1), wire.string("value")]),
      say(10, [wire.u32(1), wire.u32(2), 0x08, everything]),
      say(10, [wire.u32(1), wire.u32(2), 0x10]),
      say(13, [wire.u32(1), wire.u32(3), 0x88, hex(options), wire.u32(4)]),
      say(13, [wire.u32(1), wire.u32(3), 0x44]),
      say(13, [wire.u32(1), wire.u32(3), 0x80, wire.u32(1)]),
      say(11, [wire.u32(1), wire.u32(4), 0x08, everything]),
      say(20, [wire.u32(1), wire.u32(5), 0x08, everything]),
      say(2, [1, 2, 3]),
      say(15, [wire.u32(1), wire.u32(3)]),
      say(8, [wire.u32(1), wire.u32(1)]),
    );
  });
}

/** Datagrams: searches, their answers, beacons, an origin tag. */
export function datagrams(): readonly Uint8Array[] {
  return [LE, BE].flatMap((wire) => {
    const { address } = SEARCH_TAIL;
    const guid = Array<number>(12).fill(7);
    const search = [
      wire.u32(9),
      0x81,
      [0, 0, 0],
      address,
      wire.u16(4000),
      1,
      wire.string("tcp"),
      wire.u16(2),
    ];
    return [
      bytes(
        wire.message(22, address),
        wire.message(3, [search, wire.u32(1), wire.string(PV_NAME), wire.u32(2), wire.string("OTHER")]),
      ),
      bytes(
        wire.message(4, [
          guid,
          wire.u32(9),
          address,
          wire.u16(5075),
          wire.string("tcp"),
          1,
          wire.u16(2),
          wire.u32(1),
          wire.u32(2),
        ]),
      ),
      bytes(wire.message(0, [guid, 0, 1, wire.u16(2), address, wire.u16(5075), wire.string("tcp"), 0xff])),
    ];
  });
}

function greeting(wire: Wire): ByteList {
  return [
    wire.control(2),
    wire.message(1, [wire.u32(0x10000), wire.u16(0x7fff), 2, wire.string("anonymous"), wire.string("ca")]),
    wire.message(9, [0xff]),
  ];
}

function channel(wire: Wire): ByteList {
  const { address } = SEARCH_TAIL;
  return [
    wire.message(4, [
      Array<number>(12).fill(7),
      wire.u32(1),
      address,
      wire.u16(0),
      wire.string("tcp"),
      1,
      wire.u16(1),
      wire.u32(1),
    ]),
    wire.message(7, [wire.u32(1), wire.u32(44), 0xff]),
    wire.message(18, [wire.u32(MONITOR_IOID), 1, wire.string("slow")]),
  ];
}

/** INIT, a whole update, a GET of everything, and the end, written by our own encoders. */
function session(wire: Wire, value: StructureValue): ByteList {
  const sender = { fromServer: true, bigEndian: wire.bigEndian };
  const frame = (command: number, body: (writer: ByteWriter) => void): number[] => [
    ...frameMessage(sender, command, body),
  ];
  const init = (ioid: number) => (writer: ByteWriter) => {
    encodeOperationReply(writer, { ioid, subcommand: Subcommand.INIT });
    encodeInitReply(writer, { status: STATUS_OK, type: value.type });
  };
  const changed = BitSet.of(0);
  return [
    frame(Command.MONITOR, init(MONITOR_IOID)),
    frame(Command.MONITOR, (writer) =>
      encodeMonitorData(writer, MONITOR_IOID, { changed, value, overrun: BitSet.of(1) }),
    ),
    frame(Command.GET, init(GET_IOID)),
    frame(Command.GET, (writer) => {
      encodeOperationReply(writer, { ioid: GET_IOID, subcommand: Subcommand.DEFAULT });
      encodeGetData(
        writer,
        value,
        BitSet.of(...Array.from({ length: value.type.bitCount }, (_, bit) => bit).slice(1)),
      );
    }),
    frame(Command.MONITOR, (writer) => encodeMonitorFinish(writer, MONITOR_IOID, STATUS_OK)),
  ];
}

/** As the old C++ stack does it: types by reference, the array in a segment of its own, an echo and an empty segment. */
function oldStack(wire: Wire): ByteList {
  const choice = [0x81, 0, 2, wire.string("names"), 0x68, wire.string("ushortValue"), 0x2d];
  const type = [
    0xfd,
    wire.u16(1),
    wire.structure("image", [
      ["value", [0xfd, wire.u16(2), choice]],
      [
        "time",
        [
          0xfd,
          wire.u16(3),
          wire.structure("time_t", [
            ["s", [0x23]],
            ["ns", [0x22]],
          ]),
        ],
      ],
      [
        "attribute",
        [
          0x88,
          wire.structure("a", [
            ["name", [0x60]],
            ["value", [0x82]],
            ["at", [0xfe, wire.u16(3)]],
          ]),
        ],
      ],
      ["other", [0xfe, wire.u16(2)]],
    ]),
  ];
  const pixels = Array.from({ length: 40 }, (_, index) => wire.u16(index));
  const attribute = [
    1,
    wire.string("x"),
    [0xfd, wire.u16(9), 0x60],
    wire.string("text"),
    wire.u64(1),
    wire.u32(2),
  ];
  return [
    wire.message(13, [wire.u32(MONITOR_IOID), 8, 0xff, type]),
    wire.message(13, [wire.u32(MONITOR_IOID), 0, [2, 0x03, 0], 1, wire.size(40)], { segment: "first" }),
    wire.control(3),
    wire.message(13, pixels, { segment: "middle" }),
    wire.message(13, [wire.u64(7), wire.u32(8), 2, attribute, 0, 0xff, [1, 0x02]], { segment: "middle" }),
    wire.message(13, [], { segment: "last" }),
    wire.message(13, [
      wire.u32(MONITOR_IOID),
      0,
      [1, 0x42],
      1,
      wire.size(3),
      1,
      0,
      2,
      0,
      3,
      0,
      1,
      1,
      0xfe,
      9,
      0,
      0,
      0,
    ]),
  ];
}

/** Sessions of any types and values there can be. */
function generated(wire: Wire): Uint8Array[] {
  const structures = fc.array(types, { minLength: 1, maxLength: 5 }).map((members) =>
    structure(
      "",
      members.map((type, index) => ({ name: index === 0 ? "value" : `m${index}`, type })),
    ),
  );
  const values = structures.chain((type) => valuesOf(type) as fc.Arbitrary<StructureValue>);
  return fc
    .sample(values, { numRuns: 12, seed: 4 })
    .map((value) => bytes(greeting(wire), channel(wire), session(wire, value)));
}

function imageOf(type: StructureValue["type"]): StructureValue {
  const pixels = Uint16Array.from({ length: 24 }, (_, index) => index * 1000);
  return buildStructure(type, {
    value: new UnionValue(NDARRAY_VALUE_TYPE, 6, pixels),
    codec: { name: "", parameters: new AnyValue({ kind: "scalar", scalar: "int" }, 6) },
    dimension: [
      { size: 6, fullSize: 6 },
      { size: 4, fullSize: 4 },
    ],
    uniqueId: 12,
    attribute: [{ name: "ColorMode", value: new AnyValue({ kind: "scalar", scalar: "int" }, 0) }, null],
  });
}
