import { createSocket, type Socket } from "node:dgram";
import { bytes, type ByteList, LE } from "./pva-bytes.ts";

/** A UDP socket that searches and collects what it hears. */
export class UdpSeeker {
  readonly socket: Socket;
  readonly heard: { readonly bytes: Uint8Array; readonly from: string; readonly port: number }[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("message", (datagram, { address, port }) =>
      this.heard.push({ bytes: datagram, from: address, port }),
    );
  }

  static async open(host = "127.0.0.1"): Promise<UdpSeeker> {
    const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(0, host, () => resolve());
    });
    socket.setBroadcast(true);
    return new UdpSeeker(socket);
  }

  get port(): number {
    return this.socket.address().port;
  }

  /** GUIDs of the servers that have answered, one for each answer. */
  get guids(): readonly string[] {
    return this.heard.map((answer) => answer.bytes.subarray(8, 20).join());
  }

  send(port: number, host: string, ...datagram: ByteList): void {
    this.socket.send(bytes(datagram), port, host);
  }

  /** Waits until so many datagrams were heard; fails after 3 s. */
  async until(count: number): Promise<void> {
    const deadline = performance.now() + 3000;
    while (this.heard.length < count) {
      if (performance.now() > deadline) throw new Error(`heard ${this.heard.length} of ${count} datagrams`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  close(): void {
    this.socket.close();
  }
}

/** A SEARCH for one name, as clients write it. */
export function searchFor(
  name: string,
  {
    unicast = true,
    address = Array<number>(16).fill(0),
    port = 0,
  }: {
    readonly unicast?: boolean;
    readonly address?: ByteList;
    readonly port?: number;
  } = {},
): ByteList {
  const body = [LE.u32(1), unicast ? 0x80 : 0, [0, 0, 0], address, LE.u16(port), 1, LE.string("tcp")];
  return LE.message(3, [...body, LE.u16(1), LE.u32(1), LE.string(name)], { fromServer: false });
}

/** An ORIGIN TAG. */
export function originTag(address: ByteList): ByteList {
  return LE.message(22, address, { fromServer: false });
}
