import type { StructureValue } from "../data/value.ts";
import { PvaError } from "../errors.ts";
import type { SearchResponse } from "../message/search-response.ts";
import { Channel, type ChannelOperation } from "./channel.ts";
import type { ConnectionStatistics } from "./connection.ts";
import { ConnectionPool } from "./connection-pool.ts";
import { BeaconListener } from "./beacons.ts";
import { Get } from "./get.ts";
import { type Monitor, type MonitorListener, type MonitorOptions, Subscription } from "./monitor.ts";
import { NameServer } from "./name-server.ts";
import { type PvaClientOptions, type PvaClientSettings, settingsOf } from "./options.ts";
import { Search } from "./search.ts";
import { UdpSearch } from "./search-udp.ts";

/** What a client is doing, for status pages. */
export interface PvaClientStatistics {
  readonly channels: number;
  /** Names asked for, each time counted. */
  readonly searches: number;
  readonly connections: readonly ConnectionStatistics[];
}

/**
 * A pvAccess client: finds PVs by UDP and through name servers, reads and monitors them.
 * @example
 * const client = new PvaClient(clientOptionsFromEnvironment(process.env));
 * const value = await client.get("TEMPERATURE", { timeoutMs: 3000 });
 * console.log(value.field("value"));
 * await client.close();
 */
export class PvaClient {
  readonly #settings: PvaClientSettings;
  readonly #search: Search;
  readonly #pool: ConnectionPool;
  readonly #udp: UdpSearch | undefined;
  readonly #beacons: BeaconListener | undefined;
  readonly #nameServers: readonly NameServer[];
  readonly #byName = new Map<string, Channel>();
  readonly #byCid = new Map<number, Channel>();
  readonly #gets = new Set<(error: PvaError) => void>();
  #lastCid = 0;
  #closing: Promise<void> | undefined;

  constructor(options: PvaClientOptions) {
    const settings = settingsOf(options);
    const found = (response: SearchResponse, from: string): void => this.#found(response, from);
    this.#settings = settings;
    this.#search = new Search(settings.clock);
    this.#pool = new ConnectionPool(settings, found);
    this.#nameServers = settings.nameServers.map(
      (entry) => new NameServer(entry, settings, this.#pool, this.#search),
    );
    if (UdpSearch.isWanted(settings)) {
      const udp = new UdpSearch(settings, found);
      this.#udp = udp;
      udp.start(() => this.#search.addTransport(udp));
      this.#beacons = new BeaconListener(settings, () => this.#search.hurry());
    }
  }

  /** Subscribes to a PV until the monitor is stopped. Throws `closed` after `close`. */
  monitor(name: string, options: MonitorOptions, listener: MonitorListener): Monitor {
    const channel = this.#channel(name);
    const subscription = new Subscription(name, options, listener, this.#settings, () =>
      this.#release(channel, subscription),
    );
    channel.add(subscription);
    return subscription;
  }

  /**
   * Reads a PV once.
   * @param options `fields`: dotted names of the only ones wanted; the others are absent or have defaults
   * @returns the value; rejects with `timeout`, `refused` or `closed`
   */
  get(
    name: string,
    options: { readonly timeoutMs: number; readonly fields?: readonly string[] },
  ): Promise<StructureValue> {
    return new Promise((resolve, reject) => {
      const channel = this.#channel(name);
      const finish = (settle: () => void): void => {
        cancelTimer();
        this.#gets.delete(fail);
        this.#release(channel, get);
        settle();
      };
      const fail = (error: PvaError): void => {
        get.cancel();
        finish(() => reject(error));
      };
      const get = new Get(options.fields ?? [], {
        value: (value) => finish(() => resolve(value)),
        failed: fail,
      });
      const cancelTimer = this.#settings.clock.after(options.timeoutMs, () =>
        fail(new PvaError("timeout", `${name}: no answer within ${options.timeoutMs} ms`)),
      );
      this.#gets.add(fail);
      channel.add(get);
    });
  }

  get statistics(): PvaClientStatistics {
    return {
      channels: this.#byCid.size,
      searches: this.#search.asked,
      connections: this.#pool.statistics,
    };
  }

  /** Ends everything; resolves when every socket and timer is gone. Listeners are not called again. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const fail of [...this.#gets]) fail(new PvaError("closed", "client closed"));
    for (const channel of [...this.#byCid.values()]) channel.stopAll();
    for (const nameServer of this.#nameServers) nameServer.close();
    this.#search.close();
    await Promise.all([this.#udp?.close(), this.#beacons?.close(), this.#pool.close()]);
  }

  #channel(name: string): Channel {
    if (this.#closing !== undefined) throw new PvaError("closed", "client closed");
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const cid = ++this.#lastCid;
    const channel = new Channel(name, cid, {
      settings: this.#settings,
      search: this.#search,
      pool: this.#pool,
    });
    this.#byName.set(name, channel);
    this.#byCid.set(cid, channel);
    return channel;
  }

  #release(channel: Channel, operation: ChannelOperation): void {
    channel.remove(operation);
    if (!channel.isIdle || this.#byCid.get(channel.cid) !== channel) return;
    this.#byName.delete(channel.name);
    this.#byCid.delete(channel.cid);
    channel.close();
  }

  #found({ found, protocol, host, port, cids }: SearchResponse, from: string): void {
    if (!found || protocol !== "tcp" || host === undefined || port === 0) return;
    const endpoint = { host, port };
    for (const cid of cids) {
      const channel = this.#byCid.get(cid);
      if (channel === undefined || channel.found(endpoint)) continue;
      const server = `${host}:${port}`;
      if (channel.server !== undefined && channel.server !== server)
        this.#settings.log.warning("{pv} is served by {server} as well as by {other} (told by {from})", {
          pv: channel.name,
          server: channel.server,
          other: server,
          from,
        });
    }
  }
}
