/** Application commands (pvAccess Protocol-Messages; numbers are the header's command byte). */
export const Command = {
  BEACON: 0,
  CONNECTION_VALIDATION: 1,
  ECHO: 2,
  SEARCH: 3,
  SEARCH_RESPONSE: 4,
  AUTHNZ: 5,
  ACL_CHANGE: 6,
  CREATE_CHANNEL: 7,
  DESTROY_CHANNEL: 8,
  CONNECTION_VALIDATED: 9,
  GET: 10,
  PUT: 11,
  PUT_GET: 12,
  MONITOR: 13,
  ARRAY: 14,
  DESTROY_REQUEST: 15,
  PROCESS: 16,
  GET_FIELD: 17,
  MESSAGE: 18,
  MULTIPLE_DATA: 19,
  RPC: 20,
  CANCEL_REQUEST: 21,
  ORIGIN_TAG: 22,
} as const;

/** Control commands: header only, no payload. */
export const ControlCommand = {
  SET_MARKER: 0,
  ACKNOWLEDGE_MARKER: 1,
  SET_BYTE_ORDER: 2,
  ECHO_REQUEST: 3,
  ECHO_RESPONSE: 4,
} as const;
