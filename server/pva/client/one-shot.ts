import type { DecodeContext } from "../data/decode-context.ts";
import { PvaError } from "../errors.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import type { Status } from "../wire/status.ts";
import type { ChannelOperation } from "./channel.ts";
import type { ChannelLink } from "./channel-link.ts";
import type { ChannelState } from "./channel-state.ts";
import type { ReplyHandler } from "./reply-handler.ts";

/** What comes of a request; one of the two is called, once. */
export interface Outcome<Result> {
  value(result: Result): void;
  failed(error: PvaError): void;
}

/** What follows a reply: one more message, or the end. */
export type Step<Result> =
  | { readonly kind: "send"; readonly body: Body; readonly changesServer?: boolean }
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "refused"; readonly status: Status }
  | { readonly kind: "failed"; readonly error: PvaError };

/** Writes a message of the operation with these ids. */
export type Body = (writer: ByteWriter, sid: number, ioid: number) => void;

/** What is said, and in which order, from a request's first message to its answer; made anew for each connection. */
export interface Conversation<Result> {
  readonly command: number;
  readonly first: Body;
  /** Reads one reply to its end. Throws where its bytes cannot be read: that costs the connection. */
  reply(subcommand: number, context: DecodeContext): Step<Result>;
}

/**
 * An operation that ends with its answer: GET, PUT, RPC, GET-FIELD. A connection lost on the way starts it over on the
 * next one, unless the server may have acted already: then it fails with `disconnected`, and who asked must decide.
 */
export class OneShot<Result> implements ChannelOperation, ReplyHandler {
  readonly #begin: () => Conversation<Result>;
  readonly #outcome: Outcome<Result>;
  #conversation: Conversation<Result>;
  #link: ChannelLink | undefined;
  #ioid = 0;
  #mayHaveActed = false;
  #over = false;
  /** What last kept the channel from being there, if anything has; "" otherwise. */
  trouble = "";

  constructor(begin: () => Conversation<Result>, outcome: Outcome<Result>) {
    this.#begin = begin;
    this.#outcome = outcome;
    this.#conversation = begin();
  }

  attach(link: ChannelLink): void {
    if (this.#over) return;
    this.#link = link;
    this.#conversation = this.#begin();
    this.#ioid = link.open(this);
    this.#send(link, this.#conversation.first);
  }

  detach(error: PvaError): void {
    this.#link = undefined;
    if (this.#mayHaveActed) this.#settle(() => this.#outcome.failed(error));
  }

  stop(): void {
    this.cancel();
  }

  /** It waits for whatever the channel goes through; its caller's time-out is the limit. */
  channelState(state: ChannelState): void {
    if (state.kind === "refused") this.trouble = state.message;
    else if (state.kind === "disconnected") this.trouble = state.reason;
  }

  reply(subcommand: number, context: DecodeContext): void {
    const link = this.#link;
    if (link === undefined) return;
    const step = this.#conversation.reply(subcommand, context);
    if (step.kind === "send") {
      if (this.#over) return;
      this.#mayHaveActed = step.changesServer === true;
      this.#send(link, step.body);
      return;
    }
    link.end(this.#ioid);
    if (step.kind === "failed") link.destroyRequest(this.#ioid);
    this.#settle(() => {
      if (step.kind === "done") this.#outcome.value(step.result);
      else this.#outcome.failed(step.kind === "failed" ? step.error : refusal(step.status));
    });
  }

  undecodable(error: PvaError): void {
    this.#settle(() => this.#outcome.failed(error));
  }

  /** Nobody waits for the answer any more. It is still read if it comes. */
  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#link?.destroyRequest(this.#ioid);
  }

  #send(link: ChannelLink, body: Body): void {
    link.send(this.#conversation.command, (writer) => body(writer, link.sid, this.#ioid));
  }

  #settle(tell: () => void): void {
    if (this.#over) return;
    this.#over = true;
    tell();
  }
}

function refusal({ kind, message }: Status): PvaError {
  return new PvaError("refused", message === "" ? `status ${kind}` : message);
}
