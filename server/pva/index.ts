/** pvAccess for TypeScript on Bun: the protocol's types and values, a client, a small server, and the codecs both sides share. */

export { type Clock, systemClock } from "./clock.ts";
export { PvaError, type PvaErrorCode, type PvaErrorNumbers } from "./errors.ts";
export { type Log, silentLog } from "./log.ts";

export { type Endpoint, endpointName } from "./wire/address.ts";
export { BitSet } from "./wire/bit-set.ts";

export { buildStructure, buildValue, type Plain } from "./data/build-value.ts";
export { bitOfField } from "./data/delta.ts";
export {
  bytesPerNumber,
  isNumeric,
  type NumericArray,
  type NumericType,
  SCALAR_TYPES,
  type ScalarType,
} from "./data/scalar-types.ts";
export {
  anyArray,
  anyType,
  scalar,
  scalarArray,
  structure,
  structureArray,
  type StructureDescription,
  type TypeDescription,
  union,
  unionArray,
  type UnionDescription,
} from "./data/type-description.ts";
export {
  AnyValue,
  ArrayElsewhere,
  ArrayInParts,
  defaultStructure,
  type ScalarValue,
  StructureValue,
  UnionValue,
  type Value,
} from "./data/value.ts";

export { ALARM_TYPE, TIME_TYPE, timeFields } from "./nt/time-and-alarm.ts";
export { NDARRAY_VALUE_TYPE, NTNDARRAY_ID, NTNDARRAY_NDPLUGINPVA, NTNDARRAY_PVXS } from "./nt/nt-ndarray.ts";
export { ntScalar, ntScalarArray } from "./nt/nt-scalar.ts";
export { ntUri } from "./nt/nt-uri.ts";

export type { AnnouncedArray, BulkArray, BulkSink } from "./client/bulk.ts";
export type { ChannelState } from "./client/channel-state.ts";
export type { ChannelOptions } from "./client/channel-address.ts";
export { PvaClient, type PvaClientStatistics, type RequestOptions } from "./client/client.ts";
export type { ConnectionStatistics } from "./client/connection.ts";
export type { ConnectionTotals } from "./client/connection-pool.ts";
export { clientOptionsFromEnvironment, type Environment } from "./client/environment.ts";
export { findServers, type FindOptions, type FoundServer } from "./client/find-servers.ts";
export { broadcastOf } from "./client/interfaces.ts";
export type {
  Monitor,
  MonitorListener,
  MonitorOptions,
  MonitorStatistics,
  MonitorUpdate,
} from "./client/monitor.ts";
export { type PvaClientOptions, type PvaClientSettings, settingsOf } from "./client/options.ts";
export type { PutFields } from "./client/put.ts";

export { imageText } from "./text/image-text.ts";
export { printable, quoted } from "./text/printable.ts";
export { timeOf, timeText } from "./text/time-text.ts";
export { typeLines, typeName } from "./text/type-text.ts";
export { shortText, valueLines, valueText, type ValueTextLimits } from "./text/value-text.ts";

export type { Direction, StreamObserver, TrafficObserver } from "./client/traffic-observer.ts";
export { TrafficTrace } from "./trace/trace.ts";

export { serverOptionsFromEnvironment, type ServerEnvironment } from "./server/environment.ts";
export {
  type CallHandler,
  type PutHandler,
  type Pv,
  type PvListener,
  RpcPv,
  SharedPv,
  type SharedPvOptions,
} from "./server/pv.ts";
export {
  DEFAULT_SEARCH_PORT,
  DEFAULT_SERVER_PORT,
  PvaServer,
  type PvaServerOptions,
  type PvaServerStatistics,
} from "./server/server.ts";
