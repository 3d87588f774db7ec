import { expect } from "bun:test";
import { descriptors, rssBytes } from "../../scripts/bench/measure/process-meter.ts";
import {
  type ServiceOptions,
  type ServiceProcess,
  startServiceProcess,
} from "../../scripts/bench/measure/service-process.ts";
import type { StreamWords } from "../../server/http/streams-words.ts";
import { CountingViewer } from "./counting-viewer.ts";
import { FaultCamera } from "./fault-camera.ts";

/** The healthy camera's rate, and what it shows. */
const FPS = 20;
const IMAGE = "SIM:gradient:64x48";
/** The share of the healthy camera's frames that its viewer must get: on a busy machine some come too late. */
const KEPT = 0.9;
/** Pictures before anything is counted: the first ones find a program that is still being compiled. */
const SETTLED = 8;
const PATIENCE_MS = 15_000;
/** Frames over which the healthy viewer's are counted at least: two seconds. */
const WINDOW = 40;
/** The engine collects garbage within so long where little is allocated, milliseconds. */
const COLLECTED_MS = 30_000;
/** Frames of one camera that may be on their way and without a fate yet. */
const IN_THE_WORKS = 3;

/** How the service is started, and more addresses where cameras are looked for. */
export type WatchedOptions = Omit<ServiceOptions, "nameServers"> & { readonly elsewhere?: string };

/**
 * The service in a process of its own, so that its memory and descriptors are its own, with a camera that a test may
 * do anything to, and beside it a healthy camera and its viewer, who must not notice. Linux only.
 */
export class WatchedService implements AsyncDisposable {
  readonly bad: FaultCamera;
  readonly #good: FaultCamera;
  readonly #service: ServiceProcess;
  readonly #viewer: CountingViewer;

  private constructor(bad: FaultCamera, good: FaultCamera, service: ServiceProcess, viewer: CountingViewer) {
    this.bad = bad;
    this.#good = good;
    this.#service = service;
    this.#viewer = viewer;
  }

  static async start(options: WatchedOptions = {}): Promise<WatchedService> {
    const { elsewhere = "", ...process } = options;
    const good = await FaultCamera.start("GOOD");
    const bad = await FaultCamera.start("BAD");
    const nameServers = [good.address, bad.address, elsewhere].join(" ").trim();
    const service = await startServiceProcess({ nameServers, ...process });
    good.post(IMAGE);
    const viewer = await CountingViewer.open(`http://127.0.0.1:${service.port}/mjpg/GOOD`);
    good.run(FPS, () => good.post(IMAGE));
    await until(() => viewer.pictures.length >= SETTLED, "no pictures of the healthy camera");
    return new WatchedService(bad, good, service, viewer);
  }

  get port(): number {
    return this.#service.port;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** Open descriptors of the service now. */
  get descriptors(): number {
    return descriptors(this.#service.pid);
  }

  /** Memory of the service now, megabytes. */
  get megabytes(): number {
    return rssBytes(this.#service.pid) / 1e6;
  }

  /** What the service tells of a PV that is watched. */
  async report(pv: string): Promise<StreamWords> {
    // A connection that is kept for later would count as an open descriptor.
    const response = await fetch(this.url(`/api/streams/${pv}`), { keepalive: false });
    return (await response.json()) as StreamWords;
  }

  /** Lets `trouble` happen; the healthy viewer must have lost nothing by it, and each frame must have one fate. */
  async healthyThrough(trouble: () => Promise<void>): Promise<void> {
    const before = this.#good.posted;
    await trouble();
    await until(() => this.#good.posted - before >= WINDOW, "the healthy camera stopped");
    const last = this.#good.posted;
    await until(() => this.#viewer.seenAfter(last) > 0, "the healthy viewer gets no pictures any more");
    const seen = this.#viewer.seenAfter(before) - this.#viewer.seenAfter(last);
    expect(seen).toBeGreaterThanOrEqual(KEPT * (last - before));
    expect(this.#viewer.end).toBeUndefined();
    expect(this.#viewer.outOfTurn).toBe(0);
    await this.#everyFrameHasOneFate();
  }

  /** Waits until no more descriptors are open than before, by count. */
  async descriptorsBackTo(count: number): Promise<void> {
    await until(() => this.descriptors <= count, `more than ${count} descriptors stayed open`);
  }

  /** Waits until the process has at most `megabytes`: what nobody holds any more goes when the engine has collected it. */
  async memoryBackTo(megabytes: number): Promise<void> {
    const otherwise = `more than ${megabytes} MB stayed in use`;
    await until(() => this.megabytes <= megabytes, otherwise, COLLECTED_MS);
  }

  /** The healthy camera's frames, by the service's count and by the camera's. */
  async #everyFrameHasOneFate(): Promise<void> {
    const before = this.#good.posted;
    const { received, encoded, lost } = (await this.report("GOOD")).frames;
    const { overrun, ...others } = lost;
    const told = encoded + Object.values(others).reduce((sum, count) => sum + count);
    expect(told).toBeWithin(received - IN_THE_WORKS, received + 1);
    expect(received + overrun).toBeWithin(before - IN_THE_WORKS, this.#good.posted + 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#viewer.close();
    await this.#service.stop();
    await this.#good.close();
    await this.bad.close();
  }
}

/** Waits until something is so. @throws Error with `otherwise` after 15 s, unless another patience is given */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  otherwise: string,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const patience = performance.now() + patienceMs;
  while (!(await isSo())) {
    if (performance.now() > patience) throw new Error(otherwise);
    await Bun.sleep(20);
  }
}
