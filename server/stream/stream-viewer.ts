import type { StreamPicture } from "./picture.ts";
import type { Drops } from "./statistics.ts";
import type { StreamStatus } from "./status.ts";
import type { ViewerMailbox } from "./viewer-mailbox.ts";
import type { Viewer } from "./viewer.ts";

/** What a viewer's handle needs of its stream. */
export interface ViewerHost {
  status(): StreamStatus;
  /** Calls `task` after each change until the function returned is called. */
  onChange(task: () => void): () => void;
  /** The viewer is gone; called once. */
  left(): void;
}

/** The handle that a stream gives to those who watch it. */
export class StreamViewer implements Viewer {
  readonly #mailbox: ViewerMailbox;
  readonly #host: ViewerHost;
  readonly #ends = new Set<() => void>();
  #closed = false;

  constructor(mailbox: ViewerMailbox, host: ViewerHost) {
    this.#mailbox = mailbox;
    this.#host = host;
  }

  get status(): StreamStatus {
    return this.#host.status();
  }

  get drops(): Readonly<Drops> {
    return this.#mailbox.drops;
  }

  next(options?: { readonly repeatAfterMs?: number }): Promise<StreamPicture | undefined> {
    return this.#mailbox.next(options);
  }

  onStatus(task: (status: StreamStatus) => void): () => void {
    const end = this.#host.onChange(() => task(this.status));
    this.#ends.add(end);
    return () => {
      this.#ends.delete(end);
      end();
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const end of this.#ends) end();
    this.#ends.clear();
    this.#mailbox.close();
    this.#host.left();
  }
}
