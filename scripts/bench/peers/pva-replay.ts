/**
 * A PVA server for benches, in a process of its own: knows every name, and to every monitor that starts it sends one
 * image, made once, as fast as the socket takes it. Another port sends the same bytes without any protocol.
 *
 *     bun scripts/bench/peers/pva-replay.ts SIDE [SEARCH_PORT]
 *
 * SIDE: width and height of the ushort image. SEARCH_PORT: a UDP port to answer searches on, after a beacon.
 * Prints {"pva": port, "raw": port} when it listens. Linux only.
 */
import { dlopen, FFIType, ptr } from "bun:ffi";
import { createSocket } from "node:dgram";
import { buildStructure } from "../../../server/pva/data/build-value.ts";
import { DecodeContext } from "../../../server/pva/data/decode-context.ts";
import { TypeRegistry } from "../../../server/pva/data/type-registry.ts";
import { AnyValue } from "../../../server/pva/data/value.ts";
import { encodeBeacon } from "../../../server/pva/message/beacon.ts";
import {
  encodeConnectionValidated,
  encodeValidationRequest,
} from "../../../server/pva/message/connection-validation.ts";
import { decodeCreateChannel, encodeChannelCreated } from "../../../server/pva/message/create-channel.ts";
import { encodeMonitorData } from "../../../server/pva/message/monitor.ts";
import {
  decodeOperationRequest,
  encodeInitReply,
  encodeOperationReply,
  Subcommand,
} from "../../../server/pva/message/operation.ts";
import { decodeSearch } from "../../../server/pva/message/search.ts";
import { encodeSearchResponse, GUID_BYTES } from "../../../server/pva/message/search-response.ts";
import { NTNDARRAY_PVXS } from "../../../server/pva/nt/nt-ndarray.ts";
import { BitSet } from "../../../server/pva/wire/bit-set.ts";
import { ByteReader } from "../../../server/pva/wire/byte-reader.ts";
import type { ByteWriter } from "../../../server/pva/wire/byte-writer.ts";
import { Command, ControlCommand } from "../../../server/pva/wire/commands.ts";
import { decodeDatagram } from "../../../server/pva/wire/datagram.ts";
import { frameControl, frameMessage } from "../../../server/pva/wire/frame.ts";
import { Framer } from "../../../server/pva/wire/framer.ts";
import type { MessageHeader } from "../../../server/pva/wire/header.ts";
import { MessageAssembler } from "../../../server/pva/wire/message-assembler.ts";
import { STATUS_OK } from "../../../server/pva/wire/status.ts";

const SENDER = { fromServer: true, bigEndian: false };
const MAX_REQUEST_BYTES = 1024 * 1024;
const GUID = new Uint8Array(GUID_BYTES).fill(0x42);
const side = Number(process.argv[2]);
const searchPort = Number(process.argv[3] ?? 0);

const image = buildStructure(NTNDARRAY_PVXS, {
  value: { ushortValue: new Uint16Array(side * side) },
  dimension: [{ size: side }, { size: side }],
});

const { symbols: libc } = dlopen("libc.so.6", {
  fcntl: { args: [FFIType.i32, FFIType.i32, FFIType.i32], returns: FFIType.i32 },
  send: { args: [FFIType.i32, FFIType.ptr, FFIType.u64, FFIType.i32], returns: FFIType.i64 },
});
const F_SETFL = 4;
const MSG_NOSIGNAL = 0x4000;

/**
 * Sends the same bytes until the peer hangs up, as a server's sending thread does: the socket blocks, and this process
 * with it. Bun's own writes wait for the event loop at every full buffer and come to half the speed.
 */
function sendForEver(socket: Bun.Socket<Session>, bytes: Uint8Array): void {
  // `fd` is missing from Bun's declarations.
  const { fd } = socket as unknown as { readonly fd: number };
  libc.fcntl(fd, F_SETFL, 0);
  for (let at = 0; ;) {
    const taken = Number(libc.send(fd, ptr(bytes, at), bytes.length - at, MSG_NOSIGNAL));
    if (taken <= 0) break;
    at = (at + taken) % bytes.length;
  }
  socket.terminate();
}

/** One client: answers what a monitor needs, and then replays. */
class Session {
  readonly #socket: Bun.Socket<Session>;
  readonly #framer: Framer;
  #sid = 0;

