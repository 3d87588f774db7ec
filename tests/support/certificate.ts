import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireTool } from "./tools.ts";

/** Whether tests that need a certificate must be skipped; says so in words, and throws under CI=true. */
export function withoutOpenSsl(): boolean {
  return requireTool("openssl, which makes certificates", Bun.which("openssl") !== null);
}

/** A folder with a certificate for loopback, signed by itself, and its key; gone when disposed of. */
export class Certificate implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "certificate-"));
  readonly cert = join(this.folder, "cert.pem");
  readonly key = join(this.folder, "key.pem");

  private constructor() {}

  /** @param name its CN, which tells certificates apart */
  static make(name: string): Certificate {
    const made = new Certificate();
    made.renew(name);
    return made;
  }

  /** Puts another certificate, and its key, into the two files. */
  renew(name: string): void {
    const { cert, key } = this;
    const what = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const whose = ["-subj", `/CN=${name}`, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    const where = ["-keyout", key, "-out", cert, "-days", "30"];
    const { exitCode, stderr } = Bun.spawnSync(["openssl", ...what, ...whose, ...where]);
    if (exitCode !== 0) throw new Error(`openssl: ${stderr.toString()}`);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}
