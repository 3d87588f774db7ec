import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { type Endpoint, type Pv, PvaServer, type PvaServerStatistics } from "../pva/index.ts";
import { type CameraDeps, SimulatedCamera } from "./camera.ts";
import { CameraNameError, parseCameraName, PREFIX } from "./camera-name.ts";
import { MAX_CAMERAS, MAX_TOTAL_BYTES } from "./limits.ts";
import { PackerThread } from "./packer.ts";
import { RECOMMENDED_CAMERAS } from "./recommended.ts";

export interface SimulationOptions {
  /** Address to listen on; loopback if left out. */
  readonly host?: string;
  /** TCP port, 0 for any free one. */
  readonly port: number;
  /** UDP port for searches, by custom 5076; left out: cameras are found through name servers (TCP) only. */
  readonly searchPort?: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Simulated cameras at work. */
export interface Simulation {
  /** Where the PVA server listens, with its real port: an entry for a name-server list. */
  readonly address: Endpoint;
  /** The UDP port searches are answered on, if any. */
  readonly searchPort: number | undefined;
  readonly statistics: PvaServerStatistics;
  /** Ends every camera, socket and timer. */
  close(): Promise<void>;
}

/** Serves every camera whose name the grammar allows; each exists from when somebody asks for it. */
export async function startSimulation(options: SimulationOptions): Promise<Simulation> {
  const packer = new PackerThread(options.log);
  const park = new CameraPark({ ...options, packer }, (pv) => server.destroyChannelsOf(pv));
  const server: PvaServer = await PvaServer.listen({
    ...options,
    provider: (name) => park.find(name),
    // Any sentence is a name; who asks for a list gets the ones worth a look.
    names: () => RECOMMENDED_CAMERAS.map(({ name }) => name),
  });
  return {
    address: server.address,
    get searchPort() {
      return server.searchPort;
    },
    get statistics() {
      return server.statistics;
    },
    async close() {
      packer.close();
      await server.close();
    },
  };
}

/** The cameras somebody has asked for, by the name they were asked by; bounded in number and in bytes. */
class CameraPark {
  /** The one asked for longest ago first. */
  readonly #cameras = new Map<string, SimulatedCamera>();
  /** Wrong names the log has had lately. */
  readonly #explained = new Set<string>();
  readonly #log: Log;
  readonly #deps: CameraDeps;
  #bytes = 0;

  constructor(
    { clock, log, packer }: { readonly clock: Clock; readonly log: Log; readonly packer: PackerThread },
    destroyChannelsOf: (pv: Pv) => void,
  ) {
    this.#log = log;
    this.#deps = {
      clock,
      packer,
      reserve: (bytes) => this.#reserve(bytes),
      free: (bytes) => void (this.#bytes -= bytes),
      refused: (camera) => {
        log.warning("no memory for {camera}: cameras being watched hold {bytes} bytes", {
          camera: camera.name,
          bytes: this.#bytes,
        });
        destroyChannelsOf(camera.pv);
      },
    };
  }

  find(name: string): Pv | undefined {
    if (!name.startsWith(PREFIX)) return undefined;
    const camera = this.#cameras.get(name) ?? this.#make(name);
    if (camera === undefined) return undefined;
    this.#cameras.delete(name);
    this.#cameras.set(name, camera);
    this.#forgetIdle();
    return camera.pv;
  }

  #make(name: string): SimulatedCamera | undefined {
    try {
      return new SimulatedCamera(parseCameraName(name), this.#deps);
    } catch (error) {
      if (!(error instanceof CameraNameError)) throw error;
      this.#explain(name, error);
      return undefined;
    }
  }

  /** Clients search again and again for what they do not find: once is enough. */
  #explain(name: string, error: CameraNameError): void {
    if (this.#explained.has(name)) return;
    if (this.#explained.size >= MAX_CAMERAS) this.#explained.clear();
    this.#explained.add(name);
    this.#log.info("no simulated camera: {message}", { message: error.message });
  }

  #reserve(bytes: number): boolean {
    if (this.#bytes + bytes > MAX_TOTAL_BYTES) return false;
    this.#bytes += bytes;
    return true;
  }

  /** A forgotten camera still serves the channels it has; only later ones get another of the same name. */
  #forgetIdle(): void {
    if (this.#cameras.size <= MAX_CAMERAS) return;
    for (const [name, camera] of this.#cameras) {
      if (camera.isWatched) continue;
      this.#cameras.delete(name);
      return;
    }
  }
}
