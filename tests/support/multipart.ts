/** One part of a multipart/x-mixed-replace response: its header lines and its body. */
export interface Part {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

const HEADER_END = Buffer.from("\r\n\r\n");

/** Splits a response with `Content-Length` in every part header, as programs read it, and checks its layout on the way. */
export async function* readParts(response: Response, boundary = "frame"): AsyncGenerator<Part, void> {
  if (response.body === null) throw new Error("the response has no body");
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of response.body) {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const taken = takePart(pending, boundary);
      if (taken === undefined) break;
      pending = taken.rest;
      yield taken.part;
    }
  }
}

function takePart(bytes: Buffer, boundary: string): { part: Part; rest: Buffer } | undefined {
  const head = bytes.indexOf(HEADER_END);
  if (head < 0) return undefined;
  const lines = bytes
    .subarray(0, head)
    .toString("latin1")
    .split("\r\n")
    .filter((line) => line !== "");
  if (lines[0] !== `--${boundary}`) throw new Error(`part starts with ${JSON.stringify(lines[0])}`);
  const headers = new Map(
    lines.slice(1).map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const length = Number(headers.get("content-length"));
  if (!Number.isInteger(length)) throw new Error("part without Content-Length");
  const start = head + HEADER_END.length;
  if (bytes.length < start + length) return undefined;
  return {
    part: { headers, body: bytes.subarray(start, start + length) },
    rest: bytes.subarray(start + length),
  };
}
