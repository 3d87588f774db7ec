/** Symbols of the entropy-coded part of a JPEG file (ITU-T T.81, annex F.2). */

/** Zero bytes that are read beyond the end of a scan before it counts as cut short. */
const GRACE = 64;

/** For each 16 bits that may come: symbol in the low byte, length of its code above; 0 where no code begins so. */
export type HuffmanTable = Uint16Array;

/**
 * @param counts how many codes have 1, 2, … 16 bits
 * @param symbols in the order of their codes
 */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const table = new Uint16Array(65536);
  let code = 0;
  let next = 0;
  counts.forEach((count, index) => {
    const length = index + 1;
    for (let each = 0; each < count; each++, code++) {
      const first = code << (16 - length);
      table.fill((length << 8) | symbols[next++]!, first, first + (1 << (16 - length)));
    }
    code <<= 1;
  });
  return table;
}

/** Reads bits from the byte behind a scan's header on, up to its next marker. */
export class ScanReader {
  readonly #file: Uint8Array;
  #at: number;
  #bits = 0;
  #count = 0;
  #missing = 0;

  constructor(file: Uint8Array, at: number) {
    this.#file = file;
    this.#at = at;
  }

  /** The next symbol. @throws Error where no code begins */
  symbol(table: HuffmanTable): number {
    this.#fill();
    const entry = table[(this.#bits >>> (this.#count - 16)) & 0xffff]!;
    if (entry === 0) throw new Error("no Huffman code begins like this");
    this.#count -= entry >> 8;
    return entry & 255;
  }

  /** So many bits as a signed difference (F.2.2.1, EXTEND). */
  difference(bits: number): number {
    if (bits === 0) return 0;
    this.#fill();
    this.#count -= bits;
    const value = (this.#bits >>> this.#count) & ((1 << bits) - 1);
    return value < 1 << (bits - 1) ? value - (1 << bits) + 1 : value;
  }

  /** Passes over the 63 coefficients of a block that are not its mean. */
  skipBlock(table: HuffmanTable): void {
    for (let coefficient = 1; coefficient < 64;) {
      const symbol = this.symbol(table);
      const bits = symbol & 15;
      if (bits === 0 && symbol !== 0xf0) return;
      if (bits > 0) {
        this.#fill();
        this.#count -= bits;
      }
      coefficient += (symbol >> 4) + 1;
    }
  }

  /** Passes over a restart marker. */
  restart(): void {
    this.#bits = 0;
    this.#count = 0;
    this.#at += 2;
  }

  /** Makes 25 bits ready at least. A stuffed zero is left out; behind the end come zeros. */
  #fill(): void {
    while (this.#count <= 24) {
      const byte = this.#file[this.#at] ?? 0;
      const ended = this.#at >= this.#file.length || (byte === 0xff && this.#file[this.#at + 1] !== 0);
      if (ended && ++this.#missing > GRACE) throw new Error("the scan ends too early");
      if (!ended) this.#at += byte === 0xff ? 2 : 1;
      this.#bits = (this.#bits << 8) | (ended ? 0 : byte);
      this.#count += 8;
    }
  }
}
