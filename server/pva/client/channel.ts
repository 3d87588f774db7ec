import { PvaError } from "../errors.ts";
import { type ChannelCreated, encodeCreateChannel, isCreated } from "../message/create-channel.ts";
import { encodeDestroyChannel } from "../message/destroy-channel.ts";
import { type Endpoint, endpointName } from "../wire/address.ts";
import { Command } from "../wire/commands.ts";
import { BackOff, jittered } from "./back-off.ts";
import { ChannelLink } from "./channel-link.ts";
import type { ChannelState } from "./channel-state.ts";
import type { ServerConnection } from "./connection.ts";
import type { ConnectionPool, ConnectionUser } from "./connection-pool.ts";
import type { PvaClientSettings } from "./options.ts";
import type { ChannelAddress } from "./channel-address.ts";
import type { ConnectionChannel } from "./reply-handler.ts";
import type { Search } from "./search.ts";

/** Gateways refuse a name they have not looked up yet and know it half a second later; hopeless cases reach 30 s. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
/** However often it was lost: waiting longer would only delay its return. A dial is cheap, and searches are rationed. */
const LONGEST_LOSS_MS = 1500;
/** A channel that held this long was no failure: search again at once when it is lost. */
const STEADY_MS = 5000;

/** Something under way on a channel: a GET, a MONITOR. It outlives connections. */
export interface ChannelOperation {
  /** The channel is there: begin, or begin again. */
  attach(link: ChannelLink): void;
  /** The channel is gone; no more replies will come on that link. */
  detach(error: PvaError): void;
  /** The client closes: end, as if the user had said so. */
  stop(): void;
  /** The channel came to another state; "connected" is left to the operation to say. */
  channelState(state: ChannelState): void;
}

/** What a channel works with. */
export interface ChannelContext {
  readonly settings: PvaClientSettings;
  readonly search: Search;
  readonly pool: ConnectionPool;
}

/**
 * A PV as long as somebody wants it.
 *
 *     searching ─→ connecting ─→ creating ─→ connected
 *         ↑            │            │ refused    │ lost
 *         └──────── waiting ←───────┴────────────┘
 *
 * One whose server is known by address is never searched for: it goes from waiting to connecting.
 */
export class Channel implements ConnectionUser, ConnectionChannel {
  readonly name: string;
  readonly cid: number;
  readonly #address: ChannelAddress;
  readonly #context: ChannelContext;
  readonly #operations = new Set<ChannelOperation>();
  readonly #backOff = new BackOff(FIRST_RETRY_MS, LONGEST_RETRY_MS);
  #phase: "searching" | "waiting" | "connecting" | "creating" | "connected" | "closed" = "searching";
  #state: ChannelState = { kind: "searching" };
  #connection: ServerConnection | undefined;
  #link: ChannelLink | undefined;
  #connectedAt = 0;
  /** Who answered the search first, and whether somebody else has since. */
  #guid = "";
  #lastServer: string | undefined;
  #hasRival = false;
  #cancelTimer: () => void = () => undefined;
  /** Ends the leave-taking of a closed channel. */
  #onLeft: () => void = () => undefined;

  constructor(address: ChannelAddress, cid: number, context: ChannelContext) {
    this.name = address.name;
    this.cid = cid;
    this.#address = address;
    this.#context = context;
    this.#seek();
  }

  /** Tells this channel from others of the same name: on another server, or on a connection of its own. */
  get key(): string {
    return this.#address.key;
  }

  get isIdle(): boolean {
    return this.#operations.size === 0;
  }

  /** `host:port` of the server that has the channel, if any. */
  get server(): string | undefined {
    return this.#connection?.name;
  }

  add(operation: ChannelOperation): void {
    this.#operations.add(operation);
    if (this.#link === undefined) operation.channelState(this.#state);
    else operation.attach(this.#link);
  }

  remove(operation: ChannelOperation): void {
    this.#operations.delete(operation);
  }

  /** Ends whatever is under way, as when the client closes. */
  stopAll(): void {
    for (const operation of [...this.#operations]) operation.stop();
  }

  /** The server process `guid` says it has the channel. The first to say so is taken. */
  found(endpoint: Endpoint, guid: string, from: string): void {
    if (this.#phase !== "searching") {
      this.#heardAgain(endpoint, guid, from);
      return;
    }
    this.#context.search.forget(this.cid);
    this.#guid = guid;
    this.#hasRival = false;
    this.#connect(endpoint);
  }

  /** One server may be found in several ways; two with one name are a mistake at the site, told once. */
  #heardAgain(endpoint: Endpoint, guid: string, from: string): void {
    if (this.#guid === "" || guid === this.#guid || this.#hasRival) return;
    this.#hasRival = true;
    this.#context.settings.log.warning("{pv} is served by {server} as well as by {other} (told by {from})", {
      pv: this.name,
      server: this.server,
      other: endpointName(endpoint),
      from,
    });
  }

  #connect(endpoint: Endpoint): void {
    this.#phase = "connecting";
    this.#lastServer = endpointName(endpoint);
    this.#tell({ kind: "connecting", server: this.#lastServer });
    const owner = this.#address.ownConnection ? String(this.cid) : undefined;
    this.#connection = this.#context.pool.join(endpoint, this, owner);
  }

  #seek(): void {
    const { server } = this.#address;
    if (server !== undefined) {
      this.#connect(server);
      return;
    }
    this.#phase = "searching";
    this.#tell({ kind: "searching" });
    this.#context.search.seek({ cid: this.cid, name: this.name, lastServer: this.#lastServer });
  }

