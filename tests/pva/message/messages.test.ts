import { describe, expect, test } from "bun:test";
import { AnyValue, StructureValue } from "../../../server/pva/data/value.ts";
import { decodeBeacon, encodeBeacon } from "../../../server/pva/message/beacon.ts";
import {
  caCredentials,
  decodeConnectionValidated,
  decodeValidationRequest,
  decodeValidationResponse,
  encodeValidationRequest,
  encodeValidationResponse,
} from "../../../server/pva/message/connection-validation.ts";
import {
  decodeChannelCreated,
  decodeCreateChannel,
  encodeChannelCreated,
  encodeCreateChannel,
} from "../../../server/pva/message/create-channel.ts";
import { decodeDestroyChannel, encodeDestroyChannel } from "../../../server/pva/message/destroy-channel.ts";
import { encodeRequestReference } from "../../../server/pva/message/destroy-request.ts";
import {
  decodeFieldReply,
  decodeGetField,
  encodeFieldReply,
  encodeGetField,
} from "../../../server/pva/message/get-field.ts";
import { decodePvRequest } from "../../../server/pva/message/operation.ts";
import { readPvRequest } from "../../../server/pva/message/pv-request.ts";
import { decodeSearch, encodeSearch, type Search } from "../../../server/pva/message/search.ts";
import { decodeSearchResponse, encodeSearchResponse } from "../../../server/pva/message/search-response.ts";
import { decodeServerMessage, encodeServerMessage } from "../../../server/pva/message/server-message.ts";
import { ByteReader } from "../../../server/pva/wire/byte-reader.ts";
import type { ByteWriter } from "../../../server/pva/wire/byte-writer.ts";
import { frameMessage } from "../../../server/pva/wire/frame.ts";
import { STATUS_OK } from "../../../server/pva/wire/status.ts";
import { BE, bytes, hex, hexOf, LE, type Wire } from "../../support/pva-bytes.ts";
import { contextOf } from "../../support/pva-context.ts";

/** Header and payload of a message from the client, little-endian: the examples of the protocol's description. */
const fromClient = (command: number, body: (writer: ByteWriter) => void) =>
  hexOf(frameMessage({ fromServer: false, bigEndian: false }, command, body));

/** Payload that `body` writes in one byte order. */
const payloadOf = ({ bigEndian }: Wire, body: (writer: ByteWriter) => void) =>
  frameMessage({ fromServer: false, bigEndian }, 0, body).subarray(8);

const ORDERS = [
  ["little", LE],
  ["big", BE],
] as const;

describe("the client's half of the handshake", () => {
  test("has the bytes of the protocol's example", () => {
    const expected = hex(
      'ca 02 00 01 21000000  00000100 ff7f 0000  02 "ca"  80 00 02 04 "user" 60 04 "host" 60  02 "op" 03 "ws1"',
    );
    expect(
      fromClient(1, (writer) =>
        encodeValidationResponse(writer, { method: "ca", credentials: caCredentials("op", "ws1") }),
      ),
    ).toBe(hexOf(bytes(expected)));
    const response = decodeValidationResponse(contextOf(bytes(expected.slice(8))));
    expect([response.bufferBytes, response.registrySize, response.qos, response.method]).toEqual([
      0x10000,
      0x7fff,
      0,
      "ca",
    ]);
    expect((response.credentials.value as StructureValue).field("host")).toBe("ws1");
  });

  test("is anonymous with a null type, or with nothing at all", () => {
    const anonymous = hex('00000100 ff7f 0000 09 "anonymous"');
    expect(decodeValidationResponse(contextOf(bytes(anonymous, [0xff]))).credentials.type).toBeNull();
    expect(decodeValidationResponse(contextOf(bytes(anonymous))).credentials.type).toBeNull();
  });
});

