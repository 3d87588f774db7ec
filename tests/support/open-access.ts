import { systemClock } from "../../server/clock.ts";
import { Access } from "../../server/http/access.ts";
import type { AccessOptions } from "../../server/http/access.ts";
import { silentLog } from "../../server/log.ts";

/** A gate that lets everybody in, but for what `rules` say. */
export function openAccess(rules: Partial<AccessOptions> = {}): Access {
  return new Access({
    maxViewers: 1000,
    maxViewersPerAddress: 1000,
    corsOrigin: ["*"],
    trustedProxy: [],
    basePath: "",
    clock: systemClock,
    log: silentLog,
    ...rules,
  });
}
