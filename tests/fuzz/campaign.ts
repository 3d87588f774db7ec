import { seededRandom } from "../support/pva-cuts.ts";
import { hexdump } from "../../server/pva/wire/hexdump.ts";
import { cut, mutate } from "./mutations.ts";
import { clientStreams, datagrams, recordedStreams, serverStreams } from "./streams.ts";
import { intoClient, intoDatagrams, intoServer, type Target } from "./targets.ts";

/** No stream of a few kilobytes may take more processor time; what other programs take meanwhile does not count. */
const MAX_MS = 1000;

interface Attack {
  readonly name: string;
  readonly streams: readonly Uint8Array[];
  readonly target: Target;
}

/** Every way in that bytes from the network have: what is sent there by rights, and what reads it. */
export const attacks: readonly Attack[] = [
  { name: "client", streams: serverStreams(), target: intoClient },
  { name: "client, from recordings", streams: recordedStreams(), target: intoClient },
  { name: "server", streams: clientStreams(), target: intoServer },
  { name: "datagrams", streams: datagrams(), target: intoDatagrams },
];

/** How the spoiled streams of an attack ended. */
export interface Tally {
  /** Read to the end in spite of it all. */
  readonly read: number;
  /** Faults by code. */
  readonly faults: ReadonlyMap<string, number>;
  readonly slowestMs: number;
}

/** Spoils streams with the seeds from `first` on, `count` of them. Throws with the seed and the bytes at a finding. */
export function attack({ name, streams, target }: Attack, first: number, count: number): Tally {
  const faults = new Map<string, number>();
  let read = 0;
  let slowestMs = 0;
  for (let seed = first; seed < first + count; seed++) {
    const random = seededRandom(seed);
    const stream = mutate(streams[seed % streams.length]!, random);
    const chunks = cut(stream, random);
    const started = process.cpuUsage();
    try {
      const fault = target(chunks);
      if (fault === undefined) read++;
      else faults.set(fault.code, (faults.get(fault.code) ?? 0) + 1);
    } catch (cause) {
      throw new Error(`${name}, seed ${seed}: ${String(cause)}\n${hexdump(stream, { to: 4096 })}`, { cause });
    }
    const { user, system } = process.cpuUsage(started);
    const took = (user + system) / 1000;
    if (took > MAX_MS) throw new Error(`${name}, seed ${seed}: took ${took.toFixed(0)} ms`);
    slowestMs = Math.max(slowestMs, took);
  }
  return { read, faults, slowestMs };
}
