/**
 * The inside of one worker thread: loads its own core, then does one job at a time, answering each message with one.
 * What goes wrong with a frame is an answer; what goes wrong with the thread ends it, and the pool starts another.
 */
import { Core, type DecodedJpeg } from "../../wasm/core/index.ts";
import { refusalOf, run, runPng, runStripe } from "./jobs.ts";
import type {
  JobMessage,
  MeasureMessage,
  PngMessage,
  StartMessage,
  StripeMessage,
  WorkerMessage,
} from "./messages.ts";
import { bunInflaters } from "./inflaters.ts";
import { JpegDecoder } from "./jpeg-decoder.ts";
import { Mozjpeg } from "./mozjpeg.ts";

type Message = StartMessage | JobMessage | MeasureMessage | StripeMessage | PngMessage;

class JobRunner {
  #core: Core | undefined;
  #mozjpeg: Promise<Mozjpeg> | undefined;
  #jpegDecoder: JpegDecoder | undefined;

  async answer(message: Message): Promise<WorkerMessage> {
    return message.kind === "start" ? await this.#start(message) : await this.#work(message);
  }

  async #start({ build }: StartMessage): Promise<WorkerMessage> {
    try {
      const jpegDecoder = (file: Uint8Array): DecodedJpeg => this.#decodeJpeg(file);
      const parts = { inflaters: bunInflaters, jpegDecoder };
      this.#core = await Core.load(build === undefined ? parts : { ...parts, build });
      return { kind: "ready", build: this.#core.build };
    } catch (error) {
      return { kind: "unfit", message: words(error) };
    }
  }

  #decodeJpeg(file: Uint8Array): DecodedJpeg {
    if (this.#jpegDecoder === undefined) throw new Error("The JPEG decoder was not started.");
    return this.#jpegDecoder.decode(file);
  }

  async #work(job: Exclude<Message, StartMessage>): Promise<WorkerMessage> {
    const began = performance.now();
    try {
      if (this.#core === undefined) throw new Error("A job came before the core was loaded.");
      if (job.kind === "measure" || job.kind === "stripe") return runStripe(job, this.#core);
      // The core cannot wait for its decoder, so it is started before it is known whether the file will be decoded.
      if (job.frame.codec === "jpeg") this.#jpegDecoder ??= await JpegDecoder.load();
      if (job.kind === "png") return runPng(job, this.#core);
      const result = await run(job, this.#core, () => (this.#mozjpeg ??= Mozjpeg.load()));
      return { kind: "done", ...result, encodeMs: performance.now() - began };
    } catch (error) {
      // An Emscripten program that failed once may have left its heap in any state.
      this.#mozjpeg = undefined;
      this.#jpegDecoder = undefined;
      return { kind: "refused", ...refusalOf(error, job.recipe) };
    }
  }
}

/** What goes over without being copied. */
function fileOf(answer: WorkerMessage): ArrayBuffer[] {
  if (answer.kind === "png") return [answer.png];
  return "jpeg" in answer ? [answer.jpeg] : [];
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const runner = new JobRunner();
self.onmessage = ({ data }: MessageEvent<Message>) => {
  void runner.answer(data).then((answer) => self.postMessage(answer, { transfer: fileOf(answer) }));
};
