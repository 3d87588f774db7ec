import { createSocket } from "node:dgram";
import { existsSync } from "node:fs";
import { join } from "node:path";

const peers = join(import.meta.dir, "peers");
const root = join(import.meta.dir, "../..");

/** A Python that can import `modules`: $PVA_TEST_PYTHON, the project's .venv, then python3; undefined where none can. */
export function findPython(modules: readonly string[]): string | undefined {
  const candidates = [process.env["PVA_TEST_PYTHON"], join(root, ".venv/bin/python"), "python3"];
  return candidates.find((python) => {
    if (python === undefined || (python.includes("/") && !existsSync(python))) return false;
    try {
      return Bun.spawnSync([python, "-c", `import ${modules.join(", ")}`], {
        stdout: "ignore",
        stderr: "ignore",
      }).success;
    } catch {
      return false; // no python3 on the path
    }
  });
}

/** A running script of tests/support/peers. */
export interface Peer {
  /** What it printed behind `ready`. */
  readonly ready: string;
  /** One line in, one line out. */
  ask(line: string): Promise<string>;
  /** Ends it at once, as a crash would, and waits until it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts `script` of tests/support/peers, or the absolute path of another program, on loopback alone.
 * Resolves when it has printed a line that starts with `ready`, or at once with `announces: false`.
 */
export async function startPeer(
  command: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly announces?: boolean } = {},
): Promise<Peer> {
  const child = Bun.spawn([...command], {
    cwd: peers,
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
    env: { ...process.env, ...LOOPBACK_ONLY, ...options.env },
  });
  const lines = linesOf(child.stdout);
  const nextLine = async (): Promise<string> => {
    const next = await lines.next();
    if (next.done === true) throw new Error(`${command.join(" ")} ended with code ${await child.exited}`);
    return next.value;
  };
  let ready = "";
  if (options.announces !== false) {
    do ready = await nextLine();
    while (!ready.startsWith("ready"));
  }
  return {
    ready: ready.slice("ready".length).trim(),
    async ask(line) {
      void child.stdin.write(`${line}\n`);
      await child.stdin.flush();
      return await nextLine();
    },
    async kill() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

const LOOPBACK_ONLY = {
  EPICS_PVA_ADDR_LIST: "127.0.0.1",
  EPICS_PVA_AUTO_ADDR_LIST: "NO",
  EPICS_PVAS_INTF_ADDR_LIST: "127.0.0.1",
  PYTHONDONTWRITEBYTECODE: "1",
};

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  let pending = "";
  for await (const text of stream.pipeThrough(
    new TextDecoderStream() as never,
  ) as unknown as AsyncIterable<string>) {
    const parts = (pending + text).split("\n");
    pending = parts.pop()!;
    yield* parts;
  }
  return undefined;
}

/** A TCP port of loopback that was free a moment ago, for peers that cannot be asked which port they took. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

/** The same for UDP: the port of searches and beacons of a test whose servers nobody else shall find. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

/** Resolves when somebody listens on this port of loopback: for peers that do not say so themselves. */
export async function listening(port: number): Promise<void> {
  for (;;) {
    try {
      const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data: () => undefined } });
      socket.end();
      return;
    } catch {
      await Bun.sleep(20);
    }
  }
}
