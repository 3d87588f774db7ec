/**
 * `npm run pva -- get|put|monitor|info|list …`: looks at PVs from the command line, found as EPICS_PVA_* says. Answers go
 * to standard output, complaints to standard error; the exit code is 1 where any name failed.
 */
import { Command, InvalidArgumentError } from "commander";
import {
  type ChannelState,
  clientOptionsFromEnvironment,
  PvaClient,
  type RequestOptions,
  StructureValue,
} from "../server/pva/index.ts";
import { linesOf, shortText, typeLines } from "./pva/text.ts";

interface Flags {
  readonly timeout: number;
  readonly server?: string;
}

function seconds(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 86_400) return value;
  throw new InvalidArgumentError("a time-out is a number of seconds above 0.");
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("a count is a whole number above 0.");
}

const program = new Command("pva")
  .description("Looks at PV Access channels. A NAME may be pva://host:port/NAME; no search is made then.")
  .option("-w, --timeout <seconds>", "how long to wait for an answer", seconds, 5)
  .option("-s, --server <host:port>", "ask this server alone, without a search");

function requestOptions(): RequestOptions {
  const { timeout, server } = program.opts<Flags>();
  return { timeoutMs: 1000 * timeout, ...(server === undefined ? {} : { server }) };
}

function complain(name: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  console.error(message.startsWith(name) ? message : `${name}: ${message}`);
  process.exitCode = 1;
}

/** Runs `work` for all names at once with one client, and ends the client. */
async function forEach(
  names: readonly string[],
  work: (client: PvaClient, name: string, options: RequestOptions) => Promise<void>,
): Promise<void> {
  const client = new PvaClient(clientOptionsFromEnvironment(process.env));
  const each = names.map((name) =>
    (async () => work(client, name, requestOptions()))().catch((error: unknown) => complain(name, error)),
  );
  await Promise.all(each);
  await client.close();
}

program
  .command("get <name...>")
  .description("prints values")
  .option("-v, --verbose", "every field")
  .action((names: string[], { verbose }: { verbose?: boolean }) =>
    forEach(names, async (client, name, options) => {
      const value = await client.get(name, options);
      console.log(
        verbose === true ? [name, ...linesOf(value, "  ")].join("\n") : `${name}  ${shortText(value)}`,
      );
    }),
  );

program
  .command("put <name> <value...>")
  .description(
    "writes the field value; several values make an array; an enumeration takes its choice or index",
  )
  .action((name: string, words: string[]) =>
    forEach([name], (client, _, options) =>
      client.put(name, (now) => ({ value: wanted(now, words) }), options),
    ),
  );

/** What these words mean to the PV's present type. */
function wanted(
  now: StructureValue,
  words: readonly string[],
): string | number | boolean | string[] | number[] | { index: number } {
  const type = now.type.members[now.type.indexOf.get("value") ?? -1]?.type;
  const [word = ""] = words;
  if (type?.kind === "structure") {
    const choices = now.field("value.choices");
    const index = Array.isArray(choices) ? (choices as readonly unknown[]).indexOf(word) : -1;
    return { index: index >= 0 ? index : numberOf(word) };
  }
  if (type?.kind === "scalar-array") return type.scalar === "string" ? [...words] : words.map(numberOf);
  if (type?.kind !== "scalar") throw new Error("its field value cannot be written from words");
  if (words.length > 1) throw new Error("one value is wanted");
  if (type.scalar === "string") return word;
  return type.scalar === "boolean" ? /^(true|1)$/i.test(word) : numberOf(word);
}

function numberOf(word: string): number {
  const value = word.trim() === "" ? Number.NaN : Number(word);
  if (Number.isNaN(value)) throw new Error(`"${word}" is not a number`);
  return value;
}

program
  .command("monitor <name...>")
  .description("prints values as they change, until interrupted")
  .option("-n, --count <updates>", "end after this many of each name", count)
  .action((names: string[], { count: wantedCount = Infinity }: { count?: number }) =>
    forEach(names, (client, name, { server }) => watch(client, name, wantedCount, server)),
  );

function watch(
  client: PvaClient,
  name: string,
  wantedCount: number,
  server: string | undefined,
): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    const end = (): void => {
      monitor.stop();
      resolve();
    };
    const monitor = client.monitor(name, server === undefined ? {} : { server }, {
      state: (state) => sayState(name, state),
      update: ({ value }) => {
        console.log(`${name}  ${shortText(value)}`);
        if (++seen === wantedCount) end();
      },
      fault: (error) => console.error(`${name}: ${error.message}`),
    });
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
  });
}

function sayState(name: string, state: ChannelState): void {
  if (state.kind === "disconnected") console.error(`${name}: disconnected, ${state.reason}`);
  else if (state.kind === "refused") console.error(`${name}: ${state.message}`);
}

program
  .command("info <name...>")
  .description("prints types")
  .action((names: string[]) =>
    forEach(names, async (client, name, options) => {
      console.log([name, ...typeLines(await client.typeOf(name, options), "", "  ")].join("\n"));
    }),
  );

program
  .command("list <server...>")
  .description("prints the names of all channels of servers, given as host[:port]")
  .action((servers: string[]) =>
    forEach(servers, async (client, server, options) => {
      for (const name of await client.channelsOf(server, options)) console.log(name);
    }),
  );

await program.parseAsync().catch((error: unknown) => complain("pva", error));
