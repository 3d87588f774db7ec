import { CLOSE_CODE, type StatusMessage } from "../http/protocol.ts";
import type { StreamView } from "./stream-client.ts";

/** How a state is to be taken: decides its colour, never its words. */
export type Tone = "good" | "waiting" | "warning" | "bad";

/** One stream's state for a person. */
export interface StateWords {
  readonly tone: Tone;
  /** A few words, e.g. `Live`, `Disconnected since 14:03:12`. */
  readonly title: string;
  /** What happened, where the title does not say it all; may quote an EPICS server. */
  readonly detail: string;
  /** What the person can do about it, if anything. */
  readonly advice: string;
}

/**
 * Puts a stream's state into words.
 * @param pv the name that was asked for
 * @param clockTime makes `14:03:12` of POSIX milliseconds, in the reader's own way
 */
export function stateWords(pv: string, view: StreamView, clockTime: (time: number) => string): StateWords {
  switch (view.kind) {
    case "connecting":
      return words("waiting", "Connecting", `Opening the stream of ${pv}.`);
    case "paused":
      return words("waiting", "Paused", "The page was not in sight.");
    case "lost":
      return words(
        "bad",
        `Server gone since ${clockTime(view.since)}`,
        "The pva-to-video server does not answer.",
        "The picture returns by itself when the server does.",
      );
    case "refused":
      return refusalWords(pv, view.code, view.reason, view.final);
    case "open":
      return openWords(pv, view.status, clockTime(view.since));
  }
}

function openWords(pv: string, status: StatusMessage, since: string): StateWords {
  switch (status.state) {
    case "live":
      return words("good", "Live");
    case "connecting":
      return words("waiting", "Connecting", `Looking for ${pv} on the EPICS network.`);
    case "stalled":
      if (status.failure !== undefined) return notDrawnWords(status.failure, status.reason, since);
      return words(
        "warning",
        `Stalled since ${since}`,
        status.reason || "Connected, but no new image comes.",
        "Is the detector acquiring, and are the callbacks of its PVA plugin enabled?",
      );
    case "disconnected":
      return words(
        "bad",
        `Disconnected since ${since}`,
        status.reason || `The EPICS server of ${pv} is gone.`,
        "The picture returns by itself when the IOC does.",
      );
    case "lingering":
    case "closed":
      return words("waiting", "Closing", status.reason);
  }
}

/** Images come, but the picture stands still. */
function notDrawnWords(failure: string, reason: string, since: string): StateWords {
  switch (failure) {
    case "bad-recipe":
      return words(
        "warning",
        `Not to be shown as asked since ${since}`,
        reason,
        "Change the picture options, or reset them; the picture also goes on when the images fit again.",
      );
    case "bad-frame":
      return words(
        "warning",
        `Damaged images since ${since}`,
        reason,
        "Look at the plugins between the detector and its PVA plugin. The picture goes on with the first sound image.",
      );
    default:
      return words("warning", `Stalled since ${since}`, reason);
  }
}

/** What each refusal means and what to do; the server's own reason is the detail where it gave one. */
function refusalWords(pv: string, code: number, reason: string, final: boolean): StateWords {
  const again = final ? "" : " This page keeps trying.";
  switch (code) {
    case CLOSE_CODE.notFound:
      return words(
        "bad",
        "PV not found",
        reason || `No EPICS server answers for ${pv}.`,
        `Check the name and that its IOC runs. An areaDetector image is usually called PREFIX:Pva1:Image. Which EPICS addresses are searched is set where this server is started.${again}`,
      );
    case CLOSE_CODE.noImageYet:
      return words(
        "warning",
        "No image yet",
        reason || `${pv} is there but has not published an image.`,
        `Start acquisition, and enable the callbacks of the detector's PVA plugin.${again}`,
      );
    case CLOSE_CODE.notAnImage:
      return words(
        "bad",
        "Not an image",
        reason || `${pv} is there but is not an NTNDArray that can be shown.`,
        `Give the name of an image PV, such as PREFIX:Pva1:Image.${again}`,
      );
    case CLOSE_CODE.badOption:
      return words(
        "bad",
        "Option not allowed",
        reason,
        `Change it in the picture options above, or reset them there.${again}`,
      );
    case CLOSE_CODE.badImage:
      return words(
        "bad",
        "Damaged images",
        reason || `What ${pv} sends cannot be read.`,
        `Look at the plugins between the detector and its PVA plugin.${again}`,
      );
    case CLOSE_CODE.unauthorized:
      return words("bad", "Not logged in", reason, "Load this page again and give a token.");
    case CLOSE_CODE.forbidden:
      return words("bad", "Not allowed", reason || `This server does not show ${pv}.`);
    default:
      return words("bad", "Refused", reason || `The server refused ${pv} (code ${code}).`, again.trim());
  }
}

function words(tone: Tone, title: string, detail = "", advice = ""): StateWords {
  return { tone, title, detail, advice };
}
