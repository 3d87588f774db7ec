import { findServers, printable, PvaClient } from "../../server/pva/index.ts";
import { foundLines, notFoundText } from "./search-text.ts";
import { clientOptions, complain, type Flags, requestOptions } from "./session.ts";

/** Prints who claims each name; the exit code is 1 where nobody does. */
export async function search(names: readonly string[], flags: Flags): Promise<void> {
  const options = clientOptions(flags);
  const request = requestOptions(flags);
  const found = await findServers(names, options, request);
  for (const [name, answers] of found) {
    if (answers.length > 0) console.log(foundLines(name, answers).join("\n"));
    else if (await opens(name, flags))
      console.log(
        `${printable(name)}  opens, though its server does not answer searches over TCP (older C++ servers do not)`,
      );
    else complain(name, notFoundText(name, options, request));
  }
}

/** Whether a server that is known by address has the name: a C++ server answers TCP searches to nowhere. */
async function opens(name: string, flags: Flags): Promise<boolean> {
  if (flags.server === undefined && !name.startsWith("pva://")) return false;
  const client = new PvaClient(clientOptions(flags));
  try {
    await client.typeOf(name, { ...requestOptions(flags), timeoutMs: Math.min(1000 * flags.timeout, 2000) });
    return true;
  } catch {
    return false;
  } finally {
    await client.close();
  }
}
