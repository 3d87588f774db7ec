import {
  type ChannelState,
  imageText,
  printable,
  type PvaClient,
  shortText,
  type StructureValue,
} from "../../server/pva/index.ts";
import { complain, type Flags, forEach } from "./session.ts";

/** An image in words, or the value that people look for. */
export function summary(value: StructureValue): string {
  return imageText(value, Date.now()) ?? shortText(value);
}

/**
 * Prints the updates of all names until interrupted, until nobody reads them any more (`| head`), or until each name has
 * had so many. Who counts is not kept waiting: a name with nothing to show within the time-out is a failure then.
 */
export async function watchAll(
  names: readonly string[],
  count: number | undefined,
  flags: Flags,
): Promise<void> {
  const interrupted = Promise.withResolvers<undefined>();
  const interrupt = (): void => interrupted.resolve(undefined);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupt);
  process.stdout.once("error", interrupt);
  await forEach(names, flags, (client, name) => watch(client, name, count, flags, interrupted.promise));
}

function watch(
  client: PvaClient,
  name: string,
  count: number | undefined,
  flags: Flags,
  interrupted: Promise<undefined>,
): Promise<void> {
  const done = Promise.withResolvers<undefined>();
  let seen = 0;
  let state: ChannelState["kind"] = "searching";
  const monitor = client.monitor(name, flags.server === undefined ? {} : { server: flags.server }, {
    state: (next) => {
      state = next.kind;
      sayState(name, next);
    },
    update: ({ value }) => {
      // Unlike console.log this tells, as an error of the stream, that nobody reads any more.
      process.stdout.write(`${printable(name)}  ${summary(value)}\n`);
      if (++seen === count) done.resolve(undefined);
    },
    fault: (error) => console.error(printable(`${name}: ${error.message}`)),
  });
  const timer = setTimeout(() => {
    if (seen > 0) return;
    const nothing = `${name}: no update within ${flags.timeout} s, ${state}`;
    if (count === undefined) console.error(printable(`${nothing}: still waiting`));
    else {
      complain(name, nothing);
      done.resolve(undefined);
    }
  }, 1000 * flags.timeout);
  return Promise.race([done.promise, interrupted]).then(() => {
    clearTimeout(timer);
    monitor.stop();
  });
}

function sayState(name: string, state: ChannelState): void {
  if (state.kind === "disconnected") console.error(printable(`${name}: disconnected, ${state.reason}`));
  else if (state.kind === "refused") console.error(printable(`${name}: ${state.message}`));
}
