/**
 * Where and why packed bytes were refused. A kernel that meets a lie leaves three words here and answers with their
 * code; nothing of its target is to be used then.
 *
 *   │ 0 address │ the byte of the payload where it shows
 *   │ 4 have    │ what the payload offers or says there
 *   │ 8 need    │ what there would have to be, or the most there may be
 */
import { UNPACK_FAULT } from "../memory";

/** Address of the three words, u32 each. */
export function unpackFaultAddress(): usize {
  return UNPACK_FAULT;
}

/** Leaves the words and answers `code`. */
export function fault(code: i32, address: usize, have: usize, need: usize): i32 {
  store<u32>(UNPACK_FAULT, u32(address));
  store<u32>(UNPACK_FAULT, u32(have), 4);
  store<u32>(UNPACK_FAULT, u32(need), 8);
  return code;
}
