import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { Clock } from "../clock.ts";
import { ConfigError } from "../config.ts";
import type { Log } from "../log.ts";

/** Paths of PEM files. */
export interface TlsFiles {
  /** The certificate chain, this service's own certificate first. */
  readonly cert: string;
  /** The private key of that certificate, not encrypted. */
  readonly key: string;
}

/** What HTTPS is served with: the contents of the two files, which belong together. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
  /** POSIX ms. */
  readonly validUntil: number;
}

/** How often the files are looked at. Certificates are renewed days before they end. */
const LOOK_EVERY_MS = 10_000;

/** Reads the two files. @throws ConfigError, whose message names the file and says what is the matter with it */
export function readIdentity(files: TlsFiles): Identity {
  const cert = readText("--tls-cert", files.cert);
  const key = readText("--tls-key", files.key);
  const certificate = parsed(
    () => new X509Certificate(cert),
    `--tls-cert ${files.cert} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)`,
  );
  const privateKey: KeyObject = parsed(
    () => createPrivateKey(key),
    `--tls-key ${files.key} holds no private key in PEM form (-----BEGIN PRIVATE KEY-----), or an encrypted one, which cannot be used`,
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new ConfigError(`--tls-key ${files.key} is not the key of the certificate in ${files.cert}.`);
  }
  return { cert, key, validUntil: Date.parse(certificate.validTo) };
}

/**
 * Hands over what the files hold whenever they have changed, as renewal programs change them; looks every ten seconds, by
 * asking for the files anew, because mounted secrets are links that are turned. While they do not fit each other (one is
 * written before the other) nothing is handed over; the log says so once.
 *
 * @returns what ends it
 */
export function followIdentity(
  files: TlsFiles,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  use: (identity: Identity) => void,
): () => void {
  let stamp = stampOf(files);
  let cancel = (): void => {};
  const look = (): void => {
    cancel = clock.after(LOOK_EVERY_MS, look);
    const now = stampOf(files);
    if (now === stamp) return;
    stamp = now;
    try {
      use(readIdentity(files));
      log.info("New TLS connections use the certificate that has come into {cert}.", { cert: files.cert });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.warning("The TLS certificate stays as it was: {why}", { why });
    }
  };
  cancel = clock.after(LOOK_EVERY_MS, look);
  return () => cancel();
}

/** Says in the log that a certificate has ended or will soon; browsers say less clearly why they will not have it. */
export function warnOfEnd({ validUntil }: Identity, clock: Clock, log: Log): void {
  const daysLeft = Math.floor((validUntil - clock.wallTime()) / 86_400_000);
  if (daysLeft >= 7) return;
  const until = new Date(validUntil).toISOString();
  log.warning("The TLS certificate is valid until {until}: {daysLeft} days from now.", { until, daysLeft });
}

function readText(flag: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const { message } = cause as Error;
    throw new ConfigError(`${flag} ${path} cannot be read: ${message}`, { cause });
  }
}

function parsed<Result>(parse: () => Result, complaint: string): Result {
  try {
    return parse();
  } catch (cause) {
    throw new ConfigError(`${complaint}.`, { cause });
  }
}

/** Differs when one of the files was written, or another was put in its place. */
function stampOf({ cert, key }: TlsFiles): string {
  return [cert, key]
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((found) => (found === undefined ? "gone" : `${found.mtimeMs} ${found.ino} ${found.size}`))
    .join();
}
