import { Refusal } from "./refusal.ts";

/** No PV name is near this long (EPICS record names end at 60 characters); it bounds log lines and answers. */
const LONGEST_PV_NAME = 500;

/**
 * The PV that the rest of a path names. The router leaves percent signs as they are, so that `%2F` in a name is not taken
 * for a path; they are decoded here, once.
 *
 * `pva://` in front, as Phoebus and cs-web-lib write PVs, is taken off, whatever follows. So `pva://host:port/NAME`, which
 * our PVA client takes for a server's address, is none here: whoever can reach this service must not be able to make it
 * connect to machines of his choice.
 *
 * @throws Refusal `bad-pv-name`
 */
export function parsePvName(encoded: string): string {
  const name = decoded(encoded).replace(/^(?:pva:\/\/)+/u, "");
  if (name === "")
    throw new Refusal("bad-pv-name", "Name a PV at the end of the path, e.g. /mjpg/CAM:PVA:OUTPUT.");
  if (name.length > LONGEST_PV_NAME) {
    const message = `The PV name has ${name.length} characters; at most ${LONGEST_PV_NAME} are taken.`;
    throw new Refusal("bad-pv-name", message);
  }
  // Spaces and control characters are in no PV name, and would break a log line in two.
  if (/[\p{Cc}\s]/u.test(name)) {
    throw new Refusal("bad-pv-name", "The PV name contains white space or a control character.");
  }
  return name;
}

function decoded(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch (cause) {
    const message = "The PV name in the path is not valid percent-encoded UTF-8.";
    throw new Refusal("bad-pv-name", message, {}, cause);
  }
}
