import { isIP } from "node:net";
import { parseRecipe, RecipeError, type RangeWish } from "../wasm/core/index.ts";

/** How one kind of value is read: `allowed` completes "--flag is …"; `parse` answers undefined for what is not. */
export interface ValueKind<Value> {
  readonly allowed: string;
  parse(text: string): Value | undefined;
}

/** A network of IP addresses, as in `10.0.0.0/8`; a single address has all its bits in the prefix. */
export interface Subnet {
  readonly address: string;
  readonly prefix: number;
  readonly family: "ipv4" | "ipv6";
}

/** A number between two bounds; what a person writes in `unit`s is kept times `scale`. */
export function numeric(
  least: number,
  most: number,
  { whole = false, unit = "", scale = 1 }: { whole?: boolean; unit?: string; scale?: number } = {},
): ValueKind<number> {
  return {
    allowed: `a ${whole ? "whole number" : "number"}${unit && ` of ${unit}`} from ${least} to ${most}`,
    parse(text) {
      const value = /^\d+(\.\d+)?$/u.test(text) ? Number(text) : NaN;
      return value >= least && value <= most && (!whole || Number.isInteger(value))
        ? value * scale
        : undefined;
    },
  };
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["k", 2 ** 10],
  ["m", 2 ** 20],
  ["g", 2 ** 30],
]);

/** A number of bytes, which may be written with k, M or G behind it (and with iB or B, as other programs print it). */
export function bytes(least: string, most: string): ValueKind<number> {
  const from = bytesOf(least);
  const to = bytesOf(most);
  return {
    allowed: `a number of bytes from ${least} to ${most}; k, M and G are powers of 1024`,
    parse(text) {
      const value = bytesOf(text);
      return value >= from && value <= to ? value : undefined;
    },
  };
}

function bytesOf(text: string): number {
  const [, digits = "", unit = ""] = /^(\d+(?:\.\d+)?)\s?([kmg]?)(?:i?b)?$/iu.exec(text) ?? [];
  return digits === "" ? NaN : Math.floor(Number(digits) * UNITS.get(unit.toLowerCase())!);
}

/** One of a few words. */
export function oneOf<Word extends string>(words: readonly Word[]): ValueKind<Word> {
  return {
    allowed: words.join(", ").replace(/, ([^,]*)$/u, " or $1"),
    parse: (text) => words.find((word) => word === text),
  };
}

/** A word that stands for itself, without the white space around it. */
export function text(allowed: string): ValueKind<string> {
  return { allowed, parse: (given) => (given.trim() === "" ? undefined : given.trim()) };
}

/** On or off. */
export const onOff: ValueKind<boolean> = {
  allowed: "1, true, yes, on, 0, false, no or off",
  parse(given) {
    if (["1", "true", "yes", "on"].includes(given.toLowerCase())) return true;
    if (["0", "false", "no", "off"].includes(given.toLowerCase())) return false;
    return undefined;
  },
};

/** One or more of another kind, separated by commas. */
export function listOf<Value>(allowed: string, parseOne: ValueKind<Value>["parse"]): ValueKind<Value[]> {
  return {
    allowed,
    parse(given) {
      const words = given
        .split(",")
        .map((word) => word.trim())
        .filter((word) => word !== "");
      const values = words.flatMap((word) => parseOne(word) ?? []);
      return values.length === words.length && words.length > 0 ? values : undefined;
    },
  };
}

/** Patterns of PV names; what they mean is the business of whoever matches them. */
export const globs = listOf(
  "patterns of PV names, separated by commas; * stands for any characters, ? for one, [a-z] for one of these",
  (word) => word,
);

/** Where pages come from that may read answers: `*`, `self`, or origins as browsers write them. */
export const origins = listOf(
  "* (any page), self (only pages of this service), or origins like https://elog.lab.org, separated by commas",
  (word) => (word === "*" || word === "self" ? word : originOf(word)),
);

function originOf(word: string): string | undefined {
  const url = URL.parse(word);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return undefined;
  const more = url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username !== "";
  return more ? undefined : url.origin;
}

/** Addresses and networks (CIDR) of IPv4 and IPv6. */
export const subnets = listOf(
  "addresses or networks like 127.0.0.1, 10.0.0.0/8 or fd00::/8, separated by commas",
  subnetOf,
);

function subnetOf(word: string): Subnet | undefined {
  const [address = "", bits, ...rest] = word.split("/");
  const version = isIP(address);
  if (version === 0 || address.includes("%") || rest.length > 0) return undefined;
  const most = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? most : /^\d{1,3}$/u.test(bits) ? Number(bits) : NaN;
  return prefix <= most ? { address, prefix, family: version === 4 ? "ipv4" : "ipv6" } : undefined;
}

/** A path that others put before ours, as `/cameras`: kept with its first slash and without its last; `/` is "". */
export const basePath: ValueKind<string> = {
  allowed: "a path like /cameras, of letters, digits and - . _ ~ /",
  parse(given) {
    const path = given.trim().replace(/\/+$/u, "");
    const sound = /^(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$/u.test(path);
    return sound && given.trim().startsWith("/") ? path : undefined;
  },
};

/** What `?range=` takes. */
export const range: ValueKind<RangeWish> = {
  allowed: "auto, auto:LO,HI (percentiles), full, or LO,HI (sample values drawn black and white)",
  parse(given) {
    try {
      return parseRecipe(new Map([["range", given]])).range;
    } catch (error) {
      if (error instanceof RecipeError) return undefined;
      throw error;
    }
  },
};
