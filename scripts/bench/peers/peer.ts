/** A process that a bench measures against, and the ports it told. */
export interface Peer {
  readonly pva: number;
  readonly raw: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a script of this folder; resolves when it listens. */
export async function startPeer(script: string, ...args: readonly (number | string)[]): Promise<Peer> {
  const path = new URL(script, import.meta.url).pathname;
  const child = Bun.spawn([process.execPath, path, ...args.map(String)], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const { value } = await child.stdout.getReader().read();
  const ports = JSON.parse(new TextDecoder().decode(value)) as { pva: number; raw: number };
  return {
    ...ports,
    pid: child.pid,
    stop: async () => {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}
