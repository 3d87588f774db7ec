import { type Endpoint, endpointName } from "../wire/address.ts";
import { parseServer } from "./address-list.ts";
import { DEFAULT_SERVER_PORT } from "./options.ts";

/** How a channel is reached, where that is not left to a search and a shared connection. */
export interface ChannelOptions {
  /** `host[:port]` of the server that has the channel: no search is made. The port is 5075 if left out. */
  readonly server?: string;
  /** A TCP connection for this channel alone, so that large updates of others do not hold it up. Default: false. */
  readonly ownConnection?: boolean;
}

/** A channel's name and the way to it. */
export interface ChannelAddress {
  /** As the server knows it. */
  readonly name: string;
  /** Known without a search. */
  readonly server: Endpoint | undefined;
  readonly ownConnection: boolean;
  /** Equal for channels that may be one. */
  readonly key: string;
}

/**
 * Reads a channel name, or `pva://host[:port]/NAME`, which names the server as the option `server` does.
 * Throws `bad-setting` for a server that is none.
 */
export function channelAddress(text: string, options: ChannelOptions = {}): ChannelAddress {
  const match = /^pva:\/\/([^/]+)\/(.+)$/su.exec(text);
  const serverText = match?.[1] ?? options.server;
  const name = match?.[2] ?? text;
  const server = serverText === undefined ? undefined : parseServer(serverText, DEFAULT_SERVER_PORT);
  const ownConnection = options.ownConnection === true;
  const at = server === undefined ? "" : `pva://${endpointName(server)}/`;
  return { name, server, ownConnection, key: `${ownConnection ? "own " : ""}${at}${name}` };
}
