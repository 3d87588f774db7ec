import { TypeRegistry } from "../data/type-registry.ts";
import type { StructureValue } from "../data/value.ts";

/** An operation under way: its command, the PV, and the value that deltas are read onto, once its type is known. */
export interface TracedOperation {
  readonly command: number;
  readonly channel: string | undefined;
  current?: StructureValue;
}

/** What the messages of one connection refer to without saying it again: types, names, operations. */
export class Conversation {
  /** Each direction numbers its types by itself. */
  readonly types = { client: new TypeRegistry(), server: new TypeRegistry() };
  readonly operations = new Map<number, TracedOperation>();
  /** Names by the client's channel id. */
  readonly #nameOfCid = new Map<number, string>();
  readonly #nameOfSid = new Map<number, string>();

  asked(cid: number, name: string): void {
    this.#nameOfCid.set(cid, name);
  }

  created(cid: number, sid: number): void {
    const name = this.#nameOfCid.get(cid);
    if (name !== undefined) this.#nameOfSid.set(sid, name);
  }

  destroyed(cid: number, sid: number): void {
    this.#nameOfCid.delete(cid);
    this.#nameOfSid.delete(sid);
  }

  channelOfCid(cid: number): string | undefined {
    return this.#nameOfCid.get(cid);
  }

  channelOfSid(sid: number): string | undefined {
    return this.#nameOfSid.get(sid);
  }
}
