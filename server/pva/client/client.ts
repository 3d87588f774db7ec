import type { TypeDescription } from "../data/type-description.ts";
import type { StructureValue } from "../data/value.ts";
import { PvaError } from "../errors.ts";
import type { SearchResponse } from "../message/search-response.ts";
import { ntUri } from "../nt/nt-uri.ts";
import { endpointName } from "../wire/address.ts";
import { Channel, type ChannelOperation } from "./channel.ts";
import { type ChannelOptions, channelAddress } from "./channel-address.ts";
import type { ConnectionStatistics } from "./connection.ts";
import { ConnectionPool, type ConnectionTotals } from "./connection-pool.ts";
import { BeaconListener } from "./beacons.ts";
import { FieldType } from "./field-type.ts";
import { Get } from "./get.ts";
import type { Monitor, MonitorListener, MonitorOptions } from "./monitor.ts";
import { NameServer } from "./name-server.ts";
import { type Conversation, OneShot } from "./one-shot.ts";
import { type PvaClientOptions, type PvaClientSettings, settingsOf } from "./options.ts";
import { Put, type PutFields } from "./put.ts";
import { Rpc } from "./rpc.ts";
import { Search } from "./search.ts";
import { UdpSearch } from "./search-udp.ts";
import { Subscription } from "./subscription.ts";

/** What a client is doing, for status pages. */
export interface PvaClientStatistics {
  readonly channels: number;
  /** Names asked for, each time counted. */
  readonly searches: number;
  readonly connections: readonly ConnectionStatistics[];
  readonly totals: ConnectionTotals;
}

/** How long a request may take, from the search to the answer, and how its channel is reached. */
export interface RequestOptions extends ChannelOptions {
  readonly timeoutMs: number;
}

