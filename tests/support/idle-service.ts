import { EventLoopLag, type ServiceFacts } from "../../server/http/index.ts";
import { ManualClock } from "./manual-clock.ts";

/** What the web side is told of a service that has one worker and nothing to do. */
export function idleService(): ServiceFacts {
  return {
    version: "1.2.3",
    encoder: { idle: 1, report: { workers: 1, busy: 0, jobs: 0, failures: 0, crashes: 0 } },
    pva: {
      statistics: {
        channels: 0,
        searches: 0,
        connections: [],
        totals: { opened: 0, bytesReceived: 0, bytesSent: 0, messagesReceived: 0 },
      },
    },
    places: { taken: 0 },
    memory: { used: 0, bytes: 1e9 },
    lag: new EventLoopLag(new ManualClock()),
  };
}
