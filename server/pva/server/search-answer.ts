import type { Search } from "../message/search.ts";
import { encodeSearchResponse } from "../message/search-response.ts";
import { Command } from "../wire/commands.ts";
import { frameMessage } from "../wire/frame.ts";
import type { SearchDialect } from "./dialect.ts";

/** Who answers searches: the server's id, where its TCP port is, and whether it has a name. */
export interface SearchedServer {
  readonly guid: Uint8Array;
  readonly port: number;
  has(name: string): boolean;
  readonly searchDialect: SearchDialect;
}

/**
 * The SEARCH RESPONSE to this search, header included; undefined where silence is the answer. A search without names is
 * a ping, which asks who is there. The address is "any": the one this answer comes from.
 * @param circuit the search came over TCP
 */
export function answerSearch(
  search: Search,
  server: SearchedServer,
  circuit: boolean,
): Uint8Array | undefined {
  const { sender, notFound, tellsPort } = server.searchDialect;
  const speaksTcp = search.protocols.length === 0 || search.protocols.includes("tcp");
  const foundCids = speaksTcp
    ? search.channels.filter(({ name }) => server.has(name)).map(({ cid }) => cid)
    : [];
  const found = foundCids.length > 0;
  if (!found && !search.replyRequired && notFound === "silence") return undefined;
  const cids = !found && notFound === "with ids" ? search.channels.map(({ cid }) => cid) : foundCids;
  const { guid } = server;
  const port = circuit && !tellsPort ? 0 : server.port;
  const { sequence } = search;
  return frameMessage(sender, Command.SEARCH_RESPONSE, (writer) => {
    encodeSearchResponse(writer, { guid, sequence, host: undefined, port, protocol: "tcp", found, cids });
  });
}
