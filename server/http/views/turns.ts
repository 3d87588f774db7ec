/** One who wants to send pictures over a socket that others use too. */
export interface Sender {
  /** Whether it may be given a picture now: it has sent what it was given, and its reader keeps up. */
  readonly ready: boolean;
  /** Whether it was asked, and no picture has come for it yet. */
  readonly waiting: boolean;
  /** Asks for the newest picture; true if there is one, which is on its way already, false if it will come later. */
  ask(): boolean;
  /** Takes the question back: no picture comes until it is asked again. */
  withdraw(): void;
  /** Sends the picture that has come. */
  send(): void;
}

/**
 * Whose picture goes onto a socket next. Everybody is asked while the socket takes what it is given; when it does not,
 * pictures would grow old waiting for it, so all are told to forget about it but one: whoever has waited longest may
 * keep one picture at hand for the moment the socket has drained. So a sender whose pictures take long to make is not
 * always beaten by one whose pictures are there at once, and no more than one picture waits in this process.
 *
 *     drained:  ask those who are ready, longest waiting first, until one has a picture ──send──→ still drained: go on
 *     full:     withdraw all but the first of them
 */
export class Turns {
  readonly #isFull: () => boolean;
  readonly #senders = new Set<Sender>();
  /** Those whose pictures have come and have not been sent, in the order in which they came: hardly ever more than one. */
  readonly #atHand = new Set<Sender>();
  #reserved: Sender | undefined;

  /** @param isFull whether the socket has not taken all it was given */
  constructor(isFull: () => boolean) {
    this.#isFull = isFull;
  }

  join(sender: Sender): void {
    this.#senders.add(sender);
    this.look();
  }

  leave(sender: Sender): void {
    this.#senders.delete(sender);
    this.#atHand.delete(sender);
    if (this.#reserved === sender) this.#reserved = undefined;
  }

  /** A picture has come for a sender that was asked. */
  came(sender: Sender): void {
    if (!this.#senders.has(sender)) return;
    this.#atHand.add(sender);
    this.look();
  }

  /** The socket has drained. Who had the place and made nothing of it goes to the end of the line. */
  drained(): void {
    const reserved = this.#reserved;
    this.#reserved = undefined;
    if (reserved?.waiting === true) this.#toTheEnd(reserved);
    this.look();
  }

  /** Does what there is to do: after a sender has become ready, for instance. */
  look(): void {
    if (this.#isFull()) {
      this.#holdBack();
      return;
    }
    for (const sender of this.#atHand) {
      this.#atHand.delete(sender);
      this.#toTheEnd(sender);
      sender.send();
      if (this.#isFull()) {
        this.#holdBack();
        return;
      }
    }
    this.#askAll();
  }

  #askAll(): void {
    for (const sender of this.#senders) {
      if (!sender.ready || sender.waiting) continue;
      // When it is sent, there will be another look.
      if (sender.ask()) return;
    }
  }

  #holdBack(): void {
    for (const sender of this.#senders) {
      if (!sender.waiting) continue;
      if (this.#reserved === undefined && this.#atHand.size === 0) this.#reserved = sender;
      else if (this.#reserved !== sender) sender.withdraw();
    }
  }

  #toTheEnd(sender: Sender): void {
    this.#senders.delete(sender);
    this.#senders.add(sender);
  }
}
