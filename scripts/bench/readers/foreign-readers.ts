/** Programs of others that read a stream, each for so many seconds, and what they said of it. */
import { join } from "node:path";

/** What one reader had of a stream. */
export interface Reading {
  /** Pictures that it had. */
  readonly frames: number;
  /** Pixels of the last one, as WIDTH×HEIGHT, where the reader tells. */
  readonly size?: string;
  /** What it found fault with; empty: nothing. */
  readonly complaints: readonly string[];
}

const BOUNDARY = "--frame\r\n";
const SOI = "\xff\xd8";
const EOI = "\xff\xd9";

/** ffmpeg's own demuxer for such streams decodes every picture. */
export async function readWithFfmpeg(url: string, seconds: number): Promise<Reading> {
  const told = ["-progress", "pipe:1", "-f", "null", "-"];
  const command = ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "warning", "-i", url, "-an", ...told];
  const child = Bun.spawn(command, { stdout: "pipe", stderr: "pipe" });
  // An interrupt is how one ends it: it then tells its last figures.
  const timer = setTimeout(() => child.kill("SIGINT"), seconds * 1000);
  const [progress, complaints] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  clearTimeout(timer);
  const frames = [...progress.matchAll(/^frame=\s*(\d+)/gmu)].at(-1)?.[1] ?? "0";
  return { frames: Number(frames), complaints: linesOf(complaints) };
}

/** cv2.VideoCapture, as Python programs do it. */
export async function readWithOpenCv(python: string, url: string, seconds: number): Promise<Reading> {
  const script = join(import.meta.dir, "opencv.py");
  const child = Bun.spawn([python, script, url, String(seconds)], { stdout: "pipe", stderr: "pipe" });
  const [answer, complaints] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if ((await child.exited) !== 0) return { frames: 0, complaints: linesOf(complaints) };
  const { frames, failures, width, height } = JSON.parse(answer) as Record<string, number>;
  const failed = failures === 0 ? [] : [`${failures} reads failed`];
  return { frames: frames!, size: `${width}×${height}`, complaints: [...failed, ...linesOf(complaints)] };
}

/** curl takes whatever comes; the pictures are found in it as pva-to-video's own tests do it (see `picturesBetween`). */
export async function readWithCurl(url: string, seconds: number): Promise<Reading> {
  const command = ["curl", "--silent", "--show-error", "--no-buffer", "--max-time", String(seconds), url];
  const child = Bun.spawn(command, { stdout: "pipe", stderr: "pipe" });
  const complaints = new Response(child.stderr).text();
  let frames = 0;
  let pending = "";
  const broken: string[] = [];
  for await (const chunk of child.stdout) {
    pending += Buffer.from(chunk).toString("latin1");
    const end = pending.lastIndexOf(BOUNDARY);
    if (end < 0) continue;
    const parts = pending
      .slice(0, end)
      .split(BOUNDARY)
      .filter((part) => part !== "");
    pending = pending.slice(end);
    for (const part of parts) {
      if (isWhole(part)) frames++;
      else broken.push(`a part of ${part.length} bytes is not what its headers say`);
    }
  }
  // 28: the time is over, as it was to be.
  const code = await child.exited;
  const ended = code === 28 ? [] : [`it ended with ${code}`, ...linesOf(await complaints)];
  return { frames, complaints: [...ended, ...broken] };
}

/** Whether a part has as many bytes as it says, from a JPEG's start to its end. */
function isWhole(part: string): boolean {
  const head = part.indexOf("\r\n\r\n");
  const length = Number(/^Content-Length: (\d+)\r$/mu.exec(part.slice(0, head + 2))?.[1]);
  const body = part.slice(head + 4, -2);
  return body.length === length && body.startsWith(SOI) && body.endsWith(EOI);
}

/**
 * The pictures in what came so far of a stream, found as the tests of the Python pva-to-video find them: split at the
 * boundary, then from the first SOI marker of a part to the first EOI marker behind it. Headers are not read.
 */
export function picturesBetween(stream: Uint8Array): Uint8Array[] {
  return Buffer.from(stream)
    .toString("latin1")
    .split(BOUNDARY)
    .flatMap((part) => {
      const start = part.indexOf(SOI);
      const end = start < 0 ? -1 : part.indexOf(EOI, start);
      return end < 0 ? [] : [Buffer.from(part.slice(start, end + 2), "latin1")];
    });
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}
