import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** See viewers.c. */
export type ViewerMode = "take" | "parts" | "rate" | "stall" | "socket";

export interface ViewerLoad {
  readonly port: number;
  /** With its query. */
  readonly path: string;
  readonly count: number;
  /** How long is measured, after a second in which everything settles. */
  readonly seconds: number;
  readonly mode: ViewerMode;
  /** Of each viewer, in mode `rate`. */
  readonly bytesPerSecond?: number;
}

/** What the viewers have seen; pictures and ages only where they look at pictures (`parts`, `rate`). */
export interface ViewerFigures {
  readonly seconds: number;
  readonly bytes: number;
  readonly leastBytes: number;
  readonly mostBytes: number;
  readonly pictures: number;
  /** Viewers that the server has hung up on. */
  readonly closed: number;
  /** What the load itself has cost. */
  readonly cpuSeconds: number;
  /** From the camera's stamp to the last byte at the viewer; −1 without any. */
  readonly ageMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** Viewers at work. */
export interface RunningViewers {
  /** Resolves when all are connected. */
  readonly ready: Promise<void>;
  readonly figures: Promise<ViewerFigures>;
}

/** Viewers of one address in a process of their own, in C, so that they cost little; compiled at first use. */
export class ViewerProgram implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "pva-viewers-"));

  start({ port, path, count, seconds, mode, bytesPerSecond }: ViewerLoad): RunningViewers {
    const words = [
      port,
      path,
      count,
      seconds,
      mode,
      ...(bytesPerSecond === undefined ? [] : [bytesPerSecond]),
    ];
    const child = Bun.spawn([this.#program(), ...words.map(String)], { stdout: "pipe", stderr: "inherit" });
    const lines = linesOf(child.stdout);
    const line = async (): Promise<string> => {
      const next = await lines.next();
      if (next.done === true) throw new Error(`the viewers ended with code ${await child.exited}`);
      return next.value;
    };
    const ready = line().then(() => undefined);
    return { ready, figures: ready.then(line).then((text) => JSON.parse(text) as ViewerFigures) };
  }

  /** Starts them and waits for what they have seen. */
  async run(load: ViewerLoad): Promise<ViewerFigures> {
    return await this.start(load).figures;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }

  #program(): string {
    const program = join(this.#folder, "viewers");
    if (existsSync(program)) return program;
    const source = join(import.meta.dir, "viewers.c");
    const { success, stderr } = Bun.spawnSync(["cc", "-O2", "-o", program, source]);
    if (!success) throw new Error(`cc could not compile ${source}: ${stderr.toString()}`);
    return program;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let pending = "";
  for await (const chunk of stream) {
    const lines = (pending + decoder.decode(chunk, { stream: true })).split("\n");
    pending = lines.pop() ?? "";
    yield* lines;
  }
  return undefined;
}
