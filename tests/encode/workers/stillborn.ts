/** A worker that does not even get to its first message. */
import { LAST_WORDS } from "./parts.ts";

throw new Error(LAST_WORDS);
