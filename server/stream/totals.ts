import { Histogram, type ReadonlyHistogram } from "./histogram.ts";
import { type Drops, noDrops } from "./statistics.ts";

/** What happened since the start of the service; each number only ever grows. */
export interface StreamTotals {
  /** Streams that were opened. */
  readonly streams: number;
  /** Viewers that were opened, also those that waited in vain for a first picture. */
  readonly viewers: number;
  /** Updates with an image, or what should have been one, that came in. */
  readonly framesIn: number;
  /** Those that became a picture, or were handed on raw. */
  readonly framesEncoded: number;
  /** Those that did not, by cause; `overrun` did not even come in. */
  readonly drops: Readonly<Drops>;
  /** Pictures that sockets took; repeats and placeholders are not counted. */
  readonly pictures: number;
  /** Everything that sockets took. */
  readonly bytesOut: number;
  /** From the IOC's time stamp, or the arrival, until a socket had the picture. */
  readonly latency: ReadonlyHistogram;
  /** From the arrival of a frame until a socket had its picture: what this service took of it. */
  readonly handling: ReadonlyHistogram;
  /** What each job took inside its worker. */
  readonly encodeMs: ReadonlyHistogram;
}

/** The counters behind StreamTotals. Streams count here and for themselves. */
export class Totals implements StreamTotals {
  streams = 0;
  viewers = 0;
  framesIn = 0;
  framesEncoded = 0;
  readonly drops: Drops = noDrops();
  pictures = 0;
  bytesOut = 0;
  readonly latency = new Histogram();
  readonly handling = new Histogram();
  readonly encodeMs = new Histogram();
}
