/** Repeatable pseudo-random numbers in [0, 1) (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Every way a test of a byte stream must pass: whole, byte by byte, cut in two at each place (short streams), and at 20
 * seeded sets of places. Chunks are copies.
 */
export function* waysToCut(
  stream: Uint8Array,
): Generator<{ readonly name: string; readonly chunks: Uint8Array[] }> {
  yield { name: "whole", chunks: [stream.slice()] };
  yield { name: "byte by byte", chunks: [...stream].map((byte) => Uint8Array.of(byte)) };
  if (stream.length <= 400)
    for (let at = 1; at < stream.length; at++)
      yield { name: `cut at ${at}`, chunks: [stream.slice(0, at), stream.slice(at)] };
  for (let seed = 1; seed <= 20; seed++)
    yield { name: `cuts of seed ${seed}`, chunks: randomCuts(stream, seed) };
}

function randomCuts(stream: Uint8Array, seed: number): Uint8Array[] {
  const random = seededRandom(seed);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < stream.length;) {
    const length = 1 + Math.floor(random() * Math.max(2, stream.length / 4));
    chunks.push(stream.slice(at, at + length));
    at += length;
  }
  return chunks;
}
