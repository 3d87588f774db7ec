import { describe, expect, test } from "bun:test";
import { scalar, structure } from "../../../server/pva/data/type-description.ts";
import { defaultStructure, StructureValue } from "../../../server/pva/data/value.ts";
import { decodeGetData, encodeGetData } from "../../../server/pva/message/get.ts";
import {
  decodeMonitorAck,
  decodeMonitorData,
  decodeMonitorFinish,
  decodeMonitorInit,
  encodeMonitorAck,
  encodeMonitorData,
  encodeMonitorFinish,
  encodeMonitorInit,
  encodeMonitorStart,
} from "../../../server/pva/message/monitor.ts";
import {
  decodeInitReply,
  decodeOperationReply,
  decodeOperationRequest,
  encodeInitReply,
} from "../../../server/pva/message/operation.ts";
import { buildPvRequest, readPvRequest } from "../../../server/pva/message/pv-request.ts";
import { BitSet } from "../../../server/pva/wire/bit-set.ts";
import { type ByteWriter, ByteWriter as Writer } from "../../../server/pva/wire/byte-writer.ts";
import { frameMessage } from "../../../server/pva/wire/frame.ts";
import { errorStatus, STATUS_OK } from "../../../server/pva/wire/status.ts";
import { bytes, hex, hexOf, LE } from "../../support/pva-bytes.ts";
import { contextOf } from "../../support/pva-context.ts";

const message = (command: number, body: (writer: ByteWriter) => void) =>
  hexOf(frameMessage({ fromServer: false, bigEndian: false }, command, body));

/** A pipelined INIT as the protocol's description gives it. */
const PIPELINED_INIT = hex(
  'ca 02 00 0d 4b000000  05000000 01000000 88  80 00 02 05 "field" 80 00 00 06 "record" 80 00 01 08 "_options" ' +
    '80 00 02 08 "pipeline" 60 09 "queueSize" 60  04 "true" 01 "8"  08000000',
);

describe("MONITOR requests", () => {
  test("INIT with pipeline has the bytes of the protocol's example", () => {
    const request = buildPvRequest({ pipeline: true, queueSize: 8 });
    expect(message(13, (writer) => encodeMonitorInit(writer, 5, 1, { request, window: 8 }))).toBe(
      hexOf(bytes(PIPELINED_INIT)),
    );
  });

  test("INIT is read by the server's side", () => {
    const context = contextOf(bytes(PIPELINED_INIT.slice(8)));
    const { sid, ioid, subcommand } = decodeOperationRequest(context.reader);
    expect([sid, ioid, subcommand]).toEqual([5, 1, 0x88]);
    const init = decodeMonitorInit(context, subcommand);
    expect(init.window).toBe(8);
    expect(readPvRequest(init.request)).toEqual({ fields: [], pipeline: true, queueSize: 8 });
    expect(context.reader.remaining).toBe(0);
  });

  test("START and ACK have the bytes of the protocol's examples", () => {
    expect(message(13, (writer) => encodeMonitorStart(writer, 5, 1))).toBe(
      hexOf(bytes(hex("ca 02 00 0d 09000000 05000000 01000000 44"))),
    );
    const ack = hex("ca 02 00 0d 0d000000 05000000 01000000 80 04000000");
    expect(message(13, (writer) => encodeMonitorAck(writer, 5, 1, 4))).toBe(hexOf(bytes(ack)));
    const { reader } = contextOf(bytes(ack.slice(8)));
    expect(decodeOperationRequest(reader).subcommand).toBe(0x80);
    expect(decodeMonitorAck(reader)).toBe(4);
  });
});

