import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireTool } from "./tools.ts";

/** Debian keeps servers where only root's path leads. */
const WHERE = { PATH: `${process.env["PATH"]}:/usr/sbin:/usr/local/sbin` };
const find = (program: string): string | null => Bun.which(program, WHERE);

/** Whether tests with nginx must be skipped; says so in words, and throws under CI=true. */
export function withoutNginx(): boolean {
  return requireTool("nginx", find("nginx") !== null);
}

/** Whether tests with HAProxy must be skipped; says so in words, and throws under CI=true. */
export function withoutHaproxy(): boolean {
  return requireTool("haproxy", find("haproxy") !== null);
}

/** A reverse proxy on a free port of loopback, in a process of its own. */
export class Proxy implements AsyncDisposable {
  readonly port: number;
  readonly #child: Bun.Subprocess<"ignore", "ignore", "pipe">;
  readonly #folder: string;

  private constructor(port: number, child: Bun.Subprocess<"ignore", "ignore", "pipe">, folder: string) {
    this.port = port;
    this.#child = child;
    this.#folder = folder;
  }

  /**
   * nginx as it is without settings: only where to listen and where its files go is said besides.
   * @param server what stands between the braces of `server`
   */
  static nginx(server: string): Promise<Proxy> {
    return Proxy.#start((port, folder) => {
      const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
        .join(" ");
      const http = `access_log off; ${paths} server { listen 127.0.0.1:${port}; ${server} }`;
      const config = `daemon off; pid ${folder}/pid; error_log stderr; events {} http { ${http} }`;
      writeFileSync(join(folder, "nginx.conf"), config);
      return [find("nginx")!, "-c", join(folder, "nginx.conf"), "-p", folder, "-e", "stderr"];
    });
  }

  /** HAProxy with the time limits that Debian's configuration has. @param backend lines of the one backend */
  static haproxy(backend: string): Promise<Proxy> {
    return Proxy.#start((port, folder) => {
      const limits = "  timeout connect 5s\n  timeout client 50s\n  timeout server 50s";
      const front = `frontend front\n  bind 127.0.0.1:${port}\n  default_backend back`;
      const config = `defaults\n  mode http\n${limits}\n${front}\nbackend back\n  ${backend}\n`;
      writeFileSync(join(folder, "haproxy.cfg"), config);
      return [find("haproxy")!, "-f", join(folder, "haproxy.cfg"), "-db"];
    });
  }

  static async #start(command: (port: number, folder: string) => string[]): Promise<Proxy> {
    const folder = mkdtempSync(join(tmpdir(), "proxy-"));
    const port = await freePort();
    const child = Bun.spawn(command(port, folder), { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
    const proxy = new Proxy(port, child, folder);
    await proxy.#listening();
    return proxy;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill();
    await this.#child.exited;
    rmSync(this.#folder, { recursive: true });
  }

  /** Neither program says when it listens, so it is tried. */
  async #listening(): Promise<void> {
    for (;;) {
      if (this.#child.exitCode !== null) throw new Error(await new Response(this.#child.stderr).text());
      const connected = await Bun.connect({
        hostname: "127.0.0.1",
        port: this.port,
        socket: { data() {} },
      }).then(
        (socket) => socket,
        () => undefined,
      );
      connected?.end();
      if (connected !== undefined) return;
      await Bun.sleep(10);
    }
  }
}

async function freePort(): Promise<number> {
  const holder = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = holder;
  holder.stop(true);
  return await Promise.resolve(port);
}
