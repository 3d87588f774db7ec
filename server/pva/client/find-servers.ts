import type { SearchResponse } from "../message/search-response.ts";
import { endpointName } from "../wire/address.ts";
import { channelAddress } from "./channel-address.ts";
import { ConnectionPool } from "./connection-pool.ts";
import { NameServer } from "./name-server.ts";
import { type PvaClientOptions, type PvaClientSettings, settingsOf } from "./options.ts";
import { Search } from "./search.ts";
import { UdpSearch } from "./search-udp.ts";

/** A second server claims a name this long after the first at the latest: so long is waited for it. */
const RIVALS_MS = 500;
/** Answers kept of one name: forged ones cannot make us keep more. */
const MAX_ANSWERS = 100;

/** One server that says it has a name. */
export interface FoundServer {
  /** `host:port` to connect to. */
  readonly server: string;
  /** The server process's id, in hex. */
  readonly guid: string;
  /** "tcp" in practice. */
  readonly protocol: string;
  /** How the answer came, and from where: the server itself, or a name server. */
  readonly transport: "UDP" | "TCP";
  readonly from: string;
  /** From the question to the answer, in milliseconds; undefined where the answer does not say to which question. */
  readonly roundTripMs: number | undefined;
}

/** How long to look, and where if not everywhere. */
export interface FindOptions {
  readonly timeoutMs: number;
  /** `host[:port]` of the one server to ask. */
  readonly server?: string;
}

/**
 * Asks who has these names, without connecting to them, and gathers the answers of all servers: a client would take the
 * first. Ends when each name has been answered for half a second, or the time is over.
 * @param names channel names, or `pva://host:port/NAME` to ask that server alone, over TCP
 * @returns for each name given the servers that claim it, the first to answer first; none for names nobody claims.
 *   Rejects with `bad-setting` for a server that is none
 */
export async function findServers(
  names: readonly string[],
  options: PvaClientOptions,
  { timeoutMs, server }: FindOptions,
): Promise<ReadonlyMap<string, readonly FoundServer[]>> {
  const settings = settingsOf(options);
  const found = new Map<string, readonly FoundServer[]>(names.map((name) => [name, []]));
  const addresses = [...found.keys()].map((text) => ({
    text,
    address: channelAddress(text, server === undefined ? {} : { server }),
  }));
  const groups = Map.groupBy(addresses, ({ address }) =>
    address.server === undefined ? "" : endpointName(address.server),
  );
  const looking = [...groups.values()].map(async (group) => {
    const only = group[0]!.address.server;
    const alone = { addressList: [], autoAddressList: false, interfaces: [] };
    const finder = new Finder(
      group.map(({ address }) => address.name),
      only === undefined ? settings : { ...settings, ...alone, nameServers: [only] },
    );
    const answers = await finder.run(timeoutMs);
    group.forEach(({ text }, index) => found.set(text, answers[index]!));
  });
  await Promise.all(looking);
  return found;
}

/** One search, from its first question until it is over. */
class Finder {
  readonly #names: readonly string[];
  readonly #settings: PvaClientSettings;
  readonly #search: Search;
  /** Answers by channel id, and in each by server and way. */
  readonly #answers: readonly Map<string, FoundServer>[];
  readonly #askedAt = new Map<number, number>();
  readonly #over = Promise.withResolvers<undefined>();
  #cancelRivals: (() => void) | undefined;

  constructor(names: readonly string[], settings: PvaClientSettings) {
    this.#names = names;
    this.#settings = settings;
    this.#search = new Search(settings.clock);
    this.#answers = names.map(() => new Map<string, FoundServer>());
  }

  async run(timeoutMs: number): Promise<readonly (readonly FoundServer[])[]> {
    const { clock, nameServers } = this.#settings;
    this.#search.addTransport({
      search: (_, sequence) => void this.#askedAt.set(sequence, clock.now()),
    });
    const pool = new ConnectionPool(this.#settings, (response, from) => this.#found(response, "TCP", from));
    const circuits = nameServers.map((entry) => new NameServer(entry, this.#settings, pool, this.#search));
    const udp = UdpSearch.isWanted(this.#settings)
      ? new UdpSearch(this.#settings, (response, from) => this.#found(response, "UDP", from))
      : undefined;
    if (udp !== undefined) this.#search.addTransport(udp);
    this.#names.forEach((name, cid) => this.#search.seek({ cid, name }));
    const cancelTimer = clock.after(timeoutMs, () => this.#over.resolve(undefined));
    await this.#over.promise;
    cancelTimer();
    this.#cancelRivals?.();
    this.#search.close();
    for (const circuit of circuits) circuit.close();
    await Promise.all([udp?.close(), pool.close()]);
    return this.#answers.map((answers) => [...answers.values()]);
  }

  #found(response: SearchResponse, transport: "UDP" | "TCP", from: string): void {
    const { found, protocol, host, port, cids, sequence } = response;
    if (!found || host === undefined || port === 0) return;
    const { clock } = this.#settings;
    const askedAt = this.#askedAt.get(sequence);
    const guid = Buffer.from(response.guid).toString("hex");
    const server = endpointName({ host, port });
    for (const cid of cids) {
      const key = `${guid} ${server} ${protocol} ${transport} ${from}`;
      const answers = this.#answers[cid];
      if (answers === undefined || answers.has(key) || answers.size >= MAX_ANSWERS) continue;
      const roundTripMs = askedAt === undefined ? undefined : clock.now() - askedAt;
      answers.set(key, { server, guid, protocol, transport, from, roundTripMs });
    }
    if (this.#cancelRivals === undefined && this.#answers.every(({ size }) => size > 0))
      this.#cancelRivals = clock.after(RIVALS_MS, () => this.#over.resolve(undefined));
  }
}