describe.each(ORDERS)("messages, %s-endian", (_, wire) => {
  const { bigEndian } = wire;
  const same = (body: (writer: ByteWriter) => void, expected: Uint8Array) =>
    expect(hexOf(payloadOf(wire, body))).toBe(hexOf(expected));

  test("validation request: buffer, registry, methods", () => {
    const payload = bytes(
      wire.u32(0x10000),
      wire.u16(0x7fff),
      [2],
      wire.string("anonymous"),
      wire.string("ca"),
    );
    expect(decodeValidationRequest(new ByteReader(payload, bigEndian)).methods).toEqual(["anonymous", "ca"]);
    same((writer) => encodeValidationRequest(writer, ["anonymous", "ca"]), payload);
    const many = bytes(wire.u32(0), wire.u16(0), wire.size(1000));
    expect(() => decodeValidationRequest(new ByteReader(many, bigEndian))).toThrow(
      expect.objectContaining({ code: "limit" }),
    );
  });

  test("validated: a status", () => {
    expect(decodeConnectionValidated(new ByteReader(bytes([0xff]), bigEndian))).toEqual(STATUS_OK);
  });

  test("search: sequence, flags, reply address, protocols, channels", () => {
    const payload = bytes(
      wire.u32(7),
      [0x81, 0, 0, 0],
      wire.ipv4("10.0.0.1"),
      wire.u16(5076),
      [1],
      wire.string("tcp"),
      wire.u16(2),
      wire.u32(1),
      wire.string("A"),
      wire.u32(2),
      wire.string("B:C"),
    );
    const search: Search = {
      sequence: 7,
      replyRequired: true,
      unicast: true,
      replyHost: "10.0.0.1",
      replyPort: 5076,
      protocols: ["tcp"],
      channels: [
        { cid: 1, name: "A" },
        { cid: 2, name: "B:C" },
      ],
    };
    expect(decodeSearch(new ByteReader(payload, bigEndian))).toEqual(search);
    same((writer) => encodeSearch(writer, search), payload);
  });

  test("search: a lying count is refused", () => {
    const payload = bytes(wire.u32(7), [0, 0, 0, 0], Array(16).fill(0), wire.u16(0), [0], wire.u16(9999));
    expect(() => decodeSearch(new ByteReader(payload, bigEndian))).toThrow(
      expect.objectContaining({ code: "short-data" }),
    );
  });

  test("search response: guid, sequence, address, protocol, found, ids", () => {
    const guid = Array.from({ length: 12 }, (__, index) => index);
    const payload = bytes(
      guid,
      wire.u32(7),
      wire.ipv4("0.0.0.0"),
      wire.u16(5075),
      wire.string("tcp"),
      [1],
      wire.u16(2),
      wire.u32(4),
      wire.u32(5),
    );
    const response = decodeSearchResponse(new ByteReader(payload, bigEndian));
    expect(response).toEqual({
      guid: bytes(guid),
      sequence: 7,
      host: undefined,
      port: 5075,
      protocol: "tcp",
      found: true,
      cids: [4, 5],
    });
    same((writer) => encodeSearchResponse(writer, { ...response, host: "0.0.0.0" }), payload);
  });

  test("beacon: guid, counters, address, null status", () => {
    const guid = Array<number>(12).fill(3);
    const payload = bytes(
      guid,
      [0, 9],
      wire.u16(2),
      wire.ipv4("10.0.0.9"),
      wire.u16(5075),
      wire.string("tcp"),
      [0xff],
    );
    const beacon = decodeBeacon(contextOf(payload, bigEndian));
    expect([beacon.sequence, beacon.changeCount, beacon.host, beacon.port]).toEqual([9, 2, "10.0.0.9", 5075]);
    expect(beacon.serverStatus).toEqual(new AnyValue());
    same((writer) => encodeBeacon(writer, beacon), payload);
  });

  test("create channel and its answer", () => {
    const request = bytes(wire.u16(1), wire.u32(1), wire.string("IMG"));
    expect(decodeCreateChannel(new ByteReader(request, bigEndian))).toEqual([{ cid: 1, name: "IMG" }]);
    same((writer) => encodeCreateChannel(writer, { cid: 1, name: "IMG" }), request);
    const answer = bytes(wire.u32(1), wire.u32(44), [0xff]);
    expect(decodeChannelCreated(new ByteReader(answer, bigEndian))).toEqual({
      cid: 1,
      sid: 44,
      status: STATUS_OK,
    });
    same((writer) => encodeChannelCreated(writer, { cid: 1, sid: 44, status: STATUS_OK }), answer);
  });

  test("destroy channel: server's id first", () => {
    const payload = bytes(wire.u32(44), wire.u32(1));
    expect(decodeDestroyChannel(new ByteReader(payload, bigEndian))).toEqual({ sid: 44, cid: 1 });
    same((writer) => encodeDestroyChannel(writer, { sid: 44, cid: 1 }), payload);
  });

  test("get field and its answer", () => {
    const request = bytes(wire.u32(44), wire.u32(3), wire.string("alarm"));
    expect(decodeGetField(new ByteReader(request, bigEndian))).toEqual({
      sid: 44,
      ioid: 3,
      subField: "alarm",
    });
    same((writer) => encodeGetField(writer, { sid: 44, ioid: 3, subField: "alarm" }), request);
    const answer = bytes(wire.u32(3), [0xff, 0x22]);
    const reply = decodeFieldReply(contextOf(answer, bigEndian));
    expect(reply.type).toEqual({ kind: "scalar", scalar: "int" });
    same((writer) => encodeFieldReply(writer, reply), answer);
    const no = bytes(wire.u32(3), [2], wire.string("no"), [0]);
    expect(decodeFieldReply(contextOf(no, bigEndian)).type).toBeUndefined();
  });

  test("a server's remark", () => {
    const payload = bytes(wire.u32(3), [1], wire.string("slow"));
    const message = decodeServerMessage(new ByteReader(payload, bigEndian));
    expect(message).toEqual({ ioid: 3, severity: "warning", text: "slow" });
    same((writer) => encodeServerMessage(writer, message), payload);
    payload[4] = 9;
    expect(decodeServerMessage(new ByteReader(payload, bigEndian)).severity).toBe("fatal");
  });
});

test("a pvRequest's options of single fields select nothing", () => {
  const limits = LE.structure("", [["deadband", [0x60]]]);
  const value = LE.structure("", [["_options", limits]]);
  const timeStamp = LE.structure("", [["userTag", LE.structure("", [])]]);
  const field = LE.structure("", [
    ["value", value],
    ["timeStamp", timeStamp],
  ]);
  const payload = bytes(LE.structure("", [["field", field]]), LE.string("abs:1"));
  const { fields } = readPvRequest(decodePvRequest(contextOf(payload)));
  expect(fields).toEqual(["value", "timeStamp.userTag"]);
});

test("create and destroy have the bytes of the protocol's examples", () => {
  expect(fromClient(7, (writer) => encodeCreateChannel(writer, { cid: 1, name: "IMG" }))).toBe(
    hexOf(bytes(hex('ca 02 00 07 0a000000  0100 01000000 03 "IMG"'))),
  );
  expect(fromClient(15, (writer) => encodeRequestReference(writer, { sid: 5, ioid: 1 }))).toBe(
    hexOf(bytes(hex("ca 02 00 0f 08000000 05000000 01000000"))),
  );
});
