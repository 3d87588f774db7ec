import type { StructureDescription } from "../data/type-description.ts";

/** Where a channel stands, as its monitors hear of it. */
export type ChannelState =
  /** Asking the network who has it. */
  | { readonly kind: "searching" }
  /** Somebody has it; connecting and creating the channel there. */
  | { readonly kind: "connecting"; readonly server: string }
  /** Subscribed: updates of this type will come. */
  | { readonly kind: "connected"; readonly server: string; readonly type: StructureDescription }
  /** Lost; a search follows by itself. */
  | { readonly kind: "disconnected"; readonly reason: string }
  /** The server that said it has the channel would not open it; a search follows by itself. */
  | { readonly kind: "refused"; readonly message: string };