describe("pvRequest", () => {
  test("selects fields by nested empty structures", () => {
    const request = buildPvRequest({ fields: ["value", "timeStamp.userTag", "timeStamp.nanoseconds"] });
    expect(readPvRequest(request).fields).toEqual(["value", "timeStamp.userTag", "timeStamp.nanoseconds"]);
    const writer = new Writer(false);
    encodeInitReply(writer, { status: STATUS_OK, type: request.type });
    expect(hexOf(writer.finish().subarray(1))).toBe(
      hexOf(
        bytes(
          hex(
            '80 00 01 05 "field" 80 00 02 05 "value" 80 00 00 09 "timeStamp" 80 00 02 07 "userTag" 80 00 00 0b "nanoseconds" 80 00 00',
          ),
        ),
      ),
    );
  });

  test("is understood with numbers for options, with nothing at all, and with nonsense", () => {
    const options = structure("", [
      { name: "queueSize", type: scalar("int") },
      { name: "pipeline", type: scalar("boolean") },
    ]);
    const record = structure("", [{ name: "_options", type: options }]);
    const request = new StructureValue(structure("", [{ name: "record", type: record }]), [
      new StructureValue(record, [new StructureValue(options, [12, true])]),
    ]);
    expect(readPvRequest(request)).toEqual({ fields: [], pipeline: true, queueSize: 12 });
    expect(readPvRequest(defaultStructure(structure("", [])))).toEqual({
      fields: [],
      pipeline: false,
      queueSize: undefined,
    });
    expect(readPvRequest(buildPvRequest({ queueSize: -3 })).queueSize).toBeUndefined();
  });
});

describe("replies", () => {
  const type = structure("t", [
    { name: "a", type: scalar("int") },
    { name: "b", type: scalar("int") },
  ]);
  const base = new StructureValue(type, [1, 2]);

  test("INIT carries a type only with a success", () => {
    const good = contextOf(bytes([0xff], LE.structure("t", [["a", [0x22]]])));
    expect(decodeInitReply(good).type?.id).toBe("t");
    const bad = contextOf(bytes([2], LE.string("no such field"), [0]));
    expect(decodeInitReply(bad)).toEqual({ status: errorStatus("no such field"), type: undefined });
    expect(() => decodeInitReply(contextOf(bytes([0xff, 0x22])))).toThrow(
      expect.objectContaining({ code: "bad-type" }),
    );
  });

  test("monitor data carry changes, values and overruns", () => {
    const payload = bytes(LE.u32(1), [0], hex("01 04"), LE.u32(7), hex("01 02"));
    const context = contextOf(payload);
    expect(decodeOperationReply(context.reader)).toEqual({ ioid: 1, subcommand: 0 });
    const data = decodeMonitorData(context, base);
    expect([data.value.members, [...data.changed], [...data.overrun]]).toEqual([[1, 7], [2], [1]]);
    const writer = new Writer(false);
    encodeMonitorData(writer, 1, data);
    expect(hexOf(writer.finish())).toBe(hexOf(payload));
  });

  test("a finish may bring a last update or none", () => {
    const none = decodeMonitorFinish(contextOf(bytes([0xff])), base);
    expect(none).toEqual({ status: STATUS_OK, data: undefined });
    const last = decodeMonitorFinish(contextOf(bytes([0xff], hex("01 02"), LE.u32(9), [0])), base);
    expect(last.data?.value.members).toEqual([9, 2]);
    const writer = new Writer(false);
    encodeMonitorFinish(writer, 1, STATUS_OK);
    expect(hexOf(writer.finish())).toBe("01 00 00 00 10 ff");
  });

  test("GET data are merged onto what is known", () => {
    const payload = bytes([0xff], hex("01 04"), LE.u32(7));
    const reply = decodeGetData(contextOf(payload), base);
    expect(reply.value?.members).toEqual([1, 7]);
    const writer = new Writer(false);
    encodeGetData(writer, reply.value!, BitSet.of(2));
    expect(hexOf(writer.finish())).toBe(hexOf(payload));
    expect(decodeGetData(contextOf(bytes([2, 0, 0])), base).value).toBeUndefined();
  });
});
