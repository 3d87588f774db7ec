/** What one server gives to clients it does not know: every number a peer can drive up ends here. */

/** Connections at one time; one more is closed at once. */
export const MAX_CONNECTIONS = 1000;
/** Connections from one address, so that one host gone wild leaves room for others; clients may take one per camera. */
export const MAX_CONNECTIONS_PER_HOST = 500;
/** Channels of one connection; one more is refused. */
export const MAX_CHANNELS = 1000;
/** Operations under way on one connection; one more is refused. */
export const MAX_OPERATIONS = 2000;
/** Bytes of one message of a client: requests and searches are small. */
export const MAX_REQUEST_BYTES = 256 * 1024;
/** A client that has not validated itself after this many milliseconds is closed; the C++ server's number. */
export const VALIDATION_TIMEOUT_MS = 5000;
/** A client not heard of for this many milliseconds is gone: EPICS_PVA_CONN_TMO × 4/3, as pvxs and C++ count. */
export const IDLE_TIMEOUT_MS = 40_000;
/** Bytes of replies a client may leave unread, besides the one frame on its way; then it is closed. */
export const MAX_UNSENT_REPLY_BYTES = 1024 * 1024;
/** Channel names of one search datagram; one with more is not answered. Clients fill 1400 bytes: some 250 short names. */
export const MAX_SEARCHED_NAMES = 2000;
/** Search datagrams answered from one address: a gateway asking for 10,000 names at once sends some 200. */
export const SEARCHES_PER_SOURCE = { perSecond: 500, burst: 1000 } as const;
/** Search datagrams answered in all, so that forged source addresses gain nothing. */
export const SEARCHES_IN_ALL = { perSecond: 5000, burst: 10_000 } as const;
/** Addresses whose searches are counted one by one. */
export const MAX_SEARCH_SOURCES = 4096;
/** A warning that repeats itself with every datagram is given once in this many milliseconds. */
export const WARNING_INTERVAL_MS = 60_000;
