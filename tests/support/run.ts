import { join } from "node:path";

/** One run of the program, with nothing of this machine's EPICS around it. */
export class Run implements AsyncDisposable {
  readonly #process: Bun.Subprocess<"ignore", "pipe", "pipe">;
  readonly errors: Promise<string>;
  readonly #output: ReadableStreamDefaultReader<Uint8Array>;
  #printed = "";

  /** @param descriptors how many files it may have open; undefined: as many as this process */
  constructor(flags: readonly string[], environment: Record<string, string> = {}, descriptors?: number) {
    const program = [process.execPath, "server/index.ts", ...flags];
    const limited = ["sh", "-c", `ulimit -n ${descriptors} && exec "$@"`, "sh", ...program];
    this.#process = Bun.spawn(descriptors === undefined ? program : limited, {
      cwd: join(import.meta.dir, "../.."),
      env: { PATH: process.env["PATH"], EPICS_PVA_AUTO_ADDR_LIST: "NO", ...environment },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    this.errors = new Response(this.#process.stderr).text();
    this.#output = this.#process.stdout.getReader();
  }

  /** Standard output, as soon as it satisfies `condition` or has ended. */
  async printed(condition: (text: string) => boolean = () => false): Promise<string> {
    while (!condition(this.#printed)) {
      const { done, value } = await this.#output.read();
      if (done) break;
      this.#printed += new TextDecoder().decode(value);
    }
    return this.#printed;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** The port in the first line, once it serves. */
  async port(): Promise<number> {
    const text = await this.printed((all) => /:\d+\n/u.test(all));
    const port = /^pva-to-video \S+ at https?:\/\/\S+:(\d+)\n/u.exec(text)?.[1];
    if (port === undefined) throw new Error(`It does not serve: ${text}${await this.errors}`);
    return Number(port);
  }

  signal(signal: "SIGTERM" | "SIGINT"): void {
    this.#process.kill(signal);
  }

  get exitCode(): Promise<number> {
    return this.#process.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }
}
