/**
 * The inside of one worker thread: loads its own core, then does one job at a time, answering each message with one.
 * What goes wrong with a frame is an answer; what goes wrong with the thread ends it, and the pool starts another.
 */
import { Core, type CoreBuild, type DecodedJpeg } from "../../wasm/core/index.ts";
import { refusalOf, run, runJoin, runNpy, runPlaceholder, runPng, runStripe } from "./jobs.ts";
import type { StartMessage, TaskMessage, WorkerMessage } from "./messages.ts";
import { bunInflaters } from "./inflaters.ts";
import { JpegDecoder } from "./jpeg-decoder.ts";
import { Mozjpeg } from "./mozjpeg.ts";
import { type PostedMessage, SlotReceiver } from "./slots.ts";

type Message = StartMessage | TaskMessage;

/** A job that needs more memory than this leaves it to the core, which cannot give it back, bytes … */
const LARGE_BYTES = 64 * 2 ** 20;
/** … so the core is replaced when none has needed so much for so long, milliseconds. */
const REPLACED_AFTER_MS = 5000;

class JobRunner {
  #core: Core | undefined;
  #replacement: ReturnType<typeof setTimeout> | undefined;
  #mozjpeg: Promise<Mozjpeg> | undefined;
  #jpegDecoder: JpegDecoder | undefined;

  async answer(message: Message): Promise<WorkerMessage> {
    return message.kind === "start" ? await this.#start(message) : await this.#work(message);
  }

  async #start({ build }: StartMessage): Promise<WorkerMessage> {
    try {
      this.#core = await this.#load(build);
      return { kind: "ready", build: this.#core.build };
    } catch (error) {
      return { kind: "unfit", message: words(error) };
    }
  }

  #load(build: CoreBuild | undefined): Promise<Core> {
    const jpegDecoder = (file: Uint8Array): DecodedJpeg => this.#decodeJpeg(file);
    const parts = { inflaters: bunInflaters, jpegDecoder };
    return Core.load(build === undefined ? parts : { ...parts, build });
  }

  /** Gives the memory of large frames back when they have stopped coming. */
  #replaceLater({ build }: Core): void {
    clearTimeout(this.#replacement);
    this.#replacement = setTimeout(() => {
      const replace = (core: Core): void => {
        this.#core = core;
        setTimeout(() => Bun.gc(true));
      };
      // Where there is no memory for another one the old one stays.
      void this.#load(build).then(replace, () => undefined);
    }, REPLACED_AFTER_MS);
  }

  #decodeJpeg(file: Uint8Array): DecodedJpeg {
    if (this.#jpegDecoder === undefined) throw new Error("The JPEG decoder was not started.");
    return this.#jpegDecoder.decode(file);
  }

  async #work(job: TaskMessage): Promise<WorkerMessage> {
    const began = performance.now();
    try {
      if (this.#core === undefined) throw new Error("A job came before the core was loaded.");
      // The core cannot wait for its decoder, so it is started before it is known whether the file will be decoded.
      if (mayDecode(job)) this.#jpegDecoder ??= await JpegDecoder.load();
      return await this.#result(job, this.#core, began);
    } catch (error) {
      // An Emscripten program that failed once may have left its heap in any state.
      this.#mozjpeg = undefined;
      this.#jpegDecoder = undefined;
      return { kind: "refused", ...refusalOf(error, "recipe" in job ? job.recipe : {}) };
    } finally {
      // Also after a job that failed: it needed the memory to find out.
      if (this.#core !== undefined && this.#core.memoryUsed > LARGE_BYTES) this.#replaceLater(this.#core);
    }
  }

  async #result(job: TaskMessage, core: Core, began: number): Promise<WorkerMessage> {
    switch (job.kind) {
      case "job": {
        const result = await run(job, core, () => (this.#mozjpeg ??= Mozjpeg.load()));
        return { kind: "done", ...result, encodeMs: performance.now() - began };
      }
      case "placeholder":
        return { kind: "done", ...runPlaceholder(job, core), encodeMs: performance.now() - began };
      case "png":
        return runPng(job, core);
      case "npy":
        return runNpy(job, core);
      case "join":
        return runJoin(job);
      case "measure":
      case "stripe":
        return runStripe(job, core);
    }
  }
}

function mayDecode(job: TaskMessage): boolean {
  if (job.kind === "placeholder") return job.under !== undefined;
  return "frame" in job && job.frame.codec === "jpeg";
}

/** What goes over without being copied. */
function fileOf(answer: WorkerMessage): ArrayBuffer[] {
  if (answer.kind === "png") return [answer.png];
  if (answer.kind === "npy") return [answer.npy];
  return "jpeg" in answer ? [answer.jpeg] : [];
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const runner = new JobRunner();
const slots = new SlotReceiver();
self.onmessage = ({ data }: MessageEvent<PostedMessage>) => {
  const message = slots.open(data);
  if (message === undefined) return;
  void runner.answer(message).then((answer) => self.postMessage(answer, { transfer: fileOf(answer) }));
};