  ready(connection: ServerConnection): void {
    if (this.#phase !== "connecting") return;
    this.#connection = connection;
    this.#phase = "creating";
    connection.channels.set(this.cid, this);
    connection.send(Command.CREATE_CHANNEL, (writer) => encodeCreateChannel(writer, this));
    // core-pva does not answer at all to a name it does not know.
    const { clock, requestTimeoutMs } = this.#context.settings;
    this.#cancelTimer = clock.after(requestTimeoutMs, () => this.#refused("no answer to CREATE CHANNEL"));
  }

  created(reply: ChannelCreated): boolean {
    const { sid, status } = reply;
    if (this.#phase !== "creating") return sid === this.#link?.sid;
    if (!isCreated(reply)) {
      this.#refused(status.message === "" ? "no such channel" : status.message);
      return true;
    }
    this.#cancelTimer();
    this.#phase = "connected";
    this.#connectedAt = this.#context.settings.clock.now();
    this.#link = new ChannelLink(this.#connection!, sid);
    for (const operation of [...this.#operations]) operation.attach(this.#link);
    return true;
  }

  destroyed(sid: number): void {
    if (sid !== this.#link?.sid) return; // one that was created too late
    this.#lost(new PvaError("disconnected", `${this.server ?? "the server"} closed the channel`));
  }

  closed(error: PvaError): void {
    if (this.#phase === "closed") this.#onLeft();
    else this.#lost(error);
  }

  /** Nobody wants the channel any more. */
  close(): void {
    const phase = this.#phase;
    this.#phase = "closed";
    this.#cancelTimer();
    this.#context.search.forget(this.cid);
    const connection = this.#connection;
    if (connection === undefined) return;
    if (phase === "connected" || phase === "creating") this.#takeLeave(connection, this.#link);
    else this.#context.pool.leave(connection, this);
  }

  /** Destroys the channel at the server and listens until it confirms: what is still under way must be read. */
  #takeLeave(connection: ServerConnection, link: ChannelLink | undefined): void {
    const { pool, settings } = this.#context;
    const { cid } = this;
    const done = (): void => {
      cancel();
      link?.endAll();
      connection.channels.delete(cid);
      pool.leave(connection, this);
    };
    let last = link?.sid;
    const destroy = (sid: number): void => {
      last = sid;
      connection.send(Command.DESTROY_CHANNEL, (writer) => encodeDestroyChannel(writer, { sid, cid }));
    };
    const cancel = settings.clock.after(settings.requestTimeoutMs, done);
    connection.channels.set(cid, {
      created: (reply) => {
        if (reply.sid === last) return true;
        if (isCreated(reply)) destroy(reply.sid);
        else if (link === undefined) done();
        return true;
      },
      destroyed: (sid) => {
        if (sid === last) done();
      },
    });
    this.#onLeft = done;
    if (link !== undefined) destroy(link.sid);
  }

  #refused(message: string): void {
    this.#leaveConnection();
    this.#tell({ kind: "refused", message });
    this.#searchAfter(this.#backOff.failed());
  }

  #lost(error: PvaError): void {
    if (this.#phase === "closed" || this.#phase === "waiting" || this.#phase === "searching") return;
    const steady =
      this.#phase === "connected" && this.#context.settings.clock.now() - this.#connectedAt > STEADY_MS;
    this.#leaveConnection();
    for (const operation of [...this.#operations]) operation.detach(error);
    this.#tell({ kind: "disconnected", reason: error.message });
    if (steady) this.#backOff.succeeded();
    const waitMs = steady ? 0 : Math.min(this.#backOff.failed(), LONGEST_LOSS_MS);
    this.#searchAfter(jittered(waitMs));
  }

  #leaveConnection(): void {
    this.#cancelTimer();
    this.#phase = "waiting";
    this.#link?.endAll();
    this.#link = undefined;
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection === undefined) return;
    connection.channels.delete(this.cid);
    this.#context.pool.leave(connection, this);
  }

  #searchAfter(milliseconds: number): void {
    if (this.#phase !== "waiting") return;
    this.#cancelTimer = this.#context.settings.clock.after(milliseconds, () => this.#seek());
  }

  #tell(state: ChannelState): void {
    this.#state = state;
    for (const operation of [...this.#operations]) operation.channelState(state);
  }
}
