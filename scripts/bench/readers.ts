/**
 * ffmpeg, OpenCV and curl read one stream at the same time, for as long as is said: `bun scripts/bench/readers.ts
 * [SECONDS [URL]]`, 20 seconds of a simulated camera of 640 × 480 at 25 fps unless said. Tells what each had, and what
 * it found fault with. OpenCV takes part if $PVA_TEST_PYTHON or python3 has it.
 */
import { join } from "node:path";
import { readWithCurl, readWithFfmpeg, readWithOpenCv, type Reading } from "./readers/foreign-readers.ts";

const FPS = 25;
const PATH = `/mjpg/SIM:beam:640x480:uint8@${FPS}`;
const seconds = Number(process.argv[2] ?? 20);
const address = process.argv[3];

/** The service in a process of its own, on a free port. */
async function startService(): Promise<{ url: string; stop: () => Promise<void> }> {
  const entry = join(import.meta.dir, "../../server/index.ts");
  const flags = ["--sim", "--host", "127.0.0.1", "--port", "0", "--log-level", "warning"];
  const child = Bun.spawn([process.execPath, entry, ...flags], { stdout: "pipe", stderr: "inherit" });
  const decoder = new TextDecoder();
  let greeting = "";
  for await (const chunk of child.stdout) {
    greeting += decoder.decode(chunk);
    const url = /at (http:\S+)/u.exec(greeting)?.[1];
    if (url === undefined) continue;
    const stop = async (): Promise<void> => {
      child.kill("SIGTERM");
      await child.exited;
    };
    return { url, stop };
  }
  throw new Error(`the service ended with ${await child.exited}`);
}

function findOpenCv(): string | undefined {
  const pythons = [process.env["PVA_TEST_PYTHON"], "python3"].filter((path) => path !== undefined);
  return pythons.find((python) => {
    const { success } = Bun.spawnSync([python, "-c", "import cv2"], { stdout: "ignore", stderr: "ignore" });
    return success;
  });
}

async function tell(name: string, reading: Promise<Reading>): Promise<void> {
  const { frames, size, complaints } = await reading;
  const of = size === undefined ? "" : ` of ${size}`;
  const rate = (frames / seconds).toFixed(2);
  console.log(
    `${name}: ${frames} frames${of} in ${seconds} s (${rate} a second), ${complaints.length} faults`,
  );
  for (const complaint of complaints.slice(0, 5)) console.log(`    ${complaint}`);
}

const service = address === undefined ? await startService() : undefined;
const url = address ?? `${service!.url}${PATH}`;
const python = findOpenCv();
console.log(`${url}, ${seconds} s${address === undefined ? `, camera at ${FPS} fps` : ""}`);
const readings = [tell("ffmpeg", readWithFfmpeg(url, seconds)), tell("curl", readWithCurl(url, seconds))];
if (python !== undefined) readings.push(tell("OpenCV", readWithOpenCv(python, url, seconds)));
await Promise.all(readings);
await service?.stop();
