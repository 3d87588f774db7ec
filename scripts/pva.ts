/**
 * `bun run pva get|put|monitor|info|list|search|report …`: looks at PVs from the command line, found as EPICS_PVA_* says.
 * Answers go to standard output, complaints and dumps to standard error; the exit code is 1 where any name failed.
 */
import { Command, InvalidArgumentError } from "commander";
import { printable, typeLines, valueLines } from "../server/pva/index.ts";
import { wantedValue } from "./pva/put-words.ts";
import { report } from "./pva/report.ts";
import { search } from "./pva/search.ts";
import { complain, type Flags, forEach } from "./pva/session.ts";
import { summary, watchAll } from "./pva/watch.ts";

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

const EXAMPLES = `
Examples:
  bun run pva search 13SIM1:Pva1:Image                  who serves it, and how fast that answers
  bun run pva get 13SIM1:Pva1:Image                     an image, in one line
  EPICS_PVA_NAME_SERVERS=ioc:5075 bun run pva monitor -n 5 TEMPERATURE
  bun run pva --server ioc:5075 get TEMPERATURE --hexdump
  bun run pva report 13SIM1:Pva1:Image > report.txt     to be put into a bug report

Servers are found as by every EPICS client: EPICS_PVA_ADDR_LIST, EPICS_PVA_AUTO_ADDR_LIST, EPICS_PVA_BROADCAST_PORT and
EPICS_PVA_INTF_ADDR_LIST over UDP, EPICS_PVA_NAME_SERVERS over TCP.`;

const program = new Command("pva")
  .description(
    "Looks at PV Access channels. A NAME may be pva://host:port/NAME: that server alone is asked then.",
  )
  .option("-w, --timeout <seconds>", "how long to wait for an answer", seconds, 5)
  .option("-s, --server <host:port>", "ask this server alone, without a search")
  .option("-x, --hexdump", "tell every message sent and received, decoded and in hex, on standard error")
  .addHelpText("after", EXAMPLES);

function flags(): Flags {
  return program.opts<Flags>();
}

program
  .command("get <name...>")
  .description("prints values; of images the size, type, times and range")
  .option("-v, --verbose", "every field")
  .action((names: string[], { verbose }: { verbose?: boolean }) =>
    forEach(names, flags(), async (client, name, options) => {
      const value = await client.get(name, options);
      const head = `${printable(name)}  ${summary(value)}`;
      console.log(
        verbose === true ? [head, ...valueLines(value).map((line) => `  ${line}`)].join("\n") : head,
      );
    }),
  );

program
  .command("put <name> <value...>")
  .description(
    "writes the field value; several values make an array; an enumeration takes its choice or index",
  )
  .action((name: string, words: string[]) =>
    forEach([name], flags(), (client, _, options) =>
      client.put(name, (now) => ({ value: wantedValue(now, words) }), options),
    ),
  );

program
  .command("monitor <name...>")
  .description("prints values as they change, until interrupted")
  .option("-n, --count <updates>", "end after this many of each name; 1 where none comes in time", count)
  .action((names: string[], { count: wantedCount }: { count?: number }) =>
    watchAll(names, wantedCount, flags()),
  );

program
  .command("info <name...>")
  .description("prints types")
  .action((names: string[]) =>
    forEach(names, flags(), async (client, name, options) => {
      const lines = typeLines(await client.typeOf(name, options)).map((line) => `  ${line}`);
      console.log([printable(name), ...lines].join("\n"));
    }),
  );

program
  .command("list [server...]")
  .description("prints the names of all channels of servers, given as host[:port] here or as --server")
  .action((given: string[]) => {
    const servers = given.length > 0 ? given : [flags().server ?? []].flat();
    if (servers.length === 0) program.error("error: which server? give host[:port]");
    return forEach(servers, flags(), async (client, server, options) => {
      const names = await client.channelsOf(server, options);
      if (names.length === 0) console.error(printable(`${server}: has no names to tell`));
      for (const name of names) console.log(printable(name));
    });
  });

program
  .command("search <name...>")
  .description("prints which servers answer for names: address, id, way and time; 1 where nobody does")
  .action((names: string[]) => search(names, flags()));

program
  .command("report [name...]")
  .description(
    "prints all that a bug report needs: versions, machine, network, settings, and what each name does",
  )
  .action((names: string[]) => report(names, flags()));

await program.parseAsync().catch((error: unknown) => complain("pva", error));
