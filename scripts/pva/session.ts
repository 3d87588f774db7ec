import {
  clientOptionsFromEnvironment,
  printable,
  PvaClient,
  type PvaClientOptions,
  type RequestOptions,
  TrafficTrace,
} from "../../server/pva/index.ts";

/** Options that every command takes. */
export interface Flags {
  readonly timeout: number;
  readonly server?: string;
  readonly hexdump?: true;
}

/** A client as EPICS_PVA_* says; what could not be read of these is told on standard error, traffic too if wanted. */
export function clientOptions({ hexdump }: Flags): PvaClientOptions {
  const options = clientOptionsFromEnvironment(process.env);
  for (const bad of options.badSettings ?? []) console.error(printable(bad));
  return { ...options, ...(hexdump === true ? { observer: trace() } : {}) };
}

/** Decoded messages and their bytes, on standard error: standard output stays for answers. */
export function trace(): TrafficTrace {
  return new TrafficTrace((block) => console.error(block));
}

/** What the library takes of the flags. */
export function requestOptions({ timeout, server }: Flags): RequestOptions {
  return { timeoutMs: 1000 * timeout, ...(server === undefined ? {} : { server }) };
}

/** Tells what went wrong with a name, and makes the exit code 1. */
export function complain(name: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  console.error(printable(message.startsWith(name) ? message : `${name}: ${message}`));
  process.exitCode = 1;
}

/** Runs `work` for all names at once with one client, and ends the client. */
export async function forEach(
  names: readonly string[],
  flags: Flags,
  work: (client: PvaClient, name: string, options: RequestOptions) => Promise<void>,
): Promise<void> {
  const client = new PvaClient(clientOptions(flags));
  const each = names.map((name) =>
    (async () => work(client, name, requestOptions(flags)))().catch((error: unknown) =>
      complain(name, error),
    ),
  );
  await Promise.all(each);
  await client.close();
}