  constructor(socket: Bun.Socket<Session>) {
    this.#socket = socket;
    const sink = new MessageAssembler({
      message: (header, payload) => this.#message(header, payload),
      control: () => undefined,
    });
    this.#framer = new Framer(sink, { fromServer: false, maxMessageBytes: MAX_REQUEST_BYTES });
    socket.write(frameControl(SENDER, ControlCommand.SET_BYTE_ORDER));
    this.#say(Command.CONNECTION_VALIDATION, (writer) => encodeValidationRequest(writer, ["anonymous"]));
  }

  received(chunk: Uint8Array): void {
    this.#framer.push(chunk);
  }

  #say(command: number, body: (writer: ByteWriter) => void): void {
    this.#socket.write(frameMessage(SENDER, command, body));
  }

  #message({ command, bigEndian }: MessageHeader, payload: Uint8Array): void {
    const reader = new ByteReader(payload, bigEndian);
    if (command === Command.CONNECTION_VALIDATION)
      this.#say(Command.CONNECTION_VALIDATED, (writer) => encodeConnectionValidated(writer, STATUS_OK));
    else if (command === Command.SEARCH) this.#socket.write(answerTo(reader, 0));
    else if (command === Command.CREATE_CHANNEL)
      for (const { cid } of decodeCreateChannel(reader))
        this.#say(Command.CREATE_CHANNEL, (writer) =>
          encodeChannelCreated(writer, { cid, sid: ++this.#sid, status: STATUS_OK }),
        );
    else if (command === Command.MONITOR) this.#monitor(new DecodeContext(reader, new TypeRegistry()));
  }

  #monitor({ reader }: DecodeContext): void {
    const { ioid, subcommand } = decodeOperationRequest(reader);
    if ((subcommand & Subcommand.INIT) !== 0)
      this.#say(Command.MONITOR, (writer) => {
        encodeOperationReply(writer, { ioid, subcommand });
        encodeInitReply(writer, { status: STATUS_OK, type: image.type });
      });
    else if (subcommand === Subcommand.START && searchPort === 0) sendForEver(this.#socket, updateOf(ioid));
  }
}

function updateOf(ioid: number): Uint8Array {
  return frameMessage(SENDER, Command.MONITOR, (writer) =>
    encodeMonitorData(writer, ioid, { changed: BitSet.of(0), value: image, overrun: new BitSet() }),
  );
}

function answerTo(reader: ByteReader, port: number): Uint8Array {
  const { sequence, channels } = decodeSearch(reader);
  return frameMessage(SENDER, Command.SEARCH_RESPONSE, (writer) =>
    encodeSearchResponse(writer, {
      guid: GUID,
      sequence,
      host: undefined,
      port,
      protocol: "tcp",
      found: true,
      cids: channels.map(({ cid }) => cid),
    }),
  );
}

function listen(start: (socket: Bun.Socket<Session>) => void): number {
  return Bun.listen<Session>({
    hostname: "0.0.0.0",
    port: 0,
    socket: {
      binaryType: "uint8array",
      open: (socket) => {
        socket.data = new Session(socket);
        start(socket);
      },
      data: (socket, chunk) => socket.data.received(chunk),
    },
  }).port;
}

/** Answers each search as it comes, after telling everybody that this server is here. */
function answerSearches(pvaPort: number): void {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  socket.on("message", (datagram, from) => {
    for (const { header, payload } of decodeDatagram(datagram)) {
      if (header.command !== Command.SEARCH) continue;
      const reader = new ByteReader(payload, header.bigEndian);
      const { replyPort } = decodeSearch(new ByteReader(payload, header.bigEndian));
      socket.send(answerTo(reader, pvaPort), replyPort === 0 ? from.port : replyPort, from.address);
    }
  });
  socket.bind(searchPort, () => {
    socket.setBroadcast(true);
    const beacon = {
      guid: GUID,
      flags: 0,
      sequence: 0,
      changeCount: 0,
      host: undefined,
      port: pvaPort,
      protocol: "tcp",
    };
    const datagram = frameMessage(SENDER, Command.BEACON, (writer) =>
      encodeBeacon(writer, { ...beacon, serverStatus: new AnyValue() }),
    );
    socket.send(datagram, searchPort, "127.255.255.255");
  });
}

const pva = listen(() => undefined);
const raw = listen((socket) => void setImmediate(() => sendForEver(socket, updateOf(1))));
if (searchPort !== 0) answerSearches(pva);
console.log(JSON.stringify({ pva, raw }));
