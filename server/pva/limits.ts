/**
 * Everything a peer may announce is bounded here before anything is allocated for it. Generous for any real detector,
 * small against memory.
 */

/** Largest pixel array taken unless EPICS_PVA_MAX_ARRAY_BYTES says otherwise: a 8192 × 8192 float32 image. */
export const DEFAULT_MAX_ARRAY_BYTES = 256 * 1024 * 1024;

/** What a message may hold besides its one large array: sizes, dimensions, hundreds of attributes. */
export const MESSAGE_OVERHEAD_BYTES = 1024 * 1024;

/** Until the server has validated us only small messages make sense: methods, status texts. */
export const MAX_HANDSHAKE_BYTES = 64 * 1024;

/** Bytes of the fields before, and of the fields after the large array, kept while the array streams past. */
export const MAX_SCRATCH_BYTES = 256 * 1024;

/** Nesting of structures in a type; the value pvxs uses. Bounds our recursion as well. */
export const MAX_TYPE_DEPTH = 20;

/** Nesting of values; more than types nest, for `any` may hold a structure holding an `any`. */
export const MAX_VALUE_DEPTH = 64;

/** Members of one structure or union. NTNDArray has 12; wide NTTables have some hundred columns. */
export const MAX_MEMBERS = 1000;

/** Nodes of one type with every cached part counted where it is used, so that references cannot multiply. */
export const MAX_TYPE_NODES = 10_000;

/** Nodes kept in one connection's type registry, over all its ids: some 60 MB at worst, and 2000 types like NTNDArray. */
export const MAX_REGISTRY_NODES = 200_000;

/** Bytes of a member name or type id. */
export const MAX_NAME_BYTES = 1000;

/** Bytes of any other string. */
export const MAX_STRING_BYTES = 1024 * 1024;

/**
 * What decoding one message may make besides packed numbers: structures, unions, any, arrays, strings, 64-bit integers,
 * members of types. Each costs a JavaScript object of some hundred bytes at most, and some take one byte of the message or
 * none.
 */
export const MAX_OBJECTS_PER_MESSAGE = 1_000_000;

/** Booleans, and numbers that stand alone, that count as one such object: each is 8 bytes, for one on the wire. */
export const SMALL_VALUES_PER_OBJECT = 16;

/**
 * Operations of one channel that we have ended and whose last messages are still read, for they may define types. A few
 * messages are under way at most; pvDatabase sends two or three.
 */
export const MAX_ENDED_OPERATIONS = 32;

/** Names of authentication methods or protocols in one message. */
export const MAX_LISTED_NAMES = 64;

/** Channels in one search message: a datagram cannot name more. */
export const MAX_SEARCH_CHANNELS = 20_000;

/** Bytes of a channel name; the old C++ stack refuses more. */
export const MAX_CHANNEL_NAME_BYTES = 500;
