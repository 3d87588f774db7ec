/** The door of the web side: requests in, moving pictures out. */
export { Access } from "./access.ts";
export { guardedStreams, PvRules } from "./access-pv-rules.ts";
export { openTokenFile } from "./access-token-file.ts";
export { createHttp, type HttpDependencies, type HttpService } from "./http.ts";
export type { ServiceFacts } from "./metrics.ts";
export { EventLoopLag } from "./metrics-lag.ts";
export { listen, type Listener, type ListenOptions } from "./listener.ts";
