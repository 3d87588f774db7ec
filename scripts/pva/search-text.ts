import {
  endpointName,
  type FoundServer,
  printable,
  type PvaClientOptions,
  settingsOf,
} from "../../server/pva/index.ts";

/** One line for each answer, and one more where it is not one server that claims the name. */
export function foundLines(name: string, answers: readonly FoundServer[]): readonly string[] {
  const shown = printable(name);
  const lines = answers.map((answer) => `${shown}  ${answerText(answer)}`);
  const processes = new Set(answers.map(({ guid }) => guid)).size;
  const addresses = new Set(answers.map(({ server }) => server)).size;
  if (processes > 1)
    return [
      ...lines,
      `${shown}  ${processes} servers claim this name: a client takes whichever answers first. Is one a gateway, or are two IOCs configured alike?`,
    ];
  return addresses > 1 ? [...lines, `${shown}  one server, under ${addresses} addresses`] : lines;
}

/** `10.0.0.7:5075 tcp, guid 0123…, answered by UDP from 10.0.0.7:5076 after 0.8 ms`. */
function answerText({ server, protocol, guid, transport, from, roundTripMs }: FoundServer): string {
  const after = roundTripMs === undefined ? "" : ` after ${roundTripMs.toFixed(1)} ms`;
  return `${server} ${printable(protocol)}, guid ${guid}, answered by ${transport} from ${from}${after}`;
}

/** What to try when nobody answers for a name: said of the places that were asked. */
export function notFoundText(
  name: string,
  options: PvaClientOptions,
  { timeoutMs, server }: { readonly timeoutMs: number; readonly server?: string },
): string {
  const asked = server ?? /^pva:\/\/([^/]+)\//u.exec(name)?.[1];
  const within = `${name}: no server answered within ${timeoutMs / 1000} s`;
  if (asked !== undefined)
    return `${within}; only ${asked} was asked, over TCP. Is the name right, does a server run at that host and port, and does a firewall let the port pass?`;
  return `${within}; asked: ${askedText(options)}. Check the name; set EPICS_PVA_ADDR_LIST to the server's host or to the broadcast address of its network (UDP), or EPICS_PVA_NAME_SERVERS to host:5075 of the server or a gateway (TCP); see that firewalls let UDP ${settingsOf(options).broadcastPort} and its answers, and TCP 5075, pass; in a container, UDP needs the host's network.`;
}

/** The places that are asked, in words. */
export function askedText(options: PvaClientOptions): string {
  const { addressList, autoAddressList, interfaces, nameServers } = settingsOf(options);
  const on = interfaces.length === 0 ? "every interface" : interfaces.join(", ");
  const places = [
    ...addressList.map((target) => `UDP ${endpointName(target)}`),
    ...(autoAddressList ? [`UDP broadcast on ${on}`] : []),
    ...nameServers.map((target) => `name server ${endpointName(target)}`),
  ];
  return places.length === 0 ? "nobody, for EPICS_PVA_* names no place" : places.join(", ");
}
