import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import decodeStarted from "@jsquash/jpeg/decode.js";
import { decodeJpeg } from "../encode/decode.ts";
import { launchChromium, withoutChromium } from "../support/browser.ts";
import { Firefox, withoutFirefox } from "../support/firefox.ts";
import { type Peer, findPython, startPeer } from "../support/python.ts";
import { requireTool } from "../support/tools.ts";
import { cases, encode, striped } from "../wasm/jpeg-cases.ts";

/** A browser on a busy machine may take seconds for what it does in one. */
setDefaultTimeout(20_000);

const python = findPython(["PIL", "numpy"]);
const withoutPillow = requireTool("Python with Pillow and numpy", python !== undefined);

interface Sample {
  readonly what: string;
  readonly size: readonly [number, number];
  readonly jpeg: string;
}

/** Every kind of file: as it is, with tables of its own, with density and comment, in stripes; grey and each subsampling. */
function samples(): Sample[] {
  const found: Sample[] = [];
  for (const { name, ...work } of cases()) {
    if (work.quality !== 92 || !["photograph", "text", "detector"].includes(name)) continue;
    const { jpeg, counts } = encode(work, { count: true });
    const files = {
      plain: jpeg,
      adaptive: encode(work, { fitTo: counts }).jpeg,
      told: encode(work, { comment: "uniqueId 12345 · 2026-11-22", density: 300 }).jpeg,
      striped: striped(work, 3),
    };
    const colour = work.channels === 1 ? "grey" : work.subsampling;
    for (const [kind, file] of Object.entries(files)) {
      const what = `${name} ${work.width}x${work.height} ${colour} ${kind}`;
      found.push({ what, size: [work.width, work.height], jpeg: Buffer.from(file).toString("base64") });
    }
  }
  return found;
}

/** Runs in a page: JPEGs as JSON list of base64 in, a list of their pixels out; fails where one has none. */
async function decodeInPage(argument: string): Promise<string> {
  const decoded: string[] = [];
  for (const jpeg of JSON.parse(argument) as string[]) {
    const image = new Image();
    image.src = `data:image/jpeg;base64,${jpeg}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    const context = canvas.getContext("2d", { willReadFrequently: true })!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let text = "";
    for (let at = 0; at < data.length; at += 4096)
      text += String.fromCharCode(...data.subarray(at, at + 4096));
    decoded.push(btoa(text));
  }
  return JSON.stringify(decoded);
}

/** Files in, R G B A of each out, both base64. */
interface Decoder {
  decode(files: readonly string[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

async function openChromium(): Promise<Decoder> {
  const browser = await launchChromium();
  const page = await browser.newPage();
  return {
    decode: async (files) =>
      JSON.parse(await page.evaluate(decodeInPage, JSON.stringify(files))) as readonly string[],
    close: () => browser.close(),
  };
}

async function openFirefox(): Promise<Decoder> {
  const firefox = await Firefox.launch();
  return {
    decode: async (files) =>
      JSON.parse(await firefox.evaluate(decodeInPage, JSON.stringify(files))) as readonly string[],
    close: () => firefox.close(),
  };
}

/** One start of its WebAssembly for all files: starting takes longer than decoding. */
const jsquash: Decoder = {
  async decode([first, ...others]) {
    const { data } = await decodeJpeg(Buffer.from(first!, "base64"));
    const pictures = [Buffer.from(data).toString("base64")];
    for (const file of others) {
      const { data } = await decodeStarted(new Uint8Array(Buffer.from(file, "base64")).buffer);
      pictures.push(Buffer.from(data).toString("base64"));
    }
    return pictures;
  },
  close: () => Promise.resolve(),
};

const DECODERS = [
  { name: "Chromium", absent: withoutChromium(), open: openChromium },
  { name: "Firefox", absent: withoutFirefox(), open: openFirefox },
  { name: "@jsquash/jpeg", absent: false, open: () => Promise.resolve(jsquash) },
];

for (const { name, absent, open } of DECODERS) {
  describe.skipIf(absent || withoutPillow)(name, () => {
    let decoder: Decoder;
    let pillow: Peer;

    beforeAll(async () => {
      pillow = await startPeer([python!, "compare.py"], { announces: false });
      decoder = await open();
    });

    afterAll(async () => {
      await decoder.close();
      await pillow.kill();
    });

    test("decodes every kind of file to the pixels that Pillow decodes it to", async () => {
      const files = samples();
      expect(files).toHaveLength(3 * 15 * 4 * 4);
      const pictures = await decoder.decode(files.map(({ jpeg }) => jpeg));
      for (const [index, { what, size, jpeg }] of files.entries()) {
        const answer = await pillow.ask(JSON.stringify({ jpeg, rgba: pictures[index] }));
        const verdict = JSON.parse(answer) as { readonly size: readonly number[]; readonly worst: number };
        expect({ what, size: verdict.size }).toEqual({ what, size });
        // No difference was seen yet; releases may round the way from YCbCr otherwise.
        expect({ what, worst: Math.max(verdict.worst, 1) }).toEqual({ what, worst: 1 });
      }
    });

    test("refuses a file that is cut in its header, so that a decoded one means something", async () => {
      const [first] = samples();
      const cut = Buffer.from(first!.jpeg, "base64").subarray(0, 100).toString("base64");
      const outcome = await decoder.decode([cut]).then(String, () => "refused");
      expect(outcome).toBe("refused");
    });
  });
}
