import type { ColourMode, SampleType } from "../../wasm/core/index.ts";
import { type Peer, startPeer } from "./python.ts";

/** What Pillow says of a JPEG; see tests/support/peers/judge.py. */
export interface Verdict {
  /** The frame number that the picture carries. */
  readonly frame: number;
  /** Mean difference from the array that was sent, grey levels. */
  readonly meanError: number;
  readonly size: readonly [width: number, height: number];
  /** Pillow's mode: L for grey, RGB for colour. */
  readonly mode: string;
}

/** Pillow and numpy, comparing JPEGs with the test pictures of tests/support/peers/images.py. */
export class Judge {
  readonly #peer: Peer;

  private constructor(peer: Peer) {
    this.#peer = peer;
  }

  static async start(python: string): Promise<Judge> {
    return new Judge(await startPeer([python, "judge.py"], { announces: false }));
  }

  async verdict(type: SampleType, colour: ColourMode, jpeg: Uint8Array): Promise<Verdict> {
    const question = { type, colour, jpeg: Buffer.from(jpeg).toString("base64") };
    return JSON.parse(await this.#peer.ask(JSON.stringify(question))) as Verdict;
  }

  async close(): Promise<void> {
    await this.#peer.kill();
  }
}
