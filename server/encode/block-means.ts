/** An eighth of a JPEG picture: the means of its blocks, for which no pixel has to be decoded. */
import { type HuffmanTable, huffmanTable, ScanReader } from "./scan-reader.ts";

/** Levels of a picture, R G B together or grey, row by row. */
export interface Means {
  readonly samples: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** A component of the picture, in the order of the file: its sampling, its tables, the means of its blocks. */
interface Component {
  readonly across: number;
  readonly down: number;
  readonly quantisation: number;
  stride: number;
  means: Uint8ClampedArray;
}

const [SOF0, SOF1, DHT, SOS, DQT, DRI, APP14] = [0xc0, 0xc1, 0xc4, 0xda, 0xdb, 0xdd, 0xee] as const;

/** What the segments before the scan say. */
class Tables {
  /** Step of the mean in each quantisation table. */
  readonly steps: number[] = [];
  /** By their byte in DHT: DC tables from 0, AC tables from 16. */
  readonly huffman: HuffmanTable[] = [];
  components: Component[] = [];
  width = 0;
  height = 0;
  /** Units between two restart markers; 0: there are none. */
  interval = 0;

  read(marker: number, segment: DataView): void {
    if (marker === DQT) this.#readSteps(segment);
    else if (marker === DHT) this.#readHuffman(segment);
    else if (marker === DRI) this.interval = segment.getUint16(0);
    else if (marker === SOF0 || marker === SOF1) this.#readFrame(segment);
    else if (marker >= SOF0 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc)
      throw new Error("a progressive, lossless or arithmetic file");
    // Adobe's segment ends with the transform: 0 means that three components are R G B.
    else if (marker === APP14 && segment.byteLength === 12 && segment.getUint8(11) === 0)
      throw new Error("a file without luminance");
  }

  #readSteps(segment: DataView): void {
    for (let at = 0; at < segment.byteLength;) {
      const name = segment.getUint8(at);
      const wide = name >> 4 !== 0;
      this.steps[name & 15] = wide ? segment.getUint16(at + 1) : segment.getUint8(at + 1);
      at += wide ? 129 : 65;
    }
  }

  #readHuffman(segment: DataView): void {
    for (let at = 0; at < segment.byteLength;) {
      const counts = bytesOf(segment, at + 1, 16);
      const symbols = bytesOf(
        segment,
        at + 17,
        counts.reduce((sum, count) => sum + count, 0),
      );
      this.huffman[segment.getUint8(at)] = huffmanTable(counts, symbols);
      at += 17 + symbols.length;
    }
  }

  #readFrame(segment: DataView): void {
    this.height = segment.getUint16(1);
    this.width = segment.getUint16(3);
    const count = segment.getUint8(5);
    if (count !== 1 && count !== 3) throw new Error(`a file of ${count} components`);
    this.components = Array.from({ length: count }, (_, index) => {
      const at = 6 + 3 * index;
      const sampling = segment.getUint8(at + 1);
      const [across, down, quantisation] = [sampling >> 4, sampling & 15, segment.getUint8(at + 2)];
      if (across < 1 || across > 4 || down < 1 || down > 4) throw new Error("a sampling that does not exist");
      return {
        across,
        down,
        quantisation,
        stride: 0,
        means: new Uint8ClampedArray(),
      };
    });
  }
}

/**
 * Reads the means of the blocks of 8 × 8 pixels.
 *
 * @param file a whole baseline file, grey or YCbCr, whose components are in one scan, as the encoders here write it
 * @returns a picture of an eighth of the width and height, rounded up
 * @throws Error for all other files, and for damaged ones where it shows
 */
export function blockMeans(file: Uint8Array): Means {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const tables = new Tables();
  for (let at = 2; ;) {
    const marker = view.getUint8(at + 1);
    const length = view.getUint16(at + 2);
    const segment = new DataView(file.buffer, file.byteOffset + at + 4, length - 2);
    at += 2 + length;
    if (marker !== SOS) {
      tables.read(marker, segment);
      continue;
    }
    readScan(tables, segment, new ScanReader(file, at));
    return pictureOf(tables);
  }
}

function readScan(tables: Tables, header: DataView, reader: ScanReader): void {
  const { components, width, height, interval } = tables;
  if (components.length === 0 || header.getUint8(0) !== components.length)
    throw new Error("a file of more scans than one");
  const grey = components.length === 1;
  const unitWidth = 8 * (grey ? 1 : highest(components, "across"));
  const unitHeight = 8 * (grey ? 1 : highest(components, "down"));
  const columns = Math.ceil(width / unitWidth);
  const rows = Math.ceil(height / unitHeight);
  const parts = components.map((component, index) => {
    const tablesOf = header.getUint8(2 + 2 * index);
    const [dc, ac] = [tables.huffman[tablesOf >> 4], tables.huffman[16 + (tablesOf & 15)]];
    const step = tables.steps[component.quantisation];
    if (dc === undefined || ac === undefined || step === undefined) throw new Error("a table is missing");
    // The blocks of a single component lie row by row, whatever its sampling (A.2.2).
    const [across, down] = grey ? [1, 1] : [component.across, component.down];
    component.stride = columns * across;
    component.means = new Uint8ClampedArray(component.stride * rows * down);
    return { component, dc, ac, step, across, down, value: 0 };
  });
  for (let unit = 0; unit < columns * rows; unit++) {
    if (interval > 0 && unit > 0 && unit % interval === 0) {
      reader.restart();
      for (const part of parts) part.value = 0;
    }
    const [column, row] = [unit % columns, Math.floor(unit / columns)];
    for (const part of parts) {
      const { means, stride } = part.component;
      for (let block = 0; block < part.across * part.down; block++) {
        part.value += reader.difference(reader.symbol(part.dc) & 15);
        reader.skipBlock(part.ac);
        const x = column * part.across + (block % part.across);
        const y = row * part.down + Math.floor(block / part.across);
        means[y * stride + x] = (part.value * part.step) / 8 + 128;
      }
    }
  }
}

function pictureOf({ components, width: pixels, height: lines }: Tables): Means {
  const [width, height] = [Math.ceil(pixels / 8), Math.ceil(lines / 8)];
  const [luma, blue, red] = components;
  const channels = red === undefined ? 1 : 3;
  const samples = new Uint8ClampedArray(width * height * channels);
  const [across, down] =
    channels === 1 ? [1, 1] : [highest(components, "across"), highest(components, "down")];
  const meanOf = (component: Component, x: number, y: number): number => {
    if (channels === 1) return component.means[y * component.stride + x]!;
    const row = Math.floor((y * component.down) / down);
    return component.means[row * component.stride + Math.floor((x * component.across) / across)]!;
  };
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const level = meanOf(luma!, x, y);
      if (red === undefined || blue === undefined) {
        samples[at++] = level;
        continue;
      }
      // JFIF 1.02: full-range BT.601.
      const [cb, cr] = [meanOf(blue, x, y) - 128, meanOf(red, x, y) - 128];
      samples[at++] = level + 1.402 * cr;
      samples[at++] = level - 0.344136 * cb - 0.714136 * cr;
      samples[at++] = level + 1.772 * cb;
    }
  }
  return { samples: new Uint8Array(samples.buffer), width, height, channels };
}

function highest(components: readonly Component[], side: "across" | "down"): number {
  return Math.max(...components.map((component) => component[side]));
}

function bytesOf(view: DataView, at: number, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) => view.getUint8(at + index));
}
