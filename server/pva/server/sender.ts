import type { Sender } from "../wire/header.ts";

/** What the headers of all our messages say: from the server, little-endian like the hosts it runs on. */
export const SENDER: Sender = { fromServer: true, bigEndian: false };
