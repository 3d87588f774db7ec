/** What one server gives to clients it does not know: every number a peer can drive up ends here. */

/** Connections at one time; one more is closed at once. */
export const MAX_CONNECTIONS = 1000;
/** Channels of one connection; one more is refused. */
export const MAX_CHANNELS = 1000;
/** GETs and MONITORs under way on one connection; one more is refused. */
export const MAX_OPERATIONS = 2000;
/** Bytes of one message of a client: requests and searches are small. */
export const MAX_REQUEST_BYTES = 256 * 1024;
/** A client that has not validated itself after this many milliseconds is closed; the C++ server's number. */
export const VALIDATION_TIMEOUT_MS = 5000;
/** A client not heard of for this many milliseconds is gone: EPICS_PVA_CONN_TMO × 4/3, as pvxs and C++ count. */
export const IDLE_TIMEOUT_MS = 40_000;
/** Bytes of replies a client may leave unread, besides the one frame on its way; then it is closed. */
export const MAX_UNSENT_REPLY_BYTES = 1024 * 1024;
