import { words } from "../client/address-list.ts";
import { type Environment, readEndpoints, readPort, readYesNo } from "../client/environment.ts";
import { PvaError } from "../errors.ts";
import { DEFAULT_SEARCH_PORT, DEFAULT_SERVER_PORT, type PvaServerOptions } from "./server.ts";

/** The options of a server that have a variable. */
export type ServerEnvironment = Required<
  Pick<PvaServerOptions, "host" | "port" | "searchPort" | "beaconAddressList" | "autoBeaconAddressList">
>;

/**
 * Reads EPICS_PVAS_INTF_ADDR_LIST (one address, left out: all), _SERVER_PORT, _BROADCAST_PORT, _BEACON_ADDR_LIST and
 * _AUTO_BEACON_ADDR_LIST; where one is not set, the client's EPICS_PVA_… counterpart, as pvxs does. Throws `bad-setting`
 * naming the variable and its value.
 */
export function serverOptionsFromEnvironment(env: Environment): ServerEnvironment {
  const first = (...names: readonly string[]): string =>
    names.find((name) => (env[name] ?? "").trim() !== "") ?? names[0]!;
  const searchPort =
    readPort(env, first("EPICS_PVAS_BROADCAST_PORT", "EPICS_PVA_BROADCAST_PORT")) ?? DEFAULT_SEARCH_PORT;
  return {
    host: readInterface(env["EPICS_PVAS_INTF_ADDR_LIST"]),
    port: readPort(env, first("EPICS_PVAS_SERVER_PORT", "EPICS_PVA_SERVER_PORT")) ?? DEFAULT_SERVER_PORT,
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
  };
}

function readInterface(text: string | undefined): string {
  const [host = "0.0.0.0", ...others] = words(text);
  if (others.length > 0)
    throw new PvaError("bad-setting", `EPICS_PVAS_INTF_ADDR_LIST: "${text}" is not one address`);
  return host;
}
