import type { Monitor, MonitorListener, MonitorOptions } from "../pva/index.ts";

/** The little that a source needs of a PVA client; `PvaClient` has it, and tests bring their own. */
export interface ImageClient {
  /** Subscribes to a PV until the monitor is stopped; reconnects by itself. */
  monitor(name: string, options: MonitorOptions, listener: MonitorListener): Monitor;
}
