import { AnyValue } from "../data/value.ts";
import { caCredentials, type ValidationResponse } from "../message/connection-validation.ts";

/** Who we say we are. */
export interface Identity {
  readonly user: string;
  readonly host: string;
}

/**
 * Chooses how to introduce ourselves: the last listed method that we know, for servers list the least preferred first.
 * @param anonymous whether this server has been seen to hang on "ca": core-pva resolves the host name we give through
 *   DNS and stays silent where that fails
 */
export function chooseAuthentication(
  methods: readonly string[],
  identity: Identity,
  anonymous: boolean,
): Pick<ValidationResponse, "method" | "credentials"> {
  if (methods.includes("ca") && !anonymous)
    return { method: "ca", credentials: caCredentials(identity.user, identity.host) };
  return { method: "anonymous", credentials: new AnyValue() };
}
