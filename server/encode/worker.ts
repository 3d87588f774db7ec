/**
 * The inside of one worker thread: loads its own core, then does one job at a time, answering each message with one.
 * What goes wrong with a frame is an answer; what goes wrong with the thread ends it, and the pool starts another.
 */
import { Core } from "../../wasm/core/index.ts";
import { type JobMessage, run, type StartMessage, type WorkerMessage } from "./jobs.ts";
import { Mozjpeg } from "./mozjpeg.ts";

class JobRunner {
  #core: Core | undefined;
  #mozjpeg: Promise<Mozjpeg> | undefined;

  async answer(message: StartMessage | JobMessage): Promise<WorkerMessage> {
    return message.kind === "start" ? await this.#start(message) : await this.#work(message);
  }

  async #start({ build }: StartMessage): Promise<WorkerMessage> {
    try {
      this.#core = await Core.load(build === undefined ? {} : { build });
      return { kind: "ready", build: this.#core.build };
    } catch (error) {
      return { kind: "unfit", message: words(error) };
    }
  }

  async #work(job: JobMessage): Promise<WorkerMessage> {
    const began = performance.now();
    try {
      if (this.#core === undefined) throw new Error("A job came before the core was loaded.");
      const { jpeg, range } = await run(job, this.#core, () => (this.#mozjpeg ??= Mozjpeg.load()));
      return { kind: "done", jpeg, range, encodeMs: performance.now() - began };
    } catch (error) {
      // An Emscripten program that failed once may have left its heap in any state.
      this.#mozjpeg = undefined;
      return { kind: "refused", message: words(error) };
    }
  }
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const runner = new JobRunner();
self.onmessage = ({ data }: MessageEvent<StartMessage | JobMessage>) => {
  void runner
    .answer(data)
    .then((answer) => self.postMessage(answer, { transfer: answer.kind === "done" ? [answer.jpeg] : [] }));
};
