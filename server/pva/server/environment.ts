import { isIP } from "node:net";
import { parseTarget, words } from "../client/address-list.ts";
import { type Environment, readEndpoints, readPort, readYesNo } from "../client/environment.ts";
import { PvaError } from "../errors.ts";
import type { Endpoint } from "../wire/address.ts";
import { readListening } from "./listening.ts";
import { DEFAULT_SEARCH_PORT, DEFAULT_SERVER_PORT, type PvaServerOptions } from "./server.ts";

/** The options of a server that have a variable. */
export type ServerEnvironment = Required<
  Pick<
    PvaServerOptions,
    | "interfaces"
    | "preferredPort"
    | "searchPort"
    | "beaconAddressList"
    | "autoBeaconAddressList"
    | "ignoreAddressList"
  >
>;

/** Everything: IPv6 where the system has it. */
const ALL_INTERFACES: readonly string[] = ["0.0.0.0", "::"];

/**
 * Reads EPICS_PVAS_INTF_ADDR_LIST, _SERVER_PORT, _BROADCAST_PORT, _BEACON_ADDR_LIST, _AUTO_BEACON_ADDR_LIST and
 * _IGNORE_ADDR_LIST; where one is not set, the client's EPICS_PVA_… counterpart of the ports and beacon lists, as pvxs
 * does. Throws `bad-setting` naming the variable and its value.
 */
export function serverOptionsFromEnvironment(env: Environment): ServerEnvironment {
  const first = (...names: readonly string[]): string =>
    names.find((name) => (env[name] ?? "").trim() !== "") ?? names[0]!;
  const searchPort =
    readPort(env, first("EPICS_PVAS_BROADCAST_PORT", "EPICS_PVA_BROADCAST_PORT")) ?? DEFAULT_SEARCH_PORT;
  return {
    interfaces: readInterfaces(env),
    preferredPort: readServerPort(env, first("EPICS_PVAS_SERVER_PORT", "EPICS_PVA_SERVER_PORT")),
    searchPort,
    beaconAddressList: readEndpoints(
      env,
      first("EPICS_PVAS_BEACON_ADDR_LIST", "EPICS_PVA_ADDR_LIST"),
      searchPort,
    ),
    autoBeaconAddressList: readYesNo(
      env,
      first("EPICS_PVAS_AUTO_BEACON_ADDR_LIST", "EPICS_PVA_AUTO_ADDR_LIST"),
      true,
    ),
    ignoreAddressList: readIgnored(env, "EPICS_PVAS_IGNORE_ADDR_LIST"),
  };
}

/** 0 means any free port, as in pvxs. */
function readServerPort(env: Environment, name: string): number {
  return env[name]?.trim() === "0" ? 0 : (readPort(env, name) ?? DEFAULT_SERVER_PORT);
}

function readInterfaces(env: Environment): readonly string[] {
  const list = words(env["EPICS_PVAS_INTF_ADDR_LIST"]);
  try {
    readListening(list);
  } catch (error) {
    if (!(error instanceof PvaError)) throw error;
    throw new PvaError(error.code, `EPICS_PVAS_INTF_ADDR_LIST: ${error.message}`, { cause: error });
  }
  return list.length === 0 ? ALL_INTERFACES : list;
}

/** Port 0, or none, stands for any. */
function readIgnored(env: Environment, name: string): readonly Endpoint[] {
  return words(env[name]).map((word) => {
    const plain = isIP(word) === 6 ? `[${word}]` : word.replace(/:0$/, "");
    const { host, port, ...more } = parseTarget(plain, 0);
    if (isIP(host) === 0 || Object.keys(more).length > 0)
      throw new PvaError("bad-setting", `${name}: "${word}" is not address[:port]`);
    return { host, port };
  });
}
