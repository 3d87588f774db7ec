/**
 * How long the event loop is held by one turn of received data: from the first callback of the turn, through whatever
 * else is received in it, to the moment others may run. A timer's lateness says less: on a busy machine timers of an idle
 * process are late too.
 */
export class TurnMeter {
  readonly #turns: number[] = [];
  #began: number | undefined;

  /** Runs a callback that received data. */
  run(callback: () => void): void {
    if (this.#began === undefined) {
      this.#began = performance.now();
      setImmediate(() => {
        this.#turns.push(performance.now() - this.#began!);
        this.#began = undefined;
      });
    }
    callback();
  }

  /** Forgets the turns so far. */
  reset(): void {
    this.#turns.length = 0;
  }

  /** Milliseconds that this share (0 to 1) of the turns did not exceed; 0 without turns. */
  quantile(share: number): number {
    const sorted = this.#turns.toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  }
}

/** From now on every socket that this process opens hands its data over through the meter. */
export function meterSockets(meter: TurnMeter): void {
  const connect = Bun.connect.bind(Bun) as (options: Bun.TCPSocketConnectOptions) => Promise<Bun.Socket>;
  const metered = (options: Bun.TCPSocketConnectOptions): Promise<Bun.Socket> => {
    const { socket: handler } = options;
    return connect({
      ...options,
      socket: {
        ...handler,
        data: (socket, chunk) => meter.run(() => void handler.data?.(socket, chunk)),
      },
    });
  };
  Object.assign(Bun, { connect: metered });
}
