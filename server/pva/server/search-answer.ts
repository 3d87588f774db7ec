import type { Search } from "../message/search.ts";
import { encodeSearchResponse } from "../message/search-response.ts";
import { Command } from "../wire/commands.ts";
import { frameMessage } from "../wire/frame.ts";
import { SENDER } from "./sender.ts";

/** Who answers searches: the server's id, where its TCP port is, and whether it has a name. */
export interface SearchedServer {
  readonly guid: Uint8Array;
  readonly port: number;
  has(name: string): boolean;
}

/**
 * The SEARCH RESPONSE to this search, header included; undefined where silence is the answer. A search without names is
 * a ping, which asks who is there. The address is "any": the one this answer comes from.
 */
export function answerSearch(search: Search, server: SearchedServer): Uint8Array | undefined {
  const speaksTcp = search.protocols.length === 0 || search.protocols.includes("tcp");
  const cids = speaksTcp ? search.channels.filter(({ name }) => server.has(name)).map(({ cid }) => cid) : [];
  const found = cids.length > 0;
  if (!found && !search.replyRequired) return undefined;
  const { guid, port } = server;
  const { sequence } = search;
  return frameMessage(SENDER, Command.SEARCH_RESPONSE, (writer) => {
    encodeSearchResponse(writer, { guid, sequence, host: undefined, port, protocol: "tcp", found, cids });
  });
}
