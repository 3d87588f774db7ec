/** Run as a worker by ../module.test.ts: loads the core and says which build it got. */
import { Core } from "../../../wasm/core/index.ts";

declare const self: Worker;

self.postMessage((await Core.load()).build);