/**
 * A pvAccess client: finds PVs by UDP, through name servers or at an address given (`pva://host:port/NAME`); reads, writes,
 * calls and monitors them.
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
  readonly #byKey = new Map<string, Channel>();
  readonly #byCid = new Map<number, Channel>();
  readonly #requests = new Set<(error: PvaError) => void>();
  #lastCid = 0;
  #closing: Promise<void> | undefined;

  constructor(options: PvaClientOptions) {
    const settings = settingsOf(options);
    const found = (response: SearchResponse, from: string): void => this.#found(response, from);
    for (const message of settings.badSettings)
      settings.log.warning("setting left out: {message}", { message });
    this.#settings = settings;
    this.#search = new Search(settings.clock);
    this.#pool = new ConnectionPool(settings, found);
    this.#nameServers = settings.nameServers.map(
      (entry) => new NameServer(entry, settings, this.#pool, this.#search),
    );
    if (UdpSearch.isWanted(settings)) {
      const udp = new UdpSearch(settings, found);
      this.#udp = udp;
      this.#search.addTransport(udp);
      this.#beacons = new BeaconListener(settings, {
        appeared: (server) => this.#search.hurryOf(server),
        hurry: () => this.#search.hurry(),
      });
    }
  }

  /** Subscribes to a PV until the monitor is stopped. Throws `closed` after `close`. */
  monitor(name: string, options: MonitorOptions, listener: MonitorListener): Monitor {
    const channel = this.#channel(name, options);
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
    options: RequestOptions & { readonly fields?: readonly string[] },
  ): Promise<StructureValue> {
    return this.#once(name, options, () => new Get(options.fields ?? []));
  }

  /**
   * Writes fields of a PV; those left out keep their values.
   * @param fields as plain JavaScript, or a function that makes them from the present value, which is read first
   * @returns when the server has taken it; rejects with `timeout`, `refused`, `closed`, with `bad-value` where the fields
   *   do not fit the PV's type, and with `disconnected` where the connection was lost after sending: it may be written
   * @example await client.put("TEMPERATURE", { value: 21.5 }, { timeoutMs: 3000 });
   */
  put(name: string, fields: PutFields, options: RequestOptions): Promise<void> {
    return this.#once(name, options, () => new Put(fields));
  }

  /**
   * Calls a PV that is a service.
   * @param argument by custom made with `ntUri`
   * @returns its answer; rejects as `put` does
   */
  rpc(name: string, argument: StructureValue, options: RequestOptions): Promise<StructureValue> {
    return this.#once(name, options, () => new Rpc(argument));
  }

  /**
   * Asks for the type of a PV without reading it.
   * @param options `field`: dotted name of the one member wanted; left out: the whole
   * @returns the type; rejects with `timeout`, `refused` or `closed`
   */
  typeOf(name: string, options: RequestOptions & { readonly field?: string }): Promise<TypeDescription> {
    return this.#once(name, options, () => new FieldType(options.field ?? ""));
  }

  /**
   * The names of all channels of a server, as far as it tells: it is a service of most servers, named "server".
   * @param server `host[:port]`
   */
  async channelsOf(
    server: string,
    { timeoutMs }: { readonly timeoutMs: number },
  ): Promise<readonly string[]> {
    const answer = await this.rpc("server", ntUri("server", { op: "channels" }), { timeoutMs, server });
    const names = answer.field("value");
    if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
    throw new PvaError("bad-value", `${server} lists its channels in no way we know`);
  }

  #once<Result>(name: string, options: RequestOptions, begin: () => Conversation<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const { timeoutMs } = options;
      const channel = this.#channel(name, options);
      const finish = (settle: () => void): void => {
        cancelTimer();
        this.#requests.delete(fail);
        this.#release(channel, request);
        settle();
      };
      const fail = (error: PvaError): void => {
        request.cancel();
        finish(() => reject(error));
      };
      const request = new OneShot(begin, {
        value: (value) => finish(() => resolve(value)),
        failed: fail,
      });
      const cancelTimer = this.#settings.clock.after(timeoutMs, () => {
        const why = request.trouble === "" ? "" : `: ${request.trouble}`;
        fail(new PvaError("timeout", `${name}: no answer within ${timeoutMs} ms${why}`));
      });
      this.#requests.add(fail);
      channel.add(request);
    });
  }

  get statistics(): PvaClientStatistics {
    return {
      channels: this.#byCid.size,
      searches: this.#search.asked,
      connections: this.#pool.statistics,
      totals: this.#pool.totals,
    };
  }

  /** Ends everything; resolves when every socket and timer is gone. Listeners are not called again. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const fail of [...this.#requests]) fail(new PvaError("closed", "client closed"));
    for (const channel of [...this.#byCid.values()]) channel.stopAll();
    for (const nameServer of this.#nameServers) nameServer.close();
    this.#search.close();
    await Promise.all([this.#udp?.close(), this.#beacons?.close(), this.#pool.close()]);
  }

  #channel(text: string, options: ChannelOptions): Channel {
    if (this.#closing !== undefined) throw new PvaError("closed", "client closed");
    const address = channelAddress(text, options);
    const known = this.#byKey.get(address.key);
    if (known !== undefined) return known;
    const cid = ++this.#lastCid;
    const channel = new Channel(address, cid, {
      settings: this.#settings,
      search: this.#search,
      pool: this.#pool,
    });
    this.#byKey.set(address.key, channel);
    this.#byCid.set(cid, channel);
    for (const nameServer of this.#nameServers) nameServer.wanted();
    return channel;
  }

  #release(channel: Channel, operation: ChannelOperation): void {
    channel.remove(operation);
    if (!channel.isIdle || this.#byCid.get(channel.cid) !== channel) return;
    this.#byKey.delete(channel.key);
    this.#byCid.delete(channel.cid);
    channel.close();
  }

  #found(response: SearchResponse, from: string): void {
    const { found, protocol, host, port, cids } = response;
    if (!found || protocol !== "tcp" || host === undefined || port === 0) return;
    if (!this.#settings.mayConnect({ host, port })) {
      this.#settings.log.debug("{from} names {server}, which may not be connected to", {
        from,
        server: endpointName({ host, port }),
      });
      return;
    }
    const guid = response.guid.join();
    for (const cid of cids) this.#byCid.get(cid)?.found({ host, port }, guid, from);
  }
}
