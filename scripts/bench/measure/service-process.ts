import { join } from "node:path";

const ROOT = join(import.meta.dir, "../../..");

/** The service as a user starts it, in a process of its own. */
export interface ServiceProcess {
  readonly port: number;
  readonly pid: number;
  /** What the process itself measures (`loop-probe.ts`), where that was wished. */
  ask(): Promise<unknown>;
  stop(): Promise<void>;
}

export interface ServiceOptions {
  /** Where it finds its cameras, for EPICS_PVA_NAME_SERVERS. */
  readonly nameServers: string;
  readonly flags?: readonly string[];
  /** A module loaded before it. */
  readonly preload?: string;
  /** More variables of its environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts the service on a free port; resolves when it listens. */
export async function startServiceProcess({
  nameServers,
  flags = [],
  preload,
  environment = {},
}: ServiceOptions): Promise<ServiceProcess> {
  let answered: (answer: unknown) => void = () => undefined;
  const before = preload === undefined ? [] : ["--preload", preload];
  const child = Bun.spawn(
    [
      process.execPath,
      ...before,
      "server/index.ts",
      "--host",
      "127.0.0.1",
      "--port",
      "0",
      "--log-level",
      "warning",
      ...flags,
    ],
    {
      cwd: ROOT,
      stdout: "pipe",
      stderr: "inherit",
      env: {
        ...process.env,
        EPICS_PVA_NAME_SERVERS: nameServers,
        EPICS_PVA_AUTO_ADDR_LIST: "NO",
        EPICS_PVA_ADDR_LIST: "",
        ...environment,
      },
      ...(preload === undefined ? {} : { ipc: (answer: unknown) => answered(answer) }),
    },
  );
  return {
    port: await portTold(child.stdout),
    pid: child.pid,
    async ask() {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      answered = resolve;
      child.send("report");
      return await promise;
    },
    async stop() {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}

/** The port in the service's greeting. */
async function portTold(output: ReadableStream<Uint8Array>): Promise<number> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of output) {
    text += decoder.decode(chunk, { stream: true });
    const port = /https?:\/\/\S+:(\d+)/u.exec(text)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`the service ended before it listened: ${text}`);
}
