/** A running pva-replay process and its ports. */
export interface ReplayServer {
  readonly pva: number;
  readonly raw: number;
  stop(): Promise<void>;
}

/** Starts pva-replay.ts in a process of its own; resolves when it listens. */
export async function startReplay(side: number, searchPort = 0): Promise<ReplayServer> {
  const script = new URL("pva-replay.ts", import.meta.url).pathname;
  const child = Bun.spawn([process.execPath, script, String(side), String(searchPort)], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const { value } = await child.stdout.getReader().read();
  const ports = JSON.parse(new TextDecoder().decode(value)) as { pva: number; raw: number };
  return {
    ...ports,
    stop: async () => {
      child.kill();
      await child.exited;
    },
  };
}
