import {
  AnyValue,
  endpointName,
  NTNDARRAY_PVXS,
  PvaServer,
  scalar,
  SharedPv,
} from "../../server/pva/index.ts";

const WIDTH = 64;
const HEIGHT = 48;
/** ScalarType of unsigned bytes in pvData, as publishers write it into codec.parameters. */
const UINT8 = 5;

/** What a picture is like. */
export interface PostedImage {
  readonly width?: number;
  readonly height?: number;
  readonly codec?: string;
  readonly packed?: Uint8Array;
}

/** A camera on our own PVA server that takes a picture when the test says so, and knows who monitors it. */
export class PostedCamera {
  readonly #pv: SharedPv;
  readonly #server: PvaServer;
  /** Resolves when the last monitor ends. */
  readonly abandoned: Promise<undefined>;

  private constructor(pv: SharedPv, server: PvaServer, abandoned: Promise<undefined>) {
    this.#pv = pv;
    this.#server = server;
    this.abandoned = abandoned;
  }

  /** Serves `CAM` on a port of loopback, a free one unless said. */
  static async start(port = 0): Promise<PostedCamera> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const pv = new SharedPv(NTNDARRAY_PVXS, { lastWatcher: () => resolve(undefined) });
    const provider = (name: string): SharedPv | undefined => (name === "CAM" ? pv : undefined);
    return new PostedCamera(pv, await PvaServer.listen({ port, provider }), promise);
  }

  /** For EPICS_PVA_NAME_SERVERS. */
  get address(): string {
    return endpointName(this.#server.address);
  }

  /** How many monitors are running. */
  get monitors(): number {
    return this.#pv.watchers;
  }

  /**
   * Publishes one picture of 8-bit samples, 64 × 48 unless said.
   * @param image `packed` are bytes that are said to become the picture's by `codec`
   */
  post(uniqueId: number, image: PostedImage = {}): void {
    const { width = WIDTH, height = HEIGHT, codec = "", packed } = image;
    const pixels = packed ?? new Uint8Array(width * height).fill(uniqueId & 255);
    this.#pv.post({
      value: { ubyteValue: pixels },
      compressedSize: pixels.length,
      uncompressedSize: width * height,
      codec: { name: codec, parameters: new AnyValue(scalar("int"), packed === undefined ? 0 : UINT8) },
      uniqueId,
      dimension: [width, height].map((size) => ({
        size,
        offset: 0,
        fullSize: size,
        binning: 1,
        reverse: false,
      })),
      attribute: [{ name: "ColorMode", value: new AnyValue(scalar("int"), 0) }],
    });
  }

  async close(): Promise<void> {
    await this.#server.close();
  }
}
