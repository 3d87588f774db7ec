import { existsSync, readFileSync } from "node:fs";
import { arch, cpus, freemem, networkInterfaces, release, totalmem, type as systemName } from "node:os";
import { VERSION } from "../../server/config.ts";
import { broadcastOf } from "../../server/pva/index.ts";

const GIB = 2 ** 30;
/** Names of variables whose values are nobody's business. */
const SECRET = /token|secret|pass|key|credential|auth/iu;

/** Versions, system, processor and memory, one fact a line. */
export function machineLines(): readonly string[] {
  const [processor] = cpus();
  return [
    `pva-to-video ${VERSION}, Bun ${Bun.version} (${Bun.revision.slice(0, 9)})`,
    `${systemName()} ${release()} ${arch()}, ${distribution()}`,
    `${cpus().length} × ${processor?.model.trim() ?? "unknown processor"}`,
    `memory ${(totalmem() / GIB).toFixed(1)} GiB, free ${(freemem() / GIB).toFixed(1)} GiB`,
    `container: ${existsSync("/.dockerenv") || existsSync("/run/.containerenv") ? "yes" : "no sign of one"}`,
  ];
}

/** Every interface with its addresses, and the broadcast address that would be searched. */
export function interfaceLines(): readonly string[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.map(({ family, address, netmask, cidr, internal }) => {
      const broadcast = family === "IPv4" && !internal ? `, broadcast ${broadcastOf(address, netmask)}` : "";
      return `${name} ${cidr ?? address}${broadcast}${internal ? ", this machine only" : ""}`;
    }),
  );
}

/** Variables named EPICS_… and PVA_TO_VIDEO_… as they are set, secrets masked; all others are left out. */
export function variableLines(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const names = Object.keys(env).filter((name) => /^(EPICS_|PVA_TO_VIDEO_)/u.test(name));
  return names.sort().map((name) => `${name}=${SECRET.test(name) ? "(set, not shown)" : (env[name] ?? "")}`);
}

function distribution(): string {
  try {
    const text = readFileSync("/etc/os-release", "utf8");
    return /^PRETTY_NAME="?([^"\n]*)/mu.exec(text)?.[1] ?? "unknown distribution";
  } catch {
    return "no /etc/os-release";
  }
}
