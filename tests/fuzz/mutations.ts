/** Bytes that mean something in types, sizes and flags, more often than chance has them. */
const TELLING = [
  0x00, 0x01, 0x08, 0x10, 0x20, 0x22, 0x2d, 0x30, 0x44, 0x60, 0x68, 0x7f, 0x80, 0x81, 0x82, 0x83, 0x88, 0x89,
  0x8a, 0xca, 0xfd, 0xfe, 0xff,
];
const FLAGS = [
  0x00, 0x01, 0x10, 0x20, 0x30, 0x40, 0x41, 0x50, 0x60, 0x70, 0x80, 0xc0, 0xd0, 0xe0, 0xf0, 0xff,
];
/** FieldDescs that nest, or refer to what is being defined. */
const NESTING = [
  [0x82],
  [0x88],
  [0x89],
  [0x8a],
  [0xfd, 1, 0],
  [0xfd, 1, 0, 0xfe, 1, 0],
  [0x80, 0, 1, 1, 0x61],
];

type Random = () => number;
type Mutation = (stream: number[], messages: readonly number[], random: Random) => void;

const pick = <Element>(list: readonly Element[], random: Random): Element =>
  list[Math.floor(random() * list.length)]!;
const place = (stream: readonly number[], random: Random): number => Math.floor(random() * stream.length);

/** One way of spoiling a byte stream each; `messages` are the offsets of its headers. */
const MUTATIONS: readonly Mutation[] = [
  // a bit flips
  (stream, _, random) => (stream[place(stream, random)]! ^= 1 << Math.floor(random() * 8)),
  // a byte becomes any other, or one that means something
  (stream, _, random) => (stream[place(stream, random)] = Math.floor(random() * 256)),
  (stream, _, random) => (stream[place(stream, random)] = pick(TELLING, random)),
  // the stream ends early, or bytes are missing or too many
  (stream, _, random) => stream.splice(place(stream, random)),
  (stream, _, random) => stream.splice(place(stream, random), 1 + Math.floor(random() * 8)),
  (stream, _, random) => {
    const count = 1 + Math.floor(random() * 8);
    stream.splice(place(stream, random), 0, ...Array.from({ length: count }, () => pick(TELLING, random)));
  },
  // a count becomes the largest there is, or null
  (stream, _, random) => stream.splice(place(stream, random), 1, 0xfe, 0xff, 0xff, 0xff, 0xff),
  (stream, _, random) => stream.splice(place(stream, random), 1, 0xfe, 0xff, 0xff, 0x0f, 0x00),
  (stream, _, random) => (stream[place(stream, random)] = 0xff),
  // a header's flags, command or length lie
  (stream, messages, random) => (stream[pick(messages, random) + 2] = pick(FLAGS, random)),
  (stream, messages, random) => (stream[pick(messages, random) + 3] = Math.floor(random() * 24)),
  (stream, messages, random) =>
    (stream[pick(messages, random) + 4 + Math.floor(random() * 4)] = pick(TELLING, random)),
  // something nests, or defines and refers to itself, many times
  (stream, _, random) => {
    const nest = pick(NESTING, random);
    const times = pick([1, 2, 30, 100, 3000], random);
    stream.splice(place(stream, random), 1, ...Array.from({ length: times }, () => nest).flat());
  },
  // a type is defined anew, or one that nobody knows is used
  (stream, _, random) =>
    stream.splice(place(stream, random), 1, 0xfd, Math.floor(random() * 4), 0, pick(TELLING, random)),
  (stream, _, random) => stream.splice(place(stream, random), 1, 0xfe, Math.floor(random() * 4), 0),
  // a message comes twice, or later ones come first
  (stream, messages, random) => {
    const from = pick(messages, random);
    const piece = stream.slice(from, messages.find((offset) => offset > from) ?? stream.length);
    stream.splice(pick(messages, random), 0, ...piece);
  },
];

/** A copy of `stream` spoiled in one to four ways. */
export function mutate(stream: Uint8Array, random: Random): Uint8Array {
  const spoiled = [...stream];
  const messages = headersOf(stream);
  for (let count = 1 + Math.floor(random() ** 2 * 4); count > 0; count--)
    if (spoiled.length > 0) pick(MUTATIONS, random)(spoiled, messages, random);
  return Uint8Array.from(spoiled);
}

/** The stream in pieces: whole, byte by byte, or cut anywhere. */
export function cut(stream: Uint8Array, random: Random): Uint8Array[] {
  const way = random();
  if (way < 0.5) return [stream];
  const longest = way < 0.6 ? 1 : 1 + Math.floor(random() * stream.length);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < stream.length; at += chunks.at(-1)!.length)
    chunks.push(stream.slice(at, at + 1 + Math.floor(random() * longest)));
  return chunks;
}

function headersOf(stream: Uint8Array): number[] {
  const offsets: number[] = [];
  for (let at = 0; at + 8 <= stream.length;) {
    offsets.push(at);
    const isControl = (stream[at + 2]! & 1) !== 0;
    const littleEndian = (stream[at + 2]! & 0x80) === 0;
    at +=
      8 +
      (isControl ? 0 : new DataView(stream.buffer, stream.byteOffset + at + 4, 4).getUint32(0, littleEndian));
  }
  return offsets;
}
