/** What servers of other stacks wrote on the wire (tests/vectors/pva, made by record.py there) is read as they meant it. */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MonitorStream } from "../../server/pva/client/monitor-stream.ts";
import { Receiver } from "../../server/pva/client/receiver.ts";
import { DecodeContext } from "../../server/pva/data/decode-context.ts";
import { TypeRegistry } from "../../server/pva/data/type-registry.ts";
import {
  AnyValue,
  ArrayElsewhere,
  defaultStructure,
  StructureValue,
  UnionValue,
  type Value,
} from "../../server/pva/data/value.ts";
import { decodeMonitorData } from "../../server/pva/message/monitor.ts";
import { decodeInitReply, decodeOperationReply } from "../../server/pva/message/operation.ts";
import { ByteReader } from "../../server/pva/wire/byte-reader.ts";
import { Command } from "../../server/pva/wire/commands.ts";
import { Framer } from "../../server/pva/wire/framer.ts";
import { waysToCut } from "../support/pva-cuts.ts";

const folder = join(import.meta.dir, "../vectors/pva");

/** The note beside a recording. */
interface Note {
  readonly writer: string;
  /** What the server was given, per update; of large arrays the digest of their bytes. */
  readonly updates: readonly ({ readonly sha256?: string } & Record<string, unknown>)[];
}

const recordings = readdirSync(folder)
  .filter((file) => file.endsWith(".bin"))
  .map((file) => {
    const note = JSON.parse(readFileSync(join(folder, file.replace(".bin", ".json")), "utf8")) as Note;
    return { name: file, note, bytes: new Uint8Array(readFileSync(join(folder, file))) };
  });

/** Reads one connection's bytes from the server; the value after each update, numbers as in the note. */
function replay(chunks: readonly Uint8Array[], bulkField: string | undefined): unknown[] {
  const registry = new TypeRegistry();
  const updates: unknown[] = [];
  let current: StructureValue | undefined;
  const stream = new MonitorStream({
    registry,
    maxArrayBytes: 1e6,
    targetOf: () =>
      current === undefined || bulkField === undefined
        ? undefined
        : {
            current,
            bulkMember: current.type.members.findIndex(({ name }) => name === bulkField),
            sink: {
              acquire: ({ byteLength }) => new Uint8Array(byteLength),
              abandon: () => {
                throw new Error("a whole update was abandoned");
              },
            },
            update: ({ value }, bulk) => {
              current = value;
              updates.push({ ...fields(value), sha256: digest(bulk!.destination) });
            },
            undecodable: (error) => {
              throw error;
            },
          },
    whole: ({ bigEndian }, payload) => {
      const context = new DecodeContext(new ByteReader(payload, bigEndian), registry);
      decodeOperationReply(context.reader);
      if (current === undefined) current = defaultStructure(decodeInitReply(context).type!);
      else {
        current = decodeMonitorData(context, current).value;
        updates.push({ ...fields(current), sha256: undefined });
      }
      expect(context.reader.remaining).toBe(0);
    },
  });
  const commands: number[] = [];
  const receiver = new Receiver(stream, {
    message: ({ command }) => void commands.push(command),
    control: () => undefined,
  });
  const framer = new Framer(receiver, { fromServer: true, maxMessageBytes: 1e6 });
  for (const chunk of chunks) framer.push(chunk);
  expect(commands).toEqual([
    Command.CONNECTION_VALIDATION,
    Command.CONNECTION_VALIDATED,
    Command.CREATE_CHANNEL,
  ]);
  return updates;
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function fields(value: StructureValue): Record<string, unknown> {
  return Object.fromEntries(value.type.members.map(({ name }, at) => [name, plain(value.members[at])]));
}

/** A value as JSON would hold it: unions and `any` as what they hold, arrays as lists. */
function plain(value: Value | undefined): unknown {
  if (value instanceof StructureValue) return fields(value);
  if (value instanceof UnionValue || value instanceof AnyValue) return plain(value.value);
  if (value instanceof ArrayElsewhere) return value.count;
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map((element: Value) => plain(element));
  return ArrayBuffer.isView(value) ? Array.from(value as Uint8Array, Number) : value;
}

test.each(recordings)(
  "$name holds what $note.writer was given, however the bytes are cut",
  ({ note, bytes }) => {
    const expected = note.updates.map((update) => ({ ...update, sha256: undefined }));
    for (const { name, chunks } of waysToCut(bytes))
      expect({ name, updates: replay(chunks, undefined) }).toMatchObject({ name, updates: expected });
  },
);

const images = recordings.filter(({ note }) => note.updates.every((update) => "dimension" in update));
test.each(images)("$name gives a sink its pixels, however the bytes are cut", ({ note, bytes }) => {
  const expected = note.updates.map(({ dimension, value, sha256 }) => ({
    dimension,
    sha256: sha256 ?? digest(new Uint8Array(Uint16Array.from(value as number[]).buffer)),
  }));
  for (const { name, chunks } of waysToCut(bytes))
    expect({ name, updates: replay(chunks, "value") }).toMatchObject({ name, updates: expected });
});

test("the recordings show every pattern there is to be read", () => {
  const hexadecimal = new Map(
    recordings.map(({ name, bytes }) => [name, Buffer.from(bytes).toString("hex")]),
  );
  // Segments (first, middle, last) of MONITOR, and the definition and use of a cached type.
  expect(hexadecimal.get("pvapy-large-image.bin")).toMatch(/ca02500d.*ca02700d.*ca02600d/);
  expect(hexadecimal.get("pvapy-image.bin")).toMatch(/fd0100.*fe0/);
  // The others send each type in full.
  expect(hexadecimal.get("p4p-image.bin")).toContain(Buffer.from("epics:nt/NTNDArray:1.0").toString("hex"));
});
