import { PvaError } from "../errors.ts";
import type { Endpoint } from "../wire/address.ts";
import { parseInterface, parseServer, parseTarget, readList } from "./address-list.ts";
import { DEFAULT_BROADCAST_PORT, DEFAULT_SERVER_PORT, type PvaClientOptions } from "./options.ts";

/** Variables as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** pvxs waits this much longer than EPICS_PVA_CONN_TMO says, so that both ends do not give up at once. */
const TIMEOUT_SCALE = 4 / 3;
const DEFAULT_TIMEOUT_S = 40;

const MIN_TIMEOUT_S = 2;
/** Entries of EPICS_PVA_INTF_ADDR_LIST that stand for all interfaces. */
const ANY: readonly string[] = ["0.0.0.0", "::"];

/**
 * Reads EPICS_PVA_ADDR_LIST, _AUTO_ADDR_LIST, _BROADCAST_PORT, _INTF_ADDR_LIST, _NAME_SERVERS, _SERVER_PORT, _CONN_TMO
 * and _MAX_ARRAY_BYTES with the meaning pvxs gives them. Throws `bad-setting` naming the variable and its value; of a
 * list only the entries that cannot be read are left out, and told in `badSettings`.
 */
export function clientOptionsFromEnvironment(env: Environment): PvaClientOptions {
  const broadcastPort = readPort(env, "EPICS_PVA_BROADCAST_PORT") ?? DEFAULT_BROADCAST_PORT;
  const serverPort =
    readPort(env, "EPICS_PVA_SERVER_PORT") ?? readPort(env, "EPICS_PVAS_SERVER_PORT") ?? DEFAULT_SERVER_PORT;
  const maxArrayBytes = readBytes(env, "EPICS_PVA_MAX_ARRAY_BYTES");
  const badSettings: string[] = [];
  const list = <Entry>(name: string, parse: (word: string) => Entry): readonly Entry[] =>
    readList(name, env[name], parse, ({ message }) => badSettings.push(message));
  return {
    addressList: list("EPICS_PVA_ADDR_LIST", (word) => parseTarget(word, broadcastPort)),
    autoAddressList: readYesNo(env, "EPICS_PVA_AUTO_ADDR_LIST", true),
    broadcastPort,
    interfaces: list("EPICS_PVA_INTF_ADDR_LIST", parseInterface).filter((host) => !ANY.includes(host)),
    nameServers: list("EPICS_PVA_NAME_SERVERS", (word) => parseServer(word, serverPort)),
    connectionTimeoutMs: 1000 * readTimeout(env["EPICS_PVA_CONN_TMO"]),
    ...(maxArrayBytes === undefined ? {} : { maxArrayBytes }),
    ...(badSettings.length === 0 ? {} : { badSettings }),
  };
}

/** The end points listed in a variable, blanks between; throws `bad-setting` for the first that cannot be read. */
export function readEndpoints(env: Environment, name: string, defaultPort: number): readonly Endpoint[] {
  const parse = (word: string): Endpoint => parseTarget(word, defaultPort);
  return readList(name, env[name], parse, (fault) => {
    throw fault;
  });
}

/** A port, undefined where the variable is not set; throws `bad-setting`. */
export function readPort(env: Environment, name: string): number | undefined {
  const text = env[name]?.trim();
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw badSetting(name, text, "a port from 1 to 65535");
  return port;
}

function readBytes(env: Environment, name: string): number | undefined {
  const text = env[name]?.trim();
  if (text === undefined || text === "") return undefined;
  const bytes = Number(text);
  if (!Number.isInteger(bytes) || bytes < 1) throw badSetting(name, text, "a number of bytes");
  return bytes;
}

/** YES, NO, 1 or 0 in any case; throws `bad-setting`. */
export function readYesNo(env: Environment, name: string, otherwise: boolean): boolean {
  const text = env[name]?.trim();
  if (text === undefined || text === "") return otherwise;
  if (/^(yes|1)$/i.test(text)) return true;
  if (/^(no|0)$/i.test(text)) return false;
  throw badSetting(name, text, "YES or NO");
}

function readTimeout(text: string | undefined): number {
  const seconds = Number(text ?? "") * TIMEOUT_SCALE;
  if (!Number.isFinite(seconds) || seconds <= 0) return DEFAULT_TIMEOUT_S;
  return Math.max(seconds, MIN_TIMEOUT_S);
}

function badSetting(name: string, value: string, allowed: string): PvaError {
  return new PvaError("bad-setting", `${name}: "${value}" is not ${allowed}`);
}
